from datetime import datetime, time

import pytz

from odoo import api, fields, models

from ..tools.working_time import NeverOpen


class NtrRecurringWork(models.Model):
    """What falls on a day off is planned for the next working day."""

    _inherit = "ntr.recurring.work"  # pylint: disable=consider-merging-classes-inherited

    on_workdays = fields.Boolean(
        "Only on working days",
        default=True,
        help="A date on which the team does not work, such as a holiday, is planned "
        "for its next working day. Later dates are counted as before.",
    )

    @api.depends("on_workdays", "team_id")
    def _compute_coming_dates(self):
        return super()._compute_coming_dates()

    def _get_coming_dates(self):
        return [self._get_planned_day(day) for day in super()._get_coming_dates()]

    def _prepare_ticket_values(self, date):
        values = super()._prepare_ticket_values(date)
        return dict(values, planned_start=self._get_planned_day(date))

    def _get_planned_day(self, day):
        """The day on which the work of a date is done, where the team works."""
        if not self.on_workdays:
            return day
        zone = self._get_zone()
        start = zone.localize(datetime.combine(day, time())).astimezone(pytz.utc)
        working_time = self.team_id.sudo()._get_working_time()
        try:
            opening = working_time.next_opening(start.replace(tzinfo=None))
        except NeverOpen:
            return day
        return pytz.utc.localize(opening).astimezone(zone).date()
