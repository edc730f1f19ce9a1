from odoo.exceptions import AccessError, ValidationError
from odoo.tests import new_test_user, tagged

from .test_mail_automatic import AutomaticCase


@tagged("post_install", "-at_install")
class TestMailRule(AutomaticCase):
    """Blocked senders: kept, named, and released by a click (C10)."""

    def _rule(self, pattern="shop.example", **values):
        return (
            self.env["ntr.mail.rule"]
            .with_user(self.coordinator)
            .create({"pattern": pattern, "reason": "Advertising", **values})
            .with_env(self.env)
        )

    def _find_rules(self, *domain):
        is_shop = ("pattern", "=like", "%shop.example")
        return self.env["ntr.mail.rule"].search([is_shop, *domain])

    def _spam(self, number=1, sender="Shop <news@shop.example>", **headers):
        return self._mail(
            "Buy!", From=sender, Message_ID=f"<{number}@shop.example>", **headers
        )

    # ------------------------------------------------------------
    # At intake
    # ------------------------------------------------------------

    def test_a_blocked_domain(self):
        rule = self._rule("@Shop.Example")
        self.assertEqual(rule.pattern, "shop.example")
        before = self._count_tickets()
        self.assertFalse(self._process(self._spam()))
        journal = self._journal()
        self.assertEqual(journal.state, "blocked")
        self.assertEqual(journal.rule_id, rule)
        self.assertIn("shop.example", journal.failure)
        self.assertIn("Advertising", journal.failure)
        self.assertEqual(self._count_tickets(), before)
        self.assertEqual(rule.held_count, 1)

    def test_below_the_domain_too(self):
        self._rule()
        self._process(self._spam(sender="a@mail.shop.example"))
        self.assertEqual(self._journal().state, "blocked")
        self.assertTrue(self._process(self._spam(2, "a@workshop.example")))

    def test_an_address(self):
        self._rule("news@shop.example")
        self.assertFalse(self._process(self._spam()))
        self.assertTrue(self._process(self._spam(2, "boss@shop.example")))

    def test_an_exception(self):
        self._rule()
        self._rule("boss@shop.example", action="allow")
        self.assertFalse(self._process(self._spam()))
        self.assertTrue(self._process(self._spam(2, "boss@shop.example")))

    def test_of_one_team(self):
        other = self.env["ntr.team"].create(
            {
                "name": "Other",
                "alias_name": "other-desk",
                "alias_domain_id": self.alias_domain.id,
            }
        )
        self._rule(team_id=self.team.id)
        self.assertFalse(self._process(self._spam()))
        self.assertTrue(self._process(self._spam(2, To=other.alias_email)))

    def test_of_another_company(self):
        company = self.env["res.company"].create({"name": "Other"})
        self.env["ntr.mail.rule"].create(
            {"pattern": "shop.example", "company_id": company.id}
        )
        self.assertTrue(self._process(self._spam()))

    def test_archived_it_blocks_nobody(self):
        rule = self._rule()
        rule.active = False
        self.assertTrue(self._process(self._spam()))

    def test_his_answers_too(self):
        ticket = self._receive(self._spam())
        self._rule()
        self._process(self._spam(2, In_Reply_To="<1@shop.example>"))
        self.assertEqual(self._journal().state, "blocked")
        self.assertEqual(len(ticket.message_ids), 1)

    def test_to_us_and_to_another_app(self):
        alias = self.env["mail.alias"].create(
            {
                "alias_name": "new-leads",
                "alias_domain_id": self.alias_domain.id,
                "alias_model_id": self.env["ir.model"]._get_id("crm.lead"),
            }
        )
        self._rule()
        leads, before = self.env["crm.lead"].search_count([]), self._count_tickets()
        self._process(
            self._spam(To=f"{self.team.alias_email}, {alias.alias_full_name}")
        )
        self.assertEqual(self.env["crm.lead"].search_count([]), leads + 1)
        self.assertEqual(self._count_tickets(), before)
        self.assertEqual(self._journal().state, "blocked")

    def test_no_statement_is_spent_on_rules(self):
        costs = []
        for number in range(2):
            if number:
                self._rule("elsewhere.example")
            # what the caches of a fresh server lack
            self._process(self._spam(f"warm{number}", f"w{number}@firm.example"))
            mail = self._spam(number, f"p{number}@firm.example")
            self.env.flush_all()
            before = self.env.cr.sql_log_count
            # the ledger writes once more where a second has passed
            with self._at("2026-03-02 09:00:00"):
                self._process(mail)
            costs.append(self.env.cr.sql_log_count - before)
        self.assertEqual(costs[0], costs[1])

    # ------------------------------------------------------------
    # Released
    # ------------------------------------------------------------

    def test_released_as_a_ticket(self):
        self._rule()
        self._process(self._spam())
        journal = self._journal()
        journal.with_user(self.coordinator).action_make_ticket()
        ticket = journal.ticket_id
        self.assertEqual(journal.state, "done")
        self.assertFalse(journal.failure)
        self.assertIn("Buy!", ticket.description)
        self.assertTrue(
            self.env["ntr.notice"].search([("ticket_id", "=", ticket.id)]),
            "a person wrote it",
        )
        self.assertFalse(self._process(self._spam(2)), "the next one waits again")

    def test_released_and_allowed(self):
        rule = self._rule()
        self._process(self._spam())
        self._journal().with_user(self.coordinator).action_allow_sender()
        self.assertTrue(self._journal().ticket_id)
        self.assertTrue(self._process(self._spam(2)))
        self.assertFalse(self._process(self._spam(3, "other@shop.example")))
        allowed = self._find_rules(("action", "=", "allow"))
        self.assertEqual(allowed.pattern, "news@shop.example")
        self.assertEqual(allowed.user_id, self.coordinator)
        self.assertEqual(rule.action, "block")

    def test_allowed_by_changing_the_rule(self):
        rule = self._rule("news@shop.example")
        self._process(self._spam())
        self._journal().with_user(self.coordinator).action_allow_sender()
        self.assertEqual(rule.action, "allow")
        self.assertTrue(self._process(self._spam(2)))

    # ------------------------------------------------------------
    # From a ticket
    # ------------------------------------------------------------

    def test_blocked_from_a_ticket(self):
        ticket = self._receive(self._spam())
        ticket.with_user(self.dispatcher).block_sender("Sells carpets")
        rule = self.env["ntr.mail.rule"].search([("ticket_id", "=", ticket.id)])
        self.assertEqual(rule.pattern, "news@shop.example")
        self.assertEqual(rule.team_id, self.team)
        self.assertEqual(rule.user_id, self.dispatcher)
        self.assertEqual(rule.reason, "Sells carpets")
        self.assertEqual((ticket.state, ticket.outcome), ("cancelled", "spam"))
        event = ticket._get_events().filtered(lambda it: it.type == "cancelled")
        self.assertEqual(event.reason, "Sells carpets")
        self.assertIn("news@shop.example", str(ticket.message_ids[:1].body))
        self.assertEqual(ticket.message_ids[:1].ntr_audience, "staff")
        self.assertFalse(self._process(self._spam(2)))

    def test_by_the_button(self):
        ticket = self._receive(self._spam())
        wizard = (
            self.env["ntr.ticket.reason.wizard"]
            .with_user(self.dispatcher)
            .create(
                {
                    "verb": "block_sender",
                    "ticket_ids": ticket.ids,
                    "reason": "Carpets",
                }
            )
        )
        wizard.action_apply()
        self.assertEqual(ticket.outcome, "spam")

    def test_blocked_after_it_was_allowed(self):
        rule = self._rule("news@shop.example", action="allow", team_id=self.team.id)
        ticket = self._receive(self._spam())
        ticket.with_user(self.dispatcher).block_sender("Carpets after all")
        self.assertEqual(rule.action, "block")

    def test_many_at_once(self):
        tickets = self._receive(self._spam()) | self._receive(self._spam(2))
        tickets.with_user(self.dispatcher).block_sender("Carpets")
        self.assertEqual(set(tickets.mapped("state")), {"cancelled"})
        self.assertEqual(len(self._find_rules()), 1)

    def test_refusals(self):
        ticket = self._receive(self._spam())
        with self.assertRefused("why"):
            ticket.with_user(self.dispatcher).block_sender(" ")
        with self.assertRaises(AccessError):
            ticket.with_user(self.engineer).block_sender("Carpets")
        with self.assertRaises(AccessError):
            ticket.with_user(self.finance).block_sender("Carpets")
        nobody = self._ticket(partner_id=False)
        with self.assertRefused("no e-mail address"):
            nobody.with_user(self.dispatcher).block_sender("Carpets")
        ours = self._receive(self._spam(2, self.engineer.email_formatted))
        with self.assertRefused("Colleagues write"):
            ours.with_user(self.dispatcher).block_sender("Carpets")
        self.assertFalse(self._find_rules())

    # ------------------------------------------------------------
    # The list
    # ------------------------------------------------------------

    def test_what_is_no_sender(self):
        for pattern in ("spam", "a b@shop.example", "@", "*.example", "a@", ""):
            with self.subTest(pattern), self.assertRaises(ValidationError):
                self._rule(pattern or " ")

    def test_colleagues_are_not_blocked(self):
        for pattern in ("desk.example", self.engineer.email, self.team.alias_email):
            with self.subTest(pattern), self.assertRaises(ValidationError):
                self._rule(pattern)

    def test_who_decided_and_when(self):
        rule = self._rule()
        self.assertEqual(rule.user_id, self.coordinator)
        rule.with_user(self.director).action = "allow"
        self.assertEqual(rule.user_id, self.director)

    def test_rights(self):
        rule = self._rule(team_id=self.team.id)
        for user in (self.engineer, self.dispatcher, self.finance, self.external):
            with self.assertRaises(AccessError):
                rule.with_user(user).read(["pattern"])
            with self.assertRaises(AccessError):
                rule.with_user(user).create({"pattern": "x.example"})
        other = new_test_user(
            self.env, "other@y.example", groups="helpdesk_ntr.group_coordinator"
        )
        with self.assertRaises(AccessError):
            rule.with_user(other).read(["pattern"])
        rule.with_user(self.director).read(["pattern"])
        rule.with_user(self.coordinator).unlink()
        self.assertFalse(rule.exists())
