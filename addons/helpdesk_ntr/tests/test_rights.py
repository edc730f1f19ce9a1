from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from .common import HelpdeskCase


@tagged("post_install", "-at_install")
class TestRights(HelpdeskCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.portal = new_test_user(
            cls.env, "portal@romashka.example", groups="base.group_portal"
        )
        cls.portal.partner_id.parent_id = cls.firm
        cls.other_portal = new_test_user(
            cls.env, "portal@vector.example", groups="base.group_portal"
        )
        cls.other_portal.partner_id.parent_id = cls.other_firm

    def _sees(self, user, ticket):
        self.env.flush_all()
        return bool(
            self.env["ntr.ticket"].with_user(user).search([("id", "=", ticket.id)])
        )

    def test_who_sees_what(self):
        ticket = self._ticket()
        for user, expected in (
            (self.engineer, True),
            (self.dispatcher, True),
            (self.coordinator, True),
            (self.director, True),
            (self.admin, True),
            (self.finance, True),
            (self.stranger, False),
            (self.external, False),
            (self.author, False),
            (self.portal, False),
            (self.other_portal, False),
        ):
            self.assertEqual(self._sees(user, ticket), expected, user.login)

    def test_executor_of_another_team_sees_his_ticket(self):
        ticket = self._ticket()
        ticket._write_values({"user_id": self.stranger.id})
        self.assertTrue(self._sees(self.stranger, ticket))

    def test_author_sees_what_is_solved(self):
        self.assertTrue(self._sees(self.author, self._solved()))

    def test_joining_and_leaving_a_team(self):
        ticket = self._ticket()
        self.line3.member_ids = self.stranger
        self.assertTrue(self._sees(self.stranger, ticket))
        self.line3.member_ids = False
        self.assertFalse(self._sees(self.stranger, ticket))

    def test_client_sees_own_requests(self):
        ticket = self._ticket(partner_id=self.portal.partner_id.id)
        self.assertTrue(self._sees(self.portal, ticket))
        self.assertFalse(self._sees(self.other_portal, ticket))

    def test_responsible_sees_the_company(self):
        ticket = self._ticket()
        self.assertFalse(self._sees(self.portal, ticket))
        self.portal.partner_id.ntr_sees_company = True
        self.assertTrue(self._sees(self.portal, ticket))
        self.other_portal.partner_id.ntr_sees_company = True
        self.assertFalse(self._sees(self.other_portal, ticket))

    def test_other_company(self):
        company = self.env["res.company"].create({"name": "Branch"})
        team = self.env["ntr.team"].create(
            {"name": "Branch desk", "company_id": company.id}
        )
        ticket = self.env["ntr.ticket"].create(
            {"name": "x", "team_id": team.id, "partner_id": self.client.id}
        )
        self.assertEqual(ticket.company_id, company)
        for user in (self.director, self.admin, self.finance):
            self.assertFalse(self._sees(user, ticket), user.login)

    def test_client_reads_no_internal_field(self):
        ticket = self._ticket(partner_id=self.portal.partner_id.id)
        as_client = ticket.with_user(self.portal)
        self.assertEqual(as_client.name, ticket.name)
        for name in (
            "priority",
            "line_id",
            "user_id",
            "coordinator_id",
            "waiting_on",
            "event_ids",
            "escalation_ids",
            "lead_id",
            "invoice_ids",
            "cause_id",
            "channel_id",
            "reopen_count",
        ):
            with self.assertRaises(AccessError, msg=name):
                as_client.read([name])

    def test_client_changes_nothing_by_hand(self):
        ticket = self._ticket(partner_id=self.portal.partner_id.id)
        as_client = ticket.with_user(self.portal)
        for values in ({"name": "x"}, {"stage_id": self.team._get_stage_id("closed")}):
            with self.assertRaises(AccessError):
                as_client.write(values)
        with self.assertRaises(AccessError):
            as_client.unlink()
        with self.assertRaises(AccessError):
            self.env["ntr.ticket"].with_user(self.portal).create({"name": "x"})

    def test_verbs_of_the_client(self):
        ticket = self._solved(partner_id=self.portal.partner_id.id)
        for call in (
            lambda record: record.take(),
            lambda record: record.assign(self.engineer.id),
            lambda record: record.solve("x", self.cause.id),
            lambda record: record.cancel("x"),
            lambda record: record.close(),
            lambda record: record.wait_for("client"),
            lambda record: record.pass_on(self.line2.id, "x"),
        ):
            with self.assertRaises(AccessError):
                call(ticket.with_user(self.portal))
        with self.assertRaises(AccessError):
            ticket.with_user(self.other_portal).confirm()
        ticket.with_user(self.portal).reject_solution("no")
        self.assertEqual(ticket.state, "open")
        ticket.with_user(self.engineer).solve("again", self.cause.id)
        ticket.with_user(self.portal).confirm()
        self.assertEqual(ticket.state, "closed")
        ticket.with_user(self.portal).reopen("it is back")
        self.assertEqual(ticket.state, "open")

    def test_stranger_cannot_act(self):
        ticket = self._ticket()
        for call in (
            lambda record: record.take(),
            lambda record: record.wait_for("client"),
            lambda record: record.write({"priority": "3"}),
        ):
            with self.assertRaises(AccessError):
                call(ticket.with_user(self.stranger))

    def test_readers_cannot_act(self):
        ticket = self._solved()
        for user in (self.finance, self.author):
            for call in (
                lambda record: record.take(),
                lambda record: record.confirm(),
                lambda record: record.write({"priority": "3"}),
            ):
                with self.assertRaises(AccessError):
                    call(ticket.with_user(user))

    def test_whole_ticket_is_read_by_whoever_reads_it(self):
        ticket = self._solved()
        ticket._write_values({"user_id": self.external.id})
        self.env.flush_all()
        for user in (
            self.engineer,
            self.external,
            self.finance,
            self.author,
            self.director,
        ):
            ticket.invalidate_recordset()
            (values,) = ticket.with_user(user).read()
            self.assertEqual(values["number"], ticket.number)

    def test_heads_without_conversation(self):
        ticket = self._receive(self._mail("My secret"))
        for user, expected in (
            (self.finance, False),
            (self.stranger, False),
            (self.engineer, True),
        ):
            found = (
                self.env["mail.message"]
                .with_user(user)
                .search([("model", "=", "ntr.ticket"), ("res_id", "=", ticket.id)])
            )
            self.assertEqual(bool(found), expected, user.login)

    def test_client_reads_no_note(self):
        ticket = self._ticket(partner_id=self.portal.partner_id.id)
        as_engineer = ticket.with_user(self.engineer)
        note = as_engineer.message_post(
            body="He never pays", message_type="comment", subtype_xmlid="mail.mt_note"
        )
        answer = as_engineer.message_post(
            body="Hello", message_type="comment", subtype_xmlid="mail.mt_comment"
        )
        found = (
            self.env["mail.message"]
            .with_user(self.portal)
            .search([("model", "=", "ntr.ticket"), ("res_id", "=", ticket.id)])
        )
        self.assertIn(answer, found)
        self.assertNotIn(note, found)

    def test_client_writes_in_his_request(self):
        ticket = self._ticket(partner_id=self.portal.partner_id.id)
        message = ticket.with_user(self.portal).message_post(
            body="Any news?", message_type="comment", subtype_xmlid="mail.mt_comment"
        )
        self.assertEqual(message.sudo().ntr_audience, "client")
        self.assertEqual(self._types(ticket)[-1], "client_message")

    def test_catalogues(self):
        for model in ("ntr.ticket.category", "ntr.ticket.cause", "ntr.ticket.tag"):
            self.env[model].with_user(self.coordinator).create({"name": "New"})
            with self.assertRaises(AccessError):
                self.env[model].with_user(self.dispatcher).create({"name": "Newer"})
        for model in ("ntr.ticket.stage", "ntr.ticket.kind", "ntr.channel"):
            self.env[model].with_user(self.admin).create({"name": "New"})
            with self.assertRaises(AccessError):
                self.env[model].with_user(self.director).create({"name": "Newer"})

    def test_teams(self):
        with self.assertRaises(AccessError):
            self.team.with_user(self.dispatcher).write({"closing_days": 9})
        self.team.with_user(self.coordinator).write({"closing_days": 9})
        with self.assertRaises(AccessError):
            self.env["ntr.team"].with_user(self.director).create({"name": "x"})
        self.env["ntr.team"].with_user(self.admin).create({"name": "x"})

    def test_links_and_letters_are_not_for_staff(self):
        for model in ("ntr.link", "ntr.notice"):
            with self.assertRaises(AccessError):
                self.env[model].with_user(self.dispatcher).search([])

    def test_escalations_are_not_for_clients(self):
        for user in (self.portal, self.finance):
            with self.assertRaises(AccessError):
                self.env["ntr.escalation"].with_user(user).search([])
