"""What each command does."""

import shutil
import signal
import subprocess
import time
from pathlib import Path

from . import postgres, scratch, server
from .database import check_name
from .installation import ensure_database
from .layout import HOME_ENTRIES
from .packages import has_chromium, has_patched_wkhtmltopdf
from .problem import Problem
from .progress import say, step
from .setup import exclusive, prepare
from .suites import read_arguments, run_suites

# Those of the demonstration data: role, login, password.
DEMO_LOGINS = (
    ("dispatcher", "dispatcher", "dispatcher"),
    ("engineer", "engineer", "engineer"),
    ("coordinator", "coordinator", "coordinator"),
    ("director", "director", "director"),
    ("finance", "finance", "finance"),
    ("author", "author", "author"),
    ("employee", "accountant", "accountant"),
    ("administrator", "admin", "admin"),
    ("portal client", "client@romashka.example", "client"),
    ("portal client", "client@vector.example", "client"),
)


def run(layout, options):
    """Make what is missing, start the server and say where it is."""
    check_name(options.db)
    layout.prepare()
    with exclusive(layout, "setup"):
        running = _check_running(layout, options)
        if not running:
            server.check_port(options.port)
        say("Preparing the help desk:")
        setup = prepare(layout)

        def stop_running():
            if running:
                with step("Stopping the server, its addons have changed"):
                    running.stop()

        ensure_database(setup, options.db, not options.no_demo, stop_running)
        started = None
        if running and running.is_alive():
            say(f"  It runs already, as process {running.pid}.")
        else:
            with step("Starting the server"):
                started = server.start(
                    setup, "server", options.db, options.port, options.workers
                )
    _welcome(started or running, options)
    if started and not options.detach:
        _stay(layout, started)


def _check_running(layout, options):
    for running in server.find_servers(layout):
        if running.file.stem != "server":
            continue
        if (running.database, running.port) != (options.db, options.port):
            raise Problem(
                f"A server for the database {running.database} already runs on "
                f"{running.url}: end it with ./helpdesk stop."
            )
        return running
    return None


def _welcome(running, options):
    say()
    say(f"The help desk is at {running.url}")
    if not options.no_demo:
        width = max(len(login) for _role, login, _password in DEMO_LOGINS)
        say("Log in as one of these:")
        for role, login, password in DEMO_LOGINS:
            say(f"  {role:14}  login {login:{width}}  password {password}")
    else:
        say("Log in as admin with the password admin.")
    say(f"Its log is {running.log}")
    if options.workers:
        say(
            "With --workers, messages appear without reloading the page only behind "
            "a reverse proxy."
        )
    if not has_patched_wkhtmltopdf() and not has_chromium():
        say("PDF reports cannot be printed: there is no Chromium.")


def _stay(layout, started):
    """Wait until the server ends or the person ends it."""
    say("Ctrl-C ends it.")
    try:
        while started.is_alive():
            time.sleep(0.3)
    except KeyboardInterrupt:
        say()
        with step("Stopping the server"):
            # A second Ctrl-C would only leave it running.
            signal.signal(signal.SIGINT, signal.SIG_IGN)
            started.stop()
            _stop_clusters(layout)
        return
    # Who ends it by ./helpdesk stop removes its pid file.
    time.sleep(0.5)
    if started.file.exists():
        raise Problem(
            f"The server ended by itself: the reason is at the end of {started.log}."
        )


def stop(layout, _options):
    """Stop the servers and the private cluster."""
    stopped = server.find_servers(layout)
    for running in stopped:
        with step(f"Stopping the server on {running.url}"):
            running.stop()
    stopped += _stop_clusters(layout)
    say("Stopped." if stopped else "Nothing was running.")


def _stop_clusters(layout):
    running = [each for each in _clusters(layout) if each.is_running()]
    for cluster in running:
        cluster.stop()
    return running


def _clusters(layout):
    return postgres.clusters(layout) if layout.home.exists() else []


def shell(layout, options):
    """Open Odoo's shell on a database."""
    check_name(options.db)
    with exclusive(layout, "setup"):
        setup = prepare(layout)
        if options.db not in setup.databases.marks():
            raise Problem(
                f"There is no database {options.db}: make it with "
                f"./helpdesk run --db {options.db}."
            )
    command = setup.odoo_command(
        "shell", "-c", setup.conf, "-d", options.db, "--no-http"
    )
    return subprocess.run(
        command, env=setup.environment(), cwd=layout.root, check=False
    ).returncode


def test(layout, options):
    """Run the tests; return the exit code."""
    layout.prepare()
    selection = read_arguments(options.arguments, Path.cwd())
    with exclusive(layout, "test"):
        say("Preparing the tests:")
        setup = prepare(layout, for_test=True)
        for path in scratch.remove_leftovers():
            say(f"  Removed {path}, which a run that was killed left.")
        return run_suites(setup, selection, options.all)


def reset(layout, options):
    """Delete what this command made, after asking."""
    external = postgres.find_external(layout)
    what = [f"everything that ./helpdesk made in {layout.home}"]
    clusters = _clusters(layout)
    for folder in {cluster.base for cluster in clusters}:
        if layout.home not in folder.parents and folder.exists():
            what.append(f"the private database cluster in {folder}")
    setup = None
    if external and layout.python.exists():
        setup = prepare(layout)
        ours = _our_databases(setup)
        what += [f"the database {name}" for name in ours]
    say("This deletes:")
    for line in what:
        say(f"  - {line}")
    say("Debian packages that it installed stay.")
    if not options.yes and not _confirm():
        say("Nothing was deleted.")
        return 1
    stop(layout, options)
    if setup:
        for name in ours:
            setup.databases.drop(name)
    for cluster in clusters:
        cluster.remove()
    _delete_home(layout)
    say("Deleted.")
    return 0


def _our_databases(setup):
    return [name for name, note in setup.databases.marks().items() if note is not None]


def _confirm():
    try:
        return input("Go on? [y/N] ").strip().lower() in ("y", "yes")
    except EOFError:
        say()
        return False


def _delete_home(layout):
    for name in HOME_ENTRIES:
        path = layout.home / name
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)
    try:
        layout.home.rmdir()
    except OSError:
        pass  # never made, or somebody else's files are in it
