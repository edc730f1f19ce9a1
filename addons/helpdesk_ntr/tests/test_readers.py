from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from .common import HelpdeskCase


@tagged("post_install", "-at_install")
class TestReaders(HelpdeskCase):
    """Whoever writes sees before sending who will get it (S109)."""

    def _ticket(self, **values):
        """A ticket that nobody follows."""
        ticket = super()._ticket(**values)
        ticket.message_unsubscribe(ticket.message_partner_ids.ids)
        return ticket

    def _readers(self, ticket, *arguments, user=None, **values):
        self.env.flush_all()
        readers = ticket.with_user(user or self.engineer).message_readers(
            *arguments, **values
        )
        return {kind: names for kind, names in readers.items() if names}

    def test_answer_to_the_client(self):
        ticket = self._ticket()
        self.assertEqual(
            self._readers(ticket, self.client.ids), {"client": ["Ivan Petrov"]}
        )
        self.assertEqual(self._readers(ticket), {})

    def test_as_it_is_sent(self):
        ticket = self._ticket()
        people = self.engineer2.partner_id | self.engineer.partner_id | self.colleague
        ticket.message_subscribe(people.ids)
        self.env.flush_all()
        message = ticket.with_user(self.engineer).message_post(
            body="It is on its way",
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
            partner_ids=self.client.ids,
        )
        told = message.sudo().notification_ids.res_partner_id
        readers = self._readers(ticket, self.client.ids)
        self.assertEqual(
            readers,
            {"client": ["Anna Sidorova", "Ivan Petrov"], "staff": ["Engineer Two"]},
        )
        self.assertEqual(sorted(told.mapped("name")), sorted(sum(readers.values(), [])))

    def test_note(self):
        ticket = self._ticket()
        ticket.message_subscribe((self.client | self.engineer2.partner_id).ids)
        self.assertEqual(self._readers(ticket, is_note=True), {})
        # mentioned by mistake
        self.assertEqual(
            self._readers(ticket, self.client.ids, is_note=True),
            {"client": ["Ivan Petrov"]},
        )

    def test_outsiders(self):
        ticket = self._ticket()
        self.assertEqual(
            self._readers(ticket, self.outsider.ids), {"other": ["Oleg Vector"]}
        )
        self.env["ntr.escalation"].create(
            {
                "name": "Roller",
                "ticket_id": ticket.id,
                "supplier_id": self.other_firm.id,
            }
        )
        self.assertEqual(
            self._readers(ticket, self.outsider.ids), {"supplier": ["Oleg Vector"]}
        )

    def test_unknown_sender(self):
        ticket = self._receive(self._mail(From="Petr <petr@nowhere.example>"))
        ticket.line_id = self.line2
        self.assertEqual(
            self._readers(ticket, [], ["Petr@nowhere.example", "eva@x.example"]),
            {"client": ["Petr@nowhere.example"], "other": ["eva@x.example"]},
        )
        contact = self.env["res.partner"].create(
            {"name": "Petr", "email": "petr@nowhere.example"}
        )
        self.assertEqual(self._readers(ticket, contact.ids), {"client": ["Petr"]})

    def test_rights(self):
        ticket = self._ticket(partner_id=self.client.id)
        with self.assertRaises(AccessError):
            self._readers(ticket, user=self.stranger)
        portal = new_test_user(
            self.env, "portal@romashka.example", groups="base.group_portal"
        )
        own = self._ticket(partner_id=portal.partner_id.id)
        with self.assertRaises(AccessError):
            self._readers(own, user=portal)

    def test_no_names_from_ids(self):
        company = self.env["res.company"].create({"name": "Second firm"})
        secret = self.env["res.partner"].create(
            {"name": "Secret", "company_id": company.id}
        )
        ticket = self._ticket()
        self.assertEqual(self._readers(ticket, secret.ids), {})

    def test_odd_arguments(self):
        ticket = self._ticket()
        for odd in (None, 5, "x", [True, "5", 0, None, 2**30]):
            self.assertEqual(self._readers(ticket, odd), {})
        self.assertEqual(self._readers(ticket, [], [None]), {"other": ["None"]})
