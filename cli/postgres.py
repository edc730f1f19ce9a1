"""The database server: the person's own, or a private cluster that we make."""

import configparser
import hashlib
import os
import pwd
import re
import shutil
import stat
import subprocess
from dataclasses import dataclass
from pathlib import Path

from .problem import Problem
from .process import capture, clean_environment, failure, run
from .progress import step

OLDEST = 13
PORT = 5432
USER = "odoo"
# The address of a Unix socket has room for 107 bytes, file name included.
LONGEST_SOCKET_FOLDER = 80

_DURABLE = {"shared_buffers": "256MB", "max_connections": "200"}
# Tests can be repeated, so their cluster need not survive a power cut.
_FAST = {
    **_DURABLE,
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_wal_size": "2GB",
}


@dataclass(frozen=True)
class Endpoint:
    """How to reach a database server; empty values are libpq's defaults."""

    host: str = ""
    port: str = ""
    user: str = ""
    password: str = ""
    private: bool = False

    @property
    def settings(self):
        """The db_* lines of an Odoo configuration."""
        values = {
            "db_host": self.host,
            "db_port": self.port,
            "db_user": self.user,
            "db_password": self.password,
        }
        return {name: value for name, value in values.items() if value}


def find_external(layout, environ=os.environ):
    """Return the person's own database server, or None to make a private one."""
    parser = configparser.RawConfigParser()
    parser.read(layout.root / "odoo.conf")
    options = dict(parser.items("options")) if parser.has_section("options") else {}
    from_file = {
        name: options.get(f"db_{name}", "")
        for name in ("host", "port", "user", "password")
    }
    from_file = {
        name: "" if value == "False" else value for name, value in from_file.items()
    }
    from_environment = {
        name: environ.get(f"PG{name.upper()}", "")
        for name in ("host", "port", "user", "password")
    }
    if any(from_environment.values()):
        return Endpoint(
            **{name: from_environment[name] or from_file[name] for name in from_file}
        )
    return Endpoint(**from_file) if any(from_file.values()) else None


def find_bin(version=None):
    """Return the folder of PostgreSQL's programs, the newest or of one version."""
    folders = {
        int(path.parent.name.split(".")[0]): path
        for path in Path("/usr/lib/postgresql").glob("*/bin")
        if (path / "initdb").exists() and path.parent.name[0].isdigit()
    }
    if not folders and shutil.which("initdb"):
        folder = Path(shutil.which("initdb")).resolve().parent
        folders = {_version_of(folder): folder}
    if version:
        return folders.get(version)
    return folders[max(folders)] if folders else None


def _version_of(folder):
    text = capture([folder / "initdb", "--version"]) or ""
    found = re.search(r"(\d+)(\.\d+|\w*\d+)", text)
    return int(found.group(1)) if found else 0


class Cluster:
    """A private PostgreSQL cluster, reached by a Unix socket only."""

    def __init__(self, layout, name, durable=True):
        self.layout = layout
        self.account = _unprivileged_account()
        self.base = _base_folder(layout, self.account)
        self.data = self.base / name
        self.log = self.base / f"{name}.log"
        self.socket = _socket_folder(layout, self.base / f"{name}-socket", name)
        self.settings = _DURABLE if durable else _FAST

    @property
    def endpoint(self):
        return Endpoint(str(self.socket), str(PORT), USER, private=True)

    def ensure(self):
        """Make and start the cluster where that is still to be done."""
        self._check_version()
        if not (self.data / "PG_VERSION").exists():
            with step("Making a private PostgreSQL cluster"):
                self._create()
        if not self.is_running():
            with step("Starting PostgreSQL"):
                self._start()
        return self.endpoint

    def is_running(self):
        """Whether the server process of this cluster lives."""
        program = self._program("pg_ctl")
        if not program or not (self.data / "PG_VERSION").exists():
            return False
        return self._capture([program, "-D", self.data, "status"]) is not None

    def stop(self):
        """Stop the server, cutting the connections that are open."""
        if self.is_running():
            self._run(
                [self._program("pg_ctl"), "-D", self.data, "-m", "fast", "-w", "stop"],
                "Stopping PostgreSQL",
            )

    def remove(self):
        """Stop the server and delete everything of it."""
        self.stop()
        for folder in (self.data, self._new_data(), self.socket):
            shutil.rmtree(folder, ignore_errors=True)
        self.log.unlink(missing_ok=True)
        try:
            self.base.rmdir()
        except OSError:
            pass  # the other cluster is still in it

    def _new_data(self):
        return self.data.with_name(self.data.name + ".new")

    def _version(self):
        try:
            return int((self.data / "PG_VERSION").read_text())
        except (OSError, ValueError):
            return None

    def _program(self, name):
        folder = find_bin(self._version())
        return folder / name if folder else None

    def _check_version(self):
        made_by = self._version()
        if made_by and not find_bin(made_by):
            raise Problem(
                f"The private cluster was made by PostgreSQL {made_by}, which is no "
                "longer installed: install it again, or start anew with "
                "./helpdesk reset."
            )
        found = _version_of(find_bin(made_by))
        if found < OLDEST:
            raise Problem(
                f"PostgreSQL {found} is too old for Odoo 19: install version "
                f"{OLDEST} or newer."
            )

    def _create(self):
        self._own(self.base)
        new = self._new_data()
        shutil.rmtree(new, ignore_errors=True)
        self._run(
            [
                *(self._program("initdb"), "-D", new, "-U", USER, "-A", "trust"),
                *("-E", "UTF8", "--locale=C.UTF-8", "-N"),
            ],
            "Making the PostgreSQL cluster",
        )
        with (new / "postgresql.conf").open("a") as stream:
            stream.write("include = 'helpdesk.conf'\n")
        # All of it on disk before the name that says that it is complete.
        os.sync()
        new.rename(self.data)

    def _start(self):
        self._own(self.socket)
        self._check_socket_folder()
        settings = {
            "listen_addresses": "",
            "port": str(PORT),
            "unix_socket_directories": str(self.socket).replace("'", "''"),
            **self.settings,
        }
        (self.data / "helpdesk.conf").write_text(
            "".join(f"{name} = '{value}'\n" for name, value in settings.items())
        )
        start = self.log.stat().st_size if self.log.exists() else 0
        command = [self._program("pg_ctl"), "-D", self.data, "-l", self.log]
        try:
            self._run([*command, "-w", "-t", "120", "start"], "Starting PostgreSQL")
        except Problem:
            # The server itself writes why it does not start.
            if not self.log.exists():
                raise
            raise failure("Starting PostgreSQL", self.log, start) from None

    def _own(self, folder):
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        if self.account:
            os.chown(folder, self.account.pw_uid, self.account.pw_gid)
        folder.chmod(0o700)

    def _check_socket_folder(self):
        status = self.socket.lstat()
        owner = self.account.pw_uid if self.account else os.geteuid()
        if not stat.S_ISDIR(status.st_mode) or status.st_uid != owner:
            raise Problem(
                f"{self.socket} belongs to somebody else: remove it, or set "
                "HELPDESK_HOME to a folder with a shorter path."
            )

    def _run(self, command, what):
        run(command, what, self.layout.setup_log, **self._as_account())

    def _capture(self, command):
        return capture(command, **self._as_account())

    def _as_account(self):
        options = {"env": clean_environment(LC_ALL="C.UTF-8"), "cwd": "/"}
        if self.account:
            options.update(
                user=self.account.pw_uid,
                group=self.account.pw_gid,
                extra_groups=[],
            )
        return options


def clusters(layout):
    """The clusters of this home, made or not: for running and for testing."""
    return [Cluster(layout, "pg"), Cluster(layout, "pg-test", durable=False)]


def _unprivileged_account():
    """Return the account that runs PostgreSQL when we are root: it refuses root."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise Problem(
        "PostgreSQL does not run as root and there is no account postgres: run "
        "this command as an ordinary user."
    )


def _base_folder(layout, account):
    """Return the folder of the clusters, one that their account can enter."""
    if account is None or _can_enter(layout.home, account):
        return layout.home / "postgres"
    return Path("/var/lib") / f"helpdesk-{layout.tag}"


def _can_enter(folder, account):
    while not folder.exists():
        folder = folder.parent
    done = subprocess.run(
        ["test", "-x", os.fspath(folder)],
        user=account.pw_uid,
        group=account.pw_gid,
        extra_groups=[],
        check=False,
    )
    return done.returncode == 0


def _socket_folder(layout, wanted, name):
    if len(os.fsencode(wanted)) <= LONGEST_SOCKET_FOLDER and '"' not in str(wanted):
        return wanted
    digest = hashlib.sha256(f"{layout.home}/{name}".encode()).hexdigest()[:10]
    return Path("/tmp") / f"helpdesk-{os.geteuid()}-{digest}"
