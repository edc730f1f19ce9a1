"""Everything that must be there before a database: packages, Odoo, Python, server."""

import fcntl
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from . import postgres
from .config import write_config
from .database import Databases
from .odoo_source import Odoo, ensure_odoo
from .packages import ensure_packages
from .problem import Problem
from .process import clean_environment
from .progress import step
from .venv import ensure_venv


@dataclass(frozen=True)
class Setup:
    """A prepared machine: how to call Odoo, and its databases."""

    layout: object
    odoo: Odoo
    databases: Databases
    conf: Path

    @property
    def endpoint(self):
        return self.databases.endpoint

    def odoo_command(self, *arguments):
        """Return the command line of an Odoo process."""
        return [self.layout.python, "-m", "odoo", *map(str, arguments)]

    def environment(self, **extra):
        """Return the environment of an Odoo process."""
        return clean_environment(keep_pg=not self.endpoint.private, **extra)


def prepare(layout, for_test=False):
    """Do what is missing of the set-up and return it."""
    layout.prepare()
    external = postgres.find_external(layout)
    ensure_packages(layout, for_test, private_postgres=external is None)
    odoo = ensure_odoo(layout)
    ensure_venv(layout, odoo, with_tests=for_test)
    endpoint = external or _private_cluster(layout, for_test).ensure()
    return _describe(layout, odoo, endpoint, for_test)


def _private_cluster(layout, for_test):
    running, testing = postgres.clusters(layout)
    return testing if for_test else running


def _describe(layout, odoo, endpoint, for_test):
    if for_test:
        data_dir, name = layout.test / "data", "test"
        # Tests call the scheduled actions that they mean.
        settings = {"max_cron_threads": 0, "workers": 0}
    else:
        data_dir, name, settings = layout.home / "data", "run", {}
    conf = write_config(layout, name, endpoint, data_dir, odoo, **settings)
    databases = Databases(layout, endpoint, data_dir)
    if not endpoint.private:
        with step("Checking the PostgreSQL server"):
            databases.check_version()
    return Setup(layout, odoo, databases, conf)


@contextmanager
def exclusive(layout, name):
    """Let one command at a time do a thing in this home."""
    folder = layout.home / "lock"
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / name).open("w") as stream:
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise Problem(
                "Another ./helpdesk is at work in this repository: let it finish, "
                "then run the same command again."
            ) from error
        yield
