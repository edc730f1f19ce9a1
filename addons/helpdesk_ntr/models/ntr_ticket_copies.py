from itertools import islice

from odoo import models
from odoo.fields import Domain
from odoo.tools import email_normalize

# Addresses in copy that a ticket remembers, and that an answer is addressed to
MAX_COPIES = 30
MAX_SUGGESTED = 10


class NtrTicket(models.Model):
    """Whoever writes to us chooses for himself whom we answer: within bounds.

    Otherwise one mail with two thousand addresses in copy would make of the next
    answer a mail of ours to all of them.
    """

    _inherit = "ntr.ticket"  # pylint: disable=consider-merging-classes-inherited

    def _mail_cc_sanitized_raw_dict(self, cc_string):
        found = super()._mail_cc_sanitized_raw_dict(cc_string)
        return dict(islice(((it, found[it]) for it in found if it), MAX_COPIES))

    def _message_get_suggested_recipients_batch(
        self,
        reply_discussion=False,
        reply_message=None,
        no_create=True,
        primary_email=False,
        additional_partners=None,
    ):
        """To whom an answer is addressed unless one of us changes it.

        Those whom a mail only names are left out where its sender is unknown, or names
        too many. Who is wanted all the same is written in by hand.
        """
        found = super()._message_get_suggested_recipients_batch(
            reply_discussion=reply_discussion,
            reply_message=reply_message,
            no_create=no_create,
            primary_email=primary_email,
            additional_partners=additional_partners,
        )
        for ticket in self:
            rows = found[ticket.id]
            named = [row for row in rows if not ticket._is_of_ticket(row)]
            is_known = bool(ticket.sudo().partner_id)
            if named and not (is_known and len(named) <= MAX_SUGGESTED):
                chosen = ticket._get_chosen_by_us()
                found[ticket.id] = [
                    row
                    for row in rows
                    if row not in named or row["partner_id"] in chosen.ids
                ]
        return found

    def _is_of_ticket(self, row):
        """Whether somebody belongs to this ticket, and not only to a line of a mail.

        :param dict row: of ``_message_get_suggested_recipients_batch``
        """
        ticket_sudo = self.sudo()
        if row["email"] and row["email"] == email_normalize(ticket_sudo.email_from):
            return True
        partner_sudo = ticket_sudo.env["res.partner"].browse(row["partner_id"] or [])
        firm = ticket_sudo.commercial_partner_id
        return bool(partner_sudo) and (
            partner_sudo == ticket_sudo.partner_id
            or not partner_sudo.partner_share
            or bool(firm and partner_sudo.commercial_partner_id == firm)
        )

    def _get_chosen_by_us(self):
        """The contacts to whom one of us has addressed a message of this ticket."""
        domain = Domain("model", "=", self._name) & Domain("res_id", "=", self.id)
        domain &= Domain("author_id.partner_share", "=", False)
        domain &= Domain("message_type", "=", "comment")
        messages = self.env["mail.message"].sudo()
        return messages.search(domain, limit=20, order="id desc").partner_ids
