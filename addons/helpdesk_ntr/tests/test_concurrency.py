from psycopg2.errors import SerializationFailure

from odoo.tests import tagged

from .common import TwoAtOnceCase

COMMENT = {"message_type": "comment", "subtype_xmlid": "mail.mt_comment"}


@tagged("post_install", "-at_install")
class TestConcurrency(TwoAtOnceCase):
    """Two at once, in transactions of their own that really commit."""

    def _make(self):
        partner = self.here["res.partner"].create(
            {"name": "Two At Once", "email": "two.at.once@example.com"}
        )
        ticket = self.here["ntr.ticket"].create(
            {"name": "Two at once", "partner_id": partner.id}
        )
        self.ticket_id, self.partner_id = ticket.id, partner.id

    def _forget(self, cursor):
        for query in (
            "DELETE FROM mail_message WHERE model = 'ntr.ticket' AND res_id = %s",
            "DELETE FROM mail_followers WHERE res_model = 'ntr.ticket' AND res_id = %s",
        ):
            cursor.execute(query, [self.ticket_id])
        cursor.execute("DELETE FROM ntr_ticket WHERE id = %s", [self.ticket_id])
        cursor.execute("DELETE FROM res_partner WHERE id = %s", [self.partner_id])

    def _ticket_of(self, env):
        return env["ntr.ticket"].browse(self.ticket_id)

    def _followers(self, env):
        return env["mail.followers"].search_count(
            [
                ("res_model", "=", "ntr.ticket"),
                ("res_id", "=", self.ticket_id),
                ("partner_id", "=", self.partner_id),
            ]
        )

    def test_answer_beside_the_acknowledgement(self):
        """Both make the client a follower; the second one is repeated."""
        answered = self._ticket_of(self.there)
        self.assertEqual(answered.name, "Two at once")
        template = self.here.ref("helpdesk_ntr.mail_template_acknowledgement")
        self._ticket_of(self.here)._post_letter(template)
        self.here.cr.commit()
        answer = {"body": "We look", "partner_ids": [self.partner_id], **COMMENT}
        # what Odoo repeats by itself, and not "cannot follow twice"
        with self.assertRaises(SerializationFailure):
            answered.message_post(**answer)
        self.there.cr.rollback()
        message = answered.message_post(**answer)
        self.there.cr.commit()
        self.assertIn(self.partner_id, message.partner_ids.ids)
        self.assertEqual(self._followers(self.there), 1)

    def test_letter_beside_an_answer(self):
        notice = self.there["ntr.notice"].search([("ticket_id", "=", self.ticket_id)])
        self.assertEqual(len(notice), 1)
        self._ticket_of(self.here).message_post(
            body="We look", partner_ids=[self.partner_id], **COMMENT
        )
        domain = [("id", "=", notice.id)]
        self.assertFalse(notice._try_due(domain, "_send"), "the ticket is locked")
        self.here.cr.commit()
        self.there.cr.rollback()
        self.assertTrue(notice._try_due(domain, "_send"))
        self.there.cr.commit()
        self.assertEqual(self._followers(self.there), 1)
