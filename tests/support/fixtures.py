"""Fixtures of a help desk with mail servers: end-to-end and heavy tests use them.

The ``conftest.py`` of a folder of tests imports them.
"""

import dataclasses
import json
from pathlib import Path

import pytest

from cli import server
from support import scene
from support.dovecot import Dovecot
from support.smtp import Entrance, Sink
from support.stage import Stage

__all__ = ("cast", "dovecot", "endpoint", "entrance", "sink", "stage")

# Refusals are provoked here on purpose; the server says each of them as a warning.
OPTIONS = ("--max-cron-threads", "2", "--log-handler", "odoo.http:ERROR")


@pytest.fixture(scope="module")
def dovecot():
    dovecot = Dovecot(server.free_port())
    try:
        dovecot.start()
        yield dovecot
    finally:
        dovecot.stop()


@pytest.fixture(scope="module")
def sink():
    sink = Sink(server.free_port())
    sink.start()
    yield sink
    sink.stop()


@pytest.fixture(scope="module")
def entrance(dovecot):
    mailboxes = {f"{scene.ALIAS}@{scene.DOMAIN}": scene.MAILBOX}
    entrance = Entrance(server.free_port(), dovecot, mailboxes.get)
    entrance.start()
    yield entrance
    entrance.stop()


@pytest.fixture(scope="module")
def cast(module_database, odoo_shell, dovecot, sink):
    """What ``scene.set_up`` tells of the people that it makes."""
    code = (
        f"{Path(scene.__file__).read_text()}\n"
        "import json\n"
        f"made = set_up(env, {dovecot.port}, {sink.port})\n"
        "env.cr.commit()\n"
        "print(json.dumps(made))\n"
    )
    output = odoo_shell(module_database, code)
    return json.loads(output.strip().splitlines()[-1])


@pytest.fixture(scope="module")
def endpoint(setup):
    """Where PostgreSQL is, as ``cli.dbadmin`` wants it."""
    values = dataclasses.asdict(setup.endpoint)
    return {name: values[name] for name in ("host", "port", "user", "password")}


@pytest.fixture(scope="module")
def stage(endpoint, start_odoo, module_database, cast, sink, entrance):
    running = start_odoo(module_database, options=OPTIONS)
    stage = Stage(running, endpoint, cast, sink, entrance)
    stage.set_address()
    return stage
