#!/usr/bin/env python3
"""Take the pictures of the documentation from a running demo.

Log in as the people of the demo, go where they work, and photograph it:

    ./helpdesk pictures                          (knows the address)
    docs/pictures.py --url http://localhost:8069

Needs selenium (tests/requirements.txt) and Debian's chromium-driver.
"""

import argparse
import base64
import os
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import quote

from selenium import webdriver
from selenium.common.exceptions import TimeoutException, WebDriverException
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait

IMAGES = Path(__file__).resolve().parent / "images"
SUBJECT = "Белые полосы на этикетках"
UNASSIGNED = "Сканер бригады Б опять завис"
CALLER = "Лебедева"
PATIENCE = 90  # seconds; the first visit to a new server builds its assets

# The conversation of the portal lives in a shadow root.
ROOTS = """
    const roots = [document, ...[...document.querySelectorAll("*")]
        .map((element) => element.shadowRoot).filter(Boolean)];
"""
IS_SHOWN = f"""{ROOTS}
    return roots.some((root) => [...root.querySelectorAll(arguments[0])]
        .some((element) => element.checkVisibility()));
"""
# Odoo's own signs that it is still busy
BUSY = ".o_loading_indicator, .o_blockUI, .o_view_sample_data"
IS_QUIET = f"""{ROOTS}
    return document.readyState === "complete"
        && document.fonts.status === "loaded"
        && !document.querySelector("{BUSY}")
        && roots.every((root) => [...root.querySelectorAll("img")]
            .every((image) => image.complete));
"""
# A blinking caret never stands still
NO_CARET = "document.documentElement.style.caretColor = 'transparent';"
ZONE = "Europe/Moscow"  # the one of the demo; Odoo asks the browser at the first login


@dataclass
class Picture:
    """One picture: who looks, where, at what, and how wide his screen is.

    What ``opens`` it are XPaths to click, or pairs of one and a text to type there.
    """

    name: str
    login: str
    password: str
    path: str
    shows: str
    opens: tuple = ()
    width: int = 1400
    height: int = 900
    whole_page: bool = False


REQUEST = f"/my/requests?search={quote(SUBJECT)}"
# In a list, or as a card where the screen is small
OPEN_TICKET = f"//*[self::td or self::article][contains(., '{SUBJECT}')]"
OPEN_REQUEST = f"//a[starts-with(@href, '/my/requests/')][contains(., '{SUBJECT}')]"
CLIENT_FIELD = "//div[contains(@class, 'modal')]//div[@name='partner_id']//input"
PICTURES = [
    Picture(
        "triage",
        "dispatcher",
        "dispatcher",
        "/odoo/ntr-triage",
        ".o_kanban_record:not(.o_kanban_ghost)",
    ),
    Picture(
        "my-work",
        "engineer",
        "engineer",
        "/odoo/ntr-my-work",
        ".o_data_row, .o_kanban_record:not(.o_kanban_ghost)",
        height=700,
    ),
    Picture(
        "ticket",
        "engineer",
        "engineer",
        "/odoo/ntr-my-work",
        ".o_form_view .o-mail-Message",
        opens=(OPEN_TICKET,),
        height=1000,
    ),
    Picture(
        "solve",
        "engineer",
        "engineer",
        "/odoo/ntr-my-work",
        ".modal .o_field_html .note-editable, .modal .odoo-editor-editable",
        opens=(
            OPEN_TICKET,
            "//div[contains(@class, 'o_form_statusbar')]//button[@data-hotkey='s']",
        ),
        height=800,
    ),
    Picture(
        "suggest",
        "dispatcher",
        "dispatcher",
        "/odoo/ntr-triage",
        ".modal .o_data_row",
        opens=(
            f"//article[contains(., '{UNASSIGNED}')]",
            "//button[@name='action_suggest']",
        ),
        height=800,
    ),
    Picture(
        "register",
        "dispatcher",
        "dispatcher",
        "/odoo/ntr-triage",
        ".modal [name=open_ticket_ids] .o_data_row",
        opens=(
            "//div[contains(@class, 'o_control_panel')]//button[@data-hotkey='r']",
            (CLIENT_FIELD, CALLER),
            f"//li[contains(@class, 'dropdown-item')][contains(., '{CALLER}')]",
        ),
        height=1000,
    ),
    Picture(
        "register-phone",
        "dispatcher",
        "dispatcher",
        "/odoo/ntr-triage",
        ".modal [name=open_ticket_ids] :is(.o_data_row, .o_kanban_record)",
        opens=(
            "//button[contains(@class, 'o-control-panel-adaptive-dropdown')]",
            "//button[contains(@class, 'dropdown-item')][.='Зарегистрировать']",
            CLIENT_FIELD,
            "//*[@role='dialog']//button[i[contains(@class, 'fa-search')]]",
            ("//input[contains(@class, 'o_searchview_input')]", CALLER),
            f"//*[contains(@class, 'o-dropdown-item')][contains(., '{CALLER}')]",
            f"//article[contains(., '{CALLER}')]",
        ),
        width=400,
        height=800,
        whole_page=True,
    ),
    Picture(
        "overview",
        "coordinator",
        "coordinator",
        "/odoo/ntr-helpdesk",
        ".o_kanban_record:not(.o_kanban_ghost)",
        height=700,
    ),
    Picture(
        "health",
        "coordinator",
        "coordinator",
        "/odoo/ntr-health",
        ".o_ntr_health .fa-check",
        height=1000,
    ),
    Picture(
        "ask-to-join",
        "dispatcher",
        "dispatcher",
        "/odoo/ntr-ask-to-join",
        ".o_form_view [name=excerpt]",
        opens=("//tr[contains(@class, 'o_data_row')]/td[2]",),
        height=700,
    ),
    Picture(
        "duty",
        "coordinator",
        "coordinator",
        "/odoo/ntr-duty",
        ".fc-event",
        height=800,
    ),
    Picture(
        "capacity",
        "coordinator",
        "coordinator",
        "/odoo/ntr-capacity",
        ".o_data_row",
        height=700,
    ),
    Picture(
        "portal-request",
        "client@romashka.example",
        "client",
        REQUEST,
        ".o-mail-Message",
        opens=(OPEN_REQUEST,),
        whole_page=True,
    ),
    Picture(
        "portal-request-phone",
        "client@romashka.example",
        "client",
        REQUEST,
        ".o-mail-Message",
        opens=(OPEN_REQUEST,),
        width=400,
        height=800,
        whole_page=True,
    ),
    Picture(
        "control",
        "coordinator",
        "coordinator",
        "/odoo/ntr-control",
        ".o_data_row, .o_kanban_record:not(.o_kanban_ghost)",
    ),
    Picture(
        "year",
        "director",
        "director",
        "/odoo/ntr-analysis",
        ".o_graph_view canvas",
    ),
]
ON_THE_PHONE = ("triage", "my-work", "ticket", "control")
PICTURES += [
    replace(picture, name=f"{picture.name}-phone", width=400, height=800)
    for picture in PICTURES
    if picture.name in ON_THE_PHONE
]


class Photographer:
    """A headless Chromium that looks at one server."""

    def __init__(self, url):
        self.url = url.rstrip("/")
        self.login = None
        options = webdriver.ChromeOptions()
        for argument in ("--headless=new", "--hide-scrollbars", "--lang=ru"):
            options.add_argument(argument)
        if os.geteuid() == 0:
            options.add_argument("--no-sandbox")
        options.binary_location = os.environ.get("CHROMIUM", "/usr/bin/chromium")
        self.browser = webdriver.Chrome(
            options=options,
            service=webdriver.ChromeService("/usr/bin/chromedriver"),
        )
        self.browser.execute_cdp_cmd(
            "Emulation.setTimezoneOverride", {"timezoneId": ZONE}
        )

    def wait(self, condition, what):
        try:
            return WebDriverWait(self.browser, PATIENCE, 0.1).until(condition)
        except TimeoutException:
            raise SystemExit(
                f"{what} did not appear at {self.browser.current_url}. "
                "Is it a server with the demo data?"
            ) from None

    def wait_for_script(self, what, script, *arguments):
        self.wait(lambda browser: browser.execute_script(script, *arguments), what)

    def find(self, by, value):
        return self.wait(
            lambda browser: next(
                (e for e in browser.find_elements(by, value) if e.is_displayed()), None
            ),
            value,
        )

    def enter(self, login, password):
        """Log in, unless this person is in already."""
        if self.login == login:
            return
        self.browser.get(f"{self.url}/web/login")
        # the page remembers who was here and would offer them instead of the form
        self.browser.execute_script("localStorage.clear()")
        self.browser.delete_all_cookies()
        # the portal speaks the language of the visitor's cookie
        self.browser.add_cookie({"name": "frontend_lang", "value": "ru_RU"})
        self.browser.get(f"{self.url}/web/login")
        self.find(By.NAME, "login").send_keys(login)
        self.find(By.NAME, "password").send_keys(password)
        self.find(By.CSS_SELECTOR, ".oe_login_form button[type=submit]").click()
        self.wait(lambda browser: "/web/login" not in browser.current_url, login)
        self.login = login

    def screen(self, width, height):
        """A screen of that size, also narrower than a window can be."""
        self.browser.execute_cdp_cmd(
            "Emulation.setDeviceMetricsOverride",
            {
                "width": width,
                "height": height,
                "deviceScaleFactor": 1,
                "mobile": width < 600,
            },
        )

    def take(self, picture):
        self.enter(picture.login, picture.password)
        self.screen(picture.width, picture.height)
        self.browser.get(f"{self.url}{picture.path}")
        for step in picture.opens:
            path, text = step if isinstance(step, tuple) else (step, "")
            element = self.find(By.XPATH, path)
            element.click()
            if text:
                element.send_keys(text)
        if picture.whole_page:
            # what is far below is loaded only when it comes into view
            self.screen(picture.width, 3 * picture.height)
        self.wait_for_script(picture.shows, IS_SHOWN, picture.shows)
        if picture.whole_page:
            self.screen(picture.width, picture.height)
            self.screen(picture.width, self.get_page_height())
        self.wait_for_script("A quiet page", IS_QUIET)
        return self.wait_for_still()

    def wait_for_still(self):
        """The picture, once two looks in a row show the same: charts grow slowly."""
        self.browser.execute_script(NO_CARET)
        looks = [None]

        def is_still(browser):
            shot = browser.execute_cdp_cmd("Page.captureScreenshot", {"format": "png"})
            looks.append(shot["data"])
            return looks[-1] == looks[-2] and looks[-1]

        return base64.b64decode(self.wait(is_still, "A still picture"))

    def get_page_height(self):
        return self.browser.execute_script(
            "const wrap = document.querySelector('#wrapwrap') || document.body;"
            "return Math.max(wrap.scrollHeight, document.body.scrollHeight);"
        )


def main(arguments=None):
    """Take all pictures, or those that are named."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", help="only these pictures")
    parser.add_argument(
        "--url", default=os.environ.get("HELPDESK_URL"), help="address of the demo"
    )
    parser.add_argument("--to", type=Path, default=IMAGES, help="folder for them")
    options = parser.parse_args(arguments)
    if not options.url:
        parser.error("say where the demo runs: --url http://localhost:8069")
    unknown = set(options.names) - {picture.name for picture in PICTURES}
    if unknown:
        parser.error(f"no such picture: {', '.join(sorted(unknown))}")
    options.to.mkdir(parents=True, exist_ok=True)
    try:
        photographer = Photographer(options.url)
    except WebDriverException as error:
        sys.exit(f"Chromium does not start: {error.msg.splitlines()[0]}")
    try:
        photographer.browser.get(options.url)
    except WebDriverException:
        photographer.browser.quit()
        sys.exit(f"Nothing answers at {options.url}. Start it with ./helpdesk run")
    try:
        for picture in PICTURES:
            if options.names and picture.name not in options.names:
                continue
            path = options.to / f"{picture.name}.png"
            path.write_bytes(photographer.take(picture))
            print(f"{path.name}: {picture.width} px wide, {picture.login}")
    finally:
        photographer.browser.quit()


if __name__ == "__main__":
    main()
