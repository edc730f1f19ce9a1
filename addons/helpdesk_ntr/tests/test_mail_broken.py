from unittest.mock import patch

from odoo.tests import tagged

from .common import HelpdeskCase


@tagged("post_install", "-at_install")
class TestMailBroken(HelpdeskCase):
    """Mail that breaks the rules is not lost; a report on a mail makes no ticket."""

    def _receive_bytes(self, raw, **headers):
        head = self._mail(**headers).as_bytes().split(b"\n\n")[0].splitlines()
        kept = [line for line in head if not line.startswith((b"Content-", b"MIME"))]
        return self._receive(Raw(b"\n".join([*kept, raw])))

    def test_unknown_charset(self):
        ticket = self._receive_bytes(
            b"Content-Type: text/plain; charset=x-unknown\n\n"
            + "Печатает полосы".encode("cp1251")
        )
        self.assertEqual(ticket.partner_id, self.client)
        self.assertIn("Печатает полосы", ticket.description)

    def test_file_of_an_unknown_type(self):
        ticket = self._receive_bytes(
            b"Content-Type: multipart/mixed; boundary=b\n\n--b\n\nSee it.\n"
            b"--b\nContent-Type: model/stl; name=gear.stl\n"
            b"Content-Disposition: attachment; filename=gear.stl\n\nsolid\n--b--\n"
        )
        self.assertIn("See it.", ticket.description)
        self.assertEqual(ticket.message_ids.attachment_ids.mapped("name"), ["gear.stl"])

    def test_null_character(self):
        ticket = self._receive_bytes(b"Subject: Broken\0 gear\n\nx\0y", Subject=None)
        self.assertEqual(ticket.name, "Broken gear")

    def test_date_before_all_calendars(self):
        ticket = self._receive(self._mail(Date="Mon, 1 Jan 0101 00:00:00 +0000"))
        self.assertEqual(ticket.message_ids.date.date(), ticket.create_date.date())

    def test_report_of_a_postmaster(self):
        before = self.env["ntr.ticket"].search_count([])
        ticket = self._receive(
            self._mail(
                From="postmaster@romashka.example",
                Subject="Undeliverable: Broken printer",
            )
        )
        self.assertFalse(ticket)
        self.assertEqual(self.env["ntr.ticket"].search_count([]), before)

    def test_postmaster_with_a_request(self):
        ticket = self._receive(self._mail(From="postmaster@romashka.example"))
        self.assertTrue(ticket.number)

    def test_reading_a_mail_does_not_mark_it(self):
        server = self.env["fetchmail.server"].create(
            {"name": "Mailbox", "server_type": "imap", "server": "x", "user": "x"}
        )
        with patch("odoo.addons.mail.models.fetchmail.OdooIMAP4", Mailbox):
            connection = server._connect__()
        self.assertEqual(connection.fetch("1", "(RFC822)"), ("1", "(BODY.PEEK[])"))


class Mailbox:
    """A connection that says what it is asked for."""

    def __init__(self, *args, **kwargs):
        pass

    def login(self, user, password):
        pass

    def fetch(self, message_set, message_parts):
        return message_set, message_parts


class Raw:
    """Bytes that no program of ours would write."""

    def __init__(self, raw):
        self.raw = raw

    def as_bytes(self):
        return self.raw
