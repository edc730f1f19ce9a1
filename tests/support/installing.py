"""What the tests of installations install, and how."""

from cli.addons import find_addons
from cli.layout import find_layout

ADDONS = list(find_addons(find_layout()))


def options(demo):
    return ["--skip-auto-install", *(["--with-demo"] if demo else [])]
