from odoo import api, models
from odoo.fields import Domain
from odoo.tools import ormcache

from ..tools.working_time import Calendar, WorkingHours, compiled

# What the compiled calendar reads, computed and inverse fields included.
COMPILED_FIELDS = {
    "attendance_ids",
    "attendance_ids_1st_week",
    "attendance_ids_2nd_week",
    "company_id",
    "flexible_hours",
    "global_leave_ids",
    "leave_ids",
    "schedule_type",
    "two_weeks_calendar",
    "tz",
}


class ResourceCalendar(models.Model):
    _inherit = "resource.calendar"

    def write(self, vals):
        result = super().write(vals)
        if COMPILED_FIELDS & vals.keys():
            self._ntr_forget_compiled()
        return result

    def _ntr_compiled(self, company=None):
        """Return the working time of the calendar, ready to add and measure.

        Of an empty recordset or an unusable calendar it is time itself, 24×7:
        a promise whose calendar was emptied later must not stop the mail. Where
        a calendar is chosen, ask ``_ntr_is_usable`` and refuse.

        :param company: whose public holidays count when the calendar belongs to
            no company; by default only those that belong to no company either
        :return: `tools.working_time.Calendar`; naive UTC datetimes, seconds
        """
        if not self:
            return Calendar.always()
        self.ensure_one()
        company = company or self.env["res.company"]
        if not self.id:
            return self._ntr_compile(company)
        return self._ntr_compiled_by_id(company.id)

    def _ntr_is_usable(self):
        """Tell whether deadlines can be counted: fixed hours, and some of them."""
        self.ensure_one()
        calendar = self.sudo()
        return not calendar.flexible_hours and bool(calendar._ntr_get_lines())

    def _ntr_get_working_hours(self, company):
        """Return the description that is compiled, `WorkingHours`.

        :param company: a company, or none, whose public holidays count
        """
        self.ensure_one()
        return WorkingHours(
            zone=self.tz or "UTC",
            lines=tuple(self._ntr_get_lines()),
            holidays=tuple(
                leave._ntr_get_interval() for leave in self._ntr_get_holidays(company)
            ),
            extra=tuple(self._ntr_get_extra_intervals(company)),
        )

    def _ntr_get_lines(self):
        """Return the weekly or fortnightly pattern, a list of `Line`."""
        lines = (
            attendance._ntr_get_line()
            for attendance in self.attendance_ids
            if attendance._is_work_period()
        )
        return [line for line in lines if line.start < line.stop]

    def _ntr_get_holidays(self, company):
        """Return the ``resource.calendar.leaves`` on which nobody works."""
        if not self._origin:
            return self.leave_ids.filtered(
                lambda leave: not leave.resource_id and leave.time_type == "leave"
            )
        return self.env["resource.calendar.leaves"].search(
            self._ntr_get_holidays_domain(company)
        )

    def _ntr_get_holidays_domain(self, company):
        # As superuser Odoo's own computation would count the holidays of all
        # companies that name no calendar.
        companies = Domain("company_id", "in", [False, *company.ids])
        of_calendar = Domain("calendar_id", "=", self._origin.id)
        if company:
            of_calendar &= companies
        return (
            Domain("resource_id", "=", False)
            & Domain("time_type", "=", "leave")
            & (of_calendar | (Domain("calendar_id", "=", False) & companies))
        )

    def _ntr_get_extra_intervals(self, company):
        """Return pairs of naive UTC datetimes in which there is work whatever
        the pattern and the holidays say: moved working days."""
        return []

    def _ntr_compile(self, company):
        calendar = self.sudo()
        if not calendar._ntr_is_usable():
            return Calendar.always(calendar.tz or "UTC")
        return compiled(calendar._ntr_get_working_hours(calendar.company_id or company))

    @ormcache("self.id", "company_id")
    def _ntr_compiled_by_id(self, company_id):
        return self._ntr_compile(self.env["res.company"].browse(company_id or []))

    @api.model
    def _ntr_forget_compiled(self):
        """Drop the compiled calendars, here and in the other processes.

        Again after the commit: until then another thread reads the old values
        and would keep what it made of them.
        """
        registry = self.env.registry
        registry.clear_cache()
        self.env.cr.postcommit.add(registry.clear_cache)
