from odoo.tests import tagged

from .common import ContractCase


@tagged("post_install", "-at_install")
class TestStart(ContractCase):
    """The samples of the first steps have a contract."""

    def _wizard(self, **values):
        wizards = self.env["ntr.start.wizard"].with_user(self.admin)
        return wizards.with_company(self.ours).create(
            {"is_company_lang": False, **values}
        )

    def setUp(self):
        super().setUp()
        self.ours = self.env["res.company"].create({"name": "Our new firm"})
        self.admin.write(
            {"company_id": self.ours.id, "company_ids": [(6, 0, self.ours.ids)]}
        )
        self._wizard(with_samples=True).action_apply()

    def _get_contracts(self):
        return self.env["ntr.contract"].search([("company_id", "=", self.ours.id)])

    def test_sample_contract(self):
        contract = self._get_contracts()
        self.assertEqual(contract.state, "active")
        self.assertEqual(contract.party, "client")
        tickets = self.env["ntr.ticket"].search([("company_id", "=", self.ours.id)])
        self.assertEqual(
            contract.commercial_partner_id, tickets.partner_id.commercial_partner_id
        )

    def test_removed_although_it_was_in_force(self):
        client = self._get_contracts().partner_id
        wizard = self._wizard()
        wizard.action_remove_samples()
        self.assertIn("are removed", wizard.removal)
        self.assertFalse(self._get_contracts())
        self.assertFalse(client.exists())

    def test_contract_of_the_firm_keeps_the_client(self):
        client = self._get_contracts().partner_id
        own = self.make_contract(
            self.env.user, partner_id=client.id, company_id=self.ours.id
        )
        wizard = self._wizard()
        wizard.action_remove_samples()
        self.assertIn(own.number, wizard.removal)
        self.assertEqual(self._get_contracts(), own)
        self.assertTrue(client.exists())
