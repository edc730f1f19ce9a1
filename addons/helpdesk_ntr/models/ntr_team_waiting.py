from datetime import datetime, time

import pytz

from odoo import api, fields, models, tools
from odoo.exceptions import UserError

from ..tools.working_time import NeverOpen
from .ntr_ticket import PRIORITIES

HOUR = 3600
REMINDER_RULES = {"reminder_days", "reminder_limit", "silent_solve_days"}


class NtrTeam(models.Model):
    """How long this team lets a client wait, and waits for him."""

    _inherit = "ntr.team"  # pylint: disable=consider-merging-classes-inherited

    reaction_hours = fields.Float(
        "React within",
        default=4,
        help="Working hours that a client may wait for an answer of a person before "
        "his ticket counts as late. 0: never.",
    )
    late_priority = fields.Selection(
        PRIORITIES[1:],
        "Priority when late",
        help="A late ticket rises to this priority by itself. Empty: it does not.",
    )
    client_wait_days = fields.Integer(
        "Silent after",
        default=3,
        help="Working days without an answer after which a client whom a ticket "
        "waits for counts as silent. 0: never.",
    )

    reminder_days = fields.Integer(
        "Remind every",
        default=2,
        help="Working days without an answer after which a client whom a ticket "
        "waits for is reminded of our question. 0: never.",
    )
    reminder_limit = fields.Integer(
        "Reminders",
        default=2,
        help="How many times a client is reminded.",
    )
    silent_solve_days = fields.Integer(
        "Solve without an answer",
        help="Working days after the last reminder until the ticket is solved without "
        "the client's answer; he may still reject that. 0: never.",
    )

    undo_seconds = fields.Integer(
        "Hold answers back",
        help="Seconds in which an answer to the client can be undone before it goes "
        "out. 0: it goes out at once.",
    )

    _undo_seconds_short = models.Constraint(
        "CHECK(undo_seconds >= 0 AND undo_seconds <= 600)",
        "An answer can be held back for ten minutes at most.",
    )
    _waiting_rules_positive = models.Constraint(
        "CHECK(reaction_hours >= 0 AND client_wait_days >= 0 AND reminder_days >= 0 "
        "AND reminder_limit >= 0 AND silent_solve_days >= 0)",
        "A number of hours or days cannot be negative.",
    )

    def write(self, vals):
        """New rules hold for the tickets that wait already (S124)."""
        result = super().write(vals)
        if REMINDER_RULES.intersection(vals):
            self._apply_reminder_rules()
        return result

    def _apply_reminder_rules(self):
        """Count the next reminder of each waiting ticket anew, by the rules of now.

        What would be due already gets its whole time from now on: a changed rule
        must not send letters in a heap.
        """
        now = fields.Datetime.now()
        tickets = self.env["ntr.ticket"].sudo()
        for ticket in tickets.search(
            [
                ("team_id", "in", self.ids),
                ("state", "=", "waiting"),
                ("waiting_on", "=", "client"),
            ]
        ):
            count = ticket.reminder_count
            start = ticket.reminded_at or ticket.waiting_since or now
            due_at = ticket.team_id._get_reminder_due(start, count)
            if due_at and due_at <= now:
                due_at = ticket.team_id._get_reminder_due(now, count)
            ticket._write_values({"reminder_due_at": due_at})

    # ------------------------------------------------------------
    # Answers that tickets ask for
    # ------------------------------------------------------------

    def _get_reminder_due(self, start, count):
        """When a silent client is reminded, or his ticket solved without him.

        :param datetime start: naive UTC; when he was asked or last reminded
        :param int count: how many reminders he got already
        :return: naive UTC, or False for never
        """
        team = self.sudo()
        is_reminding = team.reminder_days and count < team.reminder_limit
        days = team.reminder_days if is_reminding else team.silent_solve_days
        return bool(days) and team._add_working_days(start, days)

    def _get_return_time(self, until):
        """When a ticket that waits until then comes back.

        :param until: a datetime (naive UTC), a date, or ISO text of either; a date
            means the opening of the team on that day
        :return: naive UTC
        :raises UserError: no such time, or not to come
        """
        try:
            if isinstance(until, str):
                is_day = len(until) == len("2026-01-31")
                convert = fields.Date.to_date if is_day else fields.Datetime.to_datetime
                until = convert(until)
            if not isinstance(until, datetime):
                until = self._get_opening(until)
        except (TypeError, ValueError) as error:
            raise UserError(self.env._("%s is no date.", until)) from error
        if until <= fields.Datetime.now():
            raise UserError(
                self.env._("Choose a date to come: it waits until then, not since.")
            )
        return until

    def _get_opening(self, day):
        """When this team opens on a day, or after it; naive UTC."""
        zone = pytz.timezone(self.sudo()._get_calendar().tz or "UTC")
        midnight = zone.localize(datetime.combine(day, time()))
        midnight = midnight.astimezone(pytz.utc).replace(tzinfo=None)
        try:
            return self.sudo()._get_working_time().next_opening(midnight)
        except NeverOpen:
            return midnight

    @api.model
    @tools.ormcache()
    def _get_all_ids(self):
        """The ids of all teams, archived ones too: they may have open tickets."""
        return tuple(self.sudo()._search([], active_test=False))

    def _subtract_working_hours(self, end, hours):
        """The last moment from which so much working time passes until the end.

        :param datetime end: naive UTC
        :return: naive UTC, or False where the calendar was never open for so long
        """
        try:
            return self.sudo()._get_working_time().subtract(end, hours * HOUR)
        except NeverOpen:
            return False
