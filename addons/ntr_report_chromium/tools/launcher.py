"""Runs a browser and reaps every process it leaves behind; a program of its own.

``python launcher.py PROGRAM [ARGUMENT...]`` starts the program with standard input
and output moved to file descriptors 3 and 4, where Chromium has its DevTools pipes,
and without the soft limits of a server, which would kill the browser. It ends when
the program and all its descendants have ended, and ends them all on SIGTERM.

Without it the orphans of a browser stay as zombies where the first process of a
container is Odoo itself, which does not reap them.
"""

# pylint: disable=except-pass,print-used
import ctypes
import os
import resource
import signal
import sys

PR_SET_CHILD_SUBREAPER = 36
LIMITS = (resource.RLIMIT_AS, resource.RLIMIT_CPU)


def lift_limits():
    """Raise the soft limits to the hard ones."""
    for limit in LIMITS:
        _soft, hard = resource.getrlimit(limit)
        resource.setrlimit(limit, (hard, hard))


def execute(arguments):
    """Become the program, with its pipes where it expects them."""
    own_group(0)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGTERM])
    os.dup2(0, 3)
    os.dup2(1, 4)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.dup2(2, 1)
    try:
        os.execv(arguments[0], arguments)
    except OSError as error:
        print(error, file=sys.stderr)  # the log of the browser
        os._exit(127)


def own_group(pid):
    """Give a process a group; both sides do it, as neither knows who is first."""
    try:
        os.setpgid(pid, pid)
    except (PermissionError, ProcessLookupError):
        pass


def reap(child):
    """Wait for all descendants; end the others once ``child`` has ended."""
    while True:
        try:
            pid, _status = os.wait()
        except ChildProcessError:
            return
        if pid == child:
            end(child)


def end(group):
    """Kill a process group, if there still is one."""
    try:
        os.killpg(group, signal.SIGKILL)
    except (PermissionError, ProcessLookupError):
        pass


def main(arguments):
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    lift_limits()
    signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGTERM])
    child = os.fork()
    if not child:
        execute(arguments)
    own_group(child)
    signal.signal(signal.SIGTERM, lambda *_args: end(child))
    signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGTERM])
    # Only the browser holds its pipes, so that each side notices the other's end.
    os.close(0)
    os.close(1)
    reap(child)


if __name__ == "__main__":
    main(sys.argv[1:])
