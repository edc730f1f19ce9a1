"""A pytest plugin that notes the outcome of each test for the final count.

Each line of the file named by ``--helpdesk-results`` is a JSON object: ``test``,
``outcome`` (passed, failed, skipped), ``reason`` and ``browser`` (a test that needs
the browser must not be skipped). Tests marked ``heavy`` run with ``--heavy`` only.
``--helpdesk-share=1/2`` runs the first of two shares of all tests, for two sessions
beside each other.
"""

import json
from collections import Counter

import pytest

# How many other tests one with a browser or a server takes the time of
_BROWSER_WEIGHT = 8
_RANK = {"passed": 0, "skipped": 1, "failed": 2}


def pytest_addoption(parser):
    parser.addoption("--helpdesk-results", help="file of the outcomes")
    parser.addoption("--heavy", action="store_true", help="run heavy tests too")
    parser.addoption("--helpdesk-share", help="which share of the tests, as 1/2")


def pytest_configure(config):
    path = config.getoption("--helpdesk-results")
    if path:
        config.pluginmanager.register(_Recorder(path))


def pytest_collection_modifyitems(config, items):
    left_out = set()
    if not config.getoption("--heavy"):
        left_out = {item for item in items if item.get_closest_marker("heavy")}
    share = config.getoption("--helpdesk-share")
    if share:
        number, shares = map(int, share.split("/"))
        files = share_files([(it.path, _weigh(it)) for it in items], shares)
        left_out.update(it for it in items if it.path not in files[number - 1])
    if left_out:
        config.hook.pytest_deselected(items=list(left_out))
        items[:] = [item for item in items if item not in left_out]


def share_files(tests, shares):
    """Divide whole files of tests among sessions, about as much work to each.

    :param tests: pairs of file and weight, one for each test
    :param shares: the number of sessions
    :return: a list of sets of files; the same in every session
    """
    weights = Counter()
    for path, weight in tests:
        weights[path] += weight
    loads, files = [0] * shares, [set() for _share in range(shares)]
    for path, weight in sorted(weights.items(), key=lambda row: (-row[1], row[0])):
        least = loads.index(min(loads))
        loads[least] += weight
        files[least].add(path)
    return files


def _weigh(item):
    return _BROWSER_WEIGHT if _needs_server(item) else 1


def _needs_server(item):
    classes = getattr(item, "cls", None) and item.cls.__mro__ or ()
    return any(each.__name__ == "HttpCase" for each in classes)


class _Recorder:
    """Writes one line for each test when it is over."""

    def __init__(self, path):
        self.path = path
        self.current = {}
        self.browser = set()

    def _write(self, test, outcome, reason):
        line = {
            "test": test,
            "outcome": outcome,
            "reason": reason,
            "browser": test in self.browser or "tour" in test.lower(),
        }
        with open(self.path, "a", encoding="utf-8") as stream:
            stream.write(json.dumps(line) + "\n")

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_setup(self, item):
        if _needs_server(item):
            self.browser.add(item.nodeid)

    def pytest_runtest_logreport(self, report):
        known = self.current.get(report.nodeid, ("passed", ""))
        if _RANK.get(report.outcome, 2) > _RANK[known[0]]:
            self.current[report.nodeid] = (report.outcome, _reason(report))

    def pytest_runtest_logfinish(self, nodeid):
        outcome, reason = self.current.pop(nodeid, ("passed", ""))
        self._write(nodeid, outcome, reason)

    def pytest_collectreport(self, report):
        if report.outcome != "passed":
            self._write(report.nodeid or "collection", report.outcome, _reason(report))


def _reason(report):
    """Return one line that says why a test failed or was skipped."""
    if isinstance(report.longrepr, tuple):
        return str(report.longrepr[2])
    crash = getattr(report.longrepr, "reprcrash", None)
    lines = str(crash.message if crash else report.longrepr or "").strip().splitlines()
    if not lines:
        return ""
    return (lines[0] if crash else lines[-1])[:300]
