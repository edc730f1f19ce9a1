"""The outcomes of all suites, and the line that counts them together."""

import json
from pathlib import Path

from .progress import heading, say

# pytest's own exit codes: all passed, some failed, nothing was selected.
_ORDERLY = (0, 1, 5)


class Results:
    """Counts passed, failed and skipped tests over all suites."""

    def __init__(self):
        self.passed = 0
        self.skipped = 0
        self.failures = []

    @property
    def failed(self):
        return len(self.failures)

    def fail(self, suite, text):
        """Count a failure that is not a test's: a warning in a log, for one."""
        self.failures.append(f"{suite}: {text}")
        say(f"FAILED {text}")

    def read(self, suite, path, code):
        """Count the outcomes that a pytest session wrote."""
        before = self.failed
        lines = Path(path).read_text().splitlines() if Path(path).exists() else []
        for line in lines:
            self._count(suite, json.loads(line))
        if code not in _ORDERLY or (code == 1 and self.failed == before):
            self.fail(suite, f"pytest ended with the code {code}")

    def _count(self, suite, entry):
        if entry["outcome"] == "passed":
            self.passed += 1
        elif entry["outcome"] == "failed":
            self.failures.append(f"{suite}: {entry['test']}: {entry['reason']}")
        elif entry["browser"]:
            self.fail(suite, f"{entry['test']} was skipped: {entry['reason']}")
        else:
            self.skipped += 1

    def conclude(self):
        """Print what failed and the count; return the exit code."""
        heading("All tests")
        for failure in self.failures:
            say(failure)
        if not self.passed + self.failed:
            say("No test ran.")
        skipped = f", {self.skipped} skipped" if self.skipped else ""
        say(f"{self.passed} passed, {self.failed} failed{skipped}")
        return 1 if self.failed or not self.passed else 0
