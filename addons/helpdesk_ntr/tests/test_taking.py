from datetime import timedelta
from unittest.mock import patch

from freezegun import freeze_time
from psycopg2 import IntegrityError

from odoo import fields
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from .test_assignment import NOON, AssignmentCase

ASSIGN = "helpdesk_ntr.ir_cron_assign_tickets"
ALARM = "helpdesk_ntr.ir_cron_alarm_untaken"


class TakingCase(AssignmentCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.assign_cron = cls.env.ref(ASSIGN)
        cls.alarm_cron = cls.env.ref(ALARM)

    def _run(self, cron):
        self.env.flush_all()
        with self.enter_registry_test_mode():
            cron.method_direct_trigger()
        self.env.invalidate_all()

    def _triggers(self, cron):
        return (self.env["ir.cron.trigger"].search([("cron_id", "=", cron.id)])).mapped(
            "call_at"
        )

    def _told(self, ticket, user):
        """Subjects of what that person was told of a ticket."""
        messages = self.env["mail.message"].search(
            [("model", "=", "ntr.ticket"), ("res_id", "=", ticket.id)]
        )
        return [
            message.subject
            for message in messages
            if message.message_type == "user_notification"
            and user.partner_id in message.partner_ids
        ]


@tagged("post_install", "-at_install")
class TestAutomatic(TakingCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.team.assignment_mode = "automatic"

    def test_new_ticket_is_given_to_the_best(self):
        self._knows(self.engineer, "3", category_id=self.printers.id)
        ticket = self._ticket(category_id=self.label_printers.id)
        self.assertFalse(ticket.user_id, "not while it is registered")
        self.assertTrue(ticket.assign_due_at)
        self.assertIn(ticket.assign_due_at, self._triggers(self.assign_cron))
        self._run(self.assign_cron)
        self.assertEqual((ticket.user_id, ticket.line_id), (self.engineer, self.line2))
        self.assertFalse(ticket.assign_due_at)
        event = self._last_event(ticket)
        self.assertEqual(event.type, "assigned")
        self.assertFalse(event.actor_id, "the help desk did it")
        self.assertIn("level 3 of 3", event.reason)
        self.assertTrue(ticket.assigned_at)
        self.assertTrue(self._told(ticket, self.engineer))

    def test_mail(self):
        ticket = self._receive(self._mail())
        self.assertFalse(ticket.user_id)
        self._run(self.assign_cron)
        self.assertEqual(ticket.user_id, self.dispatcher, "his line receives")
        self.assertEqual(ticket.state, "new")

    def test_who_has_one_keeps_it(self):
        ticket = self._ticket(user_id=self.engineer2.id)
        self.assertFalse(ticket.assign_due_at)
        self._run(self.assign_cron)
        self.assertEqual(ticket.user_id, self.engineer2)

    def test_taken_before_the_action_runs(self):
        ticket = self._ticket()
        ticket.with_user(self.engineer2).take()
        self.assertFalse(ticket.assign_due_at)
        self._run(self.assign_cron)
        self.assertEqual(ticket.user_id, self.engineer2)

    def test_passed_on_goes_to_that_line(self):
        self.line3.member_ids = self.stranger
        self._knows(self.engineer, "3", category_id=self.printers.id)
        ticket = self._ticket(category_id=self.printers.id, user_id=self.dispatcher.id)
        ticket.with_user(self.dispatcher).pass_on(self.line3.id, "deep")
        self.assertTrue(ticket.assign_due_at)
        self._run(self.assign_cron)
        self.assertEqual(ticket.user_id, self.stranger)
        self.assertEqual(ticket.line_id, self.line3)

    def test_nobody_of_the_line_is_there(self):
        self.line3.manager_id = self.coordinator
        ticket = self._ticket(user_id=self.dispatcher.id)
        ticket.with_user(self.dispatcher).pass_on(self.line3.id, "deep")
        self._run(self.assign_cron)
        self.assertFalse(ticket.user_id, "other lines were not asked")
        self.assertGreater(ticket.assign_due_at, fields.Datetime.now())
        self.assertNotIn("assigned", self._types(ticket))

    def test_nobody_who_is_away(self):
        ticket = self._ticket()
        away = {user.id: None for user in self.line1.member_ids | self.line2.member_ids}
        with patch.object(type(ticket), "_get_absent_users", lambda *__: away):
            self._run(self.assign_cron)
        self.assertFalse(ticket.user_id)
        self.assertGreater(ticket.assign_due_at, fields.Datetime.now())

    def test_classified_and_nobody_has_it(self):
        self._knows(self.engineer, "3", category_id=self.printers.id)
        ticket = self._ticket()
        ticket._write_values({"assign_due_at": False})
        ticket.with_user(self.dispatcher).category_id = self.printers
        self.assertTrue(ticket.assign_due_at)
        self._run(self.assign_cron)
        self.assertEqual(ticket.user_id, self.engineer)

    def test_who_is_relieved_does_not_get_it_back(self):
        ticket = self._ticket()
        self._run(self.assign_cron)
        self.assertTrue(ticket.user_id)
        ticket.with_user(self.dispatcher).assign(False)
        self.assertFalse(ticket.assign_due_at)
        self._run(self.assign_cron)
        self.assertFalse(ticket.user_id)

    def test_ended_meanwhile(self):
        ticket = self._ticket()
        ticket.with_user(self.dispatcher).cancel("spam")
        self.assertFalse(ticket.assign_due_at)
        self._run(self.assign_cron)
        self.assertFalse(ticket.user_id)

    def test_team_that_went_back_to_hands(self):
        ticket = self._ticket()
        self.team.assignment_mode = "manual"
        self._run(self.assign_cron)
        self.assertFalse(ticket.user_id)
        self.assertFalse(ticket.assign_due_at)

    def test_a_ticket_that_somebody_holds_waits(self):
        ticket = self._ticket()
        with (
            patch.object(type(ticket), "_lock_due", lambda ticket: ticket.browse()),
            mute_logger("odoo.addons.base.models.ir_cron"),
        ):
            self._run(self.assign_cron)
        self.assertFalse(ticket.user_id)
        self._run(self.assign_cron)
        self.assertTrue(ticket.user_id)

    def test_one_that_fails_holds_up_no_other(self):
        broken, other = self._ticket(), self._ticket()
        assign = type(broken)._assign

        def fail(tickets, user, **values):
            if broken in tickets:
                raise ValueError("no such person")
            return assign(tickets, user, **values)

        with (
            patch.object(type(broken), "_assign", fail),
            mute_logger("odoo.addons.helpdesk_ntr.models.ntr_due_mixin"),
        ):
            self._run(self.assign_cron)
        self.assertEqual(broken.due_failure, "no such person")
        self.assertTrue(other.user_id)

    def test_by_hand_is_by_hand(self):
        self.team.assignment_mode = "manual"
        before = self._triggers(self.assign_cron)
        ticket = self._ticket()
        self.assertFalse(ticket.assign_due_at)
        self.assertEqual(self._triggers(self.assign_cron), before)

    def test_due_times_are_not_written_by_hand(self):
        ticket = self._ticket()
        for name in ("assign_due_at", "take_due_at"):
            with self.assertRefused("cannot be set by hand"):
                ticket.with_user(self.coordinator).write({name: False})
            with self.assertRefused("cannot be set by hand"):
                self._ticket(**{name: NOON})


@tagged("post_install", "-at_install")
class TestSuggested(TakingCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.team.assignment_mode = "suggested"
        cls._knows(cls, cls.engineer, "3", category_id=cls.printers.id)

    def test_name_and_one_click(self):
        ticket = self._ticket(category_id=self.printers.id)
        as_dispatcher = ticket.with_user(self.dispatcher)
        self.assertEqual(as_dispatcher.suggested_user_id, self.engineer)
        self.assertFalse(ticket.user_id)
        as_dispatcher.action_assign_suggested()
        self.assertEqual(ticket.user_id, self.engineer)
        self.assertFalse(as_dispatcher.suggested_user_id)

    def test_the_one_shown_is_the_one_assigned(self):
        ticket = self._ticket(category_id=self.printers.id)
        ticket.with_user(self.dispatcher).with_context(
            suggested_user_id=self.engineer2.id
        ).action_assign_suggested()
        self.assertEqual(ticket.user_id, self.engineer2)

    def test_the_context_opens_no_door(self):
        ticket = self._ticket()
        with self.assertRefused("may not see"):
            ticket.with_user(self.dispatcher).with_context(
                suggested_user_id=self.stranger.id
            ).action_assign_suggested()
        with self.assertRefused("may not do that"):
            ticket.with_user(self.engineer).with_context(
                suggested_user_id=self.engineer.id
            ).action_assign_suggested()

    def test_only_for_those_who_assign(self):
        ticket = self._ticket(category_id=self.printers.id)
        self.assertFalse(ticket.with_user(self.engineer).suggested_user_id)

    def test_form(self):
        tickets = self.env["ntr.ticket"].with_user(self.dispatcher)
        with Form(tickets) as form:
            form.name = "Printer"
            form.team_id = self.team
            form.category_id = self.printers
            self.assertFalse(form.suggested_user_id)
        with Form(form.record) as form:
            form.name = "Another printer"
            self.assertEqual(form.suggested_user_id, self.engineer)
        self.assertFalse(form.record.user_id)

    def test_not_in_other_modes(self):
        self.team.assignment_mode = "manual"
        ticket = self._ticket(category_id=self.printers.id)
        self.assertFalse(ticket.with_user(self.dispatcher).suggested_user_id)


@tagged("post_install", "-at_install")
class TestAlarm(TakingCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.team.take_alarm_minutes = 90
        cls.line1.manager_id = cls.director

    def _alarm(self, at):
        with freeze_time(at):
            self._run(self.alarm_cron)

    def test_counted_in_working_minutes(self):
        # a Thursday, 16:00 in Moscow; the desk closes at 17:00
        with self._at("2026-03-05 13:00:00"):
            ticket = self._ticket()
        self.assertEqual(str(ticket.take_due_at), "2026-03-06 06:30:00")
        self.assertIn(ticket.take_due_at, self._triggers(self.alarm_cron))

    def test_manager_of_the_line_is_told_once(self):
        with self._at(NOON):
            ticket = self._ticket()
        self._alarm("2026-03-05 10:29:00")
        self.assertNotIn("alarmed", self._types(ticket))
        self._alarm("2026-03-05 10:31:00")
        self.assertEqual(self._types(ticket)[-1], "alarmed")
        told = self._told(ticket, self.director)
        self.assertEqual(len(told), 1)
        self.assertIn("Nobody takes it", told[0])
        self.assertFalse(self._told(ticket, self.coordinator))
        self._alarm("2026-03-06 10:31:00")
        self.assertEqual(self._types(ticket).count("alarmed"), 1)

    def test_else_the_coordinator(self):
        self.line1.manager_id = False
        with self._at(NOON):
            ticket = self._ticket()
        self._alarm("2026-03-05 10:31:00")
        self.assertEqual(len(self._told(ticket, self.coordinator)), 1)

    def test_taken_or_assigned_in_time(self):
        with self._at(NOON):
            taken, assigned = self._ticket(), self._ticket()
            given = self._ticket(user_id=self.engineer.id)
            taken.with_user(self.engineer).take()
            assigned.with_user(self.dispatcher).assign(self.engineer.id)
        for ticket in taken | assigned | given:
            self.assertFalse(ticket.take_due_at)
        self._alarm("2026-03-06 10:31:00")
        self.assertNotIn("alarmed", self._types(taken | assigned | given))

    def test_a_new_wait_after_passing_on(self):
        with self._at(NOON):
            ticket = self._ticket()
        self._alarm("2026-03-05 10:31:00")
        with self._at("2026-03-05 11:00:00"):
            ticket.with_user(self.dispatcher).pass_on(self.line2.id, "deep")
        self.assertEqual(str(ticket.take_due_at), "2026-03-05 12:30:00")
        self._alarm("2026-03-05 12:31:00")
        self.assertEqual(self._types(ticket).count("alarmed"), 2)

    def test_a_new_wait_after_taking_away(self):
        with self._at(NOON):
            ticket = self._ticket(user_id=self.engineer.id)
            ticket.with_user(self.dispatcher).assign(False)
        self.assertEqual(str(ticket.take_due_at), "2026-03-05 10:30:00")

    def test_classifying_does_not_restart_the_wait(self):
        with self._at(NOON):
            ticket = self._ticket()
        with self._at("2026-03-05 10:00:00"):
            ticket.with_user(self.dispatcher).write(
                {"category_id": self.power.id, "priority": "2"}
            )
        self.assertEqual(str(ticket.take_due_at), "2026-03-05 10:30:00")

    def test_waiting_and_ended_need_nobody(self):
        with self._at(NOON):
            waiting, ended = self._ticket(), self._ticket()
            waiting.with_user(self.dispatcher).wait_for("client", "which unit?")
            ended.with_user(self.dispatcher).cancel("spam")
            self.assertFalse(waiting.take_due_at or ended.take_due_at)
            waiting.with_user(self.dispatcher).resume()
        self.assertTrue(waiting.take_due_at)

    def test_archived_needs_nobody(self):
        with self._at(NOON):
            ticket = self._ticket()
            ticket.action_archive()
        self.assertFalse(ticket.take_due_at)

    def test_never(self):
        self.team.take_alarm_minutes = 0
        before = self._triggers(self.alarm_cron)
        self.assertFalse(self._ticket().take_due_at)
        self.assertEqual(self._triggers(self.alarm_cron), before)

    def test_mail_too(self):
        ticket = self._receive(self._mail())
        self.assertTrue(ticket.take_due_at)

    def test_history_raises_no_alarm(self):
        imported = self.env["ntr.ticket"].import_history(
            [
                {
                    "name": "Old",
                    "team_id": self.team.id,
                    "partner_id": self.client.id,
                    "state": "closed",
                    "created_at": "2025-01-01 10:00:00",
                    "solved_at": "2025-01-02 10:00:00",
                    "closed_at": "2025-01-03 10:00:00",
                }
            ]
        )
        tickets = self.env["ntr.ticket"].browse(imported)
        self.assertFalse(any(tickets.mapped("take_due_at")))

    def test_calendar_that_never_opens_again(self):
        self.env["resource.calendar.leaves"].create(
            {
                "name": "Mistyped",
                "calendar_id": self.calendar.id,
                "date_from": fields.Datetime.now() - timedelta(days=1),
                "date_to": "2099-01-01 00:00:00",
            }
        )
        self.assertFalse(self._ticket().take_due_at)

    def test_minutes_cannot_be_negative(self):
        with (
            self.assertRaises(IntegrityError),
            mute_logger("odoo.sql_db"),
        ):
            self.team.take_alarm_minutes = -1
            self.team.flush_recordset()
