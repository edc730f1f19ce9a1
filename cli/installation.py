"""Databases with our addons in them: installing, updating, the tests' template."""

import hashlib
import json
import platform

from .addons import (
    PDF,
    addons_to_run,
    find_addons,
    hash_addons,
)
from .packages import has_chromium, has_patched_wkhtmltopdf
from .problem import Problem
from .process import run
from .progress import say, step

LANGUAGES = "en_US,ru_RU"
TEMPLATE_PREFIX = "helpdesk_template_"
COPY_PREFIX = "helpdesk_copy_"

# What every database of Odoo's own interface has; Odoo would add them by itself,
# with forty others that a help desk does not use.
CORE_ADDONS = ("base_import", "base_setup", "web_tour")


def ensure_database(setup, name, demo, before_update):
    """Install the addons in a database, or update what changed since.

    :param before_update: is called before addons are updated
    """
    marks = setup.databases.marks()
    wanted = addons_to_run(setup.layout, setup.odoo, with_pdf=_needs_pdf_addon())
    hashes = hash_addons(setup.layout, wanted)
    if name not in marks:
        _install_anew(setup, name, wanted, hashes, demo, marks)
        return
    note = marks[name]
    _check_is_ours(name, note, demo)
    installed = note["addons"]
    if all(installed.get(addon) == digest for addon, digest in hashes.items()):
        return
    before_update()
    _update(setup, name, installed, hashes)
    setup.databases.mark(name, {**note, "addons": {**installed, **hashes}})


def _needs_pdf_addon():
    return not has_patched_wkhtmltopdf() and has_chromium()


def _check_is_ours(name, note, demo):
    if note is None or note.get("state") != "ready":
        raise Problem(
            f"The database {name} was not made by ./helpdesk: choose another name "
            "with --db."
        )
    if note["demo"] != demo:
        has = "has" if note["demo"] else "does not have"
        raise Problem(
            f"The database {name} {has} demonstration data: choose another name "
            "with --db, or start anew with ./helpdesk reset."
        )


def _install_anew(setup, name, addons, hashes, demo, marks):
    databases = setup.databases
    unfinished = f"{name}.unfinished"
    if unfinished in marks:
        databases.drop(unfinished)
    with_demo = "with demonstration data" if demo else "without demonstration data"
    with step(f"Installing {', '.join(addons)} {with_demo}"):
        databases.create(unfinished)
        install(setup, unfinished, addons, demo, setup.layout.log / "install.log")
        note = {"state": "ready", "demo": demo, "addons": hashes}
        databases.mark(unfinished, note)
        databases.rename(unfinished, name)


def install(setup, database, addons, demo, log):
    """Install addons in a database; Odoo's log is written to a file."""
    names = [*CORE_ADDONS, *addons]
    run_odoo(
        setup,
        [
            *("-d", database, "-i", ",".join(names), "--skip-auto-install"),
            *(f"--load-language={LANGUAGES}", "--stop-after-init", "--no-http"),
            *(["--with-demo"] if demo else []),
        ],
        "Installing the addons",
        log,
    )


def _update(setup, name, installed, hashes):
    changed = [addon for addon in hashes if installed.get(addon) != hashes[addon]]
    new = [addon for addon in changed if addon not in installed]
    old = [addon for addon in changed if addon in installed]
    arguments = ["-d", name, "--stop-after-init", "--no-http", "--skip-auto-install"]
    if new:
        arguments += ["-i", ",".join(new)]
    if old:
        arguments += ["-u", ",".join(old)]
    with step(f"Updating {', '.join(changed)}"):
        # A database of an earlier version lacks it.
        setup.databases.extend(name)
        run_odoo(
            setup, arguments, "Updating the addons", setup.layout.log / "install.log"
        )


def run_odoo(setup, arguments, what, log, command="server", text=None):
    """Run an Odoo process to its end; its log is added to a file."""
    run(
        setup.odoo_command(command, "-c", setup.conf, *arguments),
        what,
        log,
        text=text,
        env=setup.environment(),
        cwd=setup.layout.root,
    )


def template_key(setup):
    """Return a name for what the tests' template holds: it changes with its parts."""
    parts = {
        "addons": hash_addons(setup.layout, _addons_to_test(setup)),
        "requirements": (setup.layout.root / "requirements.txt").read_text(),
        "odoo": [setup.odoo.version, str(setup.odoo.site)],
        "python": platform.python_version(),
        "extensions": ["pg_trgm"],
    }
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()[:12]


def _addons_to_test(setup):
    names = find_addons(setup.layout)
    if not names:
        raise Problem(f"There are no addons in {setup.layout.addons}: get them first.")
    return [name for name in names if name != PDF or has_chromium()]


def template_log(setup):
    """The path of the log of the template's installation."""
    return setup.layout.test / f"{TEMPLATE_PREFIX}{template_key(setup)}.log"


def ensure_template(setup):
    """Return the name of a database with all our addons, to be copied by tests."""
    databases = setup.databases
    name = TEMPLATE_PREFIX + template_key(setup)
    marks = databases.marks()
    drop_leftovers(setup, marks, keep=name)
    log = template_log(setup)
    if (marks.get(name) or {}).get("state") == "ready" and log.exists():
        say("  The tests' template database is there.")
        return name
    if name in marks:
        databases.drop(name)
    unfinished = f"{name}_unfinished"
    addons = _addons_to_test(setup)
    with step(f"Installing {', '.join(addons)} in the tests' template database"):
        log.unlink(missing_ok=True)
        databases.create(unfinished)
        install(setup, unfinished, addons, True, log)
    with step("Preparing the web pages' scripts and styles in it"):
        run_code(
            setup,
            unfinished,
            "env['ir.qweb']._pregenerate_assets_bundles(); env.cr.commit()",
            "Preparing scripts and styles",
            log,
        )
        databases.mark(unfinished, {"state": "ready"})
        databases.rename(unfinished, name)
    return name


def drop_leftovers(setup, marks, keep=None):
    """Drop outdated templates, and copies that a killed run left behind."""
    for name, note in marks.items():
        ours = name.startswith((TEMPLATE_PREFIX, COPY_PREFIX))
        if ours and note is not None and name != keep:
            setup.databases.drop(name)
    for log in setup.layout.test.glob(f"{TEMPLATE_PREFIX}*.log"):
        if log.stem != keep:
            log.unlink()


def run_code(setup, database, code, what, log):
    """Run Python code in an Odoo shell."""
    run_odoo(setup, ["-d", database, "--no-http"], what, log, "shell", code + "\n")
