from odoo.tests import tagged

from .common import HelpdeskCase


@tagged("post_install", "-at_install")
class TestFamily(HelpdeskCase):
    """Work in parts, and one trouble that many clients have (S160, S168)."""

    def _whole(self, count=2):
        whole = self._ticket(kind_id=self.incident.id)
        parts = self.env["ntr.ticket"]
        for number in range(count):
            parts |= self._ticket(
                name=f"Part {number}", parent_id=whole.id, kind_id=self.incident.id
            )
        return whole, parts

    def _incident(self):
        master = self._ticket(kind_id=self.incident.id)
        master.with_user(self.dispatcher).is_master_incident = True
        tickets = self._ticket(kind_id=self.incident.id) | self._ticket(
            partner_id=self.outsider.id, kind_id=self.incident.id
        )
        tickets.with_user(self.dispatcher).write({"parent_id": master.id})
        self._send_due()
        return master, tickets

    def _solve(self, ticket):
        ticket.with_user(self.engineer).solve("Replaced the roller", self.cause.id)

    # ------------------------------------------------------------
    # Parts
    # ------------------------------------------------------------

    def test_whole_is_solved_after_its_parts(self):
        whole, parts = self._whole()
        with self.assertRefused(f"These parts come first: .*{parts[0].number}"):
            self._solve(whole)
        self._solve(parts[0])
        with self.assertRefused(parts[1].number):
            self._solve(whole)
        self._solve(parts[1])
        self._solve(whole)
        self.assertEqual(whole.state, "solved")

    def test_closing_the_whole_closes_its_parts(self):
        whole, parts = self._whole()
        self._solve(parts[0])
        parts[1].with_user(self.dispatcher).cancel("Not needed", "other")
        self._solve(whole)
        whole.with_user(self.dispatcher).confirm()
        self.assertEqual(whole.state, "closed")
        self.assertEqual(parts.mapped("state"), ["closed", "cancelled"])
        self.assertLess(self._last_event(parts[0]).id, self._last_event(whole).id)

    def test_a_part_that_was_opened_again_keeps_the_whole_open(self):
        whole, parts = self._whole(1)
        self._solve(parts)
        self._solve(whole)
        parts.with_user(self.engineer).reject_solution("Stripes again")
        with self.assertRefused("These parts come first"):
            whole.with_user(self.coordinator).close()
        with self.assertRefused("not done in all its parts"):
            whole.with_user(self.dispatcher).confirm()
        due = whole.close_due_at
        whole._write_values({"close_warning_at": False})
        with self._at(due):
            self.assertNotIn(whole, whole.search(whole._get_closing_domain()))
        self._solve(parts)
        with self._at(due):
            self.assertIn(whole, whole.search(whole._get_closing_domain()))

    def test_refusals(self):
        whole, parts = self._whole(1)
        with self.assertRefused("part of itself"):
            whole.with_user(self.dispatcher).parent_id = parts
        with self.assertRefused("different clients"):
            self._ticket(partner_id=self.outsider.id, parent_id=whole.id)
        with self.assertRefused("."):
            whole.with_user(self.finance).parent_id = self._ticket()

    def test_one_client_stays_one(self):
        whole, parts = self._whole(1)
        for it in (whole, parts):
            with self.assertRefused("different clients"):
                it.with_user(self.dispatcher).partner_id = self.outsider
        master, __ = self._incident()
        with self.assertRefused("different clients"):
            master.with_user(self.dispatcher).is_master_incident = False

    def test_the_client_hears_of_the_whole(self):
        whole, parts = self._whole(1)
        self._send_due()
        self._solve(parts)
        self.assertFalse(self._letters(parts))
        self.assertFalse(parts.close_due_at)
        self._solve(whole)
        self.assertEqual(len(self._letters(whole)), 2)
        whole.with_user(self.dispatcher).confirm()
        self.assertFalse(self._letters(parts))

    def test_a_part_that_becomes_a_ticket_of_its_own_is_asked_about(self):
        whole, parts = self._whole(1)
        self._send_due()
        self._solve(parts)
        self.assertFalse(self._letters(parts))
        parts.with_user(self.dispatcher).parent_id = False
        self.assertEqual(len(self._letters(parts)), 1)
        self.assertTrue(parts.close_due_at)
        self.assertEqual(whole.state, "new")

    def test_another_person_hears_of_what_he_asked(self):
        whole = self._ticket(kind_id=self.incident.id)
        part = self._ticket(
            parent_id=whole.id,
            kind_id=self.incident.id,
            partner_id=self.colleague.id,
        )
        self._send_due()
        self._solve(part)
        self.assertEqual(len(self._letters(part)), 2)
        self.assertTrue(part.close_due_at)

    def test_parts_that_are_done_end_with_a_cancelled_whole(self):
        whole, parts = self._whole(2)
        self._solve(parts[0])
        whole.with_user(self.dispatcher).cancel("Sold the machine", "other")
        self.assertEqual(parts.mapped("state"), ["closed", "new"])

    def _letters(self, ticket):
        ticket.invalidate_recordset(["message_ids"])
        return ticket.message_ids.filtered(lambda it: it.message_type == "auto_comment")

    def test_part_is_in_the_ledger(self):
        whole, parts = self._whole(1)
        parts.with_user(self.dispatcher).parent_id = False
        self.assertEqual(
            self._last_event(parts).changes["parent_id"], [whole.id, False]
        )

    def test_parts_go_along_when_merged(self):
        whole, parts = self._whole()
        other = self._ticket()
        whole.with_user(self.dispatcher).merge_into(other.id)
        self.assertEqual(parts.parent_id, other)
        whole.with_user(self.dispatcher).unmerge()
        self.assertEqual(parts.parent_id, whole)

    # ------------------------------------------------------------
    # Master incident
    # ------------------------------------------------------------

    def _answer(self, master, body="Power is back at noon"):
        return master.with_user(self.engineer).message_post(
            body=body,
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
            attachments=[("map.txt", b"text")],
        )

    def test_an_answer_goes_to_all(self):
        master, tickets = self._incident()
        self._answer(master)
        self._send_due()
        for ticket in tickets:
            message = ticket.message_ids.filtered(lambda it: "noon" in (it.body or ""))
            self.assertEqual(message.partner_ids, ticket.partner_id)
            self.assertEqual(message.author_id, self.engineer.partner_id)
            self.assertEqual(message.attachment_ids.name, "map.txt")
            self.assertEqual(message.attachment_ids.res_id, ticket.id)
            self.assertFalse(ticket.unanswered_since)
            self.assertIn("reply", self._types(ticket))

    def test_notes_and_answers_of_others_go_to_nobody(self):
        master, tickets = self._incident()
        master.with_user(self.engineer).message_post(body="For us: noon")
        whole, parts = self._whole()
        self._answer(whole)
        self.assertFalse(self.env["ntr.notice"].search([("message_id", "!=", False)]))
        self.assertTrue(tickets and parts)

    def test_an_answer_that_is_undone_is_not_repeated(self):
        self.team.undo_seconds = 60
        master, tickets = self._incident()
        self._answer(master)
        notices = self.env["ntr.notice"].search([("message_id", "!=", False)])
        self.assertEqual(len(notices), 2)
        self.assertFalse(notices.filtered_domain(notices._get_due_domain()))
        master.with_user(self.engineer).action_undo_answer()
        self.assertFalse(notices.exists())
        self.assertTrue(tickets)

    def test_the_solution_goes_to_all(self):
        master, tickets = self._incident()
        done = tickets[0]
        self._solve(done)
        self._solve(master)
        self.assertEqual(tickets.mapped("state"), ["solved", "solved"])
        self.assertIn("roller", tickets[1].solution)
        self.assertEqual(tickets[1].cause_id, self.cause)
        event = tickets[1].event_ids.filtered(lambda it: it.type == "solved")
        self.assertEqual(event.actor_id, self.engineer.partner_id)

    def test_what_is_not_classified_is_so_by_the_master(self):
        master, tickets = self._incident()
        category = self.env["ntr.ticket.category"].create({"name": "Power"})
        master.with_user(self.dispatcher).category_id = category
        tickets[0].with_user(self.dispatcher).kind_id = self.question
        tickets[1].sudo().kind_id = False
        self._solve(master)
        self.assertEqual(tickets.mapped("kind_id"), self.question | self.incident)
        self.assertEqual(tickets.category_id, category)

    def test_each_client_has_his_own_word(self):
        master, tickets = self._incident()
        self._solve(master)
        with self.assertRefused("These parts come first"):
            master.with_user(self.coordinator).close()
        tickets[0].with_user(self.dispatcher).confirm()
        tickets[1].with_user(self.dispatcher).confirm()
        master.with_user(self.coordinator).close()
        self.assertEqual(master.state, "closed")
