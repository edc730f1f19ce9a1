"""Running other programs, and turning their failures into one sentence."""

import os
import re
import shlex
import subprocess
from pathlib import Path

from .problem import Problem

# What other programs print, and the sentence that it means.
_KNOWN_FAILURES = (
    (
        r"No space left on device|ENOSPC|not enough free space|DiskFull",
        "The disk is full: free some space, then run the same command again",
    ),
    (
        r"Temporary failure (in name resolution|resolving)|Could not resolve"
        r"|Name or service not known|Network is unreachable|Could not connect to"
        r"|NewConnectionError|Connection refused.*HTTPSConnection|ConnectTimeout"
        r"|Max retries exceeded|Failed to establish a new connection"
        r"|Connection timed out|Unable to connect to",
        "The network cannot be reached: check the connection and the proxy "
        "settings, then run the same command again",
    ),
    (
        r"NO_PUBKEY|is not signed|BADSIG|EXPKEYSIG|Hash Sum mismatch"
        r"|DO NOT MATCH THE HASHES",
        "The signature or checksum of a downloaded file is wrong: nothing was used "
        "of it; try again later or with another mirror",
    ),
    (
        r"Release file for .* is (expired|not valid yet)",
        "The package lists of Debian's mirror are out of date, or the clock of this "
        "machine is wrong: set the clock or choose another mirror in /etc/apt",
    ),
    (
        r"Could not get lock|dpkg was interrupted|Unable to acquire the dpkg",
        "Debian's package manager is busy or was interrupted: let it finish "
        "(sudo dpkg --configure -a), then run the same command again",
    ),
)

# Settings of another Odoo or another PostgreSQL client would win over our files.
_ODOO_VARIABLES_KEPT = ("ODOO_DEV", "ODOO_PATH", "ODOO_PY_COLORS", "ODOO_BROWSER_BIN")


def clean_environment(keep_pg=False, environ=os.environ, **extra):
    """Return the environment for a child: without foreign Odoo and PG settings."""
    env = {
        name: value
        for name, value in environ.items()
        if (not name.startswith("ODOO_") or name in _ODOO_VARIABLES_KEPT)
        and (keep_pg or not name.startswith("PG"))
        and name not in ("PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV")
    }
    env.update({name: str(value) for name, value in extra.items()})
    return env


def run(command, what, log, text=None, **options):
    """Run a program with its output in the log; raise a Problem when it fails.

    :param command: list of arguments
    :param what: the action as a noun, for the sentence of the error
    :param log: path of the log file; the output is added to it
    :param text: what the program reads from its standard input
    """
    log = Path(log)
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as stream:
        stream.write(f"\n$ {shlex.join(map(str, command))}\n".encode())
        stream.flush()
        start = stream.tell()
        try:
            done = subprocess.run(
                [os.fspath(part) for part in command],
                input=(text or "").encode(),
                stdout=stream,
                stderr=subprocess.STDOUT,
                check=False,
                **options,
            )
        except FileNotFoundError as error:
            raise Problem(
                f"{what} needs the program {command[0]}, which is missing."
            ) from error
    if done.returncode:
        raise failure(what, log, start)


def capture(command, **options):
    """Return what a program prints, or None when it is missing or fails."""
    try:
        done = subprocess.run(
            [os.fspath(part) for part in command],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            check=False,
            **options,
        )
    except OSError:
        return None
    return done.stdout.strip() if done.returncode == 0 else None


def failure(what, log, start=0):
    """Return the Problem that the log, read from an offset, tells about."""
    with Path(log).open("rb") as stream:
        stream.seek(start)
        text = stream.read().decode(errors="replace")
    for pattern, sentence in _KNOWN_FAILURES:
        if re.search(pattern, text):
            return Problem(f"{sentence} ({what}; details: {log}).")
    return Problem(f"{what} failed: the reason is at the end of {log}.")
