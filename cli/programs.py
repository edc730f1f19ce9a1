"""Programs of the repository that work on a copy of the tests' template database."""

import subprocess
from contextlib import contextmanager
from uuid import uuid4

from . import server
from .installation import COPY_PREFIX, ensure_template
from .problem import Problem
from .progress import say, step
from .setup import exclusive, prepare
from .suites import child_environment


def bench(layout, options):
    """Run one measurement, or all; return the exit code."""
    names = _find_measurements(layout)
    if options.name and options.name not in names:
        raise Problem(
            f"There is no measurement {options.name!r}: name one of "
            f"{', '.join(names) or '(none yet)'}."
        )
    with _prepared(layout) as (setup, template):
        environment = child_environment(setup, template)
        codes = [
            _run(setup, environment, "-m", "bench", name, *options.arguments)
            for name in ([options.name] if options.name else names)
        ]
    return max(codes, default=0)


def _find_measurements(layout):
    return [
        path.stem
        for path in sorted((layout.root / "bench").glob("[a-z]*.py"))
        if "\ndef main(" in path.read_text()
    ]


def pictures(layout, options):
    """Take the pictures of the documentation; return the exit code."""
    script = layout.root / "docs" / "pictures.py"
    if not script.exists():
        raise Problem(f"{script} is missing: get the whole repository.")
    with _prepared(layout) as (setup, template), _served(setup, template) as running:
        environment = child_environment(setup, template, HELPDESK_URL=running.url)
        say("Taking the pictures:")
        return _run(setup, environment, script, *options.arguments)


@contextmanager
def _prepared(layout):
    layout.prepare()
    with exclusive(layout, "test"):
        say("Preparing:")
        setup = prepare(layout, for_test=True)
        yield setup, ensure_template(setup)


@contextmanager
def _served(setup, template):
    """Serve a copy of the template for as long as it is needed."""
    database = f"{COPY_PREFIX}{uuid4().hex[:8]}"
    setup.databases.copy(template, database)
    try:
        with step("Starting a server"):
            running = server.start(setup, "pictures", database, server.free_port())
        try:
            yield running
        finally:
            running.stop()
    finally:
        setup.databases.drop(database)


def _run(setup, environment, *command):
    return subprocess.run(
        [setup.layout.python, *command],
        env=environment,
        cwd=setup.layout.root,
        check=False,
    ).returncode
