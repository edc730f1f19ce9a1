from unittest.mock import Mock

from odoo.tests import BaseCase, tagged

from odoo.addons.ntr_report_chromium.tools import documents, paper, pdf

SIZES = {"A4": (210.0, 297.0), "Letter": (215.9, 279.4)}
HEADERS = """
<html><head><link href="/a.css"/><script>x</script></head>
<body class="o_body_pdf" dir="rtl"><div id="minimal_layout_report_headers">
<div class="header">One <b class="page">?</b>/<b class="topage"/></div>
<div class="header">Two</div>
</div></body></html>
"""


@tagged("post_install", "-at_install")
class TestPaper(BaseCase):
    def _paper(self, *arguments):
        return paper.paper_from_arguments(arguments, SIZES)

    def test_margins_and_header(self):
        page = self._paper(
            *("--disable-local-file-access", "--quiet", "--page-size", "Letter"),
            *("--margin-top", "40.5", "--header-spacing", "35", "--margin-left", "7"),
            *("--dpi", "90", "--zoom", "1.07", "--header-line"),
        )
        self.assertEqual((page.width, page.height), SIZES["Letter"])
        self.assertEqual(page.header_top, 5.5)
        self.assertEqual((page.margin_left, page.margin_right), (7, 10))
        self.assertTrue(page.header_line)
        self.assertAlmostEqual(page.scale, 0.8 * 96 / 90)
        self.assertEqual(page.points, (612, 792))

    def test_orientation_and_custom_size(self):
        self.assertEqual(self._paper("--orientation", "Landscape").width, 297)
        self.assertEqual(self._paper("--orientation", "landscape").points, (842, 595))
        custom = self._paper("--page-width", "57mm", "--page-height", "32mm")
        self.assertEqual((custom.width, custom.height), (57, 32))

    def test_scale(self):
        self.assertEqual(self._paper("--dpi", "96").scale, 0.8)
        page = self._paper("--dpi", "96", "--disable-smart-shrinking")
        self.assertEqual(page.scale, 1.0)
        self.assertEqual(self._paper("--dpi", "9600").scale, 0.1)

    def test_overlay_has_no_margins(self):
        options = self._paper().print_options(margins=False)
        self.assertEqual(options["marginTop"], 0)
        self.assertAlmostEqual(options["paperWidth"], 210 / 25.4)


@tagged("post_install", "-at_install")
class TestDocuments(BaseCase):
    def test_header_of_a_document(self):
        layout = documents.Layout(HEADERS, documents.HEADERS_ID)
        html = layout.render(0, 2, 3)
        self.assertIn('One <b class="page">2</b>/<b class="topage">3</b>', html)
        self.assertIn("Two", layout.render(1, 1, 1))
        self.assertEqual(layout.render(2, 1, 1), "")
        self.assertEqual((layout.body_class, layout.direction), ("o_body_pdf", "rtl"))

    def test_header_without_parts_is_on_every_document(self):
        layout = documents.Layout("<p>Same</p>", documents.HEADERS_ID)
        self.assertIn("Same", layout.render(7, 1, 1))
        self.assertFalse(documents.Layout(None, documents.HEADERS_ID))

    def test_overlay(self):
        header = documents.Layout(HEADERS, documents.HEADERS_ID)
        footer = documents.Layout("", documents.FOOTERS_ID)
        page = paper.paper_from_arguments([], SIZES)
        html = documents.overlay_html(header, footer, page, [2, 1])
        self.assertEqual(html.count('class="ntr_page"'), 3)
        self.assertIn('<link href="/a.css">', html)
        self.assertNotIn("<script", html)

    def test_data_uris_are_taken_out_once(self):
        image = f'<img src="data:image/png;base64,{"QUJD" * 100}">'
        html, blobs = documents.externalize_data_uris(image * 3)
        [(path, blob)] = blobs.items()
        self.assertEqual(html.count(path), 3)
        self.assertEqual(blob, ("image/png", b"ABC" * 100))
        small = '<img src="data:image/gif;base64,R0lG">'
        self.assertEqual(documents.externalize_data_uris(small), (small, {}))

    def test_title(self):
        html = "<div><h1> </h1><h2> Счёт\n <b>1</b></h2></div>"
        self.assertEqual(documents.document_title(html), "Счёт 1")
        self.assertEqual(documents.document_title("<p>none</p>"), "")


@tagged("post_install", "-at_install")
class TestPdf(BaseCase):
    def _is_blank(self, data):
        page = Mock()
        page.get_contents().get_data.return_value = data
        return pdf.is_blank(page)

    def test_blank_page(self):
        white = b"q\n1 1 1 RG 1 1 1 rg\n/G3 gs\n0 0 741 981 re\nf\nQ\n"
        self.assertTrue(self._is_blank(b""))
        self.assertTrue(self._is_blank(white))
        self.assertFalse(self._is_blank(white.replace(b"1 1 1 rg", b".9 1 1 rg")))
        self.assertFalse(self._is_blank(white + b"BT\n/F4 16 Tf\nET\n"))
        self.assertFalse(self._is_blank(white + b"/X5 Do\n"))
        self.assertFalse(self._is_blank(white + b"0 0 m\n5 5 l\nS\n"))
