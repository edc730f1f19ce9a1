"""All addons together: installed, updated twice, uninstalled; and beside others."""

import subprocess
import sys

import pytest
from support.installing import ADDONS, options

from cli.config import write_config
from cli.process import clean_environment

pytestmark = pytest.mark.heavy

OCA_HELPDESK = "odoo-addon-helpdesk-mgmt==19.0.*"


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


def test_beside_the_help_desk_of_oca(fresh, odoo, oca_conf):
    database = fresh()
    odoo(database, "-c", oca_conf, "-i", "helpdesk_mgmt", *options(True))
    odoo(database, "-c", oca_conf, "-i", ",".join(ADDONS), *options(True))
    odoo(database, "-c", oca_conf, "-u", "helpdesk_mgmt", *options(True))
