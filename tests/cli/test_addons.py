from cli.addons import addons_to_run, find_addons, hash_addons
from cli.odoo_source import Odoo


def test_bridges_are_named_because_odoo_does_not_add_them(layout, add_addon, tmp_path):
    core = tmp_path / "site" / "odoo" / "addons"
    add_addon(core, "crm")
    add_addon(core, "stock")
    add_addon(layout.addons, "helpdesk_ntr", depends=["crm"])
    add_addon(layout.addons, "helpdesk_sla", depends=["helpdesk_ntr"])
    add_addon(
        layout.addons,
        "helpdesk_ntr_crm",
        depends=["helpdesk_ntr", "crm"],
        auto_install=True,
    )
    add_addon(
        layout.addons,
        "helpdesk_ntr_stock",
        depends=["helpdesk_ntr", "stock"],
        auto_install=True,
    )
    add_addon(layout.addons, "helpdesk_other", depends=["crm"])
    odoo = Odoo(tmp_path / "site", "19.0")

    assert addons_to_run(layout, odoo, with_pdf=True) == [
        "helpdesk_ntr",
        "helpdesk_sla",
        "helpdesk_ntr_crm",
    ]


def test_addons_that_cannot_be_installed_are_left_out(layout, add_addon):
    add_addon(layout.addons, "helpdesk_ntr")
    add_addon(layout.addons, "helpdesk_old", installable=False)

    assert list(find_addons(layout)) == ["helpdesk_ntr"]


def test_hash_follows_what_is_installed(layout, add_addon):
    addon = add_addon(layout.addons, "helpdesk_ntr")
    before = hash_addons(layout, ["helpdesk_ntr"])

    (addon / "tests").mkdir()
    (addon / "tests" / "test_one.py").write_text("x = 1")
    assert hash_addons(layout, ["helpdesk_ntr"]) == before

    (addon / "models.py").write_text("x = 1")
    assert hash_addons(layout, ["helpdesk_ntr"]) != before
