"""Databases as the command sees them: a database and its folder of attachments."""

import json
import re
import shutil
import subprocess

from .postgres import OLDEST
from .problem import Problem
from .process import clean_environment, failure


class Databases:
    """The databases of one server, with their attachments in one data folder."""

    def __init__(self, layout, endpoint, data_dir):
        self.layout = layout
        self.endpoint = endpoint
        self.data_dir = data_dir

    def _admin(self, function, *arguments):
        """Run a function of ``dbadmin`` in the virtual environment."""
        endpoint = {
            name: getattr(self.endpoint, name)
            for name in ("host", "port", "user", "password")
        }
        command = [self.layout.python, "-m", "cli.dbadmin", json.dumps(endpoint)]
        command += [function, *map(json.dumps, arguments)]
        done = subprocess.run(
            command,
            capture_output=True,
            text=True,
            check=False,
            cwd=self.layout.root,
            stdin=subprocess.DEVNULL,
            env=clean_environment(
                keep_pg=not self.endpoint.private, PYTHONDONTWRITEBYTECODE=1
            ),
        )
        if done.returncode:
            raise self._problem(function, done.stderr)
        return json.loads(done.stdout)

    def _problem(self, function, error):
        log = self.layout.setup_log
        with log.open("ab") as stream:
            stream.write(f"\n$ dbadmin {function}\n".encode())
            start = stream.tell()
            stream.write(error.encode())
        if "OperationalError" in error and "connection to server" in error:
            return Problem(
                "The PostgreSQL server cannot be reached with the settings of PG* or "
                f"odoo.conf: check them (details: {log})."
            )
        if "permission denied to create database" in error:
            return Problem(
                "The PostgreSQL account may not create databases: give it CREATEDB, "
                "or set PGUSER to one that may."
            )
        return failure("A change of the databases", log, start)

    def check_version(self):
        """Raise a Problem when the server is too old for Odoo."""
        version = self._admin("server_version") // 10000
        if version < OLDEST:
            raise Problem(
                f"The PostgreSQL server is version {version}, too old for Odoo 19: "
                f"use version {OLDEST} or newer."
            )

    def marks(self):
        """Return {database: note of ours, or None for a foreign database}.

        A database that another home made on the same server is foreign too.
        """
        return {
            name: note if note and note.get("home") == self.layout.tag else None
            for name, note in self._admin("marks").items()
        }

    def mark(self, name, note):
        """Replace the note of a database of ours."""
        self._admin("mark", name, {**note, "home": self.layout.tag})

    def _note(self, state):
        return {"state": state, "home": self.layout.tag}

    def create(self, name):
        """Make an empty database."""
        shutil.rmtree(self.filestore(name), ignore_errors=True)
        self._admin("create", name, self._note("unfinished"))

    def extend(self, name):
        """Give a database the extension that Odoo's text indexes need."""
        self._admin("extend", name)

    def copy(self, source, name):
        """Copy a database with its attachments."""
        shutil.rmtree(self.filestore(name), ignore_errors=True)
        self._admin("copy", source, name, self._note("copy"))
        if self.filestore(source).is_dir():
            shutil.copytree(self.filestore(source), self.filestore(name))

    def rename(self, name, new_name):
        """Rename a database with its attachments."""
        shutil.rmtree(self.filestore(new_name), ignore_errors=True)
        if self.filestore(name).is_dir():
            self.filestore(name).rename(self.filestore(new_name))
        self._admin("rename", name, new_name)

    def drop(self, name):
        """Drop a database of ours with its attachments."""
        self._admin("drop", name)
        shutil.rmtree(self.filestore(name), ignore_errors=True)

    def filestore(self, name):
        """The folder of a database's attachments."""
        return self.data_dir / "filestore" / name


def check_name(name):
    """Raise a Problem when Odoo does not accept this name of a database."""
    if not re.fullmatch(r"[a-zA-Z0-9][a-zA-Z0-9_.-]{0,50}", name):
        raise Problem(
            f"{name!r} cannot name a database: use letters, digits, and _ . - "
            "after the first character."
        )
