"""Odoo server processes: starting one, waiting for its answer, stopping it."""

import json
import os
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path

from .problem import Problem

LOOPBACK = "127.0.0.1"
START_TIMEOUT = 120
STOP_TIMEOUT = 20


@dataclass(frozen=True)
class Server:
    """A server process that was started from this home."""

    pid: int
    port: int
    database: str
    log: str
    file: Path

    @property
    def url(self):
        return f"http://{LOOPBACK}:{self.port}"

    def is_alive(self):
        """Whether the process lives and is the one that we started."""
        try:
            command = Path(f"/proc/{self.pid}/cmdline").read_bytes().split(b"\0")
            state = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2]
        except OSError:
            return False
        return self.database.encode() in command and state.split()[0] != "Z"

    def answers(self):
        """Whether the server answers a request."""
        # A proxy of the environment is not for loopback.
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            with opener.open(f"{self.url}/web/login", timeout=30) as response:
                return response.status == 200
        except (OSError, urllib.error.URLError):
            return False

    def kill(self):
        """End the process with its children at once, as a power cut does."""
        _signal_group(self.pid, signal.SIGKILL)
        _wait(lambda: not self.is_alive(), STOP_TIMEOUT)
        self.file.unlink(missing_ok=True)

    def stop(self):
        """Ask the process to end, and end it when it does not."""
        for sign, timeout in ((signal.SIGTERM, STOP_TIMEOUT), (signal.SIGKILL, 5)):
            if self.is_alive():
                _signal_group(self.pid, sign)
                _wait(lambda: not self.is_alive(), timeout)
        self.file.unlink(missing_ok=True)


def _signal_group(pid, sign):
    try:
        if sign == signal.SIGKILL:
            os.killpg(pid, sign)
        else:
            os.kill(pid, sign)
    except ProcessLookupError:
        pass


def _wait(condition, timeout):
    end = time.monotonic() + timeout
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.1)
    return condition()


def is_free(port):
    """Whether nobody listens on a port of the loopback address."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
    return True


def free_port():
    """Return a port of the loopback address on which nobody listens."""
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        return probe.getsockname()[1]


def check_port(port):
    """Raise a Problem when the port cannot be used."""
    if not 0 < port < 65536:
        raise Problem(f"There is no port {port}: choose one from 1024 to 65535.")
    if port < 1024 and os.geteuid() != 0:
        raise Problem(f"Port {port} is reserved for root: choose one above 1023.")
    if not is_free(port):
        raise Problem(
            f"Port {port} is taken by another program: choose another one with --port."
        )


def find_servers(layout):
    """Return the living servers of this home, forgetting the dead ones."""
    servers = []
    for path in sorted(layout.pids.glob("*.json")):
        try:
            server = Server(file=path, **json.loads(path.read_text()))
        except (OSError, ValueError, TypeError):
            continue
        if server.is_alive():
            servers.append(server)
        else:
            path.unlink(missing_ok=True)
    return servers


def start(setup, name, database, port, workers=0, log=None, options=()):
    """Start a server in the background, and wait for its first answer.

    :param name: names its pid file, and its log when none is given
    :param options: more options of Odoo's command line
    """
    log = Path(log or setup.layout.log / f"{name}.log")
    log.parent.mkdir(parents=True, exist_ok=True)
    # With workers a reverse proxy must know it; without, nobody uses it.
    gevent_port = port + 3 if workers and is_free(port + 3) else free_port()
    command = setup.odoo_command(
        *("server", "-c", setup.conf, "-d", database, "--http-port", port),
        *("--gevent-port", gevent_port, "--workers", workers, *options),
    )
    with log.open("ab") as stream:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=stream,
            stderr=stream,
            env=setup.environment(),
            cwd=setup.layout.root,
            # Its own group: Ctrl-C is for us, we then stop it in good order.
            start_new_session=True,
        )
    server = _remember(setup.layout, name, process.pid, port, database, log)
    try:
        _wait_for_answer(process, server)
    except BaseException:
        server.stop()
        raise
    return server


def _remember(layout, name, pid, port, database, log):
    path = layout.pids / f"{name}.json"
    values = {"pid": pid, "port": port, "database": database, "log": str(log)}
    temporary = path.with_suffix(".new")
    temporary.write_text(json.dumps(values))
    temporary.rename(path)
    return Server(file=path, **values)


def _wait_for_answer(process, server):
    end = time.monotonic() + START_TIMEOUT
    while time.monotonic() < end:
        if process.poll() is not None:
            raise Problem(
                f"The Odoo server ended at once: the reason is at the end of "
                f"{server.log}."
            )
        if not is_free(server.port) and server.answers():
            return
        time.sleep(0.2)
    raise Problem(
        f"The Odoo server does not answer on {server.url}: the reason may be in "
        f"{server.log}."
    )
