from ast import literal_eval

from odoo import api, fields, models, tools
from odoo.exceptions import ValidationError
from odoo.tools import email_normalize

from ..tools.working_time import NeverOpen


class NtrTeam(models.Model):
    """A department that answers clients: its mailbox, lines, hours and rules."""

    _name = "ntr.team"
    _description = "Help desk team"
    _inherit = [
        "ntr.cached.mixin",
        "mail.alias.mixin",
        "mail.thread",
        "rating.parent.mixin",
    ]
    _order = "sequence, name, id"
    _rating_satisfaction_days = 90

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    color = fields.Integer()
    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        default=lambda self: self._default_company_id(),
    )
    alias_id = fields.Many2one(
        help="Mails to this address become tickets of this team."
    )
    description = fields.Html(translate=True)

    # People
    line_ids = fields.One2many("ntr.support.line", "team_id", "Lines")
    coordinator_id = fields.Many2one(
        "res.users",
        tracking=True,
        index="btree_not_null",
        domain=[("share", "=", False)],
        help="Accountable for every ticket that has neither an executor nor a line "
        "with a manager.",
    )
    member_ids = fields.Many2many(
        "res.users",
        "ntr_team_member_rel",
        string="Members",
        compute="_compute_member_ids",
        store=True,
        help="Everybody of the team's lines, their managers and the coordinator.",
    )

    # Rules
    resource_calendar_id = fields.Many2one(
        "resource.calendar",
        "Working hours",
        default=lambda self: self._default_resource_calendar_id(),
        check_company=True,
        help="Reaction and waiting times are counted in these hours. Empty: the "
        "working hours of the company.",
    )
    is_acknowledging = fields.Boolean(
        "Acknowledge requests",
        default=True,
        help="Every new request is answered with its number.",
    )
    is_confidential = fields.Boolean(
        "Confidential requests",
        help="New requests of this team are read only by those whom they concern.",
    )
    assignment_mode = fields.Selection(
        [
            ("manual", "By hand"),
            ("suggested", "By hand, the best one is named"),
            ("automatic", "By itself, to the best one"),
        ],
        "Assigning",
        required=True,
        default="manual",
        help="Who gets a ticket that nobody has: whom the dispatcher chooses, with the "
        "best suggestion on the form or without; or the best suggestion at once.",
    )
    take_alarm_minutes = fields.Integer(
        "Alarm after",
        help="Working minutes in which somebody has to take a ticket; then the manager "
        "of its line, else the coordinator, is told. 0: never.",
    )
    closing_days = fields.Integer(
        "Close after",
        default=5,
        help="Working days that a client has to confirm a solution before the "
        "ticket is closed without him. 0: never.",
    )
    closing_warning_days = fields.Integer(
        "Warn before closing",
        default=2,
        help="How many working days before that the client is warned, once.",
    )
    reopen_days = fields.Integer(
        "Reopen within",
        default=10,
        help="Working days after closing in which a client's message reopens the "
        "ticket. Later it starts a new one that continues the old.",
    )
    duplicate_days = fields.Integer(
        "Look for doubles",
        default=30,
        help="Days back in which a request of the same client may be the same request. "
        "0: never.",
    )
    signature = fields.Html(translate=True)
    muted_template_ids = fields.Many2many(
        "mail.template",
        "ntr_team_muted_template_rel",
        string="Letters not sent",
        domain=lambda self: [
            ("id", "in", self.env["ntr.ticket"]._get_switchable_ids(to_client=True))
        ],
        help="Letters to clients that this team does without.",
    )
    team_properties_definition = fields.PropertiesDefinition("Fields of its tickets")
    is_kind_required = fields.Boolean(
        "Kind required",
        help="A ticket cannot be solved or closed before its kind is chosen.",
    )
    is_category_required = fields.Boolean(
        "Category required",
        help="A ticket cannot be solved or closed before its category is chosen.",
    )

    ticket_ids = fields.One2many("ntr.ticket", "team_id", "Tickets")
    open_ticket_count = fields.Integer(compute="_compute_ticket_counts")
    unassigned_ticket_count = fields.Integer(compute="_compute_ticket_counts")
    waiting_ticket_count = fields.Integer(compute="_compute_ticket_counts")

    _closing_days_positive = models.Constraint(
        "CHECK(closing_days >= 0 AND closing_warning_days >= 0 AND reopen_days >= 0)",
        "A number of days cannot be negative.",
    )
    _duplicate_days_positive = models.Constraint(
        "CHECK(duplicate_days >= 0)", "A number of days cannot be negative."
    )
    _take_alarm_positive = models.Constraint(
        "CHECK(take_alarm_minutes >= 0)", "A number of minutes cannot be negative."
    )
    _warning_before_closing = models.Constraint(
        "CHECK(closing_days = 0 OR closing_warning_days < closing_days)",
        "The warning must come before the closing.",
    )

    def _default_company_id(self):
        return self.env.company

    def _default_resource_calendar_id(self):
        return self.env.company.resource_calendar_id

    @api.depends(
        "coordinator_id",
        "line_ids.active",
        "line_ids.member_ids",
        "line_ids.manager_id",
    )
    def _compute_member_ids(self):
        for team in self:
            lines = team.line_ids
            team.member_ids = lines.member_ids | lines.manager_id | team.coordinator_id

    def _compute_ticket_counts(self):
        counts = {
            team.id: (total, unassigned, waiting)
            for team, total, unassigned, waiting in self._read_ticket_counts()
        }
        for team in self:
            (
                team.open_ticket_count,
                team.unassigned_ticket_count,
                team.waiting_ticket_count,
            ) = counts.get(team.id, (0, 0, 0))

    def _read_ticket_counts(self):
        """Rows of team, tickets not ended, those without executor, those waiting."""
        groups = self.env["ntr.ticket"]._read_group(
            [
                ("team_id", "in", self.ids),
                ("state", "in", ("new", "open", "waiting")),
            ],
            ["team_id", "state"],
            ["__count", "user_id:count"],
        )
        for team in self:
            rows = [row for row in groups if row[0] == team]
            total = sum(count for __, __, count, __ in rows)
            assigned = sum(users for __, __, __, users in rows)
            waiting = sum(count for __, state, count, __ in rows if state == "waiting")
            yield team, total, total - assigned, waiting

    @api.constrains("muted_template_ids")
    def _check_muted_templates(self):
        switchable = self.env["ntr.ticket"]._get_switchable_ids(to_client=True)
        for template in self.muted_template_ids:
            if template.id not in switchable:
                raise ValidationError(
                    self.env._(
                        "The letter “%s” cannot be switched off: clients need it to "
                        "agree or to disagree.",
                        template.name,
                    )
                )

    # ------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        teams = super().create(vals_list)
        teams._check_stages()
        return teams

    def _check_stages(self, without=()):
        """Every team needs a stage for each state, or a verb would have no target.

        :param without: stages that are about to be deleted
        """
        for team in self:
            stages = team._get_stages()
            if without:
                stages -= without
            missing = [
                label
                for state, label in self.env["ntr.ticket.stage"]
                ._fields["state"]
                ._description_selection(self.env)
                if state not in stages.mapped("state")
            ]
            if missing:
                raise ValidationError(
                    self.env._(
                        "Team %(team)s would have no stage that means %(states)s.",
                        team=team.name,
                        states=", ".join(missing),
                    )
                )

    # ------------------------------------------------------------
    # Answers that tickets ask for
    # ------------------------------------------------------------

    def _get_stages(self):
        """The stages that tickets of this team go through, in their order."""
        self.ensure_one()
        return (
            self.env["ntr.ticket.stage"]
            .sudo()
            .search(["|", ("team_ids", "=", False), ("team_ids", "in", self.ids)])
        )

    @tools.ormcache("self.id", "state", "waiting_on")
    def _get_stage_id(self, state, waiting_on=None):
        """The id of this team's first stage of that state.

        :param str state: one of the six states
        :param str waiting_on: prefer a waiting stage for that party
        """
        stages = self._get_stages() if self else self._get_common_stages()
        stages = stages.filtered(lambda stage: stage.state == state)
        if waiting_on:
            stages = (
                stages.filtered(lambda stage: stage.waiting_on == waiting_on)
                or stages.filtered(lambda stage: not stage.waiting_on)
                or stages
            )
        return stages[:1].id

    def _get_common_stages(self):
        return self.env["ntr.ticket.stage"].sudo().search([("team_ids", "=", False)])

    def _choose_line_id(self, vals=None):
        """The id of the lowest line with members that serves such a request, or False.

        :param dict vals: values of the ticket; its contact and category decide where
            lines are divided by regions or services
        """
        offers = self._get_line_offers()
        if vals and any(regions or categories for __, regions, categories in offers):
            region_id = self._get_region_id(vals.get("partner_id"))
            offers = [
                offer
                for offer in offers
                if (not offer[1] or region_id in offer[1])
                and (not offer[2] or vals.get("category_id") in offer[2])
            ] or [offer for offer in offers if not offer[1] and not offer[2]]
        return offers[0][0] if offers else False

    @tools.ormcache("self.id")
    def _get_line_offers(self):
        """(id, regions, categories) of the lines with members: lowest first, and of
        one level those first that serve something of their own."""
        lines = self.sudo().line_ids.filtered("member_ids")
        lines = lines.sorted(
            lambda line: (line.level, not (line.region_ids or line.category_ids))
        )
        categories = self.env["ntr.ticket.category"].sudo()
        return tuple(
            (
                line.id,
                frozenset(line.region_ids.ids),
                frozenset(
                    categories.search([("id", "child_of", line.category_ids.ids)]).ids
                ),
            )
            for line in lines
        )

    def _get_line_of_stage(self, stage):
        """The line of this team that serves a stage of work, or none."""
        return self.line_ids.filtered(lambda line: stage in line.stage_ids)[:1]

    @api.model
    def _get_region_id(self, partner_id):
        partner = self.env["res.partner"].sudo().browse(partner_id or [])
        return (partner.state_id or partner.commercial_partner_id.state_id).id

    @tools.ormcache("company_id")
    def _get_default_id(self, company_id):
        """The id of the company's first team, or False."""
        return self.sudo().search([("company_id", "=", company_id)], limit=1).id

    @tools.ormcache("self.id")
    def _get_defaults(self):
        """What a new ticket takes from its team, read once for all mails."""
        team_sudo = self.sudo()
        return {
            "company_id": team_sudo.company_id.id,
            "coordinator_id": team_sudo.coordinator_id.id,
            "is_acknowledging": team_sudo.is_acknowledging,
            "is_confidential": team_sudo.is_confidential,
            "assignment_mode": team_sudo.assignment_mode,
            "take_alarm_minutes": team_sudo.take_alarm_minutes,
        }

    def _get_calendar(self):
        """The calendar that times of this team are counted in (may be empty)."""
        return self.resource_calendar_id or self.company_id.resource_calendar_id

    def _get_working_time(self):
        """The compiled calendar of this team, 24x7 where it has none."""
        return self._get_calendar()._ntr_compiled(self.company_id)

    def _add_working_days(self, start, days):
        """The same time of day so many working days later.

        :param datetime start: naive UTC
        :return: naive UTC, or False where the calendar does not open any more
        """
        try:
            return self.sudo()._get_working_time().add_days(start, days)
        except NeverOpen:
            return False

    def _add_working_seconds(self, seconds):
        """When so much working time has passed from now.

        :return: naive UTC, or False where the calendar does not open any more
        """
        try:
            return self.sudo()._get_working_time().add(fields.Datetime.now(), seconds)
        except NeverOpen:
            return False

    def _get_taking_terms(self, is_free_to_assign):
        """When somebody must have taken a ticket that nobody has from now on.

        :param bool is_free_to_assign: the help desk may give it to somebody itself
        :return: values of the ticket
        """
        defaults = self._get_defaults()
        minutes = defaults["take_alarm_minutes"]
        is_automatic = defaults["assignment_mode"] == "automatic"
        return {
            "take_due_at": bool(minutes) and self._add_working_seconds(60 * minutes),
            "assign_due_at": is_free_to_assign
            and is_automatic
            and fields.Datetime.now(),
        }

    # ------------------------------------------------------------
    # Mail
    # ------------------------------------------------------------

    @api.model
    @tools.ormcache()
    def _get_own_addresses(self):
        """The mailboxes of all teams: a mail from one of them is our own."""
        teams = self.sudo().with_context(active_test=False)
        teams = teams.search([("alias_id.alias_name", "!=", False)])
        return tuple(filter(None, teams.mapped("alias_email")))

    @api.model
    @tools.ormcache()
    def _get_ids_by_address(self):
        """Pairs of the address of a mailbox and the id of its team."""
        teams = self.sudo().search([("alias_id.alias_name", "!=", False)])
        return tuple(
            (address, team.id)
            for team in teams
            if (address := email_normalize(team.alias_email))
        )

    def _alias_get_creation_values(self):
        values = super()._alias_get_creation_values()
        values["alias_model_id"] = self.env["ir.model"]._get("ntr.ticket").id
        if self.id:
            defaults = literal_eval(self.alias_defaults or "{}")
            values["alias_defaults"] = dict(defaults, team_id=self.id)
        return values

    # ------------------------------------------------------------
    # Actions
    # ------------------------------------------------------------

    def action_open_tickets(self):
        """The tickets of this team that are not ended yet."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "helpdesk_ntr.ntr_ticket_action"
        )
        action["context"] = {
            "default_team_id": self.id,
            "search_default_team_id": self.id,
            "search_default_not_ended": 1,
        }
        return action
