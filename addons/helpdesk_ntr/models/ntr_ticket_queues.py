from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain
from odoo.tools import SQL

from .ntr_team_waiting import HOUR

STAFF = "base.group_user"
OPEN_STATES = ("new", "open", "waiting")
REACTION_STEPS = (1, 4, 8, 24)


class NtrTicket(models.Model):
    """Ready filters, each with its number: what to look at first (S121-S123)."""

    _inherit = "ntr.ticket"  # pylint: disable=consider-merging-classes-inherited

    no_reaction_hours = fields.Float(
        "Without reaction",
        compute="_compute_no_reaction_hours",
        search="_search_no_reaction_hours",
        groups=STAFF,
        help="Working hours of the team since the client wrote what no person of "
        "ours has answered yet.",
    )
    is_late = fields.Boolean(
        "Late",
        compute="_compute_is_late",
        search="_search_is_late",
        groups=STAFF,
        help="The client waits longer than the team may let him wait.",
    )
    is_client_silent = fields.Boolean(
        "Client is silent",
        compute="_compute_is_client_silent",
        search="_search_is_client_silent",
        groups=STAFF,
        help="The ticket waits for the client longer than the team gives him.",
    )

    _unanswered_idx = models.Index(
        "(team_id, unanswered_since) "
        "WHERE active IS TRUE AND unanswered_since IS NOT NULL"
    )
    _waiting_idx = models.Index(
        "(team_id, waiting_since) WHERE active IS TRUE AND state = 'waiting'"
    )

    # ------------------------------------------------------------
    # Computes and searches
    # ------------------------------------------------------------

    @api.depends("unanswered_since", "state", "team_id")
    def _compute_no_reaction_hours(self):
        now = fields.Datetime.now()
        for ticket in self:
            since = ticket.state in OPEN_STATES and ticket.unanswered_since
            ticket.no_reaction_hours = (
                ticket.team_id.sudo()._get_working_time().between(since, now) / HOUR
                if since
                else 0
            )

    @api.model
    def _search_no_reaction_hours(self, operator, value):
        if operator not in (">=", ">", "<", "<="):
            return NotImplemented
        domain = self._get_no_reaction_domain(lambda team: value)
        return domain if operator in (">=", ">") else ~domain

    @api.depends("unanswered_since", "waiting_since", "state", "team_id")
    def _compute_is_late(self):
        late = self.filtered_domain(self._get_late_domain())
        for ticket in self:
            ticket.is_late = ticket in late

    @api.model
    def _search_is_late(self, operator, value):
        if operator != "in":
            return NotImplemented
        return self._get_late_domain()

    @api.depends("waiting_since", "waiting_on", "state", "team_id")
    def _compute_is_client_silent(self):
        silent = self.filtered_domain(self._get_client_silent_domain())
        for ticket in self:
            ticket.is_client_silent = ticket in silent

    @api.model
    def _search_is_client_silent(self, operator, value):
        if operator != "in":
            return NotImplemented
        return self._get_client_silent_domain()

    # ------------------------------------------------------------
    # Domains on plain columns
    # ------------------------------------------------------------

    @api.model
    def _get_no_reaction_domain(self, get_hours):
        """Open tickets whose client waits for a person so many working hours.

        :param get_hours: callable (team) that gives the hours; none: never
        """
        now = fields.Datetime.now()
        return self._get_older_domain(
            "unanswered_since",
            lambda team: (hours := get_hours(team))
            and team._subtract_working_hours(now, hours),
        )

    @api.model
    def _get_late_domain(self):
        """Tickets that are late: the client waits longer than the team lets him.

        Higher addons add broken promises.
        """
        return self._get_no_reaction_domain(lambda team: team.reaction_hours)

    @api.model
    def _get_client_silent_domain(self):
        """Tickets that wait for a client longer than their team gives him."""
        now = fields.Datetime.now()
        return Domain("waiting_on", "=", "client") & self._get_older_domain(
            "waiting_since",
            lambda team: team.client_wait_days
            and team._add_working_days(now, -team.client_wait_days),
            states=("waiting",),
        )

    @api.model
    def _get_older_domain(self, name, get_limit, states=OPEN_STATES):
        """Tickets where a time lies at or before a limit that the team decides.

        :param str name: a stored field
        :param get_limit: callable (team) that gives naive UTC, or False for never
        :return: a domain on plain columns, one part per different limit
        """
        teams = self.env["ntr.team"].sudo()
        teams = teams.browse(teams._get_all_ids())
        team_ids_by_limit = defaultdict(list)
        for team in (*teams, teams.browse()):
            team_ids_by_limit[get_limit(team)].append(team.id)
        return Domain("state", "in", states) & Domain.OR(
            Domain("team_id", "in", team_ids) & Domain(name, "<=", limit)
            for limit, team_ids in team_ids_by_limit.items()
            if limit
        )

    # ------------------------------------------------------------
    # Counters
    # ------------------------------------------------------------

    @api.model
    def queue_counters(self):
        """How many open tickets stand in each ready filter, for whom (S120, S123).

        Only tickets that the user may read are counted.

        :return: {"scopes": [{"name", "label"}], "queues": [{"name", "label",
            "level", "counts": {scope name: number}}]}; names are those of the
            filters of the search view, "all" has none
        :raises AccessError: the user is no colleague
        """
        if not self.env.user._is_internal():
            raise AccessError(self.env._("Only colleagues see these figures."))
        scopes, queues = self._get_queue_scopes(), self._get_queues()
        counts = self._count_queues(
            [scope.pop("domain") for scope in scopes],
            [queue.pop("domain") for queue in queues],
        )
        for queue, numbers in zip(queues, counts, strict=True):
            queue["counts"] = {
                scope["name"]: number
                for scope, number in zip(scopes, numbers, strict=True)
            }
        return {"scopes": scopes, "queues": queues}

    @api.model
    def _get_queue_scopes(self):
        """Whose tickets are counted: {name, label, domain} of each column."""
        uid = self.env.uid
        return [
            {
                "name": "mine",
                "label": self.env._("Mine"),
                "domain": Domain("user_id", "=", uid),
            },
            {
                "name": "my_line",
                "label": self.env._("My line"),
                "domain": Domain("line_id.member_ids", "in", uid),
            },
            {
                "name": "my_team",
                "label": self.env._("My team"),
                "domain": Domain("team_id.member_ids", "in", uid),
            },
            {"name": "all", "label": self.env._("All"), "domain": Domain.TRUE},
        ]

    @api.model
    def _get_queues(self):
        """The ready filters: {name, label, level, domain}, the most urgent first.

        ``level`` is how loud a number is shown: ``danger``, ``warning`` or ``info``.
        """
        return [
            {
                "name": "late",
                "label": self.env._("Late"),
                "level": "danger",
                "domain": self._get_late_domain(),
            },
            *(self._get_reaction_queue(hours) for hours in reversed(REACTION_STEPS)),
            {
                "name": "unassigned",
                "label": self.env._("Nobody assigned"),
                "level": "warning",
                "domain": Domain("user_id", "=", False),
            },
            {
                "name": "client_silent",
                "label": self.env._("Client is silent"),
                "level": "warning",
                "domain": self._get_client_silent_domain(),
            },
            {
                "name": "reopened",
                "label": self.env._("Reopened"),
                "level": "warning",
                "domain": Domain("reopen_count", ">", 0),
            },
            {
                "name": "not_ended",
                "label": self.env._("Open"),
                "level": "info",
                "domain": Domain.TRUE,
            },
        ]

    @api.model
    def _get_reaction_queue(self, hours):
        return {
            "name": f"no_reaction_{hours}",
            "label": self.env._("No reaction %s h", hours),
            "level": "danger" if hours >= 24 else "warning" if hours >= 4 else "info",
            "domain": self._get_no_reaction_domain(lambda team: hours),
        }

    @api.model
    def _count_queues(self, scopes, queues):
        """Count open tickets by all pairs of two lists of domains, in one statement.

        :return: a list per queue with the numbers of each scope
        """
        query = self._search(Domain("state", "in", OPEN_STATES))
        flags = [
            SQL(
                "(%s) AS %s",
                domain.optimize_full(self)._to_sql(self, self._table, query),
                SQL.identifier(f"{kind}{place}"),
            )
            for kind, domains in (("s", scopes), ("q", queues))
            for place, domain in enumerate(domains)
        ]
        sums = [
            SQL(
                "COUNT(*) FILTER (WHERE %s AND %s)",
                SQL.identifier(f"q{queue}"),
                SQL.identifier(f"s{scope}"),
            )
            for queue in range(len(queues))
            for scope in range(len(scopes))
        ]
        [row] = self.env.execute_query(
            SQL(
                "SELECT %s FROM (%s) AS flags",
                SQL(", ").join(sums),
                query.select(*flags),
            )
        )
        width = len(scopes)
        return [row[start : start + width] for start in range(0, len(row), width)]
