from odoo.tests import Form, new_test_user, tagged

from .common import HelpdeskCase


@tagged("post_install", "-at_install")
class TestEquipment(HelpdeskCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.product = cls.env["product.product"].create({"name": "ZT-230"})
        cls.model = cls.env["ntr.equipment.model"].create(
            {"name": "ZT230", "product_id": cls.product.id}
        )
        cls.unit = (
            cls.env["ntr.equipment"]
            .with_user(cls.dispatcher)
            .create(
                {
                    "name": "Label printer",
                    "model_id": cls.model.id,
                    "serial": "SN-4711",
                    "partner_id": cls.client.id,
                }
            )
        )

    def test_unit_is_complete(self):
        self.assertRegex(self.unit.number, r"^U-\d{6}$")
        self.assertEqual(self.unit.product_id, self.product)
        self.assertEqual(self.unit.commercial_partner_id, self.firm)
        self.assertEqual(self.unit.display_name, "Label printer (SN-4711)")

    def test_found_by_serial(self):
        found = self.env["ntr.equipment"].name_search("4711")
        self.assertIn(self.unit.id, [row[0] for row in found])

    def test_ticket_takes_the_product_of_the_unit(self):
        with Form(self.env["ntr.ticket"].with_user(self.dispatcher)) as form:
            form.name = "Jam"
            form.partner_id = self.client
            form.team_id = self.team
            form.equipment_id = self.unit
        ticket = form.record
        self.assertEqual(ticket.product_id, self.product)
        self.assertEqual(self.unit.ticket_count, 1)

    def test_partner_counters_in_one_statement(self):
        self._ticket(equipment_id=self.unit.id)
        partners = self.firm | self.client | self.other_firm
        partners = partners.with_user(self.engineer)
        self.assertEqual(partners.mapped("ntr_ticket_count"), [1, 1, 0])
        self.assertEqual(partners.mapped("ntr_equipment_count"), [1, 1, 0])

    def test_clients_see_their_own_units(self):
        user = new_test_user(self.env, "portal1", groups="base.group_portal")
        user.partner_id.parent_id = self.firm
        units = self.env["ntr.equipment"].with_user(user)
        self.assertIn(self.unit, units.search([]))
        user.partner_id.parent_id = self.other_firm
        self.env.registry.clear_cache()
        self.assertNotIn(self.unit, units.search([]))
