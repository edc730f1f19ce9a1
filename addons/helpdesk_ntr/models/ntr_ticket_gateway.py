from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import email_normalize

# As Odoo's own guard against loops, whose parameters are used
BURST_MINUTES = 120
BURST_SIZE = 20


class NtrTicket(models.Model):
    """What the mail gateway must not do to a help desk: lose, and be silent."""

    _inherit = "ntr.ticket"  # pylint: disable=consider-merging-classes-inherited

    # ------------------------------------------------------------
    # Many mails of one sender
    # ------------------------------------------------------------

    @api.model
    def _fold_burst(self, email_from):
        """The ticket that takes in what one sender sends again and again.

        Odoo drops such mails and answers the sender, who may be a program that
        answers back. Here they are collected in his last open ticket, and staff is
        told once.

        :param str email_from: the sender, as the mail has it
        :return: the ticket, or none where he has not sent so much
        """
        address = email_normalize(email_from)
        burst = self._find_burst(address) if address else self.browse()
        if len(burst) < self._get_burst_limits()[1]:
            return self.browse()
        ticket = burst.filtered(lambda it: not it._is_ended())[:1]
        if ticket and not ticket.is_collecting:
            ticket._write_values({"is_collecting": True})
            ticket._tell_of_burst(address, len(burst))
        return ticket

    is_collecting = fields.Boolean(
        "Collects mails of its sender",
        readonly=True,
        copy=False,
        groups="base.group_user",
        help="He has sent so many mails in a short time that further ones come here.",
    )

    @api.model
    def _get_derived_fields(self):
        return super()._get_derived_fields() | {"is_collecting"}

    @api.model
    def _get_burst_limits(self):
        """(minutes, number of tickets) beyond which further mails are collected."""
        get_param = self.env["ir.config_parameter"].sudo().get_param
        return (
            int(get_param("mail.gateway.loop.minutes", BURST_MINUTES)),
            int(get_param("mail.gateway.loop.threshold", BURST_SIZE)),
        )

    @api.model
    def _find_burst(self, address):
        """The tickets that came from an address of late, the last first."""
        minutes, size = self._get_burst_limits()
        since = fields.Datetime.now() - timedelta(minutes=minutes)
        domain = Domain("create_date", ">=", since) & Domain(
            self._detect_loop_sender_domain(address)
        )
        tickets = self.sudo().search(domain, order="id desc", limit=size + 1)
        # what is found by a part of the text may be somebody else's address
        return tickets.filtered(lambda it: it._get_asking_address() == address)

    def _tell_of_burst(self, address, count):
        """A note in the ticket, and a letter to whoever answers for it."""
        reason = self.env._(
            "%(address)s has sent %(count)s requests in a short time. Further mails of "
            "this sender are collected here.",
            address=address,
            count=count,
        )
        self.message_post(body=reason, subtype_xmlid="mail.mt_note")
        self._tell_staff(
            "helpdesk_ntr.mail_template_client_wrote", self.accountable_id.partner_id
        )

    # ------------------------------------------------------------
    # Not delivered
    # ------------------------------------------------------------

    def _note_undelivered(self, message, failures):
        """A letter of this ticket did not arrive: the ledger has it, and a note.

        :param message: our ``mail.message``
        :param failures: list of ``tools.mail_report.Failure``
        """
        for ticket in self:
            for failure in failures:
                reason = ticket._get_undelivered_sentence(failure)
                ticket._register_event(
                    "undelivered",
                    audience="staff",
                    reason=reason,
                    message_id=message.id,
                )
                ticket.message_post(body=reason, subtype_xmlid="mail.mt_note")

    def _get_undelivered_sentence(self, failure):
        said = " ".join(filter(None, (failure.status, failure.reason)))
        if not said:
            return self.env._("A mail to %s was not delivered.", failure.email)
        return self.env._(
            "A mail to %(email)s was not delivered: %(reason)s",
            email=failure.email,
            reason=said,
        )
