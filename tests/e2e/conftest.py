"""The stage of the end-to-end tests: mail servers, an Odoo server, a browser."""

from pathlib import Path

import pytest
from support.browser import Browser
from support.fixtures import *  # noqa: F401

RESULTS = Path(__file__).resolve().parents[2] / "test-results"
LOG_TAIL = 60


@pytest.fixture(scope="module")
def browser(stage, tmp_path_factory):
    browser = Browser(stage.url, tmp_path_factory.mktemp("chromium"))
    yield browser
    browser.quit()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    """Show, of a failure, what the server and the browser saw."""
    report = yield
    if report.when == "call" and report.failed:
        stage = item.funcargs.get("stage")
        if stage:
            lines = stage.running.log.read_text(errors="replace").splitlines()
            report.sections.append(("server log", "\n".join(lines[-LOG_TAIL:])))
        browser = item.funcargs.get("browser")
        if browser:
            report.sections.append(("browser", _take_picture(browser, item.name)))
    return report


def _take_picture(browser, name):
    RESULTS.mkdir(exist_ok=True)
    path = RESULTS / f"{name}.png"
    browser.driver.save_screenshot(str(path))
    console = "\n".join(entry["message"] for entry in browser.driver.get_log("browser"))
    return f"{browser.driver.current_url}\n{path}\n{console}"
