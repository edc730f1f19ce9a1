"""A headless Chromium that a person of the tests works with."""

import re
import shutil
from contextlib import contextmanager

from selenium import webdriver
from selenium.common.exceptions import (
    ElementClickInterceptedException,
    ElementNotInteractableException,
    StaleElementReferenceException,
    TimeoutException,
)
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import WebDriverWait

TIMEOUT = 30
FLAGS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--window-size=1400,1000",
    "--lang=en-US",
    # The help desk is here; the rest of the world is none of its business.
    "--proxy-server=direct://",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
)
PROGRAMS = ("chromium", "chromium-browser", "google-chrome")

# Debian's package of Odoo leaves this script out, and its bundle says so.
KNOWN_ERROR = re.compile(
    r"Could not find /?mail/static/lib/selfie_segmentation/selfie_segmentation\.js"
)

RETRIED = (
    ElementClickInterceptedException,
    ElementNotInteractableException,
    StaleElementReferenceException,
)


class Browser:
    """One window; a locator is a CSS selector, or an XPath that begins with /."""

    def __init__(self, url, folder):
        self.url = url
        options = webdriver.ChromeOptions()
        options.binary_location = next(filter(None, map(shutil.which, PROGRAMS)))
        for flag in (*FLAGS, f"--user-data-dir={folder}"):
            options.add_argument(flag)
        options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
        service = Service(executable_path=shutil.which("chromedriver"))
        self.driver = webdriver.Chrome(options=options, service=service)
        self.driver.set_page_load_timeout(60)

    def quit(self):
        self.driver.quit()

    # ------------------------------------------------------------
    # Looking
    # ------------------------------------------------------------

    def open(self, address):
        self.driver.get(address if "://" in address else self.url + address)

    def find_all(self, locator):
        by = By.XPATH if locator.startswith("/") else By.CSS_SELECTOR
        return self.driver.find_elements(by, locator)

    def find(self, locator, text="", timeout=TIMEOUT):
        """The first visible element there whose text holds these words."""
        return self._wait(
            f"{locator} {text!r}",
            lambda: next(iter(self._find_visible(locator, text)), None),
            timeout,
        )

    def _find_visible(self, locator, text):
        return [
            element
            for element in self.find_all(locator)
            if element.is_displayed() and text in element.text
        ]

    def wait_gone(self, locator, timeout=TIMEOUT):
        self._wait(
            f"the end of {locator}",
            lambda: not self._find_visible(locator, ""),
            timeout,
        )

    def _wait(self, what, condition, timeout=TIMEOUT):
        def attempt(_driver):
            try:
                return condition()
            except RETRIED:
                return None

        try:
            return WebDriverWait(self.driver, timeout, 0.1).until(attempt)
        except TimeoutException:
            raise AssertionError(
                f"{self.driver.current_url}: waited {timeout} s in vain for {what}"
            ) from None

    # ------------------------------------------------------------
    # Doing
    # ------------------------------------------------------------

    def click(self, locator, text="", timeout=TIMEOUT):
        """Click the first visible element there whose text holds these words."""

        def attempt():
            for element in self._find_visible(locator, text):
                element.click()
                return True

        self._wait(f"{locator} {text!r} to click", attempt, timeout)

    def type(self, locator, words):
        """Write into a field of a form or an editor, in place of what it holds."""

        def attempt():
            for element in self._find_visible(locator, ""):
                element.click()
                element.send_keys(Keys.CONTROL, "a")
                element.send_keys(words)
                return True

        self._wait(f"{locator} to write in", attempt)

    def choose(self, field, words):
        """Choose a record in a many2one field of the form.

        A form that saves itself meanwhile draws its fields anew: then once more.
        """
        option = ".o-autocomplete--dropdown-item:not(.o_m2o_dropdown_option)"

        def is_chosen():
            """The list is closed too: what was typed alone looks the same."""
            inputs = self._find_visible(f"{field} input", "")
            is_filled = inputs and words in inputs[0].get_attribute("value")
            return is_filled and not self._find_visible(option, "")

        for _attempt in range(5):
            self.type(f"{field} input", words)
            try:
                self.click(option, words, timeout=5)
                self._wait(f"{words!r} in {field}", is_chosen, 5)
            except AssertionError:
                continue
            return
        raise AssertionError(f"{words!r} cannot be chosen in {field}")

    # ------------------------------------------------------------
    # Persons
    # ------------------------------------------------------------

    def log_in(self, login, password):
        self.forget()
        self.open("/web/login")
        self.type("input#login", login)
        self.type("input#password", password)
        self.click("form.oe_login_form button[type=submit]")
        self.wait_gone("form.oe_login_form")

    def forget(self):
        """Be a person who is not logged in."""
        self.driver.execute_cdp_cmd(
            "Storage.clearDataForOrigin",
            {"origin": self.url, "storageTypes": "cookies,local_storage"},
        )

    # ------------------------------------------------------------
    # Errors
    # ------------------------------------------------------------

    def take_errors(self):
        """Errors on the console since the last call, but for the known one."""
        return [
            entry["message"]
            for entry in self.driver.get_log("browser")
            if entry["level"] == "SEVERE" and not KNOWN_ERROR.search(entry["message"])
        ]

    @contextmanager
    def no_errors(self):
        """What is done inside must leave no error on the console."""
        self.take_errors()
        yield
        errors = self.take_errors()
        assert not errors, errors
