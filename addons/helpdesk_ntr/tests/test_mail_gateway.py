from odoo.tests import tagged

from .common import HelpdeskCase

REPORT = """\
From: MAILER-DAEMON@mx.example
To: {to}
Subject: Undelivered Mail Returned to Sender
Message-ID: <report@mx.example>
Auto-Submitted: auto-replied
Content-Type: multipart/report; report-type=delivery-status; boundary=b

--b
Content-Type: text/plain

Your mail could not be delivered.
--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example

Final-Recipient: rfc822; {email}
Action: failed
Status: 5.1.1
Diagnostic-Code: smtp; 550 5.1.1 unknown user

--b
Content-Type: message/rfc822

From: desk@desk.example
To: {email}
Subject: About your request
Message-ID: {message_id}

Hello
--b--
"""


@tagged("post_install", "-at_install")
class TestMailGateway(HelpdeskCase):
    """Nothing is dropped, and what does not arrive is told of (E7)."""

    def _send(self, number, sender="alarm@plant.example"):
        return self._receive(
            self._mail(
                f"Alarm {number}",
                From=sender,
                Subject=f"Alarm {number}",
                Message_ID=f"<{number}@plant.example>",
            )
        )

    def test_a_burst_is_collected(self):
        self.env["ir.config_parameter"].set_param("mail.gateway.loop.threshold", 5)
        tickets = self.env["ntr.ticket"]
        for number in range(9):
            tickets |= self._send(number)
        self.assertEqual(len(tickets), 5)
        self.assertTrue(tickets[-1].is_collecting)
        self.assertFalse(any(tickets[:-1].mapped("is_collecting")))
        said = "".join(str(it.body) for it in tickets[-1].message_ids)
        for number in range(4, 9):
            self.assertIn(f"Alarm {number}", said)
        self.assertEqual(said.count("are collected here"), 1)
        self.assertEqual(len(self._send(20, "other@plant.example")), 1)
        self.assertNotIn(self._send(21, "third@plant.example"), tickets)
        part = self._send(22, "larm@plant.example")
        self.assertNotIn(part, tickets, "its address is a part of that one")

    def test_the_sender_of_a_burst_gets_no_refusal(self):
        self.env["ir.config_parameter"].set_param("mail.gateway.loop.threshold", 2)
        for number in range(5):
            self._send(number)
        to_sender = [("email_to", "ilike", "alarm@plant.example")]
        self.assertFalse(self.env["mail.mail"].search(to_sender))

    def test_not_delivered(self):
        ticket = self._ticket()
        message = ticket.with_user(self.engineer).message_post(
            body="We come at noon",
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
            partner_ids=self.client.ids,
        )
        report = REPORT.format(
            to=self.team.alias_email,
            email=self.client.email,
            message_id=message.message_id,
        )
        self.env["mail.thread"].message_process(None, report)
        event = self._last_event(ticket)
        self.assertEqual(event.type, "undelivered")
        self.assertEqual(event.message_id, message)
        self.assertEqual(event.audience, "staff")
        self.assertIn("550 5.1.1 unknown user", event.reason)
        self.assertIn("unknown user", str(ticket.message_ids[:1].body))
