from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import HelpdeskCase


@tagged("post_install", "-at_install")
class TestEvent(HelpdeskCase):
    def test_a_life_in_the_ledger(self):
        ticket = self._ticket(kind_id=self.incident.id)
        ticket.with_user(self.dispatcher).write({"priority": "2"})
        ticket.with_user(self.dispatcher).assign(self.engineer.id)
        ticket.with_user(self.engineer).take()
        ticket.with_user(self.engineer).wait_for("parts", "roller")
        ticket.with_user(self.engineer).resume()
        ticket.with_user(self.engineer).solve("Replaced", self.cause.id)
        ticket.with_user(self.dispatcher).confirm()
        types = [
            event_type
            for event_type in self._types(ticket)
            if event_type != "automatic_message"
        ]
        self.assertEqual(
            types,
            [
                "created",
                "classified",
                "assigned",
                "taken",
                "waiting",
                "resumed",
                "solved",
                "confirmed",
                "closed",
            ],
        )

    def test_changes_hold_old_and_new(self):
        ticket = self._ticket()
        ticket.with_user(self.dispatcher).write(
            {"priority": "3", "kind_id": self.incident.id, "description": "<p>x</p>"}
        )
        event = ticket.sudo().event_ids.sorted("id")[-1]
        self.assertEqual(
            event.changes,
            {"priority": ["0", "3"], "kind_id": [False, self.incident.id]},
        )
        self.assertEqual(event.actor_id, self.dispatcher.partner_id)

    def test_nothing_changed_nothing_entered(self):
        ticket = self._ticket()
        before = self._types(ticket)
        ticket.with_user(self.dispatcher).write({"priority": "0", "name": "Other"})
        self.assertEqual(self._types(ticket), before)

    def test_description_in_words(self):
        ticket = self._ticket()
        ticket.with_user(self.dispatcher).write({"priority": "3"})
        event = ticket.sudo().event_ids.sorted("id")[-1]
        self.assertEqual(event.description, "Priority: Normal → Critical")

    def test_seconds_in_working_time(self):
        # Friday 16:00 to Monday 10:00 in Moscow: one hour of each day is worked
        with freeze_time("2026-03-06 13:00:00"):
            ticket = self._ticket()
        with freeze_time("2026-03-09 07:00:00"):
            ticket.with_user(self.engineer).take()
        event = ticket.sudo().event_ids.filtered(lambda e: e.type == "taken")
        self.assertEqual(event.at, fields.Datetime.to_datetime("2026-03-09 07:00:00"))
        self.assertEqual(event.seconds, 66 * 3600)
        self.assertEqual(event.work_seconds, 2 * 3600)

    def test_later_calendar_leaves_the_past_alone(self):
        with freeze_time("2026-03-06 13:00:00"):
            ticket = self._ticket()
        with freeze_time("2026-03-09 07:00:00"):
            ticket.with_user(self.engineer).take()
        self.calendar.attendance_ids.write({"hour_to": 13})
        event = ticket.sudo().event_ids.filtered(lambda e: e.type == "taken")
        self.assertEqual(event.work_seconds, 2 * 3600)

    def test_ledger_only_grows(self):
        ticket = self._ticket()
        event = ticket.sudo().event_ids[0]
        for records in (event, event.with_user(self.admin)):
            with self.assertRaises(AccessError):
                records.write({"reason": "other"})
            with self.assertRaises(AccessError):
                records.unlink()
        with self.assertRaises(AccessError):
            self.env["ntr.ticket.event"].with_user(self.admin).create(
                {"ticket_id": ticket.id, "type": "solved", "at": fields.Datetime.now()}
            )

    def test_event_outlives_its_message(self):
        ticket = self._ticket()
        message = ticket.with_user(self.engineer).message_post(
            body="Looking", message_type="comment", subtype_xmlid="mail.mt_comment"
        )
        event = ticket.sudo().event_ids.filtered(lambda e: e.message_id == message)
        self.assertEqual(event.type, "reply")
        message.sudo().unlink()
        event.invalidate_recordset()
        self.assertTrue(event.exists())
        self.assertFalse(event.message_id)

    def test_stage_in_use_keeps_its_meaning(self):
        ticket = self._ticket()
        with self.assertRefused("meaning cannot be changed"):
            ticket.stage_id.write({"state": "open"})

    def test_ledger_of_a_foreign_ticket_is_hidden(self):
        ticket = self._ticket()
        events = self.env["ntr.ticket.event"]
        domain = [("ticket_id", "=", ticket.id)]
        self.assertFalse(events.with_user(self.stranger).search_count(domain))
        self.assertTrue(events.with_user(self.engineer).search_count(domain))
