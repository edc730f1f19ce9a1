"""A repository and a home in a temporary folder."""

import pytest

from cli.layout import Layout


@pytest.fixture
def layout(tmp_path):
    made = Layout(tmp_path / "repository", tmp_path / "home")
    made.addons.mkdir(parents=True)
    (made.root / "odoo.conf").write_text("[options]\nhttp_interface = 127.0.0.1\n")
    made.prepare()
    return made


@pytest.fixture
def add_addon():
    """A function that writes an addon with its manifest."""

    def add(folder, name, **manifest):
        path = folder / name
        path.mkdir(parents=True)
        (path / "__manifest__.py").write_text(repr({"name": name, **manifest}))
        (path / "__init__.py").touch()
        return path

    return add
