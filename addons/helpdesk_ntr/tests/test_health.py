from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from .test_mail_automatic import ALERT
from .test_mail_outgoing import OutgoingCase


@tagged("post_install", "-at_install")
class TestHealth(OutgoingCase):
    """One page that says whether mail comes in and goes out (S191)."""

    def _line(self, name, user=None):
        report = self.env["ntr.health"].with_user(user or self.coordinator).report()
        return next(line for line in report if line["name"] == name)

    def _find(self, line):
        """What its button opens for a coordinator."""
        action = line["action"]
        records = self.env[action["res_model"]].with_user(self.coordinator)
        return records.search(action["domain"]).with_env(self.env)

    def _ago(self, **period):
        return fields.Datetime.now() - timedelta(**period)

    def test_every_line_is_whole(self):
        lines = self.env["ntr.health"].with_user(self.coordinator).report()
        names = [line["name"] for line in lines]
        self.assertEqual(len(names), len(set(names)))
        for line in lines:
            self.assertEqual(
                set(line),
                {
                    *("name", "title", "level", "count", "sentence"),
                    *("details", "action"),
                },
            )
            self.assertIn(line["level"], ("good", "info", "warning", "danger"))
            self.assertTrue(line["sentence"].endswith("."), line["sentence"])

    def test_all_well(self):
        self.env["ntr.mail.journal"].search([]).unlink()
        lines = ("quarantined", "stuck", "join", "automatic", "blocked", "unsent")
        for name in lines:
            line = self._line(name)
            self.assertEqual((line["level"], line["count"]), ("good", 0), name)

    @mute_logger("odoo.addons.helpdesk_ntr.models.ntr_mail_journal")
    def test_quarantine(self):
        with patch.object(
            type(self.env["ntr.ticket"]), "message_new", side_effect=ValueError("no")
        ):
            self._receive(self._mail())
        line = self._line("quarantined")
        self.assertEqual((line["level"], line["count"]), ("danger", 1))
        self.assertEqual(self._find(line).state, "quarantined")

    def test_left_half_way(self):
        mail = self._mail()
        journals = self.env["ntr.mail.journal"]
        headers = journals._read_headers(mail.as_bytes())
        journal = journals._enter(mail.as_bytes(), headers, {"model": "ntr.ticket"})
        self.assertEqual(self._line("stuck")["count"], 0)
        journal.received_at = self._ago(hours=1)
        line = self._line("stuck")
        self.assertEqual((line["level"], line["count"]), ("warning", 1))
        self.assertEqual(self._find(line), journal)

    def test_automatic_and_spam_are_no_trouble(self):
        self._receive(self._mail(**ALERT))
        self.env["ntr.mail.rule"].create({"pattern": "shop.example"})
        self._receive(self._mail(From="a@shop.example", Message_ID="<s@shop.example>"))
        for name in ("automatic", "blocked"):
            line = self._line(name)
            self.assertEqual((line["level"], line["count"]), ("info", 1))
            self.assertEqual(self._find(line).state, name)
        self.env["ntr.mail.journal"].search([]).received_at = self._ago(days=2)
        self.assertEqual(self._line("automatic")["count"], 0)

    def test_letters_that_were_not_sent(self):
        ticket = self._ticket()
        with self._mail_server(OSError("no answer")):
            self._answer(ticket)
        line = self._line("unsent")
        self.assertEqual((line["level"], line["count"]), ("danger", 1))
        self.assertEqual(self._find(line), ticket)
        with self._mail_server():
            ticket.with_user(self.coordinator).send_again()
        self.assertEqual(self._line("unsent")["level"], "good")

    def test_only_his_tickets_are_counted(self):
        ticket = self._ticket()
        with self._mail_server(OSError("no answer")):
            self._answer(ticket)
        other = new_test_user(
            self.env, "other@y.example", groups="helpdesk_ntr.group_coordinator"
        )
        self.assertEqual(self._line("unsent", other)["count"], 0)

    def test_letters_that_wait(self):
        ticket = self._receive(self._mail())
        notice = self.env["ntr.notice"].search([("ticket_id", "=", ticket.id)])
        before = self._line("late_letters")["count"]
        notice.due_at = self._ago(hours=2)
        line = self._line("late_letters")
        self.assertEqual((line["level"], line["count"]), ("warning", before + 1))

    def test_letters_that_could_not_be_made(self):
        ticket = self._receive(self._mail())
        notice = self.env["ntr.notice"].search([("ticket_id", "=", ticket.id)])
        notice.failure = "no sender"
        line = self._line("failed_letters")
        self.assertEqual(line["level"], "warning")
        self.assertIn("no sender", line["details"][0])
        self.assertEqual(self._find(line), ticket)

    # ------------------------------------------------------------
    # What he could not open himself
    # ------------------------------------------------------------

    def _mailbox(self, **values):
        return self.env["fetchmail.server"].create(
            {
                "name": "Support mailbox",
                "server": "imap.desk.example",
                "server_type": "imap",
                "user": "support",
                "password": "secret word",
                "state": "done",
                "date": fields.Datetime.now(),
                **values,
            }
        )

    def test_mailboxes(self):
        self.env["fetchmail.server"].search([]).active = False
        server = self._mailbox()
        line = self._line("mailboxes")
        self.assertEqual(line["level"], "good")
        self.assertIn("Support mailbox", line["sentence"])
        for values, trouble in (
            ({"error_date": self._ago(hours=1), "error_message": "refused"}, "refused"),
            ({"error_date": False, "date": self._ago(hours=3)}, "more than an hour"),
            ({"state": "draft"}, "not confirmed"),
        ):
            server.write(values)
            line = self._line("mailboxes")
            self.assertEqual((line["level"], line["count"]), ("danger", 1))
            self.assertIn(trouble, line["details"][0])
            self.assertNotIn("secret", str(line))

    def test_scheduled_actions(self):
        crons = self.env["ntr.health"]._get_crons()
        crons.write(
            {
                "nextcall": fields.Datetime.now(),
                "failure_count": 0,
                "active": True,
            }
        )
        self.assertEqual(self._line("scheduled_actions")["level"], "good")
        cron = self.env.ref("helpdesk_ntr.ir_cron_send_notices")
        for values, trouble in (
            ({"nextcall": self._ago(hours=3)}, "late by more"),
            ({"failure_count": 4}, "failed 4 times"),
            ({"active": False}, "switched off"),
        ):
            cron.write(values)
            line = self._line("scheduled_actions")
            self.assertEqual((line["level"], line["count"]), ("danger", 1))
            self.assertIn(trouble, line["details"][0])

    def test_an_idle_gateway_is_well(self):
        gateway = self.env.ref("mail.ir_cron_mail_gateway_action")
        gateway.active = False
        self.assertFalse(self.env["ntr.health"]._get_cron_trouble(gateway))

    # ------------------------------------------------------------
    # Tickets
    # ------------------------------------------------------------

    def test_tickets_without_owner(self):
        before = self._line("ownerless")["count"]
        ticket = self._ticket()
        self.assertEqual(self._line("ownerless")["count"], before)
        ticket._write_values({"line_id": False})
        line = self._line("ownerless")
        self.assertEqual((line["level"], line["count"]), ("danger", before + 1))
        self.assertIn(ticket, self._find(line))
        ticket.with_user(self.dispatcher).assign(self.engineer.id)
        self.assertEqual(self._line("ownerless")["count"], before)

    def test_nobody_answers_for_its_line(self):
        before = self._line("ownerless")["count"]
        ticket = self._ticket()
        self.line1.manager_id = False
        ticket._write_values({"coordinator_id": False})
        self.assertEqual(self._line("ownerless")["count"], before + 1)

    # ------------------------------------------------------------
    # Rights
    # ------------------------------------------------------------

    def test_rights(self):
        for user in (self.engineer, self.dispatcher, self.finance, self.author):
            with self.assertRaises(AccessError):
                self.env["ntr.health"].with_user(user).report()
        self.assertTrue(self.env["ntr.health"].with_user(self.director).report())
        for model in ("ir.cron", "fetchmail.server", "ir.mail_server", "mail.mail"):
            with self.assertRaises(AccessError):
                self.env[model].with_user(self.coordinator).search([], limit=1).read()
