import email
from email import policy

from odoo import fields, models
from odoo.fields import Domain

from ..tools import mail_identity, mail_repair

ID_LENGTH = 40


class NtrMailJournal(models.Model):
    """The same mail twice, and two mails that bear one Message-ID.

    Odoo drops whatever has a Message-ID that it has seen. Programs that give all their
    mails the same one would lose all but the first.
    """

    _inherit = "ntr.mail.journal"  # pylint: disable=consider-merging-classes-inherited

    is_told_apart = fields.Boolean(
        "Message-ID used twice",
        readonly=True,
        help="Another mail, with other content, has the same Message-ID.",
    )

    def _get_fingerprint(self, message):
        """Of what was written; a mail with neither date nor number is like no other,
        so that a program that always says the same is heard each time.

        :param message: the parsed mail
        """
        if message.get("Date") or mail_identity.get_message_id(message):
            return mail_identity.fingerprint(message)
        return self.sha256

    def _get_own_message_id(self, message):
        """The Message-ID that this mail gets instead of its own, or None.

        The same for the same mail, so that it is known again.

        :param message: the parsed mail
        """
        if not self:
            return None
        if mail_identity.get_message_id(message) and not self.is_told_apart:
            return None
        return f"<{self._get_fingerprint(message)[:ID_LENGTH]}@mail.invalid>"

    def _find_twin(self, *states):
        """The same mail as it came through another door, or none."""
        domain = Domain("message_id", "=", self.message_id)
        domain &= Domain("fingerprint", "=", self.fingerprint)
        domain &= Domain("id", "!=", self.id) & Domain("state", "in", states)
        return self.search(domain, limit=1) if self.fingerprint else self.browse()

    def _tell_apart(self, raw):
        """Whether this mail was dropped for its Message-ID, though it is another one.

        Of the same mail it is noted which ticket it made.

        :param bytes raw: the mail
        """
        is_dropped = self.state == "received" and not self.mail_message_id
        if not is_dropped or self.is_told_apart or not self.message_id:
            return False
        domain = Domain("message_id", "=", self.message_id)
        domain &= Domain("id", "!=", self.id) & Domain("mail_message_id", "!=", False)
        namesakes = self.search(domain)
        if not namesakes:
            return False
        message = email.message_from_bytes(raw, policy=policy.SMTP)
        mail_repair.repair(message)
        self.fingerprint = self._get_fingerprint(message)
        same = namesakes.filtered(lambda it: it.fingerprint == self.fingerprint)
        self.ticket_id = same[:1].ticket_id
        self.is_told_apart = not same
        return self.is_told_apart
