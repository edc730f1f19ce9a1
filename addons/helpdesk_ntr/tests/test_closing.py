from datetime import timedelta

from freezegun import freeze_time

from odoo import fields
from odoo.tests import tagged

from .common import HelpdeskCase

DAY = timedelta(days=1)


@tagged("post_install", "-at_install")
class TestClosing(HelpdeskCase):
    def _run(self, at):
        """What the scheduled action does at that moment, without its commits."""
        with freeze_time(at):
            tickets = self.env["ntr.ticket"].search(
                self.env["ntr.ticket"]._get_closing_domain()
            )
            for ticket in tickets:
                ticket._warn_or_close()
        return tickets

    def _letters(self, ticket):
        return ticket.message_ids.filtered(
            lambda message: message.message_type == "auto_comment"
        )

    def test_terms_are_working_days(self):
        # solved on a Thursday at noon in Moscow
        with freeze_time("2026-03-05 09:00:00"):
            ticket = self._solved()
        self.assertEqual(str(ticket.close_warning_at), "2026-03-10 09:00:00")
        self.assertEqual(str(ticket.close_due_at), "2026-03-12 09:00:00")

    def test_one_warning_then_closing(self):
        with freeze_time("2026-03-05 09:00:00"):
            ticket = self._solved()
        self.assertFalse(self._run("2026-03-10 08:59:00") & ticket)
        letters = self._letters(ticket)
        self._run("2026-03-10 09:00:00")
        self.assertEqual(ticket.state, "solved")
        self.assertEqual(len(self._letters(ticket) - letters), 1)
        self.assertFalse(self._run("2026-03-11 09:00:00") & ticket)
        self.assertFalse(self._run("2026-03-12 08:59:00") & ticket)
        self._run("2026-03-12 09:00:00")
        self.assertEqual(ticket.state, "closed")
        self.assertNotIn("confirmed", self._types(ticket))
        self.assertEqual(self._types(ticket).count("warned"), 1)

    def test_late_warning_moves_the_closing(self):
        with freeze_time("2026-03-05 09:00:00"):
            ticket = self._solved()
        self._run("2026-03-20 09:00:00")
        self.assertEqual(ticket.state, "solved", "nobody is closed unwarned")
        self.assertEqual(str(ticket.close_due_at), "2026-03-22 09:00:00")
        self._run("2026-03-22 09:00:00")
        self.assertEqual(ticket.state, "closed")

    def test_never(self):
        self.team.write({"closing_days": 0, "closing_warning_days": 0})
        ticket = self._solved()
        self.assertFalse(ticket.close_due_at)
        self.assertFalse(self._run(fields.Datetime.now() + 400 * DAY) & ticket)

    def test_rejected_is_not_closed(self):
        with freeze_time("2026-03-05 09:00:00"):
            ticket = self._solved()
            ticket.with_user(self.engineer).reject_solution("no")
        self.assertFalse(self._run("2026-05-05 09:00:00") & ticket)

    def test_scheduled_action(self):
        ticket = self._solved()
        ticket._write_values(
            {
                "close_warning_at": False,
                "close_due_at": fields.Datetime.now() - DAY,
            }
        )
        with self.enter_registry_test_mode():
            self.env.ref("helpdesk_ntr.ir_cron_close_solved").method_direct_trigger()
        ticket.invalidate_recordset()
        self.assertEqual(ticket.state, "closed")

    def test_calendar_that_never_opens_again(self):
        self.env["resource.calendar.leaves"].create(
            {
                "name": "Mistyped",
                "calendar_id": self.calendar.id,
                "date_from": "2026-01-01 00:00:00",
                "date_to": "2099-01-01 00:00:00",
            }
        )
        ticket = self._solved()
        self.assertEqual(ticket.state, "solved")
        self.assertFalse(ticket.close_due_at)
