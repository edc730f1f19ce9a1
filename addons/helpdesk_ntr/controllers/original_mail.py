from odoo import http
from odoo.exceptions import AccessError, MissingError
from odoo.http import content_disposition, request


class OriginalMailController(http.Controller):
    """Mails as they came, to be saved: nothing of them is shown in the browser."""

    @http.route(
        "/helpdesk/message/<int:message_id>/original.eml",
        type="http",
        auth="user",
        methods=["GET"],
    )
    def original_of_message(self, message_id, **kw):
        """The mail that a message of a ticket was, for colleagues who may read it."""
        message = request.env["mail.message"].browse(message_id)
        try:
            raw, journal_sudo = message.exists()._get_ntr_original()
        except (AccessError, MissingError, ValueError):
            return self._refuse()
        return self._send(raw, journal_sudo)

    @http.route(
        "/helpdesk/incoming/<int:journal_id>/original.eml",
        type="http",
        auth="user",
        methods=["GET"],
    )
    def original_of_journal(self, journal_id, **kw):
        """A mail of the journal, for those who may read its row."""
        journal = request.env["ntr.mail.journal"].browse(journal_id).exists()
        if not journal or not journal.has_access("read"):
            return self._refuse()
        return self._send(journal.sudo()._get_original(), journal.sudo())

    def _send(self, raw, journal_sudo):
        if not raw:
            return self._answer(
                request.env._("This mail is not kept any more as it came.")
            )
        name = f"mail-{journal_sudo.id}.eml"
        return request.make_response(
            raw,
            [
                ("Content-Type", "message/rfc822"),
                ("Content-Disposition", content_disposition(name)),
                ("Content-Length", len(raw)),
                *self._get_safe_headers(),
            ],
        )

    def _refuse(self):
        """The same for what is not there and for what is not for this user."""
        return self._answer(
            request.env._("There is no such mail, or you may not read it.")
        )

    def _answer(self, sentence):
        headers = [("Content-Type", "text/plain; charset=utf-8")]
        return request.make_response(
            sentence, [*headers, *self._get_safe_headers()], status=404
        )

    def _get_safe_headers(self):
        return [
            ("X-Content-Type-Options", "nosniff"),
            ("Content-Security-Policy", "default-src 'none'; sandbox"),
            ("Cache-Control", "private, no-store"),
        ]
