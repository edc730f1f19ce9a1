"""Helpers of the lint tests: the files of the repository, the tools of the venv."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from cli.addons import find_addons
from cli.layout import find_layout

LAYOUT = find_layout()


@pytest.fixture(scope="session")
def root():
    """The folder of the repository."""
    return LAYOUT.root


@pytest.fixture(scope="session")
def repository_files(root):
    """The files of the repository, without what git ignores."""
    listing = None
    if shutil.which("git"):
        listing = subprocess.run(
            ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
            cwd=root,
            capture_output=True,
            check=False,
        )
    if listing and listing.returncode == 0:
        paths = [root / os.fsdecode(name) for name in listing.stdout.split(b"\0")]
    else:
        paths = [path for path in root.rglob("*") if not _is_ignored(path, root)]
    return [path for path in paths if path.is_file()]


def _is_ignored(path, root):
    parts = path.relative_to(root).parts
    hidden = (".helpdesk", ".git", ".hypothesis", ".pytest_cache", ".ruff_cache")
    return parts[0] in (*hidden, "test-results") or "__pycache__" in parts


@pytest.fixture(scope="session")
def check_tool(root):
    """A function that runs a tool of the venv and fails with what it prints."""

    def check(*command):
        program = Path(sys.executable).parent / command[0]
        done = subprocess.run(
            [program, *map(str, command[1:])],
            cwd=root,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        output = (done.stdout + done.stderr).strip()
        assert done.returncode == 0, f"{command[0]} found:\n{output}"

    return check


def pytest_generate_tests(metafunc):
    """Run a test with an argument ``addon`` once for each addon."""
    if "addon" in metafunc.fixturenames:
        addons = find_addons(LAYOUT)
        metafunc.parametrize("addon", addons.values(), ids=addons)
