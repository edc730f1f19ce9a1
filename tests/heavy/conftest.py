"""What the heavy tests stand on: mail servers, and databases to install in."""

import json
from uuid import uuid4

import pytest
from support.fixtures import *  # noqa: F401

from cli import logcheck
from cli.installation import COPY_PREFIX, install, run_odoo
from cli.problem import Problem

# What our addons stand on; it is installed once and copied.
BASE = ("account", "crm", "html_editor", "rating")

# PostgreSQL analyses a fresh table on its own, and Odoo does not wait for the lock
UNINSTALL = """
env.cr.execute("LOCK ir_module_module IN EXCLUSIVE MODE")
modules = env["ir.module.module"].search([
    ("name", "in", {names}), ("state", "=", "installed")])
modules.button_immediate_uninstall()
"""

# What an uninstalled addon may have left behind, each with the rows found.
LEFTOVERS = """
import json

QUERIES = {{
    "external identifiers": (
        "SELECT module || '.' || name FROM ir_model_data WHERE module = ANY(%s)"),
    "models": "SELECT model FROM ir_model WHERE %s::text[] IS NOT NULL"
        " AND model LIKE 'ntr.%%'",
    "tables": "SELECT relname FROM pg_class WHERE %s::text[] IS NOT NULL"
        " AND relkind IN ('r', 'v') AND relname LIKE 'ntr\\\\_%%'",
    "parameters": "SELECT key FROM ir_config_parameter WHERE %s::text[] IS NOT NULL"
        " AND key ~ '^(helpdesk_|ntr[._])'",
    "aliases": "SELECT a.id::text FROM mail_alias a"
        " LEFT JOIN ir_model m ON m.id = a.alias_model_id"
        " WHERE %s::text[] IS NOT NULL AND m.id IS NULL",
    "scheduled actions": "SELECT c.id::text FROM ir_cron c"
        " LEFT JOIN ir_act_server s ON s.id = c.ir_actions_server_id"
        " LEFT JOIN ir_model m ON m.id = s.model_id"
        " WHERE %s::text[] IS NOT NULL AND m.id IS NULL",
}}
found = {{}}
for what, query in QUERIES.items():
    if what == "external identifiers" or {everything}:
        env.cr.execute(query, [{names}])
        rows = [row[0] for row in env.cr.fetchall()]
        if rows:
            found[what] = rows
print("LEFT " + json.dumps(found))
"""


@pytest.fixture(scope="session")
def make_base(setup, tmp_path_factory):
    """A function that returns a database without our addons, made once."""
    made = {}

    def make(demo):
        if demo not in made:
            made[demo] = f"{COPY_PREFIX}base_{uuid4().hex[:8]}"
            setup.databases.create(made[demo])
            log = tmp_path_factory.mktemp("base") / "install.log"
            install(setup, made[demo], BASE, demo, log)
        return made[demo]

    yield make
    for name in made.values():
        setup.databases.drop(name)


@pytest.fixture
def fresh(setup, make_base):
    """A function that returns a copy of a database without our addons."""
    made = []

    def make(demo=True):
        made.append(f"{COPY_PREFIX}{uuid4().hex[:8]}")
        setup.databases.copy(make_base(demo), made[-1])
        return made[-1]

    yield make
    for name in made:
        setup.databases.drop(name)


@pytest.fixture
def odoo(setup, tmp_path):
    """A function that runs Odoo to its end and fails when its log has a warning."""

    def run(database, *arguments):
        log = tmp_path / f"{uuid4().hex[:8]}.log"
        problem = None
        try:
            run_odoo(
                setup,
                ["-d", database, "--stop-after-init", "--no-http", *arguments],
                "Odoo",
                log,
            )
        except Problem as error:
            problem = error
        with log.open(errors="replace") as lines:
            found = logcheck.find_at_install(lines)
        assert not found, "\n".join(map(str, found))
        assert not problem, problem

    return run


@pytest.fixture
def uninstall(odoo_shell):
    """A function that uninstalls addons and returns what they left behind.

    With ``everything``, it was the last of our addons: nothing of any may be left.
    """

    def run(database, names, everything):
        odoo_shell(database, UNINSTALL.format(names=names))
        code = LEFTOVERS.format(names=names, everything=everything)
        output = odoo_shell(database, code)
        (line,) = [line for line in output.splitlines() if line.startswith("LEFT ")]
        return json.loads(line.removeprefix("LEFT "))

    return run
