from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

STATES = [
    ("new", "New"),
    ("open", "In work"),
    ("waiting", "Waiting"),
    ("solved", "Solved"),
    ("closed", "Closed"),
    ("cancelled", "Cancelled"),
]
ENDED_STATES = ("closed", "cancelled")
WAITING_ON = [
    ("us", "Us"),
    ("client", "Client"),
    ("supplier", "Supplier"),
    ("parts", "Parts"),
    ("internal", "Other department"),
]


class NtrTicketStage(models.Model):
    """What people see of a ticket's course; ``state`` is what code reads."""

    _name = "ntr.ticket.stage"
    _description = "Ticket stage"
    _inherit = ["ntr.cached.mixin"]
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    state = fields.Selection(
        STATES,
        required=True,
        default="open",
        help="What this stage means. Rules, clocks and figures read the meaning, "
        "never the name.",
    )
    waiting_on = fields.Selection(
        [choice for choice in WAITING_ON if choice[0] != "us"],
        help="Whom a ticket in this stage waits for.",
    )
    team_ids = fields.Many2many(
        "ntr.team", string="Teams", help="Empty: the stage serves every team."
    )
    fold = fields.Boolean("Folded in kanban")
    description = fields.Text(translate=True)
    rotting_threshold_days = fields.Integer(
        "Days to rot",
        help="After so many days in this stage a ticket is marked as stale. 0: never.",
    )

    @api.constrains("state", "waiting_on")
    def _check_waiting_on(self):
        for stage in self:
            if stage.waiting_on and stage.state != "waiting":
                raise ValidationError(
                    self.env._(
                        "Stage %s names whom it waits for, but does not mean waiting.",
                        stage.name,
                    )
                )

    @api.constrains("state", "team_ids", "active")
    def _check_teams_complete(self):
        self._get_teams()._check_stages()

    def write(self, vals):
        if "state" in vals:
            self._check_state_is_free(vals["state"])
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_last_of_state(self):
        self._get_teams()._check_stages(without=self)

    def _get_teams(self):
        """All teams at work: a change of one stage may concern each of them."""
        return self.env["ntr.team"].sudo().search([("active", "=", True)])

    def _check_state_is_free(self, state):
        """Refuse another meaning for a stage that tickets went through.

        Clocks and figures are computed from what the stage meant then (DESIGN 4).
        """
        changed = self.filtered(lambda stage: stage.state != state)
        if changed and self.env["ntr.ticket"].sudo().with_context(
            active_test=False
        ).search_count([("stage_id", "in", changed.ids)], limit=1):
            raise UserError(
                self.env._(
                    "Tickets use this stage, so its meaning cannot be changed. "
                    "Make another stage and move the tickets there."
                )
            )
