from odoo import models


class MailMail(models.Model):
    _inherit = "mail.mail"

    def _postprocess_sent_message(
        self, success_pids, success_emails, failure_reason=False, failure_type=None
    ):
        """A letter of a ticket that could not be sent is told of in the ticket."""
        failures = []
        if failure_type:
            failures = self._get_ntr_failures(success_pids, success_emails)
        result = super()._postprocess_sent_message(
            success_pids,
            success_emails,
            failure_reason=failure_reason,
            failure_type=failure_type,
        )
        if failures:
            self.env["ntr.ticket"]._note_unsent_later(failures)
        return result

    def _get_ntr_failures(self, success_pids, success_emails):
        """What of these letters of tickets did not go out.

        :return: list of {ticket_id, message_id, name, reason}
        """
        types = dict(self._fields["failure_type"]._description_selection(self.env))
        partners = self.env["res.partner"].union(*(success_pids or ()))
        return [
            {
                "ticket_id": mail.res_id,
                "message_id": mail.mail_message_id.id,
                "name": ", ".join(mail._get_ntr_missed(partners, success_emails or ())),
                "reason": mail.failure_reason or types.get(mail.failure_type) or "",
            }
            for mail in self.sudo()
            if mail.model == "ntr.ticket" and mail.res_id
        ]

    def _get_ntr_missed(self, partners, emails):
        """The recipients of this letter without those who got it."""
        names = (self.recipient_ids - partners).mapped("email_formatted")
        others = [it.strip() for it in (self.email_to or "").split(",") if it.strip()]
        return [*filter(None, names), *(it for it in others if it not in emails)]
