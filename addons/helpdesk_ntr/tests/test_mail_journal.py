from unittest.mock import patch

from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from .common import HelpdeskCase


@tagged("post_install", "-at_install")
class TestMailJournal(HelpdeskCase):
    """Every mail is written down first, and none is lost (E6)."""

    def _journal(self):
        return self.env["ntr.mail.journal"].search([], limit=1)

    def _process(self, message, model="ntr.ticket"):
        raw = message if isinstance(message, bytes) else message.as_bytes()
        return self.env["mail.thread"].message_process(model, raw)

    def _run_cron(self):
        with self.enter_registry_test_mode():
            self.env.ref("helpdesk_ntr.ir_cron_take_in_mail").method_direct_trigger()
        self.env.invalidate_all()

    def _broken(self):
        """Something in the help desk raises while a mail is taken in."""
        return patch.object(
            type(self.env["ntr.ticket"]),
            "message_new",
            side_effect=ValueError("no room on the device"),
        )

    # ------------------------------------------------------------
    # Written down
    # ------------------------------------------------------------

    def test_what_became_of_it(self):
        mail = self._mail("Stripes", Message_ID="<1@romashka.example>")
        ticket = self._receive(mail)
        journal = self._journal()
        self.assertEqual(journal.state, "done")
        self.assertEqual(journal.ticket_id, ticket)
        self.assertEqual(journal.mail_message_id, ticket.message_ids[-1:])
        self.assertEqual(journal.message_id, "1@romashka.example")
        self.assertEqual(journal.verdict, "human")
        self.assertEqual(journal._get_raw(), mail.as_bytes())
        self.assertEqual(len(journal.sha256), 64)

    def test_an_answer_belongs_to_its_ticket(self):
        ticket = self._receive(self._mail(Message_ID="<1@romashka.example>"))
        self._receive(
            self._mail(
                "More", Message_ID="<2@x.example>", In_Reply_To="<1@romashka.example>"
            )
        )
        self.assertEqual(self._journal().ticket_id, ticket)

    def test_the_same_bytes_twice(self):
        mail = self._mail(Message_ID="<1@romashka.example>")
        before = self.env["ntr.mail.journal"].search_count([])
        ticket = self._receive(mail)
        self.assertFalse(self._process(mail))
        self.assertEqual(self.env["ntr.mail.journal"].search_count([]), before + 1)
        self.assertEqual(self._journal().ticket_id, ticket)

    def test_the_same_mail_through_another_door(self):
        ticket = self._receive(self._mail(Message_ID="<1@romashka.example>"))
        self.assertFalse(
            self._process(
                self._mail(Message_ID="<1@romashka.example>", X_Trace="another way")
            )
        )
        self.assertEqual(self._journal().state, "without_ticket")
        self.assertEqual(len(ticket.search([("id", ">=", ticket.id)])), 1)

    def test_mails_to_other_apps_leave_nothing(self):
        before = self.env["ntr.mail.journal"].search_count([])
        lead_id = self._process(self._mail(To="sales@elsewhere.example"), "crm.lead")
        self.assertTrue(self.env["crm.lead"].browse(lead_id).exists())
        self.assertEqual(self.env["ntr.mail.journal"].search_count([]), before)

    def test_by_the_address_of_a_team(self):
        ticket_id = self._process(self._mail(To=self.team.alias_email), None)
        self.assertEqual(self._journal().team_id, self.team)
        self.assertEqual(self._journal().ticket_id.id, ticket_id)

    # ------------------------------------------------------------
    # Quarantine
    # ------------------------------------------------------------

    @mute_logger("odoo.addons.helpdesk_ntr.models.ntr_mail_journal")
    def test_what_raises_waits_and_is_taken_in_again(self):
        mails = self.env["mail.mail"].search_count([])
        with self._broken():
            self.assertFalse(self._process(self._mail(To=self.team.alias_email), None))
        journal = self._journal()
        self.assertEqual(journal.state, "quarantined")
        self.assertIn("no room", journal.failure)
        self.assertEqual(self.env["mail.mail"].search_count([]), mails, "no bounce")
        self.assertNotEqual(self.team.alias_id.alias_status, "invalid")
        journal.with_user(self.coordinator).action_again()
        self.assertEqual(journal.state, "done")
        self.assertTrue(journal.ticket_id)
        self.assertFalse(journal.failure)

    @mute_logger("odoo.addons.helpdesk_ntr.models.ntr_mail_journal")
    def test_a_ticket_of_what_cannot_be_read(self):
        mail = self._mail(To=self.team.alias_email, Subject="Принтер")
        with self._broken():
            self._process(mail, None)
        journal = self._journal()
        journal.with_user(self.coordinator).action_make_ticket()
        ticket = journal.ticket_id
        self.assertEqual(ticket.name, "Принтер")
        self.assertEqual(ticket.team_id, self.team)
        file = ticket.message_ids.attachment_ids
        self.assertEqual(file.raw, mail.as_bytes())

    def test_too_deep(self):
        lines = [b"From: a@b.example", b"To: %s" % self.team.alias_email.encode()]
        for level in range(100):
            lines += [b"Content-Type: multipart/mixed; boundary=b%d" % level, b""]
            lines += [b"--b%d" % level]
        self.assertFalse(self._process(b"\r\n".join(lines)))
        self.assertEqual(self._journal().state, "quarantined")
        self.assertIn("100 deep", self._journal().failure)

    def test_put_aside(self):
        self.test_too_deep()
        self._journal().with_user(self.coordinator).action_dismiss()
        self.assertEqual(self._journal().state, "dismissed")

    # ------------------------------------------------------------
    # A server that was stopped
    # ------------------------------------------------------------

    def test_left_behind(self):
        mail = self._mail(Message_ID="<1@romashka.example>")
        journals = self.env["ntr.mail.journal"]
        headers = journals._read_headers(mail.as_bytes())
        journal = journals._enter(mail.as_bytes(), headers, {"model": "ntr.ticket"})
        self._run_cron()
        self.assertEqual(journal.state, "received", "somebody may be at work on it")
        journal.received_at = "2020-01-01 00:00:00"
        self._run_cron()
        self.assertEqual(journal.state, "done")
        self.assertTrue(journal.ticket_id)

    def test_a_mail_that_kills_the_server_is_set_aside(self):
        mail = self._mail().as_bytes()
        journals = self.env["ntr.mail.journal"]
        journal = journals._enter(
            mail, journals._read_headers(mail), {"model": "ntr.ticket"}
        )
        journal.received_at = "2020-01-01 00:00:00"
        with patch.object(type(journals), "_process"):
            for number in (1, 2, 3):
                self._run_cron()
                self.assertEqual((journal.rounds, journal.state), (number, "received"))
            self._run_cron()
        self.assertEqual(journal.state, "quarantined")
        self.assertIn("stopped 3 times", journal.failure)

    def test_bytes_are_forgotten(self):
        self._receive(self._mail())
        journal = self._journal()
        journal.env["ntr.mail.journal"]._gc_raw()
        self.assertTrue(journal.raw)
        journal.received_at = "2020-01-01 00:00:00"
        self.env.flush_all()
        journal._gc_raw()
        journal.invalidate_recordset()
        self.assertFalse(journal.raw)

    # ------------------------------------------------------------
    # Rights
    # ------------------------------------------------------------

    def test_rights(self):
        self.test_too_deep()
        journal = self._journal()
        journal.with_user(self.coordinator).read(["subject", "failure"])
        for user in (self.engineer, self.dispatcher, self.finance):
            with self.assertRaises(AccessError):
                journal.with_user(user).read(["subject"])
            with self.assertRefused("."):
                journal.with_user(user).action_again()
        other = new_test_user(
            self.env, "other@desk.example", groups="helpdesk_ntr.group_coordinator"
        )
        with self.assertRaises(AccessError):
            journal.with_user(other).read(["subject"])
        with self.assertRaises(AccessError):
            journal.with_user(self.coordinator).write({"state": "done"})

    def test_the_context_of_a_caller_is_no_door(self):
        self.test_too_deep()
        journal = self._journal()
        ticket = self._ticket()
        ticket.with_user(self.engineer).with_context(
            ntr_journal_id=journal.id
        ).message_post(body="Hello", message_type="email")
        self.assertFalse(journal.ticket_id)
