from odoo import api, fields, models
from odoo.fields import Domain

from .ntr_ticket import PRIORITIES, STAFF


class NtrTicket(models.Model):
    """Who waits too long goes before others: the priority rises by itself (S97)."""

    _inherit = "ntr.ticket"  # pylint: disable=consider-merging-classes-inherited

    late_raised_at = fields.Datetime(
        "Priority raised",
        readonly=True,
        copy=False,
        groups=STAFF,
        help="When the priority rose because the ticket was late.",
    )

    @api.model
    def _get_derived_fields(self):
        return super()._get_derived_fields() | {"late_raised_at"}

    def _write_values(self, vals):
        # a client who was answered may come to wait too long once more
        if vals.get("unanswered_since", True) is False:
            vals = {"late_raised_at": False, **vals}
        return super()._write_values(vals)

    @api.model
    def _cron_raise_late(self, limit=100):
        """Raise the priority of late tickets, once for each time that one is late."""
        self._work_off(self._get_to_raise_domain(), "_raise_late", limit=limit)

    @api.model
    def _get_to_raise_domain(self):
        """Late tickets with a lower priority than their team gives late ones."""
        order = [value for value, __ in PRIORITIES]
        teams = self.env["ntr.team"].search([("late_priority", "!=", False)])
        below = Domain.OR(
            Domain("team_id", "in", group.ids)
            & Domain("priority", "in", order[: order.index(priority)])
            for priority, group in teams.grouped("late_priority").items()
        )
        return (
            below
            & Domain("late_raised_at", "=", False)
            & Domain("due_failure", "=", False)
            & Domain(self._get_late_domain())
        )

    def _raise_late(self):
        reason = self.with_context(lang=self.company_id.partner_id.lang).env._(
            "Late: the priority rose by itself"
        )
        self._write_logged(
            "classified",
            {
                "priority": self.team_id.late_priority,
                "priority_reason": reason,
                "late_raised_at": fields.Datetime.now(),
            },
            reason=reason,
        )
