from markupsafe import Markup

from odoo.exceptions import AccessError
from odoo.tests import tagged

from ..exceptions import NeedsWords
from .common import HelpdeskCase


@tagged("post_install", "-at_install")
class TestVerbs(HelpdeskCase):
    def test_new_ticket_is_complete(self):
        ticket = self._ticket()
        self.assertRegex(ticket.number, r"^HD-\d{4}-\d{5}$")
        self.assertEqual(ticket.state, "new")
        self.assertEqual(ticket.line_id, self.line1)
        self.assertEqual(ticket.coordinator_id, self.coordinator)
        self.assertEqual(ticket.commercial_partner_id, self.firm)
        self.assertEqual(ticket.email_from, self.client.email)
        self.assertEqual(ticket.waiting_on, "us")

    def test_numbers_are_unique_in_one_call(self):
        tickets = self.env["ntr.ticket"].create(
            [{"name": f"No {index}", "team_id": self.team.id} for index in range(5)]
        )
        self.assertEqual(len(set(tickets.mapped("number"))), 5)

    def test_phone_ticket_is_answered_by_its_registration(self):
        ticket = self._ticket(
            channel_id=self.env.ref("helpdesk_ntr.ntr_channel_phone").id
        )
        self.assertTrue(ticket.first_response_at)
        self.assertFalse(ticket.unanswered_since)

    def test_letter_ticket_waits_for_an_answer(self):
        ticket = self._ticket(
            channel_id=self.env.ref("helpdesk_ntr.ntr_channel_letter").id
        )
        self.assertFalse(ticket.first_response_at)
        self.assertTrue(ticket.unanswered_since)

    def test_lowest_line_with_members(self):
        self.line1.member_ids = False
        self.line2.member_ids |= self.dispatcher
        self.assertEqual(self._ticket().line_id, self.line2)

    def test_accountable_at_any_moment(self):
        ticket = self._ticket()
        self.assertEqual(ticket.accountable_id, self.coordinator)
        self.line1.manager_id = self.dispatcher
        self.assertEqual(ticket.accountable_id, self.dispatcher)
        ticket.with_user(self.engineer).take()
        self.assertEqual(ticket.accountable_id, self.engineer)

    # --- take and assign

    def test_take(self):
        ticket = self._ticket()
        ticket.with_user(self.engineer).take()
        self.assertEqual(ticket.user_id, self.engineer)
        self.assertEqual(ticket.state, "open")
        self.assertTrue(ticket.assigned_at)

    def test_take_names_who_has_it(self):
        ticket = self._ticket()
        ticket.with_user(self.engineer).take()
        with self.assertRefused("Engineer has HD-"):
            ticket.with_user(self.engineer2).take()
        self.assertEqual(ticket.user_id, self.engineer)

    def test_take_what_is_assigned_to_me(self):
        ticket = self._ticket(user_id=self.engineer.id)
        self.assertEqual(ticket.state, "new")
        ticket.with_user(self.engineer).take()
        self.assertEqual(ticket.state, "open")

    def test_take_waiting_keeps_it_waiting(self):
        ticket = self._ticket()
        ticket.with_user(self.dispatcher).wait_for("parts", "roller ordered")
        ticket.with_user(self.engineer).take()
        self.assertEqual((ticket.state, ticket.waiting_on), ("waiting", "parts"))

    def test_take_ended_is_refused(self):
        ticket = self._solved()
        with self.assertRefused("nothing to take"):
            ticket.with_user(self.engineer2).take()

    def test_assign_tells_the_executor(self):
        ticket = self._ticket()
        ticket.with_user(self.dispatcher).assign(self.engineer.id)
        self.assertEqual(ticket.user_id, self.engineer)
        message = self.env["mail.message"].search(
            [
                ("model", "=", "ntr.ticket"),
                ("res_id", "=", ticket.id),
                ("partner_ids", "in", self.engineer.partner_id.ids),
            ]
        )
        self.assertIn("Assigned to you", message.subject)

    def test_assign_moves_to_the_line_of_the_person(self):
        ticket = self._ticket()
        self.assertEqual(ticket.line_id, self.line1)
        ticket.with_user(self.dispatcher).assign(self.engineer.id)
        self.assertEqual(ticket.line_id, self.line2)

    def test_assign_to_oneself_tells_nobody(self):
        ticket = self._ticket()
        ticket.with_user(self.dispatcher).assign(self.dispatcher.id)
        self.assertFalse(
            self.env["mail.message"].search(
                [
                    ("res_id", "=", ticket.id),
                    ("model", "=", "ntr.ticket"),
                    ("message_type", "=", "user_notification"),
                ]
            )
        )

    def test_assign_only_who_may_see_it(self):
        ticket = self._ticket()
        with self.assertRefused("may not see"):
            ticket.with_user(self.dispatcher).assign(self.stranger.id)
        with self.assertRefused("may not see"):
            ticket.with_user(self.dispatcher).assign(self.finance.id)

    def test_assign_to_outside_engineer(self):
        ticket = self._ticket()
        self.assertFalse(
            self.env["ntr.ticket"]
            .with_user(self.external)
            .search([("id", "=", ticket.id)])
        )
        ticket.with_user(self.dispatcher).assign(self.external.id)
        self.assertTrue(
            self.env["ntr.ticket"]
            .with_user(self.external)
            .search([("id", "=", ticket.id)])
        )

    def test_assign_wrong_id(self):
        ticket = self._ticket().with_user(self.dispatcher)
        with self.assertRefused("active colleague"):
            ticket.assign(10**9)

    def test_write_of_user_is_assign(self):
        ticket = self._ticket()
        ticket.with_user(self.dispatcher).write({"user_id": self.engineer.id})
        self.assertIn("assigned", self._types(ticket))
        other = self._ticket()
        other.with_user(self.engineer).write({"user_id": self.engineer.id})
        self.assertIn("taken", self._types(other))

    def test_engineer_may_not_assign_others(self):
        ticket = self._ticket()
        with self.assertRaises(AccessError):
            ticket.with_user(self.engineer).assign(self.engineer2.id)
        with self.assertRaises(AccessError):
            ticket.with_user(self.engineer).write({"user_id": self.engineer2.id})

    # --- lines

    def test_pass_on_and_return(self):
        ticket = self._ticket()
        ticket.with_user(self.dispatcher).pass_on(self.line2.id, "needs a specialist")
        self.assertEqual(ticket.line_id, self.line2)
        self.assertFalse(ticket.user_id)
        ticket.with_user(self.engineer).take()
        ticket.with_user(self.engineer).return_back("serial number is missing")
        self.assertEqual(ticket.line_id, self.line1)
        self.assertFalse(ticket.user_id)
        event = ticket.sudo().event_ids.filtered(lambda e: e.type == "returned")
        self.assertEqual(event.reason, "serial number is missing")
        self.assertEqual(event.changes["line_id"], [self.line2.id, self.line1.id])

    def test_pass_on_needs_reason_and_line(self):
        ticket = self._ticket().with_user(self.dispatcher)
        for reason in ("", "   ", None, False):
            with self.assertRefused("Say why"):
                ticket.pass_on(self.line2.id, reason)
        with self.assertRefused("Choose the line"):
            ticket.pass_on(10**9, "reason")

    def test_return_without_hand_over(self):
        with self.assertRefused("nobody to return it to"):
            self._ticket().with_user(self.engineer).return_back("why me?")

    def test_write_of_line_is_free_in_triage_only(self):
        ticket = self._ticket()
        ticket.with_user(self.dispatcher).write({"line_id": self.line2.id})
        self.assertEqual(ticket.line_id, self.line2)
        ticket.with_user(self.engineer).take()
        with self.assertRaises(NeedsWords):
            ticket.with_user(self.dispatcher).write({"line_id": self.line3.id})

    def test_other_team_same_state(self):
        stage = self.env["ntr.ticket.stage"].create(
            {"name": "Workshop", "state": "open", "sequence": 1}
        )
        team = self.env["ntr.team"].create({"name": "Workshop"})
        stage.team_ids = team
        line = self.env["ntr.support.line"].create(
            {"name": "Masters", "team_id": team.id, "manager_id": self.coordinator.id}
        )
        ticket = self._ticket()
        ticket.with_user(self.engineer).take()
        with self.assertRaises(NeedsWords):
            ticket.with_user(self.dispatcher).write({"team_id": team.id})
        ticket.with_user(self.engineer).pass_on(line.id, "needs the bench")
        self.assertEqual(ticket.team_id, team)
        self.assertEqual(ticket.stage_id, stage)
        self.assertEqual(ticket.state, "open")

    def test_a_ticket_keeps_a_team(self):
        with self.assertRefused("belongs to a team"):
            self._ticket().with_user(self.dispatcher).write({"team_id": False})

    # --- waiting

    def test_wait_and_resume(self):
        ticket = self._ticket()
        ticket.with_user(self.engineer).take()
        ticket.with_user(self.engineer).wait_for("client", "model name")
        self.assertEqual((ticket.state, ticket.waiting_on), ("waiting", "client"))
        self.assertTrue(ticket.waiting_since)
        self.assertEqual(ticket.stage_id.waiting_on, "client")
        ticket.with_user(self.engineer).resume()
        self.assertEqual((ticket.state, ticket.waiting_on), ("open", "us"))
        self.assertFalse(ticket.waiting_since)

    def test_wait_for_nonsense(self):
        with self.assertRefused("waits for the client, a supplier"):
            self._ticket().with_user(self.engineer).wait_for("moon")

    def test_resume_what_does_not_wait(self):
        with self.assertRefused("waits for nobody"):
            self._ticket().with_user(self.engineer).resume()

    # --- solving

    def test_solve_needs_text_and_cause(self):
        ticket = self._ticket(kind_id=self.incident.id).with_user(self.engineer)
        with self.assertRefused("what the solution was.*cause"):
            ticket.solve()
        with self.assertRefused("Name the cause"):
            ticket.solve("Replaced")
        with self.assertRefused("what the solution was"):
            ticket.solve("", self.cause.id)
        with self.assertRefused("what the solution was"):
            ticket.solve(Markup("<p><br></p>"), self.cause.id)
        self.assertEqual(ticket.state, "new")

    def test_kind_may_waive_the_cause(self):
        ticket = self._ticket(kind_id=self.question.id).with_user(self.engineer)
        ticket.solve("Press the green button")
        self.assertEqual(ticket.state, "solved")

    def test_solution_text_is_escaped(self):
        ticket = self._ticket(kind_id=self.question.id).with_user(self.engineer)
        ticket.solve("a < b & <script>alert(1)</script>")
        self.assertIn("a &lt; b &amp; &lt;script&gt;", ticket.solution)

    def test_solution_markup_is_kept(self):
        ticket = self._ticket(kind_id=self.question.id).with_user(self.engineer)
        ticket.solve(Markup("<p>one <b>two</b></p>"))
        self.assertIn("<b>two</b>", ticket.solution)

    def test_solved(self):
        ticket = self._solved()
        self.assertEqual((ticket.state, ticket.waiting_on), ("solved", "client"))
        self.assertTrue(ticket.solved_at)
        self.assertEqual(ticket.first_solved_at, ticket.solved_at)
        self.assertTrue(ticket.close_warning_at < ticket.close_due_at)

    def test_confirm_closes(self):
        ticket = self._solved()
        ticket.with_user(self.dispatcher).confirm()
        self.assertEqual(ticket.state, "closed")
        self.assertTrue(ticket.closed_at)
        self.assertFalse(ticket.close_due_at)
        self.assertEqual(
            [t for t in self._types(ticket) if t in ("confirmed", "closed")],
            ["confirmed", "closed"],
        )

    def test_confirm_what_is_not_solved(self):
        with self.assertRefused("no solution to confirm"):
            self._ticket().with_user(self.dispatcher).confirm()

    def test_reject_opens_again(self):
        ticket = self._solved()
        first_solved_at = ticket.first_solved_at
        ticket.with_user(self.engineer).reject_solution("still stripes")
        self.assertEqual(ticket.state, "open")
        self.assertEqual(ticket.reopen_count, 1)
        self.assertFalse(ticket.solved_at)
        self.assertEqual(ticket.first_solved_at, first_solved_at)
        self.assertTrue(ticket.unanswered_since)

    def test_reject_needs_reason(self):
        with self.assertRefused("Say why"):
            self._solved().with_user(self.engineer).reject_solution(" ")

    def test_close_needs_a_solution(self):
        ticket = self._ticket()
        with self.assertRefused("Solve it first"):
            ticket.with_user(self.coordinator).close()

    def test_close_is_a_managers_right(self):
        ticket = self._solved()
        for user in (self.engineer, self.dispatcher):
            with self.assertRaises(AccessError):
                ticket.with_user(user).close()
        ticket.with_user(self.coordinator).close()
        self.assertEqual(ticket.state, "closed")

    def test_cancel(self):
        ticket = self._ticket()
        with self.assertRaises(AccessError):
            ticket.with_user(self.engineer).cancel("spam")
        with self.assertRefused("Say why"):
            ticket.with_user(self.dispatcher).cancel("")
        ticket.with_user(self.dispatcher).cancel("spam")
        self.assertEqual(ticket.state, "cancelled")
        with self.assertRefused("ended already"):
            ticket.with_user(self.dispatcher).cancel("twice")

    def test_reopen(self):
        ticket = self._solved()
        ticket.with_user(self.coordinator).close()
        with self.assertRefused("Say why"):
            ticket.with_user(self.engineer).reopen("")
        ticket.with_user(self.engineer).reopen("the roller is broken again")
        self.assertEqual((ticket.state, ticket.reopen_count), ("open", 1))
        self.assertFalse(ticket.closed_at)
        with self.assertRefused("nothing to reopen"):
            ticket.with_user(self.engineer).reopen("twice")

    # --- doors

    def test_derived_fields_are_refused(self):
        ticket = self._ticket()
        for name, value in (
            ("number", "X"),
            ("state", "closed"),
            ("solved_at", "2026-01-01"),
            ("waiting_on", "client"),
            ("reopen_count", 0),
            ("first_response_at", "2026-01-01"),
        ):
            with self.assertRefused("cannot be set by hand"):
                ticket.with_user(self.admin).write({name: value})
            with self.assertRefused("cannot be set by hand"):
                self.env["ntr.ticket"].with_user(self.admin).create(
                    {"name": "x", "team_id": self.team.id, name: value}
                )

    def test_drag_in_kanban(self):
        stages = {
            state: self.team._get_stage_id(state)
            for state in ("new", "open", "waiting", "solved", "closed", "cancelled")
        }
        ticket = self._ticket(kind_id=self.incident.id)
        as_engineer = ticket.with_user(self.engineer)
        as_engineer.write({"stage_id": stages["open"]})
        self.assertEqual((ticket.state, ticket.user_id), ("open", self.engineer))
        as_engineer.write(
            {
                "stage_id": self.env.ref(
                    "helpdesk_ntr.ntr_ticket_stage_waiting_client"
                ).id
            }
        )
        self.assertEqual((ticket.state, ticket.waiting_on), ("waiting", "client"))
        as_engineer.write({"stage_id": stages["open"]})
        self.assertEqual(ticket.waiting_on, "us")
        with self.assertRaises(NeedsWords):
            as_engineer.write({"stage_id": stages["solved"]})
        as_engineer.write({"solution": "<p>Done</p>", "cause_id": self.cause.id})
        as_engineer.write({"stage_id": stages["solved"]})
        self.assertEqual(ticket.state, "solved")
        with self.assertRaises(AccessError):
            as_engineer.write({"stage_id": stages["closed"]})
        with self.assertRaises(NeedsWords):
            ticket.with_user(self.dispatcher).write({"stage_id": stages["cancelled"]})
        ticket.with_user(self.coordinator).write({"stage_id": stages["closed"]})
        self.assertEqual(ticket.state, "closed")

    def test_create_in_a_later_stage_goes_through_the_verbs(self):
        tickets = self.env["ntr.ticket"].with_user(self.engineer)
        ticket = tickets.create(
            {
                "name": "Dragged in",
                "team_id": self.team.id,
                "stage_id": self.team._get_stage_id("open"),
            }
        )
        self.assertEqual(self._types(ticket), ["created", "taken"])
        with self.assertRaises(NeedsWords):
            tickets.create(
                {
                    "name": "Closed at once",
                    "team_id": self.team.id,
                    "stage_id": self.team._get_stage_id("solved"),
                }
            )

    def test_move_between_stages_of_one_state(self):
        stage = self.env["ntr.ticket.stage"].create(
            {"name": "In the workshop", "state": "open", "sequence": 21}
        )
        ticket = self._ticket()
        ticket.with_user(self.engineer).take()
        ticket.with_user(self.engineer).move_to(stage.id)
        self.assertEqual(ticket.stage_id, stage)
        self.assertEqual(self._types(ticket)[-1], "moved")
        with self.assertRefused("only between stages"):
            ticket.with_user(self.engineer).move_to(self.team._get_stage_id("solved"))

    def test_stage_of_another_team_is_refused(self):
        team = self.env["ntr.team"].create({"name": "Workshop"})
        stage = self.env["ntr.ticket.stage"].create(
            {"name": "Bench", "state": "new", "team_ids": [(6, 0, team.ids)]}
        )
        with self.assertRefused("does not belong to team"):
            self._ticket().with_user(self.engineer).write({"stage_id": stage.id})

    def test_delete_only_what_is_cancelled(self):
        ticket = self._ticket()
        with self.assertRefused("Only a cancelled ticket"):
            ticket.with_user(self.admin).unlink()
        ticket.with_user(self.dispatcher).cancel("test")
        ticket.with_user(self.admin).unlink()
        self.assertFalse(ticket.exists())

    def test_contact_who_changes_employer(self):
        ticket = self._ticket()
        self.client.parent_id = self.other_firm
        self.assertEqual(ticket.commercial_partner_id, self.firm)

    def test_copy_starts_anew(self):
        ticket = self._solved()
        copy = ticket.with_user(self.dispatcher).copy()
        self.assertEqual(copy.state, "new")
        self.assertNotEqual(copy.number, ticket.number)
        self.assertFalse(copy.solution)
        self.assertFalse(copy.user_id)
