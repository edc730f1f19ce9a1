from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import ContractCase


@tagged("post_install", "-at_install")
class TestPartner(ContractCase):
    def test_contracts_are_counted_for_the_firm(self):
        self.make_active()
        self.make_contract(partner_id=self.client.id)
        self.make_contract(partner_id=self.supplier.id, party="supplier")
        partners = (self.client + self.contact + self.supplier).with_user(self.finance)
        self.assertEqual(partners.mapped("ntr_contract_count"), [2, 2, 1])

    def test_count_is_of_what_one_may_read(self):
        self.make_active()
        self.make_contract()
        client = self.client.with_user(self.engineer)
        self.assertEqual(client.ntr_contract_count, 1)

    def test_count_takes_one_statement(self):
        self.make_active()
        partners = (self.client + self.contact + self.supplier).with_user(self.finance)
        partners.mapped("commercial_partner_id.name")
        partners.mapped("ntr_contract_count")
        partners.invalidate_recordset(["ntr_contract_count"])
        with self.assertQueryCount(1):
            partners.mapped("ntr_contract_count")

    def test_button_opens_the_contracts_of_the_firm(self):
        contract = self.make_active()
        self.make_active(partner_id=self.supplier.id)
        action = self.contact.with_user(self.finance).action_view_ntr_contracts()
        found = self.env[action["res_model"]].search(action["domain"])
        self.assertEqual(found, contract.with_env(self.env))
        self.assertEqual(action["context"]["default_partner_id"], self.contact.id)

    def test_button_is_for_those_who_read_contracts(self):
        view = self.env.ref("base.view_partner_form")
        for user, sees in (
            (self.finance, True),
            (self.engineer, True),
            (self.author, False),
        ):
            arch = self.env["res.partner"].with_user(user).get_view(view.id)["arch"]
            self.assertEqual("action_view_ntr_contracts" in arch, sees, user.login)
        with self.assertRaises(AccessError):
            self.client.with_user(self.author).read(["ntr_contract_count"])
