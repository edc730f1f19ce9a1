from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import plaintext2html

from .ntr_ticket import STAFF


class NtrTicket(models.Model):
    """What came in past the machines: by phone, fax, letter, visit (S17, S85).

    A person of ours types what the client said or wrote; the message is the client's.
    """

    _inherit = "ntr.ticket"  # pylint: disable=consider-merging-classes-inherited

    incoming_number = fields.Char(
        index="trigram",
        copy=False,
        groups=STAFF,
        help="Under which the client's letter or fax was registered, or his own number "
        "of it.",
    )
    incoming_date = fields.Date(
        copy=False, groups=STAFF, help="Of the client's letter or fax."
    )

    def _get_message_channel_id(self, values):
        """Who types in what was said tells through which channel it was."""
        if values.get("ntr_channel_id") and self.env.user._is_internal():
            return values["ntr_channel_id"]
        return super()._get_message_channel_id(values)

    def _adopt_files(self, files):
        """Take over files that the user has just uploaded elsewhere.

        :param files: ``ir.attachment``
        """
        if files:
            files.write({"res_model": self._name, "res_id": self.id})

    def _post_for_client(self, partner, channel, text, files):
        """Post what a client said or wrote to whoever types it in.

        :param partner: the contact who said it, of this ticket's client
        :param channel: the ``ntr.channel`` it came through
        :param str text: plain text; may be empty where there are files
        :param files: ``ir.attachment``, taken over already
        :return: the message
        :raises UserError: that contact is not of the client of this ticket
        """
        self.ensure_one()
        self.check_access("write")
        if partner.commercial_partner_id != self.commercial_partner_id:
            raise UserError(
                self.env._(
                    "%(number)s is not a ticket of %(client)s. Register a new one.",
                    number=self.number,
                    client=partner.commercial_partner_id.display_name,
                )
            )
        return self.message_post(
            body=plaintext2html(text) if text else "",
            author_id=partner.id,
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
            attachment_ids=files.ids,
            ntr_channel_id=channel.id,
        )

    def _acknowledge_now(self):
        """Send the acknowledgement that is due at once, so that it goes out before
        whatever is told next."""
        template = self._get_letter_template(
            "helpdesk_ntr.mail_template_acknowledgement"
        )
        notices_sudo = self.env["ntr.notice"].sudo()
        if template:
            notices_sudo = notices_sudo.search(
                [("ticket_id", "in", self.ids), ("template_id", "=", template.id)]
            )
        for notice_sudo in notices_sudo:
            notice_sudo._send()
