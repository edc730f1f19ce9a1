from datetime import datetime

from lxml import html

from odoo.exceptions import UserError
from odoo.tests import Form, freeze_time, new_test_user, tagged

from .common import HelpdeskCase

REPORT = "helpdesk_ntr.report_ticket_letter"


@tagged("post_install", "-at_install")
class TestLetter(HelpdeskCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("ru_RU")
        cls.firm.write({"street": "Flower street 12", "city": "Tula", "zip": "300000"})
        cls.engineer.partner_id.function = "Leading engineer"
        cls.ticket = cls._ticket(cls)
        cls.env.flush_all()
        cls.env.cr.execute(
            "UPDATE ntr_ticket SET create_date = '2026-03-02 09:00' WHERE id = %s",
            [cls.ticket.id],
        )
        cls.env.invalidate_all()

    def _answer(self, text, at="2026-03-03 22:30:00", user=None, ticket=None):
        with freeze_time(at):
            return (
                (ticket or self.ticket)
                .with_user(user or self.engineer)
                .message_post(
                    body=text,
                    message_type="comment",
                    subtype_xmlid="mail.mt_comment",
                    date=datetime.fromisoformat(at),
                )
            )

    def _print(self, tickets=None, user=None, **data):
        reports = self.env["ir.actions.report"].with_user(user or self.engineer)
        content, __ = reports._render_qweb_html(
            REPORT, (tickets or self.ticket).ids if not data else None, data=data
        )
        page = html.fromstring(content)
        return " ".join(page.text_content().split())

    def test_letterhead_number_date_addressee_signature(self):
        self._answer("We come on Thursday")
        text = self._print()
        self.assertIn("We come on Thursday", text)
        self.assertIn(f"{self.ticket.number}/1", text)
        # half past one at night in Moscow
        self.assertIn("March 4, 2026", text)
        self.assertIn("To your request of March 2, 2026", text)
        for part in ("Romashka", "Ivan Petrov", "Flower street 12", "Tula"):
            self.assertIn(part, text)
        for part in ("Leading engineer", "Test desk", "Engineer"):
            self.assertIn(part, text)
        self.assertIn(self.company.name, text)

    def test_language_of_the_client(self):
        self._answer("Приедем в четверг")
        self.client.lang = "ru_RU"
        self.assertIn("4 марта 2026", self._print())

    def test_last_answer_or_the_chosen_one(self):
        first = self._answer("First answer")
        self._answer("Second answer", "2026-03-05 09:00:00")
        text = self._print()
        self.assertIn("Second answer", text)
        self.assertIn(f"{self.ticket.number}/2", text)
        text = self._print(ticket_id=self.ticket.id, message_id=first.id)
        self.assertIn("First answer", text)
        self.assertIn(f"{self.ticket.number}/1", text)
        self.assertNotIn("Second answer", text)

    def test_several_tickets_several_letters(self):
        other = self._ticket(partner_id=self.outsider.id)
        self._answer("To the first")
        self._answer("To the second", ticket=other)
        text = self._print(self.ticket | other)
        self.assertIn("To the first", text)
        self.assertIn("To the second", text)

    def test_unknown_sender(self):
        ticket = self._ticket(partner_id=False, email_from="who@nowhere.example")
        self._answer("Hello", ticket=ticket)
        self.assertIn("who@nowhere.example", self._print(ticket))

    def test_enclosures_are_named(self):
        message = self._answer("See the act")
        message.attachment_ids = self.env["ir.attachment"].create(
            {"name": "act.pdf", "res_model": "ntr.ticket", "res_id": self.ticket.id}
        )
        self.assertIn("Enclosed: act.pdf", self._print())

    def test_only_our_answers_are_letters(self):
        note = self.ticket.with_user(self.engineer).message_post(
            body="Between us", message_type="comment", subtype_xmlid="mail.mt_note"
        )
        self.ticket.message_post(
            body="Mine",
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
            author_id=self.client.id,
        )
        self._send_due()
        with self.assertRefused("Nobody of us has answered"):
            self.ticket.with_user(self.engineer).action_print_letter()
        with self.assertRefused("Nobody of us has answered"):
            self._print()
        self._answer("Answer")
        with self.assertRefused("Only what we wrote"):
            self._print(ticket_id=self.ticket.id, message_id=note.id)

    def test_answer_of_another_ticket(self):
        other = self._ticket()
        message = self._answer("To another", ticket=other)
        self._answer("Answer")
        with self.assertRefused("Only what we wrote"):
            self._print(ticket_id=self.ticket.id, message_id=message.id)

    def test_button(self):
        first = self._answer("First answer, which is rather long " * 5)
        as_engineer = self.ticket.with_user(self.engineer)
        action = as_engineer.action_print_letter()
        self.assertEqual(action["report_name"], REPORT)
        self.assertEqual(action["data"]["message_id"], first.id)
        second = self._answer("Second", "2026-03-05 09:00:00")
        action = as_engineer.action_print_letter()
        self.assertEqual(action["res_model"], "ntr.ticket.letter.wizard")
        wizard = self.env["ntr.ticket.letter.wizard"].with_user(self.engineer)
        wizard = wizard.browse(action["res_id"])
        self.assertEqual(wizard.line_ids.message_id, second | first)
        self.assertRegex(wizard.line_ids[1].name, "Engineer: First answer, which is.*…")
        with Form(wizard) as form:
            self.assertEqual(form.answer_id.message_id, second)
            form.answer_id = wizard.line_ids[1]
        action = form.record.action_print()
        self.assertEqual(action["data"]["message_id"], first.id)

    def test_rights(self):
        self._answer("Answer")
        portal = new_test_user(self.env, "p@x.example", groups="base.group_portal")
        for user in (self.stranger, self.finance, portal):
            with self.assertRaises(UserError):
                self._print(user=user)
            with self.assertRaises(UserError):
                self.ticket.with_user(user).action_print_letter()
        self.ticket.assign(self.external.id)
        self.assertIn("Answer", self._print(user=self.external))
