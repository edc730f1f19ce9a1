from odoo import models
from odoo.exceptions import AccessError


class MailMessage(models.Model):
    _inherit = "mail.message"  # pylint: disable=consider-merging-classes-inherited

    def _get_ntr_original(self):
        """The mail that this message was, as it came.

        :return: (bytes, row of the journal); the bytes are empty where they are not
            kept any more, or never were
        :raises AccessError: the user is no colleague, or may not read the ticket or
            what is said in it
        """
        self.ensure_one()
        if not self.env.user._is_internal() or self.model != "ntr.ticket":
            raise AccessError(self.env._("Only colleagues read mails as they came."))
        self.check_access("read")
        ticket = self.env["ntr.ticket"].browse(self.res_id)
        ticket.check_access("read")
        if not ticket._may_read_conversation():
            raise AccessError(
                self.env._("You may not read what is said in this ticket.")
            )
        journal_sudo = self.env["ntr.mail.journal"].sudo()
        journal_sudo = journal_sudo.search([("mail_message_id", "=", self.id)], limit=1)
        return journal_sudo._get_original(), journal_sudo
