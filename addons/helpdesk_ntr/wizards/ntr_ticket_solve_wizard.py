from odoo import api, fields, models


class NtrTicketSolveWizard(models.TransientModel):
    _name = "ntr.ticket.solve.wizard"
    _description = "Solve a ticket"

    ticket_id = fields.Many2one("ntr.ticket", required=True)
    team_id = fields.Many2one(related="ticket_id.team_id")
    cause_id = fields.Many2one(
        "ntr.ticket.cause",
        compute="_compute_from_ticket",
        store=True,
        readonly=False,
        domain="['|', ('team_ids', '=', False), ('team_ids', 'in', team_id)]",
    )
    cause_required = fields.Boolean(compute="_compute_cause_required")
    solution = fields.Html(
        compute="_compute_from_ticket",
        store=True,
        readonly=False,
        help="The client reads this.",
    )
    prevention = fields.Html(
        "How to avoid it", compute="_compute_from_ticket", store=True, readonly=False
    )

    @api.depends("ticket_id")
    def _compute_from_ticket(self):
        for wizard in self:
            ticket = wizard.ticket_id
            wizard.cause_id = wizard.cause_id or ticket.cause_id
            wizard.solution = wizard.solution or ticket.solution
            wizard.prevention = wizard.prevention or ticket.prevention

    @api.depends("ticket_id.kind_id")
    def _compute_cause_required(self):
        for wizard in self:
            kind = wizard.ticket_id.kind_id
            wizard.cause_required = not kind or kind.cause_required

    @api.model
    def default_get(self, fields):
        defaults = super().default_get(fields)
        if "ticket_id" in fields and self.env.context.get("active_id"):
            defaults.setdefault("ticket_id", self.env.context["active_id"])
        return defaults

    def action_solve(self):
        """Solve the ticket with what was written here."""
        self.ensure_one()
        self.ticket_id.write({"prevention": self.prevention})
        self.ticket_id.solve(self.solution, self.cause_id.id)
        return {"type": "ir.actions.act_window_close"}
