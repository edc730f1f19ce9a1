from odoo import api, fields, models
from odoo.exceptions import ValidationError


class NtrArticleCategory(models.Model):
    _name = "ntr.article.category"
    _description = "Article category"
    _parent_store = True
    _order = "sequence, name, id"

    name = fields.Char(required=True, translate=True)
    complete_name = fields.Char(
        "Full name", compute="_compute_complete_name", recursive=True
    )
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    parent_id = fields.Many2one(
        "ntr.article.category", "Part of", index=True, ondelete="restrict"
    )
    parent_path = fields.Char(index=True)
    child_ids = fields.One2many("ntr.article.category", "parent_id", "Parts")
    article_count = fields.Integer(
        "Articles",
        compute="_compute_article_count",
        help="Articles here and in the parts of this category, of those that you "
        "may read.",
    )

    @api.depends("name", "parent_id.complete_name")
    @api.depends_context("lang")
    def _compute_complete_name(self):
        for category in self:
            parent = category.parent_id.complete_name
            category.complete_name = (
                f"{parent} / {category.name}" if parent else category.name
            )

    @api.depends("complete_name", "name")
    @api.depends_context("hierarchical_naming", "lang")
    def _compute_display_name(self):
        is_full = self.env.context.get("hierarchical_naming", True)
        for category in self:
            category.display_name = category.complete_name if is_full else category.name

    @api.depends_context("uid")
    def _compute_article_count(self):
        counts = self.env["ntr.article"]._read_group(
            [("category_id", "child_of", self.ids)], ["category_id"], ["__count"]
        )
        for category in self:
            path = category._origin.parent_path
            category.article_count = sum(
                count
                for counted, count in counts
                if path and counted.parent_path.startswith(path)
            )

    def write(self, vals):
        # before the tree is stored, which would refuse it without a reason
        if vals.get("parent_id") and self.with_context(active_test=False).search_count(
            [("id", "=", vals["parent_id"]), ("id", "child_of", self.ids)], limit=1
        ):
            raise ValidationError(self.env._("A category cannot be a part of itself."))
        return super().write(vals)

    def action_open_articles(self):
        """The articles of this category and of its parts."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "helpdesk_kb.ntr_article_action"
        )
        action["domain"] = [("category_id", "child_of", self.id)]
        action["context"] = {"default_category_id": self.id}
        return action
