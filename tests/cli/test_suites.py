import json
import subprocess
import sys

import pytest

from cli.problem import Problem
from cli.pytest_plugin import claim
from cli.suites import (
    Suite,
    choose_targets,
    find_suites,
    group_suites,
    read_arguments,
)


@pytest.fixture
def tests(layout):
    folder = layout.root / "tests"
    for name in ("unit", "e2e", "lint/source", "heavy", "mail"):
        (folder / name).mkdir(parents=True)
        (folder / name / "test_one.py").touch()
    return folder


def names_of(layout, paths, everything=False):
    return [
        suite.name
        for suite in find_suites(layout)
        if choose_targets(suite, paths, everything)
    ]


def test_without_paths_all_but_the_heavy_suite(layout, tests):
    assert names_of(layout, []) == ["unit", "lint", "e2e"]
    assert "heavy" in names_of(layout, [], everything=True)


def test_a_path_chooses_its_suite(layout, tests):
    assert names_of(layout, [str(tests / "e2e" / "test_one.py")]) == ["e2e"]
    assert names_of(layout, [str(tests / "heavy")]) == ["heavy"]
    assert names_of(layout, [f"{tests / 'unit' / 'test_one.py'}::test_a"]) == ["unit"]


def test_a_folder_above_chooses_the_folders_in_it(layout, tests):
    suite = Suite("lint", "Lint", [tests / "lint" / "source"])
    assert choose_targets(suite, [str(tests)], False) == [str(tests / "lint/source")]


def test_options_are_passed_on(tests):
    words = ["-x", "-k", "unit", "unit", "--tb", "short", "-v"]
    selection = read_arguments(words, tests)

    assert selection.paths == [str(tests / "unit")]
    assert selection.options == ["-x", "-k", "unit", "--tb", "short", "-v"]
    assert selection.stops_at_first


def test_a_path_that_is_not_there(tests):
    with pytest.raises(Problem, match="no tests in unti"):
        read_arguments(["unti"], tests)


def test_whoever_comes_first_runs_a_file(tmp_path):
    assert claim(tmp_path, "tests/test_a.py")
    assert not claim(tmp_path, "tests/test_a.py")
    assert claim(tmp_path, "tests/test_b.py")


def test_sessions_run_every_test_once(tmp_path):
    for name in "abc":
        text = "def test_one(): pass\n\ndef test_two(): pass\n"
        (tmp_path / f"test_{name}.py").write_text(text)
    (tmp_path / "claims").mkdir()
    command = [sys.executable, "-m", "pytest", "-p", "cli.pytest_plugin"]
    command += ["-p", "no:odoo", "-p", "no:cacheprovider", f"--rootdir={tmp_path}"]
    command += [f"--helpdesk-claims={tmp_path / 'claims'}", str(tmp_path)]
    sessions = [
        subprocess.Popen(
            [*command, f"--helpdesk-results={tmp_path / str(number)}"],
            stdout=subprocess.DEVNULL,
        )
        for number in range(2)
    ]
    assert {session.wait(timeout=120) for session in sessions} <= {0, 5}
    lines = [
        line
        for number in range(2)
        if (tmp_path / str(number)).exists()
        for line in (tmp_path / str(number)).read_text().splitlines()
    ]
    tests = [json.loads(line)["test"] for line in lines]
    assert len(tests) == len(set(tests)) == 6


def test_a_suite_in_sessions():
    suite = Suite("addons", "Addons", [], sessions=2)

    assert not suite.is_shared
    assert all(each.is_shared for each in suite.shared())
    assert len({each.name for each in suite.shared()}) == 2


def test_what_runs_beside_the_next():
    lint = Suite("lint", "Lint", [], beside_next=True)
    others = [Suite(name, name, []) for name in ("addons", "e2e")]
    chosen = [(suite, []) for suite in (others[0], lint, others[1], lint)]

    names = [
        [suite.name for suite, _targets in group] for group in group_suites(chosen)
    ]
    assert names == [["addons"], ["lint", "e2e"], ["lint"]]
    assert group_suites([]) == []
