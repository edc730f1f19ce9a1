import logging
import os
import stat
import tempfile
import time
from pathlib import Path
from unittest import skipUnless
from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.tests import tagged

from odoo.addons.ntr_report_chromium.tools.chromium import find_chromium

from .common import HAS_CHROMIUM, MODULE, ReportCase

LOGGER = "odoo.addons.ntr_report_chromium"
CHROMIUM_MODULE = f"{LOGGER}.tools.chromium"


@tagged("post_install", "-at_install")
class TestFailure(ReportCase):
    def setUp(self):
        super().setUp()
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.directory = Path(directory.name)

    def _write_program(self, script, name="chromium-test"):
        program = self.directory / name
        program.write_text(f"#!/bin/sh\n{script}\n")
        program.chmod(program.stat().st_mode | stat.S_IXUSR)
        return str(program)

    def _print_with(self, program):
        with patch(f"{MODULE}.find_chromium", return_value=program):
            self.Report._run_wkhtmltopdf(["<p>body</p>"])

    def _assert_ended(self, pid_file):
        pid = int(pid_file.read_text())
        with self.assertRaises(ProcessLookupError):
            os.kill(pid, 0)

    def test_missing_chromium_is_one_sentence(self):
        with self.assertRaisesRegex(UserError, "Chromium was not found") as caught:
            self._print_with(None)
        self.assertEqual(str(caught.exception).count(". "), 0)
        self.assertIn("ntr_report_chromium.enabled", str(caught.exception))

    def test_broken_chromium_is_one_sentence_and_logged(self):
        program = self._write_program("echo no such library >&2; exit 127")
        with (
            self.assertLogs(LOGGER, "WARNING") as logs,
            self.assertRaisesRegex(UserError, "could not print the report"),
        ):
            self._print_with(program)
        self.assertIn("no such library", "\n".join(logs.output))

    def test_silent_chromium_is_ended(self):
        pid_file = self.directory / "pid"
        program = self._write_program(f"echo $$ > {pid_file}; sleep 60")
        self.set_parameter("timeout", "1")
        started = time.monotonic()
        with (
            self.assertLogs(LOGGER, "WARNING"),
            self.assertRaisesRegex(UserError, "within 1 seconds"),
        ):
            self._print_with(program)
        self.assertLess(time.monotonic() - started, 20)
        self._assert_ended(pid_file)

    def test_processes_left_behind_are_ended(self):
        pid_file = self.directory / "pid"
        program = self._write_program(f"sleep 300 & echo $! > {pid_file}; exit 1")
        with self.assertLogs(LOGGER, "WARNING"), self.assertRaises(UserError):
            self._print_with(program)
        self._assert_ended(pid_file)

    @skipUnless(HAS_CHROMIUM, "needs Chromium")
    def test_chromium_runs_without_a_sandbox_where_there_is_none(self):
        program = self._write_program(
            'case "$*" in *--no-sandbox*) exec "$CHROMIUM_TEST" "$@";; esac\n'
            "echo No usable sandbox! >&2; exit 1"
        )
        with (
            patch.dict(os.environ, CHROMIUM_TEST=find_chromium()),
            patch(f"{CHROMIUM_MODULE}.os.geteuid", return_value=1000),
            self.assertLogs(LOGGER, logging.INFO) as logs,
        ):
            self._print_with(program)
        self.assertIn("starting without", "\n".join(logs.output))

    def test_temporary_directory_is_removed(self):
        program = self._write_program(f"echo $HOME > {self.directory}/home; exit 1")
        with self.assertLogs(LOGGER, "WARNING"), self.assertRaises(UserError):
            self._print_with(program)
        home = Path((self.directory / "home").read_text().strip())
        self.assertIn("ntr_report_chromium.", home.name)
        self.assertFalse(home.exists())

    def test_only_a_chromium_is_accepted(self):
        program = self._write_program("", name="other")
        self.assertFalse(find_chromium(program))
        program = self._write_program("")
        self.assertEqual(find_chromium(program), program)
        self.assertEqual(find_chromium("chromium-test", str(self.directory)), program)

    def test_program_of_the_environment(self):
        program = self._write_program("")
        with patch.dict(os.environ, CHROMIUM=program):
            self.assertEqual(self.Report._find_chromium(), program)
        self.set_parameter("executable", program)
        self.assertEqual(self.Report._find_chromium(), program)
