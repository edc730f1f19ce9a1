from odoo import api, fields, models

from .res_partner import CARD_READERS


class CrmLead(models.Model):
    _name = "crm.lead"
    _inherit = ["crm.lead", "ntr.card.mixin"]

    ntr_ticket_ids = fields.One2many(
        "ntr.ticket",
        "lead_id",
        "Help Desk tickets",
        groups=CARD_READERS,
        copy=False,
    )
    ntr_ticket_count = fields.Integer(
        "Number of Help Desk tickets",
        compute="_compute_ntr_ticket_count",
        groups=CARD_READERS,
    )

    @api.depends_context("uid", "allowed_company_ids")
    def _compute_ntr_ticket_count(self):
        self._compute_ntr_count("ntr.ticket", "lead_id", "ntr_ticket_count")

    def action_view_ntr_tickets(self):
        """The tickets of this opportunity."""
        return self._get_ntr_action(
            "helpdesk_ntr.ntr_ticket_action", "lead_id", self._prepare_ntr_defaults()
        )

    def action_new_ntr_ticket(self):
        """The form of a new ticket with what is known from this opportunity."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("New ticket"),
            "res_model": "ntr.ticket",
            "view_mode": "form",
            "context": self._prepare_ntr_defaults(),
        }

    def _prepare_ntr_defaults(self):
        """Context with the defaults of a ticket that this opportunity leads to."""
        self.ensure_one()
        values = {
            "lead_id": self.id,
            "name": self.name,
            "description": self.description,
            "partner_id": self.partner_id.id,
            "email_from": self.email_from,
        }
        return {f"default_{name}": value for name, value in values.items() if value}

    def _merge_dependences(self, opportunities):
        """The tickets of merged opportunities go on with the one that stays."""
        result = super()._merge_dependences(opportunities)
        tickets = opportunities.sudo().with_context(active_test=False).ntr_ticket_ids
        tickets._write_logged("classified", {"lead_id": self.id})
        return result
