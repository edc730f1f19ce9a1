from datetime import timedelta

from odoo import fields
from odoo.tests import tagged

from .common import HelpdeskCase


@tagged("post_install", "-at_install")
class TestCollision(HelpdeskCase):
    """Two people in one ticket see each other, and neither overwrites the other."""

    def _names(self, ticket, user):
        return [person["name"] for person in ticket.with_user(user).meet()]

    # ------------------------------------------------------------
    # Who is here
    # ------------------------------------------------------------

    def test_they_see_each_other(self):
        ticket = self._ticket()
        self.assertEqual(self._names(ticket, self.dispatcher), [])
        self.assertEqual(self._names(ticket, self.coordinator), ["Dispatcher"])
        self.assertEqual(self._names(ticket, self.dispatcher), ["Coordinator"])
        self.assertEqual(self._names(self._ticket(), self.dispatcher), [])

    def test_the_other_is_told_at_once(self):
        ticket = self._ticket()
        ticket.with_user(self.dispatcher).meet()
        self.env.cr.precommit.run()
        self.env["bus.bus"].search([]).unlink()
        ticket.with_user(self.coordinator).meet()
        ticket.with_user(self.coordinator).meet()
        self.env.cr.precommit.run()
        messages = self.env["bus.bus"].search([]).mapped("message")
        told = [text for text in messages if "ntr_ticket_presence" in text]
        self.assertEqual(len(told), 1)
        self.assertIn("Coordinator", told[0])

    def test_who_leaves_is_gone(self):
        ticket = self._ticket()
        ticket.with_user(self.dispatcher).meet()
        ticket.with_user(self.coordinator).meet()
        ticket.with_user(self.dispatcher).leave()
        self.assertEqual(self._names(ticket, self.coordinator), [])

    def test_who_is_not_heard_of_is_gone(self):
        ticket = self._ticket()
        ticket.with_user(self.dispatcher).meet()
        presence = self.env["ntr.ticket.presence"]
        presence.search([]).seen_at = fields.Datetime.now() - timedelta(minutes=3)
        self.assertEqual(self._names(ticket, self.coordinator), [])
        presence._gc_absent()
        self.assertEqual(presence.search([]).user_id, self.coordinator)

    def test_only_where_one_may_read(self):
        ticket = self._ticket()
        with self.assertRefused("."):
            ticket.with_user(self.stranger).meet()
        self.assertEqual(self._names(ticket, self.dispatcher), [])

    # ------------------------------------------------------------
    # Stale forms
    # ------------------------------------------------------------

    def _save(self, ticket, user, seen, **vals):
        return ticket.with_user(user).web_save(
            {**vals, "ntr_seen": seen}, {"display_name": {}}
        )

    def test_stale_form_overwrites_nothing(self):
        ticket = self._ticket(kind_id=self.incident.id)
        ticket.with_user(self.coordinator).kind_id = self.question
        with self.assertRefused(
            "Coordinator has changed this ticket while .*Kind: Question"
        ):
            self._save(
                *(ticket, self.dispatcher, {"kind_id": self.incident.id}),
                kind_id=False,
            )
        self.assertEqual(ticket.kind_id, self.question)

    def test_other_fields_are_no_conflict(self):
        ticket = self._ticket(kind_id=self.incident.id)
        ticket.with_user(self.coordinator).kind_id = self.question
        self._save(
            *(ticket, self.dispatcher, {"name": "Printer prints stripes"}),
            name="Printer prints white stripes",
        )
        self.assertEqual(ticket.name, "Printer prints white stripes")
        self.assertEqual(ticket.kind_id, self.question)

    def test_both_wanted_the_same(self):
        ticket = self._ticket(kind_id=self.incident.id)
        ticket.with_user(self.coordinator).kind_id = self.question
        self._save(
            *(ticket, self.dispatcher, {"kind_id": self.incident.id}),
            kind_id=self.question.id,
        )
        self.assertEqual(ticket.kind_id, self.question)

    def test_texts_and_empty_values(self):
        ticket = self._ticket()
        ticket.with_user(self.engineer).take()
        self._save(
            *(ticket, self.engineer, {"solution": False, "cause_id": False}),
            solution="<p>Cleaned</p>",
            cause_id=self.cause.id,
        )
        self._save(
            *(ticket, self.engineer, {"solution": str(ticket.solution)}),
            solution="<p>Cleaned twice</p>",
        )
        with self.assertRefused("Cleaned twice"):
            self._save(
                *(ticket, self.engineer, {"solution": "<p>Cleaned</p>"}),
                solution="<p>Replaced</p>",
            )

    def test_nonsense_is_no_door(self):
        ticket = self._ticket()
        for seen in ("x", 5, {"no_such_field": 1}, None):
            self._save(ticket, self.dispatcher, seen, name="Other subject")
        self.assertEqual(ticket.name, "Other subject")
        with self.assertRefused("cannot be set by hand"):
            self._save(ticket, self.dispatcher, {}, solved_at="2026-01-01")
