"""Headless Chromium that prints pages whose every request the caller answers.

The browser itself never opens a connection, reads a file or runs a script.
"""

import logging
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from base64 import b64decode, b64encode

from .devtools import ChromiumError, ChromiumTimeout, Connection

_logger = logging.getLogger(__name__)

NAMES = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "chrome",
    "chromium-headless-shell",
)
_LAUNCHER = os.path.join(os.path.dirname(__file__), "launcher.py")
_FLAGS = (
    "--headless",
    "--remote-debugging-pipe",
    "--disable-background-networking",
    "--disable-breakpad",
    "--disable-component-update",
    "--disable-crash-reporter",
    "--disable-default-apps",
    "--disable-dev-shm-usage",
    "--disable-extensions",
    "--disable-features=LocalNetworkAccessChecks,MediaRouter,OptimizationHints",
    "--disable-gpu",
    "--disable-quic",
    "--disable-sync",
    "--font-render-hinting=none",
    "--hide-scrollbars",
    "--host-resolver-rules=MAP * ~NOTFOUND",
    "--metrics-recording-only",
    "--mute-audio",
    "--no-default-browser-check",
    "--no-first-run",
    "--no-pings",
    "--password-store=basic",
    "--proxy-bypass-list=<-loopback>",
    "--proxy-server=http://127.0.0.1:9",
)
_CONTENT_SECURITY_POLICY = (
    "default-src * data: blob: 'unsafe-inline'; script-src 'none'; "
    "connect-src 'none'; frame-src 'none'; object-src 'none'; form-action 'none'"
)
_HIDDEN_VARIABLES = ("DISPLAY", "WAYLAND_DISPLAY", "DBUS_SESSION_BUS_ADDRESS")
_CLOSE_SECONDS = 3
_LOG_TAIL = 4000


def find_chromium(configured=None, path=None):
    """Return the path of a Chromium program, or ``None``.

    :param configured: name or path that replaces the usual names; accepted only
        when the name of the program looks like a Chromium's
    :param path: search path, by default that of the environment
    """
    if os.name != "posix":
        return None
    if configured and "chrom" not in os.path.basename(configured):
        return None
    names = [configured] if configured else NAMES
    return next(filter(None, (shutil.which(name, path=path) for name in names)), None)


class Process:
    """A browser process with its temporary directory and its connection."""

    def __init__(self, executable, sandbox, on_event):
        self._directory = tempfile.TemporaryDirectory(
            prefix="ntr_report_chromium.", ignore_cleanup_errors=True
        )
        self._log = open(os.path.join(self._directory.name, "log"), "w+b")
        self._process = subprocess.Popen(
            self._command(executable, sandbox),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._log,
            env=self._environment(),
            cwd=self._directory.name,
            start_new_session=True,
            bufsize=0,
        )
        self.connection = Connection(
            self._process.stdout.fileno(), self._process.stdin.fileno(), on_event
        )

    def log_tail(self):
        """The end of what the browser has written to its error output."""
        self._log.seek(0)
        return self._log.read().decode(errors="replace")[-_LOG_TAIL:].strip()

    def close(self):
        """Ask the browser to end its children and itself."""
        self.connection.allow(_CLOSE_SECONDS)
        try:
            self.connection.command("Browser.close")
            self._process.wait(_CLOSE_SECONDS)
        except (ChromiumError, subprocess.TimeoutExpired):
            _logger.info("Chromium did not close by itself, it is ended.")

    def kill(self):
        """End what is left of the browser, remove its directory."""
        self._process.terminate()
        try:
            self._process.wait(_CLOSE_SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
        for stream in (self._process.stdin, self._process.stdout, self._log):
            stream.close()
        self._directory.cleanup()

    def _command(self, executable, sandbox):
        profile = os.path.join(self._directory.name, "profile")
        flags = [*_FLAGS, f"--user-data-dir={profile}"]
        if not sandbox:
            flags.append("--no-sandbox")
        return [sys.executable, "-I", "-S", _LAUNCHER, executable, *flags]

    def _environment(self):
        kept = {
            name: value
            for name, value in os.environ.items()
            if name not in _HIDDEN_VARIABLES and not name.startswith("XDG_")
        }
        return {**kept, "HOME": self._directory.name, "TMPDIR": self._directory.name}


class Chromium:
    """A running browser with one page; a context manager.

    :param executable: path of the program
    :param timeout: seconds the start may take, and each document
    """

    def __init__(self, executable, timeout=60):
        self.executable = executable
        self.timeout = timeout
        self._process = None
        self._session = None
        self._resolve = None
        self._loaded = set()

    def __enter__(self):
        try:
            self._start(sandbox=os.geteuid() != 0)
        except BaseException as error:
            self._end(error)
            raise
        return self

    def __exit__(self, error_type, error, traceback):
        self._end(error)

    def print_pdf(self, url, resolve, options):
        """Load ``url`` and return it as the content of a PDF.

        :param resolve: called with every address the page asks for, the first
            being ``url``; returns ``(mimetype, content)`` or ``None``
        :param options: parameters of ``Page.printToPDF``
        """
        self._resolve = resolve
        self._process.connection.allow(self.timeout)
        self._load(url)
        result = self._command(
            "Page.printToPDF",
            printBackground=True,
            generateTaggedPDF=False,
            **options,
        )
        return b64decode(result["data"])

    def _load(self, url):
        answer = self._command("Page.navigate", url=url)
        if answer.get("errorText"):
            raise ChromiumError(f"Chromium refused a page: {answer['errorText']}")
        self._process.connection.wait(lambda: answer["loaderId"] in self._loaded)
        self._command(
            "Runtime.evaluate",
            expression="document.fonts.ready.then(() => true)",
            awaitPromise=True,
        )

    def _start(self, sandbox):
        self._process = Process(self.executable, sandbox, self._on_event)
        try:
            self._open_page()
        except ChromiumTimeout:
            raise
        except ChromiumError:
            if not sandbox or "sandbox" not in self._process.log_tail().lower():
                raise
            _logger.info("Chromium cannot use its sandbox here, starting without.")
            self._process.kill()
            self._start(sandbox=False)

    def _open_page(self):
        connection = self._process.connection
        connection.allow(self.timeout)
        target = connection.command("Target.createTarget", url="about:blank")
        self._session = connection.command(
            "Target.attachToTarget", targetId=target["targetId"], flatten=True
        )["sessionId"]
        self._command("Page.enable")
        self._command("Page.setLifecycleEventsEnabled", enabled=True)
        self._command("Fetch.enable", patterns=[{"urlPattern": "*"}])
        # wkhtmltopdf prints the styles of the screen, reports are made for that.
        self._command("Emulation.setEmulatedMedia", media="screen")

    def _end(self, error):
        if not self._process:
            return
        if error is None:
            self._process.close()
        elif isinstance(error, ChromiumError):
            _logger.warning("%s Its log ends: %s", error, self._process.log_tail())
        self._process.kill()
        self._process = None

    def _command(self, method, **parameters):
        return self._process.connection.command(method, self._session, **parameters)

    def _on_event(self, method, parameters):
        if method == "Fetch.requestPaused":
            self._answer(parameters["requestId"], parameters["request"]["url"])
        elif method == "Page.lifecycleEvent" and parameters["name"] == "load":
            self._loaded.add(parameters["loaderId"])
        elif method == "Inspector.targetCrashed":
            raise ChromiumError("The page crashed in Chromium.")

    def _answer(self, request_id, url):
        resource = self._resolve(url)
        if resource is None:
            method, answer = "Fetch.failRequest", {"errorReason": "BlockedByClient"}
        else:
            method, answer = "Fetch.fulfillRequest", _response(*resource)
        self._process.connection.send(
            method, self._session, requestId=request_id, **answer
        )


def _response(mimetype, content):
    headers = {
        "Access-Control-Allow-Origin": "*",
        "Content-Security-Policy": _CONTENT_SECURITY_POLICY,
        "Content-Type": mimetype,
    }
    return {
        "responseCode": 200,
        "responseHeaders": [{"name": k, "value": v} for k, v in headers.items()],
        "body": b64encode(content).decode(),
    }
