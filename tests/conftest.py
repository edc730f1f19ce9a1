"""Fixtures for tests that need databases and servers of their own.

``./helpdesk test`` gives the environment: HELPDESK_HOME and the other variables of
``cli.suites.child_environment``. Tests of pure code need none of it.
"""

import os
from collections import namedtuple
from pathlib import Path
from uuid import uuid4

import pytest

from cli import server, shellcode
from cli.database import Databases
from cli.installation import COPY_PREFIX
from cli.layout import find_layout
from cli.odoo_source import SERIES, Odoo
from cli.postgres import Endpoint
from cli.setup import Setup

RunningServer = namedtuple("RunningServer", "url port database log process")


@pytest.fixture(scope="session")
def setup():
    """The prepared machine: Odoo, the PostgreSQL server, the configuration."""
    if "HELPDESK_ODOO_CONF" not in os.environ:
        pytest.exit("run these tests with ./helpdesk test", returncode=4)
    endpoint = Endpoint(
        **{
            name: os.environ[f"HELPDESK_PG_{name.upper()}"]
            for name in ("host", "port", "user", "password")
        },
        private=bool(os.environ["HELPDESK_PG_PRIVATE"]),
    )
    layout = find_layout()
    data_dir = Path(os.environ["HELPDESK_DATA_DIR"])
    return Setup(
        layout,
        Odoo(Path(os.environ["HELPDESK_ODOO_SITE"]), SERIES),
        Databases(layout, endpoint, data_dir),
        Path(os.environ["HELPDESK_ODOO_CONF"]),
    )


@pytest.fixture(scope="session")
def log_folder():
    """The folder whose logs are searched for warnings of our addons."""
    return Path(os.environ["HELPDESK_LOG_DIR"])


@pytest.fixture(scope="session")
def make_database(setup):
    """A function that makes a copy of the template, dropped at the end."""
    made = []

    def make():
        name = f"{COPY_PREFIX}{uuid4().hex[:8]}"
        setup.databases.copy(os.environ["HELPDESK_TEMPLATE_DB"], name)
        made.append(name)
        return name

    yield make
    for name in made:
        setup.databases.drop(name)


@pytest.fixture
def database(make_database):
    """A fresh copy of the database with all addons and their demo."""
    return make_database()


@pytest.fixture(scope="module")
def module_database(make_database):
    """Such a copy, shared by the tests of a module."""
    return make_database()


@pytest.fixture(scope="module")
def start_odoo(setup, log_folder):
    """A function that starts a server on a database; it is stopped at the end.

    ``start_odoo(database, options=("--max-cron-threads", "1"))`` returns url, port,
    database, log (a path) and process (``process.stop()`` ends it early).
    """
    started = []

    def start(database, workers=0, options=()):
        name = f"test-{uuid4().hex[:8]}"
        log = log_folder / f"{name}.log"
        process = server.start(
            setup, name, database, server.free_port(), workers, log, options
        )
        started.append(process)
        return RunningServer(process.url, process.port, database, log, process)

    yield start
    for process in started:
        process.stop()


@pytest.fixture
def odoo_server(start_odoo, database):
    """A running server on a fresh copy of the template."""
    running = start_odoo(database)
    yield running
    running.process.stop()


@pytest.fixture(scope="session")
def odoo_shell(setup, log_folder):
    """A function ``odoo_shell(database, code)``: what the code prints in a shell.

    Nothing is kept unless the code says ``env.cr.commit()``.
    """
    log = log_folder / f"shell-{os.environ['HELPDESK_SUITE']}.log"

    def run(database, code):
        return shellcode.run(setup, database, code, log)

    return run
