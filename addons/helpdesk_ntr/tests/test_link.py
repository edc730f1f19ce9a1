from datetime import timedelta

from odoo import fields
from odoo.tests import HttpCase, tagged

from .common import HelpdeskCase


@tagged("post_install", "-at_install")
class TestLink(HelpdeskCase, HttpCase):
    def _token(self, ticket, verb):
        return self.env["ntr.link"]._make(ticket, verb, self.client)

    def _post(self, token, **data):
        page = self.url_open(f"/support/answer/{token}")
        self.assertEqual(page.status_code, 200)
        csrf = page.text.split('name="csrf_token" value="')
        data["csrf_token"] = csrf[1].split('"')[0] if len(csrf) > 1 else ""
        return self.url_open(f"/support/answer/{token}", data=data)

    def test_only_the_hash_is_kept(self):
        token = self._token(self._solved(), "confirm")
        link = self.env["ntr.link"].search([], limit=1)
        self.assertNotIn(token, str(link.read()))
        self.assertEqual(self.env["ntr.link"]._find(token), link)

    def test_opening_changes_nothing(self):
        ticket = self._solved()
        for verb in ("confirm", "reject"):
            response = self.url_open(f"/support/answer/{self._token(ticket, verb)}")
            self.assertEqual(response.status_code, 200)
            self.assertIn(ticket.number, response.text)
            self.assertEqual(response.headers["Cache-Control"], "no-store")
        ticket.invalidate_recordset()
        self.assertEqual(ticket.state, "solved")

    def test_confirm(self):
        ticket = self._solved()
        response = self._post(self._token(ticket, "confirm"))
        self.assertIn("Thank you", response.text)
        ticket.invalidate_recordset()
        self.assertEqual(ticket.state, "closed")
        event = ticket.event_ids.filtered(lambda e: e.type == "confirmed")
        self.assertEqual(event.actor_id, self.client)

    def test_reject_with_reason(self):
        ticket = self._solved()
        token = self._token(ticket, "reject")
        response = self._post(token, reason="   ")
        self.assertIn("Say why", response.text)
        ticket.invalidate_recordset()
        self.assertEqual(ticket.state, "solved")
        response = self._post(token, reason="It prints stripes again")
        self.assertIn("open again", response.text)
        ticket.invalidate_recordset()
        self.assertEqual(ticket.state, "open")
        event = ticket.event_ids.filtered(lambda e: e.type == "rejected")
        self.assertEqual(event.reason, "It prints stripes again")

    def test_post_needs_a_csrf_token(self):
        ticket = self._solved()
        response = self.url_open(
            f"/support/answer/{self._token(ticket, 'confirm')}", data={"x": "y"}
        )
        self.assertEqual(response.status_code, 400)
        ticket.invalidate_recordset()
        self.assertEqual(ticket.state, "solved")

    def test_dead_links_tell_nothing(self):
        ticket = self._solved()
        used = self._token(ticket, "confirm")
        self._post(used)
        revoked = self._token(ticket, "confirm")
        self.env["ntr.link"]._revoke(ticket)
        expired = self._token(ticket, "confirm")
        self.env["ntr.link"]._find(expired).expires_at = (
            fields.Datetime.now() - timedelta(seconds=1)
        )
        for token in (used, revoked, expired, "nonsense", "x" * 2000):
            response = self.url_open(f"/support/answer/{token}")
            self.assertEqual(response.status_code, 200)
            self.assertIn("does nothing any more", response.text)
            self.assertNotIn(ticket.name, response.text)

    def test_letter_holds_the_links_and_the_ticket_does_not(self):
        ticket = self._solved()
        message = ticket.message_ids.filtered(
            lambda m: m.message_type == "auto_comment" and "solved" in m.body
        )
        self.assertEqual(len(message), 1)
        self.assertNotIn("/support/answer/", message.body)
        mail = self.env["mail.mail"].search([("mail_message_id", "=", message.id)])
        self.assertEqual(mail.body_html.count("/support/answer/"), 2)
        self.assertEqual(mail.recipient_ids, self.client)
