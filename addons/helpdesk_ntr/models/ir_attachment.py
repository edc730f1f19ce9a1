from functools import partial

from odoo import models
from odoo.fields import Domain

from .ntr_ticket_stage import ENDED_STATES


class IrAttachment(models.Model):
    """Files of a ticket are read by whoever reads its conversation, not by everybody
    who reads its head. (Clients have no right on files: they get those of their
    messages by the token in the message.)"""

    _inherit = "ir.attachment"

    def _check_access(self, operation):
        result = super()._check_access(operation)
        if self.env.su or operation != "read":
            return result
        hidden = (self - result[0] if result else self)._get_ntr_hidden()
        if not hidden:
            return result
        forbidden = hidden | result[0] if result else hidden
        return forbidden, partial(
            self.env["ir.rule"]._make_access_error, operation, forbidden
        )

    def _get_ntr_hidden(self):
        """Those of tickets whose conversation this user may not read."""
        tickets = self.env["ntr.ticket"]
        return self.filtered(
            lambda file: file.sudo().res_model == tickets._name
            and not file.sudo().public
            and not tickets.browse(file.sudo().res_id)._may_read_conversation()
        )

    def _search(
        self,
        domain,
        offset=0,
        limit=None,
        order=None,
        *,
        active_test=True,
        bypass_access=False,
    ):
        if not self.env.su and not bypass_access:
            domain = Domain(domain) & self._get_ntr_readable_domain()
        return super()._search(
            domain,
            offset,
            limit,
            order,
            active_test=active_test,
            bypass_access=bypass_access,
        )

    def _get_ntr_readable_domain(self):
        """All files, less those of tickets of which the user reads only the head."""
        tickets = self.env["ntr.ticket"]
        of_tickets = Domain("res_model", "=", tickets._name)
        user = self.env.user
        if user.share or not tickets.has_access("read"):
            return Domain.TRUE
        if not tickets._reads_conversations():
            return ~of_tickets
        if user.ntr_sees_history:
            return Domain.TRUE
        ended = tickets.sudo()._search([("state", "in", ENDED_STATES)])
        return ~(of_tickets & Domain("res_id", "in", ended))
