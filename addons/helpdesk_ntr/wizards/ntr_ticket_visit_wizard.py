from datetime import timedelta

from odoo import api, fields, models


class NtrTicketVisitWizard(models.TransientModel):
    """Who goes to the client, when, and what stands against it."""

    _name = "ntr.ticket.visit.wizard"
    _description = "Plan a visit"

    ticket_id = fields.Many2one("ntr.ticket", required=True)
    user_id = fields.Many2one(
        "res.users",
        "Who goes",
        compute="_compute_from_ticket",
        store=True,
        readonly=False,
        domain=[("share", "=", False)],
    )
    start = fields.Datetime(required=True, default=lambda self: self._default_start())
    hours = fields.Float(default=2, required=True)
    stop = fields.Datetime(compute="_compute_stop")
    location = fields.Char(
        "Place", compute="_compute_from_ticket", store=True, readonly=False
    )
    is_telling = fields.Boolean("Tell the client", default=True)
    conflicts = fields.Text(compute="_compute_conflicts")

    def _default_start(self):
        """The next full hour of tomorrow: a visit is seldom planned for now."""
        tomorrow = fields.Datetime.now() + timedelta(days=1)
        return tomorrow.replace(minute=0, second=0)

    @api.depends("ticket_id")
    def _compute_from_ticket(self):
        for wizard in self:
            ticket = wizard.ticket_id
            wizard.user_id = wizard.user_id or ticket.user_id
            wizard.location = wizard.location or (ticket and ticket._get_place())

    @api.depends("start", "hours")
    def _compute_stop(self):
        for wizard in self:
            wizard.stop = wizard.start and wizard.start + timedelta(hours=wizard.hours)

    @api.depends("ticket_id", "user_id", "start", "hours")
    def _compute_conflicts(self):
        for wizard in self:
            is_known = wizard.ticket_id and wizard.user_id and wizard.start
            wizard.conflicts = is_known and "\n".join(
                wizard.ticket_id._get_visit_conflicts(
                    wizard.user_id, wizard.start, wizard.stop
                )
            )

    @api.model
    def default_get(self, fields):
        defaults = super().default_get(fields)
        if "ticket_id" in fields and self.env.context.get("active_id"):
            defaults.setdefault("ticket_id", self.env.context["active_id"])
        return defaults

    def action_plan(self):
        """Plan the visit."""
        self.ensure_one()
        self.ticket_id.plan_visit(
            self.start, self.stop, self.user_id.id, self.location, self.is_telling
        )
        return {"type": "ir.actions.act_window_close"}
