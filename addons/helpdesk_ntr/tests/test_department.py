from odoo.tests import Form, tagged

from .common import HelpdeskCase


@tagged("post_install", "-at_install")
class TestDepartment(HelpdeskCase):
    """Categories and causes are those of the ticket's team, at every door (S98)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.workshop = cls.env["ntr.team"].create(
            {
                "name": "Workshop",
                "company_id": cls.company.id,
                "coordinator_id": cls.director.id,
                "alias_name": "test-workshop",
                "alias_domain_id": cls.alias_domain.id,
            }
        )
        cls.bench = cls.env["ntr.support.line"].create(
            {
                "name": "Bench",
                "team_id": cls.workshop.id,
                "level": "2",
                "member_ids": (cls.stranger | cls.dispatcher).ids,
            }
        )
        own, other = cls.team.ids, cls.workshop.ids
        cls.desk, cls.soldering, cls.common = cls.env["ntr.ticket.category"].create(
            [
                {"name": "Desk work", "team_ids": own},
                {"name": "Soldering", "team_ids": other},
                {"name": "Anything"},
            ]
        )
        cls.burnt, cls.typo = cls.env["ntr.ticket.cause"].create(
            [
                {"name": "Burnt", "team_ids": other},
                {"name": "Typing error", "team_ids": own},
            ]
        )

    # --- doors

    def test_new_ticket(self):
        for category in (self.desk, self.common):
            self.assertEqual(
                self._ticket(category_id=category.id).category_id, category
            )
        with self.assertRefused("“Soldering” is not one of team “Test desk”"):
            self._ticket(category_id=self.soldering.id)

    def test_list_edit_of_several(self):
        tickets = self._ticket(name="A") | self._ticket(name="B")
        as_engineer = tickets.with_user(self.engineer)
        as_engineer.write({"category_id": self.common.id})
        with self.assertRefused(r"which has \[.*\] A\. Choose a category of that team"):
            as_engineer.write({"category_id": self.soldering.id})

    def test_import_of_values(self):
        result = (
            self.env["ntr.ticket"]
            .with_user(self.dispatcher)
            .load(
                ["name", "team_id/.id", "category_id/.id"],
                [["From a list", str(self.team.id), str(self.soldering.id)]],
            )
        )
        self.assertFalse(result["ids"])
        self.assertIn("is not one of team", str(result["messages"]))

    def test_cause_that_is_written(self):
        ticket = self._ticket().with_user(self.engineer)
        ticket.write({"cause_id": self.typo.id})
        with self.assertRefused("Cause “Burnt” is not one of team “Test desk”"):
            ticket.write({"cause_id": self.burnt.id})

    def test_cause_of_a_solution(self):
        ticket = self._ticket().with_user(self.engineer)
        ticket.take()
        with self.assertRefused("Cause “Burnt” is not one of team “Test desk”"):
            ticket.solve("Done", self.burnt.id)
        ticket.solve("Done", self.typo.id)
        self.assertEqual(ticket.cause_id, self.typo)

    def test_macro(self):
        macro = self.env["ntr.macro"].create(
            {"name": "To solder", "category_id": self.soldering.id}
        )
        ticket = self._ticket()
        with self.assertRefused("is not one of team"):
            macro.with_user(self.engineer).apply(ticket.ids)
        self.assertFalse(ticket.category_id)

    def test_category_of_a_team_that_is_gone_or_of_another_company(self):
        branch = self.env["res.company"].create({"name": "Branch"})
        strange, former = self.env["ntr.team"].create(
            [
                {"name": "Branch desk", "company_id": branch.id},
                {"name": "Former desk", "company_id": self.company.id},
            ]
        )
        former.active = False
        for team in (strange, former):
            self.common.team_ids = team
            self.env.flush_all()
            self.env.invalidate_all()
            with self.assertRefused("is not one of team"):
                self._ticket(category_id=self.common.id)

    def test_team_and_category_in_one(self):
        ticket = self._ticket().with_user(self.dispatcher)
        with self.assertRefused("“Desk work” is not one of team “Workshop”"):
            ticket.write({"team_id": self.workshop.id, "category_id": self.desk.id})
        ticket.write({"team_id": self.workshop.id, "category_id": self.soldering.id})
        self.assertEqual(ticket.category_id, self.soldering)

    def test_form_drops_what_another_team_does_not_know(self):
        tickets = self.env["ntr.ticket"].with_user(self.dispatcher)
        with Form(tickets.with_context(default_team_id=self.team.id)) as form:
            form.name = "Board"
            form.category_id = self.desk
            form.team_id = self.workshop
            self.assertFalse(form.category_id)

    # --- nothing gets lost

    def test_mail_keeps_it(self):
        self.team.alias_defaults = {
            "team_id": self.team.id,
            "category_id": self.soldering.id,
        }
        self.assertEqual(self._receive(self._mail()).category_id, self.soldering)

    def test_history_keeps_it(self):
        ids = (
            self.env["ntr.ticket"]
            .with_user(self.admin)
            .import_history(
                [
                    {
                        "name": "Old",
                        "created_at": "2020-01-01 10:00:00",
                        "closed_at": "2020-01-02 10:00:00",
                        "state": "closed",
                        "team_id": self.team.id,
                        "category_id": self.soldering.id,
                        "cause_id": self.burnt.id,
                    }
                ]
            )
        )
        self.assertEqual(self.env["ntr.ticket"].browse(ids).category_id, self.soldering)

    def test_client_goes_on_with_an_old_request(self):
        self.team.reopen_policy = "never"
        ticket = self._solved()
        ticket.with_user(self.coordinator).close()
        ticket._write_values({"category_id": self.soldering.id})
        following = self._receive(
            self._mail(In_Reply_To=ticket.message_ids[-1:].message_id)
        )
        following = ticket.next_ids or following
        self.assertEqual(following.previous_id, ticket)
        self.assertEqual(following.category_id, self.soldering)

    # --- to another team

    def test_passed_on_without_what_is_unknown_there(self):
        known = self._ticket(category_id=self.common.id)
        unknown = self._ticket(category_id=self.desk.id)
        unknown.cause_id = self.typo
        self.cr.flush()
        (known | unknown).with_user(self.engineer).pass_on(self.bench.id, "Solder it")
        self.assertEqual(known.category_id, self.common)
        self.assertFalse(unknown.category_id or unknown.cause_id)
        event = self._last_event(unknown)
        self.assertEqual(event.type, "passed_on")
        self.assertEqual(event.changes["category_id"], [self.desk.id, False])
        self.assertEqual(event.changes["cause_id"], [self.typo.id, False])
        self.assertEqual(event.changes["team_id"], [self.team.id, self.workshop.id])
        self.cr.flush()
        note = unknown.message_ids.sudo().tracking_value_ids.filtered(
            lambda it: it.field_id.name == "category_id" and it.old_value_char
        )
        self.assertEqual(note.old_value_char, "Desk work")

    def test_returned_with_what_it_had(self):
        ticket = self._ticket(category_id=self.desk.id)
        ticket.with_user(self.engineer).pass_on(self.bench.id, "Solder it")
        ticket.with_user(self.stranger).return_back("Nothing to solder")
        self.assertEqual(ticket.category_id, self.desk)

    def test_what_was_taken_away_does_not_come_back(self):
        ticket = self._ticket(category_id=self.desk.id)
        ticket.with_user(self.engineer).pass_on(self.bench.id, "Solder it")
        as_stranger = ticket.with_user(self.stranger)
        as_stranger.write({"category_id": self.soldering.id})
        as_stranger.write({"category_id": False})
        as_stranger.return_back("Nothing to solder")
        self.assertFalse(ticket.category_id)

    def test_new_ticket_given_to_another_team(self):
        ticket = self._ticket(category_id=self.desk.id)
        ticket.with_user(self.dispatcher).write({"team_id": self.workshop.id})
        self.assertFalse(ticket.category_id)
        ticket.with_user(self.dispatcher).write({"team_id": self.team.id})
        self.assertEqual(ticket.category_id, self.desk)
