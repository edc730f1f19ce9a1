from odoo import api, fields, models, tools

from .ntr_ticket import PRIORITIES

URGENCIES = [
    ("1", "Can wait"),
    ("2", "Hinders the work"),
    ("3", "The work stands still"),
]
IMPACTS = [
    ("1", "One workplace"),
    ("2", "A department or several units"),
    ("3", "The client is losing money now"),
]


class NtrPriorityRule(models.Model):
    """One cell of the matrix: this urgency with this impact gives that priority.

    A company that has cells of its own uses them; for what it does not say, the
    cells without a company hold.
    """

    _name = "ntr.priority.rule"
    _description = "Priority by urgency and impact"
    _inherit = ["ntr.cached.mixin"]
    _order = "company_id, impact desc, urgency desc"
    _rec_name = "priority"

    urgency = fields.Selection(URGENCIES, required=True, default="1")
    impact = fields.Selection(IMPACTS, required=True, default="1")
    priority = fields.Selection(PRIORITIES, required=True, default="0")
    company_id = fields.Many2one(
        "res.company", index=True, help="Empty: holds for every company."
    )

    _cell_uniq = models.UniqueIndex(
        "(urgency, impact, COALESCE(company_id, 0))",
        "The matrix says already what this urgency and this impact give.",
    )

    @api.model
    @tools.ormcache("company_id")
    def _get_matrix(self, company_id):
        """{(urgency, impact): priority} as it holds for a company."""
        rules = self.sudo().search([("company_id", "in", (False, company_id))])
        # cells of the company come last, over those of everybody
        return {
            (rule.urgency, rule.impact): rule.priority
            for rule in rules.sorted(lambda rule: bool(rule.company_id))
        }

    @api.model
    def _get_priority(self, urgency, impact, company):
        """The priority that follows, or False where the matrix says nothing.

        :param str urgency: one of ``URGENCIES`` or False
        :param str impact: one of ``IMPACTS`` or False
        :param company: ``res.company`` of the ticket
        """
        if not (urgency and impact):
            return False
        return self._get_matrix(company.id).get((urgency, impact), False)
