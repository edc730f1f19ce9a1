from odoo import fields, models


class NtrTicketLetterWizard(models.TransientModel):
    """Which of our answers is printed as a letter."""

    _name = "ntr.ticket.letter.wizard"
    _description = "Letter to the client"

    ticket_id = fields.Many2one("ntr.ticket", required=True)
    line_ids = fields.One2many("ntr.ticket.letter.wizard.line", "wizard_id")
    answer_id = fields.Many2one(
        "ntr.ticket.letter.wizard.line", domain="[('wizard_id', '=', id)]"
    )

    def action_print(self):
        """Print the chosen answer."""
        self.ensure_one()
        return {
            **self.ticket_id._get_letter_action(self.answer_id.message_id),
            "close_on_report_download": True,
        }
