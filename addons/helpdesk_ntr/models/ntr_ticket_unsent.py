import logging
import time

from odoo import SUPERUSER_ID, api, fields, models, modules
from odoo.fields import Domain
from odoo.modules.registry import Registry
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY

from .ntr_ticket import STAFF

_logger = logging.getLogger(__name__)

ATTEMPTS = 5


class NtrTicket(models.Model):
    """Letters that could not be sent: seen on the ticket, and sent again from there."""

    _inherit = "ntr.ticket"  # pylint: disable=consider-merging-classes-inherited

    is_unsent = fields.Boolean(
        "A letter was not sent",
        compute="_compute_unsent_reason",
        search="_search_is_unsent",
        groups=STAFF,
    )
    unsent_reason = fields.Text(
        "Not sent",
        compute="_compute_unsent_reason",
        groups=STAFF,
        help="To whom letters of this ticket could not be sent, and why.",
    )

    # ------------------------------------------------------------
    # What was not sent
    # ------------------------------------------------------------

    def _compute_unsent_reason(self):
        sentences = self._get_unsent_sentences()
        for ticket in self:
            found = sentences.get(ticket._origin.id, ())
            ticket.is_unsent = bool(found)
            ticket.unsent_reason = "\n".join(dict.fromkeys(found))

    @api.model
    def _search_is_unsent(self, operator, value):
        if operator != "in":
            return NotImplemented
        mails = self.env["mail.mail"].sudo().search(self._get_unsent_mail_domain())
        missed = self.env["mail.notification"].sudo()
        missed = missed.search(self._get_missed_domain())
        ids = {*mails.mapped("res_id"), *missed.mail_message_id.mapped("res_id")}
        return Domain("id", "in", list(ids))

    @api.model
    def _get_unsent_mail_domain(self):
        """Letters of tickets that Odoo tried to send and could not."""
        return Domain("state", "=", "exception") & Domain("model", "=", "ntr.ticket")

    @api.model
    def _get_missed_domain(self):
        """Recipients whom a letter of a ticket did not reach for want of an address:
        Odoo keeps that, and not the letter."""
        return (
            Domain("notification_type", "=", "email")
            & Domain("notification_status", "=", "exception")
            & Domain("mail_message_id.model", "=", "ntr.ticket")
        )

    def _get_unsent_mails(self):
        """The letters of these tickets that could not be sent (sudo)."""
        domain = self._get_unsent_mail_domain() & Domain("res_id", "in", self.ids)
        return self.env["mail.mail"].sudo().search(domain)

    def _get_missed(self):
        """The recipients who were missed and whose letter is kept no more (sudo)."""
        domain = self._get_missed_domain() & Domain(
            "mail_message_id.res_id", "in", self.ids
        )
        missed = self.env["mail.notification"].sudo().search(domain)
        return missed.filtered(lambda it: not it.mail_mail_id.exists())

    def _get_unsent_sentences(self):
        """{ticket id: sentences} of what could not be sent."""
        sentences = {}
        for row in self._get_unsent_mails()._get_ntr_failures((), ()):
            sentences.setdefault(row["ticket_id"], []).append(
                self._get_unsent_sentence(row["name"], row["reason"])
            )
        for it in self._get_missed():
            name = it.res_partner_id.email_formatted or it.res_partner_id.name
            sentences.setdefault(it.mail_message_id.res_id, []).append(
                self._get_unsent_sentence(
                    name or it.mail_email_address,
                    it.failure_reason or it.format_failure_reason(),
                )
            )
        return sentences

    @api.model
    def _get_unsent_sentence(self, name, reason):
        reason = " ".join((reason or "").split())
        if not name:
            return self.env._("A letter was not sent: %s", reason)
        return self.env._(
            "A letter to %(name)s was not sent: %(reason)s", name=name, reason=reason
        )

    # ------------------------------------------------------------
    # Noting it
    # ------------------------------------------------------------

    @api.model
    def _note_unsent_later(self, failures):
        """Enter into the ledger what could not be sent, once the mail server is left.

        Not in the transaction that sends: if it had to give way to somebody who is at
        work on a ticket, letters that went out would go out again.

        :param list failures: of ``mail.mail._get_ntr_failures``
        """
        if modules.module.current_test:
            self.sudo()._note_unsent(failures)
            return
        dbname = self.env.cr.dbname
        self.env.cr.postcommit.add(lambda: _note_unsent(dbname, failures))

    @api.model
    def _note_unsent(self, failures):
        messages = self.env["mail.message"]
        for failure in failures:
            ticket = self.browse(failure["ticket_id"]).exists()
            ticket._register_event(
                "undelivered",
                audience="staff",
                reason=self._get_unsent_sentence(failure["name"], failure["reason"]),
                message_id=messages.browse(failure["message_id"]).exists().id,
            )

    # ------------------------------------------------------------
    # Verbs
    # ------------------------------------------------------------

    def send_again(self):
        """Try once more to send the letters of these tickets that could not be sent.

        :return: True
        """
        tickets = self._for_verb("send_again")
        tickets._send_missed_again()
        mails = tickets._get_unsent_mails()
        mails.write({"state": "outgoing", "failure_reason": False})
        mails.send_after_commit()
        tickets.invalidate_recordset(["is_unsent", "unsent_reason"])
        return True

    def _send_missed_again(self):
        """New letters for whom the first one had no right address."""
        for message, missed in self._get_missed().grouped("mail_message_id").items():
            partners = missed.res_partner_id.filtered("email_normalized")
            if not partners:
                continue
            ticket = self.browse(message.res_id).sudo()
            # nobody else gets it a second time
            rows = self.env["mail.followers"]._get_recipient_data(
                ticket, message.message_type, False, partners.ids
            )[ticket.id]
            missed.filtered(lambda it, of=partners: it.res_partner_id in of).unlink()
            ticket._notify_thread_by_email(
                message, [row for row in rows.values() if row["id"] in partners.ids]
            )

    def leave_unsent(self):
        """Give up the letters of these tickets that could not be sent.

        :return: True
        """
        tickets = self._for_verb("leave_unsent")
        tickets._get_missed().write({"notification_status": "canceled"})
        mails = tickets._get_unsent_mails()
        notifications = self.env["mail.notification"].sudo()
        notifications.search(
            [
                ("mail_mail_id", "in", mails.ids),
                ("notification_status", "=", "exception"),
            ]
        ).write({"notification_status": "canceled"})
        mails.cancel()
        tickets.invalidate_recordset(["is_unsent", "unsent_reason"])
        return True

    def action_send_again(self):
        """Button: send again what could not be sent."""
        self.send_again()

    def action_leave_unsent(self):
        """Button: what could not be sent is not worth another try."""
        self.leave_unsent()


def _note_unsent(dbname, failures):
    """Enter failures into the ledger in a transaction of their own."""
    for attempt in range(ATTEMPTS):
        try:
            with Registry(dbname).cursor() as cr:
                env = api.Environment(cr, SUPERUSER_ID, {})
                env["ntr.ticket"]._note_unsent(failures)
            return
        except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
            time.sleep(0.1 * 2**attempt)
    # they stand on the tickets and on the health page all the same
    _logger.info("Failed letters of %s tickets are not in the ledger", len(failures))
