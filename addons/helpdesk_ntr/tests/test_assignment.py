from freezegun import freeze_time

from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from .common import HelpdeskCase

# A Thursday, noon in Moscow, and its night
NOON = "2026-03-05 09:00:00"
NIGHT = "2026-03-05 20:00:00"


class AssignmentCase(HelpdeskCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        categories = cls.env["ntr.ticket.category"]
        cls.printers = categories.create({"name": "Printers"})
        cls.label_printers = categories.create(
            {"name": "Label printers", "parent_id": cls.printers.id}
        )
        cls.power = categories.create({"name": "Power"})

    def _knows(self, user, level="2", **criteria):
        return self.env["ntr.competence"].create(
            {"user_id": user.id, "level": level, **criteria}
        )

    def _suggest(self, ticket, user=None):
        ticket.invalidate_recordset()
        return ticket.with_user(user or self.dispatcher).suggest_assignees()

    def _names(self, ticket):
        return [it["name"] for it in self._suggest(ticket)]

    def _one(self, ticket, user):
        return next(it for it in self._suggest(ticket) if it["user_id"] == user.id)


@tagged("post_install", "-at_install")
class TestSuggestion(AssignmentCase):
    # ------------------------------------------------------------
    # Competence
    # ------------------------------------------------------------

    @freeze_time(NOON)
    def test_plain_data(self):
        self._knows(self.engineer, "3", category_id=self.printers.id)
        ticket = self._ticket(category_id=self.label_printers.id)
        best = self._suggest(ticket)[0]
        self.assertEqual(
            set(best),
            {
                "user_id",
                "name",
                "score",
                "level",
                "fit",
                "load",
                "is_working_now",
                "is_absent",
                "reasons",
            },
        )
        self.assertEqual(best["user_id"], self.engineer.id)
        self.assertEqual((best["level"], best["is_absent"]), (3, False))
        self.assertTrue(best["is_working_now"])
        self.assertEqual(
            best["reasons"],
            [
                "Competence: Printers, level 3 of 3.",
                "Has no open tickets.",
                "Is at work now.",
                "The ticket would go to his line: Line 2.",
            ],
        )

    def test_category_with_what_is_below(self):
        self._knows(self.engineer, category_id=self.printers.id)
        below = self._ticket(category_id=self.label_printers.id)
        self.assertGreater(self._one(below, self.engineer)["fit"], 0)
        other = self._ticket(category_id=self.power.id)
        self.assertEqual(self._one(other, self.engineer)["fit"], 0)
        # not upwards
        self._knows(self.engineer2, category_id=self.label_printers.id)
        above = self._ticket(category_id=self.printers.id)
        self.assertEqual(self._one(above, self.engineer2)["fit"], 0)

    def test_product_its_category_and_the_model(self):
        categories = self.env["product.category"]
        hardware = categories.create({"name": "Hardware"})
        labels = categories.create({"name": "Labels", "parent_id": hardware.id})
        product = self.env["product.product"].create(
            {"name": "LX", "categ_id": labels.id}
        )
        model = self.env["ntr.equipment.model"].create(
            {"name": "LX", "product_id": product.id}
        )
        unit = self.env["ntr.equipment"].create(
            {"name": "Unit", "model_id": model.id, "partner_id": self.client.id}
        )
        ticket = self._ticket(equipment_id=unit.id)
        for criteria in (
            {"product_id": product.id},
            {"product_category_id": hardware.id},
            {"equipment_model_id": model.id},
        ):
            competence = self._knows(self.engineer, **criteria)
            self.assertGreater(self._one(ticket, self.engineer)["fit"], 0.5, criteria)
            competence.unlink()
        other = self.env["product.product"].create({"name": "Other"})
        self._knows(self.engineer, product_id=other.id)
        self.assertEqual(self._one(ticket, self.engineer)["fit"], 0)

    def test_all_that_is_given_must_match(self):
        self._knows(
            self.engineer, category_id=self.printers.id, kind_id=self.question.id
        )
        ticket = self._ticket(category_id=self.printers.id, kind_id=self.incident.id)
        self.assertEqual(self._one(ticket, self.engineer)["level"], 0)
        ticket.with_user(self.dispatcher).kind_id = self.question
        self.assertEqual(self._one(ticket, self.engineer)["fit"], 1.0)

    def test_language_and_region(self):
        state = self.env["res.country.state"].create(
            {
                "name": "Tver",
                "code": "TVE-X",
                "country_id": self.env.ref("base.ru").id,
            }
        )
        ticket = self._ticket()
        self._knows(self.engineer, region_id=state.id)
        self.assertEqual(self._one(ticket, self.engineer)["fit"], 0)
        self.firm.state_id = state
        self.assertGreater(self._one(ticket, self.engineer)["fit"], 0)
        english = self.env["res.lang"]._get_data(code="en_US").id
        self._knows(self.engineer2, lang_id=english)
        self.assertGreater(self._one(ticket, self.engineer2)["fit"], 0)
        self.client.lang = False
        ticket.with_user(self.dispatcher).name = "Принтер полосит"
        if "ru_RU" in dict(self.env["res.lang"].get_installed()):
            self.assertEqual(self._one(ticket, self.engineer2)["fit"], 0)

    def test_competence_of_another_company_does_not_count(self):
        branch = self.env["res.company"].create({"name": "Branch"})
        self._knows(self.engineer, company_id=branch.id)
        self.assertEqual(self._one(self._ticket(), self.engineer)["level"], 0)

    # ------------------------------------------------------------
    # Load and presence
    # ------------------------------------------------------------

    def test_load_weighs_priority_and_leaves_out_this_one(self):
        for priority in ("0", "3"):
            self._ticket(priority=priority).with_user(self.dispatcher).assign(
                self.engineer.id
            )
        ticket = self._ticket()
        ticket.with_user(self.dispatcher).assign(self.engineer.id)
        one = self._one(ticket, self.engineer)
        self.assertEqual(one["load"], 4.0)
        self.assertIn(
            "Open tickets: 2, of these urgent or critical: 1.", one["reasons"]
        )
        self.assertEqual(self._one(ticket, self.engineer2)["load"], 0)
        names = self._names(ticket)
        self.assertLess(names.index("Engineer Two"), names.index("Engineer"))

    def test_ended_tickets_are_no_load(self):
        self._solved()
        self.assertEqual(self._one(self._ticket(), self.engineer)["load"], 0)

    def test_hours_of_the_team(self):
        ticket = self._ticket()
        with freeze_time(NOON):
            self.assertTrue(self._one(ticket, self.engineer)["is_working_now"])
        with freeze_time(NIGHT):
            one = self._one(ticket, self.engineer)
        self.assertFalse(one["is_working_now"])
        self.assertRegex(one["reasons"][2], r"Is off work until .*3/6/26.*9:00")

    def test_hours_of_the_line_come_before_those_of_the_team(self):
        night = self.calendar.copy({"name": "Night"})
        night.attendance_ids.write({"hour_from": 21, "hour_to": 24})
        self.line2.resource_calendar_id = night
        ticket = self._ticket()
        with freeze_time(NIGHT):
            self.assertTrue(self._one(ticket, self.engineer)["is_working_now"])
            self.assertFalse(self._one(ticket, self.dispatcher)["is_working_now"])

    def test_own_hours_come_first_and_in_his_zone(self):
        self.env["resource.resource"].create(
            {
                "name": "Engineer",
                "user_id": self.engineer.id,
                "calendar_id": self.calendar.id,
                "tz": "Asia/Vladivostok",
            }
        )
        ticket = self._ticket()
        # 10:00 in Vladivostok, 3:00 in Moscow
        with freeze_time("2026-03-05 00:00:00"):
            self.assertTrue(self._one(ticket, self.engineer)["is_working_now"])
            self.assertFalse(self._one(ticket, self.engineer2)["is_working_now"])
        with freeze_time(NOON):
            self.assertFalse(self._one(ticket, self.engineer)["is_working_now"])

    def test_flexible_hours_say_nothing_about_now(self):
        flexible = self.env["resource.calendar"].create(
            {"name": "Flexible", "flexible_hours": True, "attendance_ids": []}
        )
        self.env["resource.resource"].create(
            {
                "name": "Engineer",
                "user_id": self.engineer.id,
                "calendar_id": flexible.id,
            }
        )
        with freeze_time(NIGHT):
            one = self._one(self._ticket(), self.engineer)
        self.assertFalse(one["is_working_now"])

    @freeze_time(NOON)
    def test_who_is_away_comes_last(self):
        self._knows(self.engineer, "3")
        ticket = self._ticket()
        away = {self.engineer.id: None}
        self.patch(type(self.env["ntr.ticket"]), "_get_absent_users", lambda *__: away)
        last = self._suggest(ticket)[-1]
        self.assertEqual(last["user_id"], self.engineer.id)
        self.assertTrue(last["is_absent"])
        self.assertFalse(last["is_working_now"])
        self.assertIn("Is away.", last["reasons"])

    # ------------------------------------------------------------
    # Who may be suggested
    # ------------------------------------------------------------

    def test_members_of_the_team_only(self):
        names = self._names(self._ticket())
        self.assertCountEqual(names, ["Dispatcher", "Engineer", "Engineer Two"])

    def test_line_that_was_asked_comes_first(self):
        self._knows(self.engineer, "3", category_id=self.printers.id)
        self.line3.member_ids = self.stranger
        ticket = self._ticket(category_id=self.printers.id)
        self.assertEqual(self._names(ticket)[0], "Engineer")
        ticket.with_user(self.dispatcher).pass_on(self.line3.id, "deep")
        self.assertEqual(self._names(ticket)[0], "Engineer of another team")
        one = self._one(ticket, self.stranger)
        self.assertIn("Is on the line that has the ticket: Line 3.", one["reasons"])

    def test_nobody_who_may_not_see_the_ticket(self):
        outsider = new_test_user(
            self.env, "nobody@desk.example", groups="base.group_user"
        )
        self.line2.member_ids |= outsider
        self.assertNotIn(
            outsider.id, [it["user_id"] for it in self._suggest(self._ticket())]
        )

    def test_nobody_who_left(self):
        self.engineer2.active = False
        self.assertNotIn("Engineer Two", self._names(self._ticket()))

    def test_outside_engineer_may_be_suggested(self):
        self.line2.member_ids |= self.external
        self.assertIn("External", self._names(self._ticket()))

    def test_companies_of_the_person_decide_not_those_ticked(self):
        branch = self.env["res.company"].create({"name": "Branch"})
        self.dispatcher.company_ids |= branch
        ticket = self._ticket().with_context(
            allowed_company_ids=[self.company.id, branch.id]
        )
        self.assertIn("Engineer", self._names(ticket))
        ticket.with_user(self.dispatcher).assign(self.engineer.id)
        self.assertEqual(ticket.user_id, self.engineer)

    def test_rights(self):
        ticket = self._ticket()
        for user in (self.engineer, self.external, self.finance, self.author):
            with self.assertRaises(AccessError):
                self._suggest(ticket, user)
        self.assertTrue(self._suggest(ticket, self.coordinator))
        # of a team that is not his
        other = self.env["ntr.team"].create({"name": "Other desk"})
        foreign = self._ticket()
        foreign._write_values({"team_id": other.id, "line_id": False})
        with self.assertRaises(AccessError):
            self._suggest(foreign)

    def test_portal_may_not_ask(self):
        portal = new_test_user(
            self.env, "portal@romashka.example", groups="base.group_portal"
        )
        ticket = self._ticket(partner_id=portal.partner_id.id)
        with self.assertRaises(AccessError):
            self._suggest(ticket, portal)

    def test_no_team_no_people_no_failure(self):
        ticket = self._ticket()
        (self.line1 | self.line2).member_ids = False
        self.assertEqual(self._suggest(ticket, self.coordinator), [])

    # ------------------------------------------------------------
    # Cost
    # ------------------------------------------------------------

    def test_statements_do_not_grow_with_people(self):
        self._knows(self.engineer, category_id=self.printers.id)
        ticket = self._ticket(category_id=self.printers.id)
        few = self._count_statements(ticket)
        people = [
            new_test_user(
                self.env,
                f"more{number}@desk.example",
                groups="helpdesk_ntr.group_engineer",
            )
            for number in range(8)
        ]
        for user in people:
            self._knows(user, category_id=self.printers.id)
            self.line2.member_ids |= user
        self.assertEqual(self._count_statements(ticket), few)
        self.assertEqual(len(self._suggest(ticket)), 11)

    def _count_statements(self, ticket):
        # rights of people are kept for the whole process
        self._suggest(ticket)
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        ticket.with_user(self.dispatcher).suggest_assignees()
        return self.env.cr.sql_log_count - before

    # ------------------------------------------------------------
    # Dialog
    # ------------------------------------------------------------

    @freeze_time(NOON)
    def test_dialog_shows_and_assigns(self):
        self._knows(self.engineer, "3", category_id=self.printers.id)
        ticket = self._ticket(category_id=self.printers.id)
        action = ticket.with_user(self.dispatcher).action_suggest()
        wizard = (
            self.env[action["res_model"]]
            .with_user(self.dispatcher)
            .browse(action["res_id"])
        )
        best = wizard.line_ids[0]
        self.assertEqual((best.user_id, best.level), (self.engineer, "3"))
        self.assertEqual(best.presence, "working")
        self.assertIn("level 3 of 3", best.reasons)
        best.action_assign()
        self.assertEqual(ticket.user_id, self.engineer)
        self.assertEqual(ticket.line_id, self.line2)
        self.assertEqual(self._types(ticket)[-1], "assigned")

    def test_dialog_is_for_dispatchers(self):
        ticket = self._ticket()
        with self.assertRaises(AccessError):
            ticket.with_user(self.engineer).action_suggest()
