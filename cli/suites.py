"""The test suites: choosing them, running them, and counting all their tests."""

import signal
import subprocess
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from uuid import uuid4

from . import logcheck, server
from .addons import find_addons
from .installation import COPY_PREFIX, ensure_template, template_log
from .problem import Problem
from .progress import heading, say
from .results import Results

# Options of pytest whose value is the next word.
_OPTIONS_WITH_VALUE = set("-k -m -p -o -W -n -c -r --maxfail --durations --tb".split())
_STOP_AT_FIRST = ("-x", "--exitfirst", "--maxfail")
# Sessions beside each other for a large suite, each with its own database
_SESSIONS = 2


@dataclass(frozen=True)
class Suite:
    """A group of tests, for one pytest session or for several that share them."""

    name: str
    title: str
    folders: list
    needs_template: bool = True
    in_odoo: bool = False
    heavy_only: bool = False
    beside_next: bool = False
    sessions: int = 1
    is_shared: bool = False

    def shared(self):
        """Return this suite once per session; they share its tests among them."""
        return [
            replace(
                self,
                name=f"{self.name}-{number}",
                title=f"{self.title}, {number} of {self.sessions}",
                is_shared=True,
            )
            for number in range(1, self.sessions + 1)
        ]


@dataclass
class Selection:
    """What the person's arguments choose."""

    paths: list = field(default_factory=list)
    options: list = field(default_factory=list)

    @property
    def stops_at_first(self):
        return any(option.startswith(_STOP_AT_FIRST) for option in self.options)


def find_suites(layout):
    """Return all suites, in the order in which they run."""
    tests = layout.root / "tests"
    other = {"e2e", "lint", "heavy"}
    pure = [
        folder
        for folder in sorted(tests.iterdir())
        if folder.name not in other and any(folder.glob("**/test_*.py"))
    ]
    in_odoo = [
        folder / "tests"
        for folder in find_addons(layout).values()
        if any(folder.glob("tests/**/test_*.py"))
    ]
    lint = tests / "lint"
    suites = [
        Suite("unit", "Unit tests", pure, needs_template=False),
        Suite("lint", "Lint", [lint / "source"], needs_template=False),
        Suite(
            "addons",
            "Tests of the addons inside Odoo",
            in_odoo,
            in_odoo=True,
            sessions=_SESSIONS,
        ),
        Suite(
            "lint-installed",
            "Lint of the installed addons",
            [lint / "installed"],
            beside_next=True,
        ),
        Suite("e2e", "End-to-end tests", [tests / "e2e"]),
        Suite(
            "heavy",
            "Heavy tests",
            [tests / "heavy"],
            heavy_only=True,
            sessions=_SESSIONS,
        ),
    ]
    return [suite for suite in suites if any(each.exists() for each in suite.folders)]


def read_arguments(arguments, folder):
    """Split the arguments of pytest into paths of tests and options."""
    selection = Selection()
    previous = ""
    for word in arguments:
        if word.startswith("-") or previous in _OPTIONS_WITH_VALUE:
            selection.options.append(word)
        else:
            selection.paths.append(_absolute(word, folder))
        previous = word
    return selection


def _absolute(word, folder):
    name, separator, rest = word.partition("::")
    path = (folder / name).resolve()
    if not path.exists():
        raise Problem(f"There are no tests in {name}: name a file or folder of tests.")
    return f"{path}{separator}{rest}"


def choose_targets(suite, paths, everything):
    """Return the paths that a suite runs: all of its own, or those that are named."""
    if not paths:
        return (
            [] if suite.heavy_only and not everything else list(map(str, suite.folders))
        )
    targets = []
    for target in paths:
        path = Path(target.partition("::")[0])
        for folder in filter(Path.exists, suite.folders):
            if path == folder or folder in path.parents:
                targets.append(target)
            elif path in folder.parents:
                targets.append(str(folder))
    return list(dict.fromkeys(targets))


def run_suites(setup, selection, everything=False):
    """Run the chosen suites and print the count; return the exit code."""
    chosen = [
        (suite, targets)
        for suite in find_suites(setup.layout)
        if (targets := choose_targets(suite, selection.paths, everything))
    ]
    runner = _Runner(setup, selection, everything)
    with runner.in_background([each for each in chosen if not each[0].needs_template]):
        if any(suite.needs_template for suite, _targets in chosen):
            heading("Template database")
            runner.template = ensure_template(setup)
            runner.check_install_log(template_log(setup))
    for group in group_suites(each for each in chosen if each[0].needs_template):
        if not runner.must_stop():
            runner.run(*group)
    return runner.results.conclude()


def group_suites(chosen):
    """Return lists of (suite, targets) that run beside each other, the last of which
    is looked at while it runs."""
    groups, group = [], []
    for suite, targets in chosen:
        group.append((suite, targets))
        if not suite.beside_next:
            groups.append(group)
            group = []
    return groups + [group] if group else groups


class _Runner:
    """Runs suites one after the other and collects their results."""

    def __init__(self, setup, selection, everything):
        self.setup = setup
        self.selection = selection
        self.everything = everything
        self.template = None
        self.results = Results()
        self.logs = _emptied(setup.layout.test / "log")
        self.outcomes = _emptied(setup.layout.test / "outcomes")
        self.claims = _emptied(setup.layout.test / "claims")
        self.addons = list(find_addons(setup.layout))

    def must_stop(self):
        return self.selection.stops_at_first and self.results.failed

    @contextmanager
    def in_background(self, chosen):
        """Run suites beside what the caller does, and tell of them afterwards."""
        running = []
        try:
            for suite, targets in chosen:
                output = self.outcomes / f"{suite.name}.txt"
                with output.open("wb") as stream:
                    process = self._start(
                        suite, targets, stdout=stream, stderr=subprocess.STDOUT
                    )
                running.append((suite, process, output))
            yield
            for suite, process, output in running:
                code = process.wait()
                heading(suite.title)
                say(output.read_text(errors="replace").rstrip())
                self._finish(suite, code)
        finally:
            for _suite, process, _output in running:
                _end(process)

    def run(self, *group):
        """Run suites beside each other to their end, a large one in sessions."""
        *others, (suite, targets) = group
        if suite.sessions > 1 and targets == list(map(str, suite.folders)):
            *sessions, suite = suite.shared()
            others += [(session, targets) for session in sessions]
        try:
            with self.in_background(others):
                heading(suite.title)
                self._run_in_foreground(suite, targets)
        finally:
            self._clean_up()
        self._check_logs(suite)

    def _run_in_foreground(self, suite, targets):
        process = self._start(suite, targets)
        try:
            code = process.wait()
        finally:
            _end(process)
        self._finish(suite, code)

    def _start(self, suite, targets, **options):
        command = [self.setup.layout.python, "-m", "pytest", "-p", "cli.pytest_plugin"]
        command.append(f"--helpdesk-results={self._outcomes_of(suite)}")
        command += [f"--helpdesk-claims={self.claims}"] if suite.is_shared else []
        command += ["--heavy"] if self.everything or suite.heavy_only else []
        command += self._odoo_options(suite) if suite.in_odoo else ["-p", "no:odoo"]
        command += [*self.selection.options, *targets]
        return subprocess.Popen(
            command,
            cwd=self.setup.layout.root,
            env=child_environment(self.setup, self.template, HELPDESK_SUITE=suite.name),
            stdin=subprocess.DEVNULL,
            # Ctrl-C is for us: we pass it on once, and the tests clean up.
            start_new_session=True,
            preexec_fn=_listen_to_interrupts,
            **options,
        )

    def _odoo_options(self, suite):
        database = f"{COPY_PREFIX}{uuid4().hex[:8]}"
        self.setup.databases.copy(self.template, database)
        return [
            "--odoo-http",
            f"--odoo-config={self.setup.conf}",
            f"--odoo-database={database}",
            "--odoo-log-level=warn",
            f"--odoo-extra=logfile={self.logs / (suite.name + '.log')}",
        ]

    def _clean_up(self):
        """Remove the servers and databases that a suite left behind."""
        for running in server.find_servers(self.setup.layout):
            if running.database.startswith(COPY_PREFIX):
                running.stop()
        for name, note in self.setup.databases.marks().items():
            if name.startswith(COPY_PREFIX) and note is not None:
                self.setup.databases.drop(name)

    def _outcomes_of(self, suite):
        return self.outcomes / f"{suite.name}.jsonl"

    def _finish(self, suite, code):
        self.results.read(suite.title, self._outcomes_of(suite), code)

    def _check_logs(self, suite):
        for path in sorted(self.logs.glob("**/*.log")):
            with path.open(errors="replace") as lines:
                found = logcheck.find_ours(lines, self.addons)
            self._report(suite.title, path, found)
            # Checked once: the next suite writes its own.
            path.rename(path.with_suffix(".checked"))

    def check_install_log(self, path):
        with path.open(errors="replace") as lines:
            self._report("Template database", path, logcheck.find_at_install(lines))

    def _report(self, title, path, found):
        for entry in dict.fromkeys(map(str, found)):
            self.results.fail(title, f"in the log {path.name}: {entry}")


def _listen_to_interrupts():
    # A shell that runs us in the background has its children ignore them.
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def _end(process):
    """Ask a pytest session to end, and end it when it does not."""
    for sign in (signal.SIGINT, signal.SIGTERM, signal.SIGKILL):
        if process.poll() is None:
            process.send_signal(sign)
            with suppress(subprocess.TimeoutExpired):
                process.wait(timeout=30)


def _emptied(folder):
    folder.mkdir(parents=True, exist_ok=True)
    for path in folder.iterdir():
        if path.is_file():
            path.unlink()
    return folder


def child_environment(setup, template, **extra):
    """Return the environment of programs that use the tests' databases."""
    layout, endpoint = setup.layout, setup.endpoint
    values = {
        "HELPDESK_ROOT": layout.root,
        "HELPDESK_HOME": layout.home,
        "HELPDESK_TAG": layout.tag,
        "HELPDESK_PYTHON": layout.python,
        "HELPDESK_ODOO_CONF": setup.conf,
        "HELPDESK_ODOO_SITE": setup.odoo.site,
        "HELPDESK_TEMPLATE_DB": template or "",
        "HELPDESK_DATA_DIR": setup.databases.data_dir,
        "HELPDESK_LOG_DIR": layout.test / "log",
        "HELPDESK_PG_HOST": endpoint.host,
        "HELPDESK_PG_PORT": endpoint.port,
        "HELPDESK_PG_USER": endpoint.user,
        "HELPDESK_PG_PASSWORD": endpoint.password,
        "HELPDESK_PG_PRIVATE": "1" if endpoint.private else "",
        "PYTHONPATH": layout.root,
    }
    return setup.environment(**values, **extra)
