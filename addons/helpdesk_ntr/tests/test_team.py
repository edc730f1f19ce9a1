from psycopg2 import IntegrityError

from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import HelpdeskCase


@tagged("post_install", "-at_install")
class TestTeam(HelpdeskCase):
    def test_members(self):
        self.assertEqual(
            self.team.member_ids,
            self.dispatcher | self.engineer | self.engineer2 | self.coordinator,
        )
        self.line3.member_ids = self.stranger
        self.assertIn(self.stranger, self.team.member_ids)

    def test_alias_leads_here(self):
        self.assertEqual(self.team.alias_email, "test-desk@desk.example")
        self.assertIn(f"'team_id': {self.team.id}", self.team.alias_defaults)

    def test_every_state_has_a_stage(self):
        for state in ("new", "open", "waiting", "solved", "closed", "cancelled"):
            stage = self.env["ntr.ticket.stage"].browse(self.team._get_stage_id(state))
            self.assertEqual(stage.state, state)

    def test_last_stage_of_a_state_stays(self):
        stage = self.env.ref("helpdesk_ntr.ntr_ticket_stage_cancelled")
        with self.assertRefused("means Cancelled"):
            stage.unlink()
        with self.assertRefused("means Cancelled"):
            stage.active = False
        other = self.env["ntr.team"].create({"name": "Other"})
        with self.assertRefused("means Cancelled"):
            stage.team_ids = other

    def test_own_stage_comes_first_by_order(self):
        stage = self.env["ntr.ticket.stage"].create(
            {
                "name": "Received",
                "state": "new",
                "sequence": 1,
                "team_ids": [(6, 0, self.team.ids)],
            }
        )
        self.assertEqual(self.team._get_stage_id("new"), stage.id)
        other = self.env["ntr.team"].create({"name": "Other"})
        self.assertNotEqual(other._get_stage_id("new"), stage.id)

    def test_waiting_stage_by_party(self):
        client = self.env.ref("helpdesk_ntr.ntr_ticket_stage_waiting_client")
        others = self.env.ref("helpdesk_ntr.ntr_ticket_stage_waiting")
        self.assertEqual(self.team._get_stage_id("waiting", "client"), client.id)
        self.assertEqual(self.team._get_stage_id("waiting", "parts"), others.id)

    def test_counters(self):
        self._ticket()
        self._ticket().with_user(self.engineer).take()
        self._ticket().with_user(self.engineer).wait_for("parts")
        self._solved()
        self.team.invalidate_recordset()
        self.assertEqual(self.team.open_ticket_count, 3)
        self.assertEqual(self.team.unassigned_ticket_count, 2)
        self.assertEqual(self.team.waiting_ticket_count, 1)

    def test_warning_must_come_before_closing(self):
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaisesRegex(IntegrityError, "warning_before_closing"),
            self.env.cr.savepoint(),
        ):
            self.team.write({"closing_days": 2, "closing_warning_days": 2})

    def test_category_cycle(self):
        parent = self.env["ntr.ticket.category"].create({"name": "Printers"})
        child = self.env["ntr.ticket.category"].create(
            {"name": "Jam", "parent_id": parent.id}
        )
        self.assertEqual(child.complete_name, "Printers / Jam")
        with self.assertRefused("Recursion"):
            parent.parent_id = child
