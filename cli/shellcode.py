"""Running Python code in an Odoo shell for its output."""

import subprocess

from .process import failure


def run(setup, database, code, log):
    """Return what the code prints; Odoo's log is added to a file."""
    with log.open("ab") as stream:
        start = stream.tell()
        done = subprocess.run(
            setup.odoo_command("shell", "-c", setup.conf, "-d", database, "--no-http"),
            input=code + "\n",
            stdout=subprocess.PIPE,
            stderr=stream,
            text=True,
            env=setup.environment(),
            cwd=setup.layout.root,
            check=False,
        )
    if done.returncode:
        raise failure("The code in Odoo's shell", log, start)
    return done.stdout
