from odoo import fields, models

from ..models.ntr_competence import LEVELS


class NtrTicketSuggestWizardLine(models.TransientModel):
    """One person who could be given the ticket."""

    _name = "ntr.ticket.suggest.wizard.line"
    _description = "Who could do it"
    _order = "sequence, id"

    wizard_id = fields.Many2one(
        "ntr.ticket.suggest.wizard", required=True, ondelete="cascade"
    )
    sequence = fields.Integer()
    user_id = fields.Many2one(
        "res.users", "Colleague", required=True, ondelete="cascade", readonly=True
    )
    level = fields.Selection([("0", "None"), *LEVELS], "Competence", readonly=True)
    fit = fields.Float(readonly=True)
    load = fields.Float(
        digits=(16, 1),
        readonly=True,
        help="Open tickets: a critical one counts as three, one that waits as half.",
    )
    presence = fields.Selection(
        [("working", "At work"), ("off", "Off work"), ("away", "Away")],
        "Now",
        readonly=True,
    )
    reasons = fields.Text("Why", readonly=True)

    def action_assign(self):
        """Button: give the ticket to this person."""
        self.ensure_one()
        self.wizard_id.ticket_id.assign(self.user_id.id)
        return {"type": "ir.actions.act_window_close"}
