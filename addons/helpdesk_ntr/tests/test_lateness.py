from datetime import timedelta

from odoo import fields
from odoo.tests import tagged

from .common import HelpdeskCase


@tagged("post_install", "-at_install")
class TestLateness(HelpdeskCase):
    """The priority of a late ticket rises by itself, where the team wants it (S97)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.team.write({"late_priority": "2", "reaction_hours": 1})

    def _late(self, **values):
        ticket = self._ticket(
            channel_id=self.env.ref("helpdesk_ntr.ntr_channel_letter").id, **values
        )
        ticket._write_values(
            {"unanswered_since": fields.Datetime.now() - timedelta(days=7)}
        )
        return ticket

    def _raise(self):
        """What the scheduled action does, ticket by ticket."""
        self.env.flush_all()
        found = self.env["ntr.ticket"].search(
            self.env["ntr.ticket"]._get_to_raise_domain()
        )
        for ticket in found:
            ticket._do_due("_raise_late")
        return found

    def test_it_rises(self):
        ticket = self._late()
        self.assertIn(ticket, self._raise())
        self.assertEqual(ticket.priority, "2")
        event = self._last_event(ticket)
        self.assertEqual(event.changes["priority"], ["0", "2"])
        self.assertFalse(event.actor_id)
        self.assertIn("Late", ticket.priority_reason)

    def test_only_what_is_late(self):
        ticket = self._ticket()
        answered = self._late()
        answered._write_values({"unanswered_since": False})
        self.assertFalse(self._raise() & (ticket | answered))

    def test_it_does_not_sink(self):
        ticket = self._late(priority="3")
        self.assertNotIn(ticket, self._raise())
        self.assertEqual(ticket.priority, "3")

    def test_not_where_the_team_does_not_want_it(self):
        self.team.late_priority = False
        self.assertNotIn(self._late(), self._raise())

    def test_who_lowers_it_is_not_overruled(self):
        ticket = self._late()
        self._raise()
        ticket.with_user(self.dispatcher).set_priority("0", "The client waits gladly")
        self.assertNotIn(ticket, self._raise())

    def test_the_next_time_it_rises_again(self):
        ticket = self._late()
        self._raise()
        ticket.with_user(self.dispatcher).message_post(
            body="Soon", message_type="comment", subtype_xmlid="mail.mt_comment"
        )
        ticket.with_user(self.dispatcher).priority = "0"
        self.assertNotIn(ticket, self._raise())
        ticket._write_values(
            {"unanswered_since": fields.Datetime.now() - timedelta(days=7)}
        )
        self.assertIn(ticket, self._raise())

    def test_it_is_not_set_by_hand(self):
        with self.assertRefused("cannot be set by hand"):
            self._ticket().with_user(self.coordinator).late_raised_at = "2026-01-01"
