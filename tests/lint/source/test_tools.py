"""The tools that read the source: each one is a test."""

import pytest

PYTHON = ("addons", "cli", "tests", "bench", "docs", "helpdesk")


@pytest.fixture
def python_paths(root):
    return [root / name for name in PYTHON if (root / name).exists()]


def test_ruff(check_tool, python_paths):
    check_tool("ruff", "check", "--no-cache", "--output-format=concise", *python_paths)


def test_ruff_format(check_tool, python_paths):
    check_tool("ruff", "format", "--no-cache", "--check", *python_paths)


def test_pylint_odoo(check_tool, root, addon):
    check_tool("pylint", f"--rcfile={root / '.pylintrc'}", addon)


def test_oca_checks_odoo_module(check_tool, addon):
    check_tool("oca-checks-odoo-module", addon)


def test_oca_checks_po(check_tool, addon):
    files = sorted(addon.glob("i18n/*.po*"))
    assert files, f"{addon.name} has no translations: add i18n/{addon.name}.pot"
    check_tool("oca-checks-po", *files)
