import base64
import io

from PIL import Image

from odoo.tests import TransactionCase

from odoo.addons.ntr_report_chromium.tools import pdf
from odoo.addons.ntr_report_chromium.tools.chromium import find_chromium

MODULE = "odoo.addons.ntr_report_chromium.models.ir_actions_report"
HAS_CHROMIUM = bool(find_chromium())

TEMPLATE = """
<t t-name="ntr_report_chromium_test.partner">
    <t t-call="web.html_container">
        <t t-foreach="docs" t-as="o">
            <div class="header">
                <span>Шапка для <t t-out="o.name"/></span>
            </div>
            <div class="article" data-oe-model="res.partner" t-att-data-oe-id="o.id">
                <h2>Отчёт <t t-out="o.name"/></h2>
                <div class="page"><t t-out="o.comment"/></div>
            </div>
            <div class="footer">
                <span>Подвал <t t-out="o.ref"/></span>
                <span>Лист <span class="page"/> из <span class="topage"/></span>
            </div>
        </t>
    </t>
</t>
"""

LONG_TABLE = (
    "<table><thead><tr><th>Колонка</th></tr></thead><tbody>"
    + "".join(f"<tr><td>Строка {line}.</td></tr>" for line in range(100))
    + "</tbody></table>"
)


def make_image(size):
    """A PNG of one colour."""
    stream = io.BytesIO()
    Image.new("RGB", size, "#b5651d").save(stream, "PNG")
    return stream.getvalue()


class ReportCase(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.set_parameter("enabled", "always")
        cls.Report = cls.env["ir.actions.report"].with_context(
            force_report_rendering=True
        )
        cls.view = cls.env["ir.ui.view"].create(
            {
                "type": "qweb",
                "name": "ntr_report_chromium_test.partner",
                "key": "ntr_report_chromium_test.partner",
                "arch": TEMPLATE,
            }
        )
        cls.report = cls.Report.create(
            {
                "name": "Partner",
                "model": "res.partner",
                "report_name": "ntr_report_chromium_test.partner",
                "paperformat_id": cls.env.ref("base.paperformat_euro").id,
            }
        )
        cls.long_partner, cls.short_partner = cls.env["res.partner"].create(
            [
                {
                    "name": "Длинный",
                    "ref": "Альфа",
                    "comment": LONG_TABLE,
                },
                {"name": "Short", "ref": "B-2", "comment": "<p>Одна строка.</p>"},
            ]
        )
        cls.partners = cls.long_partner + cls.short_partner

    @classmethod
    def set_parameter(cls, name, value):
        cls.env["ir.config_parameter"].set_param(f"ntr_report_chromium.{name}", value)

    def print_pages(self, records, user=None):
        """The pages of the PDF of ``records``."""
        report = self.Report.with_user(user) if user else self.Report
        content, kind = report._render_qweb_pdf(self.report.id, records.ids)
        self.assertEqual(kind, "pdf")
        return pdf.read_all_pages(content)

    def get_texts(self, pages):
        """The text of each page, without line breaks."""
        return [" ".join(page.extract_text().split()) for page in pages]

    def get_image_sizes(self, page):
        """Width and height of each image on ``page``."""
        objects = page["/Resources"].get("/XObject", {}).values()
        objects = [item.get_object() for item in objects]
        return [
            (item["/Width"], item["/Height"])
            for item in objects
            if item["/Subtype"] == "/Image"
        ]

    def create_image(self, size, **values):
        return self.env["ir.attachment"].create(
            {"name": "image.png", "datas": base64.b64encode(make_image(size)), **values}
        )
