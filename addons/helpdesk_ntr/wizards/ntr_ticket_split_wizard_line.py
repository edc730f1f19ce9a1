from odoo import fields, models


class NtrTicketSplitWizardLine(models.TransientModel):
    """One message that may be split off."""

    _name = "ntr.ticket.split.wizard.line"
    _description = "Message to split off"
    _order = "id"

    wizard_id = fields.Many2one(
        "ntr.ticket.split.wizard", required=True, ondelete="cascade", index=True
    )
    message_id = fields.Many2one("mail.message", required=True, ondelete="cascade")
    is_chosen = fields.Boolean("Split off")
    date = fields.Datetime(related="message_id.date", related_sudo=False)
    author_id = fields.Many2one(related="message_id.author_id", related_sudo=False)
    email_from = fields.Char(
        "Sent by", related="message_id.email_from", related_sudo=False
    )
    preview = fields.Char(related="message_id.preview", related_sudo=False)
