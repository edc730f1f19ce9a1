from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..tools import ranking
from .ntr_ticket import STAFF
from .ntr_ticket_queues import OPEN_STATES

CYRILLIC = "[\u0400-\u04ff]"


class NtrTicket(models.Model):
    """What an expert can take: requests of his competence that nobody has (S67).

    A search asks one domain on columns; for tickets at hand ``tools.ranking`` answers.
    Both say the same as ``suggest_assignees`` does.
    """

    _inherit = "ntr.ticket"  # pylint: disable=consider-merging-classes-inherited

    is_in_my_competence = fields.Boolean(
        "In my competence",
        compute="_compute_is_in_my_competence",
        compute_sudo=True,
        search="_search_is_in_my_competence",
        groups=STAFF,
        help="Open, nobody has it, and one of your competences is about it.",
    )

    @api.depends(
        "state",
        "user_id",
        "company_id",
        "category_id",
        "kind_id",
        "product_id",
        "equipment_id.model_id",
        "equipment_id.product_id",
        "equipment_id.site_id.state_id",
        "partner_id.state_id",
        "lang",
    )
    @api.depends_context("uid")
    def _compute_is_in_my_competence(self):
        self.is_in_my_competence = False
        free = self.filtered(lambda it: it.state in OPEN_STATES and not it.user_id)
        for tickets in free.grouped("company_id").values():
            competences = tickets[:1]._get_competences(self.env.user)
            skills = [it._get_skill() for it in competences.get(self.env.user, ())]
            for ticket in tickets if skills else ():
                facts = ticket._get_competence_facts()
                __, skill = ranking.get_best_skill(skills, facts)
                ticket.is_in_my_competence = bool(skill)

    @api.model
    def _search_is_in_my_competence(self, operator, value):
        if operator != "in":
            return NotImplemented
        return (
            Domain("state", "in", OPEN_STATES)
            & Domain("user_id", "=", False)
            & self._get_competence_domain(self.env.user)
        )

    @api.model
    def _get_queues(self):
        queues = super()._get_queues()
        queues.insert(
            -1,
            {
                "name": "in_my_competence",
                "label": self.env._("In my competence"),
                "level": "info",
                "domain": Domain("is_in_my_competence", "=", True),
            },
        )
        return queues

    # ------------------------------------------------------------
    # Domains on plain columns
    # ------------------------------------------------------------

    @api.model
    def _get_competence_domain(self, user):
        """Tickets that at least one competence of a person is about.

        :param user: one ``res.users``
        """
        by_criterion = self._get_criterion_domains()
        companies = self.env["res.company"].sudo()
        return Domain.OR(
            Domain("company_id", "=", company_id)
            & Domain.AND(
                by_criterion[criterion](ids, companies.browse(company_id))
                for criterion, ids in criteria
            )
            for company_id, criteria in self.env["ntr.competence"]._get_conditions(
                user.id
            )
        )

    @api.model
    def _get_criterion_domains(self):
        """{criterion: function (ids, company) that gives a domain}: the tickets among
        whose facts, see ``_get_competence_facts``, one of the ids is."""
        return {
            "category": lambda ids, company: Domain("category_id", "in", ids),
            "kind": lambda ids, company: Domain("kind_id", "in", ids),
            "equipment_model": lambda ids, company: Domain(
                "equipment_id", "any!", Domain("model_id", "in", ids)
            ),
            "product": lambda ids, company: self._get_product_domain(
                Domain("id", "in", ids)
            ),
            "product_category": lambda ids, company: self._get_product_domain(
                Domain("product_tmpl_id", "any!", Domain("categ_id", "in", ids))
            ),
            "language": self._get_language_domain,
            "region": self._get_region_domain,
        }

    @api.model
    def _get_product_domain(self, domain):
        """Tickets about such a product: their own one, else that of the unit."""
        return Domain("product_id", "any!", domain) | (
            Domain("product_id", "=", False)
            & Domain("equipment_id", "any!", Domain("product_id", "any!", domain))
        )

    @api.model
    def _get_region_domain(self, ids, company):
        """Tickets of these regions: where the unit stands, else where the client is."""

        def by_unit(domain):
            return Domain("equipment_id", "any!", Domain("site_id", "any!", domain))

        def by_contact(domain):
            return Domain("partner_id", "any!", domain)

        def by_firm(domain):
            return by_contact(Domain("commercial_partner_id", "any!", domain))

        there, known = Domain("state_id", "in", ids), Domain("state_id", "!=", False)
        return by_unit(there) | (
            ~by_unit(known)
            & (by_contact(there) | (~by_contact(known) & by_firm(there)))
        )

    @api.model
    def _get_language_domain(self, ids, company):
        """Tickets whose client has such a language, or writes in it."""
        langs = [self.env["res.lang"]._get_data(id=lang_id) for lang_id in ids]
        codes = [lang.code for lang in langs if lang]
        known = Domain("partner_id", "any!", Domain("lang", "!=", False))
        letters = [
            is_cyrillic
            for is_cyrillic in (True, False)
            if self._get_lang_of_letters(is_cyrillic, company) in codes
        ]
        return Domain("partner_id", "any!", Domain("lang", "in", codes)) | (
            ~known & Domain.OR(self._get_letters_domain(it) for it in letters)
        )

    @api.model
    def _get_letters_domain(self, is_cyrillic):
        """Tickets that are written in Cyrillic letters, or in others."""

        def to_sql(model, alias, query):
            text = SQL(
                "concat_ws(' ', %s, %s)",
                model._field_to_sql(alias, "name", query),
                model._field_to_sql(alias, "description", query),
            )
            return SQL("(%s ~ %s) = %s", text, CYRILLIC, is_cyrillic)

        return Domain.custom(to_sql=to_sql)
