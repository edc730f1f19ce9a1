from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import HelpdeskCase


@tagged("post_install", "-at_install")
class TestNotification(HelpdeskCase):
    """Letters of events can be switched off by a team or a person (S41)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.assigned = cls.env.ref("helpdesk_ntr.mail_template_assigned")
        cls.rating = cls.env.ref("helpdesk_ntr.mail_template_rating")

    def _letters_to(self, ticket, partner):
        ticket.invalidate_recordset(["message_ids"])
        return self.env["mail.message"].search(
            [
                ("model", "=", "ntr.ticket"),
                ("res_id", "=", ticket.id),
                ("partner_ids", "in", partner.ids),
            ]
        )

    def test_a_person_switches_his_own_off(self):
        ticket = self._ticket()
        ticket.with_user(self.dispatcher).assign(self.engineer.id)
        self.assertTrue(self._letters_to(ticket, self.engineer.partner_id))
        self.engineer.with_user(self.engineer).write(
            {"ntr_muted_template_ids": [(4, self.assigned.id)]}
        )
        other = self._ticket()
        other.with_user(self.dispatcher).assign(self.engineer.id)
        self.assertFalse(self._letters_to(other, self.engineer.partner_id))
        other.with_user(self.dispatcher).assign(self.engineer2.id)
        self.assertTrue(self._letters_to(other, self.engineer2.partner_id))

    def test_other_letters_still_come(self):
        self.engineer.ntr_muted_template_ids = self.assigned
        ticket = self._solved()
        ticket.with_user(self.dispatcher).reject_solution("Stripes again")
        self.assertTrue(self._letters_to(ticket, self.engineer.partner_id))

    def test_a_team_switches_off_for_clients(self):
        ticket = self._solved()
        ticket.with_user(self.dispatcher).confirm()
        count = len(self._letters_to(ticket, self.client))
        self.team.muted_template_ids = self.rating
        other = self._solved()
        other.with_user(self.dispatcher).confirm()
        self.assertEqual(len(self._letters_to(other, self.client)), count - 1)

    def test_of_several_teams_the_other_still_writes(self):
        other_team = self.team.copy({"name": "Other", "alias_name": "other-desk"})
        tickets = self._solved() | self._solved()
        tickets[1]._write_values({"team_id": other_team.id})
        self.team.muted_template_ids = self.rating
        self.env["ntr.notice"].search([]).unlink()
        before = [len(self._letters_to(it, self.client)) for it in tickets]
        tickets._tell_client("helpdesk_ntr.mail_template_rating")
        self._send_due()
        after = [len(self._letters_to(it, self.client)) for it in tickets]
        self.assertEqual(after, [before[0], before[1] + 1])

    def test_what_a_client_must_have_is_always_sent(self):
        to_client = self.env["ntr.ticket"]._get_switchable_ids(to_client=True)
        for name in ("solved", "closing_warning", "acknowledgement"):
            template = self.env.ref(f"helpdesk_ntr.mail_template_{name}")
            self.assertNotIn(template.id, to_client)
            with self.assertRefused("cannot be switched off"):
                self.team.muted_template_ids = template

    def test_nobody_switches_off_for_others(self):
        with self.assertRaises(AccessError):
            self.engineer2.with_user(self.engineer).write(
                {"ntr_muted_template_ids": [(4, self.assigned.id)]}
            )
        with self.assertRaises(AccessError):
            self.team.with_user(self.engineer).muted_template_ids = self.rating

    def test_a_deleted_template_is_no_error(self):
        self.rating.unlink()
        to_client = self.env["ntr.ticket"]._get_switchable_ids(to_client=True)
        self.assertNotIn(self.rating.id, to_client)
