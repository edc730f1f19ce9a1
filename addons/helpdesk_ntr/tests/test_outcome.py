from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import HelpdeskCase


@tagged("post_install", "-at_install")
class TestOutcome(HelpdeskCase):
    def _letters(self, ticket):
        return ticket.sudo().message_ids.filtered(
            lambda message: message.message_type == "auto_comment"
        )

    def test_solved_and_reopened(self):
        ticket = self._solved()
        self.assertEqual(ticket.outcome, "solved")
        event = ticket.event_ids.filtered(lambda event: event.type == "solved")
        self.assertEqual(event.changes["outcome"], [False, "solved"])
        ticket.with_user(self.engineer).reopen("Again")
        self.assertFalse(ticket.outcome)

    def test_cancel_says_how_it_ended(self):
        ticket = self._ticket()
        ticket.with_user(self.dispatcher).cancel("The same as yesterday", "duplicate")
        self.assertEqual((ticket.state, ticket.outcome), ("cancelled", "duplicate"))
        self.assertFalse(self._letters(ticket))

    def test_cancel_as_before(self):
        ticket = self._ticket()
        ticket.with_user(self.dispatcher).cancel("Not ours")
        self.assertEqual(ticket.outcome, "other")

    def test_kind_says_how_it_ends(self):
        kinds = ("off_profile", "wish")
        tickets = self.env["ntr.ticket"].union(
            *(
                self._ticket(
                    kind_id=self.env.ref(f"helpdesk_ntr.ntr_ticket_kind_{kind}").id
                )
                for kind in kinds
            )
        )
        tickets.with_user(self.dispatcher).cancel("Not ours")
        self.assertEqual(tuple(tickets.mapped("outcome")), kinds)

    def test_client_is_told_politely(self):
        for outcome, words in (
            ("off_profile", "we do not do"),
            ("wish", "written it down"),
            ("refused", "cannot take it on"),
        ):
            ticket = self._ticket()
            ticket.with_user(self.coordinator).cancel("He is rude", outcome)
            letter = self._letters(ticket)
            self.assertEqual(len(letter), 1)
            self.assertIn(words, letter.body)
            self.assertNotIn("rude", letter.body)
            self.assertEqual(letter.partner_ids, self.client)

    def test_wrong_outcome(self):
        ticket = self._ticket().with_user(self.dispatcher)
        for outcome in ("solved", "whatever"):
            with self.assertRefused("ends as one of these"):
                ticket.cancel("x", outcome)

    def test_outcome_cannot_be_written(self):
        with self.assertRefused("cannot be set by hand"):
            self._ticket().with_user(self.admin).write({"outcome": "wish"})

    def test_refusal_is_decided_by_a_manager(self):
        self.line2.manager_id = self.engineer2
        ticket = self._ticket(line_id=self.line2.id)
        for user in (self.dispatcher, self.engineer, self.finance):
            with self.assertRaises(AccessError), self.env.cr.savepoint():
                ticket.with_user(user).refuse("Rude")
            with self.assertRaises(AccessError), self.env.cr.savepoint():
                ticket.with_user(user).cancel("Rude", "refused")
        ticket.with_user(self.engineer2).refuse("Rude")
        self.assertEqual(ticket.outcome, "refused")
        other = self._ticket(line_id=self.line1.id)
        with self.assertRaises(AccessError):
            other.with_user(self.engineer2).refuse("Rude")

    def test_dispatcher_asks_the_manager(self):
        self.line2.manager_id = self.engineer2
        ticket = self._ticket(line_id=self.line2.id)
        with self.assertRefused("Say why"):
            ticket.with_user(self.dispatcher).ask_refusal("")
        with self.assertRaises(AccessError):
            ticket.with_user(self.engineer).ask_refusal("Rude")
        ticket.with_user(self.dispatcher).ask_refusal("He insults us")
        activity = ticket.activity_ids
        self.assertEqual(activity.user_id, self.engineer2)
        self.assertIn("He insults us", activity.note)
        self.assertEqual(self._last_event(ticket).type, "refusal_asked")
        self.assertEqual(ticket.state, "new")
        ticket.with_user(self.engineer2).refuse("Agreed")
        self.assertFalse(ticket.activity_ids.filtered("active"))

    def test_wizard_of_a_dispatcher_asks(self):
        ticket = self._ticket()
        wizard = (
            self.env["ntr.ticket.reason.wizard"]
            .with_user(self.dispatcher)
            .with_context(active_ids=ticket.ids, default_verb="cancel")
            .create({"outcome": "refused", "reason": "Rude"})
        )
        self.assertTrue(wizard.is_asking)
        wizard.action_apply()
        self.assertEqual((ticket.state, len(ticket.activity_ids)), ("new", 1))

    def test_nobody_to_ask(self):
        self.team.coordinator_id = False
        self.team.line_ids.manager_id = False
        ticket = self._ticket()
        with self.assertRefused("has a manager to ask"):
            ticket.with_user(self.dispatcher).ask_refusal("Rude")


@tagged("post_install", "-at_install")
class TestComplaint(HelpdeskCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.complaint = cls.env.ref("helpdesk_ntr.ntr_ticket_kind_complaint")

    def _complaint(self, user, **values):
        return self._ticket(
            kind_id=self.complaint.id, complaint_user_id=user.id, **values
        )

    def _sees(self, user, record):
        self.env.flush_all()
        found = self.env[record._name].with_user(user).search([("id", "=", record.id)])
        return bool(found)

    def test_goes_to_the_manager_of_the_line(self):
        self.line2.manager_id = self.engineer2
        ticket = self._complaint(self.engineer, line_id=self.line2.id)
        self.assertEqual((ticket.user_id, ticket.state), (self.engineer2, "new"))

    def test_never_to_whom_it_is_about(self):
        self.line2.manager_id = self.engineer2
        ticket = self._complaint(self.engineer2, line_id=self.line2.id)
        self.assertEqual(ticket.user_id, self.coordinator)
        self.assertEqual(ticket.accountable_id, self.coordinator)
        self.team.coordinator_id = self.engineer2
        ticket = self._complaint(self.engineer2, line_id=self.line2.id)
        self.assertTrue(ticket.user_id.has_group("helpdesk_ntr.group_director"))

    def test_he_does_not_see_it(self):
        for user in (self.engineer, self.dispatcher, self.coordinator, self.director):
            ticket = self._ticket()
            self.assertTrue(self._sees(user, ticket))
            ticket.sudo().write(
                {"kind_id": self.complaint.id, "complaint_user_id": user.id}
            )
            self.assertFalse(self._sees(user, ticket), user.login)
            self.assertFalse(self._sees(user, ticket.sudo().event_ids[:1]), user.login)
            with self.assertRaises(AccessError):
                ticket.with_user(user).read(["name"])
            with self.assertRaises(AccessError):
                ticket.with_user(user).take()
        self.assertTrue(self._sees(self.engineer2, ticket))
        self.assertTrue(self._sees(self.finance, ticket))

    def test_events_of_escalations_alone_are_seen(self):
        escalation = self.env["ntr.escalation"].create(
            {"name": "x", "supplier_id": self.firm.id}
        )
        event = self.env["ntr.ticket.event"].create(
            {
                "type": "chaser",
                "at": "2026-01-01 10:00:00",
                "escalation_id": escalation.id,
            }
        )
        self.assertTrue(self._sees(self.director, event))

    def test_he_cannot_be_its_executor(self):
        ticket = self._complaint(self.engineer)
        with self.assertRefused("may not see"):
            ticket.with_user(self.dispatcher).assign(self.engineer.id)
        with self.assertRefused("not for the person complained of"):
            self._complaint(self.engineer, user_id=self.engineer.id)
        with self.assertRefused("not for the person complained of"):
            ticket.with_user(self.dispatcher).write(
                {
                    "complaint_user_id": self.engineer2.id,
                    "user_id": self.engineer2.id,
                }
            )

    def test_named_later_he_loses_it(self):
        ticket = self._ticket()
        ticket.with_user(self.engineer).take()
        ticket.message_subscribe(self.engineer.partner_id.ids)
        ticket.with_user(self.dispatcher).write(
            {"kind_id": self.complaint.id, "complaint_user_id": self.engineer.id}
        )
        self.assertEqual(ticket.user_id, self.coordinator)
        self.assertNotIn(self.engineer.partner_id, ticket.message_partner_ids)
        self.assertFalse(self._sees(self.engineer, ticket))

    def test_mail_classified_as_a_complaint(self):
        ticket = self._receive(self._mail())
        ticket.with_user(self.dispatcher).write({"kind_id": self.complaint.id})
        self.assertEqual(ticket.user_id, self.coordinator)
        self.assertEqual(self._types(ticket).count("assigned"), 1)

    def test_he_is_told_nothing(self):
        self.line2.manager_id = self.engineer
        ticket = self._complaint(self.engineer, line_id=self.line2.id)
        ticket.message_subscribe(self.engineer.partner_id.ids)
        self.assertNotIn(self.engineer.partner_id, ticket.message_partner_ids)
        message = ticket.with_user(self.dispatcher).message_post(
            body="Look", partner_ids=self.engineer.partner_id.ids
        )
        self.assertNotIn(self.engineer.partner_id, message.notified_partner_ids)
        ticket._tell_staff(
            "helpdesk_ntr.mail_template_assigned", self.engineer.partner_id
        )
        self.assertFalse(
            self.env["mail.notification"].search_count(
                [("res_partner_id", "=", self.engineer.partner_id.id)]
            )
        )

    def test_client_does_not_read_who_it_is(self):
        self.assertEqual(
            self.env["ntr.ticket"]._fields["complaint_user_id"].groups,
            "base.group_user",
        )
