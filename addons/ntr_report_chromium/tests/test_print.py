from unittest import skipUnless
from unittest.mock import Mock, patch

from odoo import Command
from odoo.tests import new_test_user, tagged

from odoo.addons.base.models import ir_actions_report as base_report
from odoo.addons.ntr_report_chromium.tools import pdf
from odoo.addons.ntr_report_chromium.tools.chromium import Chromium

from .common import HAS_CHROMIUM, MODULE, ReportCase


@tagged("post_install", "-at_install")
@skipUnless(HAS_CHROMIUM, "needs Chromium")
class TestPrint(ReportCase):
    def test_every_page_has_header_body_and_footer(self):
        texts = self.get_texts(self.print_pages(self.long_partner))
        self.assertGreater(len(texts), 1)
        for number, text in enumerate(texts, 1):
            self.assertIn("Шапка для Длинный", text)
            self.assertIn("Подвал Альфа", text)
            self.assertIn("Колонка", text)
            self.assertIn(f"Лист {number} из {len(texts)}", text)
        self.assertIn("Отчёт Длинный", texts[0])
        body = " ".join(texts)
        for line in range(100):
            self.assertIn(f"Строка {line}.", body)

    def test_documents_have_their_own_headers_and_numbers(self):
        *long_texts, short_text = self.get_texts(self.print_pages(self.partners))
        self.assertGreater(len(long_texts), 1)
        for number, text in enumerate(long_texts, 1):
            self.assertIn("Шапка для Длинный", text)
            self.assertIn(f"Лист {number} из {len(long_texts)}", text)
            self.assertNotIn("Short", text)
        self.assertIn("Шапка для Short", short_text)
        self.assertIn("Подвал B-2", short_text)
        self.assertIn("Лист 1 из 1", short_text)
        self.assertNotIn("Длинный", short_text)

    def test_each_record_gets_its_own_pages(self):
        streams = self.Report._render_qweb_pdf_prepare_streams(
            self.report.id, {}, res_ids=self.partners.ids
        )
        self.assertEqual(list(streams), self.partners.ids)
        for partner, other in zip(self.partners, self.partners[::-1], strict=True):
            content = streams[partner.id]["stream"].getvalue()
            for text in self.get_texts(pdf.read_all_pages(content)):
                self.assertIn(f"Шапка для {partner.name}", text)
                self.assertNotIn(other.name, text)

    def test_each_record_gets_its_own_attachment(self):
        self.report.attachment = "object.name + '.pdf'"
        with patch(f"{MODULE}.Chromium", wraps=Chromium) as chromium:
            self.print_pages(self.partners)
        chromium.assert_called_once()
        attachments = self.env["ir.attachment"].search(
            [("res_model", "=", "res.partner"), ("res_id", "in", self.partners.ids)]
        )
        self.assertEqual(set(attachments.mapped("name")), {"Длинный.pdf", "Short.pdf"})

    def test_script_of_a_document_does_not_run(self):
        self.view.arch = self.view.arch.replace(
            "<h2>", "<script>document.body.textContent = 'executed'</script><h2>"
        )
        [text] = self.get_texts(self.print_pages(self.short_partner))
        self.assertNotIn("executed", text)
        self.assertIn("Отчёт Short", text)

    def test_company_font_is_embedded(self):
        self.short_partner.comment = "<p>Latin</p>"
        [page] = self.print_pages(self.short_partner)
        fonts = [
            font.get_object()["/BaseFont"]
            for font in page["/Resources"]["/Font"].values()
        ]
        self.assertTrue([font for font in fonts if "Lato" in font], fonts)
        self.assertTrue([font for font in fonts if "OpenSans" in font], fonts)

    def test_paper_format(self):
        for xmlid, orientation, size in (
            ("base.paperformat_euro", "Portrait", (595, 842)),
            ("base.paperformat_euro", "Landscape", (842, 595)),
            ("base.paperformat_us", "Portrait", (612, 792)),
        ):
            with self.subTest(xmlid=xmlid, orientation=orientation):
                paper = self.env.ref(xmlid)
                paper.orientation = orientation
                self.report.paperformat_id = paper
                [page] = self.print_pages(self.short_partner)
                self.assertEqual(tuple(page.mediabox)[2:], size)
                self.assertEqual(tuple(page.mediabox)[:2], (0, 0))

    def test_image_of_a_document_is_read_without_a_server(self):
        # Chromium asks for hosts of this domain by https only.
        url = "http://erp.example"
        self.env["ir.config_parameter"].set_param("report.url", url)
        images = [self.create_image((31, 17)), self.create_image((17, 31))]
        paths = [f"/web/image/{images[0].id}", f"{url}/web/image/{images[1].id}"]
        self.short_partner.comment = "".join(f'<img src="{it}"/>' for it in paths)
        [page] = self.print_pages(self.short_partner)
        self.assertEqual(set(self.get_image_sizes(page)), {(31, 17), (17, 31)})

    def test_image_is_read_with_the_rights_of_the_user(self):
        secret = self.create_image((31, 17))
        self.short_partner.comment = f'<img src="/web/image/{secret.id}"/>'
        user = new_test_user(self.env, "ntr_printer", groups="base.group_user")
        user.group_ids = [Command.link(self.env.ref("base.group_partner_manager").id)]
        [page] = self.print_pages(self.short_partner, user)
        self.assertNotIn((31, 17), self.get_image_sizes(page))

    def test_report_without_records(self):
        self.view.arch = "<t><t t-call='web.html_container'><p>Пусто</p></t></t>"
        content = self.Report._render_qweb_pdf(self.report.id, [])[0]
        self.assertTrue(content.startswith(b"%PDF"))


@tagged("post_install", "-at_install")
class TestMode(ReportCase):
    def _is_used(self, patched, chromium):
        info = base_report._wkhtml()._replace(is_patched_qt=patched)
        path = "/usr/bin/chromium" if chromium else None
        with (
            patch(f"{MODULE}._wkhtml", return_value=info),
            patch(f"{MODULE}.find_chromium", return_value=path),
        ):
            return self.Report._is_printed_by_chromium()

    def test_auto_leaves_a_patched_wkhtmltopdf_alone(self):
        self.set_parameter("enabled", "auto")
        self.assertFalse(self._is_used(patched=True, chromium=True))
        self.assertTrue(self._is_used(patched=False, chromium=True))
        self.assertFalse(self._is_used(patched=False, chromium=False))

    def test_always_and_never(self):
        self.set_parameter("enabled", "always")
        self.assertTrue(self._is_used(patched=True, chromium=True))
        self.set_parameter("enabled", "never")
        self.assertFalse(self._is_used(patched=False, chromium=True))

    def test_unknown_mode_is_off(self):
        self.set_parameter("enabled", "yes please")
        with self.assertLogs("odoo.addons.ntr_report_chromium", "WARNING"):
            self.assertFalse(self._is_used(patched=False, chromium=True))

    def test_client_does_not_warn(self):
        info = base_report._wkhtml()._replace(state="install")
        with patch.object(base_report, "_wkhtml", return_value=info):
            self.assertEqual(self.Report.get_wkhtmltopdf_state(), "ok")
            self.set_parameter("enabled", "never")
            self.assertEqual(self.Report.get_wkhtmltopdf_state(), "install")

    def test_never_prints_by_wkhtmltopdf(self):
        self.set_parameter("enabled", "never")
        process = Mock(returncode=0, stderr="")
        with patch.object(
            base_report, "_run_wkhtmltopdf", return_value=process
        ) as wkhtmltopdf:
            content = self.Report._run_wkhtmltopdf(["<p>body</p>"])
        wkhtmltopdf.assert_called_once()
        self.assertEqual(content, b"")
