from odoo import api, fields, models


class NtrTicketSuggestWizard(models.TransientModel):
    """Shows who should be given a ticket, and assigns."""

    _name = "ntr.ticket.suggest.wizard"
    _description = "Who should do it"

    ticket_id = fields.Many2one("ntr.ticket", required=True, ondelete="cascade")
    line_ids = fields.One2many(
        "ntr.ticket.suggest.wizard.line",
        "wizard_id",
        "Suggestions",
        compute="_compute_line_ids",
        store=True,
    )

    @api.depends("ticket_id")
    def _compute_line_ids(self):
        for wizard in self:
            suggestions = wizard.ticket_id.suggest_assignees()
            wizard.line_ids = [
                fields.Command.clear(),
                *(
                    fields.Command.create(wizard._prepare_line_values(number, found))
                    for number, found in enumerate(suggestions)
                ),
            ]

    def _prepare_line_values(self, number, suggestion):
        return {
            "sequence": number,
            "user_id": suggestion["user_id"],
            "level": str(suggestion["level"]),
            "fit": suggestion["fit"],
            "load": suggestion["load"],
            "presence": "away"
            if suggestion["is_absent"]
            else "working"
            if suggestion["is_working_now"]
            else "off",
            "reasons": "\n".join(suggestion["reasons"]),
        }
