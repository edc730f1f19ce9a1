"""What the heavy tests stand on: mail servers, and databases to install in."""

from uuid import uuid4

import pytest
from support.fixtures import *  # noqa: F401

from cli import logcheck
from cli.installation import COPY_PREFIX, install, run_odoo
from cli.problem import Problem

# What our addons stand on; it is installed once and copied.
BASE = ("account", "crm", "html_editor", "rating")


@pytest.fixture(scope="session")
def make_base(setup, tmp_path_factory):
    """A function that returns a database without our addons, made once."""
    made = {}

    def make(demo):
        if demo not in made:
            made[demo] = f"{COPY_PREFIX}base_{uuid4().hex[:8]}"
            setup.databases.create(made[demo])
            log = tmp_path_factory.mktemp("base") / "install.log"
            install(setup, made[demo], BASE, demo, log)
        return made[demo]

    yield make
    for name in made.values():
        setup.databases.drop(name)


@pytest.fixture
def fresh(setup, make_base):
    """A function that returns a copy of a database without our addons."""
    made = []

    def make(demo=True):
        made.append(f"{COPY_PREFIX}{uuid4().hex[:8]}")
        setup.databases.copy(make_base(demo), made[-1])
        return made[-1]

    yield make
    for name in made:
        setup.databases.drop(name)


@pytest.fixture
def odoo(setup, tmp_path):
    """A function that runs Odoo to its end and fails when its log has a warning."""

    def run(database, *arguments):
        log = tmp_path / f"{uuid4().hex[:8]}.log"
        problem = None
        try:
            run_odoo(
                setup,
                ["-d", database, "--stop-after-init", "--no-http", *arguments],
                "Odoo",
                log,
            )
        except Problem as error:
            problem = error
        with log.open(errors="replace") as lines:
            found = logcheck.find_at_install(lines)
        assert not found, "\n".join(map(str, found))
        assert not problem, problem

    return run
