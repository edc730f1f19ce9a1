from odoo import api, fields, models


class NtrEscalation(models.Model):
    """A question to a supplier about a ticket.

    For now the bare record that the ledger refers to; its thread, its addresses
    and its verbs come with escalation to suppliers.
    """

    _name = "ntr.escalation"
    _description = "Escalation to a supplier"
    _order = "id desc"
    _check_company_auto = True

    name = fields.Char("Subject", required=True)
    ticket_id = fields.Many2one(
        "ntr.ticket", index="btree_not_null", ondelete="restrict", check_company=True
    )
    company_id = fields.Many2one(
        "res.company",
        compute="_compute_company_id",
        store=True,
        readonly=False,
        precompute=True,
        index=True,
    )
    supplier_id = fields.Many2one("res.partner", required=True, index=True)
    state = fields.Selection(
        [
            ("draft", "Draft"),
            ("sent", "Sent"),
            ("accepted", "Accepted"),
            ("answered", "Answered"),
            ("closed", "Closed"),
            ("cancelled", "Cancelled"),
        ],
        required=True,
        default="draft",
    )
    event_ids = fields.One2many("ntr.ticket.event", "escalation_id", "Ledger")

    @api.depends("ticket_id")
    def _compute_company_id(self):
        for escalation in self:
            escalation.company_id = (
                escalation.ticket_id.company_id
                or escalation.company_id
                or self.env.company
            )
