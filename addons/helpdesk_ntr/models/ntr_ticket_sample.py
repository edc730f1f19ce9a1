from odoo import api, fields, models

from .ntr_ticket import STAFF


class NtrTicket(models.Model):
    """Tickets to try the help desk with: nobody is written to about them."""

    _inherit = "ntr.ticket"  # pylint: disable=consider-merging-classes-inherited

    is_sample = fields.Boolean(
        "Sample",
        readonly=True,
        copy=False,
        groups=STAFF,
        help="Made by the first steps to try the help desk with. No letter is sent "
        "about it.",
    )

    @api.model
    def _get_derived_fields(self):
        return super()._get_derived_fields() | {"is_sample"}

    def _notify_thread_by_email(self, message, recipients_data, **kwargs):
        if self.sudo().is_sample:
            return True
        return super()._notify_thread_by_email(message, recipients_data, **kwargs)

    def _remove_samples(self):
        """Delete sample tickets with their ledger, whatever state they are in."""
        tickets = self.sudo().filtered("is_sample")
        self.env["ntr.link"].sudo().search(
            [("res_model", "=", self._name), ("res_id", "in", tickets.ids)]
        ).unlink()
        for ticket in tickets:
            ticket._write_values(
                {"stage_id": ticket.team_id._get_stage_id("cancelled")}
            )
        return tickets.unlink()
