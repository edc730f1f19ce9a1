from odoo.tests import new_test_user, tagged
from odoo.tools import html2plaintext

from .common import HelpdeskCase


@tagged("post_install", "-at_install")
class TestGreeting(HelpdeskCase):
    """What stands around the answer of a colleague in the mail to the client."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("ru_RU")
        cls.team.write(
            {"greeting": "Hello, {first name}!", "signature": "<p>Service of NTR</p>"}
        )
        cls.team.with_context(lang="ru_RU").greeting = "Здравствуйте, {имя}!"
        cls.team.update_field_translations(
            "signature", {"ru_RU": {"Service of NTR": "Служба НТР"}}
        )
        cls.engineer.signature = "<p>Engineer himself</p>"

    def _answer(self, ticket, body="We come.", partners=None, **values):
        return (
            ticket.with_user(self.engineer)
            .message_post(
                body=body,
                message_type="comment",
                subtype_xmlid=values.pop("subtype", "mail.mt_comment"),
                partner_ids=(partners or ticket.partner_id).ids,
                **values,
            )
            .sudo()
        )

    def _letter(self, message, partner=None):
        """The text of the mail that somebody gets."""
        mails = self.env["mail.mail"].search([("mail_message_id", "=", message.id)])
        partner = partner or self.client
        mail = mails.filtered(lambda it: partner in it.recipient_ids)
        self.assertEqual(len(mail), 1)
        # above it stands what lists of mails show of it
        return mail.body_html.partition("<table")[2]

    def test_greeting_words_signature(self):
        message = self._answer(self._ticket())
        letter = self._letter(message)
        parts = ("Hello, Ivan!", "We come.", "Service of NTR")
        places = [letter.index(part) for part in parts]
        self.assertEqual(places, sorted(places))
        self.assertEqual([letter.count(part) for part in parts], [1, 1, 1])
        self.assertNotIn("Engineer himself", letter)
        self.assertEqual(html2plaintext(message.body), "We come.")

    def test_language_of_the_client(self):
        self.client.lang = "ru_RU"
        letter = self._letter(self._answer(self._ticket()))
        self.assertIn("Здравствуйте, Ivan!", letter)
        self.assertIn("Служба НТР", letter)
        self.assertNotIn("Service of NTR", letter)

    def test_not_doubled(self):
        body = "Good morning, Ivan!\nWe come.\nService of NTR"
        letter = self._letter(self._answer(self._ticket(), body))
        self.assertNotIn("Hello", letter)
        self.assertEqual(letter.count("Service of NTR"), 1)

    def test_without_signature_of_the_team_his_own(self):
        self.team.signature = False
        letter = self._letter(self._answer(self._ticket()))
        self.assertEqual(letter.count("Engineer himself"), 1)
        letter = self._letter(self._answer(self._ticket(), "We come.\nRegards, I."))
        self.assertNotIn("Engineer himself", letter)

    def test_colleagues_read_the_words_alone(self):
        ticket = self._ticket()
        self.engineer2.notification_type = "email"
        letter = self._letter(
            self._answer(ticket, partners=self.client | self.engineer2.partner_id),
            self.engineer2.partner_id,
        )
        self.assertNotIn("Hello", letter)
        self.assertNotIn("Service of NTR", letter)

    def test_note_has_no_frame(self):
        self.engineer2.notification_type = "email"
        message = self._answer(
            self._ticket(), partners=self.engineer2.partner_id, subtype="mail.mt_note"
        )
        self.assertNotIn("Hello", self._letter(message, self.engineer2.partner_id))

    def test_client_who_answers_has_no_frame(self):
        user = new_test_user(
            self.env,
            "anna@romashka.example",
            groups="base.group_portal",
            partner_id=self.colleague.id,
        )
        ticket = self._ticket(partner_id=self.colleague.id)
        ticket.message_subscribe(self.client.ids)
        message = ticket.with_user(user).message_post(
            body="Thanks", message_type="comment", subtype_xmlid="mail.mt_comment"
        )
        self.assertNotIn("Service of NTR", self._letter(message.sudo()))

    def test_colleague_who_is_the_client(self):
        asker = new_test_user(
            self.env,
            "asker",
            groups="base.group_user",
            name="Asker",
            lang="en_US",
            notification_type="email",
        )
        self.team.serves = "employees"
        ticket = self._ticket(partner_id=asker.partner_id.id)
        letter = self._letter(self._answer(ticket), asker.partner_id)
        self.assertIn("Hello, Asker!", letter)

    def test_held_back_answer_is_framed_too(self):
        self.team.undo_seconds = 30
        self.team.greeting = "{my name} greets!"
        message = self._answer(self._ticket())
        schedules = self.env["mail.message.schedule"].search(
            [("mail_message_id", "=", message.id)]
        )
        schedules._send_notifications()
        letter = self._letter(message)
        self.assertIn("Engineer greets!", letter)
        self.assertIn("Service of NTR", letter)

    def test_question_is_framed(self):
        ticket = self._ticket()
        ticket.with_user(self.engineer).ask("What model is it?")
        message = ticket.message_ids.filtered(lambda it: it.message_type == "comment")
        self.assertIn("Hello, Ivan!", self._letter(message))

    def test_letters_of_the_desk_are_not_framed(self):
        ticket = self._solved()
        message = ticket.message_ids.filtered(
            lambda it: it.message_type == "auto_comment"
        )[:1]
        self.assertEqual(self._letter(message).count("Service of NTR"), 1)

    def test_without_a_name_no_hole(self):
        ticket = self._ticket(partner_id=self.firm.id)
        self.firm.write({"email": "info@romashka.example", "lang": "en_US"})
        self.assertIn("Hello!", self._letter(self._answer(ticket), self.firm))
