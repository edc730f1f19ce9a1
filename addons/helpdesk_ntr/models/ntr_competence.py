from odoo import api, fields, models, tools

from ..tools.ranking import Skill

LEVELS = [("1", "Basic"), ("2", "Good"), ("3", "Expert")]


class NtrCompetence(models.Model):
    """Who can solve what, and how well (S14)."""

    _name = "ntr.competence"
    _description = "Competence"
    _inherit = ["ntr.cached.mixin"]
    _order = "user_id, level desc, id"
    _rec_name = "subject"
    _check_company_auto = True

    user_id = fields.Many2one(
        "res.users",
        "Colleague",
        required=True,
        index=True,
        ondelete="cascade",
        domain=[("share", "=", False)],
    )
    level = fields.Selection(
        LEVELS,
        required=True,
        default="2",
        help="How well he solves it: a higher level comes first when tickets are "
        "assigned.",
    )
    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        default=lambda self: self._default_company_id(),
    )
    active = fields.Boolean(default=True)

    # Of what. Empty is anything; all that is given must match.
    category_id = fields.Many2one(
        "ntr.ticket.category",
        "Category of the ticket",
        index="btree_not_null",
        ondelete="cascade",
        help="With everything below it.",
    )
    kind_id = fields.Many2one(
        "ntr.ticket.kind",
        "Kind of request",
        index="btree_not_null",
        ondelete="cascade",
    )
    equipment_model_id = fields.Many2one(
        "ntr.equipment.model", index="btree_not_null", ondelete="cascade"
    )
    product_id = fields.Many2one(
        "product.product",
        index="btree_not_null",
        ondelete="cascade",
        check_company=True,
    )
    product_category_id = fields.Many2one(
        "product.category",
        index="btree_not_null",
        ondelete="cascade",
        help="With everything below it.",
    )
    lang_id = fields.Many2one(
        "res.lang",
        "Language",
        ondelete="cascade",
        help="The language of the client.",
    )
    region_id = fields.Many2one(
        "res.country.state",
        ondelete="cascade",
        help="Where the unit stands, else where the client is.",
    )
    subject = fields.Char("What", compute="_compute_subject")

    _once = models.UniqueIndex(
        "(user_id, company_id, COALESCE(category_id, 0), COALESCE(kind_id, 0), "
        "COALESCE(equipment_model_id, 0), COALESCE(product_id, 0), "
        "COALESCE(product_category_id, 0), COALESCE(lang_id, 0), "
        "COALESCE(region_id, 0)) WHERE active IS TRUE",
        "This competence of that colleague is entered already: change its level.",
    )

    def _default_company_id(self):
        return self.env.company

    @api.depends(lambda self: list(self._get_criteria_fields()))
    @api.depends_context("lang")
    def _compute_subject(self):
        for competence in self:
            names = [
                competence[name].display_name
                for name in self._get_criteria_fields()
                if competence[name]
            ]
            competence.subject = ", ".join(names) or self.env._("any request")

    @api.depends("user_id", "subject")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for competence in self:
            competence.display_name = self.env._(
                "%(person)s: %(subject)s",
                person=competence.user_id.name or "",
                subject=competence.subject,
            )

    @api.model
    def _get_criteria_fields(self):
        """{field: criterion}; a criterion is what ``tools.ranking`` knows.

        The facts of a ticket come from ``ntr.ticket._get_competence_facts``.
        """
        return {
            "category_id": "category",
            "kind_id": "kind",
            "equipment_model_id": "equipment_model",
            "product_id": "product",
            "product_category_id": "product_category",
            "lang_id": "language",
            "region_id": "region",
        }

    def _get_skill(self):
        """This competence as ``tools.ranking`` takes it."""
        self.ensure_one()
        return Skill(
            {
                criterion: self[name].id
                for name, criterion in self._get_criteria_fields().items()
                if self[name]
            },
            int(self.level),
            self,
        )

    @api.model
    @tools.ormcache("user_id")
    def _get_conditions(self, user_id):
        """What the competences of a person ask of a ticket, read from the cache.

        :return: (company id, ((criterion, ids of which one must be met), ...)) of each
        """
        competences = self.sudo().search([("user_id", "=", user_id)])
        return tuple(
            (
                competence.company_id.id,
                tuple(
                    (criterion, competence._get_with_below(name))
                    for name, criterion in self._get_criteria_fields().items()
                    if competence[name]
                ),
            )
            for competence in competences
        )

    def _get_with_below(self, name):
        """Ids of what this competence names in a field, with all below it in a tree."""
        found = self[name].with_context(active_test=False)
        if found._parent_store:
            found = found.search([("id", "child_of", found.ids)], order="id")
        return tuple(found.ids)
