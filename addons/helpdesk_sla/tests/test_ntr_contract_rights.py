from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import ContractCase


@tagged("post_install", "-at_install")
class TestContractRights(ContractCase):
    def test_finance_and_coordinator_write(self):
        for user in (self.finance, self.coordinator, self.admin):
            with self.subTest(user=user.login):
                contract = self.make_contract(user=user)
                contract.name = "Changed"
                contract.activate()
                contract.suspend("Unpaid")
                contract.cancel("Closed")
                self.assertEqual(contract.state, "cancelled")
                self.assertTrue(contract.has_access("read"))

    def test_engineer_reads_what_is_in_force(self):
        draft, active = self.make_contract(), self.make_active()
        suspended = self.make_active()
        suspended.suspend("Unpaid")
        ours = draft + active + suspended
        for user in (self.engineer, self.dispatcher):
            with self.subTest(user=user.login):
                seen = (
                    self.env["ntr.contract"]
                    .with_user(user)
                    .search([("id", "in", ours.ids)])
                )
                self.assertEqual(seen.ids, active.ids)
                self.assertEqual(active.with_user(user).name, "Maintenance")
                with self.assertRaises(AccessError):
                    draft.with_user(user).read(["name"])

    def test_engineer_changes_nothing(self):
        active = self.make_active()
        for user in (self.engineer, self.dispatcher):
            with self.subTest(user=user.login):
                mine = active.with_user(user)
                with self.assertRaises(AccessError):
                    mine.write({"name": "Changed"})
                with self.assertRaises(AccessError):
                    mine.unlink()
                with self.assertRaises(AccessError):
                    self.make_contract(user=user)
                for verb, arguments in (
                    ("activate", []),
                    ("suspend", ["why"]),
                    ("cancel", ["why"]),
                ):
                    with self.assertRaisesRegex(AccessError, "Only finance"):
                        getattr(mine, verb)(*arguments)
        self.assertEqual(active.state, "active")

    def test_others_see_nothing(self):
        active = self.make_active()
        for user in (self.author, self.external, self.employee, self.portal):
            with self.subTest(user=user.login):
                with self.assertRaises(AccessError):
                    self.env["ntr.contract"].with_user(user).search([])
                with self.assertRaises(AccessError):
                    active.with_user(user).read(["name"])
                with self.assertRaises(AccessError):
                    active.with_user(user).cancel("why")
        self.assertEqual(active.state, "active")

    def test_portal_client_does_not_see_his_own(self):
        self.portal.partner_id.parent_id = self.client
        active = self.make_active()
        with self.assertRaises(AccessError):
            active.with_user(self.portal).read(["name"])

    def test_finance_does_not_delete(self):
        draft = self.make_contract()
        for user in (self.finance, self.coordinator):
            with self.assertRaises(AccessError):
                draft.with_user(user).unlink()

    def test_contracts_of_another_company_are_hidden(self):
        other = self.env["res.company"].create({"name": "Other"})
        contract = self.env["ntr.contract"].create(
            {
                "name": "Elsewhere",
                "partner_id": self.client.id,
                "company_id": other.id,
                "user_id": False,
            }
        )
        contract.activate()
        for user in (self.finance, self.coordinator, self.engineer, self.admin):
            with self.subTest(user=user.login):
                seen = (
                    self.env["ntr.contract"]
                    .with_user(user)
                    .search([("id", "=", contract.id)])
                )
                self.assertFalse(seen)
                with self.assertRaises(AccessError):
                    contract.with_user(user).read(["name"])
        with self.assertRaises(AccessError):
            contract.with_user(self.finance).cancel("why")

    def test_menu_is_for_finance_and_coordinator(self):
        menu = self.env.ref("helpdesk_sla.helpdesk_menu_contracts")
        for user, sees in (
            (self.finance, True),
            (self.coordinator, True),
            (self.engineer, False),
            (self.author, False),
        ):
            with self.subTest(user=user.login):
                visible = self.env["ir.ui.menu"].with_user(user)._visible_menu_ids()
                self.assertEqual(menu.id in visible, sees)
