from odoo.tests import HttpCase, tagged

from .common import ArticleCase


@tagged("post_install", "-at_install")
class TestTours(ArticleCase, HttpCase):
    """Articles in a real browser."""

    def test_restore_a_version(self):
        self.author.password = self.author.login
        article = self.make_article(
            name="Tour: pale receipts", solution="<p>First text</p>"
        )
        article.solution = "<p>Second text</p>"
        self.start_tour(
            "/odoo/ntr-knowledge", "helpdesk_kb_versions", login=self.author.login
        )
        article.invalidate_recordset()
        self.assertIn("First text", article.solution)
        self.assertEqual(len(article.html_field_history["solution"]), 2)
