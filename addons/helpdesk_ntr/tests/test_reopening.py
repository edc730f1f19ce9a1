from datetime import timedelta

from freezegun import freeze_time

from odoo import fields
from odoo.tests import HttpCase, new_test_user, tagged

from .common import HelpdeskCase

FIRST = "<first@romashka.example>"


@tagged("post_install", "-at_install")
class TestReopening(HelpdeskCase, HttpCase):
    """What a client's word does to a ticket that is done (S91-S94)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.portal = new_test_user(
            cls.env,
            "ivan.portal@romashka.example",
            groups="base.group_portal",
            password="ivan.portal@romashka.example",
            lang="en_US",
        )
        cls.portal.partner_id.write({"parent_id": cls.firm.id, "lang": "en_US"})

    def _own_solved(self):
        return self._solved(partner_id=self.portal.partner_id.id)

    def _own_closed(self):
        ticket = self._own_solved()
        ticket.with_user(self.dispatcher).confirm()
        return ticket

    def _write_as_client(self, ticket, **values):
        """What the portal's conversation posts."""
        return ticket.with_user(self.portal).message_post(
            body="It is back",
            **{
                "message_type": "comment",
                "subtype_xmlid": "mail.mt_comment",
                **values,
            },
        )

    def _answer_mail(self, **headers):
        return self._mail(
            "One more thing",
            Message_ID="<more@romashka.example>",
            In_Reply_To=FIRST,
            References=FIRST,
            **headers,
        )

    def _mailed_and_solved(self):
        ticket = self._receive(self._mail(Message_ID=FIRST))
        ticket.with_user(self.engineer).take()
        ticket.with_user(self.engineer).solve("Done", self.cause.id)
        return ticket

    # --- policies

    def test_until_closed(self):
        self.team.reopen_policy = "until_closed"
        solved, closed = self._own_solved(), self._own_closed()
        self._write_as_client(solved)
        self.assertEqual((solved.state, solved.reopen_count), ("open", 1))
        message = self._write_as_client(closed)
        self.assertEqual((closed.state, closed.reopen_count), ("closed", 0))
        self.assertEqual(closed.next_ids.ids, [message.res_id])
        self.assertTrue(closed.next_ids.unanswered_since)

    def test_never(self):
        self.team.reopen_policy = "never"
        ticket = self._own_solved()
        message = self._write_as_client(ticket)
        self.assertEqual((ticket.state, ticket.reopen_count), ("solved", 0))
        self.assertFalse(ticket.unanswered_since, "the new ticket is unanswered")
        self.assertEqual(ticket.next_ids.ids, [message.res_id])
        self.assertEqual(ticket.next_ids.equipment_id, ticket.equipment_id)

    def test_at_most_so_many_times(self):
        self.team.reopen_limit = 1
        ticket = self._own_solved()
        self._write_as_client(ticket)
        self.assertEqual(ticket.state, "open")
        ticket.with_user(self.engineer).solve("Done again", self.cause.id)
        self._write_as_client(ticket)
        self.assertEqual((ticket.state, ticket.reopen_count), ("solved", 1))
        self.assertEqual(len(ticket.next_ids), 1)

    def test_window_in_working_days(self):
        with freeze_time("2026-03-02 09:00:00"):
            ticket = self._own_closed()
        with freeze_time("2026-03-16 09:00:00"):
            self.assertTrue(ticket._is_reopenable())
        with freeze_time("2026-03-16 09:00:01"):
            self.assertFalse(ticket._is_reopenable())

    def test_cancelled_starts_a_new_one(self):
        ticket = self._ticket(partner_id=self.portal.partner_id.id)
        ticket.with_user(self.dispatcher).cancel("a double")
        self._write_as_client(ticket)
        self.assertEqual(ticket.state, "cancelled")
        self.assertEqual(len(ticket.next_ids), 1, "a client's word is not lost")

    def test_colleagues_are_not_bound(self):
        self.team.write({"reopen_policy": "never"})
        closed, solved = self._own_closed(), self._own_solved()
        closed.with_user(self.engineer).reopen("He called")
        solved.with_user(self.engineer).reject_solution("He called")
        self.assertEqual((closed.state, solved.state), ("open", "open"))

    # --- every door says so

    def test_api_says_it(self):
        self.team.reopen_policy = "never"
        closed, solved = self._own_closed(), self._own_solved()
        with self.assertRefused("cannot be opened again"):
            closed.with_user(self.portal).reopen("It is back")
        with self.assertRefused("cannot be opened again"):
            solved.with_user(self.portal).reject_solution("It is back")
        self.team.write({"reopen_policy": "window", "reopen_limit": 1})
        solved._write_values({"reopen_count": 1})
        with self.assertRefused("too many times"):
            solved.with_user(self.portal).reject_solution("It is back")
        self.team.reopen_limit = 0
        closed._write_values({"closed_at": "2020-01-01 00:00:00"})
        with self.assertRefused("too long ago"):
            closed.with_user(self.portal).reopen("It is back")

    def test_link_says_it(self):
        ticket = self._own_solved()
        tokens = {
            verb: self.env["ntr.link"]._make(ticket, verb, self.client)
            for verb in ("confirm", "reject", "reopen")
        }
        self.team.reopen_policy = "never"
        for verb in ("reject", "reopen"):
            url = f"/support/answer/{tokens[verb]}"
            self.assertIn("cannot be opened again", self.url_open(url).text)
        page = self.url_open(f"/support/answer/{tokens['confirm']}").text
        self.assertIn("Yes, it is solved", page)
        csrf = page.split('name="csrf_token" value="')[1].split('"')[0]
        answer = self.url_open(
            f"/support/answer/{tokens['reject']}",
            data={"csrf_token": csrf, "reason": "It is back"},
        )
        self.assertIn("cannot be opened again", answer.text)
        ticket.invalidate_recordset()
        self.assertEqual(ticket.state, "solved")

    def test_portal_says_it(self):
        self.team.reopen_policy = "until_closed"
        closed, solved = self._own_closed(), self._own_solved()
        self.authenticate(self.portal.login, self.portal.login)
        page = self.url_open(f"/my/requests/{closed.id}").text
        self.assertIn("starts a new one", page)
        self.assertNotIn(f"/my/requests/{closed.id}/reopen", page)
        page = self.url_open(f"/my/requests/{solved.id}").text
        self.assertIn(f"/my/requests/{solved.id}/reject", page)
        self.team.reopen_policy = "never"
        page = self.url_open(f"/my/requests/{solved.id}").text
        self.assertIn("starts a new request", page)
        self.assertNotIn(f"/my/requests/{solved.id}/reject", page)

    def test_letter_offers_no_rejection_that_is_none(self):
        ticket = self._own_solved()
        self.assertEqual(ticket._get_answer_verbs(), ("confirm", "reject"))
        self.team.reopen_policy = "never"
        self.assertEqual(ticket._get_answer_verbs(), ("confirm",))

    # --- what never reopens

    def test_automatic_mail(self):
        for number, headers in enumerate(
            (
                {"Auto_Submitted": "auto-replied"},
                {"Precedence": "bulk"},
                {"X_Autoreply": "yes"},
                {"Subject": "Автоответ: в отпуске"},
                {"Subject": "Out of office"},
            )
        ):
            first = f"<first{number}@romashka.example>"
            for ticket, close in (
                (self._receive(self._mail(Message_ID=first)), False),
                (self._receive(self._mail(Message_ID="<b" + first[1:])), True),
            ):
                ticket.with_user(self.engineer).take()
                ticket.with_user(self.engineer).solve("Done", self.cause.id)
                if close:
                    ticket.with_user(self.dispatcher).confirm()
                before = ticket.state
                self._receive(
                    self._mail(
                        "I am away until Monday",
                        Message_ID=f"<away{number}{close}@romashka.example>",
                        In_Reply_To="<b" + first[1:] if close else first,
                        **headers,
                    )
                )
                self.assertEqual(ticket.state, before, headers)
                self.assertFalse(ticket.next_ids, headers)
                self.assertEqual(ticket.reopen_count, 0)

    def test_automatic_messages_of_other_doors(self):
        ticket = self._own_solved()
        for message_type in ("notification", "auto_comment", "out_of_office"):
            ticket.sudo().message_post(
                body="Automatic",
                message_type=message_type,
                author_id=self.portal.partner_id.id,
                subtype_xmlid="mail.mt_comment",
            )
        self.assertEqual((ticket.state, ticket.reopen_count), ("solved", 0))
        self.assertFalse(ticket.next_ids)

    def test_message_with_a_rating(self):
        solved, closed = self._own_solved(), self._own_closed()
        self.team.reopen_policy = "window"
        for ticket in (solved, closed):
            before = ticket.state
            self._write_as_client(ticket, rating_value=5)
            self.assertEqual((ticket.state, ticket.reopen_count), (before, 0))
            self.assertFalse(ticket.next_ids)

    def test_mail_reopens_and_later_continues(self):
        ticket = self._mailed_and_solved()
        self._receive(self._answer_mail())
        self.assertEqual((ticket.state, ticket.reopen_count), ("open", 1))
        ticket.with_user(self.engineer).solve("Done again", self.cause.id)
        ticket.with_user(self.dispatcher).confirm()
        ticket._write_values({"closed_at": fields.Datetime.now() - timedelta(days=99)})
        message = self._answer_mail()
        message.replace_header("Message-ID", "<late@romashka.example>")
        self._receive(message)
        self.assertEqual(ticket.state, "closed")
        self.assertEqual(len(ticket.next_ids), 1)
