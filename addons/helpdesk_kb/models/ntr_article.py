from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import html2plaintext, is_html_empty

GROUP_ADMIN = "helpdesk_ntr.group_admin"
GROUP_AUTHOR = "helpdesk_ntr.group_author"
GROUP_ENGINEER = "helpdesk_ntr.group_engineer"

EXCERPT_LENGTH = 160


class NtrArticle(models.Model):
    """What was solved once, kept so that it is found the next time."""

    _name = "ntr.article"
    _description = "Knowledge article"
    _inherit = ["ntr.verb.mixin", "mail.thread", "html.field.history.mixin"]
    _order = "name, id"
    _mail_post_access = "read"

    name = fields.Char("Title", required=True, tracking=True)
    category_id = fields.Many2one(
        "ntr.article.category", index="btree_not_null", tracking=True
    )
    tag_ids = fields.Many2many("ntr.ticket.tag", string="Tags")

    # What it says
    symptom = fields.Html()
    cause = fields.Html()
    solution = fields.Html()
    workaround = fields.Html()
    excerpt = fields.Char(compute="_compute_excerpt")

    # Who answers for it
    user_id = fields.Many2one(
        "res.users",
        "Owner",
        tracking=True,
        index="btree_not_null",
        copy=False,
        domain=[("share", "=", False)],
        default=lambda self: self._default_user_id(),
        help="Sees to it that the article stays true.",
    )
    review_date = fields.Date(
        "Review on",
        copy=False,
        tracking=True,
        help="When the owner looks whether the article is still true.",
    )
    state = fields.Selection(
        [
            ("draft", "Draft"),
            ("review", "In review"),
            ("published", "Published"),
            ("retired", "Retired"),
        ],
        required=True,
        readonly=True,
        default="draft",
        copy=False,
        tracking=True,
    )
    is_editable = fields.Boolean(compute="_compute_is_editable")
    html_field_history = fields.Json(copy=False)

    _published_idx = models.Index("(name, id) WHERE state = 'published'")
    _review_idx = models.Index(
        "(review_date) WHERE state = 'published' AND review_date IS NOT NULL"
    )

    # ------------------------------------------------------------
    # Defaults and computes
    # ------------------------------------------------------------

    def _default_user_id(self):
        return self.env.user if self.env.user._is_internal() else False

    @api.depends("symptom")
    def _compute_excerpt(self):
        for article in self:
            text = " ".join(
                html2plaintext(article.symptom or "", include_references=False).split()
            )
            article.excerpt = (
                text
                if len(text) <= EXCERPT_LENGTH
                else text[:EXCERPT_LENGTH].rsplit(" ", 1)[0] + "…"
            )

    @api.depends("state", "user_id")
    @api.depends_context("uid")
    def _compute_is_editable(self):
        stored = self.filtered(lambda article: article._origin)
        editable = stored._origin._filtered_access("write")
        for article in self:
            article.is_editable = (
                article._origin in editable
                if article._origin
                else article.has_access("create")
            )

    @api.model
    def _get_versioned_fields(self):
        return ["symptom", "cause", "solution", "workaround"]

    # ------------------------------------------------------------
    # Doors: create, write, delete
    # ------------------------------------------------------------

    @api.model
    def _get_derived_fields(self):
        return super()._get_derived_fields() | {"state", "html_field_history"}

    @api.model
    def _get_derived_sentence(self):
        return self.env._(
            "%s cannot be set by hand. Use the buttons to submit, publish or retire "
            "an article; its versions keep themselves."
        )

    def _create_values(self, vals_list):
        return super()._create_values(
            [
                {"state": "draft", "html_field_history": False, **vals}
                for vals in vals_list
            ]
        )

    @api.ondelete(at_uninstall=False)
    def _unlink_only_draft(self):
        for article in self:
            if article.state != "draft":
                raise UserError(
                    self.env._(
                        "“%s” is no draft any more and cannot be deleted: somebody "
                        "may have relied on it. Retire it.",
                        article.name,
                    )
                )

    def copy_data(self, default=None):
        return [
            dict(vals, name=self.env._("%s (copy)", article.name))
            for article, vals in zip(
                self, super().copy_data(default=default), strict=True
            )
        ]

    # ------------------------------------------------------------
    # Verbs
    # ------------------------------------------------------------

    @api.model
    def _get_verb_groups(self, verb):
        if verb == "submit":
            return (GROUP_ENGINEER, GROUP_AUTHOR, GROUP_ADMIN)
        return (GROUP_AUTHOR, GROUP_ADMIN)

    @api.model
    def _get_verb_refusal(self):
        return self.env._(
            "Only authors may do that with an article. Submit your draft, and an "
            "author will look at it."
        )

    def _require_content(self):
        for article in self:
            blockers = article._get_publish_blockers()
            if blockers:
                raise UserError(
                    self.env._(
                        "“%(title)s” is not ready yet. %(reasons)s",
                        title=article.name,
                        reasons=" ".join(blockers),
                    )
                )

    def _get_publish_blockers(self):
        """Sentences that say what an article lacks to be read by others; extensions
        add theirs."""
        self.ensure_one()
        blockers = []
        if is_html_empty(self.symptom):
            blockers.append(
                self.env._("Write the symptom, by which it will be recognised.")
            )
        if is_html_empty(self.solution) and is_html_empty(self.workaround):
            blockers.append(self.env._("Write the solution or at least a workaround."))
        return blockers

    def submit(self):
        """Hand drafts over to the authors for review.

        :return: True
        :raises UserError: something is missing; it says what
        """
        self._check_verb("submit")
        self._require_state(
            ("draft",), self.env._("“%s” is no draft, so it was submitted already.")
        )
        self._require_content()
        return self._write_values({"state": "review"})

    def publish(self):
        """Let all engineers read the articles; retired ones come back.

        :return: True
        :raises UserError: something is missing; it says what
        """
        self._check_verb("publish")
        self._require_state(
            ("draft", "review", "retired"),
            self.env._("“%s” is published already."),
        )
        self._require_content()
        return self._write_values({"state": "published"})

    def retire(self):
        """Take articles that are not true or not needed any more out of use.

        :return: True
        """
        self._check_verb("retire")
        self._require_state(
            ("review", "published"),
            self.env._("“%s” is not in use, so there is nothing to retire."),
        )
        return self._write_values({"state": "retired"})

    def action_submit(self):
        """Button: submit for review."""
        self.submit()

    def action_publish(self):
        """Button: publish."""
        self.publish()

    def action_retire(self):
        """Button: take out of use."""
        self.retire()
