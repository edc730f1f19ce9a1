import base64

from odoo.tests import new_test_user, tagged

from .common import ReportCase, make_image

HOST = "odoo.example.com"


@tagged("post_install", "-at_install")
class TestResource(ReportCase):
    def _get(self, path, host=HOST, user=None):
        resources = self.env["ntr.report.resource"]
        if user:
            resources = resources.with_user(user)
        return resources._get_resource(f"http://{host}{path}", {HOST})

    def test_static_file(self):
        mimetype, content = self._get("/web/static/img/logo.png")
        self.assertEqual(mimetype, "image/png")
        self.assertTrue(content.startswith(b"\x89PNG"))

    def test_only_static_files(self):
        for path in (
            "/web/__manifest__.py",
            "/web/static/../__manifest__.py",
            "/web/static/img/missing.png",
            "/web/session/logout",
        ):
            self.assertIsNone(self._get(path), path)

    def test_other_hosts_are_not_asked(self):
        self.assertIsNone(self._get("/web/static/img/logo.png", "example.org"))

    def test_letters_of_other_scripts_come_from_a_bundled_font(self):
        path = "/fonts/noto/NotoSans-Bol.woff2"
        self.assertTrue(self._get(path, "fonts.odoocdn.com"))
        path = "/fonts/noto/NotoSansArabic-Bol.woff2"
        self.assertIsNone(self._get(path, "fonts.odoocdn.com"))

    def test_style_sheet(self):
        [url] = self.env["ir.qweb"]._get_asset_link_urls("web.report_assets_pdf")
        mimetype, content = self._get(url)
        self.assertEqual(mimetype, "text/css")
        self.assertTrue(content)
        self.assertIsNone(self._get("/web/assets/1/unknown.css"))

    def test_image_addresses(self):
        image = self.create_image((31, 17))
        content = make_image((31, 17))
        self.env.company.logo = base64.b64encode(content)
        company = self.env.company.id
        for path in (
            f"/web/image/{image.id}",
            f"/web/image/{image.id}-abcdef/name.png",
            f"/web/image/ir.attachment/{image.id}/raw",
            f"/web/image?model=ir.attachment&id={image.id}&field=datas",
            f"/web/image/res.company/{company}/logo",
            f"/web/content/{image.id}",
            f"/web/content/ir.attachment/{image.id}/datas/name.png",
        ):
            self.assertEqual(self._get(path), ("image/png", content), path)

    def test_image_is_resized(self):
        image = self.create_image((310, 170))
        small = self._get(f"/web/image/{image.id}/31x17")[1]
        self.assertNotEqual(small, make_image((310, 170)))
        self.assertTrue(small.startswith(b"\x89PNG"))

    def test_missing_image_is_the_placeholder(self):
        placeholder = self.env["ir.binary"]._placeholder()
        for path in ("/web/image/0", "/web/image/res.partner/0/image_128"):
            self.assertTrue(self._get(path)[1].startswith(placeholder[:4]), path)
        self.assertIsNone(self._get("/web/content/0"))
        self.assertIsNone(self._get("/web/image/1?width=wide"))

    def test_rights_are_those_of_the_user(self):
        secret = self.create_image((31, 17))
        user = new_test_user(self.env, "ntr_reader", groups="base.group_user")
        path = f"/web/content/{secret.id}"
        self.assertTrue(self._get(path))
        self.assertIsNone(self._get(path, user=user))
        token = secret.generate_access_token()[0]
        self.assertTrue(self._get(f"{path}?access_token={token}", user=user))

    def test_barcode(self):
        calls = []

        def draw(self, barcode_type, value, **options):
            calls.append((barcode_type, value, options))
            return b"image"

        self.patch(type(self.Report), "barcode", draw)
        query = "barcode_type=Code128&value=A%201&width=200"
        for path in ("/report/barcode/QR/a/b", f"/report/barcode/?{query}"):
            self.assertEqual(self._get(path), ("image/png", b"image"))
        self.assertEqual(
            calls,
            [("QR", "a/b", {}), ("Code128", "A 1", {"width": "200"})],
        )

    def test_barcode_that_cannot_be_drawn(self):
        self.assertIsNone(self._get("/report/barcode/Unknown/text"))

    def test_company_logo(self):
        content = make_image((31, 17))
        self.env.company.logo = base64.b64encode(content)
        self.assertEqual(self._get("/logo.png")[0], "image/png")
        company = self.env.company.id
        self.assertEqual(
            self._get(f"/web/binary/company_logo?company={company}"),
            self._get("/logo"),
        )
