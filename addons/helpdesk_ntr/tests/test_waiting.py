from datetime import timedelta

from freezegun import freeze_time
from markupsafe import Markup
from psycopg2.errors import CheckViolation

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import HelpdeskCase

FIRST = "<first@romashka.example>"
MONDAY = "2026-03-02 09:00:00"  # noon in Moscow


@tagged("post_install", "-at_install")
class TestWaiting(HelpdeskCase):
    """Who has the ball, the ladder of reminders, waiting until a date."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.team.write(
            {"reminder_days": 2, "reminder_limit": 2, "silent_solve_days": 3}
        )

    def _run(self, at):
        """What the scheduled action does at that moment, without its commits."""
        with freeze_time(at):
            tickets = self.env["ntr.ticket"].search(
                self.env["ntr.ticket"]._get_waiting_due_domain()
            )
            for ticket in tickets:
                ticket._do_due("_do_waiting_due")
        return tickets

    def _letters(self, ticket):
        return ticket.message_ids.filtered(
            lambda message: message.message_type == "auto_comment"
        )

    def _waiting(self, at=MONDAY, **values):
        with freeze_time(at):
            ticket = self._ticket(**values)
            ticket.with_user(self.engineer).wait_for("client", "the serial number")
        return ticket

    # --- ladder

    def test_ladder_in_working_days(self):
        ticket = self._waiting()
        self.assertEqual(str(ticket.reminder_due_at), "2026-03-04 09:00:00")
        self.assertFalse(self._run("2026-03-04 08:59:00") & ticket)
        self._run("2026-03-04 09:00:00")
        self.assertEqual(ticket.reminder_count, 1)
        self.assertEqual(str(ticket.reminder_due_at), "2026-03-06 09:00:00")
        self.assertFalse(self._run("2026-03-05 09:00:00") & ticket)
        self._run("2026-03-06 09:00:00")
        self.assertEqual(ticket.reminder_count, 2)
        self.assertEqual(self._types(ticket).count("reminded"), 2)
        self.assertEqual(len(self._letters(ticket)), 2)
        self.assertEqual(str(ticket.reminder_due_at), "2026-03-11 09:00:00")
        self.assertEqual(ticket.state, "waiting")
        self._run("2026-03-11 09:00:00")
        self.assertEqual(ticket.state, "solved")
        self.assertFalse(ticket.reminder_due_at)

    def test_solved_without_an_answer(self):
        self.incident.cause_required = True
        ticket = self._waiting(kind_id=self.incident.id)
        for day in ("04", "06", "11"):
            self._run(f"2026-03-{day} 09:00:00")
        self.assertEqual(ticket.state, "solved")
        self.assertEqual(
            ticket.cause_id, self.env.ref("helpdesk_ntr.ntr_ticket_cause_no_answer")
        )
        self.assertIn("not received your answer", ticket.solution)
        self.assertFalse(ticket.user_id, "nobody is said to have solved it")
        self.assertEqual(ticket._get_answer_verbs(), ("confirm", "reject"))
        self.assertIn("not received your answer", self._letters(ticket)[0].body)
        self.assertTrue(ticket.close_due_at)

    def test_solution_in_the_clients_language(self):
        ticket = self._waiting()
        ticket.partner_id.lang = self.env["res.lang"]._activate_lang("ru_RU").code
        self.assertEqual(ticket.lang, "ru_RU")
        self.assertTrue(ticket._get_silent_solution())

    def test_last_reminder_says_what_follows(self):
        ticket = self._waiting()
        self._run("2026-03-04 09:00:00")
        self.assertNotIn("considered", self._letters(ticket)[0].body)
        self.assertNotIn("we consider", self._letters(ticket)[0].body)
        self._run("2026-03-06 09:00:00")
        self.assertIn("we consider", self._letters(ticket)[0].body)
        self.assertIn("03/11/2026", self._letters(ticket)[0].body)

    def test_reminder_repeats_the_question(self):
        with freeze_time(MONDAY):
            ticket = self._ticket()
            ticket.with_user(self.engineer).ask("Which firmware is it?")
        self._run("2026-03-04 09:00:00")
        self.assertIn("Which firmware is it?", self._letters(ticket)[0].body)

    def test_reason_is_not_told_to_the_client(self):
        ticket = self._waiting()
        self._run("2026-03-04 09:00:00")
        self.assertNotIn("serial number", self._letters(ticket)[0].body)

    def test_clients_message_ends_the_ladder(self):
        with freeze_time(MONDAY):
            ticket = self._receive(self._mail(Message_ID=FIRST))
            ticket.with_user(self.engineer).wait_for("client", "model?")
        self._run("2026-03-04 09:00:00")
        with freeze_time("2026-03-05 09:00:00"):
            self._receive(
                self._mail(Message_ID="<r@romashka.example>", In_Reply_To=FIRST)
            )
        self.assertEqual((ticket.state, ticket.waiting_on), ("open", "us"))
        self.assertFalse(ticket.reminder_due_at)
        self.assertFalse(ticket.waiting_reason)
        with freeze_time("2026-03-05 10:00:00"):
            ticket.with_user(self.engineer).wait_for("client", "and the serial?")
        self.assertEqual(ticket.reminder_count, 0, "the ladder begins anew")
        self.assertEqual(str(ticket.reminder_due_at), "2026-03-09 10:00:00")

    def test_automatic_mail_does_not(self):
        with freeze_time(MONDAY):
            ticket = self._receive(self._mail(Message_ID=FIRST))
            ticket.with_user(self.engineer).wait_for("client", "model?")
            due_at = ticket.reminder_due_at
            self._receive(
                self._mail(
                    Message_ID="<away@romashka.example>",
                    In_Reply_To=FIRST,
                    Auto_Submitted="auto-replied",
                )
            )
        self.assertEqual(ticket.state, "waiting")
        self.assertEqual(ticket.reminder_due_at, due_at)

    def test_our_own_word_restarts_the_time(self):
        ticket = self._waiting()
        with freeze_time("2026-03-03 12:00:00"):
            ticket.with_user(self.engineer).message_post(
                body="Have you found it?",
                message_type="comment",
                subtype_xmlid="mail.mt_comment",
            )
        self.assertEqual(str(ticket.reminder_due_at), "2026-03-05 12:00:00")
        self.assertEqual(ticket.state, "waiting")

    def test_no_reminders_and_no_solving(self):
        self.team.write({"reminder_days": 0, "silent_solve_days": 0})
        ticket = self._waiting()
        self.assertFalse(ticket.reminder_due_at)
        self.assertFalse(self._run("2027-03-04 09:00:00") & ticket)

    def test_reminders_only(self):
        self.team.silent_solve_days = 0
        ticket = self._waiting()
        self._run("2026-03-04 09:00:00")
        self._run("2026-03-06 09:00:00")
        self.assertFalse(ticket.reminder_due_at)
        self.assertEqual(ticket.state, "waiting")

    def test_changed_rules_hold_for_what_waits(self):
        ticket = self._waiting()
        with freeze_time("2026-03-03 09:00:00"):
            self.team.reminder_days = 5
        self.assertEqual(str(ticket.reminder_due_at), "2026-03-09 09:00:00")
        with freeze_time("2026-03-05 09:00:00"):
            self.team.reminder_days = 1
        self.assertEqual(
            str(ticket.reminder_due_at), "2026-03-06 09:00:00", "no heap of letters"
        )
        with freeze_time("2026-03-05 09:00:00"):
            self.team.write({"reminder_days": 0, "silent_solve_days": 0})
        self.assertFalse(ticket.reminder_due_at)

    def test_rules_are_positive(self):
        with mute_logger("odoo.sql_db"), self.assertRaises(CheckViolation):
            self.team.reminder_days = -1
            self.env.flush_all()

    def test_scheduled_action(self):
        ticket = self._waiting(fields.Datetime.to_string(fields.Datetime.now()))
        ticket._write_values(
            {"reminder_due_at": fields.Datetime.now() - timedelta(days=1)}
        )
        with self.enter_registry_test_mode():
            cron = self.env.ref("helpdesk_ntr.ir_cron_waiting")
            cron.method_direct_trigger()
            cron.method_direct_trigger()
        ticket.invalidate_recordset()
        self.assertEqual(self._types(ticket).count("reminded"), 1)

    # --- until a date

    def test_comes_back_on_its_date(self):
        with freeze_time(MONDAY):
            ticket = self._ticket(user_id=self.engineer.id)
            as_engineer = ticket.with_user(self.engineer)
            as_engineer.wait_for("parts", "the roller", "2026-03-08")
        self.assertEqual(
            str(ticket.wait_until), "2026-03-09 06:00:00", "Sunday is closed"
        )
        self.assertFalse(self._run("2026-03-09 05:59:00") & ticket)
        messages = self.env["mail.message"].search([], limit=1, order="id desc")
        self._run("2026-03-09 06:00:00")
        self.assertEqual((ticket.state, ticket.waiting_on), ("open", "us"))
        self.assertFalse(ticket.wait_until)
        told = self.env["mail.message"].search(
            [("id", ">", messages.id), ("message_type", "=", "user_notification")]
        )
        self.assertEqual(told.notified_partner_ids, self.engineer.partner_id)

    def test_date_to_come(self):
        ticket = self._ticket().with_user(self.engineer)
        with freeze_time(MONDAY):
            for until in ("2026-03-01", "2026-03-02 08:00:00"):
                with self.assertRefused("a date to come"):
                    ticket.wait_for("parts", "roller", until)
            for until in ("soon", 5, "2026-99-99"):
                with self.assertRefused("is no date"):
                    ticket.wait_for("parts", "roller", until)
            with self.assertRefused("without a date"):
                ticket.wait_for("client", "answer", "2026-03-05")
            ticket.wait_for("supplier", "answer", "2026-03-05 10:30:00")
        self.assertEqual(str(ticket.sudo().wait_until), "2026-03-05 10:30:00")

    # --- asking

    def test_ask(self):
        ticket = self._ticket()
        ticket.with_user(self.engineer).ask("Which <b>model</b>?")
        self.assertEqual((ticket.state, ticket.waiting_on), ("waiting", "client"))
        self.assertTrue(ticket.reminder_due_at)
        self.assertIn("Which", ticket.waiting_reason)
        message = ticket.message_ids[0]
        self.assertEqual(message.ntr_audience, "client")
        self.assertIn(self.client, message.notified_partner_ids)
        self.assertIn("&lt;b&gt;", message.body)
        self.assertEqual(self._types(ticket)[-2:], ["reply", "waiting"])

    def test_ask_keeps_markup(self):
        ticket = self._ticket()
        ticket.with_user(self.engineer).ask(Markup("<p>Which <b>model</b>?</p>"))
        self.assertIn("<b>model</b>", ticket.message_ids[0].body)

    def test_ask_an_unknown_sender(self):
        ticket = self._receive(self._mail(From="new@unknown.example"))
        ticket.with_user(self.engineer).ask("Which model?")
        self.assertEqual(ticket.partner_id.email, "new@unknown.example")
        self.assertEqual(ticket.state, "waiting")

    def test_ask_refusals(self):
        ticket = self._ticket()
        for question in ("", "  ", Markup("<p><br></p>"), None):
            with self.assertRefused("what you want to know"):
                ticket.with_user(self.engineer).ask(question)
        with self.assertRaises(AccessError):
            ticket.with_user(self.finance).ask("Which model?")
        with self.assertRaises(AccessError):
            ticket.with_user(self.stranger).ask("Which model?")
        nobody = self._ticket(partner_id=False)
        with self.assertRefused("neither a contact nor"):
            nobody.with_user(self.engineer).ask("Which model?")
        self.assertEqual(nobody.state, "new")
        with self.assertRefused("cannot be asked"):
            self._solved().with_user(self.engineer).ask("Which model?")

    def test_answer_alone_gives_no_ball_away(self):
        ticket = self._ticket()
        ticket.with_user(self.engineer).take()
        ticket.with_user(self.engineer).message_post(
            body="What model is it?",
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
        )
        self.assertEqual((ticket.state, ticket.waiting_on), ("open", "us"))

    def test_wizard(self):
        ticket = self._ticket()
        wizards = self.env["ntr.ticket.reason.wizard"].with_user(self.engineer)
        wizards.create(
            {"ticket_ids": ticket.ids, "verb": "ask", "reason": "Which model?"}
        ).action_apply()
        self.assertEqual(ticket.waiting_on, "client")
        day = fields.Date.today() + timedelta(days=10)
        wizards.create(
            {
                "ticket_ids": ticket.ids,
                "verb": "wait_for",
                "waiting_on": "parts",
                "wait_until": day,
            }
        ).action_apply()
        self.assertEqual(ticket.waiting_on, "parts")
        self.assertGreaterEqual(ticket.wait_until.date(), day - timedelta(days=1))

    def test_fields_are_not_written_by_hand(self):
        ticket = self._ticket()
        for name in ("reminder_due_at", "wait_until", "waiting_reason"):
            with self.assertRefused("cannot be set by hand"):
                ticket.with_user(self.coordinator).write({name: False})
