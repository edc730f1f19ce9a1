from odoo import api, models


class ReportTicketLetter(models.AbstractModel):
    """Values of the letter: of the answer that was chosen, else of the last ones."""

    _name = "report.helpdesk_ntr.report_ticket_letter"
    _description = "Letter to the client"

    @api.model
    def _get_report_values(self, docids, data=None):
        tickets = self.env["ntr.ticket"]
        data = data or {}
        if data.get("message_id"):
            ticket = tickets.browse(int(data["ticket_id"])).exists()
            message = self.env["mail.message"].browse(int(data["message_id"])).exists()
            letters = [ticket._prepare_letter(message)]
        else:
            letters = [ticket._prepare_letter() for ticket in tickets.browse(docids)]
        return {
            "doc_ids": [letter["ticket"].id for letter in letters],
            "doc_model": "ntr.ticket",
            "docs": tickets.browse([letter["ticket"].id for letter in letters]),
            "letters": letters,
        }
