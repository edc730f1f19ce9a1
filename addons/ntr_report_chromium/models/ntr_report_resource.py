import base64
import functools
import logging
import mimetypes
from urllib.parse import parse_qsl, urlsplit

from reportlab.graphics.renderPM import RenderPMError
from werkzeug.exceptions import HTTPException
from werkzeug.routing import Map, Rule

from odoo import SUPERUSER_ID, api, models
from odoo.exceptions import UserError
from odoo.http import root
from odoo.tools import file_open
from odoo.tools.image import image_guess_size_from_field_name, image_process
from odoo.tools.mimetypes import guess_mimetype

_logger = logging.getLogger(__name__)

RECORD_PATHS = (
    "",
    "/<string:xmlid>",
    "/<string:model>/<int:id>/<string:field>",
    "/<int:id>",
    "/<int:id>-<string:unique>",
)
IMAGE_SUFFIXES = (
    "",
    "/<string:filename>",
    "/<int:width>x<int:height>",
    "/<int:width>x<int:height>/<string:filename>",
)
BARCODE_PATHS = ("/report/barcode", "/report/barcode/<barcode_type>/<path:value>")
LOGO_PATHS = ("/logo", "/logo.png", "/web/binary/company_logo")
# Odoo's styles load the letters of other scripts from here.
FONT_SERVER = "fonts.odoocdn.com"
FONT_PATH = "web/static/fonts/google/Open_Sans/Open_Sans-{}.ttf"
FONT_NAMES = {
    "NotoSans-Hai": "Light",
    "NotoSans-HaiIta": "LightItalic",
    "NotoSans-Lig": "Light",
    "NotoSans-LigIta": "LightItalic",
    "NotoSans-Reg": "Regular",
    "NotoSans-RegIta": "Italic",
    "NotoSans-Bol": "Bold",
    "NotoSans-BolIta": "BoldItalic",
    "NotoSans-Bla": "ExtraBold",
    "NotoSans-BlaIta": "ExtraBoldItalic",
}


@functools.cache
def _routes():
    """The addresses of Odoo's controllers that reports take resources from."""
    rules = [
        Rule(f"/web/image{path}{suffix}", endpoint="image")
        for path in RECORD_PATHS
        for suffix in IMAGE_SUFFIXES
        if path or not suffix
    ]
    rules += [
        Rule(f"/web/content{path}{suffix}", endpoint="content")
        for path in RECORD_PATHS
        for suffix in IMAGE_SUFFIXES[:2]
        if path or not suffix
    ]
    rules += [Rule(path, endpoint="barcode") for path in BARCODE_PATHS]
    rules += [Rule(path, endpoint="logo") for path in LOGO_PATHS]
    rules.append(
        Rule("/web/assets/<string:unique>/<string:filename>", endpoint="asset")
    )
    return Map(rules, strict_slashes=False).bind("")


class NtrReportResource(models.AbstractModel):
    """What the pages of a report ask for, read without an HTTP request.

    The rights are those of the user of the environment, as they are those of his
    session when wkhtmltopdf asks the server.
    """

    _name = "ntr.report.resource"
    _description = "Resource of a Printed Report"

    @api.model
    def _get_resource(self, url, hosts):
        """Return ``(mimetype, content)`` of ``url``, or ``None``.

        Addons whose reports use controllers of their own extend
        :meth:`_get_resource_by_path`.

        :param hosts: names of the server, with port, that count as this server
        """
        parts = urlsplit(url)
        resource = None
        if parts.netloc == FONT_SERVER:
            resource = self._get_script_font(parts.path)
        elif parts.netloc in hosts:
            arguments = dict(parse_qsl(parts.query))
            resource = self._get_resource_by_path(parts.path, arguments)
        if not resource:
            _logger.info("A report was printed without %s", url)
        return resource

    @api.model
    def _get_resource_by_path(self, path, arguments):
        """Return ``(mimetype, content)`` of a path on this server, or ``None``.

        :param arguments: dict of the query string
        """
        static_resource = self._get_static(path)
        if static_resource:
            return static_resource
        try:
            endpoint, values = _routes().match(path)
            return getattr(self, f"_get_{endpoint}")(**{**arguments, **values})
        except (HTTPException, TypeError, UserError, ValueError):
            _logger.debug("Nothing was found at %s", path, exc_info=True)
            return None

    @api.model
    def _get_static(self, path):
        if ".." in path:
            return None
        file_name = root.get_static_file(path)
        return self._read_file(file_name) if file_name else None

    @api.model
    def _get_script_font(self, path):
        name = path.rpartition("/")[2].partition(".")[0]
        if name not in FONT_NAMES:
            return None
        return self._read_file(FONT_PATH.format(FONT_NAMES[name]))

    @api.model
    def _read_file(self, file_name):
        try:
            with file_open(file_name, "rb") as stream:
                content = stream.read()
        except FileNotFoundError:
            return None
        mimetype = mimetypes.guess_type(file_name)[0] or guess_mimetype(content)
        return mimetype, content

    # Each of the following answers for one of Odoo's controllers

    @api.model
    def _get_asset(self, unique, filename, **_kwargs):
        attachment = self._find_asset(unique, filename)
        if not attachment:
            attachment = self._generate_asset(unique, filename)
        return (attachment.mimetype, attachment.raw) if attachment else None

    @api.model
    def _find_asset(self, unique, filename):
        Attachment = self.env["ir.attachment"].sudo()
        if unique == "debug":
            return Attachment
        url = self.env["ir.asset"]._get_asset_bundle_url(filename, unique, {})
        domain = [
            ("public", "=", True),
            ("url", "=", url),
            ("res_model", "=", "ir.ui.view"),
            ("res_id", "=", 0),
            ("create_uid", "=", SUPERUSER_ID),
        ]
        return Attachment.search(domain, limit=1)

    @api.model
    def _generate_asset(self, unique, filename):
        is_debug = unique == "debug"
        name, rtl, kind, autoprefix = self.env["ir.asset"]._parse_bundle_name(
            filename, is_debug
        )
        if kind != "css":
            return None
        bundle = self.env["ir.qweb"]._get_asset_bundle(
            name,
            js=False,
            debug_assets=is_debug,
            rtl=rtl,
            autoprefix=autoprefix,
        )
        return bundle.css() if bundle.stylesheets else None

    @api.model
    def _get_image(self, field="raw", width=0, height=0, crop=False, **kwargs):
        width, height = int(width), int(height)
        if not width and not height:
            width, height = image_guess_size_from_field_name(field)
        mimetype, content = self._read_image(field=field, **kwargs)
        if width or height or crop:
            content = self._resize(content, (width, height), crop)
        return mimetype, content

    @api.model
    def _read_image(self, **kwargs):
        resource = self._get_content(**kwargs)
        if resource and resource[1] and resource[0].startswith("image/"):
            return resource
        return "image/png", self.env["ir.binary"]._placeholder()

    @api.model
    def _resize(self, content, size, crop):
        try:
            return image_process(content, size=size, crop=crop)
        except UserError:
            return content

    @api.model
    def _get_content(self, field="raw", **kwargs):
        try:
            record = self._find_record(field=field, **kwargs)
            return self._read_field(record, field)
        except UserError:
            return None

    @api.model
    def _find_record(
        self,
        xmlid=None,
        model="ir.attachment",
        id=None,
        access_token=None,
        field=None,
        **_kwargs,
    ):
        return self.env["ir.binary"]._find_record(
            xmlid, model, id and int(id), access_token, field=field
        )

    @api.model
    def _read_field(self, record, name):
        field = record._fields.get(name)
        if field is None or field.type != "binary":
            return None
        if record._name == "ir.attachment":
            return self._read_attachment(record)
        record._check_field_access(field, "read")
        content = base64.b64decode(record.with_context(bin_size=False)[name] or b"")
        return guess_mimetype(content), content

    @api.model
    def _read_attachment(self, attachment):
        if attachment.type == "url":
            return self._get_static(attachment.url or "")
        return attachment.mimetype, attachment.raw or b""

    @api.model
    def _get_barcode(self, barcode_type=None, value=None, **kwargs):
        try:
            barcode = self.env["ir.actions.report"].barcode(
                barcode_type, value, **kwargs
            )
        except (AttributeError, KeyError, RenderPMError):
            _logger.debug("The barcode %r was not drawn", value, exc_info=True)
            return None
        return "image/png", barcode

    @api.model
    def _get_logo(self, company=None, **_kwargs):
        companies = self.env["res.company"].sudo()
        record = companies.browse(int(company)) if company else self.env.company.sudo()
        content = base64.b64decode(record.exists().logo_web or b"")
        if not content:
            return self._read_file("web/static/img/nologo.png")
        return guess_mimetype(content), content
