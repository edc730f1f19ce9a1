from odoo import models
from odoo.fields import Domain


class NtrTicket(models.Model):
    _inherit = "ntr.ticket"

    def _get_absent_users(self, users, at):
        """Colleagues on an approved leave are away until it ends. Working elsewhere
        is no absence."""
        absent = super()._get_absent_users(users, at)
        leaves = self.env["hr.leave"].sudo().search(self._get_leaves_domain(users, at))
        for leave in leaves.sorted("date_to"):
            absent[leave.user_id.id] = leave.date_to
        return absent

    def _get_leaves_domain(self, users, at):
        return (
            Domain("user_id", "in", users.ids)
            & Domain("state", "=", "validate")
            & Domain("holiday_status_id.time_type", "=", "leave")
            & Domain("date_from", "<=", at)
            & Domain("date_to", ">", at)
        )
