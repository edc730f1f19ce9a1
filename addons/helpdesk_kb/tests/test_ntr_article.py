from ast import literal_eval

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from .common import ArticleCase


@tagged("post_install", "-at_install")
class TestArticle(ArticleCase):
    def test_form_makes_a_draft(self):
        with Form(self.env["ntr.article"].with_user(self.author)) as form:
            form.name = "Pale receipts"
            form.symptom = "<p>White paper</p>"
            form.category_id = self.label_printers
        article = form.record
        self.assertEqual(article.state, "draft")
        self.assertEqual(article.user_id, self.author)

    def test_excerpt_is_plain_and_short(self):
        article = self.make_article()
        self.assertEqual(article.excerpt, "The printer feeds empty labels, error E04.")
        article.symptom = f"<p>{'word ' * 100}</p>"
        self.assertLessEqual(len(article.excerpt), 161)
        self.assertTrue(article.excerpt.endswith("word…"))
        article.symptom = False
        self.assertFalse(article.excerpt)

    def test_copy_is_a_new_draft_of_who_copies(self):
        article = self.make_published()
        article.solution = "<p>Other</p>"
        copy = article.with_user(self.engineer).copy()
        self.assertEqual(copy.state, "draft")
        self.assertEqual(copy.user_id, self.engineer)
        self.assertEqual(copy.name, "Empty labels after each print (copy)")
        self.assertEqual(copy.solution, "<p>Other</p>")
        self.assertFalse(copy.html_field_history)

    # ------------------------------------------------------------
    # Doors
    # ------------------------------------------------------------

    def test_create_refuses_what_is_derived(self):
        for values in (
            {"state": "published"},
            {"html_field_history": {"symptom": []}},
        ):
            with self.assertRaises(UserError):
                self.make_article(**values)

    def test_write_refuses_what_is_derived(self):
        article = self.make_article()
        for values in (
            {"state": "published"},
            {"html_field_history": False},
        ):
            with self.assertRaises(UserError):
                article.write(values)
        self.assertEqual(article.state, "draft")

    def test_context_opens_no_door(self):
        article = (
            self.env["ntr.article"]
            .with_user(self.engineer)
            .with_context(default_state="published")
            .create({"name": "Pale receipts"})
        )
        self.assertEqual(article.state, "draft")

    def test_only_drafts_are_deleted(self):
        article = self.make_published()
        with self.assertRaisesRegex(UserError, "Retire it"):
            article.unlink()
        draft = self.make_article()
        draft.unlink()
        self.assertFalse(draft.exists())

    # ------------------------------------------------------------
    # Verbs
    # ------------------------------------------------------------

    def test_life_of_an_article(self):
        article = self.make_article()
        for verb, state in (
            ("submit", "review"),
            ("publish", "published"),
            ("retire", "retired"),
            ("publish", "published"),
        ):
            self.assertTrue(getattr(article, verb)())
            self.assertEqual(article.state, state)

    def test_author_publishes_at_once_and_retires_what_was_submitted(self):
        articles = self.make_article() + self.make_article()
        articles.publish()
        self.assertEqual(set(articles.mapped("state")), {"published"})
        submitted = self.make_article()
        submitted.submit()
        submitted.retire()
        self.assertEqual(submitted.state, "retired")

    def test_verbs_refuse_a_wrong_state(self):
        draft, published = self.make_article(), self.make_published()
        review, retired = self.make_article(), self.make_published()
        review.submit()
        retired.retire()
        for verb, article in (
            ("retire", draft),
            ("submit", review),
            ("submit", published),
            ("publish", published),
            ("submit", retired),
            ("retire", retired),
        ):
            with self.subTest(verb=verb, state=article.state):
                before = article.state
                with self.assertRaisesRegex(UserError, "Empty labels"):
                    getattr(article, verb)()
                self.assertEqual(article.state, before)

    def test_what_is_missing_is_said(self):
        article = self.make_article(symptom="<p><br></p>", solution=False)
        for verb in ("submit", "publish"):
            with self.assertRaisesRegex(UserError, "(?s)symptom.*workaround"):
                getattr(article, verb)()
        article.symptom = "<p>White paper</p>"
        with self.assertRaisesRegex(UserError, "workaround") as refusal:
            article.publish()
        self.assertNotIn("symptom", str(refusal.exception))
        article.workaround = "<p>Turn the roll over</p>"
        article.publish()
        self.assertEqual(article.state, "published")

    def test_change_of_state_is_tracked_also_for_an_engineer(self):
        article = self.make_article(user=self.engineer)
        self.flush_tracking()
        article.submit()
        self.flush_tracking()
        tracked = article.sudo().message_ids.tracking_value_ids
        self.assertEqual(tracked.mapped("new_value_char"), ["In review"])

    def flush_tracking(self):
        self.env.flush_all()
        self.cr.flush()

    def test_readers_may_comment(self):
        article = self.make_published().with_user(self.engineer)
        article.message_post(body="Helped at once", subtype_xmlid="mail.mt_note")
        self.assertIn("Helped at once", article.message_ids[0].body)
        draft = self.make_article().with_user(self.engineer)
        with self.assertRaises(AccessError):
            draft.message_post(body="Not mine")

    # ------------------------------------------------------------
    # Versions
    # ------------------------------------------------------------

    def test_versions_of_each_text_are_kept(self):
        article = self.make_published()
        for name in ("symptom", "cause", "solution", "workaround"):
            with self.subTest(field=name):
                article[name] = "<p>first</p>"
                article[name] = "<p>second</p>"
                versions = article.html_field_history_metadata[name]
                self.assertEqual(versions[0]["create_uid"], self.author.id)
                number = versions[0]["revision_id"]
                self.assertEqual(
                    article.html_field_history_get_content_at_revision(name, number),
                    "<p>first</p>",
                )
                comparison = article.html_field_history_get_comparison_at_revision(
                    name, number
                )
                self.assertIn("first", comparison)
                self.assertIn("second", comparison)

    def test_same_text_makes_no_version(self):
        article = self.make_article()
        article.write({"solution": article.solution, "name": "Renamed"})
        self.assertFalse((article.html_field_history or {}).get("solution"))

    def test_script_is_taken_out(self):
        article = self.make_article(solution="<p>a<script>alert(1)</script></p>")
        self.assertNotIn("script", article.solution)

    # ------------------------------------------------------------
    # What is to be looked at
    # ------------------------------------------------------------

    def test_to_review_lists_submitted_and_due(self):
        submitted = self.make_article()
        submitted.submit()
        due = self.make_published(review_date="2020-01-01")
        later = self.make_published(review_date="2099-01-01")
        draft = self.make_article(review_date="2020-01-01")
        action = self.env.ref("helpdesk_kb.ntr_article_action_review")
        found = self.env["ntr.article"].search(
            [
                ("id", "in", (submitted + due + later + draft).ids),
                *literal_eval(action.domain),
            ]
        )
        self.assertEqual(set(found.ids), {submitted.id, due.id})
