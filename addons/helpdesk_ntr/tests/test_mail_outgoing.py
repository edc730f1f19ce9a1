from contextlib import ExitStack, contextmanager
from unittest.mock import patch

from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import HelpdeskCase

MEGABYTE = 1024 * 1024


class OutgoingCase(HelpdeskCase):
    """Letters that really are built, and handed over to a mail server of the test."""

    def setUp(self):
        super().setUp()
        self.sent = []

    @contextmanager
    def _mail_server(self, failure=None):
        """A mail server that takes every letter, or fails.

        :param failure: exception that it raises
        """

        def send_email(server, message, *args, **kwargs):
            if failure:
                raise failure
            self.sent.append(message)
            return message["Message-Id"]

        server = type(self.env["ir.mail_server"])
        with ExitStack() as stack:
            stack.enter_context(patch.object(server, "_disable_send", lambda it: False))
            stack.enter_context(patch.object(server, "_connect__", return_value=None))
            stack.enter_context(patch.object(server, "send_email", send_email))
            stack.enter_context(mute_logger("odoo.addons.mail.models.mail_mail"))
            yield

    def _get_letters(self):
        """What was sent to the client."""
        return [it for it in self.sent if self.client.email in it["To"]]

    def _answer(self, ticket, body="We come at noon", **values):
        return (
            ticket.with_user(self.engineer)
            .with_context(mail_notify_force_send=True)
            .message_post(
                body=body,
                message_type="comment",
                subtype_xmlid="mail.mt_comment",
                partner_ids=self.client.ids,
                **values,
            )
        )


@tagged("post_install", "-at_install")
class TestMailOutgoing(OutgoingCase):
    """What a letter of ours carries (E7)."""

    def test_an_answer(self):
        ticket = self._receive(self._mail(Message_ID="<first@romashka.example>"))
        with self._mail_server():
            message = self._answer(ticket)
        [letter] = self._get_letters()
        self.assertIn(self.team.alias_email, letter["Reply-To"])
        self.assertEqual(letter["Message-Id"], message.message_id)
        self.assertIn("<first@romashka.example>", letter["References"])
        self.assertIn(ticket.number, letter["Subject"])
        self.assertFalse(letter["Auto-Submitted"], "a person wrote it")
        plain = letter.get_body(("plain",))
        self.assertIn("We come at noon", plain.get_content())

    def test_an_acknowledgement(self):
        ticket = self._receive(self._mail(Message_ID="<first@romashka.example>"))
        with self._mail_server():
            self._send_due()
        [letter] = self._get_letters()
        self.assertEqual(letter["Auto-Submitted"], "auto-replied")
        self.assertIn(self.team.alias_email, letter["Reply-To"])
        self.assertIn(ticket.number, letter.get_body(("plain",)).get_content())
        self.assertIn("<first@romashka.example>", letter["References"])

    def test_a_letter_to_a_colleague(self):
        ticket = self._ticket()
        with self._mail_server():
            ticket.with_user(self.dispatcher).assign(self.engineer.id)
        letters = [it for it in self.sent if self.engineer.email in it["To"]]
        self.assertEqual(letters[0]["Auto-Submitted"], "auto-generated")

    def _make_files(self, ticket, megabytes):
        return self.env["ir.attachment"].create(
            [
                {
                    "name": f"photo{number}.bin",
                    "raw": bytes(MEGABYTE),
                    "res_model": "ntr.ticket",
                    "res_id": ticket.id,
                }
                for number in range(megabytes)
            ]
        )

    def test_small_files_come_along(self):
        ticket = self._ticket()
        files = self._make_files(ticket, 1)
        with self._mail_server():
            self._answer(ticket, attachment_ids=files.ids)
        [letter] = self._get_letters()
        names = [it.get_filename() for it in letter.iter_attachments()]
        self.assertEqual(names, ["photo0.bin"])

    def test_large_files_are_links(self):
        self.env["ir.config_parameter"].set_param("base.default_max_email_size", "2")
        ticket = self._ticket()
        files = self._make_files(ticket, 3)
        with self._mail_server():
            self._answer(ticket, attachment_ids=files.ids)
        [letter] = self._get_letters()
        self.assertFalse(list(letter.iter_attachments()))
        html = letter.get_body(("html",)).get_content()
        for file in files:
            self.assertIn(file.name, html)
            self.assertIn(f"/web/content/{file.id}", html)


@tagged("post_install", "-at_install")
class TestMailUnsent(OutgoingCase):
    """A letter that cannot be sent is seen, and sent again."""

    def _fail(self, ticket, failure=None):
        with self._mail_server(failure or OSError("the server does not answer")):
            self._answer(ticket)
        ticket.invalidate_recordset()

    def _find_unsent(self):
        return self.env["ntr.ticket"].search([("is_unsent", "=", True)])

    def test_seen_on_the_ticket(self):
        ticket = self._ticket()
        self.assertFalse(ticket.is_unsent)
        self._fail(ticket)
        seen = ticket.with_user(self.engineer)
        self.assertTrue(seen.is_unsent)
        self.assertIn("the server does not answer", seen.unsent_reason)
        self.assertIn(self.client.email, seen.unsent_reason)
        event = self._last_event(ticket)
        self.assertEqual((event.type, event.audience), ("undelivered", "staff"))
        self.assertIn("the server does not answer", event.reason)
        self.assertIn(ticket, self._find_unsent())

    def test_sent_again(self):
        ticket = self._ticket()
        self._fail(ticket)
        with self._mail_server():
            ticket.with_user(self.engineer).send_again()
        [letter] = self._get_letters()
        self.assertIn("We come at noon", letter.get_body(("plain",)).get_content())
        ticket.invalidate_recordset()
        self.assertFalse(ticket.is_unsent)
        self.assertFalse(ticket.unsent_reason)
        self.assertNotIn(ticket, self._find_unsent())

    def test_it_fails_again(self):
        ticket = self._ticket()
        self._fail(ticket)
        with self._mail_server(OSError("still not")):
            ticket.with_user(self.engineer).send_again()
        ticket.invalidate_recordset()
        self.assertIn("still not", ticket.unsent_reason)
        events = ticket._get_events().filtered(lambda it: it.type == "undelivered")
        to_client = events.filtered(lambda it: self.client.email in it.reason)
        self.assertEqual(len(to_client), 2)

    def test_an_address_that_is_none(self):
        """Odoo throws such a letter away; when the address is right it is made anew."""
        ticket = self._ticket()
        self.client.email = "no address"
        with self._mail_server(AssertionError(self._no_recipient())):
            self._answer(ticket)
        ticket.invalidate_recordset()
        self.assertTrue(ticket.is_unsent)
        self.assertTrue(ticket.unsent_reason)
        self.client.email = "ivan@romashka.example"
        with self._mail_server():
            ticket.with_user(self.engineer).send_again()
        [letter] = self._get_letters()
        self.assertIn("We come at noon", letter.get_body(("plain",)).get_content())
        ticket.invalidate_recordset()
        self.assertFalse(ticket.is_unsent)

    def _no_recipient(self):
        return self.env["ir.mail_server"].NO_VALID_RECIPIENT

    def test_given_up(self):
        ticket = self._ticket()
        self._fail(ticket)
        ticket.with_user(self.engineer).leave_unsent()
        ticket.invalidate_recordset()
        self.assertFalse(ticket.is_unsent)
        with self._mail_server():
            ticket.with_user(self.engineer).send_again()
        self.assertFalse(self.sent)

    def test_a_letter_without_contact(self):
        ticket = self._receive(self._mail(From="New Man <new@unknown.example>"))
        with self._mail_server(OSError("the server does not answer")):
            self._send_due()
        ticket.invalidate_recordset()
        self.assertIn("new@unknown.example", ticket.unsent_reason)
        with self._mail_server():
            ticket.with_user(self.engineer).send_again()
        self.assertIn("new@unknown.example", self.sent[0]["To"])

    def test_rights(self):
        ticket = self._ticket()
        self._fail(ticket)
        for user in (self.finance, self.author, self.stranger):
            for verb in ("send_again", "leave_unsent"):
                with self.assertRaises(AccessError):
                    getattr(ticket.with_user(user), verb)()
        self.assertTrue(ticket.is_unsent)

    def test_others_letters_are_left_alone(self):
        ticket, other = self._ticket(), self._ticket(name="Another")
        self._fail(ticket)
        self._fail(other)
        with self._mail_server():
            ticket.with_user(self.engineer).send_again()
        other.invalidate_recordset()
        self.assertTrue(other.is_unsent)
