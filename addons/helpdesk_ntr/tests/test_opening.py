import importlib.util

from odoo.tests import tagged
from odoo.tools import file_path

from .common import HelpdeskCase

# The calendar of the team: Monday to Friday, 9 to 17 in Moscow (UTC+3).
FRIDAY_EVENING = "2026-01-16 18:00:00"
SATURDAY = "2026-01-17 08:00:00"
MONDAY_MORNING = "2026-01-19 06:30:00"
TEMPLATE = "helpdesk_ntr.mail_template_acknowledgement"


@tagged("post_install", "-at_install")
class TestOpening(HelpdeskCase):
    """An answer outside working hours says when the desk opens next."""

    def _letter(self, ticket):
        self._send_due()
        return ticket.message_ids.filtered(
            lambda it: it.message_type == "auto_comment"
        ).body

    def _received_at(self, moment, **headers):
        ticket = self._receive(self._mail(**headers))
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE ntr_ticket SET create_date = %s WHERE id = %s", (moment, ticket.id)
        )
        ticket.invalidate_recordset()
        return ticket

    def test_outside_working_hours(self):
        with self._at(FRIDAY_EVENING):
            ticket = self._received_at(FRIDAY_EVENING)
            self.assertEqual(
                ticket.next_opening.replace("\u202f", " "),
                "Monday, January 19, 2026, 9:00 AM (Moscow)",
            )
            letter = self._letter(ticket)
        self.assertIn("We open again", letter)
        self.assertIn("Monday, January 19, 2026", letter)

    def test_in_working_hours(self):
        with self._at(MONDAY_MORNING):
            ticket = self._received_at(MONDAY_MORNING)
            self.assertFalse(ticket.next_opening)
            self.assertNotIn("We open again", self._letter(ticket))

    def test_letter_that_goes_out_after_the_opening(self):
        with self._at(MONDAY_MORNING):
            ticket = self._received_at(SATURDAY)
            self.assertFalse(ticket.next_opening, "it is open by now")

    def test_written_in_time_acknowledged_too_late(self):
        with self._at(FRIDAY_EVENING):
            ticket = self._received_at("2026-01-16 12:00:00")
            self.assertFalse(ticket.next_opening)

    def test_language_of_the_client(self):
        self.env["res.lang"]._activate_lang("ru_RU")
        self.client.lang = "ru_RU"
        with self._at(SATURDAY):
            ticket = self._received_at(SATURDAY)
            self.assertEqual(
                ticket.next_opening.replace("\u202f", " "),
                "понедельник, 19 января 2026 г., 09:00 (Москва)",
            )

    def test_desk_that_is_always_open(self):
        self.team.resource_calendar_id = False
        self.company.resource_calendar_id = False
        with self._at(SATURDAY):
            self.assertFalse(self._received_at(SATURDAY).next_opening)


@tagged("post_install", "-at_install")
class TestAcknowledgementRefreshed(HelpdeskCase):
    """An update brings the new text where nobody has changed the old one."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        path = file_path("helpdesk_ntr/migrations/19.0.1.1.0/post-acknowledgement.py")
        spec = importlib.util.spec_from_file_location("post_acknowledgement", path)
        cls.script = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(cls.script)
        cls.env["res.lang"]._activate_lang("ru_RU")
        cls.template = cls.env.ref(TEMPLATE)
        new = cls.script._read_new_text()
        start = new.index('    <p t-if="object.next_opening"')
        stop = new.index("    <p>To add something")
        cls.former = new[:start] + new[stop:]

    def _migrate(self, english, russian):
        self.template.with_context(lang="en_US").body_html = english
        self.template.with_context(lang="ru_RU").body_html = russian
        self.env.flush_all()
        self.script.migrate(self.env.cr, "19.0.1.0.0")
        self.env.invalidate_all()
        return self.script._read_texts(self.template)

    def test_unchanged(self):
        texts = self._migrate(self.former, "<p>Своими словами</p>")
        self.assertIn("object.next_opening", texts["en_US"])
        self.assertEqual(texts["ru_RU"], "<p>Своими словами</p>")

    def test_changed_by_the_user(self):
        texts = self._migrate("<p>My words</p>", "<p>Своими словами</p>")
        self.assertEqual(texts["en_US"], "<p>My words</p>")
        self.assertEqual(texts["ru_RU"], "<p>Своими словами</p>")

    def test_unchanged_translation_is_loaded_anew(self):
        former = self.former
        for english, russian in (
            ("Hello<", "Здравствуйте<"),
            (
                "We have received your request and registered it under the number",
                "Мы получили вашу заявку и зарегистрировали её под номером",
            ),
            (
                "To add something, just answer this letter: your answer joins the "
                "same request.",
                "Если хотите что-то добавить, просто ответьте на это письмо: ответ "
                "попадёт в ту же заявку.",
            ),
            ("Yours, ", "С уважением, "),
            (">Support<", ">Служба поддержки<"),
        ):
            self.assertIn(english, former)
            former = former.replace(english, russian)
        texts = self._migrate(self.former, former)
        self.assertNotIn("ru_RU", texts)
