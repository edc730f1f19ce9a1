"""Folders outside of the home for the time of a run, and what a dead run left.

A folder is locked by the process that made it; the kernel takes the lock away when
that process ends, however it ends. The next run then removes the folder and ends the
daemon that lives in it.
"""

import fcntl
import os
import shutil
import signal
import tempfile
import time
from pathlib import Path

PREFIX = "helpdesk-mail-"
LOCK = "lock"
PID = "daemon.pid"
STOP_TIMEOUT = 5


class ScratchFolder:
    """A folder with a short path, for a daemon with sockets in it."""

    def __init__(self, parent=None):
        self.path = Path(tempfile.mkdtemp(prefix=PREFIX, dir=parent))
        self._lock = (self.path / LOCK).open("w")
        fcntl.flock(self._lock, fcntl.LOCK_EX)

    def note_daemon(self, pid):
        """Note the daemon that lives here, the leader of a process group."""
        (self.path / PID).write_text(str(pid))

    def remove(self):
        """Delete the folder; its daemon has ended."""
        shutil.rmtree(self.path, ignore_errors=True)
        self._lock.close()


def remove_leftovers(parent=None):
    """Remove the folders of runs that are dead, with their daemons.

    :return: paths of the removed folders
    """
    parent = Path(parent or tempfile.gettempdir())
    return [path for path in sorted(parent.glob(f"{PREFIX}*")) if _remove(path)]


def _remove(path):
    try:
        stream = (path / LOCK).open("r+")
    except OSError:
        return False  # somebody else's, or being made right now
    with stream:
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        _end_daemon(path)
        shutil.rmtree(path, ignore_errors=True)
    return not path.exists()


def _end_daemon(path):
    try:
        pid = int((path / PID).read_text())
    except (OSError, ValueError):
        return
    for sign in (signal.SIGTERM, signal.SIGKILL):
        if not _lives_in(pid, path):
            return
        try:
            os.killpg(pid, sign)
        except (ProcessLookupError, PermissionError):
            return
        end = time.monotonic() + STOP_TIMEOUT
        while _lives_in(pid, path) and time.monotonic() < end:
            time.sleep(0.1)


def _lives_in(pid, path):
    """Whether that process is the daemon of this folder, which its command names."""
    try:
        return os.fsencode(path) in Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return False
