from odoo import api, fields, models

from ..models.ntr_ticket_mail import HUMAN_TYPES


class NtrTicketSplitWizard(models.TransientModel):
    """Choose the messages that become a ticket of their own."""

    _name = "ntr.ticket.split.wizard"
    _description = "Split a ticket"

    ticket_id = fields.Many2one("ntr.ticket", required=True)
    message_ids = fields.Many2many(
        "mail.message",
        string="Messages",
        domain="[('id', 'in', candidate_ids)]",
    )
    candidate_ids = fields.Many2many(
        "mail.message",
        "ntr_ticket_split_candidate_rel",
        compute="_compute_candidate_ids",
    )
    name = fields.Char(
        "Subject", compute="_compute_name", store=True, readonly=False, required=True
    )

    @api.depends("ticket_id")
    def _compute_candidate_ids(self):
        for wizard in self:
            wizard.candidate_ids = self.env["mail.message"].search(
                [
                    ("model", "=", "ntr.ticket"),
                    ("res_id", "=", wizard.ticket_id.id),
                    ("message_type", "in", HUMAN_TYPES),
                ]
            )

    @api.depends("message_ids")
    def _compute_name(self):
        for wizard in self:
            messages = wizard.message_ids._origin.sorted("id")
            wizard.name = wizard.name or wizard.ticket_id._get_split_subject(messages)

    @api.model
    def default_get(self, fields):
        defaults = super().default_get(fields)
        if "ticket_id" in fields and self.env.context.get("active_id"):
            defaults.setdefault("ticket_id", self.env.context["active_id"])
        return defaults

    def action_split(self):
        """Make the new ticket and go to it."""
        self.ensure_one()
        ticket_id = self.ticket_id.split(self.message_ids.ids, self.name)
        return {
            "type": "ir.actions.act_window",
            "res_model": "ntr.ticket",
            "res_id": ticket_id,
            "view_mode": "form",
            "views": [(False, "form")],
        }
