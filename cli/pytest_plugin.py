"""A pytest plugin that notes the outcome of each test for the final count.

Each line of the file named by ``--helpdesk-results`` is a JSON object: ``test``,
``outcome`` (passed, failed, skipped), ``reason`` and ``browser`` (a test that needs
the browser must not be skipped). Tests marked ``heavy`` run with ``--heavy`` only.
Sessions beside each other that are given the same ``--helpdesk-claims``, a folder, run
each file of tests once: whoever comes to it first.
"""

import json
from hashlib import sha256
from itertools import groupby
from pathlib import Path

import pytest

_RANK = {"passed": 0, "skipped": 1, "failed": 2}


def pytest_addoption(parser):
    parser.addoption("--helpdesk-results", help="file of the outcomes")
    parser.addoption("--heavy", action="store_true", help="run heavy tests too")
    parser.addoption("--helpdesk-claims", help="folder of what other sessions run")


def pytest_configure(config):
    path = config.getoption("--helpdesk-results")
    if path:
        config.pluginmanager.register(_Recorder(path))


def pytest_collection_modifyitems(config, items):
    if not config.getoption("--heavy"):
        heavy = [item for item in items if item.get_closest_marker("heavy")]
        if heavy:
            config.hook.pytest_deselected(items=heavy)
            items[:] = [item for item in items if item not in heavy]
    if config.getoption("--helpdesk-claims"):
        # what takes longest is begun first, so that nobody waits for it at the end
        slow = {item.path for item in items if _needs_server(item)}
        items.sort(key=lambda item: item.path not in slow)


@pytest.hookimpl(tryfirst=True)
def pytest_runtestloop(session):
    """Run the files that no other session has begun; None leaves it to pytest."""
    folder = session.config.getoption("--helpdesk-claims")
    if not folder or session.testsfailed or session.config.option.collectonly:
        return None
    files = [list(items) for _path, items in groupby(session.items, lambda it: it.path)]
    claimed = (items for items in files if claim(folder, items[0].path))
    items = next(claimed, None)
    while items:
        items = _run_file(session, items, claimed)
    return True


def claim(folder, path):
    """Tell whether this session is the first that comes to a file of tests."""
    name = sha256(str(path).encode()).hexdigest()
    try:
        (Path(folder) / name).touch(exist_ok=False)
    except FileExistsError:
        return False
    return True


def _run_file(session, items, claimed):
    """Run the tests of a file; return those of the next.

    The next file is known before the last test ends, so that what both need is not torn
    down in between, and not earlier, since another session may come to it sooner.
    """
    later = None
    for item, next_item in zip(items, [*items[1:], None], strict=True):
        if not next_item:
            later = next(claimed, None)
            next_item = later[0] if later else None
        item.config.hook.pytest_runtest_protocol(item=item, nextitem=next_item)
        if session.shouldfail:
            raise session.Failed(session.shouldfail)
        if session.shouldstop:
            raise session.Interrupted(session.shouldstop)
    return later


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
