from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

ROLES = [("dispatcher", "Dispatcher"), ("on_call", "On call")]


class NtrDuty(models.Model):
    """Who is on duty when: dispatchers, and engineers on call (C3.8)."""

    _name = "ntr.duty"
    _description = "Duty"
    _order = "start, id"

    user_id = fields.Many2one(
        "res.users",
        "Colleague",
        required=True,
        index=True,
        ondelete="cascade",
        domain=[("share", "=", False)],
    )
    team_id = fields.Many2one(
        "ntr.team",
        required=True,
        index=True,
        ondelete="cascade",
        default=lambda self: self._default_team_id(),
    )
    line_id = fields.Many2one(
        "ntr.support.line",
        index="btree_not_null",
        ondelete="cascade",
        domain="[('team_id', '=', team_id)]",
        help="Empty: for the whole team.",
    )
    company_id = fields.Many2one(related="team_id.company_id", store=True, index=True)
    role = fields.Selection(
        ROLES,
        required=True,
        default="on_call",
        help="Both are at work during their duty, whatever their working hours say.",
    )
    start = fields.Datetime(required=True)
    stop = fields.Datetime("End", required=True)
    note = fields.Char(help="How to reach him, who replaces him.")

    _ends_after_start = models.Constraint(
        "CHECK(stop > start)", "A duty ends after it has begun."
    )
    _team_stop_idx = models.Index("(team_id, stop)")

    def _default_team_id(self):
        return self.env["ntr.team"]._get_default_id(self.env.company.id)

    @api.depends("user_id", "role")
    @api.depends_context("lang")
    def _compute_display_name(self):
        roles = dict(self._fields["role"]._description_selection(self.env))
        for duty in self:
            duty.display_name = self.env._(
                "%(person)s: %(role)s",
                person=duty.user_id.name or "",
                role=roles.get(duty.role, ""),
            )

    @api.constrains("line_id", "team_id")
    def _check_line(self):
        for duty in self:
            if duty.line_id and duty.line_id.team_id != duty.team_id:
                raise ValidationError(
                    self.env._(
                        "Line %(line)s does not belong to team %(team)s.",
                        line=duty.line_id.name,
                        team=duty.team_id.name,
                    )
                )

    @api.constrains("user_id", "team_id", "line_id", "role", "start", "stop")
    def _check_overlap(self):
        """The same duty twice is a slip; different ones at a time are none."""
        for duty, others in self._get_neighbours():
            for other in others:
                if duty._is_doubled_by(other):
                    raise ValidationError(
                        self.env._(
                            "%(person)s is on that duty already from %(start)s to "
                            "%(stop)s. Change the hours of that duty instead.",
                            person=duty.user_id.name,
                            start=fields.Datetime.to_string(
                                fields.Datetime.context_timestamp(self, other.start)
                            )[:16],
                            stop=fields.Datetime.to_string(
                                fields.Datetime.context_timestamp(self, other.stop)
                            )[:16],
                        )
                    )

    def _get_neighbours(self):
        """(duty, duties of the same person) of all that could overlap, by one query."""
        found = self.sudo().search(
            Domain("user_id", "in", self.user_id.ids)
            & Domain("stop", ">", min(self.mapped("start")))
            & Domain("start", "<", max(self.mapped("stop")))
        )
        by_user = found.grouped("user_id")
        return [(duty, by_user.get(duty.user_id, self.browse())) for duty in self]

    def _is_doubled_by(self, other):
        return (
            self != other
            and (self.team_id, self.line_id, self.role)
            == (other.team_id, other.line_id, other.role)
            and self.start < other.stop
            and other.start < self.stop
        )

    @api.model
    def _get_current(self, users, team, at):
        """The duties that these people have for a team at that moment.

        :param datetime at: naive UTC
        :return: {user id: duty}; of two at a time the one that ends later
        """
        duties = self.sudo().search(
            [
                ("team_id", "=", team.id),
                ("stop", ">", at),
                ("start", "<=", at),
                ("user_id", "in", users.ids),
            ],
            order="stop",
        )
        return {duty.user_id.id: duty for duty in duties}
