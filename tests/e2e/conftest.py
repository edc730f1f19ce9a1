"""The stage of the end-to-end tests: mail servers, an Odoo server, a browser."""

import dataclasses
import json
from pathlib import Path

import pytest
import scene
from support.browser import Browser
from support.dovecot import Dovecot
from support.smtp import Entrance, Sink
from support.stage import Stage

from cli import server

RESULTS = Path(__file__).resolve().parents[2] / "test-results"
LOG_TAIL = 60
# Refusals are provoked here on purpose; the server says each of them as a warning.
OPTIONS = ("--max-cron-threads", "2", "--log-handler", "odoo.http:ERROR")


@pytest.fixture(scope="module")
def dovecot():
    dovecot = Dovecot(server.free_port())
    try:
        dovecot.start()
        yield dovecot
    finally:
        dovecot.stop()


@pytest.fixture(scope="module")
def sink():
    sink = Sink(server.free_port())
    sink.start()
    yield sink
    sink.stop()


@pytest.fixture(scope="module")
def entrance(dovecot):
    mailboxes = {f"{scene.ALIAS}@{scene.DOMAIN}": scene.MAILBOX}
    entrance = Entrance(server.free_port(), dovecot, mailboxes.get)
    entrance.start()
    yield entrance
    entrance.stop()


@pytest.fixture(scope="module")
def cast(module_database, odoo_shell, dovecot, sink):
    """What ``scene.set_up`` tells of the people that it makes."""
    code = (
        f"{Path(scene.__file__).read_text()}\n"
        "import json\n"
        f"made = set_up(env, {dovecot.port}, {sink.port})\n"
        "env.cr.commit()\n"
        "print(json.dumps(made))\n"
    )
    output = odoo_shell(module_database, code)
    return json.loads(output.strip().splitlines()[-1])


@pytest.fixture(scope="module")
def stage(setup, start_odoo, module_database, cast, sink, entrance):
    running = start_odoo(module_database, options=OPTIONS)
    endpoint = dataclasses.asdict(setup.endpoint)
    stage = Stage(
        running,
        {name: endpoint[name] for name in ("host", "port", "user", "password")},
        cast,
        sink,
        entrance,
    )
    # The port is known only now, and the links in letters need it.
    parameters = stage.api("admin")
    for key, value in (
        ("web.base.url", stage.url),
        ("web.base.url.freeze", "True"),
    ):
        parameters.call("ir.config_parameter", "set_param", key=key, value=value)
    return stage


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
