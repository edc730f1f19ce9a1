from datetime import datetime
from unittest.mock import patch

from odoo.exceptions import AccessError
from odoo.tests import HttpCase, new_test_user, tagged

from .common import HelpdeskCase


@tagged("post_install", "-at_install")
class TestCanned(HelpdeskCase, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other_team = cls.env["ntr.team"].create({"name": "Installers"})
        cls.answer = cls._make("begun", "Hello, {first name}! We began.")

    @classmethod
    def _make(cls, source, text, user=None, **values):
        values.setdefault("ntr_team_ids", cls.team.ids)
        return (
            cls.env["mail.canned.response"]
            .with_user(user or cls.coordinator)
            .create({"source": source, "substitution": text, **values})
        )

    def _offered(self, ticket, user=None):
        """{shortcut: text} that the user is offered, of the answers made here."""
        self.env.flush_all()
        found = ticket.with_user(user or self.engineer).get_canned_answers()
        own = self.env["mail.canned.response"].search(
            [("create_uid", "in", (self.coordinator | self.engineer | self.admin).ids)]
        )
        return {it["source"]: it["substitution"] for it in found if it["id"] in own.ids}

    # ------------------------------------------------------------
    # For whom
    # ------------------------------------------------------------

    def test_members_of_the_team_have_it(self):
        ticket = self._ticket()
        self.assertEqual(self._offered(ticket), {"begun": "Hello, Ivan! We began."})
        self.env.flush_all()
        for user, has_it in ((self.engineer, True), (self.stranger, False)):
            self.assertEqual(self.answer.with_user(user).has_access("read"), has_it)
            self.assertFalse(self.answer.with_user(user).has_access("write"))

    def test_director_in_the_ticket_of_a_team(self):
        self.assertIn("begun", self._offered(self._ticket(), self.director))

    def test_not_in_the_ticket_of_another_team(self):
        self.other_team.line_ids = [
            (
                0,
                0,
                {
                    "name": "Line",
                    "level": "1",
                    "member_ids": (self.engineer | self.dispatcher).ids,
                },
            )
        ]
        ticket = self._ticket(team_id=self.other_team.id)
        self.assertEqual(self._offered(ticket), {})

    def test_person_has_it_everywhere(self):
        self._make("mine", "x", ntr_team_ids=False, ntr_user_ids=self.stranger.ids)
        ticket = self._ticket(user_id=self.stranger.id)
        self.assertEqual(self._offered(ticket, self.stranger)["mine"], "x")
        self.assertNotIn("mine", self._offered(ticket))

    def test_coordinator_is_not_offered_what_is_for_another_person(self):
        self._make(
            "his", "x", self.admin, ntr_team_ids=False, ntr_user_ids=self.engineer.ids
        )
        ticket = self._ticket()
        self.assertIn("his", self._offered(ticket))
        self.assertNotIn("his", self._offered(ticket, self.coordinator))

    def test_own_and_those_of_the_group(self):
        self._make("own", "x", self.engineer, ntr_team_ids=False)
        group = self.env.ref("helpdesk_ntr.group_engineer")
        self._make("group", "y", ntr_team_ids=False, group_ids=group.ids)
        ticket = self._ticket()
        self.assertEqual(set(self._offered(ticket)), {"begun", "own", "group"})
        self.assertEqual(
            set(self._offered(ticket, self.dispatcher)), {"begun", "group"}
        )

    def test_outside_engineer_in_his_ticket(self):
        self._make("his", "x", ntr_team_ids=False, ntr_user_ids=self.external.ids)
        ticket = self._ticket(user_id=self.external.id)
        self.assertIn("his", self._offered(ticket, self.external))

    def test_coordinator_changes_what_is_shared(self):
        answer = self._make("x", "x", self.engineer)
        self.assertTrue(answer.sudo().is_shared)
        self.env.flush_all()
        answer.with_user(self.coordinator).substitution = "y"
        private = self._make("z", "z", self.engineer, ntr_team_ids=False)
        self.env.flush_all()
        with self.assertRaises(AccessError):
            private.with_user(self.coordinator).substitution = "y"

    def test_who_may_not_read_the_ticket_gets_nothing(self):
        ticket = self._ticket()
        for user in (self.stranger, self.external):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                ticket.with_user(user).get_canned_answers()

    def test_client_gets_nothing(self):
        user = new_test_user(
            self.env,
            "ivan@romashka.example",
            groups="base.group_portal",
            partner_id=self.client.id,
        )
        ticket = self._ticket().with_user(user)
        self.assertTrue(ticket.has_access("read"))
        for name in ("get_canned_answers", "get_answer_check"):
            with self.subTest(name=name), self.assertRaises(AccessError):
                getattr(ticket, name)()

    def test_who_only_reads_is_not_disturbed(self):
        ticket = self._ticket()
        self.assertEqual(self._offered(ticket, self.finance), {})
        self.assertTrue(ticket.with_user(self.finance).get_answer_check())

    def test_wordings_follow_their_answer(self):
        wording = {"canned_response_id": self.answer.id, "body": "y"}
        wordings = self.env["ntr.canned.wording"]
        self.env.flush_all()
        for user in (self.engineer, self.stranger):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                wordings.with_user(user).create(wording)
        made = wordings.with_user(self.coordinator).create(wording)
        self.env.flush_all()
        self.assertTrue(made.with_user(self.engineer).has_access("read"))
        self.assertFalse(made.with_user(self.engineer).has_access("unlink"))
        self.assertFalse(made.with_user(self.stranger).has_access("read"))
        own = self._make("own", "x", self.engineer, ntr_team_ids=False)
        own.ntr_wording_ids = [(0, 0, {"body": "z"})]
        self.env.flush_all()
        self.assertTrue(own.ntr_wording_ids.has_access("unlink"))
        self.assertFalse(
            own.ntr_wording_ids.with_user(self.coordinator).has_access("read")
        )

    # ------------------------------------------------------------
    # Variables
    # ------------------------------------------------------------

    def test_variables_are_filled_in(self):
        unit = self.env["ntr.equipment"].create(
            {"name": "Printer", "partner_id": self.firm.id}
        )
        ticket = self._ticket(equipment_id=unit.id, user_id=self.engineer2.id)
        self.answer.substitution = (
            "{client}|{company}|{number}|{subject}|{unit}|{executor}|{team}|"
            "{my name}|{моё имя}|{Deadline}"
        )
        promised = datetime(2026, 12, 1, 15, 0)
        with patch.object(type(ticket), "_get_deadline", lambda self: promised):
            text = self._offered(ticket)["begun"]
        self.assertEqual(
            text.split("|"),
            [
                "Ivan Petrov",
                "Romashka",
                ticket.number,
                "Printer prints stripes",
                unit.display_name,
                "Engineer Two",
                "Test desk",
                "Engineer",
                "Engineer",
                "1 December 2026, 18:00",
            ],
        )

    def test_without_value_no_hole(self):
        self.answer.substitution = "Hello, {first name}! We come by {deadline}. Wait."
        ticket = self._ticket(partner_id=False, email_from="unknown@x.example")
        self.assertEqual(self._offered(ticket)["begun"], "Hello! Wait.")
        self.answer.substitution = "We come by {deadline}."
        self.assertNotIn("begun", self._offered(ticket))

    def test_firm_is_not_addressed_by_name(self):
        ticket = self._ticket(partner_id=self.firm.id)
        self.assertEqual(self._offered(ticket)["begun"], "Hello! We began.")

    def test_unknown_sender_with_a_name(self):
        ticket = self._ticket(partner_id=False, email_from='"Oleg N." <o@x.example>')
        self.assertEqual(self._offered(ticket)["begun"], "Hello, Oleg! We began.")

    def test_unknown_variable_is_refused(self):
        for values in (
            {"substitution": "{clinet}"},
            {"substitution": "{client"},
            {"ntr_wording_ids": [(0, 0, {"body": "{order}"})]},
        ):
            with self.assertRefused("is no variable"), self.env.cr.savepoint():
                self.answer.write(values)
        with self.assertRefused(r"\{first name\}"):
            self.team.greeting = "Hello, {name of the client}!"

    def test_answers_of_others_keep_their_braces(self):
        seller = new_test_user(self.env, "seller", groups="base.group_user")
        answer = (
            self.env["mail.canned.response"]
            .with_user(seller)
            .create({"source": "json", "substitution": '{"a": 1}'})
        )
        self.assertEqual(answer.substitution, '{"a": 1}')

    # ------------------------------------------------------------
    # Rotation
    # ------------------------------------------------------------

    def _send(self, ticket, subtype="mail.mt_comment", answer=None):
        """Post as the browser does, with the canned answer."""
        self.engineer.password = self.engineer.login
        self.authenticate(self.engineer.login, self.engineer.login)
        self.make_jsonrpc_request(
            "/mail/message/post",
            {
                "thread_model": "ntr.ticket",
                "thread_id": ticket.id,
                "post_data": {
                    "body": "<p>x</p>",
                    "message_type": "comment",
                    "subtype_xmlid": subtype,
                },
                "canned_response_ids": [(answer or self.answer).id, "x", None],
            },
        )

    def _texts(self, ticket, times):
        texts = []
        for __ in range(times):
            texts.append(self._offered(ticket)["begun"])
            self._send(ticket)
        return texts

    def test_each_client_gets_one_wording_after_the_other(self):
        self.answer.write(
            {
                "substitution": "A",
                "ntr_wording_ids": [(0, 0, {"body": "B"}), (0, 0, {"body": "C"})],
            }
        )
        ticket = self._ticket()
        self.assertEqual(self._texts(ticket, 4), ["A", "B", "C", "A"])
        colleague = self._ticket(partner_id=self.colleague.id)
        self.assertEqual(self._offered(colleague)["begun"], "B")
        other = self._ticket(partner_id=self.outsider.id)
        self.assertEqual(self._offered(other)["begun"], "A")

    def test_showing_and_notes_do_not_count(self):
        self.answer.ntr_wording_ids = [(0, 0, {"body": "B"})]
        ticket = self._ticket()
        self._offered(ticket)
        self._send(ticket, "mail.mt_note")
        self.assertFalse(self.env["ntr.canned.use"].search([]))

    def test_what_one_does_not_have_does_not_count(self):
        answer = self._make("x", "x", ntr_team_ids=self.other_team.ids)
        answer.ntr_wording_ids = [(0, 0, {"body": "B"})]
        self.env.flush_all()
        self._send(self._ticket(), answer=answer)
        self.assertFalse(self.env["ntr.canned.use"].search([]))

    def test_statements_do_not_grow_with_answers(self):
        ticket = self._ticket().with_user(self.engineer)

        def count():
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            ticket.get_canned_answers()
            return self.env.cr.sql_log_count - before

        for number in range(2):
            self._make(f"a{number}", "x", ntr_wording_ids=[(0, 0, {"body": "B"})])
        count()
        few = count()
        for number in range(20):
            self._make(f"b{number}", "x", ntr_wording_ids=[(0, 0, {"body": "B"})])
        self.assertLessEqual(count(), few)

    # ------------------------------------------------------------
    # Asking for data
    # ------------------------------------------------------------

    def _ask(self, ticket, verb="ask"):
        return (
            self.env["ntr.ticket.reason.wizard"]
            .with_user(self.engineer)
            .with_context(active_ids=ticket.ids)
            .create({"verb": verb})
        )

    def test_question_of_category_else_of_team(self):
        above = self.env["ntr.ticket.category"].create({"name": "Printers"})
        category = above.create({"name": "Labels", "parent_id": above.id})
        ticket = self._ticket(category_id=category.id)
        self.assertFalse(self._ask(ticket).reason)
        self.team.question_id = self.answer
        self.assertEqual(self._ask(ticket).reason, "Hello, Ivan! We began.")
        above.question_id = self._make("photo", "Photo of {number}?")
        self.assertEqual(self._ask(ticket).reason, f"Photo of {ticket.number}?")

    def test_asking_counts_as_use(self):
        self.answer.ntr_wording_ids = [(0, 0, {"body": "Please answer"})]
        self.team.question_id = self.answer
        ticket = self._ticket()
        self._ask(ticket).action_apply()
        self.assertEqual(ticket.waiting_on, "client")
        self.assertEqual(self._ask(ticket).reason, "Please answer")

    def test_other_verbs_begin_empty(self):
        self.team.question_id = self.answer
        self.assertFalse(self._ask(self._ticket(), "pass_on").reason)
        several = self._ticket() | self._ticket()
        self.assertFalse(self._ask(several).reason)

    # ------------------------------------------------------------
    # Before it goes out
    # ------------------------------------------------------------

    def test_what_the_answer_is_checked_against(self):
        self.team.write({"greeting": "Hello, {first name}!", "signature": "<p>NTR</p>"})
        ticket = self._ticket()
        self.assertEqual(
            ticket.with_user(self.engineer).get_answer_check(),
            {
                "deadline": False,
                "is_prevented": False,
                "is_solved": False,
                "greeting": "Hello, Ivan!",
                "has_signature": True,
            },
        )
        ticket.with_user(self.engineer).prevention = "<p>Clean it</p>"
        self.assertTrue(
            ticket.with_user(self.engineer).get_answer_check()["is_prevented"]
        )
        self.team.is_answer_checked = False
        self.assertFalse(ticket.with_user(self.engineer).get_answer_check())
