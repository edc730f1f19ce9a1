from odoo import api, fields, models

from .ntr_ticket import STAFF


class NtrTicket(models.Model):
    """A ticket that was made for a date of recurring work."""

    _inherit = "ntr.ticket"  # pylint: disable=consider-merging-classes-inherited

    recurring_work_id = fields.Many2one(
        "ntr.recurring.work",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
        groups=STAFF,
    )
    recurring_date = fields.Date(
        "Date of recurring work", readonly=True, copy=False, groups=STAFF
    )

    _recurring_uniq = models.UniqueIndex(
        "(recurring_date, recurring_work_id) WHERE recurring_work_id IS NOT NULL",
        "The ticket of this date has been made already.",
    )

    @api.model
    def _get_derived_fields(self):
        return super()._get_derived_fields() | {"recurring_work_id", "recurring_date"}
