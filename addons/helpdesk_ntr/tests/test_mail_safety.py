import time
from email.message import EmailMessage

from odoo.tests import HttpCase, new_test_user, tagged

from ..models.ntr_ticket_copies import MAX_COPIES, MAX_SUGGESTED
from .common import HelpdeskCase
from .test_mail_content import MAILS


@tagged("post_install", "-at_install")
class TestMailSafety(HelpdeskCase):
    """What strangers send does no harm: to who reads it, and to third parties."""

    def _receive_html(self, source, **headers):
        mail = self._mail(**headers)
        mail.set_content(source, subtype="html")
        return self._receive(mail)

    def _texts(self, ticket):
        mails = ticket.message_ids.filtered(lambda it: it.message_type == "email")
        return [ticket.description, *mails.mapped("body")]

    # ------------------------------------------------------------
    # HTML
    # ------------------------------------------------------------

    def test_what_is_stored_is_harmless(self):
        for path in sorted((MAILS / "nasty").glob("*.eml")):
            raw = path.read_bytes().replace(
                b"helpline@helpdesk.example", self.team.alias_email.encode()
            )
            ticket_id = self.env["mail.thread"].message_process("ntr.ticket", raw)
            ticket = self.env["ntr.ticket"].browse(ticket_id)
            for text in self._texts(ticket):
                for wrong in ("alert", "script", "expression", "position", "<form"):
                    self.assertNotIn(wrong, text, path.stem)
                for wrong in ("url(", "session/logout", "data-oe-", "data-embedded"):
                    self.assertNotIn(wrong, text, path.stem)
                self.assertIn("Принтер не печатает", text, path.stem)

    def test_pictures_from_elsewhere_wait(self):
        ticket = self._receive_html('<p>Hi</p><img src="https://track.example/x.gif">')
        for text in self._texts(ticket):
            self.assertIn('data-original-src="https://track.example/x.gif"', text)
            self.assertNotIn(' src="https', text)

    def test_an_answer_is_cleaned_too(self):
        ticket = self._receive(self._mail(Message_ID="<a@romashka.example>"))
        self._receive_html(
            '<p style="position:fixed">Hi</p><img src="https://track.example/x.gif">',
            In_Reply_To="<a@romashka.example>",
            Message_ID="<b@romashka.example>",
        )
        for text in self._texts(ticket):
            self.assertNotIn("position", text)
            self.assertNotIn(' src="https', text)

    # ------------------------------------------------------------
    # Copies
    # ------------------------------------------------------------

    def _many(self, count):
        return ", ".join(
            f"Person {it} <p{it}@elsewhere.example>" for it in range(count)
        )

    def _suggested(self, ticket):
        rows = ticket.with_user(self.engineer)._message_get_suggested_recipients(
            reply_discussion=True
        )
        return {row["email"] for row in rows}

    def test_two_thousand_in_copy(self):
        contacts = self.env["res.partner"].create(
            [
                {"name": f"P{it}", "email": f"p{it}@elsewhere.example"}
                for it in range(20)
            ]
        )
        before = self.env["mail.mail"].search_count([])
        ticket = self._receive(self._mail(Cc=self._many(2000)))
        self.assertTrue(ticket.number)
        self.assertFalse(ticket.message_partner_ids & contacts)
        self.assertLessEqual(ticket.email_cc.count("@"), MAX_COPIES)
        self.assertEqual(self._suggested(ticket), {"ivan@romashka.example"})
        ticket.with_user(self.engineer).message_post(
            body="Done", subtype_xmlid="mail.mt_comment", message_type="comment"
        )
        told = ticket.message_ids.notified_partner_ids
        self.assertFalse(told & contacts)
        mails = self.env["mail.mail"].search([], limit=10, order="id desc")
        self.assertNotIn("elsewhere.example", str(mails.mapped("email_to")))
        self.assertLessEqual(self.env["mail.mail"].search_count([]) - before, 2)

    def test_two_thousand_recipients_in_to(self):
        ticket = self._receive(
            self._mail(To=f"{self.team.alias_email}, {self._many(2000)}")
        )
        self.assertTrue(ticket.number)
        self.assertEqual(self._suggested(ticket), {"ivan@romashka.example"})

    def test_copies_of_a_client_are_suggested(self):
        ticket = self._receive(
            self._mail(Cc="anna@romashka.example, boss@elsewhere.example")
        )
        self.assertEqual(
            self._suggested(ticket),
            {
                "ivan@romashka.example",
                "anna@romashka.example",
                "boss@elsewhere.example",
            },
        )

    def test_copies_of_a_stranger_are_not(self):
        ticket = self._receive(
            self._mail(From="x@strange.example", Cc="victim@elsewhere.example")
        )
        self.assertEqual(self._suggested(ticket), {"x@strange.example"})

    def test_more_than_some_are_not(self):
        ticket = self._receive(self._mail(Cc=self._many(MAX_SUGGESTED + 1)))
        self.assertEqual(self._suggested(ticket), {"ivan@romashka.example"})

    def test_whom_we_wrote_to_stays(self):
        ticket = self._receive(self._mail(From="x@strange.example"))
        ticket.with_user(self.engineer).message_post(
            body="Look",
            subtype_xmlid="mail.mt_comment",
            message_type="comment",
            partner_ids=self.outsider.ids,
        )
        self.assertIn("oleg@vector.example", self._suggested(ticket))

    def test_copies_are_bounded_over_many_mails(self):
        ticket = self._receive(self._mail(Message_ID="<a@romashka.example>"))
        for number in range(4):
            copies = ", ".join(f"c{number}.{it}@elsewhere.example" for it in range(50))
            self._receive(
                self._mail(
                    In_Reply_To="<a@romashka.example>",
                    Message_ID=f"<b{number}@romashka.example>",
                    Cc=copies,
                )
            )
        self.assertLessEqual(ticket.email_cc.count("@"), 2 * MAX_COPIES)

    # ------------------------------------------------------------
    # Large ones
    # ------------------------------------------------------------

    def _process(self, raw):
        ticket_id = self.env["mail.thread"].message_process("ntr.ticket", raw)
        journal = self.env["ntr.mail.journal"].search([], limit=1)
        return self.env["ntr.ticket"].browse(ticket_id), journal

    def _head(self, *lines):
        return b"\r\n".join(
            [
                b"From: ivan@romashka.example",
                b"To: " + self.team.alias_email.encode(),
                b"Subject: Large",
                *lines,
                b"",
                b"",
            ]
        )

    def test_ten_thousand_parts_wait(self):
        part = b"--b\r\nContent-Type: text/html\r\n\r\n" + b"<p>x</p>" * 30 + b"\r\n"
        raw = self._head(b"Content-Type: multipart/mixed; boundary=b") + part * 10_000
        self.assertGreater(len(raw), 2_500_000)
        begin = time.monotonic()
        ticket, journal = self._process(raw)
        self.assertFalse(ticket)
        self.assertEqual(journal.state, "quarantined")
        self.assertIn("10000", journal.failure)
        self.assertLess(time.monotonic() - begin, 5)

    def test_many_parts_of_html_are_files(self):
        """Odoo takes the text apart anew with each of its parts."""
        part = b"--b\r\nContent-Type: text/html\r\n\r\n" + b"<p>x</p>" * 300 + b"\r\n"
        raw = self._head(b"Content-Type: multipart/mixed; boundary=b") + part * 900
        ticket, journal = self._process(raw)
        self.assertEqual(journal.state, "done", journal.failure)
        self.assertEqual(len(ticket.message_ids.attachment_ids), 880)
        self.assertLess(len(ticket.description), 100_000)

    def test_long_headers(self):
        for line in (
            b"X-Long: " + b"x" * 100_000,
            b"References: " + b"<a@b.example> " * 8_000,
            b"Subject: " + b"=?utf-8?b?0J/RgNC40LLQtdGC?= " * 3_000,
        ):
            ticket, journal = self._process(self._head(line))
            self.assertEqual(journal.state, "done", journal.failure)
            self.assertTrue(ticket.number)

    def test_25_megabytes(self):
        mail = self._mail()
        mail.add_attachment(
            bytes(18 * 1024 * 1024),
            maintype="application",
            subtype="octet-stream",
            filename="disk.img",
        )
        ticket = self._receive(mail)
        self.assertEqual(ticket.message_ids.attachment_ids.file_size, 18 * 1024 * 1024)

    def test_long_text(self):
        ticket = self._receive(self._mail("Принтер не печатает. " * 150_000))
        self.assertLess(len(ticket.description), 1_100_000)
        self.assertEqual(
            ticket.message_ids.attachment_ids.mapped("name"), ["text-1.txt"]
        )

    def test_without_sender(self):
        mail = EmailMessage()
        mail["To"] = self.team.alias_email
        mail.set_content("Who am I?")
        ticket, journal = self._process(mail.as_bytes())
        self.assertEqual(journal.state, "done", journal.failure)
        self.assertTrue(ticket.number)


@tagged("post_install", "-at_install")
class TestMailFiles(HelpdeskCase, HttpCase):
    """Who gets what a mail brought, over HTTP."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.portal, cls.foreign = (
            new_test_user(
                cls.env,
                login,
                password=login,
                groups="base.group_portal",
                lang="en_US",
            )
            for login in ("portal@romashka.example", "portal@vector.example")
        )
        cls.portal.partner_id.parent_id = cls.firm
        cls.foreign.partner_id.parent_id = cls.other_firm
        for user in (cls.engineer, cls.coordinator, cls.dispatcher, cls.finance):
            user.password = user.login
        cls.mail = (MAILS / "content" / "browser-files.eml").read_bytes()

    def _take_in(self, name="browser-files"):
        raw = (MAILS / "content" / f"{name}.eml").read_bytes()
        raw = raw.replace(
            b"helpline@helpdesk.example", self.team.alias_email.encode()
        ).replace(b"ivan@kolibri.example", b"portal@romashka.example")
        ticket_id = self.env["mail.thread"].message_process("ntr.ticket", raw)
        ticket = self.env["ntr.ticket"].browse(ticket_id)
        mail = ticket.message_ids.filtered(lambda it: it.message_type == "email")
        return ticket, mail, raw

    def _log_in(self, user):
        self.authenticate(user.login if user else None, user.login if user else None)
        self.opener.cookies["frontend_lang"] = "en_US"

    def _get(self, user, address):
        self._log_in(user)
        return self.url_open(address, allow_redirects=False)

    # ------------------------------------------------------------
    # The mail as it came
    # ------------------------------------------------------------

    def test_the_mail_as_it_came(self):
        ticket, mail, raw = self._take_in()
        ticket.with_user(self.dispatcher).assign(self.engineer.id)
        address = f"/helpdesk/message/{mail.id}/original.eml"
        answer = self._get(self.engineer, address)
        self.assertEqual(answer.status_code, 200)
        self.assertEqual(answer.content, raw)
        self.assertEqual(answer.headers["Content-Type"], "message/rfc822")
        self.assertIn("attachment", answer.headers["Content-Disposition"])
        self.assertEqual(answer.headers["X-Content-Type-Options"], "nosniff")

    def test_who_may_not_have_it(self):
        ticket, mail, _raw = self._take_in()
        address = f"/helpdesk/message/{mail.id}/original.eml"
        for user in (self.portal, self.foreign, self.finance):
            answer = self._get(user, address)
            self.assertEqual(answer.status_code, 404, user.login)
            self.assertIn("may not read it", answer.text)
        self.assertIn(self._get(None, address).status_code, (303, 302, 404))
        ticket.with_user(self.dispatcher).is_confidential = True
        self.assertEqual(self._get(self.engineer, address).status_code, 404)

    def test_not_kept_any_more(self):
        _ticket, mail, _raw = self._take_in()
        self.env["ntr.mail.journal"].search([], limit=1).raw = False
        answer = self._get(
            self.coordinator, f"/helpdesk/message/{mail.id}/original.eml"
        )
        self.assertEqual(answer.status_code, 404)
        self.assertIn("not kept any more", answer.text)

    def test_of_something_else(self):
        note = self.client.message_post(body="Note")
        for address in (
            f"/helpdesk/message/{note.id}/original.eml",
            "/helpdesk/message/0/original.eml",
            "/helpdesk/incoming/0/original.eml",
        ):
            self.assertEqual(self._get(self.coordinator, address).status_code, 404)

    def test_of_the_journal(self):
        self._take_in()
        journal = self.env["ntr.mail.journal"].search([], limit=1)
        self.assertTrue(journal.with_user(self.coordinator).has_original)
        action = journal.with_user(self.coordinator).action_original()
        answer = self._get(self.coordinator, action["url"])
        self.assertEqual(answer.status_code, 200)
        self.assertEqual(len(answer.content), journal.size)
        for user in (self.engineer, self.dispatcher, self.portal):
            self.assertEqual(self._get(user, action["url"]).status_code, 404)

    # ------------------------------------------------------------
    # Files
    # ------------------------------------------------------------

    def test_files_are_for_who_reads_the_ticket(self):
        ticket, _mail, _raw = self._take_in()
        ticket.with_user(self.dispatcher).assign(self.engineer.id)
        file = ticket.message_ids.attachment_ids[0]
        self.assertFalse(file.public)
        self.assertEqual((file.res_model, file.res_id), ("ntr.ticket", ticket.id))
        address = f"/web/content/{file.id}"
        self.assertEqual(self._get(self.engineer, address).status_code, 200)
        for user in (None, self.foreign, self.portal):
            answer = self._get(user, address)
            self.assertNotEqual(answer.status_code, 200, user)
        ticket.with_user(self.dispatcher).is_confidential = True
        other = self._get(self.stranger_with_password(), address)
        self.assertNotEqual(other.status_code, 200)

    def stranger_with_password(self):
        self.stranger.password = self.stranger.login
        return self.stranger

    def test_pictures_need_their_token(self):
        ticket, _mail, _raw = self._take_in("inline-picture")
        (picture,) = ticket.message_ids.attachment_ids
        size = picture.file_size
        for user in (None, self.foreign):
            answer = self._get(user, f"/web/image/{picture.id}")
            self.assertNotEqual(len(answer.content), size)
            wrong = self._get(user, f"/web/image/{picture.id}?access_token=x")
            self.assertNotEqual(len(wrong.content), size)
        address = f"/web/image/{picture.id}?access_token={picture.access_token}"
        self.assertEqual(len(self._get(self.portal, address).content), size)

    def test_nothing_runs_in_the_browser(self):
        ticket, _mail, _raw = self._take_in()
        self._log_in(self.coordinator)
        for file in ticket.message_ids.attachment_ids:
            for query in ("", "?download=true"):
                answer = self.url_open(f"/web/content/{file.id}{query}")
                kind = answer.headers["Content-Type"].split(";")[0]
                self.assertIn(kind, ("text/plain", "image/png"), file.name)
                self.assertEqual(answer.headers["X-Content-Type-Options"], "nosniff")
                self.assertIn(
                    "default-src 'none'", answer.headers["Content-Security-Policy"]
                )


@tagged("post_install", "-at_install")
class TestMailScreen(HelpdeskCase, HttpCase):
    """What a mail brought, in a real browser."""

    browser_size = "1920x1080"

    def test_pictures_come_on_a_click(self):
        self.engineer.password = self.engineer.login
        address = f"{self.base_url()}/web/image/res.users/{self.engineer.id}/avatar_128"
        mail = self._mail(Subject="Tour: pictures")
        mail.set_content(
            f'<p>Look</p><img src="{address}" width="20">'
            "<p>18.11.2026 10:12, Desk wrote:</p><blockquote>Old</blockquote>",
            subtype="html",
        )
        ticket = self._receive(mail)
        ticket.with_user(self.dispatcher).assign(self.engineer.id)
        self.start_tour(
            f"/odoo/ntr-tickets/{ticket.id}",
            "helpdesk_ntr_pictures",
            login=self.engineer.login,
            timeout=180,
        )
