from datetime import timedelta

from odoo import fields
from odoo.tests import Form, tagged

from .common import HelpdeskCase

START, STOP = "2027-03-02 07:00:00", "2027-03-02 09:00:00"


@tagged("post_install", "-at_install")
class TestVisit(HelpdeskCase):
    """A visit is planned in the calendar, and the ticket and the client know of it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.partner_id.lang = "en_US"
        cls.ticket = cls._ticket(cls)
        cls.env["ntr.notice"].search([]).unlink()

    def _plan(self, user=None, start=START, stop=STOP, goes=None, **options):
        ticket = self.ticket.with_user(user or self.engineer)
        visit_id = ticket.plan_visit(
            start, stop, (goes or self.engineer2).id, **options
        )
        return self.env["calendar.event"].browse(visit_id)

    def _events(self):
        self.ticket.invalidate_recordset(["event_ids"])
        return self.ticket.event_ids.filtered(lambda it: it.type == "visit").sorted(
            "id"
        )

    def _last_letter(self):
        self.ticket.invalidate_recordset(["message_ids"])
        letters = self.ticket.message_ids.filtered(
            lambda it: it.message_type == "auto_comment"
        )
        return letters[:1]

    def test_planned(self):
        self.client.write({"street": "Lenina 5", "city": "Tver"})
        visit = self._plan()
        self.assertEqual(visit.ntr_ticket_id, self.ticket)
        self.assertEqual(visit.user_id, self.engineer2)
        self.assertEqual(visit.partner_ids, self.engineer2.partner_id)
        self.assertIn("Lenina 5", visit.location)
        event = self._events()
        self.assertEqual(event.actor_id, self.engineer.partner_id)
        self.assertEqual(event.changes["visit"][0], None)
        self.assertEqual(event.changes["visit"][1]["start"], START)
        self.assertEqual(self.ticket.visit_count, 1)

    def test_the_client_reads_day_and_hours_of_the_teams_place(self):
        self._plan()
        letter = self._last_letter()
        self.assertEqual(letter.partner_ids, self.client)
        self.assertIn("2 March 2027 10:00–12:00", letter.body)
        self.assertIn("Engineer Two", letter.body)

    def test_moved_and_cancelled_in_the_calendar(self):
        visit = self._plan()
        visit.with_user(self.engineer2).write(
            {"start": "2027-03-03 07:00:00", "stop": "2027-03-03 08:00:00"}
        )
        event = self._events()[-1]
        self.assertEqual(event.changes["visit"][0]["start"], START)
        self.assertEqual(event.changes["visit"][1]["start"], "2027-03-03 07:00:00")
        self.assertIn("3 March 2027 10:00–11:00", self._last_letter().body)
        visit.with_user(self.engineer2).unlink()
        event = self._events()[-1]
        self.assertIsNone(event.changes["visit"][1])
        self.assertIn("Cancelled", event.reason)
        self.assertIn("cancelled", self._last_letter().body)

    def test_what_is_no_change_is_no_event(self):
        visit = self._plan()
        visit.with_user(self.engineer2).write({"description": "Take a ladder"})
        visit.with_user(self.engineer2).write({"start": START, "stop": STOP})
        self.assertEqual(len(self._events()), 1)

    def test_without_a_letter(self):
        letter = self._last_letter()
        visit = self._plan(tell_client=False)
        visit.write({"start": "2027-03-01 07:00:00"})
        self.assertEqual(self._last_letter(), letter)
        self.assertEqual(len(self._events()), 2)

    def test_made_in_the_calendar(self):
        self.env["calendar.event"].with_user(self.engineer).create(
            {
                "name": "Visit",
                "start": START,
                "stop": STOP,
                "ntr_ticket_id": self.ticket.id,
            }
        )
        self.assertEqual(len(self._events()), 1)

    def test_the_calendar_asks_for_the_same_right(self):
        visit = self._plan()
        events = self.env["calendar.event"].with_user(self.finance)
        for attack in (
            lambda: events.create(
                {
                    "name": "I come",
                    "start": START,
                    "stop": STOP,
                    "ntr_ticket_id": self.ticket.id,
                }
            ),
            lambda: visit.with_user(self.finance).write({"start": "2027-03-02 06:00"}),
            lambda: visit.with_user(self.finance).write({"ntr_ticket_id": False}),
            lambda: visit.with_user(self.finance).unlink(),
            lambda: events.create({"name": "Mine", "start": START, "stop": STOP}).write(
                {"ntr_ticket_id": self.ticket.id}
            ),
        ):
            with self.assertRefused("."):
                attack()
        self.assertEqual(len(self._events()), 1)
        self.ticket.with_user(self.dispatcher).cancel("Advertising", "spam")
        with self.assertRefused("is not open"):
            events.with_user(self.engineer).create(
                {
                    "name": "Late",
                    "start": START,
                    "stop": STOP,
                    "ntr_ticket_id": self.ticket.id,
                }
            )

    def test_an_outside_engineer_plans_his_own(self):
        self.ticket.with_user(self.dispatcher).assign(self.external.id)
        visit = self._plan(user=self.external, goes=self.external)
        visit.with_user(self.external).start = "2027-03-02 06:00:00"
        self.assertEqual(len(self._events()), 2)

    def test_of_a_confidential_ticket_colleagues_see_that_somebody_is_away(self):
        first = self._plan(goes=self.dispatcher, user=self.dispatcher)
        self.assertNotEqual(first.privacy, "private")
        self.ticket.with_user(self.dispatcher).is_confidential = True
        self.assertEqual(first.privacy, "private")
        second = self._plan(goes=self.dispatcher, user=self.dispatcher)
        self.assertEqual(second.privacy, "private")
        self.env.invalidate_all()
        seen = second.with_user(self.finance).read(["name", "location"])[0]
        self.assertNotIn(self.ticket.number, seen["name"])

    def test_the_ledger_keeps_no_place_as_data(self):
        self._plan(location="Lenina 5")
        event = self._events()
        self.assertNotIn("Lenina", str(event.changes))
        self.assertIn("Lenina 5", event.reason)

    def test_refusals(self):
        past = fields.Datetime.now() - timedelta(days=1)
        for start, stop, sentence in (
            (STOP, START, "ends after"),
            ("x", STOP, "from when to when"),
            (None, None, "from when to when"),
            (past - timedelta(hours=1), past, "a time to come"),
        ):
            with self.assertRefused(sentence):
                self._plan(start=start, stop=stop)
        with self.assertRefused("may not see"):
            self._plan(goes=self.stranger)
        with self.assertRefused("may not do that"):
            self._plan(user=self.finance)
        with self.assertRefused("."):
            self._plan(user=self.stranger)
        self.ticket.with_user(self.dispatcher).cancel("Advertising", "spam")
        with self.assertRefused("is not open"):
            self._plan(user=self.dispatcher)

    def test_conflicts(self):
        self._plan()
        wizard = Form(
            self.env["ntr.ticket.visit.wizard"]
            .with_user(self.engineer)
            .with_context(active_id=self.ticket.id)
        )
        wizard.user_id = self.engineer2
        wizard.start = "2027-03-02 08:00:00"
        self.assertIn("Engineer Two has", wizard.conflicts)
        wizard.user_id = self.engineer
        self.assertFalse(wizard.conflicts)
        wizard.start = "2027-03-06 08:00:00"
        self.assertIn("outside of the working hours", wizard.conflicts)
        wizard.save().action_plan()
        self.assertEqual(self.ticket.visit_count, 2)

    def test_visits_go_along_when_merged(self):
        visit = self._plan()
        master = self._ticket()
        self.ticket.with_user(self.dispatcher).merge_into(master.id)
        self.assertEqual(visit.ntr_ticket_id, master)
        self.ticket.with_user(self.dispatcher).unmerge()
        self.assertEqual(visit.ntr_ticket_id, self.ticket)
