from random import Random

from odoo.exceptions import AccessError
from odoo.fields import Domain
from odoo.tests import new_test_user, tagged

from .test_assignment import AssignmentCase

MINE = [("is_in_my_competence", "=", True)]


@tagged("post_install", "-at_install")
class TestInMyCompetence(AssignmentCase):
    """What an expert can take, found by one domain (S67)."""

    def _found(self, tickets, user=None, domain=None):
        found = (
            self.env["ntr.ticket"]
            .with_user(user or self.engineer)
            .search([*(MINE if domain is None else domain), ("id", "in", tickets.ids)])
        )
        return found.with_env(self.env)

    # --- the filter

    def test_open_of_nobody_and_of_his_competence(self):
        self._knows(self.engineer, category_id=self.printers.id)
        below = self._ticket(category_id=self.label_printers.id)
        taken = self._ticket(category_id=self.printers.id)
        taken.with_user(self.engineer2).take()
        ended = self._ticket(category_id=self.printers.id)
        ended.with_user(self.dispatcher).cancel("Twice")
        tickets = below | taken | ended | self._ticket(category_id=self.power.id)
        self.assertEqual(self._found(tickets), below)
        self.assertFalse(self._found(tickets, self.engineer2))
        not_mine = [("is_in_my_competence", "=", False)]
        self.assertEqual(self._found(tickets, domain=not_mine), tickets - below)

    def test_read_for_oneself(self):
        self._knows(self.engineer, category_id=self.printers.id)
        ticket = self._ticket(category_id=self.printers.id)
        self.assertTrue(ticket.with_user(self.engineer).is_in_my_competence)
        self.assertFalse(ticket.with_user(self.engineer2).is_in_my_competence)
        ticket.category_id = self.power
        self.assertFalse(ticket.with_user(self.engineer).is_in_my_competence)

    def test_follows_competences_and_trees(self):
        ticket = self._ticket(category_id=self.label_printers.id)
        self.assertFalse(self._found(ticket))
        competence = self._knows(self.engineer, category_id=self.printers.id)
        self.assertTrue(self._found(ticket))
        self.label_printers.parent_id = self.power
        self.assertFalse(self._found(ticket))
        competence.category_id = self.power
        self.assertTrue(self._found(ticket))
        competence.active = False
        self.assertFalse(self._found(ticket))

    def test_follows_the_tree_of_products(self):
        parent, other = self.env["product.category"].create(
            [{"name": "Devices"}, {"name": "Paper"}]
        )
        child = parent.create({"name": "Printers", "parent_id": parent.id})
        product = self.env["product.product"].create(
            {"name": "LX", "categ_id": child.id}
        )
        ticket = self._ticket(product_id=product.id)
        self._knows(self.engineer, product_category_id=parent.id)
        self.assertTrue(self._found(ticket))
        child.parent_id = other
        self.assertFalse(self._found(ticket))

    def test_competence_of_another_company_does_not_count(self):
        branch = self.env["res.company"].create({"name": "Branch"})
        self._knows(self.engineer, company_id=branch.id)
        self.assertFalse(self._found(self._ticket()))

    def test_unit_that_one_may_not_read_counts(self):
        unit = self.env["ntr.equipment"].create(
            {
                "name": "LX 1",
                "partner_id": self.firm.id,
                "model_id": self.env["ntr.equipment.model"].create({"name": "LX"}).id,
            }
        )
        self._knows(self.external, equipment_model_id=unit.model_id.id)
        ticket = self._ticket(equipment_id=unit.id)
        domain = ticket._get_competence_domain(self.external)
        self.assertEqual(ticket.search(domain & Domain("id", "=", ticket.id)), ticket)

    def test_counter(self):
        self._knows(self.engineer, kind_id=self.incident.id)
        tickets = self.env["ntr.ticket"].with_user(self.engineer)

        def get_counts():
            queues = tickets.queue_counters()["queues"]
            return next(
                it["counts"] for it in queues if it["name"] == "in_my_competence"
            )

        before = get_counts()["my_team"]
        self._ticket(kind_id=self.incident.id)
        self._ticket(kind_id=self.question.id)
        self.assertEqual(get_counts()["my_team"], before + 1)

    def test_counting_costs_no_statement_more(self):
        self._knows(self.engineer, category_id=self.printers.id)
        self._knows(self.engineer, kind_id=self.incident.id, level="1")
        self._ticket()
        tickets = self.env["ntr.ticket"].with_user(self.engineer)
        tickets.queue_counters()
        self.env.invalidate_all()
        self.env.flush_all()
        with self.assertQueryCount(3):
            tickets.queue_counters()

    # --- agrees with the suggestions

    def test_agrees_with_the_suggestions(self):
        dice = Random(67)
        people = [self._make_expert(number) for number in range(12)]
        self.line2.member_ids = [(6, 0, [user.id for user in people])]
        choices = self._make_choices()
        for user in people:
            for __ in range(dice.choice((1, 1, 2, 3))):
                self._know_something(dice, user, choices)
        tickets = self._make_tickets(dice, choices)
        self.env.flush_all()
        matches = 0
        for ticket in tickets:
            competent = {it["user_id"] for it in self._suggest(ticket) if it["level"]}
            for user in people:
                is_found = bool(self._found(ticket, user))
                words = (
                    ticket._get_competence_facts(),
                    self.env["ntr.competence"]._get_conditions(user.id),
                )
                self.assertEqual(is_found, user.id in competent, words)
                as_user = ticket.with_user(user)
                self.assertEqual(as_user.is_in_my_competence, is_found, words)
                matches += is_found
        self.assertGreater(matches, len(tickets))
        self.assertLess(matches, 0.8 * len(tickets) * len(people))

    def _make_expert(self, number):
        return new_test_user(
            self.env,
            f"expert{number}@desk.example",
            groups="helpdesk_ntr.group_engineer",
            lang="en_US",
        )

    def _make_choices(self):
        """{field of a competence: records that can be named there}"""
        langs = self.env["res.lang"]
        langs._activate_lang("ru_RU")
        categories = self.env["product.category"]
        devices = categories.create({"name": "Devices"})
        scales = categories.create({"name": "Scales", "parent_id": devices.id})
        paper = categories.create({"name": "Paper"})
        return {
            "category_id": self.printers | self.label_printers | self.power,
            "kind_id": self.incident | self.question,
            "equipment_model_id": self.env["ntr.equipment.model"].create(
                [{"name": "LX"}, {"name": "TP"}]
            ),
            "product_id": self.env["product.product"].create(
                [
                    {"name": f"Product {category.name}", "categ_id": category.id}
                    for category in (devices, scales, paper)
                ]
            ),
            "product_category_id": devices | scales | paper,
            "lang_id": langs.search([("code", "in", ("en_US", "ru_RU"))]),
            "region_id": self.env["res.country.state"].create(
                [
                    {
                        "name": f"Region {code}",
                        "code": code,
                        "country_id": self.env.ref("base.ru").id,
                    }
                    for code in ("R1", "R2")
                ]
            ),
        }

    def _know_something(self, dice, user, choices):
        names = dice.sample(sorted(choices), dice.choice((1, 1, 1, 2, 2)))
        values = {name: dice.choice(choices[name]).id for name in names}
        domain = [("user_id", "=", user.id)]
        domain += [(name, "=", values.get(name, False)) for name in choices]
        if not self.env["ntr.competence"].search(domain):
            self._knows(user, level=dice.choice("123"), **values)

    def _make_tickets(self, dice, choices):
        def maybe(records):
            return dice.choice([False, *records.ids])

        regions = choices["region_id"]
        firms = self.env["res.partner"].create(
            [
                {"name": f"Firm {number}", "state_id": state_id, "is_company": True}
                for number, state_id in enumerate((False, *regions.ids))
            ]
        )
        contacts = self.env["res.partner"].create(
            [
                {
                    "name": f"Contact {number}",
                    "parent_id": maybe(firms),
                    "type": "other",
                    "state_id": maybe(regions),
                }
                for number in range(12)
            ]
        )
        for contact in contacts:
            contact.lang = dice.choice((False, "en_US", "ru_RU"))
        units = self.env["ntr.equipment"].create(
            [
                {
                    "name": f"Unit {number}",
                    "partner_id": dice.choice(firms).id,
                    "model_id": maybe(choices["equipment_model_id"]),
                    "product_id": maybe(choices["product_id"]),
                    "site_id": maybe(contacts),
                }
                for number in range(8)
            ]
        )
        tickets = self.env["ntr.ticket"]._create_tickets(
            [
                {
                    "name": dice.choice(("Paper jam", "Не печатает")),
                    "description": dice.choice((False, "<p>Ёлка</p>", "<p>jam</p>")),
                    "team_id": self.team.id,
                    "line_id": self.line2.id,
                    "partner_id": maybe(contacts),
                    "category_id": maybe(choices["category_id"]),
                    "kind_id": maybe(choices["kind_id"]),
                    "equipment_id": maybe(units),
                    "product_id": maybe(choices["product_id"]),
                }
                for __ in range(40)
            ]
        )
        # the unit has a product, the ticket was emptied by hand
        tickets[:8].filtered("equipment_id").product_id = False
        return tickets

    # --- what an expert sees

    def test_scope(self):
        self.engineer.ntr_scope = "competence"
        self._knows(self.engineer, category_id=self.printers.id)
        mine = self._ticket(category_id=self.power.id, line_id=self.line3.id)
        mine._write_values({"user_id": self.engineer.id})
        can_take = self._ticket(
            category_id=self.label_printers.id, line_id=self.line2.id
        )
        other_line = self._ticket(category_id=self.printers.id, line_id=self.line1.id)
        other_subject = self._ticket(category_id=self.power.id, line_id=self.line2.id)
        of_colleague = self._ticket(
            category_id=self.printers.id,
            line_id=self.line2.id,
            user_id=self.engineer2.id,
        )
        hidden = other_line | other_subject | of_colleague
        tickets = mine | can_take | hidden
        self.env.flush_all()
        self.assertEqual(self._found(tickets, domain=[]), mine | can_take)
        for model in ("ntr.ticket.event", "ntr.ticket.stay"):
            rows = self.env[model].with_user(self.engineer)
            found = rows.search([("ticket_id", "in", tickets.ids)])
            self.assertEqual(set(found.ticket_id.ids), {can_take.id, mine.id}, model)
        for ticket in hidden:
            with self.assertRaises(AccessError):
                ticket.with_user(self.engineer).read(["name"])
            with self.assertRaises(AccessError):
                ticket.with_user(self.engineer).take()

    def test_expert_works(self):
        self.engineer.ntr_scope = "competence"
        self._knows(self.engineer, category_id=self.printers.id)
        ticket = self._ticket(category_id=self.printers.id, line_id=self.line2.id)
        as_expert = ticket.with_user(self.engineer)
        as_expert.take()
        as_expert.message_post(body="On my way")
        as_expert.solve("Replaced the roller", self.cause.id)
        self.assertEqual(ticket.state, "solved")
        again = self._ticket(category_id=self.printers.id, line_id=self.line2.id)
        again.with_user(self.engineer).pass_on(self.line3.id, "Too hard")
        self.env.flush_all()
        with self.assertRaises(AccessError):
            again.with_user(self.engineer).read(["name"])

    def test_without_competence_only_his_own(self):
        self.engineer.ntr_scope = "competence"
        ticket = self._ticket(line_id=self.line2.id)
        self.assertFalse(self._found(ticket, domain=[]))
        ticket.with_user(self.dispatcher).assign(self.engineer.id)
        self.assertEqual(self._found(ticket, domain=[]), ticket)
