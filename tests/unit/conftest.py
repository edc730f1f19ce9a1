"""Pure tests: the tools are imported by path, without Odoo and its addons."""

import sys
from pathlib import Path

from hypothesis import settings

ROOT = Path(__file__).resolve().parents[2]

sys.path.insert(0, str(ROOT / "addons" / "helpdesk_ntr" / "tools"))

settings.register_profile(
    "unit", derandomize=True, deadline=None, database=None, max_examples=60
)
settings.load_profile("unit")
