import json

import pytest

from cli.results import Results


@pytest.fixture
def outcomes(tmp_path):
    def write(*pairs):
        path = tmp_path / "outcomes.jsonl"
        lines = [
            {"test": "test_x", "reason": "why", "outcome": outcome, "browser": browser}
            for outcome, browser in pairs
        ]
        path.write_text("".join(json.dumps(line) + "\n" for line in lines))
        return path

    return write


def last_line(capsys):
    return capsys.readouterr().out.splitlines()[-1]


def test_all_suites_are_counted_together(outcomes, capsys):
    results = Results()
    results.read("a", outcomes(("passed", False), ("skipped", False)), 0)
    results.read("b", outcomes(("passed", True)), 0)

    assert results.conclude() == 0
    assert last_line(capsys) == "2 passed, 0 failed, 1 skipped"


def test_a_failure_fails(outcomes, capsys):
    results = Results()
    results.read("a", outcomes(("passed", False), ("failed", False)), 1)

    assert results.conclude() == 1
    assert last_line(capsys) == "1 passed, 1 failed"


def test_a_skipped_browser_test_fails(outcomes, capsys):
    results = Results()
    results.read("a", outcomes(("passed", False), ("skipped", True)), 0)

    assert results.conclude() == 1
    assert last_line(capsys) == "1 passed, 1 failed"


def test_no_test_fails(tmp_path, capsys):
    results = Results()
    results.read("a", tmp_path / "missing", 5)

    assert results.conclude() == 1
    assert last_line(capsys) == "0 passed, 0 failed"


def test_a_session_that_broke_off_fails(outcomes, capsys):
    results = Results()
    results.read("a", outcomes(("passed", False)), -11)

    assert results.conclude() == 1
    assert last_line(capsys) == "1 passed, 1 failed"
