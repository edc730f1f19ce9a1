"""The virtual environment: pinned packages and a link to Odoo."""

import hashlib
import json
import os
import shutil
import sys

from .packages import check_python
from .process import capture, clean_environment, run
from .progress import step


def ensure_venv(layout, odoo, with_tests=False):
    """Make the virtual environment, or what is missing of it."""
    wanted = _wanted(layout, odoo)
    if not _is_usable(layout, wanted):
        check_python()
        with step("Making the virtual environment"):
            _stamp(layout).unlink(missing_ok=True)
            shutil.rmtree(layout.venv, ignore_errors=True)
            run(
                [sys.executable, "-m", "venv", layout.venv],
                "Making the virtual environment",
                layout.setup_log,
                env=clean_environment(),
            )
        with step("Installing the Python packages of requirements.txt"):
            _pip_install(layout, layout.root / "requirements.txt")
            _link_odoo(layout, odoo)
            _write_stamp(layout, wanted)
    if with_tests:
        _ensure_test_packages(layout)


def _ensure_test_packages(layout):
    requirements = layout.root / "tests" / "requirements.txt"
    digest = _digest(requirements)
    state = _read_stamp(layout)
    if state.get("tests") == digest:
        return
    with step("Installing the Python packages of tests/requirements.txt"):
        _pip_install(layout, requirements)
        _write_stamp(layout, {**state, "tests": digest})


def _pip_install(layout, requirements):
    run(
        [
            layout.python,
            "-m",
            "pip",
            "install",
            "--no-deps",
            "--only-binary",
            ":all:",
            "--no-input",
            "--disable-pip-version-check",
            "-r",
            requirements,
        ],
        "Installing Python packages",
        layout.setup_log,
        env=clean_environment(),
    )


def _link_odoo(layout, odoo):
    purelib = capture(
        [layout.python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"]
    )
    with open(os.path.join(purelib, "odoo19.pth"), "w") as stream:
        stream.write(f"{odoo.site}\n")


def _wanted(layout, odoo):
    return {
        # The scripts of a virtual environment name its folder.
        "folder": str(layout.venv),
        "requirements": _digest(layout.root / "requirements.txt"),
        "odoo": str(odoo.site),
    }


def _is_usable(layout, wanted):
    state = _read_stamp(layout)
    if any(state.get(name) != value for name, value in wanted.items()):
        return False
    # Its Python may have gone with an upgrade of the machine.
    return capture([layout.python, "-c", "print('ok')"]) == "ok"


def _digest(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _stamp(layout):
    return layout.home / "venv.json"


def _read_stamp(layout):
    try:
        return json.loads(_stamp(layout).read_text())
    except (OSError, ValueError):
        return {}


def _write_stamp(layout, state):
    temporary = _stamp(layout).with_suffix(".new")
    temporary.write_text(json.dumps(state))
    temporary.rename(_stamp(layout))
