from datetime import timedelta

from odoo import fields
from odoo.tests import Form, tagged

from .common import HelpdeskCase


@tagged("post_install", "-at_install")
class TestDuplicates(HelpdeskCase):
    """The same request by two channels is noticed at registration (S175)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.unit = cls.env["ntr.equipment"].create(
            {"name": "Labelling machine", "partner_id": cls.firm.id}
        )

    def _found(self, ticket, user=None):
        self.env.flush_all()
        found = ticket.with_user(user or self.dispatcher).find_duplicates()
        return {row["id"]: row for row in found}

    def test_similar_words_of_one_client(self):
        first = self._ticket(name="The printer prints white stripes")
        self._ticket(name="Wrong invoice for June")
        again = self._ticket(
            name="White stripes, the printer again", partner_id=self.colleague.id
        )
        found = self._found(again)
        self.assertEqual(list(found), [])
        again.partner_id = self.client
        found = self._found(again)
        self.assertEqual(list(found), [first.id])
        self.assertEqual(found[first.id]["number"], first.number)
        self.assertIn("Similar words", found[first.id]["reasons"])

    def test_the_same_unit(self):
        first = self._ticket(name="Stands still", equipment_id=self.unit.id)
        again = self._ticket(
            name="Nothing moves any more",
            equipment_id=self.unit.id,
            partner_id=self.colleague.id,
        )
        self.assertEqual(list(self._found(again)), [first.id])

    def test_the_person_alone_says_nothing(self):
        self._ticket(name="Wrong invoice for June")
        self.assertFalse(self._found(self._ticket(name="Belt squeaks")))

    def test_other_channel_and_unknown_sender(self):
        first = self._receive(
            self._mail(From="petr@nowhere.example", Subject="Stripes on the paper")
        )
        again = self._receive(
            self._mail(
                From="petr@nowhere.example",
                Subject="Stripes on the paper again",
                Message_ID="<2@nowhere.example>",
            )
        )
        self.assertEqual(list(self._found(again)), [first.id])

    def test_one_address_however_it_is_written(self):
        first = self._receive(
            self._mail(From="Petr <PETR@nowhere.example>", Subject="Stripes on paper")
        )
        again = self._receive(
            self._mail(
                From="petr@nowhere.example",
                Subject="Stripes on paper again",
                Message_ID="<2@nowhere.example>",
            )
        )
        other = self._receive(
            self._mail(
                From="xpetr@nowhere.example",
                Subject="Stripes on paper too",
                Message_ID="<3@nowhere.example>",
            )
        )
        self.assertEqual(list(self._found(again)), [first.id])
        self.assertFalse(self._found(other))
        again.with_user(self.dispatcher).merge_into(first.id)

    def test_who_is_known_by_now(self):
        first = self._receive(
            self._mail(From="petr@nowhere.example", Subject="Stripes on the paper")
        )
        petr = self.env["res.partner"].create(
            {"name": "Petr", "email": "Petr@nowhere.example"}
        )
        again = self._ticket(name="Stripes on paper again", partner_id=petr.id)
        first.partner_id = False
        self.assertEqual(list(self._found(again)), [first.id])

    def test_other_client(self):
        self._ticket(name="White stripes", partner_id=self.outsider.id)
        self.assertFalse(self._found(self._ticket(name="White stripes")))

    def test_ended_and_old_are_left_out(self):
        first, second = self._ticket(), self._ticket()
        self.assertTrue(self._found(second))
        first.with_user(self.dispatcher).cancel("Advertising", "spam")
        self.assertFalse(self._found(second))
        third = self._ticket()
        self.assertTrue(self._found(third))
        self.env.cr.execute(
            "UPDATE ntr_ticket SET create_date = %s WHERE id = %s",
            (fields.Datetime.now() - timedelta(days=31), second.id),
        )
        self.env.invalidate_all()
        self.assertFalse(self._found(third))
        self.team.duplicate_days = 0
        self.assertFalse(self._found(self._ticket()))

    def test_nobody_is_shown_what_he_may_not_see(self):
        self._ticket(is_confidential=True, name="White stripes")
        again = self._ticket(name="White stripes")
        again.with_user(self.engineer).take()
        self.assertFalse(self._found(again, self.engineer))
        with self.assertRefused("."):
            self._found(again, self.stranger)

    def test_at_registration(self):
        first = self._ticket(name="White stripes on labels")
        self.env.flush_all()
        with Form(self.env["ntr.ticket"].with_user(self.dispatcher)) as form:
            form.team_id = self.team
            form.name = "Labels have white stripes"
            self.assertFalse(form.duplicate_ids[:])
            form.partner_id = self.client
            self.assertEqual(form.duplicate_ids[:], first)

    def test_one_statement_however_many(self):
        for number in range(30):
            self._ticket(name=f"White stripes {number}")
        ticket = self._ticket(name="White stripes").with_user(self.dispatcher)
        self.env.flush_all()
        ticket._find_duplicates()
        self.env.invalidate_all()
        ticket.mapped("name")
        ticket.partner_id.commercial_partner_id.mapped("name")
        ticket.sudo().team_id.mapped("duplicate_days")
        with self.assertQueryCount(2):
            ticket._find_duplicates()

    # ------------------------------------------------------------
    # The dialog
    # ------------------------------------------------------------

    def test_dialog_of_one(self):
        first = self._ticket(name="White stripes")
        again = self._ticket(name="White stripes!")
        self.env.flush_all()
        wizard = Form(
            self.env["ntr.ticket.merge.wizard"]
            .with_user(self.dispatcher)
            .with_context(active_ids=again.ids)
        )
        self.assertEqual(wizard.master_id, first)
        self.assertFalse(wizard.refusal)
        wizard.save().action_merge()
        self.assertEqual(again.merged_into_id, first)

    def test_dialog_of_several(self):
        tickets = self._ticket() | self._ticket() | self._ticket()
        wizard = Form(
            self.env["ntr.ticket.merge.wizard"]
            .with_user(self.dispatcher)
            .with_context(active_ids=tickets.ids)
        )
        self.assertEqual(wizard.master_id, tickets.sorted("id")[0])
        wizard.master_id = tickets[1]
        wizard.save().action_merge()
        self.assertEqual(tickets[1].merged_ids, tickets[0] | tickets[2])

    def test_dialog_says_why_not(self):
        tickets = self._ticket() | self._ticket(partner_id=self.outsider.id)
        wizard = Form(
            self.env["ntr.ticket.merge.wizard"]
            .with_user(self.dispatcher)
            .with_context(active_ids=tickets.ids)
        )
        self.assertIn("different clients", wizard.refusal)
