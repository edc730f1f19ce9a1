"""Where things are: the repository and the folder with everything that we make."""

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

from .problem import Problem

ROOT = Path(__file__).resolve().parent.parent

# The children of the home folder that `reset` may delete.
HOME_ENTRIES = (
    "bench",
    "conf",
    "data",
    "lock",
    "log",
    "oca",
    "odoo",
    "odoo.new",
    "pids",
    "postgres",
    "test",
    "venv",
    "venv.json",
)


@dataclass(frozen=True)
class Layout:
    """The repository and the home folder of what is made for it."""

    root: Path
    home: Path

    @property
    def addons(self):
        return self.root / "addons"

    @property
    def log(self):
        return self.home / "log"

    @property
    def setup_log(self):
        return self.log / "setup.log"

    @property
    def odoo(self):
        return self.home / "odoo"

    @property
    def venv(self):
        return self.home / "venv"

    @property
    def python(self):
        return self.venv / "bin" / "python"

    @property
    def pids(self):
        return self.home / "pids"

    @property
    def conf(self):
        return self.home / "conf"

    @property
    def test(self):
        return self.home / "test"

    @property
    def oca(self):
        return self.home / "oca"

    @property
    def tag(self):
        """A short name of this home, for folders that lie outside of it."""
        return hashlib.sha256(os.fsencode(self.home)).hexdigest()[:10]

    def prepare(self):
        """Make the home folder and the folders that every command needs."""
        for folder in (self.home, self.log, self.pids, self.conf):
            folder.mkdir(parents=True, exist_ok=True)


def find_layout(environ=os.environ):
    """Return the layout of this repository; HELPDESK_HOME moves its home."""
    home = environ.get("HELPDESK_HOME")
    layout = Layout(ROOT, Path(home).absolute() if home else ROOT / ".helpdesk")
    for path in (layout.root, layout.home):
        if "," in str(path) or "\n" in str(path):
            raise Problem(
                f"The folder {path} has a comma in its name, which Odoo takes for a "
                "separator: move the repository to another folder."
            )
    return layout
