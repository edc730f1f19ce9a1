from psycopg2.errors import UniqueViolation

from odoo import Command
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from ..exceptions import NeedsWords
from .common import HelpdeskCase


@tagged("post_install", "-at_install")
class TestCategory(HelpdeskCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.template = cls.env["mail.template"].create(
            {
                "name": "Printers",
                "model_id": cls.env["ir.model"]._get_id("ntr.ticket"),
                "body_html": "<p>Switch it off and on</p>",
            }
        )
        cls.printers, cls.scanners = cls.env["ntr.ticket.category"].create(
            [
                {
                    "name": "Printers",
                    "default_team_id": cls.team.id,
                    "default_line_id": cls.line2.id,
                    "default_user_id": cls.engineer.id,
                    "default_priority": "1",
                    "answer_template_id": cls.template.id,
                },
                {"name": "Scanners"},
            ]
        )
        cls.jam = cls.env["ntr.ticket.category"].create(
            {
                "name": "Paper jam",
                "parent_id": cls.printers.id,
                "default_user_id": cls.engineer2.id,
            }
        )

    def test_new_ticket_is_filled_from_its_category(self):
        ticket = self._ticket(category_id=self.printers.id)
        self.assertEqual(
            (ticket.line_id, ticket.user_id, ticket.priority, ticket.state),
            (self.line2, self.engineer, "1", "new"),
        )
        self.assertEqual(ticket.answer_template_id, self.template)
        self.assertEqual(ticket.event_ids.changes["user_id"], [False, self.engineer.id])

    def test_child_takes_from_its_parent_what_it_does_not_say(self):
        ticket = self._ticket(category_id=self.jam.id)
        self.assertEqual(
            (ticket.line_id, ticket.user_id, ticket.priority),
            (self.line2, self.engineer2, "1"),
        )
        self.assertEqual(ticket.answer_template_id, self.template)
        self.assertIn("Line 2", self.jam.inherited_defaults)
        self.assertNotIn("Engineer", self.jam.inherited_defaults)

    def test_what_a_person_says_stays(self):
        ticket = self._ticket(
            category_id=self.printers.id,
            line_id=self.line3.id,
            user_id=False,
            priority="0",
        )
        self.assertEqual(
            (ticket.line_id, ticket.user_id.id, ticket.priority),
            (self.line3, False, "0"),
        )

    def test_team_of_the_category(self):
        other = self.env["ntr.team"].create(
            {
                "name": "Installers",
                "company_id": self.company.id,
                "coordinator_id": self.dispatcher.id,
            }
        )
        self.scanners.default_team_id = other
        tickets = self.env["ntr.ticket"].with_user(self.dispatcher)
        ticket = tickets.create({"name": "x", "category_id": self.scanners.id})
        self.assertEqual(ticket.sudo().team_id, other)
        self.assertEqual(self._ticket(category_id=self.scanners.id).team_id, self.team)

    def test_team_that_one_may_not_register_for_is_not_taken(self):
        self.scanners.default_team_id = self.env["ntr.team"].create(
            {"name": "Installers", "company_id": self.company.id}
        )
        tickets = self.env["ntr.ticket"].with_user(self.dispatcher)
        self.env["ntr.team"].search([("id", "!=", self.team.id)]).sequence = 99
        self.team.sequence = 1
        ticket = tickets.create({"name": "x", "category_id": self.scanners.id})
        self.assertEqual(ticket.team_id, self.team)

    def test_team_of_another_company_is_not_taken(self):
        branch = self.env["res.company"].create({"name": "Branch"})
        self.scanners.default_team_id = self.env["ntr.team"].create(
            {"name": "Branch desk", "company_id": branch.id}
        )
        self.env["ntr.team"].search([("id", "!=", self.team.id)]).sequence = 99
        self.team.sequence = 1
        tickets = self.env["ntr.ticket"].with_user(self.dispatcher)
        ticket = tickets.create({"name": "x", "category_id": self.scanners.id})
        self.assertEqual(ticket.sudo().company_id, self.company)

    def test_former_executor_is_not_taken(self):
        self.engineer.active = False
        self.assertFalse(self._ticket(category_id=self.printers.id).user_id)

    def test_mail_that_is_classified_later(self):
        ticket = self._receive(self._mail())
        self.assertEqual((ticket.line_id, ticket.user_id.id), (self.line1, False))
        ticket.with_user(self.dispatcher).write({"category_id": self.printers.id})
        self.assertEqual(
            (ticket.line_id, ticket.user_id, ticket.priority, ticket.state),
            (self.line2, self.engineer, "1", "new"),
        )
        self.assertEqual(self._types(ticket).count("assigned"), 1)
        self.assertTrue(ticket.assigned_at)
        self.assertTrue(
            self.env["mail.message"].search_count(
                [
                    ("model", "=", "ntr.ticket"),
                    ("res_id", "=", ticket.id),
                    ("partner_ids", "in", self.engineer.partner_id.ids),
                ]
            ),
            "the executor is told",
        )

    def test_ticket_in_work_stays_where_it_is(self):
        ticket = self._ticket()
        ticket.with_user(self.dispatcher).take()
        ticket.with_user(self.dispatcher).write({"category_id": self.printers.id})
        self.assertEqual(
            (ticket.line_id, ticket.user_id, ticket.priority),
            (self.line1, self.dispatcher, "0"),
        )

    def test_form_shows_what_will_be_filled_in(self):
        tickets = self.env["ntr.ticket"].with_user(self.dispatcher)
        with Form(tickets.with_context(default_team_id=self.team.id)) as form:
            form.name = "Jam"
            form.category_id = self.jam
            self.assertEqual(form.line_id, self.line2)
            self.assertEqual(form.user_id, self.engineer2)
            self.assertEqual(form.priority, "1")

    def test_import_of_values_is_filled_too(self):
        result = (
            self.env["ntr.ticket"]
            .with_user(self.dispatcher)
            .load(
                ["name", "category_id/.id", "team_id/.id"],
                [["From a list", str(self.jam.id), str(self.team.id)]],
            )
        )
        self.assertFalse(result["messages"])
        ticket = self.env["ntr.ticket"].browse(result["ids"])
        self.assertEqual(ticket.user_id, self.engineer2)

    def test_history_is_not_filled(self):
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
                        "category_id": self.jam.id,
                    }
                ]
            )
        )
        self.assertFalse(self.env["ntr.ticket"].browse(ids).user_id)

    def test_line_of_another_team_is_refused(self):
        other = self.env["ntr.team"].create({"name": "Installers"})
        with self.assertRaisesRegex(ValidationError, "does not belong"):
            self.jam.default_team_id = other

    def test_category_under_itself_is_refused(self):
        with self.assertRefused("Recursion"):
            self.printers.parent_id = self.jam

    def test_who_sets_categories_up(self):
        self.printers.with_user(self.coordinator).default_priority = "2"
        with self.assertRaises(AccessError):
            self.printers.with_user(self.dispatcher).default_priority = "3"

    def test_answer_by_template(self):
        ticket = self._ticket(category_id=self.jam.id).with_user(self.engineer2)
        context = ticket.action_answer_by_template()["context"]
        composer = (
            self.env["mail.compose.message"]
            .with_user(self.engineer2)
            .with_context(**context)
            .create({})
        )
        self.assertIn("Switch it off", composer.body)
        composer._action_send_mail()
        self.assertIn("reply", self._types(ticket))

    def test_categories_stand_below_their_parents(self):
        categories = self.env["ntr.ticket.category"]
        second, first = categories.create(
            [{"name": "Second", "sequence": 9002}, {"name": "First", "sequence": 9001}]
        )
        child = categories.create(
            {"name": "Child", "parent_id": first.id, "sequence": 9999}
        )
        found = categories.search([("id", "in", (first | second | child).ids)])
        self.assertEqual(found.mapped("name"), ["First", "Child", "Second"])
        second.sequence = 9000
        found = categories.search([("id", "in", (first | second | child).ids)])
        self.assertEqual(found.mapped("name"), ["Second", "First", "Child"])


@tagged("post_install", "-at_install")
class TestPriority(HelpdeskCase):
    def test_default_matrix_puts_lost_money_first(self):
        self.assertEqual(self._ticket(urgency="3", impact="3").priority, "3")
        self.assertEqual(self._ticket(urgency="3", impact="1").priority, "1")
        self.assertEqual(self._ticket(urgency="1", impact="1").priority, "0")

    def test_priority_is_free_until_judged(self):
        ticket = self._ticket(priority="2", urgency="3")
        self.assertEqual(ticket.priority, "2")
        ticket.with_user(self.engineer).write({"priority": "1"})
        self.assertEqual(ticket.priority, "1")

    def test_judgement_of_a_ticket_goes_to_the_ledger(self):
        ticket = self._ticket()
        ticket.with_user(self.dispatcher).write({"urgency": "2", "impact": "3"})
        self.assertEqual(ticket.priority, "3")
        self.assertEqual(
            self._last_event(ticket).changes,
            {"urgency": [False, "2"], "impact": [False, "3"], "priority": ["0", "3"]},
        )

    def test_matrix_of_a_company(self):
        rules = self.env["ntr.priority.rule"].with_user(self.admin)
        rules.create(
            {
                "urgency": "1",
                "impact": "1",
                "priority": "2",
                "company_id": self.company.id,
            }
        )
        self.assertEqual(self._ticket(urgency="1", impact="1").priority, "2")
        branch = self.env["res.company"].create({"name": "Branch"})
        self.assertEqual(
            self.env["ntr.priority.rule"]._get_priority("1", "1", branch), "0"
        )

    def test_cell_is_unique(self):
        with (
            self.assertRaises(UniqueViolation),
            mute_logger("odoo.sql_db"),
            self.env.cr.savepoint(),
        ):
            self.env["ntr.priority.rule"].create(
                {"urgency": "1", "impact": "1", "priority": "2"}
            )

    def test_empty_cell_leaves_the_priority_free(self):
        self.env["ntr.priority.rule"].search([]).unlink()
        self.assertEqual(
            self._ticket(urgency="3", impact="3", priority="1").priority, "1"
        )

    def test_another_priority_needs_a_reason(self):
        ticket = self._ticket(urgency="1", impact="1").with_user(self.engineer)
        with self.assertRaises(NeedsWords) as caught:
            ticket.write({"priority": "3"})
        self.assertEqual(caught.exception.args[3]["default_priority"], "3")
        with self.assertRefused("Say why"):
            ticket.set_priority("3", " ")
        ticket.set_priority("3", "The director called")
        self.assertEqual(ticket.priority, "3")
        self.assertEqual(ticket.priority_reason, "The director called")
        event = self._last_event(ticket)
        self.assertEqual(event.reason, "The director called")
        self.assertEqual(event.changes, {"priority": ["0", "3"]})

    def test_wizard_asks_for_the_reason(self):
        ticket = self._ticket(urgency="1", impact="1")
        wizard = (
            self.env["ntr.ticket.reason.wizard"]
            .with_user(self.engineer)
            .with_context(active_ids=ticket.ids, default_verb="set_priority")
            .create({"priority": "2", "reason": "VIP"})
        )
        wizard.action_apply()
        self.assertEqual((ticket.priority, ticket.priority_reason), ("2", "VIP"))

    def test_new_judgement_replaces_the_exception(self):
        ticket = self._ticket(urgency="1", impact="1").with_user(self.engineer)
        ticket.set_priority("3", "The director called")
        ticket.write({"impact": "2"})
        self.assertEqual((ticket.priority, ticket.priority_reason), ("0", False))

    def test_back_to_what_follows_is_free(self):
        ticket = self._ticket(urgency="1", impact="1").with_user(self.engineer)
        ticket.set_priority("3", "The director called")
        ticket.write({"priority": "0"})
        self.assertFalse(ticket.priority_reason)

    def test_new_ticket_with_another_priority_is_refused(self):
        with self.assertRefused("give the priority “Normal”, not “Critical”"):
            self._ticket(urgency="1", impact="1", priority="3")

    def test_form_follows_the_matrix(self):
        tickets = self.env["ntr.ticket"].with_user(self.dispatcher)
        with Form(tickets.with_context(default_team_id=self.team.id)) as form:
            form.name = "No receipts"
            form.urgency = "3"
            form.impact = "3"
            self.assertEqual(form.priority, "3")
        self.assertEqual(form.record.priority, "3")

    def test_list_edit_of_several(self):
        tickets = self._ticket() | self._ticket(urgency="1", impact="1")
        with self.assertRaises(NeedsWords):
            tickets.with_user(self.dispatcher).write({"priority": "2"})
        self.assertEqual(tickets.mapped("priority"), ["0", "0"])

    def test_reason_cannot_be_written(self):
        ticket = self._ticket()
        with self.assertRefused("cannot be set by hand"):
            ticket.with_user(self.admin).write({"priority_reason": "x"})

    def test_who_sets_a_priority(self):
        ticket = self._ticket()
        for user in (self.finance, self.author, self.external, self.stranger):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                ticket.with_user(user).set_priority("3", "x")
        with self.assertRefused("A priority is"):
            ticket.with_user(self.engineer).set_priority("9", "x")

    def test_who_edits_the_matrix(self):
        rule = self.env.ref("helpdesk_ntr.ntr_priority_rule_1_1")
        rule.with_user(self.admin).priority = "1"
        self.assertEqual(self._ticket(urgency="1", impact="1").priority, "1")
        with self.assertRaises(AccessError):
            rule.with_user(self.coordinator).priority = "2"
        branch = self.env["res.company"].create({"name": "Branch"})
        own = rule.copy({"company_id": branch.id})
        self.admin.company_ids = [Command.set(self.company.ids)]
        self.env.flush_all()
        self.assertFalse(
            self.env["ntr.priority.rule"]
            .with_user(self.admin)
            .search([("id", "=", own.id)])
        )


@tagged("post_install", "-at_install")
class TestLetter(HelpdeskCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.template = cls.env["mail.template"].create(
            {
                "name": "Prepare the place",
                "model_id": cls.env["ir.model"]._get_id("ntr.ticket"),
                "subject": "Prepare",
                "body_html": "<p>Prepare the place</p>",
            }
        )
        cls.install = cls.env["ntr.ticket.category"].create(
            {
                "name": "Installing",
                "letter_template_id": cls.template.id,
                "letter_at": "new",
            }
        )
        cls.till = cls.env["ntr.ticket.category"].create(
            {"name": "Till", "parent_id": cls.install.id}
        )

    def _letters(self, ticket):
        self._send_due()
        return ticket.sudo().message_ids.filtered(
            lambda message: "Prepare the place" in message.body
        )

    def test_sent_when_registered_once(self):
        ticket = self._ticket(category_id=self.till.id)
        ticket.with_user(self.dispatcher).write({"category_id": self.install.id})
        letter = self._letters(ticket)
        self.assertEqual(len(letter), 1)
        self.assertEqual(letter.partner_ids, self.client)
        self.assertEqual(letter.message_type, "auto_comment")

    def test_mail_gets_it_with_its_category(self):
        ticket = self._receive(self._mail())
        self.assertFalse(self._letters(ticket))
        ticket.with_user(self.dispatcher).write({"category_id": self.till.id})
        self.assertEqual(len(self._letters(ticket)), 1)

    def test_ticket_in_work_is_not_written_to(self):
        ticket = self._ticket()
        ticket.with_user(self.engineer).take()
        ticket.with_user(self.engineer).write({"category_id": self.till.id})
        self.assertFalse(self._letters(ticket))

    def test_sent_when_solved_once(self):
        self.install.letter_at = "solved"
        ticket = self._solved(category_id=self.till.id)
        self.assertEqual(len(self._letters(ticket)), 1)
        ticket.with_user(self.engineer).reopen("Again")
        ticket.with_user(self.engineer).solve("Done", self.cause.id)
        self.assertEqual(len(self._letters(ticket)), 1)

    def test_by_hand_once(self):
        self.install.letter_at = "hand"
        ticket = self._ticket(category_id=self.till.id)
        self.assertFalse(self._letters(ticket))
        self.assertEqual(ticket.letter_template_id, self.template)
        ticket.with_user(self.engineer).send_letter()
        self.assertEqual(len(self._letters(ticket)), 1)
        self.assertFalse(ticket.letter_template_id)
        with self.assertRefused("got this letter"):
            ticket.with_user(self.engineer).send_letter()

    def test_nothing_to_send(self):
        with self.assertRefused("has no letter"):
            self._ticket().with_user(self.engineer).send_letter()
        ticket = self._ticket(category_id=self.till.id, partner_id=False)
        with self.assertRefused("neither a contact nor an e-mail"):
            ticket.with_user(self.engineer).send_letter()

    def test_who_sends_it(self):
        self.install.letter_at = "hand"
        ticket = self._ticket(category_id=self.till.id)
        for user in (self.finance, self.author, self.stranger, self.external):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                ticket.with_user(user).send_letter()
