"""Each addon alone and all together: installed, updated twice, uninstalled."""

import json
import subprocess
import sys

import pytest

from cli.addons import find_addons
from cli.config import write_config
from cli.layout import find_layout
from cli.process import clean_environment

pytestmark = pytest.mark.heavy

ADDONS = list(find_addons(find_layout()))

OCA_HELPDESK = "odoo-addon-helpdesk-mgmt==19.0.*"

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


@pytest.fixture
def uninstall(odoo_shell):
    """A function that uninstalls addons and returns what they left behind."""

    def run(database, names, everything):
        odoo_shell(database, UNINSTALL.format(names=names))
        code = LEFTOVERS.format(names=names, everything=everything)
        output = odoo_shell(database, code)
        (line,) = [line for line in output.splitlines() if line.startswith("LEFT ")]
        return json.loads(line.removeprefix("LEFT "))

    return run


def options(demo):
    return ["--skip-auto-install", *(["--with-demo"] if demo else [])]


@pytest.mark.parametrize("demo", [True, False], ids=["demo", "no-demo"])
@pytest.mark.parametrize("addon", ADDONS)
def test_alone(fresh, odoo, uninstall, addon, demo):
    database = fresh(demo)
    odoo(database, "-i", addon, *options(demo))
    assert not uninstall(database, [addon], everything=False)
    assert not uninstall(database, ADDONS, everything=True)


@pytest.mark.parametrize("demo", [True, False], ids=["demo", "no-demo"])
def test_together_updated_twice(fresh, odoo, uninstall, demo):
    database = fresh(demo)
    names = ",".join(ADDONS)
    odoo(database, "-i", names, *options(demo))
    odoo(database, "-u", names, *options(demo))
    odoo(database, "-u", names, *options(demo))
    assert not uninstall(database, ADDONS, everything=True)


@pytest.fixture
def oca_conf(setup):
    """A configuration whose addons path has OCA's help desk too."""
    folder = setup.layout.oca
    folder.mkdir(exist_ok=True)
    subprocess.run(
        [
            *(sys.executable, "-m", "pip", "install", "--no-deps", "--upgrade"),
            *("--quiet", "--disable-pip-version-check", "--target", folder),
            OCA_HELPDESK,
        ],
        check=True,
        env=clean_environment(),
    )
    return write_config(
        setup.layout,
        "oca",
        setup.endpoint,
        setup.databases.data_dir,
        setup.odoo,
        max_cron_threads=0,
        addons_path=",".join(
            map(str, [setup.layout.addons, folder / "odoo" / "addons"])
        ),
    )


def test_beside_the_help_desk_of_oca(fresh, odoo, uninstall, oca_conf):
    database = fresh()
    odoo(database, "-c", oca_conf, "-i", "helpdesk_mgmt", *options(True))
    odoo(database, "-c", oca_conf, "-i", ",".join(ADDONS), *options(True))
    odoo(database, "-c", oca_conf, "-u", "helpdesk_mgmt", *options(True))
