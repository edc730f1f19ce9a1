from unittest.mock import patch

from psycopg2 import IntegrityError

from odoo.exceptions import UserError
from odoo.tests import Form, freeze_time, tagged
from odoo.tools import mute_logger

from .common import ContractCase


@tagged("post_install", "-at_install")
class TestContract(ContractCase):
    def test_new_contract_has_number_and_firm(self):
        first, second = self.make_contract(), self.make_contract()
        self.assertTrue(first.number.startswith("SC-"))
        self.assertNotEqual(first.number, second.number)
        self.assertEqual(first.state, "draft")
        self.assertEqual(first.party, "client")
        self.assertEqual(first.commercial_partner_id, self.client)
        self.assertEqual(first.user_id, self.finance)
        self.assertEqual(first.display_name, f"[{first.number}] Maintenance")

    def test_form_makes_a_contract(self):
        with Form(self.env["ntr.contract"].with_user(self.finance)) as form:
            form.name = "Spare parts"
            form.party = "supplier"
            form.partner_id = self.supplier
        contract = form.record
        self.assertEqual(contract.commercial_partner_id, self.supplier)
        self.assertTrue(contract.date_start)
        self.assertFalse(contract.date_end)

    def test_contact_who_changes_employer_leaves_the_contract(self):
        contract = self.make_contract()
        self.contact.parent_id = self.supplier
        self.assertEqual(contract.commercial_partner_id, self.client)

    def test_found_by_number_and_name(self):
        contract = self.make_contract(name="Label printers of the warehouse")
        found = self.env["ntr.contract"].name_search(contract.number)
        self.assertEqual([row[0] for row in found], contract.ids)
        found = self.env["ntr.contract"].name_search("printers of the ware")
        self.assertEqual([row[0] for row in found], contract.ids)

    def test_copy_is_a_new_draft(self):
        contract = self.make_active(date_end="2099-12-31")
        copy = contract.copy()
        self.assertEqual(copy.state, "draft")
        self.assertNotEqual(copy.number, contract.number)
        self.assertEqual(copy.name, "Maintenance (copy)")
        self.assertFalse(copy.date_end)

    # ------------------------------------------------------------
    # Doors
    # ------------------------------------------------------------

    def test_create_refuses_what_is_derived(self):
        for values in (
            {"state": "active"},
            {"number": "SC-1"},
            {"commercial_partner_id": self.supplier.id},
        ):
            with self.assertRaises(UserError):
                self.make_contract(**values)

    def test_context_opens_no_door(self):
        contract = (
            self.env["ntr.contract"]
            .with_user(self.finance)
            .with_context(default_state="active", default_number="SC-1")
            .create({"name": "Maintenance", "partner_id": self.contact.id})
        )
        self.assertEqual(contract.state, "draft")
        self.assertNotEqual(contract.number, "SC-1")

    def test_write_refuses_what_is_derived(self):
        contract = self.make_contract()
        for values in (
            {"state": "active"},
            {"number": "SC-1"},
            {"commercial_partner_id": self.supplier.id},
        ):
            with self.assertRaises(UserError):
                contract.write(values)
        self.assertEqual(contract.state, "draft")

    def test_sides_are_fixed_once_in_force(self):
        contract = self.make_contract()
        contract.write({"partner_id": self.supplier.id, "party": "supplier"})
        contract.activate()
        contract.write({"partner_id": self.supplier.id, "name": "Renamed"})
        self.assertEqual(contract.name, "Renamed")
        for values in ({"partner_id": self.client.id}, {"party": "client"}):
            with self.assertRaisesRegex(UserError, contract.number):
                contract.write(values)

    def test_only_drafts_are_deleted(self):
        contract = self.make_active().with_user(self.admin)
        with self.assertRaisesRegex(UserError, contract.number):
            contract.unlink()
        draft = self.make_contract().with_user(self.admin)
        draft.unlink()
        self.assertFalse(draft.exists())

    # ------------------------------------------------------------
    # Constraints
    # ------------------------------------------------------------

    def test_end_before_start_is_refused(self):
        self.make_contract(date_start="2026-02-01", date_end="2026-02-01")
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(IntegrityError),
            self.cr.savepoint(),
        ):
            self.make_contract(date_start="2026-02-01", date_end="2026-01-31")

    def test_partner_of_another_company_is_refused(self):
        other = self.env["res.company"].create({"name": "Other"})
        foreign = self.env["res.partner"].create(
            {"name": "Foreign", "company_id": other.id}
        )
        with self.assertRaises(UserError):
            self.make_contract(partner_id=foreign.id)

    # ------------------------------------------------------------
    # Verbs
    # ------------------------------------------------------------

    def test_life_of_a_contract(self):
        contract = self.make_contract()
        self.assertTrue(contract.activate())
        self.assertEqual(contract.state, "active")
        self.assertTrue(contract.suspend("Invoice <b>7</b> is unpaid"))
        self.assertEqual(contract.state, "suspended")
        self.assertIn(
            "Invoice &lt;b&gt;7&lt;/b&gt; is unpaid", contract.message_ids[0].body
        )
        self.assertEqual(
            contract.message_ids[0].subtype_id, self.env.ref("mail.mt_note")
        )
        contract.activate()
        self.assertEqual(contract.state, "active")
        self.assertTrue(contract.cancel("The client closed his shops"))
        self.assertEqual(contract.state, "cancelled")
        self.assertIn("closed his shops", contract.message_ids[0].body)

    def test_verbs_take_many(self):
        contracts = self.make_contract() + self.make_contract()
        contracts.activate()
        self.assertEqual(set(contracts.mapped("state")), {"active"})

    def test_change_of_state_is_tracked(self):
        contract = self.make_contract()
        self.flush_tracking()
        contract.activate()
        self.flush_tracking()
        tracked = contract.sudo().message_ids.tracking_value_ids
        self.assertEqual(tracked.mapped("new_value_char"), ["Active"])

    def flush_tracking(self):
        self.env.flush_all()
        self.cr.flush()

    def test_verbs_refuse_a_wrong_state(self):
        draft, active = self.make_contract(), self.make_active()
        cancelled = self.make_contract()
        cancelled.cancel("Typing error")
        for verb, arguments, contract in (
            ("suspend", ["why"], draft),
            ("activate", [], active),
            ("activate", [], cancelled),
            ("suspend", ["why"], cancelled),
            ("cancel", ["why"], cancelled),
        ):
            with self.subTest(verb=verb, state=contract.state):
                before = contract.state
                with self.assertRaisesRegex(UserError, contract.number):
                    getattr(contract, verb)(*arguments)
                self.assertEqual(contract.state, before)

    def test_verbs_want_a_reason(self):
        contract = self.make_active()
        for reason in (None, "", "  \n"):
            with self.assertRaisesRegex(UserError, "Say why"):
                contract.suspend(reason)
            with self.assertRaisesRegex(UserError, "Say why"):
                contract.cancel(reason)
        self.assertEqual(contract.state, "active")

    @freeze_time("2026-03-10 12:00:00")
    def test_contract_that_is_over_is_not_activated(self):
        contract = self.make_contract(date_end="2026-03-09")
        with self.assertRaisesRegex(UserError, "later end"):
            contract.activate()
        contract.date_end = "2026-03-10"
        contract.activate()
        self.assertEqual(contract.state, "active")

    def test_wizard_calls_the_verb(self):
        contract = self.make_active()
        wizard = self.env["ntr.contract.reason.wizard"].with_user(self.finance)
        for verb, state in (("suspend", "suspended"), ("cancel", "cancelled")):
            form = Form(wizard.with_context(active_ids=contract.ids, default_verb=verb))
            form.reason = "Unpaid"
            form.save().action_apply()
            self.assertEqual(contract.state, state)

    # ------------------------------------------------------------
    # Scheduled
    # ------------------------------------------------------------

    def run_cron(self):
        self.env.flush_all()
        with self.enter_registry_test_mode():
            self.env.ref(
                "helpdesk_sla.ir_cron_expire_contracts"
            ).method_direct_trigger()
        self.env.invalidate_all()

    def test_expires_after_the_last_day(self):
        with freeze_time("2026-03-01 12:00:00"):
            ended = self.make_active(date_end="2026-03-09")
            last_day = self.make_active(date_end="2026-03-10")
            open_end = self.make_active()
            suspended = self.make_active(date_end="2026-03-09")
            suspended.suspend("Unpaid")
            draft = self.make_contract(date_end="2026-03-09")
        with freeze_time("2026-03-10 12:00:00"):
            self.run_cron()
        self.assertEqual(ended.state, "expired")
        self.assertEqual(last_day.state, "active")
        self.assertEqual(open_end.state, "active")
        self.assertEqual(suspended.state, "suspended")
        self.assertEqual(draft.state, "draft")

    def test_day_ends_where_the_company_is(self):
        with freeze_time("2026-03-01 12:00:00"):
            contract = self.make_active(date_end="2026-03-09")
        with freeze_time("2026-03-09 20:59:00"):  # 23:59 in Moscow
            self.run_cron()
        self.assertEqual(contract.state, "active")
        with freeze_time("2026-03-09 21:01:00"):
            self.run_cron()
        self.assertEqual(contract.state, "expired")

    def test_expired_contract_is_activated_with_a_later_end(self):
        with freeze_time("2026-03-01 12:00:00"):
            contract = self.make_active(date_end="2026-03-09")
        with freeze_time("2026-03-10 12:00:00"):
            self.run_cron()
            with self.assertRaisesRegex(UserError, "later end"):
                contract.activate()
            contract.date_end = "2027-03-09"
            contract.activate()
            self.assertEqual(contract.state, "active")
            self.run_cron()
        self.assertEqual(contract.state, "active")

    def test_expiry_goes_in_batches(self):
        with freeze_time("2026-03-01 12:00:00"):
            contracts = self.env["ntr.contract"].union(
                *(self.make_active(date_end="2026-03-09") for __ in range(3))
            )
        steps = []

        def commit_progress(cron, processed=0, *, remaining=None, deactivate=False):
            steps.append((processed, remaining))
            return 0 if len(steps) == 3 else 60

        cron_class = self.env.registry["ir.cron"]
        with (
            freeze_time("2026-03-10 12:00:00"),
            patch.object(cron_class, "_commit_progress", commit_progress),
        ):
            contracts.env["ntr.contract"].sudo()._cron_expire()
        # announced, then one at a time, until the time is up
        self.assertEqual(steps[1:], [(1, None), (1, None)])
        self.assertEqual(
            sorted(contracts.mapped("state")), ["active", "expired", "expired"]
        )

    def test_expiry_leaves_a_locked_contract_alone(self):
        with freeze_time("2026-03-01 12:00:00"):
            contract = self.make_active(date_end="2026-03-09")
        model_class = self.env.registry["ntr.contract"]
        with (
            freeze_time("2026-03-10 12:00:00"),
            patch.object(
                model_class, "try_lock_for_update", lambda self: self.browse()
            ),
            mute_logger("odoo.addons.base.models.ir_cron"),
        ):
            self.run_cron()
        self.assertEqual(contract.state, "active")
