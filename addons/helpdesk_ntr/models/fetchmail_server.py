from functools import partial

from odoo import models


class FetchmailServer(models.Model):
    _inherit = "fetchmail.server"

    def _connect__(self, allow_archived=False):
        """A mailbox in which a mail stays unread until it is dealt with.

        Odoo's way of reading marks the mail, and it takes the mark away again: when
        the server is killed in between, nobody fetches that mail any more.
        """
        connection = super()._connect__(allow_archived=allow_archived)
        if self._get_connection_type() == "imap":
            connection.fetch = partial(_peek, connection.fetch)
        return connection

    def _fetch_mail(self, batch_limit=50):
        """Letters that the fetched mails are owed go out after the batch.

        To wake the scheduled action up costs a connection of its own, so that is done
        once, and again at the next fetching if this one was killed before.
        """
        result = super()._fetch_mail(batch_limit=batch_limit)
        self.env["ntr.notice"]._wake_up()
        return result


def _peek(fetch, message_set, message_parts):
    return fetch(message_set, message_parts.replace("RFC822", "BODY.PEEK[]"))
