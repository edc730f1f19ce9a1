from odoo.exceptions import ValidationError
from odoo.tests import tagged

from .common import ArticleCase


@tagged("post_install", "-at_install")
class TestArticleCategory(ArticleCase):
    def test_names_along_the_tree(self):
        category = self.label_printers
        self.assertEqual(category.complete_name, "Printers / Label printers")
        self.assertEqual(category.display_name, "Printers / Label printers")
        short = category.with_context(hierarchical_naming=False)
        self.assertEqual(short.display_name, "Label printers")
        self.printers.name = "Printing"
        self.assertEqual(category.complete_name, "Printing / Label printers")

    def test_found_by_name(self):
        found = self.env["ntr.article.category"].name_search("Label prin")
        self.assertIn(self.label_printers.id, [row[0] for row in found])

    def test_no_category_is_a_part_of_itself(self):
        with self.assertRaisesRegex(ValidationError, "part of itself"):
            self.printers.parent_id = self.label_printers
        with self.assertRaisesRegex(ValidationError, "part of itself"):
            self.printers.parent_id = self.printers
        self.scanners.parent_id = self.label_printers
        self.assertEqual(
            self.scanners.complete_name, "Printers / Label printers / Scanners"
        )

    def test_count_includes_the_parts(self):
        self.make_published(category_id=self.label_printers.id)
        self.make_published(category_id=self.printers.id)
        self.make_article(category_id=self.scanners.id)
        categories = self.printers + self.label_printers + self.scanners
        self.assertEqual(
            categories.with_user(self.author).mapped("article_count"), [2, 1, 1]
        )
        self.assertEqual(
            categories.with_user(self.engineer).mapped("article_count"), [2, 1, 0]
        )

    def test_new_category_counts_nothing(self):
        self.make_published(category_id=self.printers.id)
        new = self.env["ntr.article.category"].new({"name": "New"})
        self.assertEqual(new.article_count, 0)

    def test_button_opens_the_articles_of_the_tree(self):
        inside = self.make_published(category_id=self.label_printers.id)
        self.make_published(category_id=self.scanners.id)
        action = self.printers.action_open_articles()
        found = self.env[action["res_model"]].search(action["domain"])
        self.assertEqual(found.ids, inside.ids)
