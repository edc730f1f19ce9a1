from odoo.tests import new_test_user, tagged

from .common import HelpdeskCase


@tagged("post_install", "-at_install")
class TestUndo(HelpdeskCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.team.undo_seconds = 30
        cls.portal = new_test_user(
            cls.env,
            "portal@romashka.example",
            groups="base.group_portal",
            lang="en_US",
        )
        cls.portal.partner_id.parent_id = cls.firm

    def setUp(self):
        super().setUp()
        self.ticket = self._ticket(
            partner_id=self.portal.partner_id.id,
            channel_id=self.env.ref("helpdesk_ntr.ntr_channel_email").id,
        )
        self.ticket.with_user(self.engineer).take()

    def _answer(self, body="Switch it off and on"):
        return (
            self.ticket.with_user(self.engineer)
            .message_post(
                body=body,
                message_type="comment",
                subtype_xmlid="mail.mt_comment",
                partner_ids=self.portal.partner_id.ids,
            )
            .sudo(False)
        )

    def _get_letters(self, message):
        """How many mails go to the client with that message."""
        return self.env["mail.mail"].search_count(
            [
                ("mail_message_id", "=", message.id),
                ("recipient_ids", "in", self.portal.partner_id.ids),
            ]
        )

    def _is_seen(self, message):
        self.env.flush_all()
        found = message.with_user(self.portal).search([("id", "=", message.id)])
        return bool(found)

    def _send(self):
        schedules = self.env["mail.message.schedule"].search(
            [("mail_message_id.model", "=", "ntr.ticket")]
        )
        schedules._send_notifications()

    def test_nobody_gets_it_before_its_time(self):
        message = self._answer()
        self.assertEqual(self.ticket.held_message_id, message.sudo())
        self.assertFalse(self._get_letters(message))
        self.assertFalse(self._is_seen(message))
        self.assertEqual(message.sudo().ntr_audience, "client")
        self._send()
        self.assertEqual(self._get_letters(message), 1)
        self.assertTrue(self._is_seen(message))
        self.assertFalse(self.ticket.held_message_id)

    def test_undone(self):
        unanswered_since = self.ticket.unanswered_since
        self.assertTrue(unanswered_since)
        message = self._answer()
        self.assertTrue(self.ticket.first_response_at)
        self.ticket.with_user(self.engineer).action_undo_answer()
        self.assertFalse(message.exists())
        self.assertEqual(self.ticket.unanswered_since, unanswered_since)
        self.assertFalse(self.ticket.first_response_at)
        self._send()
        self.assertFalse(
            self.env["mail.message.schedule"].search(
                [("mail_message_id.model", "=", "ntr.ticket")]
            )
        )
        self.assertEqual(self._types(self.ticket)[-2:], ["reply", "reply_withdrawn"])
        self.assertEqual(self.ticket._get_events()[:1].reason, "Switch it off and on")

    def test_first_response_of_an_earlier_answer_stays(self):
        self._answer("First")
        self._send()
        first_response_at = self.ticket.first_response_at
        self._answer("Second")
        self.ticket.with_user(self.engineer).action_undo_answer()
        self.assertEqual(self.ticket.first_response_at, first_response_at)
        self.assertFalse(self.ticket.unanswered_since)

    def test_two_answers_both_go_out(self):
        first, second = self._answer("First"), self._answer("Second")
        self._send()
        for message in (first, second):
            self.assertEqual(self._get_letters(message), 1)
            self.assertTrue(self._is_seen(message))

    def test_too_late(self):
        self._answer()
        self._send()
        with self.assertRefused("gone out already"):
            self.ticket.with_user(self.engineer).action_undo_answer()

    def test_whose_answer(self):
        self._answer()
        with self.assertRefused("Only Engineer or a dispatcher"):
            self.ticket.with_user(self.engineer2).action_undo_answer()
        with self.assertRefused("may not"):
            self.ticket.with_user(self.portal).action_undo_answer()
        self.ticket.with_user(self.dispatcher).action_undo_answer()
        self.assertFalse(self.ticket.held_message_id)

    def test_question_undone_takes_the_ball_back(self):
        self.ticket.with_user(self.engineer).ask("Which model?")
        self.assertEqual(self.ticket.waiting_on, "client")
        self.ticket.with_user(self.engineer).action_undo_answer()
        self.assertEqual((self.ticket.state, self.ticket.waiting_on), ("open", "us"))

    def test_notes_letters_and_clients_are_not_held(self):
        ticket = self.ticket.with_user(self.engineer)
        ticket.message_post(
            body="Note", message_type="comment", subtype_xmlid="mail.mt_note"
        )
        self.ticket.with_user(self.portal).message_post(
            body="Hello", message_type="comment", subtype_xmlid="mail.mt_comment"
        )
        ticket.solve("Done", self.cause.id)
        self.assertFalse(self.ticket.held_message_id)
        self.assertFalse(
            self.env["mail.message.schedule"].search(
                [("mail_message_id.res_id", "=", self.ticket.id)]
            )
        )

    def test_without_the_rule_it_goes_out_at_once(self):
        self.team.undo_seconds = 0
        message = self._answer()
        self.assertEqual(self._get_letters(message), 1)
        self.assertTrue(self._is_seen(message))
