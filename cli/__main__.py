"""Reading the command line, and turning every error into one sentence."""

import argparse
import errno
import signal
import sys
import traceback

from . import commands, programs
from .layout import find_layout
from .problem import Problem

DESCRIPTION = """\
Run, test and measure the help desk suite for Odoo 19 Community. What it makes lies
in .helpdesk/ (or in HELPDESK_HOME). It uses the Odoo of ODOO_PATH and the PostgreSQL
server of PG* or of the db_* settings in odoo.conf where these are given."""


def main(arguments=None):
    """Run a command and return its exit code."""
    signal.signal(signal.SIGTERM, _interrupt)
    options = _parse(arguments)
    layout = None
    try:
        layout = find_layout()
        return options.command(layout, options) or 0
    except Problem as problem:
        return _fail(str(problem))
    except KeyboardInterrupt:
        print(file=sys.stderr)
        _fail("Interrupted: run the same command again, it goes on where it was.")
        return 130
    except BrokenPipeError:
        return 1
    except OSError as error:
        return _fail(_explain(error, _keep_trace(layout)))
    except Exception:  # a person gets a sentence, the log gets the rest
        where = _keep_trace(layout)
        return _fail(f"An unexpected error, please report it with {where}.")


def _interrupt(_signal, _frame):
    raise KeyboardInterrupt


def _fail(sentence):
    print(f"helpdesk: {sentence}", file=sys.stderr, flush=True)
    return 1


def _keep_trace(layout):
    """Write the stack trace to the log; return where it is."""
    text = traceback.format_exc()
    try:
        with layout.setup_log.open("a") as stream:
            stream.write(text)
    except (OSError, AttributeError):
        return text.strip().splitlines()[-1]
    return str(layout.setup_log)


def _explain(error, where):
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return "The disk is full: free some space, then run the same command again."
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return (
            f"{error.filename} cannot be written: use the account that owns it, or "
            "set HELPDESK_HOME to a folder of your own."
        )
    return f"{error.strerror or error}: {error.filename or ''} (details: {where})."


def _parse(arguments):
    parser = argparse.ArgumentParser(
        prog="./helpdesk",
        description=DESCRIPTION,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    subparsers = parser.add_subparsers(title="commands", metavar="", required=True)
    _add_run(subparsers)
    _add_test(subparsers)
    _add_others(subparsers)
    options, unknown = parser.parse_known_args(arguments)
    if unknown and not hasattr(options, "arguments"):
        parser.error(f"unknown arguments: {' '.join(unknown)}")
    if hasattr(options, "arguments"):
        options.arguments = _after_command(options, arguments or sys.argv[1:])
    return options


def _after_command(options, words):
    """Return what is passed on, in its order; argparse would sort it."""
    known = {"--all"} if options.command is commands.test else set()
    rest = [word for word in words[1:] if word not in known]
    return rest[1:] if getattr(options, "name", None) else rest


def _add_run(subparsers):
    parser = subparsers.add_parser(
        "run", help="set up what is missing, start the server, print its address"
    )
    parser.set_defaults(command=commands.run)
    parser.add_argument("--port", type=int, default=8069, help="default: 8069")
    _add_db(parser)
    parser.add_argument(
        "--workers", type=int, default=0, help="worker processes (default: threads)"
    )
    parser.add_argument(
        "--no-demo", action="store_true", help="no demonstration data in the database"
    )
    parser.add_argument(
        "--detach", action="store_true", help="leave the server in the background"
    )


def _add_test(subparsers):
    parser = subparsers.add_parser(
        "test",
        help="set up what is missing and run every test",
        description="Other arguments are passed on to pytest; paths of tests choose "
        "among them.",
    )
    parser.set_defaults(command=commands.test)
    parser.add_argument(
        "--all",
        action="store_true",
        help="the heavy tests too: install matrix, updates, uninstall, load",
    )
    parser.add_argument(
        "arguments", nargs="*", metavar="PYTEST_ARGUMENT", help="for pytest"
    )


def _add_others(subparsers):
    parser = subparsers.add_parser("shell", help="Odoo's Python shell on the database")
    parser.set_defaults(command=commands.shell)
    _add_db(parser)
    parser = subparsers.add_parser("stop", help="stop the server and the database")
    parser.set_defaults(command=commands.stop)
    parser = subparsers.add_parser("reset", help="delete what was made, after asking")
    parser.set_defaults(command=commands.reset)
    parser.add_argument("--yes", action="store_true", help="do not ask")
    parser = subparsers.add_parser("bench", help="run one measurement, or all")
    parser.set_defaults(command=programs.bench)
    parser.add_argument("name", nargs="?", help="a module of bench/")
    parser.add_argument("arguments", nargs="*", help="for the measurement")
    parser = subparsers.add_parser("pictures", help="take the pictures of docs/")
    parser.set_defaults(command=programs.pictures)
    parser.add_argument("arguments", nargs="*", help="for docs/pictures.py")


def _add_db(parser):
    parser.add_argument(
        "--db", default="helpdesk", metavar="NAME", help="default: helpdesk"
    )


if __name__ == "__main__":
    sys.exit(main())
