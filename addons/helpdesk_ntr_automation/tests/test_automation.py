from odoo import Command
from odoo.exceptions import ValidationError
from odoo.tests import tagged

from odoo.addons.helpdesk_ntr.tests.common import HelpdeskCase


@tagged("post_install", "-at_install")
class TestAutomation(HelpdeskCase):
    def _rule(self, event_type, code, **values):
        model = self.env["ir.model"]._get("ntr.ticket")
        rule = self.env["base.automation"].create(
            {
                "name": event_type,
                "model_id": model.id,
                "trigger": "on_ntr_event",
                "ntr_event_type": event_type,
                **values,
            }
        )
        rule.action_server_ids = [
            Command.create(
                {
                    "name": event_type,
                    "model_id": model.id,
                    "state": "code",
                    "code": code,
                    "usage": "base_automation",
                }
            )
        ]
        return rule

    def test_event_starts_the_rule(self):
        self._rule("taken", "record.write({'name': 'Taken'})")
        ticket = self._ticket()
        self.assertNotEqual(ticket.name, "Taken")
        ticket.with_user(self.engineer).take()
        self.assertEqual(ticket.name, "Taken")

    def test_mail_starts_it_too(self):
        self._rule("created", "record.write({'priority': '2'})")
        self.assertEqual(self._receive(self._mail()).priority, "2")

    def test_filter(self):
        self._rule(
            "created",
            "record.write({'priority': '2'})",
            filter_domain="[('name', 'ilike', 'urgent')]",
        )
        self.assertEqual(self._ticket(name="Urgent!").priority, "2")
        self.assertEqual(self._ticket(name="Later").priority, "0")

    def test_each_ticket_of_a_batch(self):
        self._rule("taken", "record.write({'name': record.number})")
        tickets = self._ticket() | self._ticket()
        tickets.with_user(self.engineer).take()
        self.assertEqual(tickets.mapped("name"), tickets.mapped("number"))

    def test_rules_that_start_each_other_end(self):
        self._rule("waiting", "record.resume()")
        self._rule("resumed", "record.wait_for('parts')")
        ticket = self._ticket()
        ticket.with_user(self.engineer).take()
        ticket.with_user(self.engineer).wait_for("parts")
        types = self._types(ticket)
        self.assertEqual(types.count("waiting"), 2)
        self.assertEqual(types.count("resumed"), 1)

    def test_rule_sees_the_event(self):
        self._rule(
            "waiting",
            "event = env['ntr.ticket.event'].browse(env.context['ntr_event_ids'])\n"
            "record.write({'name': event.reason})",
        )
        ticket = self._ticket()
        ticket.with_user(self.engineer).take()
        ticket.with_user(self.engineer).wait_for("parts", "A roller")
        self.assertEqual(ticket.name, "A roller")

    def test_archived_rule_is_silent(self):
        rule = self._rule("taken", "record.write({'name': 'Taken'})")
        self._ticket().with_user(self.engineer).take()
        rule.active = False
        ticket = self._ticket()
        ticket.with_user(self.engineer).take()
        self.assertNotEqual(ticket.name, "Taken")

    def test_history_starts_nothing(self):
        self._rule("closed", "record.write({'name': 'Closed'})")
        ids = self.env["ntr.ticket"].import_history(
            [
                {
                    "name": "Old",
                    "state": "closed",
                    "team_id": self.team.id,
                    "created_at": "2020-01-01 10:00:00",
                    "closed_at": "2020-01-02 10:00:00",
                }
            ]
        )
        self.assertEqual(self.env["ntr.ticket"].browse(ids).name, "Old")

    def test_rule_without_event_is_refused(self):
        with self.assertRaisesRegex(ValidationError, "choose the event"):
            self._rule(False, "pass", name="No event")

    def test_rule_of_another_model_is_refused(self):
        with self.assertRaisesRegex(ValidationError, "happen to tickets"):
            self.env["base.automation"].create(
                {
                    "name": "x",
                    "model_id": self.env["ir.model"]._get("res.partner").id,
                    "trigger": "on_ntr_event",
                    "ntr_event_type": "taken",
                }
            )

    def test_without_rules_no_search(self):
        ticket = self._ticket()
        events = ticket.sudo().event_ids
        rules = self.env["base.automation"]
        rules._get_ntr_event_types()
        with self.assertQueryCount(0):
            if events.type not in rules._get_ntr_event_types():
                rules._start_by_events(ticket, events)
