from odoo import api, fields, models

from ..models.ntr_ticket import PRIORITIES
from ..models.ntr_ticket_outcome import OUTCOMES
from ..models.ntr_ticket_stage import WAITING_ON


class NtrTicketReasonWizard(models.TransientModel):
    """Asks what a verb needs besides the tickets, and calls the verb."""

    _name = "ntr.ticket.reason.wizard"
    _description = "Do something with tickets and say why"

    ticket_ids = fields.Many2many("ntr.ticket", required=True)
    verb = fields.Selection(
        [
            ("pass_on", "Pass on"),
            ("return_back", "Return"),
            ("wait_for", "Wait"),
            ("ask", "Ask the client"),
            ("reject_solution", "Reject the solution"),
            ("cancel", "Cancel"),
            ("reopen", "Reopen"),
            ("set_priority", "Change the priority"),
            ("block_sender", "Spam: block the sender"),
        ],
        required=True,
        readonly=True,
    )
    reason = fields.Text(compute="_compute_reason", store=True, readonly=False)
    team_id = fields.Many2one("ntr.team", compute="_compute_team_id")
    line_id = fields.Many2one(
        "ntr.support.line", "Pass on to", domain="[('id', '!=', current_line_id)]"
    )
    current_line_id = fields.Many2one("ntr.support.line", compute="_compute_team_id")
    waiting_on = fields.Selection(
        [choice for choice in WAITING_ON if choice[0] != "us"], default="client"
    )
    wait_until = fields.Date(
        "Until",
        help="On that day the ticket comes back by itself, and the executor is told.",
    )
    priority = fields.Selection(PRIORITIES, default="1")
    outcome = fields.Selection(
        OUTCOMES[1:],
        "Ends as",
        compute="_compute_outcome",
        store=True,
        readonly=False,
    )
    is_asking = fields.Boolean(
        compute="_compute_is_asking", help="Only a manager refuses a client."
    )

    @api.depends("verb", "ticket_ids")
    def _compute_reason(self):
        """Asking begins with what such tickets are asked."""
        for wizard in self:
            tickets = wizard.ticket_ids._origin
            is_asking = wizard.verb == "ask" and len(tickets) == 1
            wizard.reason = wizard.reason or (
                is_asking and tickets._get_question_text()
            )

    @api.depends("ticket_ids")
    def _compute_team_id(self):
        for wizard in self:
            wizard.team_id = wizard.ticket_ids.team_id[:1]
            wizard.current_line_id = wizard.ticket_ids.line_id[:1]

    @api.depends("ticket_ids")
    def _compute_outcome(self):
        for wizard in self:
            outcomes = {ticket._get_cancel_outcome() for ticket in wizard.ticket_ids}
            wizard.outcome = outcomes.pop() if len(outcomes) == 1 else "other"

    @api.depends("outcome", "ticket_ids")
    def _compute_is_asking(self):
        for wizard in self:
            wizard.is_asking = (
                wizard.verb == "cancel"
                and wizard.outcome == "refused"
                and not wizard.ticket_ids._is_managed()
            )

    @api.model
    def default_get(self, fields):
        defaults = super().default_get(fields)
        if "ticket_ids" in fields and self.env.context.get("active_ids"):
            defaults.setdefault("ticket_ids", self.env.context["active_ids"])
        return defaults

    def action_apply(self):
        """Call the verb with what was written here."""
        self.ensure_one()
        tickets = self.ticket_ids
        if self.verb == "pass_on":
            tickets.pass_on(self.line_id.id, self.reason)
        elif self.verb == "wait_for":
            until = self.waiting_on != "client" and self.wait_until
            tickets.wait_for(self.waiting_on, self.reason, until or None)
        elif self.verb == "set_priority":
            tickets.set_priority(self.priority, self.reason)
        elif self.is_asking:
            tickets.ask_refusal(self.reason)
        elif self.verb == "cancel":
            tickets.cancel(self.reason, self.outcome)
        else:
            getattr(tickets, self.verb)(self.reason)
            if self.verb == "ask" and len(tickets) == 1:
                tickets._on_question_asked()
        return {"type": "ir.actions.act_window_close"}
