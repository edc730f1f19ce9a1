import logging
import os
import time
from urllib.parse import urlsplit

from odoo import api, models
from odoo.exceptions import UserError
from odoo.http import request
from odoo.tools import config

from odoo.addons.base.models.ir_actions_report import _wkhtml
from odoo.addons.base.models.report_paperformat import PAPER_SIZES

from ..tools.chromium import Chromium, find_chromium
from ..tools.devtools import ChromiumError, ChromiumTimeout
from ..tools.paper import paper_from_arguments
from ..tools.printer import ReportPrinter

_logger = logging.getLogger(__name__)

PARAMETER = "ntr_report_chromium."
MODES = ("auto", "always", "never")
DEFAULT_TIMEOUT = 60


class IrActionsReport(models.Model):
    _inherit = "ir.actions.report"

    @api.model
    def get_wkhtmltopdf_state(self):
        if self._is_printed_by_chromium():
            return "ok"
        return super().get_wkhtmltopdf_state()

    @api.model
    def _run_wkhtmltopdf(
        self,
        bodies,
        report_ref=False,
        header=None,
        footer=None,
        landscape=False,
        specific_paperformat_args=None,
        set_viewport_size=False,
    ):
        if not self._is_printed_by_chromium():
            return super()._run_wkhtmltopdf(
                bodies,
                report_ref=report_ref,
                header=header,
                footer=footer,
                landscape=landscape,
                specific_paperformat_args=specific_paperformat_args,
                set_viewport_size=set_viewport_size,
            )
        report = self._get_report(report_ref) if report_ref else self
        arguments = self._build_wkhtmltopdf_args(
            report.get_paperformat(),
            landscape,
            specific_paperformat_args=specific_paperformat_args,
            set_viewport_size=set_viewport_size,
        )
        return self._run_chromium(list(bodies), header, footer, arguments)

    # Whether Chromium prints

    @api.model
    def _is_printed_by_chromium(self):
        """Whether reports are printed by Chromium and not by wkhtmltopdf."""
        mode = self._get_chromium_mode()
        if mode == "auto":
            return not _wkhtml().is_patched_qt and bool(self._find_chromium())
        return mode == "always"

    @api.model
    def _get_chromium_mode(self):
        mode = self._get_chromium_parameter("enabled", "auto")
        if mode not in MODES:
            _logger.warning("%senabled is %r, not one of %s", PARAMETER, mode, MODES)
            return "never"
        return mode

    @api.model
    def _get_chromium_parameter(self, name, default=None):
        parameters = self.env["ir.config_parameter"].sudo()
        return parameters.get_param(f"{PARAMETER}{name}", default)

    @api.model
    def _find_chromium(self):
        """Path of the Chromium program, or ``None``."""
        configured = self._get_chromium_parameter("executable")
        path = [os.environ.get("PATH", os.defpath), config.get("bin_path") or ""]
        return find_chromium(
            configured or os.environ.get("CHROMIUM"),
            os.pathsep.join(filter(None, path)),
        )

    @api.model
    def _get_chromium_timeout(self):
        """Seconds Chromium may take for one document."""
        try:
            return float(self._get_chromium_parameter("timeout", DEFAULT_TIMEOUT))
        except ValueError:
            return DEFAULT_TIMEOUT

    # Printing

    @api.model
    def _run_chromium(self, bodies, header, footer, arguments):
        """Print ``bodies`` as one PDF with its header and footer on every page.

        :param header: HTML that holds the headers of all bodies
        :param footer: HTML that holds the footers of all bodies
        :param arguments: what :meth:`_build_wkhtmltopdf_args` returns
        """
        paper = paper_from_arguments(arguments, self._get_paper_sizes())
        started = time.monotonic()
        timeout = self._get_chromium_timeout()
        try:
            with Chromium(self._get_chromium(), timeout) as browser:
                printer = self._get_chromium_printer(browser)
                content = printer.print_report(bodies, header, footer, paper)
        except ChromiumTimeout as error:
            raise UserError(self._get_chromium_timeout_message(timeout)) from error
        except (ChromiumError, OSError) as error:
            _logger.warning("Chromium could not print a report: %s", error)
            raise UserError(
                self.env._(
                    "Chromium could not print the report; the server's log says why."
                )
            ) from error
        seconds = time.monotonic() - started
        _logger.info("Chromium printed %s documents in %.2f s", len(bodies), seconds)
        return content

    @api.model
    def _get_chromium(self):
        executable = self._find_chromium()
        if not executable:
            raise UserError(
                self.env._(
                    "Chromium was not found on the server, so the report cannot be "
                    "printed: install it, or set the system parameter %(parameter)s "
                    "to auto.",
                    parameter=f"{PARAMETER}enabled",
                )
            )
        return executable

    @api.model
    def _get_chromium_timeout_message(self, timeout):
        return self.env._(
            "Chromium did not print the report within %(seconds)s seconds: print "
            "fewer records at once, or raise the system parameter %(parameter)s.",
            seconds=f"{timeout:g}",
            parameter=f"{PARAMETER}timeout",
        )

    @api.model
    def _get_chromium_printer(self, browser):
        """The printer that answers the pages' requests in the user's name."""
        base_url = self._get_report_url() or "http://localhost"
        resources = self.env["ntr.report.resource"].sudo(False)
        hosts = self._get_chromium_hosts(base_url)
        return ReportPrinter(
            browser, base_url, lambda url: resources._get_resource(url, hosts)
        )

    @api.model
    def _get_chromium_hosts(self, base_url):
        """Host names under which the documents may mean this server."""
        parameters = self.env["ir.config_parameter"].sudo()
        hosts = {
            urlsplit(url).netloc
            for url in (base_url, parameters.get_param("web.base.url"))
            if url
        }
        if request:
            hosts.add(request.httprequest.host)
        return hosts

    @api.model
    def _get_paper_sizes(self):
        """``{format: (width, height)}`` in millimetres, portrait."""
        return {
            size["key"]: (size["width"], size["height"])
            for size in PAPER_SIZES
            if "width" in size
        }
