from odoo import fields, models


class NtrTicketLetterWizardLine(models.TransientModel):
    """One of our answers, by what it begins with."""

    _name = "ntr.ticket.letter.wizard.line"
    _description = "Answer to print"
    _order = "id"

    wizard_id = fields.Many2one(
        "ntr.ticket.letter.wizard", required=True, ondelete="cascade", index=True
    )
    message_id = fields.Many2one("mail.message", required=True, ondelete="cascade")
    name = fields.Char(required=True)
