from dataclasses import replace

from odoo import api, fields, models

from ..tools.working_time import compiled

COORDINATOR = "helpdesk_ntr.group_coordinator"


class ResUsers(models.Model):
    _inherit = "res.users"

    ntr_scope = fields.Selection(
        [
            ("own", "His own tickets"),
            ("competence", "His own, and what of his lines he can take"),
            ("line", "Tickets of his lines"),
            ("team", "Tickets of his teams"),
            ("all", "Tickets of all teams"),
        ],
        "Sees in the help desk",
        default="team",
        help="Whoever sees his lines or teams sees the tickets that are assigned to "
        "him in others too. What he can take is what nobody has and one of his "
        "competences is about. Directors see all teams whatever stands here, outside "
        "engineers only what is assigned to them.",
    )
    ntr_member_line_ids = fields.Many2many(
        "ntr.support.line",
        "ntr_support_line_res_users_rel",
        "res_users_id",
        "ntr_support_line_id",
        "Member of lines",
    )
    ntr_managed_line_ids = fields.One2many(
        "ntr.support.line", "manager_id", "Manages lines"
    )
    ntr_line_ids = fields.Many2many(
        "ntr.support.line", string="Lines", compute="_compute_ntr_line_ids"
    )
    ntr_coordinated_team_ids = fields.One2many(
        "ntr.team", "coordinator_id", "Coordinates teams"
    )
    ntr_desk_team_ids = fields.Many2many(
        "ntr.team", string="Help desk teams", compute="_compute_ntr_desk_team_ids"
    )
    ntr_sees_history = fields.Boolean(compute="_compute_ntr_sees_history")
    ntr_muted_template_ids = fields.Many2many(
        "mail.template",
        "ntr_user_muted_template_rel",
        string="Help desk letters not sent",
        domain=lambda self: [
            ("id", "in", self.env["ntr.ticket"]._get_switchable_ids(to_client=False))
        ],
        help="Letters of the help desk that this colleague does without.",
    )

    @property
    def SELF_READABLE_FIELDS(self):
        return super().SELF_READABLE_FIELDS + ["ntr_muted_template_ids"]

    @property
    def SELF_WRITEABLE_FIELDS(self):
        return super().SELF_WRITEABLE_FIELDS + ["ntr_muted_template_ids"]

    @api.depends("ntr_member_line_ids", "ntr_managed_line_ids")
    def _compute_ntr_line_ids(self):
        for user in self.sudo():
            user.ntr_line_ids = user.ntr_member_line_ids | user.ntr_managed_line_ids

    @api.depends(
        "ntr_member_line_ids.team_id",
        "ntr_managed_line_ids.team_id",
        "ntr_coordinated_team_ids",
    )
    def _compute_ntr_desk_team_ids(self):
        """The same people as the members of a team, seen from the other side."""
        for user in self.sudo():
            user.ntr_desk_team_ids = (
                user.ntr_line_ids.team_id | user.ntr_coordinated_team_ids
            )

    @api.depends(
        "ntr_member_line_ids.may_see_history",
        "ntr_managed_line_ids.may_see_history",
        "group_ids",
    )
    def _compute_ntr_sees_history(self):
        """Record rules and messages ask; whoever is in no line is not held back."""
        for user in self:
            lines = user.sudo().ntr_line_ids
            user.ntr_sees_history = (
                not lines
                or any(lines.mapped("may_see_history"))
                or user.has_group(COORDINATOR)
            )

    def _may_ntr(self, right, team):
        """Whether a line gives its members that right on tickets of a team.

        :param str right: ``close``, ``reopen``, ``merge`` or ``see_history``
        :param team: the ``ntr.team`` of the ticket
        """
        self.ensure_one()
        if self.has_group(COORDINATOR):
            return True
        lines = self.sudo().ntr_line_ids.filtered(lambda line: line.team_id == team)
        return any(lines.mapped(f"may_{right}"))

    def write(self, vals):
        result = super().write(vals)
        if {"ntr_scope", "ntr_member_line_ids", "ntr_managed_line_ids"} & vals.keys():
            # record rules read them and are cached
            self.env["ntr.cached.mixin"]._forget_cached()
        return result

    def _ntr_get_working_times(self, company):
        """The working hours that these people have of their own.

        A flexible calendar says how much, not when: it does not count here.

        :param company: whose resources and public holidays count
        :return: {user id: compiled calendar}; who has none is missing
        """
        resources = (
            self.env["resource.resource"]
            .sudo()
            .search(
                [
                    ("user_id", "in", self.ids),
                    ("calendar_id", "!=", False),
                    ("calendar_id.flexible_hours", "=", False),
                    ("company_id", "in", [False, company.id]),
                ]
            )
        )
        times = {}
        for resource in resources:
            hours = resource.calendar_id._ntr_compiled(company).hours
            # the same clock hours, read where he works
            times[resource.user_id.id] = compiled(replace(hours, zone=resource.tz))
        return times
