from datetime import timedelta

from odoo.tests import HttpCase, tagged

from .common import HelpdeskCase


@tagged("post_install", "-at_install")
class TestTours(HelpdeskCase, HttpCase):
    """The desk in a real browser, as wide as a dispatcher's screen."""

    browser_size = "1920x1080"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for user in (cls.dispatcher, cls.engineer, cls.coordinator):
            user.password = user.login

    def start_tour(self, *args, timeout=180, **kwargs):
        """A machine that is busy with other work takes its time."""
        return super().start_tour(*args, timeout=timeout, **kwargs)

    def test_triage_and_assign(self):
        ticket = self._receive(self._mail(Subject="Tour: printer prints stripes"))
        self.start_tour(
            "/odoo/ntr-triage", "helpdesk_ntr_triage", login=self.dispatcher.login
        )
        ticket.invalidate_recordset()
        self.assertEqual(ticket.user_id, self.engineer)
        self.assertEqual(ticket.kind_id, self.incident)
        self.assertEqual(ticket.priority, "2")

    def test_take_and_solve(self):
        ticket = self._ticket(
            name="Tour: printer prints stripes",
            user_id=self.engineer.id,
            kind_id=self.incident.id,
        )
        self.start_tour(
            "/odoo/ntr-my-work", "helpdesk_ntr_solve", login=self.engineer.login
        )
        ticket.invalidate_recordset()
        self.assertEqual(ticket.state, "solved")
        self.assertEqual(ticket.cause_id, self.cause)
        self.assertIn("Replaced the roller", ticket.solution)

    def test_number_opens_its_tickets(self):
        ticket = self._receive(self._mail(Subject="Tour: late stripes"))
        ticket._write_values({"unanswered_since": "2026-01-12 09:00:00"})
        self._receive(self._mail(Subject="Tour: new", Message_ID="<n@x.example>"))
        self.start_tour(
            "/odoo/ntr-helpdesk", "helpdesk_ntr_queues", login=self.dispatcher.login
        )

    def test_automatic_message_is_folded(self):
        ticket = self._receive(self._mail(Message_ID="<tour@romashka.example>"))
        self._receive(
            self._mail(
                "I am away until Monday",
                Subject="Away",
                Message_ID="<away@romashka.example>",
                In_Reply_To="<tour@romashka.example>",
                Auto_Submitted="auto-replied",
            )
        )
        self.start_tour(
            f"/odoo/ntr-triage/{ticket.id}",
            "helpdesk_ntr_automatic",
            login=self.dispatcher.login,
        )

    def test_health(self):
        self._receive(
            self._mail(Subject="Tour: toner", Auto_Submitted="auto-generated")
        )
        self.start_tour(
            "/odoo/ntr-health", "helpdesk_ntr_health", login=self.coordinator.login
        )
        journal = self.env["ntr.mail.journal"].search(
            [("subject", "=", "Tour: toner")], limit=1
        )
        journal.invalidate_recordset()
        self.assertEqual(journal.ticket_id.name, "Tour: toner")

    def test_pass_on_and_return(self):
        ticket = self._ticket(
            name="Tour: printer prints stripes",
            line_id=self.line2.id,
            user_id=self.engineer.id,
        )
        self.start_tour(
            "/odoo/ntr-my-work", "helpdesk_ntr_pass_on", login=self.engineer.login
        )
        ticket.invalidate_recordset()
        self.assertEqual(ticket.line_id, self.line2)
        self.assertEqual(ticket.hop_count, 2)
        self.assertEqual(
            [event.reason for event in ticket._get_events() if event.reason],
            ["No such fault is known here", "Needs the manufacturer's expert"],
        )

    def test_solve_and_reject_by_dragging(self):
        self.team.team_properties_definition = [
            {"name": "note", "string": "Note", "type": "char"},
            {
                "name": "hours",
                "string": "Hours run",
                "type": "float",
                "required_at": "closing",
            },
        ]
        ticket = self._ticket(name="Tour: printer prints stripes")
        ticket.with_user(self.engineer).take()
        self.start_tour(
            "/odoo/ntr-triage", "helpdesk_ntr_drag", login=self.engineer.login
        )
        ticket.invalidate_recordset()
        self.assertEqual(ticket.state, "open")
        course = [type_ for type_ in self._types(ticket) if "message" not in type_]
        changes = [(event.type, event.changes) for event in ticket._get_events()]
        self.assertEqual(course[-2:], ["solved", "rejected"], changes)
        self.assertEqual(ticket._get_events()[:1].reason, "It prints stripes again")
        self.assertEqual(ticket._get_fields("team_properties")[1]["value"], 0)

    def test_merge_and_undo(self):
        master = self._ticket(name="Tour: white stripes")
        ticket = self._receive(self._mail("It smells", Subject="Tour: white stripes!"))
        self.start_tour(
            f"/odoo/ntr-triage/{ticket.id}",
            "helpdesk_ntr_merge",
            login=self.dispatcher.login,
        )
        (master | ticket).invalidate_recordset()
        self.assertEqual(ticket.state, "new")
        self.assertFalse(ticket.merged_into_id)
        types = self._types(ticket)
        self.assertLess(types.index("merged"), types.index("unmerged"))
        self.assertIn("merged", self._types(master))

    def test_split(self):
        ticket = self._ticket(name="Tour: printer prints stripes")
        ticket.with_user(self.engineer).take()
        ticket.message_post(
            body="And where is my invoice?",
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
            author_id=self.client.id,
        )
        self.start_tour(
            f"/odoo/ntr-my-work/{ticket.id}",
            "helpdesk_ntr_split",
            login=self.engineer.login,
        )
        event = ticket._get_events().filtered(lambda it: it.type == "split")
        new = ticket.search([("number", "=", event.reason)])
        self.assertEqual(new.name, "And where is my invoice?")
        self.assertIn("invoice", "".join(new.message_ids.mapped("body")))

    def test_two_in_one_ticket(self):
        """The other is seen, and what he changed is not overwritten."""
        ticket = self._ticket(
            name="Tour: printer prints stripes", kind_id=self.incident.id
        )
        ticket.with_user(self.coordinator).meet()
        ticket.with_user(self.coordinator).kind_id = self.incident
        self.start_tour(
            f"/odoo/ntr-triage/{ticket.id}",
            "helpdesk_ntr_collision",
            login=self.dispatcher.login,
        )
        ticket.invalidate_recordset()
        self.assertEqual(ticket.name, "Coordinator's words")

    def test_client_at_a_glance(self):
        self.client.tz = "Asia/Vladivostok"
        self._solved(name="Tour: old stripes")
        self._ticket(name="Tour: printer prints stripes")
        self.start_tour(
            "/odoo/ntr-tickets/new", "helpdesk_ntr_glance", login=self.dispatcher.login
        )

    def test_register_by_keyboard(self):
        self.client.phone = "+7 (495) 123-45-67"
        unit = self.env["ntr.equipment"].create(
            {"name": "Labelling machine", "partner_id": self.firm.id}
        )
        self._ticket(name="Tour: label stuck")
        self.start_tour(
            "/odoo/ntr-triage", "helpdesk_ntr_register", login=self.dispatcher.login
        )
        tickets = self.env["ntr.ticket"].search(
            [("name", "in", ("Tour: the belt squeaks", "Tour: where is my parcel"))],
            order="id",
        )
        solved, taken = tickets
        self.assertEqual(solved.state, "solved")
        self.assertEqual(solved.partner_id, self.client)
        self.assertEqual(solved.equipment_id, unit)
        self.assertIn("which screw", solved.solution)
        self.assertEqual(taken.user_id, self.dispatcher)
        self.assertEqual(taken.partner_id.phone, "+7 499 000-11-22")

    def test_canned_answer(self):
        self.team.greeting = "Hello, {first name}!"
        answer = (
            self.env["mail.canned.response"]
            .with_user(self.coordinator)
            .create(
                {
                    "source": "tourbegun",
                    "substitution": "{executor} has begun. We come tomorrow. Thanks!",
                    "ntr_team_ids": self.team.ids,
                    "ntr_wording_ids": [(0, 0, {"body": "In other words"})],
                }
            )
        )
        ticket = self._ticket(
            name="Tour: printer prints stripes", user_id=self.engineer2.id
        )
        self.engineer2.password = self.engineer2.login
        self.start_tour(
            "/odoo/ntr-my-work", "helpdesk_ntr_canned", login=self.engineer2.login
        )
        use = self.env["ntr.canned.use"].search([])
        self.assertEqual((use.canned_response_id, use.wording_id.ids), (answer, []))
        self.assertEqual(use.partner_id, self.firm)
        self.assertIn("reply", self._types(ticket))

    def test_plan_a_visit(self):
        ticket = self._ticket(
            name="Tour: printer prints stripes", user_id=self.engineer.id
        )
        start = self.env["ntr.ticket.visit.wizard"]._default_start()
        self.env["calendar.event"].create(
            {
                "name": "Stocktaking",
                "start": start,
                "stop": start + timedelta(hours=3),
                "partner_ids": self.engineer.partner_id.ids,
            }
        )
        self.start_tour(
            f"/odoo/ntr-my-work/{ticket.id}",
            "helpdesk_ntr_visit",
            login=self.engineer.login,
        )
        visit = self.env["calendar.event"].search([("ntr_ticket_id", "=", ticket.id)])
        self.assertEqual(visit.user_id, self.engineer)
        # the hour may have struck meanwhile
        self.assertIn(visit.start, (start, start + timedelta(hours=1)))


@tagged("post_install", "-at_install")
class TestTelephone(HelpdeskCase, HttpCase):
    """The desk on a telephone, which shows one column at a time."""

    browser_size = "400x800"
    touch_enabled = True

    def test_first_column_with_tickets(self):
        self.coordinator.password = self.coordinator.login
        mine = self._ticket(name="Tour: mine", user_id=self.coordinator.id)
        mine.with_user(self.coordinator).take()
        self._ticket(name="Tour: of nobody")
        self.start_tour(
            "/odoo/ntr-my-work",
            "helpdesk_ntr_telephone",
            login=self.coordinator.login,
            timeout=180,
        )
