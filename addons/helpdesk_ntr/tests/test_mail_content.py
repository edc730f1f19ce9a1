from io import BytesIO
from pathlib import Path

from PIL import Image

from odoo.tests import tagged

from .common import HelpdeskCase

MAILS = Path(__file__).resolve().parents[3] / "tests" / "mail"


@tagged("post_install", "-at_install")
class TestMailContent(HelpdeskCase):
    """Everything that a mail carries is kept, and can be read."""

    def _receive_file(self, name, **changes):
        """Take in one of the mails of ``tests/mail``, to this team."""
        raw = (MAILS / f"{name}.eml").read_bytes()
        raw = raw.replace(b"helpline@helpdesk.example", self.team.alias_email.encode())
        ticket_id = self.env["mail.thread"].message_process("ntr.ticket", raw)
        return self.env["ntr.ticket"].browse(ticket_id)

    def _files(self, ticket):
        return {file.name: file for file in ticket.message_ids.attachment_ids}

    def _mail_of(self, ticket):
        return ticket.message_ids.filtered(lambda it: it.message_type == "email")

    # ------------------------------------------------------------
    # Files
    # ------------------------------------------------------------

    def test_a_mail_in_a_mail(self):
        ticket = self._receive_file("content/mail-in-mail")
        files = self._files(ticket)
        self.assertEqual(set(files), {"Ответ завода_ ремонт.eml", "second.eml"})
        self.assertIn(b"Secret text", files["Ответ завода_ ремонт.eml"].raw)
        self.assertIn(b"price.pdf", files["Ответ завода_ ремонт.eml"].raw)
        self.assertNotIn("Secret", ticket.description)
        self.assertEqual(files["second.eml"].mimetype, "message/rfc822")

    def test_winmail(self):
        ticket = self._receive_file("content/winmail")
        files = self._files(ticket)
        self.assertEqual(
            set(files), {"winmail.dat", "Акт осмотра.txt", "Счёт на ремонт.pdf"}
        )
        self.assertEqual(files["Акт осмотра.txt"].raw, b"contents of the act")

    def test_invitation(self):
        ticket = self._receive_file("content/calendar")
        self.assertIn("invitation.ics", self._files(ticket))
        for piece in (
            "Приходите",
            "Осмотр принтера, второй этаж",
            "2026-11-25 10:00 Europe/Moscow",
            "Ленина 5; комната 12",
        ):
            self.assertIn(piece, ticket.description)

    def test_picture_in_the_text(self):
        ticket = self._receive_file("content/inline-picture")
        (picture,) = ticket.message_ids.attachment_ids
        for text in (ticket.description, self._mail_of(ticket).body):
            self.assertIn(f"/web/image/{picture.id}?access_token=", text)
            self.assertNotIn("cid:", text)

    def test_picture_written_into_the_text(self):
        ticket = self._receive_file("nasty/pictures")
        (picture,) = ticket.message_ids.attachment_ids
        self.assertEqual(picture.name, "picture-1.png")
        self.assertIn(f"/web/image/{picture.id}?access_token=", ticket.description)

    def test_pictures_are_not_made_smaller(self):
        self.env["ir.config_parameter"].set_param(
            "base.image_autoresize_max_px", "10x10"
        )
        picture = BytesIO()
        Image.new("RGB", (50, 50), "red").save(picture, "PNG")
        mail = self._mail()
        mail.add_attachment(
            picture.getvalue(), maintype="image", subtype="png", filename="photo.png"
        )
        file = self._receive(mail).message_ids.attachment_ids
        self.assertEqual(file.raw, picture.getvalue())

    def test_names_of_files(self):
        files = self._files(self._receive_file("content/browser-files"))
        self.assertIn("etc_passwd.txt", files)

    def test_a_text_too_deep_is_a_file_too(self):
        ticket = self._receive_file("nasty/deep")
        self.assertIn("Принтер не печатает.", ticket.description)
        self.assertIn("text-1.html", self._files(ticket))

    def test_mails_to_other_apps_are_read_by_odoo(self):
        mail = self._mail(To="sales@elsewhere.example")
        mail.add_alternative(
            '<p>Hi<img src="https://a.example/x.png"></p>', subtype="html"
        )
        lead_id = self.env["mail.thread"].message_process("crm.lead", mail.as_bytes())
        body = self.env["crm.lead"].browse(lead_id).message_ids.body
        self.assertIn('src="https://a.example/x.png"', body)

    # ------------------------------------------------------------
    # Charsets and headers
    # ------------------------------------------------------------

    def test_charsets(self):
        for path in sorted((MAILS / "content").glob("*.eml")):
            if any(name in path.stem for name in ("1251", "koi8", "866", "utf-7")):
                with self.subTest(path.stem):
                    ticket = self._receive_file(f"content/{path.stem}")
                    self.assertIn("Принтер не печатает.", ticket.description)

    def test_without_date_and_identifier(self):
        ticket = self._receive_file("content/no-date-id")
        self.assertEqual(ticket.name, "no date, no id")
        self.assertEqual(ticket.email_from, "ivan@kolibri.example")

    def test_8bit_headers(self):
        ticket = self._receive_file("content/8bit-headers")
        self.assertEqual(ticket.name, "Принтер не печатает")
        self.assertIn("Иван Петров", ticket.email_from)

    def test_every_own_mail_is_taken_in(self):
        journal = self.env["ntr.mail.journal"]
        for path in sorted(MAILS.rglob("*.eml")):
            if path.parent.name not in ("content", "nasty", "quotes", "broken"):
                continue
            with self.subTest(path.stem):
                self._receive_file(str(path.relative_to(MAILS))[: -len(".eml")])
                row = journal.search([], limit=1)
                self.assertIn(row.state, ("done", "without_ticket"), row.failure)

    # ------------------------------------------------------------
    # What is repeated
    # ------------------------------------------------------------

    def _answer(self, body, **headers):
        first = self._mail(Message_ID="<q1@romashka.example>")
        ticket = self._receive(first)
        mail = self._mail(
            body, In_Reply_To="<q1@romashka.example>", Subject="Re: x", **headers
        )
        self._receive(mail)
        return self._mail_of(ticket).sorted("id")[-1].body

    def test_repeated_text_is_folded_and_kept(self):
        body = self._answer("New\n\n18.11.2026, 10:12, Служба пишет:\n> Old\n")
        before, _mark, after = body.partition("data-o-mail-quote")
        self.assertIn("New", before)
        self.assertIn("пишет", after)
        self.assertIn("Old", after)

    def test_forwarded_is_not_folded(self):
        plain = self._mail(
            "See\n\n-------- Пересылаемое сообщение --------\nОт: a\n\n> Broken\n",
            Subject="Fwd: x",
        )
        rich = self._mail(Subject="Пересл: x")
        rich.set_content(
            "<p>See</p><blockquote>Begin<br>Broken</blockquote>", subtype="html"
        )
        for mail in (plain, rich):
            ticket = self._receive(mail)
            self.assertIn("Broken", ticket.description)
            self.assertNotIn("data-o-mail-quote", ticket.description)

    def test_only_repeated_is_shown(self):
        ticket = self._receive(self._mail("> Only\n> this\n"))
        self.assertIn("this", ticket.description)
        self.assertNotIn("data-o-mail-quote", ticket.description)
