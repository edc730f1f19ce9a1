from odoo import api, fields, models

from .ntr_ticket import STAFF


class NtrTicket(models.Model):
    """How much work a ticket is and in which week it is to be done (C3.9)."""

    _inherit = "ntr.ticket"  # pylint: disable=consider-merging-classes-inherited

    planned_hours = fields.Float(
        copy=False,
        groups=STAFF,
        help="How much work this will be. With a week it counts in the capacity of "
        "the executor.",
    )
    planned_start = fields.Date(
        "Planned for",
        copy=False,
        groups=STAFF,
        help="A day of the week in which it is to be done. What is not done by then "
        "counts in the present week.",
    )

    _planned_hours_positive = models.Constraint(
        "CHECK(planned_hours >= 0)", "Planned hours cannot be negative."
    )
    _planned_idx = models.Index(
        "(planned_start) WHERE planned_start IS NOT NULL AND active IS TRUE"
    )

    @api.model
    def _get_ledger_fields(self):
        return super()._get_ledger_fields() + ["planned_hours", "planned_start"]

    def _get_ledger_values(self):
        values = super()._get_ledger_values()
        # JSON knows no dates
        values["planned_start"] = fields.Date.to_string(values["planned_start"])
        return values
