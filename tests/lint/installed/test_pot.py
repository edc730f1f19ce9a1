"""The committed .pot files hold the terms that Odoo exports.

With HELPDESK_UPDATE_POT=1 in the environment they are written instead.
"""

import csv
import os

import polib
import pytest
from lxml import etree

from cli.addons import read_manifest
from cli.process import run

# Labels of fields that an optional app of Odoo adds to every thread, ours included,
# where it is installed beside us.
FOREIGN = {"SMS Delivery error"}


@pytest.fixture(scope="module")
def export(setup, module_database, log_folder, tmp_path_factory):
    """A function that exports the terms of an addon; returns the file's path."""

    def export_terms(name):
        path = tmp_path_factory.mktemp("pot") / f"{name}.pot"
        run(
            [
                *setup.odoo_command("i18n", "export", "-c", setup.conf),
                *("-d", module_database, "-l", "pot", "-o", path, name),
            ],
            f"Exporting the terms of {name}",
            log_folder / "i18n.log",
            env=setup.environment(),
            cwd=setup.layout.root,
        )
        return path

    return export_terms


def test_pot_is_current(export, addon):
    exported = polib.pofile(export(addon.name))
    _drop_demo(exported, addon)
    committed = addon / "i18n" / f"{addon.name}.pot"
    if os.environ.get("HELPDESK_UPDATE_POT"):
        committed.parent.mkdir(exist_ok=True)
        exported.save(committed)
    assert committed.exists(), f"{committed} is missing"
    wanted, found = _terms(exported), _terms(polib.pofile(committed))
    new, gone = sorted(wanted - found), sorted(found - wanted)
    assert not (new or gone), (
        f"{committed} is not current: run `HELPDESK_UPDATE_POT=1 ./helpdesk test "
        f"tests/lint/installed/test_pot.py`\nnew: {new}\ngone: {gone}"
    )


def _drop_demo(terms, addon):
    """Drop the terms of demonstration data: they are not for translators."""
    identifiers = {
        f"{addon.name}.{identifier}{suffix}"
        for name in read_manifest(addon).get("demo", [])
        for identifier in _find_identifiers(addon / name)
        # Odoo names the template that it makes for a product.
        for suffix in ("", "_product_template")
    }
    for entry in list(terms):
        entry.occurrences = [
            (place, line)
            for place, line in entry.occurrences
            if place.rpartition(":")[2] not in identifiers
        ]
        if not entry.occurrences:
            terms.remove(entry)


def _find_identifiers(path):
    if path.suffix == ".csv":
        return [row["id"] for row in csv.DictReader(path.read_text().splitlines())]
    return etree.parse(path).xpath("//record/@id | //template/@id | //menuitem/@id")


def _terms(terms):
    return {
        (entry.msgctxt or "", entry.msgid)
        for entry in terms
        if entry.msgid and entry.msgid not in FOREIGN
    }
