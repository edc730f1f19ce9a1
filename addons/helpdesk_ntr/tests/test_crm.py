from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import Form, new_test_user, tagged, warmup

from .common import HelpdeskCase


@tagged("post_install", "-at_install")
class TestOpportunity(HelpdeskCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.seller = new_test_user(
            cls.env,
            "seller@desk.example",
            groups="helpdesk_ntr.group_engineer,sales_team.group_sale_salesman",
            lang="en_US",
            name="Seller",
        )
        cls.line2.member_ids = [Command.link(cls.seller.id)]

    def _lead_of(self, ticket, user=None):
        action = ticket.with_user(user or self.seller).action_make_opportunity()
        self.assertEqual(action["res_model"], "crm.lead")
        return self.env["crm.lead"].browse(action["res_id"])

    def test_opportunity_takes_over_what_is_known(self):
        ticket = self._ticket(description="<p>A second printer?</p>")
        lead = self._lead_of(ticket)
        self.assertEqual(lead.type, "opportunity")
        self.assertEqual(lead.name, ticket.name)
        self.assertEqual(lead.partner_id, self.client)
        self.assertIn("second printer", lead.description)
        self.assertEqual(lead.user_id, self.seller)
        self.assertEqual(ticket.lead_id, lead)

    def test_unknown_sender(self):
        ticket = self._ticket(partner_id=False, email_from="new@nowhere.example")
        lead = self._lead_of(ticket)
        self.assertEqual(lead.email_from, "new@nowhere.example")

    def test_second_click_opens_the_same(self):
        ticket = self._ticket()
        self.assertEqual(self._lead_of(ticket), self._lead_of(ticket))

    def test_default_of_the_screen_is_no_sales_team(self):
        ticket = self._ticket().with_context(default_team_id=self.team.id)
        lead = self._lead_of(ticket)
        self.assertEqual(lead.team_id._name, "crm.team")
        self.assertIn(self.seller, lead.team_id.member_ids | self.seller)
        self.assertFalse(lead.team_id and lead.team_id.id == self.team.id)

    def test_both_sides_and_the_ledger_say_so(self):
        ticket = self._ticket()
        before = self._types(ticket)
        lead = self._lead_of(ticket)
        self.assertEqual(self._types(ticket), before + ["classified"])
        event = ticket.event_ids.sorted("id")[-1]
        self.assertEqual(event.changes, {"lead_id": [False, lead.id]})
        self.assertIn(lead.name, event.description)
        self.assertIn(f'data-oe-id="{lead.id}"', ticket.message_ids[0].body)
        self.assertEqual(ticket.message_ids[0].ntr_audience, "staff")
        self.assertIn(f'data-oe-id="{ticket.id}"', lead.message_ids[0].body)

    def test_without_crm_rights(self):
        ticket = self._ticket()
        with self.assertRefused("Opportunities are made by those who work in CRM"):
            ticket.with_user(self.engineer).action_make_opportunity()
        self.assertFalse(ticket.lead_id)

    def test_without_help_desk_rights(self):
        user = new_test_user(
            self.env, "onlycrm@x.example", groups="sales_team.group_sale_salesman"
        )
        with self.assertRaises(AccessError):
            self._ticket().with_user(user).action_make_opportunity()

    def test_portal_may_not(self):
        user = new_test_user(self.env, "portal@x.example", groups="base.group_portal")
        ticket = self._ticket(partner_id=user.partner_id.id)
        with self.assertRaises(AccessError):
            ticket.with_user(user).action_make_opportunity()

    def test_opportunity_of_somebody_else(self):
        ticket = self._ticket()
        lead = self._lead_of(ticket)
        other = new_test_user(
            self.env,
            "other@desk.example",
            groups="helpdesk_ntr.group_engineer,sales_team.group_sale_salesman",
            lang="en_US",
        )
        self.line2.member_ids = [Command.link(other.id)]
        with self.assertRefused("Seller has it"):
            ticket.with_user(other).action_make_opportunity()
        self.assertEqual(ticket.lead_id, lead)

    def test_no_link_to_what_one_may_not_read(self):
        lead = self.env["crm.lead"].create(
            {"name": "Secret", "user_id": self.seller.id, "type": "opportunity"}
        )
        ticket = self._ticket()
        with self.assertRaises(AccessError):
            ticket.with_user(self.engineer).write({"lead_id": lead.id})
        with self.assertRaises(AccessError):
            self._ticket(lead_id=lead.id)

    def test_ticket_with_opportunity_changes_hands(self):
        """Passing on does not need the right to read the opportunity."""
        ticket = self._ticket()
        self._lead_of(ticket)
        team = self.env["ntr.team"].create(
            {
                "name": "Second desk",
                "line_ids": [
                    Command.create({"level": "1", "name": "One", "member_ids": []})
                ],
            }
        )
        team.line_ids.member_ids = self.engineer
        ticket.with_user(self.engineer).pass_on(team.line_ids.id, "theirs")
        self.assertEqual(ticket.team_id, team)

    def test_opportunity_of_another_company(self):
        company = self.env["res.company"].create({"name": "Branch"})
        lead = self.env["crm.lead"].create(
            {"name": "x", "company_id": company.id, "user_id": False}
        )
        with self.assertRefused("belongs to company Branch"):
            self._ticket().write({"lead_id": lead.id})

    def test_ticket_of_an_opportunity(self):
        lead = self.env["crm.lead"].create(
            {
                "name": "Wants a scanner repaired",
                "partner_id": self.client.id,
                "description": "<p>since Monday</p>",
                "user_id": self.seller.id,
                "type": "opportunity",
            }
        )
        action = lead.with_user(self.seller).action_new_ntr_ticket()
        tickets = self.env["ntr.ticket"].with_user(self.seller)
        with Form(tickets.with_context(**action["context"])) as form:
            form.team_id = self.team
        ticket = form.record
        self.assertEqual(ticket.lead_id, lead)
        self.assertEqual(ticket.name, lead.name)
        self.assertEqual(ticket.partner_id, self.client)
        self.assertIn("since Monday", ticket.description)
        lead.invalidate_recordset()
        self.assertEqual(lead.with_user(self.seller).ntr_ticket_count, 1)
        self.assertEqual(lead.with_user(self.seller).ntr_ticket_ids, ticket)
        self.assertIn(f'data-oe-id="{ticket.id}"', lead.message_ids[0].body)
        created = ticket.sudo().event_ids.filtered(lambda it: it.type == "created")
        self.assertEqual(created.changes["lead_id"], [False, lead.id])

    def test_merged_opportunities_keep_their_tickets(self):
        tickets = self._ticket() | self._ticket()
        leads = self._lead_of(tickets[0]) | self._lead_of(tickets[1])
        merged = leads.merge_opportunity()
        self.assertEqual(tickets.lead_id, merged)


@tagged("post_install", "-at_install")
class TestCards(HelpdeskCase):
    """Counters on cards of other applications."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.products = cls.env["product.product"].create(
            [{"name": f"Printer {number}"} for number in range(80)]
        )
        cls.firms = cls.env["res.partner"].create(
            [{"name": f"Firm {number}", "is_company": True} for number in range(80)]
        )
        cls.env["ntr.ticket"].create(
            [
                {
                    "name": "x",
                    "team_id": cls.team.id,
                    "partner_id": firm.id,
                    "product_id": product.id,
                }
                for firm, product in zip(cls.firms, cls.products, strict=True)
            ]
        )
        cls.env["ntr.equipment"].create(
            [
                {"name": "Unit", "partner_id": firm.id, "product_id": product.id}
                for firm, product in zip(cls.firms, cls.products, strict=True)
            ]
        )

    def _count(self, records, counter):
        """The counter of records, and the statements that it took."""
        records = records.with_user(self.engineer)
        # rules and rights are cached from the first time on
        records.mapped(counter)
        records.invalidate_recordset([counter])
        with self.assertQueryCount(1):
            counts = records.mapped(counter)
        return counts

    @warmup
    def test_one_statement_for_eighty_cards(self):
        for records, counter in (
            (self.firms, "ntr_ticket_count"),
            (self.firms, "ntr_equipment_count"),
            (self.products, "ntr_ticket_count"),
            (self.products, "ntr_equipment_count"),
            (self.products.product_tmpl_id, "ntr_ticket_count"),
            (self.products.product_tmpl_id, "ntr_equipment_count"),
        ):
            with self.subTest(model=records._name, counter=counter):
                self.assertEqual(self._count(records, counter), [1] * 80)

    @warmup
    def test_one_statement_for_leads_and_invoices(self):
        leads = self.env["crm.lead"].create(
            [{"name": f"Lead {number}"} for number in range(80)]
        )
        moves = self.env["account.move"].create(
            [
                {"move_type": "out_invoice", "partner_id": self.client.id}
                for __ in range(80)
            ]
        )
        tickets = self._ticket() | self._ticket()
        tickets.write({"lead_id": leads[0].id})
        tickets.write({"invoice_ids": [Command.set(moves[:3].ids)]})
        self.engineer.group_ids = [
            Command.link(self.env.ref("account.group_account_readonly").id),
            Command.link(self.env.ref("sales_team.group_sale_salesman_all_leads").id),
        ]
        self.assertEqual(self._count(leads, "ntr_ticket_count"), [2] + [0] * 79)
        self.assertEqual(self._count(moves, "ntr_ticket_count"), [2, 2, 2] + [0] * 77)

    def test_contact_shows_what_his_firm_has(self):
        self._ticket()
        counts = (self.client | self.firm | self.colleague).with_user(self.engineer)
        self.assertEqual(counts.mapped("ntr_ticket_count"), [1, 1, 1])

    def test_counted_is_what_the_button_opens(self):
        for card in (self.firms[0], self.products[0], self.products[0].product_tmpl_id):
            for name in ("tickets", "equipment"):
                action = getattr(
                    card.with_user(self.engineer), f"action_view_ntr_{name}"
                )()
                found = (
                    self.env[action["res_model"]]
                    .with_user(self.engineer)
                    .search(action["domain"])
                )
                self.assertEqual(len(found), 1, (card, name))

    def test_counts_only_what_the_reader_may_see(self):
        firm = self.firms[0].with_user(self.stranger)
        self.assertEqual(firm.ntr_ticket_count, 0)
        self.assertEqual(firm.with_user(self.engineer).ntr_ticket_count, 1)

    def test_nobody_else_reads_or_breaks(self):
        """Cards open for colleagues and clients who have no right to the help desk."""
        user = new_test_user(
            self.env,
            "accountant@x.example",
            groups="account.group_account_manager,sales_team.group_sale_manager,"
            "product.group_product_manager",
        )
        move = self.env["account.move"].create(
            {"move_type": "out_invoice", "partner_id": self.client.id}
        )
        self._ticket().invoice_ids = move
        for card in (
            self.firms[0],
            self.products[0],
            self.products[0].product_tmpl_id,
            move,
            self.env["crm.lead"].create({"name": "x"}),
        ):
            as_user = card.with_user(user)
            form = Form(as_user)
            self.assertNotIn("ntr_ticket_count", form._view["fields"])
            self.assertNotIn("ntr_ticket_count", as_user.fields_get())
            with self.assertRaises(AccessError):
                as_user.read(["ntr_ticket_count"])

    def test_new_card_counts_nothing(self):
        self.admin.group_ids = [Command.link(self.ref("base.group_partner_manager"))]
        with Form(self.env["res.partner"].with_user(self.admin)) as form:
            form.name = "New one"
        self.assertFalse(form.record.ntr_ticket_count)


@tagged("post_install", "-at_install")
class TestInvoices(HelpdeskCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.accountant = new_test_user(
            cls.env,
            "accountant@desk.example",
            groups="helpdesk_ntr.group_dispatcher,account.group_account_readonly",
            lang="en_US",
        )
        cls.line1.member_ids = [Command.link(cls.accountant.id)]
        cls.invoice = cls._invoice(cls.client)

    @classmethod
    def _invoice(cls, partner, move_type="out_invoice", **values):
        return cls.env["account.move"].create(
            {"move_type": move_type, "partner_id": partner.id, **values}
        )

    def test_invoice_of_the_client(self):
        ticket = self._ticket()
        refund = self._invoice(self.colleague, "out_refund")
        ticket.with_user(self.accountant).write(
            {"invoice_ids": [Command.set((self.invoice | refund).ids)]}
        )
        self.assertEqual(ticket.invoice_ids, self.invoice | refund)
        action = self.invoice.with_user(self.accountant).action_view_ntr_tickets()
        found = self.env["ntr.ticket"].with_user(self.accountant)
        self.assertEqual(found.search(action["domain"]), ticket)

    def test_invoice_of_another_client(self):
        ticket = self._ticket()
        wrong = self._invoice(self.outsider)
        with self.assertRefused("another client"):
            ticket.with_user(self.accountant).write(
                {"invoice_ids": [Command.link(wrong.id)]}
            )
        with self.assertRefused("another client"):
            self.env["ntr.ticket"].with_user(self.accountant).create(
                {
                    "name": "x",
                    "team_id": self.team.id,
                    "partner_id": self.client.id,
                    "invoice_ids": [Command.link(wrong.id)],
                }
            )

    def test_client_changes_under_the_invoice(self):
        ticket = self._ticket()
        ticket.invoice_ids = self.invoice
        ticket.partner_id = self.colleague
        with self.assertRefused("another client"):
            ticket.partner_id = self.outsider

    def test_vendor_bill(self):
        bill = self._invoice(self.client, "in_invoice")
        with self.assertRefused("no invoice to a client"):
            self._ticket().write({"invoice_ids": [Command.link(bill.id)]})

    def test_invoice_of_another_company(self):
        company = self.env["res.company"].create({"name": "Branch"})
        journal = self.env["account.journal"].create(
            {
                "name": "Branch sales",
                "type": "sale",
                "code": "BRS",
                "company_id": company.id,
            }
        )
        wrong = self._invoice(self.client, journal_id=journal.id, company_id=company.id)
        with self.assertRefused("another company"):
            self._ticket().write({"invoice_ids": [Command.link(wrong.id)]})

    def test_without_right_to_invoices(self):
        ticket = self._ticket()
        ticket.invoice_ids = self.invoice
        for user in (self.engineer, self.dispatcher, self.director, self.finance):
            as_user = ticket.with_user(user)
            self.assertNotIn("invoice_ids", Form(as_user)._view["fields"])
            with self.assertRaises(AccessError):
                as_user.read(["invoice_ids"])
        self.assertNotIn("invoice_ids", ticket.with_user(self.engineer).read()[0])
        with self.assertRaises(AccessError):
            ticket.with_user(self.engineer).write({"invoice_ids": [Command.clear()]})
        # the work on such a ticket goes on
        ticket.with_user(self.engineer).take()
        ticket.with_user(self.engineer).write({"name": "Other words"})
        self.assertEqual(ticket.invoice_ids, self.invoice)


@tagged("post_install", "-at_install")
class TestPrice(HelpdeskCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("ru_RU")
        cls.seller = new_test_user(
            cls.env,
            "seller@desk.example",
            groups="helpdesk_ntr.group_engineer,sales_team.group_sale_salesman",
            lang="en_US",
        )
        cls.line2.member_ids = [Command.link(cls.seller.id)]
        cls.tax, cls.included = cls.env["account.tax"].create(
            [
                {
                    "name": f"20% {name}",
                    "amount": 20,
                    "price_include_override": name,
                    "country_id": cls.company.account_fiscal_country_id.id
                    or cls.env.ref("base.ru").id,
                    "tax_group_id": cls.env["account.tax.group"]
                    .create(
                        {
                            "name": name,
                            "country_id": cls.company.account_fiscal_country_id.id
                            or cls.env.ref("base.ru").id,
                        }
                    )
                    .id,
                }
                for name in ("tax_excluded", "tax_included")
            ]
        )
        cls.product = cls.env["product.product"].create(
            {"name": "Roller", "lst_price": 1200, "taxes_id": False}
        )
        cls.ruble = cls.env.ref("base.RUB")
        cls.ruble.active = True

    def _price(self, user=None, **context):
        ticket = self._ticket(product_id=self.product.id)
        ticket = ticket.with_user(user or self.seller).with_context(**context)
        return (ticket.product_price_text or "").replace("\N{NO-BREAK SPACE}", " ")

    def test_list_price(self):
        self.assertRegex(self._price(), "1,200.00.*, no taxes")

    def test_taxes(self):
        self.product.taxes_id = self.tax
        self.assertRegex(self._price(), "1,200.00.* without taxes, .*1,440.00")
        self.product.taxes_id = self.included
        self.assertRegex(self._price(), "1,200.00.*, taxes included")

    def test_price_list_of_the_client(self):
        self.env.user.group_ids = [
            Command.link(self.env.ref("product.group_product_pricelist").id)
        ]
        self.env.ref("base.group_user").implied_ids = [
            Command.link(self.env.ref("product.group_product_pricelist").id)
        ]
        pricelist = self.env["product.pricelist"].create(
            {
                "name": "Ten off",
                "currency_id": self.company.currency_id.id,
                "item_ids": [
                    Command.create(
                        {
                            "compute_price": "percentage",
                            "percent_price": 10,
                            "applied_on": "3_global",
                        }
                    )
                ],
            }
        )
        self.firm.property_product_pricelist = pricelist
        self.assertRegex(self._price(), "1,080.00")

    def test_language_of_the_reader(self):
        self.assertRegex(self._price(lang="ru_RU"), "1.?200,00")

    def test_only_for_those_who_may_see_prices(self):
        ticket = self._ticket(product_id=self.product.id)
        for user in (self.engineer, self.dispatcher, self.coordinator):
            tickets = self.env["ntr.ticket"].with_user(user)
            with self.assertRaises(AccessError):
                tickets.browse(ticket.id).read(["product_price_text"])
            with self.assertRaises(AccessError):
                tickets.web_search_read([], {"product_price_text": {}}, limit=1)
            self.assertNotIn("product_price_text", tickets.fields_get())
            self.assertNotIn("product_price_text", tickets.browse(ticket.id).read()[0])
            form = Form(ticket.with_user(user))
            self.assertNotIn("product_price_text", form._view["fields"])
        for user in (self.finance, self.director):
            self.assertTrue(ticket.with_user(user).product_price_text)
        self.assertTrue(Form(ticket.with_user(self.seller)).product_price_text)

    def test_right_to_prices_is_given_apart(self):
        ticket = self._ticket(product_id=self.product.id)
        self.engineer.group_ids = [
            Command.link(self.env.ref("helpdesk_ntr.group_prices").id)
        ]
        self.assertTrue(Form(ticket.with_user(self.engineer)).product_price_text)

    def test_no_product_no_price(self):
        self.assertFalse(self._ticket().with_user(self.seller).product_price_text)
