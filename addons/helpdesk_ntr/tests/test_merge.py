import random

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from odoo.tests import tagged

from .common import HelpdeskCase

STAYING = ("notification", "user_notification")


@tagged("post_install", "-at_install")
class TestMerge(HelpdeskCase):
    """The same request twice becomes one, and two again (S175)."""

    def _pair(self, **values):
        """A ticket that stays, and the same request by mail."""
        master = self._ticket()
        master.with_user(self.engineer).take()
        self._send_due()
        return master, self._receive(self._mail(**values))

    def _texts(self, ticket):
        ticket.invalidate_recordset(["message_ids"])
        return [
            str(it.body)
            for it in ticket.sudo().message_ids
            if it.message_type not in STAYING
        ]

    def _merge(self, ticket, master, user=None):
        return ticket.with_user(user or self.dispatcher).merge_into(master.id)

    def _unmerge(self, ticket, user=None):
        return ticket.with_user(user or self.dispatcher).unmerge()

    # ------------------------------------------------------------
    # Merging
    # ------------------------------------------------------------

    def test_merged(self):
        master, ticket = self._pair(body="Stripes on paper")
        self._merge(ticket, master)
        self.assertEqual(ticket.state, "cancelled")
        self.assertEqual(ticket.outcome, "duplicate")
        self.assertEqual(ticket.merged_into_id, master)
        self.assertIn("Stripes on paper", "".join(self._texts(master)))
        self.assertNotIn("Stripes on paper", "".join(self._texts(ticket)))
        message = master.message_ids.filtered(lambda it: "Stripes" in (it.body or ""))
        self.assertEqual(message[:1].ntr_origin_id, ticket)

    def test_both_ledgers_know(self):
        master, ticket = self._pair()
        self._merge(ticket, master)
        told = {
            it: self.env["ntr.ticket.event"].search(
                [("ticket_id", "=", it.id), ("type", "=", "merged")]
            )
            for it in master | ticket
        }
        self.assertEqual(told[ticket].reason, master.number)
        self.assertEqual(told[ticket].actor_id, self.dispatcher.partner_id)
        self.assertEqual(told[ticket].changes["merged_into_id"], [False, master.id])
        self.assertEqual(told[master].reason, ticket.number)

    def test_client_is_told_and_may_answer_either(self):
        master, ticket = self._pair()
        self._merge(ticket, master)
        letter = master.message_ids.filtered(
            lambda it: it.message_type == "auto_comment"
        )[:1]
        self.assertIn(master.number, letter.body)
        self.assertIn(ticket.number, letter.body)
        self.assertEqual(letter.partner_ids, self.client)

    def test_whoever_asked_in_a_merged_one_learns_of_the_solution(self):
        master = self._ticket(kind_id=self.incident.id)
        master.with_user(self.engineer).take()
        for sender in (
            self.colleague.email_formatted,
            "Third <third@romashka.example>",
            "Twice <ivan@romashka.example>",
        ):
            self._merge(self._receive(self._mail(From=sender)), master)
        master.with_user(self.engineer).wait_for("client")
        asked = self._get_letters(master)[0]
        self.assertEqual(asked.partner_ids, self.client, "other letters are his alone")
        master.with_user(self.engineer).solve("New roller", self.cause.id)
        letter = self._get_letters(master)[0]
        self.assertIn("New roller", letter.body)
        self.assertEqual(letter.partner_ids, self.client | self.colleague)
        self.assertIn("third@romashka.example", letter.outgoing_email_to)
        self.assertNotIn("ivan@", letter.outgoing_email_to)
        mails = self.env["mail.mail"].search([("mail_message_id", "=", letter.id)])
        self.assertEqual(
            len(mails.recipient_ids) + len(mails.filtered("email_to")), 3, "one each"
        )

    def _get_letters(self, ticket):
        """Letters of a ticket, the last first."""
        ticket.invalidate_recordset(["message_ids"])
        return ticket.message_ids.filtered(lambda it: it.message_type == "auto_comment")

    def test_mail_to_the_merged_number_reaches_the_one_that_stays(self):
        master, ticket = self._pair(Message_ID="<first@romashka.example>")
        self._merge(ticket, master)
        master.with_user(self.engineer).wait_for("client")
        found = self._receive(
            self._mail(
                "It smells now",
                In_Reply_To="<first@romashka.example>",
                Subject=f"Re: [{ticket.number}] Broken printer",
            )
        )
        self.assertEqual(found, master)
        self.assertIn("It smells now", "".join(self._texts(master)))
        self.assertEqual(master.state, "open")
        self.assertEqual(ticket.state, "cancelled")

    def test_portal_message_on_the_merged_one(self):
        master, ticket = self._pair()
        self._merge(ticket, master)
        ticket.message_post(
            body="From the portal",
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
            author_id=self.client.id,
        )
        self.assertIn("From the portal", "".join(self._texts(master)))
        self.assertTrue(master.unanswered_since)

    def test_waiting_client_comes_along(self):
        master, ticket = self._pair()
        since = ticket.unanswered_since
        master.with_user(self.engineer).wait_for("client")
        self._merge(ticket, master)
        self.assertEqual(master.unanswered_since, since)
        self.assertEqual(master.state, "open")
        self.assertFalse(ticket.unanswered_since)

    def test_files_activities_and_followers_go_along(self):
        master, ticket = self._pair()
        file = self.env["ir.attachment"].create(
            {
                "name": "a.txt",
                "raw": b"a",
                "res_model": "ntr.ticket",
                "res_id": ticket.id,
            }
        )
        activity = ticket.activity_schedule(
            "mail.mail_activity_data_todo", user_id=self.engineer.id
        )
        ticket.message_subscribe(self.colleague.ids)
        self._merge(ticket, master)
        self.assertEqual(file.res_id, master.id)
        self.assertEqual(activity.res_id, master.id)
        self.assertIn(self.colleague, master.message_partner_ids)

    def test_what_the_master_lacks_is_filled(self):
        unit = self.env["ntr.equipment"].create(
            {"name": "Printer", "partner_id": self.client.id}
        )
        master, ticket = self._ticket(), self._ticket(equipment_id=unit.id)
        ticket.with_user(self.dispatcher).kind_id = self.question
        master.with_user(self.dispatcher).kind_id = self.incident
        self._merge(ticket, master)
        self.assertEqual(master.equipment_id, unit)
        self.assertEqual(master.kind_id, self.incident)

    def test_who_has_it_is_told(self):
        master, ticket = self._ticket(), self._ticket()
        ticket.with_user(self.dispatcher).assign(self.engineer2.id)
        self._merge(ticket, master)
        self.assertEqual(master.user_id, self.engineer2)
        self.assertTrue(master.assigned_at)
        self.assertIn("assigned", self._types(master))
        self._unmerge(ticket)
        self.assertFalse(master.user_id)
        self.assertFalse(master.assigned_at)

    def test_who_may_not_see_the_one_that_stays_does_not_get_it(self):
        master, ticket = self._ticket(), self._ticket()
        ticket.with_user(self.dispatcher).assign(self.engineer2.id)
        self.engineer2.group_ids -= self.env.ref("helpdesk_ntr.group_engineer")
        self._merge(ticket, master)
        self.assertFalse(master.user_id)

    def test_an_answer_on_its_way_out(self):
        self.team.undo_seconds = 60
        master, ticket = self._ticket(), self._ticket()
        message = ticket.with_user(self.engineer).message_post(
            body="We come at noon",
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
            partner_ids=self.client.ids,
        )
        with self.assertRefused("still on its way out"):
            self._merge(ticket, master)
        with self.assertRefused("still on its way out"):
            ticket.with_user(self.engineer).split(message.ids, "Noon")
        ticket.with_user(self.engineer).action_undo_answer()
        self._merge(ticket, master)
        self.assertEqual(ticket.merged_into_id, master)

    def test_text_of_a_phone_call_is_kept_as_a_note(self):
        master = self._ticket()
        ticket = self._ticket(description="<p>Rollers squeak</p>")
        self._merge(ticket, master)
        note = master.message_ids.filtered(lambda it: "squeak" in (it.body or ""))
        self.assertEqual(note.subtype_id, self.env.ref("mail.mt_note"))

    # ------------------------------------------------------------
    # Refusals
    # ------------------------------------------------------------

    def test_refusals(self):
        ticket = self._ticket()
        other = self._ticket(partner_id=self.outsider.id)
        secret = self._ticket(is_confidential=True)
        ended = self._solved()
        ended.with_user(self.coordinator).close()
        for master, sentence in (
            (ticket, "into itself"),
            (other, "different clients"),
            (ended, "Reopen it before"),
            (self.env["ntr.ticket"], "Choose the ticket"),
        ):
            with self.assertRefused(sentence):
                self._merge(ticket, master)
        with self.assertRefused("more people would read it"):
            self._merge(secret, ticket)

    def test_merged_twice(self):
        first, second, third = self._ticket(), self._ticket(), self._ticket()
        self._merge(first, second)
        with self.assertRefused("merged into .* already"):
            self._merge(first, third)
        with self.assertRefused("choose"):
            self._merge(third, first)
        with self.assertRefused("merged into .* goes on there"):
            first.with_user(self.coordinator).reopen("Again")
        with self.assertRefused("must keep working"):
            first.sudo().unlink()

    def test_a_right_of_the_line(self):
        first, second = self._ticket(), self._ticket()
        self._merge(first, second, self.engineer)
        self._unmerge(first, self.engineer)
        self.line2.may_merge = False
        with self.assertRefused("may not do that"):
            self._merge(first, second, self.engineer)
        with self.assertRefused("may not do that"):
            self._merge(first, second, self.finance)
        with self.assertRefused("."):
            self._merge(first, second, self.stranger)

    def test_in_no_figure(self):
        master, ticket = self._ticket(), self._ticket()
        count = self.firm.with_user(self.dispatcher).ntr_ticket_count
        self._merge(ticket, master)
        self.firm.invalidate_recordset(["ntr_ticket_count"])
        self.assertEqual(
            self.firm.with_user(self.dispatcher).ntr_ticket_count, count - 1
        )

    # ------------------------------------------------------------
    # Undoing
    # ------------------------------------------------------------

    def test_undone(self):
        master, ticket = self._pair(body="Stripes on paper")
        before = {it: it._get_merge_values() for it in master | ticket}
        texts = {it: self._texts(it) for it in master | ticket}
        self._merge(ticket, master)
        self._unmerge(ticket)
        (master | ticket).invalidate_recordset()
        self.assertEqual({it: it._get_merge_values() for it in before}, before)
        self.assertFalse(ticket.merged_into_id)
        self.assertFalse(ticket.merge_snapshot)
        for it, old in texts.items():
            self.assertLessEqual(set(old), set(self._texts(it)))
        self.assertFalse(ticket.message_ids.ntr_origin_id)

    def test_undone_with_what_was_sent_to_its_number_later(self):
        master, ticket = self._pair(Message_ID="<first@romashka.example>")
        self._merge(ticket, master)
        self._receive(
            self._mail("To the number", In_Reply_To="<first@romashka.example>")
        )
        master.message_post(body="To the master", message_type="comment")
        self._unmerge(ticket)
        self.assertIn("To the number", "".join(self._texts(ticket)))
        self.assertIn("To the master", "".join(self._texts(master)))
        self.assertNotIn("To the number", "".join(self._texts(master)))

    def test_later_changes_stay(self):
        master, ticket = self._ticket(), self._ticket()
        ticket.with_user(self.dispatcher).kind_id = self.question
        self._merge(ticket, master)
        self.assertEqual(master.kind_id, self.question)
        master.with_user(self.dispatcher).kind_id = self.incident
        self._unmerge(ticket)
        self.assertEqual(master.kind_id, self.incident)
        self.assertEqual(ticket.kind_id, self.question)

    def test_chain_is_undone_from_its_end(self):
        first, second, third = self._ticket(), self._ticket(), self._ticket()
        first.message_post(body="In the first", message_type="comment")
        self._merge(first, second)
        self._merge(second, third)
        self.assertIn("In the first", "".join(self._texts(third)))
        with self.assertRefused("Undo that first"):
            self._unmerge(first)
        self._unmerge(second)
        self.assertIn("In the first", "".join(self._texts(second)))
        self._unmerge(first)
        self.assertIn("In the first", "".join(self._texts(first)))
        with self.assertRefused("not merged"):
            self._unmerge(first)

    def test_followers_files_and_activities_return(self):
        master, ticket = self._pair()
        ticket.message_subscribe(self.colleague.ids)
        file = self.env["ir.attachment"].create(
            {
                "name": "a.txt",
                "raw": b"a",
                "res_model": "ntr.ticket",
                "res_id": ticket.id,
            }
        )
        activity = ticket.activity_schedule(
            "mail.mail_activity_data_todo", user_id=self.engineer.id
        )
        self._merge(ticket, master)
        self._unmerge(ticket)
        self.assertEqual(file.res_id, ticket.id)
        self.assertEqual(activity.res_id, ticket.id)
        self.assertNotIn(self.colleague, master.message_partner_ids)
        self.assertIn(self.colleague, ticket.message_partner_ids)

    @settings(
        max_examples=25,
        deadline=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
    )
    @given(seed=st.integers(0, 10**6))
    def test_random_histories(self, seed):
        """Whatever is merged and undone in whatever order: each message and file is
        there exactly once, and at the end stands where it was sent to."""
        with self.env.cr.savepoint() as savepoint:
            self._run_history(random.Random(seed))  # noqa: S311
            savepoint.rollback()
        self.env.invalidate_all()

    def _run_history(self, chance):
        tickets = [self._ticket() for __ in range(4)]
        sent = {}
        for step in range(14):
            ticket = chance.choice(tickets)
            other = chance.choice(tickets)
            if chance.random() < 0.4:
                message = ticket.message_post(
                    body=f"Step {step}",
                    message_type="comment",
                    attachments=[(f"{step}.txt", b"text")],
                )
                sent[message] = ticket
            elif ticket.merged_into_id and not ticket.merged_into_id.merged_into_id:
                self._unmerge(ticket)
            elif not ticket._get_merge_refusal(other):
                self._merge(ticket, other)
            self._assert_where(sent, {it: it._get_master() for it in tickets})
        for ticket in tickets:
            while ticket.merged_into_id:
                last = ticket
                while last.merged_into_id.merged_into_id:
                    last = last.merged_into_id
                self._unmerge(last)
        self._assert_where(sent, {it: it for it in tickets})

    def _assert_where(self, sent, places):
        self.env.invalidate_all()
        for message, ticket in sent.items():
            self.assertEqual(message.res_id, places[ticket].id)
            self.assertEqual(message.attachment_ids.res_id, places[ticket].id)
            self.assertEqual(
                message.ntr_origin_id,
                ticket if places[ticket] != ticket else self.env["ntr.ticket"],
            )
