from unittest.mock import patch

from freezegun import freeze_time

from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import HelpdeskCase


@tagged("post_install", "-at_install")
class TestMail(HelpdeskCase):
    # --- intake

    def test_mail_of_a_known_contact(self):
        ticket = self._receive(self._mail("The printer prints stripes"))
        self.assertEqual(ticket.team_id, self.team)
        self.assertEqual(ticket.line_id, self.line1)
        self.assertEqual(ticket.partner_id, self.client)
        self.assertEqual(ticket.commercial_partner_id, self.firm)
        self.assertEqual(ticket.name, "Broken printer")
        self.assertIn("prints stripes", ticket.description)
        self.assertEqual(
            ticket.channel_id, self.env.ref("helpdesk_ntr.ntr_channel_email")
        )
        self.assertFalse(ticket.user_id)
        self.assertTrue(ticket.unanswered_since)
        self.assertFalse(ticket.first_response_at)
        self.assertEqual(self._types(ticket), ["created", "client_message"])

    def test_unknown_sender_makes_no_contact(self):
        ticket = self._receive(self._mail(From="New Man <new@unknown.example>"))
        self.assertFalse(ticket.partner_id)
        self.assertIn("new@unknown.example", ticket.email_from)
        self.assertFalse(
            self.env["res.partner"].search([("email", "=", "new@unknown.example")])
        )

    def test_no_subject(self):
        ticket = self._receive(self._mail(Subject=None))
        self.assertTrue(ticket.name)

    def test_attachments_are_kept(self):
        message = self._mail()
        message.add_attachment(
            b"%PDF-1.4", maintype="application", subtype="pdf", filename="log.pdf"
        )
        ticket = self._receive(message)
        attachment = self.env["ir.attachment"].search(
            [("res_model", "=", "ntr.ticket"), ("res_id", "=", ticket.id)]
        )
        self.assertEqual(attachment.name, "log.pdf")
        self.assertEqual(attachment.raw, b"%PDF-1.4")

    def test_message_keeps_audience_and_channel(self):
        ticket = self._receive(self._mail())
        message = ticket.message_ids
        self.assertEqual(message.ntr_audience, "client")
        self.assertEqual(
            message.ntr_channel_id, self.env.ref("helpdesk_ntr.ntr_channel_email")
        )

    # --- acknowledgement

    def test_acknowledgement(self):
        ticket = self._receive(self._mail())
        notice = self.env["ntr.notice"].search([("ticket_id", "=", ticket.id)])
        self.assertEqual(len(notice), 1)
        self._send_due()
        self.assertFalse(notice.exists())
        message = ticket.message_ids[0]
        self.assertEqual(message.message_type, "auto_comment")
        self.assertIn(ticket.number, message.body)
        self.assertEqual(message.partner_ids, self.client)
        mail = self.env["mail.mail"].search([("mail_message_id", "=", message.id)])
        self.assertIn("auto-replied", mail.headers)
        self.assertIn("romashka.example>", mail.references)
        self.assertIn("test-desk@desk.example", mail.reply_to)
        self.assertIn("test-desk@desk.example", mail.email_from)
        self.assertTrue(ticket.unanswered_since, "an automatic letter is no answer")
        self.assertFalse(ticket.first_response_at)

    def test_acknowledgement_of_an_unknown_sender(self):
        ticket = self._receive(self._mail(From="New Man <new@unknown.example>"))
        self._send_due()
        message = ticket.message_ids[0]
        self.assertIn(ticket.number, message.body)
        mail = self.env["mail.mail"].search([("mail_message_id", "=", message.id)])
        self.assertIn("new@unknown.example", mail.email_to)

    def test_language_of_the_letter(self):
        self.env["res.lang"]._activate_lang("ru_RU")
        template = self.env.ref("helpdesk_ntr.mail_template_acknowledgement")
        template.with_context(lang="ru_RU").subject = "Заявка {{ object.number }}"
        self.client.lang = "ru_RU"
        self.team.with_context(lang="ru_RU").name = "Служба поддержки"
        known = self._receive(self._mail())
        cyrillic = self._receive(
            self._mail("Не печатает", From="x@unknown.example", Message_ID="<c@x>")
        )
        latin = self._receive(
            self._mail("No print", From="y@unknown.example", Message_ID="<l@x>")
        )
        self._send_due()
        self.assertIn("Заявка", known.message_ids[0].subject)
        self.assertIn("Заявка", cyrillic.message_ids[0].subject)
        self.assertNotIn("Заявка", latin.message_ids[0].subject)
        self.assertIn("Служба поддержки", known.message_ids[0].email_from)
        self.assertNotIn("Служба поддержки", latin.message_ids[0].email_from)

    def test_team_that_does_not_acknowledge(self):
        self.team.is_acknowledging = False
        ticket = self._receive(self._mail())
        self.assertFalse(self.env["ntr.notice"].search([("ticket_id", "=", ticket.id)]))

    def test_every_channel_is_acknowledged(self):
        ticket = self._ticket(
            channel_id=self.env.ref("helpdesk_ntr.ntr_channel_letter").id
        )
        self.assertTrue(self.env["ntr.notice"].search([("ticket_id", "=", ticket.id)]))

    def test_scheduled_action_sends_once(self):
        ticket = self._receive(self._mail())
        with self.enter_registry_test_mode():
            cron = self.env.ref("helpdesk_ntr.ir_cron_send_notices")
            cron.method_direct_trigger()
            cron.method_direct_trigger()
        ticket.invalidate_recordset()
        letters = ticket.message_ids.filtered(
            lambda message: message.message_type == "auto_comment"
        )
        self.assertEqual(len(letters), 1)

    def test_letter_that_fails_is_set_aside(self):
        ticket = self._receive(self._mail())
        other = self._receive(self._mail(Message_ID="<other@romashka.example>"))
        notice = self.env["ntr.notice"].search([("ticket_id", "=", ticket.id)])
        get_sender = type(ticket)._get_sender

        def fail_for_one(self):
            if self == ticket:
                raise ValueError("no sender")
            return get_sender(self)

        with (
            patch.object(type(ticket), "_get_sender", fail_for_one),
            mute_logger("odoo.addons.helpdesk_ntr.models.ntr_due_mixin"),
        ):
            self._send_due()
        self.assertEqual(notice.failure, "no sender")
        self.assertIn(other.number, other.message_ids[0].body)

    # --- automatic mail

    def test_automatic_mail_is_not_acknowledged(self):
        self.team.is_accepting_automatic = True
        ticket = self._receive(self._mail(Auto_Submitted="auto-generated"))
        self.assertFalse(self.env["ntr.notice"].search([("ticket_id", "=", ticket.id)]))
        self.assertEqual(self._types(ticket), ["created", "automatic_message"])

    def test_automatic_mail_reopens_nothing(self):
        ticket = self._receive(self._mail(Message_ID="<first@romashka.example>"))
        ticket.with_user(self.engineer).take()
        ticket.with_user(self.engineer).solve("Done", self.cause.id)
        self._receive(
            self._mail(
                "I am away",
                Message_ID="<away@romashka.example>",
                In_Reply_To="<first@romashka.example>",
                Auto_Submitted="auto-replied",
            )
        )
        self.assertEqual(ticket.state, "solved")
        self.assertEqual(ticket.reopen_count, 0)

    def test_vacation_by_wording_reopens_nothing(self):
        ticket = self._receive(self._mail(Message_ID="<first@romashka.example>"))
        ticket.with_user(self.engineer).take()
        ticket.with_user(self.engineer).solve("Done", self.cause.id)
        self._receive(
            self._mail(
                "Меня нет на месте до понедельника.",
                Subject="Автоответ: Broken printer",
                Message_ID="<away@romashka.example>",
                In_Reply_To="<first@romashka.example>",
            )
        )
        self.assertEqual(ticket.state, "solved")

    # --- conversation

    def _reply_of_client(self, ticket_message_id, **headers):
        return self._mail(
            "One more thing",
            Message_ID="<reply@romashka.example>",
            In_Reply_To=ticket_message_id,
            References=ticket_message_id,
            **headers,
        )

    def test_reply_joins_its_ticket(self):
        ticket = self._receive(self._mail(Message_ID="<first@romashka.example>"))
        self.assertEqual(
            self._receive(self._reply_of_client("<first@romashka.example>")), ticket
        )
        self.assertEqual(self._types(ticket).count("client_message"), 2)

    def test_first_response(self):
        ticket = self._receive(self._mail())
        ticket.with_user(self.engineer).message_post(
            body="internal", message_type="comment", subtype_xmlid="mail.mt_note"
        )
        self.assertFalse(ticket.first_response_at, "a note is no answer")
        ticket.with_user(self.engineer).message_post(
            body="We are looking",
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
            partner_ids=self.client.ids,
        )
        self.assertTrue(ticket.first_response_at)
        self.assertFalse(ticket.unanswered_since)
        self.assertEqual(ticket.waiting_on, "us", "an answer leaves the ball with us")

    def test_colleague_who_asks_is_a_client(self):
        ticket = self._ticket(
            partner_id=self.author.partner_id.id,
            channel_id=self.env.ref("helpdesk_ntr.ntr_channel_letter").id,
        )
        ticket.message_post(
            body="Any news?",
            message_type="email",
            subtype_xmlid="mail.mt_comment",
            author_id=self.author.partner_id.id,
        )
        self.assertFalse(ticket.first_response_at)
        self.assertEqual(self._types(ticket)[-1], "client_message")

    def test_first_response_stays(self):
        with freeze_time("2026-03-06 10:00:00"):
            ticket = self._receive(self._mail())
            ticket.with_user(self.engineer).message_post(
                body="1", message_type="comment", subtype_xmlid="mail.mt_comment"
            )
        with freeze_time("2026-03-06 11:00:00"):
            ticket.with_user(self.engineer).message_post(
                body="2", message_type="comment", subtype_xmlid="mail.mt_comment"
            )
        self.assertEqual(str(ticket.first_response_at), "2026-03-06 10:00:00")

    def test_contact_is_known_when_we_answer(self):
        ticket = self._receive(self._mail(From="New Man <new@unknown.example>"))
        contact = self.env["res.partner"].create(
            {"name": "New Man", "email": "new@unknown.example"}
        )
        ticket.with_user(self.engineer).message_post(
            body="Hello",
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
            partner_ids=contact.ids,
        )
        self.assertEqual(ticket.partner_id, contact)

    def test_client_brings_the_ball_back(self):
        ticket = self._receive(self._mail(Message_ID="<first@romashka.example>"))
        ticket.with_user(self.engineer).take()
        ticket.with_user(self.engineer).wait_for("client", "model?")
        self._receive(self._reply_of_client("<first@romashka.example>"))
        self.assertEqual((ticket.state, ticket.waiting_on), ("open", "us"))

    def test_client_does_not_end_waiting_for_parts(self):
        ticket = self._receive(self._mail(Message_ID="<first@romashka.example>"))
        ticket.with_user(self.engineer).wait_for("parts", "roller")
        self._receive(self._reply_of_client("<first@romashka.example>"))
        self.assertEqual((ticket.state, ticket.waiting_on), ("waiting", "parts"))

    def test_client_reopens_a_solved_ticket(self):
        ticket = self._receive(self._mail(Message_ID="<first@romashka.example>"))
        ticket.with_user(self.engineer).take()
        ticket.with_user(self.engineer).solve("Done", self.cause.id)
        self._receive(self._reply_of_client("<first@romashka.example>"))
        self.assertEqual((ticket.state, ticket.reopen_count), ("open", 1))
        self.assertTrue(ticket.unanswered_since)

    def test_reopening_window(self):
        with freeze_time("2026-03-02 09:00:00"):
            ticket = self._receive(self._mail(Message_ID="<first@romashka.example>"))
            ticket.with_user(self.engineer).take()
            ticket.with_user(self.engineer).solve("Done", self.cause.id)
            ticket.with_user(self.dispatcher).confirm()
        with freeze_time("2026-03-16 08:59:00"):
            self.assertTrue(ticket._is_reopenable())
        with freeze_time("2026-03-16 09:01:00"):
            self.assertFalse(ticket._is_reopenable())
            self._receive(self._reply_of_client("<first@romashka.example>"))
        self.assertEqual(ticket.state, "closed")
        following = ticket.next_ids
        self.assertEqual(len(following), 1)
        self.assertEqual(following.partner_id, self.client)
        self.assertEqual(following.state, "new")
        self.assertIn("One more thing", following.message_ids.mapped("body")[-1])

    def test_rating_does_not_reopen(self):
        ticket = self._solved()
        ticket.with_user(self.dispatcher).confirm()
        token = ticket._rating_get_access_token()
        rating = self.env["rating.rating"].search([("access_token", "=", token)])
        ticket.rating_apply(5, rating=rating, feedback="Well done")
        self.assertEqual(ticket.state, "closed")
        self.assertEqual(self._types(ticket)[-1], "rated")
        self.assertEqual(rating.parent_res_id, self.team.id)
        self.assertEqual(rating.rated_partner_id, self.engineer.partner_id)

    def test_replies_come_to_the_team(self):
        ticket = self._ticket()
        reply_to = ticket._notify_get_reply_to()[ticket.id]
        self.assertIn("test-desk@desk.example", reply_to)

    def test_subject_carries_the_number(self):
        ticket = self._ticket()
        self.assertTrue(
            ticket._message_compute_subject().startswith(f"[{ticket.number}]")
        )

    def test_our_own_mailbox_is_no_client(self):
        notices = self.env["ntr.notice"].search_count([])
        ticket = self._receive(self._mail(From=self.team.alias_email))
        self.assertFalse(ticket)
        self.assertEqual(self.env["ntr.notice"].search_count([]), notices)
