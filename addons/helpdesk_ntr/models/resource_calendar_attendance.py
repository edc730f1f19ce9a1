from odoo import api, models

from ..tools.working_time import Line


class ResourceCalendarAttendance(models.Model):
    _inherit = "resource.calendar.attendance"

    @api.model_create_multi
    def create(self, vals_list):
        attendances = super().create(vals_list)
        self.env["resource.calendar"]._ntr_forget_compiled()
        return attendances

    def write(self, vals):
        result = super().write(vals)
        self.env["resource.calendar"]._ntr_forget_compiled()
        return result

    def unlink(self):
        result = super().unlink()
        self.env["resource.calendar"]._ntr_forget_compiled()
        return result

    def _ntr_get_line(self):
        """Return the attendance as a `Line` of working time."""
        self.ensure_one()
        week = None
        if self.calendar_id.two_weeks_calendar:
            week = int(self.week_type or 0)
        return Line.from_hours(
            int(self.dayofweek), self.hour_from, self.hour_to, week=week
        )
