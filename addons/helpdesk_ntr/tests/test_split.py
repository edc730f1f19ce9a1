from odoo.tests import Form, tagged

from .common import HelpdeskCase


@tagged("post_install", "-at_install")
class TestSplit(HelpdeskCase):
    """Another question in the same conversation becomes a ticket of its own (S92)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.ticket = cls._ticket(cls)
        cls.ticket.with_user(cls.engineer).take()
        cls.message = cls._say(cls, "And where is my invoice?")

    def _say(self, body, **values):
        return self.ticket.message_post(
            body=body,
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
            author_id=self.client.id,
            attachments=[("invoice.txt", b"text")],
            **values,
        )

    def _split(self, messages, name="Where is the invoice", user=None):
        ticket = self.ticket.with_user(user or self.engineer)
        new = self.env["ntr.ticket"].browse(ticket.split(messages.ids, name))
        self.env.invalidate_all()
        return new

    def test_split(self):
        new = self._split(self.message)
        self.assertEqual(new.name, "Where is the invoice")
        self.assertEqual(new.state, "new")
        self.assertEqual(new.partner_id, self.client)
        self.assertEqual(new.team_id, self.ticket.team_id)
        self.assertIn("invoice", new.description)
        self.assertEqual(self.message.res_id, new.id)
        self.assertEqual(self.message.attachment_ids.res_id, new.id)
        self.assertTrue(new.unanswered_since)
        self.assertIn("split", self._types(new))
        self.assertIn("split", self._types(self.ticket))
        self.assertEqual(self._last_event(self.ticket).reason, new.number)

    def test_what_is_not_chosen_stays(self):
        other = self._say("It still prints stripes")
        new = self._split(self.message)
        self.assertEqual(other.res_id, self.ticket.id)
        self.assertEqual(other.attachment_ids.res_id, self.ticket.id)
        self.assertNotIn("stripes", new.description)

    def test_answers_to_what_was_split_go_there(self):
        new = self._split(self.message)
        found = self._receive(self._mail("Well?", In_Reply_To=self.message.message_id))
        self.assertEqual(found, new)

    def test_refusals(self):
        foreign = self._ticket().message_post(body="Other", message_type="comment")
        note = self.ticket.message_post(body="Automatic")
        for messages in (foreign, note, self.message | foreign, self.message.browse()):
            with self.assertRefused("Choose messages"):
                self._split(messages)
        with self.assertRefused("Write the subject"):
            self._split(self.message, " ")
        with self.assertRefused("may not do that"):
            self._split(self.message, user=self.finance)
        with self.assertRefused("."):
            self._split(self.message, user=self.stranger)

    def test_confidential_stays_confidential(self):
        self.ticket.with_user(self.coordinator).is_confidential = True
        self.assertTrue(
            self._split(self.message, user=self.coordinator).is_confidential
        )

    def test_of_a_merged_ticket(self):
        """What was split off is not brought back by undoing the merge."""
        other = self._ticket()
        said = other.message_post(
            body="Second question", message_type="comment", author_id=self.client.id
        )
        other.with_user(self.dispatcher).merge_into(self.ticket.id)
        new = self._split(said, user=self.dispatcher)
        other.with_user(self.dispatcher).unmerge()
        self.assertEqual(said.res_id, new.id)

    def test_dialog(self):
        wizard = Form(
            self.env["ntr.ticket.split.wizard"]
            .with_user(self.engineer)
            .with_context(active_id=self.ticket.id)
        )
        with wizard.line_ids.edit(0) as line:
            self.assertIn("invoice", line.preview)
            line.is_chosen = True
        self.assertEqual(wizard.name, "And where is my invoice?")
        action = wizard.save().action_split()
        self.assertEqual(self.message.res_id, action["res_id"])
