from odoo import api, fields, models

from .res_partner import CARD_READERS


class AccountMove(models.Model):
    _name = "account.move"
    _inherit = ["account.move", "ntr.card.mixin"]

    ntr_ticket_ids = fields.Many2many(
        "ntr.ticket",
        string="Help Desk tickets",
        groups=CARD_READERS,
        copy=False,
        readonly=True,
        help="Chosen on the ticket, where it is checked that the client is the same.",
    )
    ntr_ticket_count = fields.Integer(
        "Number of Help Desk tickets",
        compute="_compute_ntr_ticket_count",
        groups=CARD_READERS,
    )

    _ntr_overdue_idx = models.Index(
        "(commercial_partner_id, invoice_date_due) "
        "WHERE move_type IN ('out_invoice', 'out_receipt') AND state = 'posted' "
        "AND payment_state IN ('not_paid', 'partial')"
    )

    @api.depends_context("uid", "allowed_company_ids")
    def _compute_ntr_ticket_count(self):
        self._compute_ntr_count("ntr.ticket", "invoice_ids", "ntr_ticket_count")

    def action_view_ntr_tickets(self):
        """The tickets that this invoice was chosen on."""
        return self._get_ntr_action("helpdesk_ntr.ntr_ticket_action", "invoice_ids")
