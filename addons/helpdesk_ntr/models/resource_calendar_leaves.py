from datetime import timedelta

from odoo import api, models


class ResourceCalendarLeaves(models.Model):
    _inherit = "resource.calendar.leaves"

    @api.model_create_multi
    def create(self, vals_list):
        leaves = super().create(vals_list)
        if leaves._ntr_is_holiday():
            self.env["resource.calendar"]._ntr_forget_compiled()
        return leaves

    def write(self, vals):
        # A day off of one person may become a holiday of all, and back.
        is_holiday = self._ntr_is_holiday()
        result = super().write(vals)
        if is_holiday or self._ntr_is_holiday():
            self.env["resource.calendar"]._ntr_forget_compiled()
        return result

    def unlink(self):
        is_holiday = self._ntr_is_holiday()
        result = super().unlink()
        if is_holiday:
            self.env["resource.calendar"]._ntr_forget_compiled()
        return result

    def _ntr_is_holiday(self):
        """Tell whether any of these is for all: people's own days off are many
        and no calendar is made of them."""
        return not all(leave.resource_id for leave in self)

    def _ntr_get_interval(self):
        """Return the first moment off and the first moment after, naive UTC.

        Odoo ends a day off at 23:59:59. Its last second is off as well: left
        open, it would be working time in a calendar of day and night.
        """
        self.ensure_one()
        end = self.date_to
        if end.second == 59:
            end += timedelta(seconds=1)
        return self.date_from, end
