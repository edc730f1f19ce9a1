"""Run one measurement: python -m bench NAME [ARGUMENT ...]."""

import importlib
import sys
from pathlib import Path

FOLDER = Path(__file__).parent


def find_measurements():
    """Return the names of the modules that measure something."""
    return [
        path.stem
        for path in sorted(FOLDER.glob("[a-z]*.py"))
        if "\ndef main(" in path.read_text()
    ]


def main(arguments):
    names = find_measurements()
    if not arguments or arguments[0] not in names:
        sys.exit(f"bench: name one of {', '.join(names)}.")
    return importlib.import_module(f"bench.{arguments[0]}").main(arguments[1:])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
