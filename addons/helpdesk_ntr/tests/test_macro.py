from psycopg2 import IntegrityError

from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import HelpdeskCase


@tagged("post_install", "-at_install")
class TestMacro(HelpdeskCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.template = cls.env["mail.template"].create(
            {
                "name": "Photo",
                "model_id": cls.env["ir.model"]._get_id("ntr.ticket"),
                "body_html": "<p>A photo for <t t-out='object.number'/>, please</p>",
            }
        )
        cls.category = cls.env["ntr.ticket.category"].create({"name": "Printers"})
        cls.tag = cls.env["ntr.ticket.tag"].create({"name": "Photo"})
        cls.macro = cls.env["ntr.macro"].create(
            {
                "name": "Ask for a photo",
                "kind_id": cls.incident.id,
                "category_id": cls.category.id,
                "priority": "1",
                "tag_ids": cls.tag.ids,
                "executor": "me",
                "verb": "wait_for",
                "waiting_on": "client",
                "template_id": cls.template.id,
            }
        )

    def _apply(self, tickets, user=None, macro=None):
        return (macro or self.macro).with_user(user or self.engineer).apply(tickets.ids)

    def test_everything_in_one_click(self):
        ticket = self._receive(self._mail())
        self._apply(ticket)
        self.assertEqual(
            (
                ticket.kind_id,
                ticket.category_id,
                ticket.priority,
                ticket.tag_ids,
                ticket.user_id,
                ticket.state,
                ticket.waiting_on,
            ),
            (
                self.incident,
                self.category,
                "1",
                self.tag,
                self.engineer,
                "waiting",
                "client",
            ),
        )
        types = self._types(ticket)
        self.assertEqual(types[-4:], ["classified", "reply", "taken", "waiting"])
        message = ticket.message_ids.filtered(lambda it: it.message_type == "comment")
        self.assertEqual(message.author_id, self.engineer.partner_id)
        self.assertIn(ticket.number, message.body)
        self.assertIn(self.client, message.notified_partner_ids)

    def test_solving_by_the_text(self):
        macro = self.macro.copy({"verb": "solve", "cause_id": self.cause.id})
        ticket = self._ticket()
        self._apply(ticket, macro=macro)
        self.assertEqual((ticket.state, ticket.cause_id), ("solved", self.cause))
        self.assertIn("A photo for", ticket.solution)
        self.assertNotIn("reply", self._types(ticket))

    def test_all_or_nothing(self):
        good, bad = self._ticket(), self._solved()
        with self.assertRefused(bad.number), self.env.cr.savepoint():
            self._apply(good | bad)
        self.env.invalidate_all()
        self.assertEqual((good.state, good.priority), ("new", "0"))
        self.assertNotIn("reply", self._types(good))

    def test_rights_are_those_of_whoever_clicks(self):
        macro = self.env["ntr.macro"].create(
            {"name": "Not ours", "verb": "cancel", "reason": "Not ours"}
        )
        ticket = self._ticket()
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            self._apply(ticket, macro=macro)
        self.assertEqual(ticket.state, "new")
        self._apply(ticket, self.dispatcher, macro)
        self.assertEqual((ticket.state, ticket.outcome), ("cancelled", "other"))

    def test_refusal_stays_with_the_manager(self):
        macro = self.env["ntr.macro"].create(
            {"name": "No", "verb": "cancel", "reason": "x", "outcome": "refused"}
        )
        with self.assertRaises(AccessError):
            self._apply(self._ticket(), self.dispatcher, macro)

    def test_ticket_of_others(self):
        for user in (self.stranger, self.finance, self.external, self.author):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self._apply(self._ticket(), user)

    def test_who_may_use_it(self):
        def usable(user):
            self.env.flush_all()
            return self.macro in self.env["ntr.macro"].with_user(user).search([])

        for values in (
            {"group_ids": self.env.ref("helpdesk_ntr.group_dispatcher").ids},
            {"line_ids": self.line1.ids},
        ):
            self.macro.write({"group_ids": False, "line_ids": False, **values})
            self.assertFalse(usable(self.engineer))
            self.assertTrue(usable(self.dispatcher))
            self.assertTrue(usable(self.coordinator))
            with self.assertRaises(AccessError):
                self._apply(self._ticket())
        self.macro.write({"line_ids": False, "team_ids": self.team.ids})
        self.assertTrue(usable(self.engineer))
        self.assertFalse(usable(self.stranger))

    def test_ticket_of_another_team(self):
        self.macro.team_ids = self.env["ntr.team"].create({"name": "Installers"})
        with self.assertRaisesRegex(AccessError, "is not for tickets of team"):
            self._apply(self._ticket(), self.coordinator)

    def test_macro_of_another_company(self):
        self.macro.company_id = self.env["res.company"].create({"name": "Branch"})
        self.env.flush_all()
        with self.assertRaises(AccessError):
            self._apply(self._ticket(), self.coordinator)

    def test_priority_against_the_matrix_needs_the_reason(self):
        ticket = self._ticket(urgency="1", impact="1")
        with self.assertRefused("Say why"), self.env.cr.savepoint():
            self._apply(ticket)
        self.macro.reason = "Important client"
        self._apply(ticket)
        self.assertEqual(ticket.priority_reason, "Important client")

    def test_passing_on(self):
        macro = self.env["ntr.macro"].create(
            {"name": "Second", "line_id": self.line2.id, "reason": "Their work"}
        )
        ticket = self._ticket()
        self._apply(ticket, self.dispatcher, macro)
        self.assertEqual(ticket.line_id, self.line2)
        self.assertIn("passed_on", self._types(ticket))

    def test_what_cannot_work_is_not_saved(self):
        for values in (
            {"executor": "user"},
            {"verb": "cancel"},
            {"line_id": self.line2.id},
        ):
            with (
                self.assertRaises(IntegrityError),
                mute_logger("odoo.sql_db"),
                self.env.cr.savepoint(),
            ):
                self.env["ntr.macro"].create({"name": "x", **values})

    def test_nothing_chosen(self):
        with self.assertRefused("Choose the tickets"):
            self.macro.with_user(self.engineer).apply([])

    def test_wizard_shows_and_does(self):
        tickets = self._ticket() | self._ticket()
        wizard = (
            self.env["ntr.macro.wizard"]
            .with_user(self.engineer)
            .with_context(active_ids=tickets.ids)
            .create({"macro_id": self.macro.id})
        )
        self.assertIn(self.macro, wizard.usable_ids)
        self.assertIn(tickets[0].number, wizard.preview)
        wizard.action_apply()
        self.assertEqual(set(tickets.mapped("state")), {"waiting"})

    def test_who_sets_macros_up(self):
        self.macro.with_user(self.coordinator).name = "Photo"
        with self.assertRaises(AccessError):
            self.macro.with_user(self.dispatcher).name = "x"
