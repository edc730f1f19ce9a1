from odoo import api, fields, models
from odoo.tools import SQL

from ..tools import capacity

WEEKS_BEFORE, WEEKS_AFTER = 4, 12
# Room for weeks in the id of a row, which must be the same each time.
WEEKS_IN_ID = 10000


class NtrCapacityReport(models.Model):
    """Planned against working hours, per person and week (C3.9, S15).

    The rows are computed when they are read: working hours as deadlines count them,
    holidays and leaves included.
    """

    _name = "ntr.capacity.report"
    _description = "Capacity"
    _auto = False
    _order = "week, user_id"
    _rec_name = "user_id"

    user_id = fields.Many2one("res.users", "Colleague", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    week = fields.Date(readonly=True, help="The Monday of the week.")
    available_hours = fields.Float(
        "Available", readonly=True, help="Working hours less holidays and leaves."
    )
    planned_hours = fields.Float(
        "Planned",
        readonly=True,
        help="Hours planned on tickets of this person for the week.",
    )
    free_hours = fields.Float(
        "Free", readonly=True, help="What is left; below zero too much is planned."
    )

    @property
    def _table_query(self):
        columns = list(zip(*self._get_rows(), strict=True)) or [()] * 6
        return SQL(
            "SELECT *, available_hours - planned_hours AS free_hours FROM unnest("
            "%s::int[], %s::int[], %s::int[], %s::date[], %s::float8[], %s::float8[]"
            ") AS row(id, user_id, company_id, week, available_hours, planned_hours)",
            *(list(column) for column in columns),
        )

    @api.model
    def _get_rows(self):
        """(id, user id, company id, Monday, available hours, planned hours)"""
        today = fields.Date.context_today(self)
        weeks = capacity.get_weeks(today, WEEKS_BEFORE, WEEKS_AFTER)
        planned = self._get_planned_hours(weeks, today)
        users = self._get_people(planned)
        times = self._get_working_times(users)
        leaves = self._get_leaves(users, weeks)
        epoch = capacity.get_monday(fields.Date.to_date("1970-01-05"))
        return [
            (
                user.id * WEEKS_IN_ID + (week - epoch) // capacity.WEEK,
                user.id,
                user.company_id.id,
                week,
                capacity.get_hours(times[user], week, leaves.get(user.id, ())),
                planned.get((user.id, week), 0.0),
            )
            for user in users
            for week in weeks
        ]

    @api.model
    def _get_planned_hours(self, weeks, today):
        """{(user id, Monday): hours} of all tickets that are planned for a person."""
        groups = (
            self.env["ntr.ticket"]
            .sudo()
            ._read_group(
                [
                    ("user_id", "!=", False),
                    ("planned_hours", ">", 0),
                    ("planned_start", "<", weeks[-1] + capacity.WEEK),
                    ("state", "!=", "cancelled"),
                ],
                ["user_id", "planned_start:day", "state"],
                ["planned_hours:sum"],
            )
        )
        planned = {}
        for user, day, state, hours in groups:
            is_done = state in ("solved", "closed")
            week = capacity.get_week_of_work(day, is_done, today)
            planned[user.id, week] = planned.get((user.id, week), 0.0) + hours
        return planned

    @api.model
    def _get_people(self, planned):
        """Members of the lines, and whoever has something planned, of the companies
        that are ticked."""
        lines = (
            self.env["ntr.support.line"].sudo().search([("member_ids", "!=", False)])
        )
        people = lines.member_ids | self.env["res.users"].sudo().browse(
            {user_id for user_id, __ in planned}
        )
        return people.filtered(
            lambda user: user.active and user.company_id in self.env.companies
        )

    @api.model
    def _get_working_times(self, users):
        """{user: compiled calendar}: his own, else his line's, team's, company's."""
        times = {}
        for company, people in users.grouped("company_id").items():
            own = people._ntr_get_working_times(company)
            for user in people:
                line = user.ntr_member_line_ids.sorted("level")[:1]
                calendar = (
                    line.resource_calendar_id
                    or line.team_id._get_calendar()
                    or company.resource_calendar_id
                )
                times[user] = own.get(user.id) or calendar._ntr_compiled(company)
        return times

    @api.model
    def _get_leaves(self, users, weeks):
        """{user id: pairs of naive UTC datetimes} in which people are away."""
        leaves = (
            self.env["resource.calendar.leaves"]
            .sudo()
            .search(
                [
                    ("resource_id.user_id", "in", users.ids),
                    ("time_type", "=", "leave"),
                    ("date_to", ">", fields.Datetime.to_datetime(weeks[0])),
                ]
            )
        )
        found = {}
        for leave in leaves:
            pair = (leave.date_from, leave.date_to)
            found.setdefault(leave.resource_id.user_id.id, []).append(pair)
        return found
