from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import ArticleCase


@tagged("post_install", "-at_install")
class TestArticleRights(ArticleCase):
    def test_engineer_reads_what_is_published_and_his_own(self):
        published, draft, review = (
            self.make_published(),
            self.make_article(),
            self.make_article(),
        )
        review.submit()
        retired = self.make_published()
        retired.retire()
        own = self.make_article(user=self.engineer)
        everything = published + draft + review + retired + own
        for user, expected in (
            (self.engineer, published + own),
            (self.coordinator, published),
            (self.director, published),
            (self.author, everything),
            (self.admin, everything),
        ):
            with self.subTest(user=user.login):
                seen = (
                    self.env["ntr.article"]
                    .with_user(user)
                    .search([("id", "in", everything.ids)])
                )
                self.assertEqual(set(seen.ids), set(expected.ids))
                hidden = everything.with_user(user) - seen
                for article in hidden:
                    with self.assertRaises(AccessError):
                        article.read(["name"])

    def test_engineer_writes_his_own_drafts_alone(self):
        own = self.make_article(user=self.engineer)
        own.name = "Better title"
        own.submit()
        self.assertEqual(own.state, "review")
        with self.assertRaises(AccessError):
            own.name = "Too late"
        foreign, published = self.make_article(), self.make_published()
        for article in foreign + published:
            with self.assertRaises(AccessError):
                article.with_user(self.engineer).write({"name": "Changed"})
            with self.assertRaises(AccessError):
                article.with_user(self.engineer).submit()
        with self.assertRaises(AccessError):
            self.make_article(user=self.engineer, user_id=self.author.id)

    def test_engineer_neither_publishes_nor_retires(self):
        own = self.make_article(user=self.engineer)
        published = self.make_published(user_id=self.engineer.id)
        for user in (self.engineer, self.coordinator, self.director):
            with self.subTest(user=user.login):
                with self.assertRaisesRegex(AccessError, "Only authors"):
                    own.with_user(user).publish()
                with self.assertRaisesRegex(AccessError, "Only authors"):
                    published.with_user(user).retire()
        self.assertEqual(own.state, "draft")
        self.assertEqual(published.state, "published")

    def test_engineer_deletes_nothing(self):
        own = self.make_article(user=self.engineer)
        with self.assertRaises(AccessError):
            own.unlink()

    def test_author_and_administrator_do_all(self):
        for user in (self.author, self.admin):
            with self.subTest(user=user.login):
                article = self.make_article(user=self.engineer).with_user(user)
                article.name = "Better title"
                article.submit()
                article.solution = "<p>Better</p>"
                article.publish()
                article.cause = "<p>Wear</p>"
                article.retire()
                self.assertEqual(article.state, "retired")

    def test_others_see_nothing(self):
        article = self.make_published()
        for user in (self.external, self.finance, self.employee, self.portal):
            with self.subTest(user=user.login):
                with self.assertRaises(AccessError):
                    self.env["ntr.article"].with_user(user).search([])
                with self.assertRaises(AccessError):
                    article.with_user(user).read(["name"])
                with self.assertRaises(AccessError):
                    article.with_user(user).submit()
                with self.assertRaises(AccessError):
                    self.printers.with_user(user).read(["name"])

    def test_form_knows_what_may_be_written(self):
        own = self.make_article(user=self.engineer)
        published = self.make_published()
        articles = own + published
        self.assertEqual(
            articles.with_user(self.engineer).mapped("is_editable"), [True, False]
        )
        self.assertEqual(
            articles.with_user(self.author).mapped("is_editable"), [True, True]
        )
        new = self.env["ntr.article"].with_user(self.engineer).new({})
        self.assertTrue(new.is_editable)
        own.submit()
        self.assertFalse(own.is_editable)

    def test_categories_are_set_up_by_authors(self):
        for user in (self.author, self.admin):
            category = (
                self.env["ntr.article.category"]
                .with_user(user)
                .create({"name": "Power"})
            )
            category.name = "Power supply"
            category.unlink()
        printers = self.printers.with_user(self.engineer)
        self.assertEqual(printers.name, "Printers")
        with self.assertRaises(AccessError):
            printers.name = "Changed"
        with self.assertRaises(AccessError):
            printers.unlink()

    def test_menus(self):
        def sees(user, name):
            menu = self.env.ref(f"helpdesk_kb.{name}")
            return menu.id in self.env["ir.ui.menu"].with_user(user)._visible_menu_ids()

        for user, articles, review in (
            (self.engineer, True, False),
            (self.author, True, True),
            (self.admin, True, True),
            (self.finance, False, False),
            (self.external, False, False),
        ):
            with self.subTest(user=user.login):
                self.assertEqual(
                    sees(user, "helpdesk_menu_knowledge_articles"), articles
                )
                self.assertEqual(sees(user, "helpdesk_menu_knowledge_review"), review)
                self.assertEqual(
                    sees(user, "helpdesk_menu_knowledge_categories"), review
                )
