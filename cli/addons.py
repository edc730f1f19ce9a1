"""The addons of the repository: which there are, and whether they changed."""

import ast
import hashlib
from functools import cache
from pathlib import Path

from .problem import Problem

MAIN = ("helpdesk_ntr", "helpdesk_sla", "helpdesk_kb")
PDF = "ntr_report_chromium"

# Changes in these folders do not change what is installed.
_NOT_INSTALLED = {"__pycache__", "tests", "readme"}


def find_addons(layout):
    """Return {name: folder} of the addons of this repository."""
    return {
        path.parent.name: path.parent
        for path in sorted(layout.addons.glob("*/__manifest__.py"))
        if read_manifest(path.parent).get("installable", True)
    }


@cache
def read_manifest(folder):
    """Return the manifest of an addon."""
    path = Path(folder) / "__manifest__.py"
    try:
        return ast.literal_eval(path.read_text())
    except (SyntaxError, ValueError) as error:
        raise Problem(f"{path} is not a valid manifest: correct it.") from error


def addons_to_run(layout, odoo, with_pdf):
    """Return the addons of a running database, those that Odoo would add included.

    The three main addons come first, and then each of our addons that Odoo installs
    by itself because everything that it joins is there.
    """
    ours = find_addons(layout)
    chosen = [name for name in MAIN if name in ours]
    if with_pdf and PDF in ours:
        chosen.append(PDF)
    if not chosen:
        raise Problem(f"There are no addons in {layout.addons}: get them first.")
    installed = _with_dependencies(chosen, ours, odoo)
    while True:
        found = [
            name
            for name in ours
            if name not in installed and _is_bridge_of(ours[name], installed)
        ]
        if not found:
            return chosen
        chosen += found
        installed |= _with_dependencies(found, ours, odoo)


def _is_bridge_of(folder, installed):
    manifest = read_manifest(folder)
    triggers = manifest.get("auto_install", False)
    if triggers is True:
        triggers = manifest.get("depends", [])
    return bool(triggers) and set(triggers) <= installed


def _with_dependencies(names, ours, odoo):
    closure, pending = set(), list(names)
    while pending:
        name = pending.pop()
        folder = ours.get(name) or _find_core_addon(name, odoo)
        if name in closure or folder is None:
            continue
        closure.add(name)
        pending += read_manifest(folder).get("depends", [])
    return closure


def _find_core_addon(name, odoo):
    for path in odoo.addons_paths:
        if (path / name / "__manifest__.py").is_file():
            return path / name
    return None


def hash_addons(layout, names):
    """Return {name: hash of what is installed of the addon}."""
    ours = find_addons(layout)
    return {name: _hash_folder(ours[name]) for name in names}


def _hash_folder(folder):
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        relative = path.relative_to(folder)
        if path.is_file() and not _NOT_INSTALLED & set(relative.parts):
            digest.update(f"{relative}\0".encode())
            digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()[:16]
