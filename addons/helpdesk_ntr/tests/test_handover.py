from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import HelpdeskCase


@tagged("post_install", "-at_install")
class TestHandover(HelpdeskCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.workshop = cls.env["ntr.team"].create(
            {"name": "Workshop", "coordinator_id": cls.director.id}
        )
        cls.bench = cls.env["ntr.support.line"].create(
            {
                "name": "Bench",
                "team_id": cls.workshop.id,
                "level": "2",
                "member_ids": cls.stranger.ids,
            }
        )

    def _passed(self):
        ticket = self._ticket()
        ticket.with_user(self.dispatcher).pass_on(self.line2.id, "Needs an engineer")
        return ticket

    def _letters(self, user, subject):
        return self.env["mail.notification"].search_count(
            [
                ("res_partner_id", "=", user.partner_id.id),
                ("mail_message_id.subject", "ilike", subject),
            ]
        )

    # --- the verbs

    def test_needs_a_reason(self):
        ticket = self._passed().with_user(self.engineer)
        for call in (
            lambda: ticket.pass_on(self.line3.id, " "),
            lambda: ticket.pass_on(self.line3.id, None),
            lambda: ticket.return_back(""),
        ):
            with self.assertRefused("Say why"):
                call()

    def test_needs_a_line_where_somebody_works(self):
        ticket = self._ticket().with_user(self.engineer)
        empty = self.env["ntr.support.line"].create(
            {"name": "Empty", "team_id": self.team.id}
        )
        with self.assertRefused("Nobody works on line"):
            ticket.pass_on(empty.id, "why")
        with self.assertRefused("Choose the line"):
            ticket.pass_on(0, "why")
        with self.assertRefused("is with line"):
            ticket.pass_on(self.line1.id, "why")

    def test_line_of_another_company_is_not_there(self):
        company = self.env["res.company"].create({"name": "Branch"})
        team = self.env["ntr.team"].create(
            {"name": "Branch desk", "company_id": company.id}
        )
        line = self.env["ntr.support.line"].create(
            {"name": "Far", "team_id": team.id, "manager_id": self.director.id}
        )
        with self.assertRefused("Choose the line"):
            self._ticket().with_user(self.engineer).pass_on(line.id, "why")

    def test_out_of_the_own_teams(self):
        ticket = self._ticket()
        ticket.with_user(self.engineer).take()
        ticket.with_user(self.engineer).pass_on(self.bench.id, "Needs the bench")
        self.assertEqual(ticket.team_id, self.workshop)
        self.assertEqual(ticket.line_id, self.bench)
        self.assertEqual(ticket.coordinator_id, self.director)
        self.assertEqual(ticket.state, "open")
        self.assertFalse(ticket.user_id)
        event = ticket._get_events()[:1]
        self.assertEqual(event.type, "passed_on")
        self.assertEqual(event.changes["team_id"], [self.team.id, self.workshop.id])
        self.env.flush_all()
        with self.assertRaises(AccessError):
            ticket.with_user(self.engineer).read(["name"])

    def test_returns_across_teams_and_tells_who_passed_it_on(self):
        ticket = self._ticket()
        ticket.with_user(self.engineer).take()
        ticket.with_user(self.engineer).pass_on(self.bench.id, "Needs the bench")
        ticket.with_user(self.stranger).return_back("No such bench")
        self.assertEqual(ticket.line_id, self.line1)
        self.assertEqual(ticket.team_id, self.team)
        self.assertTrue(self._letters(self.engineer, "Passed on"))

    # --- what the ledger gives

    def test_hops_and_stays(self):
        with self._at("2026-03-02 06:00"):
            ticket = self._ticket()
        with self._at("2026-03-02 08:00"):
            ticket.with_user(self.dispatcher).pass_on(self.line2.id, "Hard one")
        with self._at("2026-03-02 09:00"):
            ticket.with_user(self.engineer).take()
        with self._at("2026-03-02 12:30"):
            ticket.with_user(self.engineer).solve("Done", self.cause.id)
        self.assertEqual(ticket.hop_count, 1)
        ticket.invalidate_recordset(["stay_ids"])
        stays = [
            (
                stay.line_id,
                stay.user_id,
                round(stay.hours, 2),
                round(stay.work_hours, 2),
            )
            for stay in ticket.stay_ids.sorted("id")
        ]
        nobody = self.env["res.users"]
        self.assertEqual(
            stays,
            [
                (self.line1, nobody, 2, 2),
                (self.line2, nobody, 1, 1),
                (self.line2, self.engineer, 3.5, 3.5),
            ],
        )

    def test_ping_pong_warns_the_coordinator_once(self):
        ticket = self._passed()
        ticket.with_user(self.engineer).return_back("Not mine")
        self.assertNotIn("ping_pong", self._types(ticket))
        ticket.with_user(self.dispatcher).pass_on(self.line2.id, "It is yours")
        self.assertEqual(self._types(ticket).count("ping_pong"), 1)
        self.assertTrue(self._letters(self.coordinator, "Nobody keeps it"))
        self.assertEqual(ticket.hop_count, 3)

    def test_three_lines_are_no_ping_pong(self):
        ticket = self._passed()
        ticket.with_user(self.engineer).pass_on(self.line3.id, "Deeper")
        ticket.with_user(self.coordinator).pass_on(self.line1.id, "Ask the client")
        self.assertNotIn("ping_pong", self._types(ticket))

    def test_what_the_next_one_needs(self):
        self.client.write({"street": "Lenina 5", "city": "Tula"})
        unit = self.env["ntr.equipment"].create(
            {"name": "Printer", "partner_id": self.client.id, "serial": "SN77"}
        )
        ticket = self._ticket(equipment_id=unit.id)
        ticket.with_user(self.dispatcher).message_post(
            body="Switched it off and on",
            message_type="comment",
            subtype_xmlid="mail.mt_note",
        )
        ticket.with_user(self.dispatcher).pass_on(self.line2.id, "Needs an engineer")
        summary = ticket.with_user(self.engineer).handover_summary
        for words in (
            "Needs an engineer",
            "Printer prints stripes",
            "Lenina 5",
            unit.display_name,
            "Switched it off and on",
        ):
            self.assertIn(words, summary)

    # --- which line

    def test_line_by_region_and_service(self):
        tula, omsk = self.env["res.country.state"].create(
            [
                {"name": name, "code": name, "country_id": self.env.ref("base.ru").id}
                for name in ("Testtula", "Testomsk")
            ]
        )
        parent = self.env["ntr.ticket.category"].create({"name": "Hardware"})
        child = self.env["ntr.ticket.category"].create(
            {"name": "Printers", "parent_id": parent.id}
        )
        regional, printers = self.env["ntr.support.line"].create(
            [
                {
                    "name": "Tula",
                    "team_id": self.team.id,
                    "level": "1",
                    "member_ids": self.engineer.ids,
                    "region_ids": tula.ids,
                },
                {
                    "name": "Printers",
                    "team_id": self.team.id,
                    "level": "1",
                    "member_ids": self.engineer.ids,
                    "category_ids": parent.ids,
                },
            ]
        )
        self.assertEqual(self._ticket().line_id, self.line1)
        self.firm.state_id = omsk
        self.assertEqual(self._ticket().line_id, self.line1)
        self.firm.state_id = tula
        self.assertEqual(self._ticket().line_id, regional)
        self.firm.state_id = False
        self.assertEqual(self._ticket(category_id=child.id).line_id, printers)

    def test_line_by_stage_of_work(self):
        stage = self.env["ntr.ticket.stage"].create(
            {"name": "Diagnosis", "state": "open", "sequence": 90}
        )
        self.line3.stage_ids = stage
        ticket = self._ticket()
        ticket.with_user(self.engineer).take()
        ticket.with_user(self.engineer).write({"stage_id": stage.id})
        self.assertEqual(ticket.line_id, self.line3)
        self.assertEqual(ticket.stage_id, stage)
        self.assertIn("Diagnosis", ticket._get_events()[:1].reason)

    def test_dragged_into_a_stage_of_work(self):
        """From another state, past the first stage of the new one."""
        stage = self.env["ntr.ticket.stage"].create(
            {"name": "Diagnosis", "state": "open", "sequence": 90}
        )
        self.line3.stage_ids = stage
        ticket = self._ticket()
        ticket.with_user(self.engineer).write({"stage_id": stage.id})
        self.assertEqual((ticket.stage_id, ticket.line_id), (stage, self.line3))
        in_ledger = [
            event.changes["stage_id"][1]
            for event in ticket._get_events()
            if "stage_id" in (event.changes or {})
        ]
        self.assertEqual(in_ledger[0], stage.id)
