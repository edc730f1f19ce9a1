from odoo import api, fields, models


class NtrTicketLetterWizard(models.TransientModel):
    """Which of our answers is printed as a letter."""

    _name = "ntr.ticket.letter.wizard"
    _description = "Letter to the client"

    ticket_id = fields.Many2one("ntr.ticket", required=True)
    answer = fields.Selection("_get_answer_choices", required=True)

    @api.model
    def _get_answer_choices(self):
        """The answers of the ticket that this was opened from."""
        ticket = self.env["ntr.ticket"].browse(self.env.context.get("active_id"))
        if self.env.context.get("active_model") != "ntr.ticket" or not ticket.exists():
            return []
        return ticket._get_letter_choices()

    @api.model
    def default_get(self, fields):
        defaults = super().default_get(fields)
        choices = self._get_answer_choices()
        if choices:
            defaults.setdefault("ticket_id", self.env.context["active_id"])
            defaults.setdefault("answer", choices[0][0])
        return defaults

    def action_print(self):
        """Print the chosen answer."""
        self.ensure_one()
        message = self.env["mail.message"].browse(int(self.answer))
        return {
            **self.ticket_id._get_letter_action(message),
            "close_on_report_download": True,
        }
