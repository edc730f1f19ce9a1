"""Each addon alone: installed and uninstalled."""

import pytest
from support.installing import ADDONS, options

pytestmark = pytest.mark.heavy


@pytest.mark.parametrize("demo", [True, False], ids=["demo", "no-demo"])
@pytest.mark.parametrize("addon", ADDONS)
def test_alone(fresh, odoo, uninstall, addon, demo):
    database = fresh(demo)
    odoo(database, "-i", addon, *options(demo))
    assert not uninstall(database, [addon], everything=False)
    assert not uninstall(database, ADDONS, everything=True)
