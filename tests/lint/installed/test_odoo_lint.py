"""Odoo's own checks of installed addons: overridden methods, names, indexes."""

import re

from cli.installation import run_odoo
from cli.problem import Problem

CHECKS = (
    "TestLintOverrideSignatures",
    "TestIndex",
    "TestNaming",
    "TestOnchangeDomains",
    "TestDunderinit",
    "ManifestLinter",
)
COUNT = re.compile(r"(\d+) failed, (\d+) error\(s\) of (\d+) tests")


def test_odoo_lint(setup, database, tmp_path):
    log = tmp_path / "test_lint.log"
    tags = ",".join(f"/test_lint:{name}" for name in CHECKS)
    arguments = ["-d", database, "-i", "test_lint", "--stop-after-init", "--no-http"]
    try:
        run_odoo(
            setup,
            [*arguments, "--skip-auto-install", "--test-tags", tags],
            "Odoo's lint",
            log,
        )
    except Problem:
        pass  # what it found is in its log
    text = log.read_text()
    count = COUNT.search(text)
    assert count, f"Odoo's lint did not run:\n{text[-3000:]}"
    failed, errors, total = map(int, count.groups())
    assert total, "Odoo's lint has run no test"
    problems = re.findall(r"(?:FAIL|ERROR): .*?(?=\n\d{4}-\d\d-)", text, re.DOTALL)
    assert not failed + errors, "\n".join(problems) or text[-3000:]
