from odoo import Command, api, fields, models

from ..models.ntr_ticket_mail import HUMAN_TYPES


class NtrTicketSplitWizard(models.TransientModel):
    """Choose the messages that become a ticket of their own."""

    _name = "ntr.ticket.split.wizard"
    _description = "Split a ticket"

    ticket_id = fields.Many2one("ntr.ticket", required=True)
    line_ids = fields.One2many(
        "ntr.ticket.split.wizard.line",
        "wizard_id",
        "Messages",
        compute="_compute_line_ids",
        store=True,
        readonly=False,
    )
    is_any_chosen = fields.Boolean(compute="_compute_is_any_chosen")
    name = fields.Char(
        "Subject", compute="_compute_name", store=True, readonly=False, required=True
    )

    @api.depends("ticket_id")
    def _compute_line_ids(self):
        for wizard in self:
            messages = self.env["mail.message"].search(
                [
                    ("model", "=", "ntr.ticket"),
                    ("res_id", "=", wizard.ticket_id.id),
                    ("message_type", "in", HUMAN_TYPES),
                ],
                order="date, id",
            )
            wizard.line_ids = [Command.clear()] + [
                Command.create({"message_id": message.id}) for message in messages
            ]

    @api.depends("line_ids.is_chosen")
    def _compute_is_any_chosen(self):
        for wizard in self:
            wizard.is_any_chosen = any(wizard.line_ids.mapped("is_chosen"))

    @api.depends("line_ids.is_chosen")
    def _compute_name(self):
        for wizard in self:
            messages = wizard._get_chosen_messages()
            wizard.name = wizard.name or wizard.ticket_id._get_split_subject(messages)

    def _get_chosen_messages(self):
        return self.line_ids.filtered("is_chosen").message_id

    @api.model
    def default_get(self, fields):
        defaults = super().default_get(fields)
        if "ticket_id" in fields and self.env.context.get("active_id"):
            defaults.setdefault("ticket_id", self.env.context["active_id"])
        return defaults

    def action_split(self):
        """Make the new ticket and go to it."""
        self.ensure_one()
        messages = self._get_chosen_messages()
        ticket_id = self.ticket_id.split(messages.ids, self.name)
        return {
            "type": "ir.actions.act_window",
            "res_model": "ntr.ticket",
            "res_id": ticket_id,
            "view_mode": "form",
            "views": [(False, "form")],
        }
