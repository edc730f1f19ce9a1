from odoo import fields, models


class NtrNotice(models.Model):
    """An acknowledgement goes out once per request, and not to a sender without end."""

    _inherit = "ntr.notice"  # pylint: disable=consider-merging-classes-inherited

    def _send(self):
        if not self._is_acknowledgement():
            return super()._send()
        ticket = self.ticket_id
        if not ticket._may_be_acknowledged():
            self.unlink()
            return None
        result = super()._send()
        ticket._write_values({"acknowledged_at": fields.Datetime.now()})
        return result

    def _is_acknowledgement(self):
        """Whether this letter tells a client the number of his request."""
        template_id = self.env["ir.model.data"]._xmlid_to_res_id(
            "helpdesk_ntr.mail_template_acknowledgement"
        )
        return (
            self.template_id.id == template_id
            and not self.message_id
            and not self.partner_id
        )
