from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import Form, new_test_user, tagged

from ..models import ntr_ticket_glance
from .common import HelpdeskCase


@tagged("post_install", "-at_install")
class TestGlance(HelpdeskCase):
    """What is known of the client stands beside what he asks (S239)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.accountant = new_test_user(
            cls.env,
            "accountant@desk.example",
            groups="helpdesk_ntr.group_engineer,account.group_account_readonly",
            lang="en_US",
        )
        cls.line2.member_ids = [(4, cls.accountant.id)]

    def _glance(self, ticket, user=None):
        self.env.flush_all()
        ticket = ticket.with_user(user or self.engineer)
        ticket.invalidate_recordset(["client_glance"])
        return ticket.client_glance

    def _figures(self, ticket, user=None):
        """{name of the figure: what it shows}"""
        figures = self._glance(ticket, user)["figures"]
        return {figure["name"]: figure["value"] for figure in figures}

    def _open_figure(self, ticket, name, user=None):
        """The ids behind a figure, as the list shows them."""
        user = user or self.engineer
        [figure] = [
            it for it in self._glance(ticket, user)["figures"] if it["name"] == name
        ]
        action = self.env.ref(figure["action"])
        records = self.env[action.res_model].with_user(user)
        return records.search(figure["domain"]).ids

    def _rows(self, ticket, user=None):
        """Ids of the last solved tickets."""
        return [
            row["id"]
            for it in self._glance(ticket, user)["lists"]
            for row in it["rows"]
        ]

    # ------------------------------------------------------------
    # Tickets
    # ------------------------------------------------------------

    def test_open_tickets_of_the_firm(self):
        ticket = self._ticket()
        self.assertEqual(self._figures(ticket)["open"], "0")
        mine = self._ticket()
        colleagues = self._ticket(partner_id=self.colleague.id)
        self._ticket(partner_id=self.outsider.id)
        self._solved()
        self._ticket().with_user(self.dispatcher).cancel("Advertising", "spam")
        self.assertEqual(self._figures(ticket)["open"], "2")
        self.assertEqual(self._open_figure(ticket, "open"), [colleagues.id, mine.id])

    def test_many_are_not_counted_to_the_end(self):
        self.patch(ntr_ticket_glance, "MOST_COUNTED", 2)
        ticket = self._ticket()
        for __ in range(2):
            self._ticket()
        self.assertEqual(self._figures(ticket)["open"], "2")
        for __ in range(2):
            self._ticket()
        self.assertEqual(self._figures(ticket)["open"], "2+")

    def test_last_solved(self):
        solved = [self._solved(name=f"Stripes {number}") for number in range(7)]
        self._ticket(partner_id=self.outsider.id)
        for days, it in enumerate(solved):
            it._write_values(
                {"solved_at": fields.Datetime.now() - timedelta(days=days)}
            )
        solved[1].with_user(self.coordinator).close()
        solved[2].with_user(self.engineer).reject_solution("Stripes again")
        ticket = self._ticket()
        [shown] = self._glance(ticket)["lists"]
        self.assertEqual(
            [row["id"] for row in shown["rows"]],
            [solved[number].id for number in (0, 1, 3, 4, 5)],
        )
        self.assertEqual(shown["model"], "ntr.ticket")
        self.assertEqual(shown["rows"][0]["label"], solved[0].number)
        self.assertEqual(shown["rows"][0]["text"], "Stripes 0")
        # the solved ticket itself is no news on its own form
        self.assertNotIn(solved[0].id, self._rows(solved[0]))

    def test_merged_is_in_no_figure(self):
        master, merged, ticket = self._ticket(), self._ticket(), self._ticket()
        self.assertEqual(self._figures(ticket)["open"], "2")
        merged.with_user(self.dispatcher).merge_into(master.id)
        self.assertEqual(self._figures(ticket)["open"], "1")
        was_solved = self._solved()
        self.assertEqual(self._rows(ticket), [was_solved.id])
        was_solved.with_user(self.coordinator).merge_into(master.id)
        self.assertEqual(self._rows(ticket), [])

    def test_client_who_changed_employer(self):
        ticket = self._ticket()
        self._ticket(partner_id=self.colleague.id)
        self.client.parent_id = self.other_firm
        self.assertEqual(self._figures(ticket)["open"], "1")

    # ------------------------------------------------------------
    # Only what the reader may see
    # ------------------------------------------------------------

    def test_confidential_is_not_counted(self):
        ticket = self._ticket()
        secret = self._ticket(is_confidential=True)
        solved = self._solved()
        solved.with_user(self.coordinator).is_confidential = True
        solved._write_values({"user_id": False, "confidant_ids": [(5,)]})
        self.assertEqual(self._figures(ticket, self.engineer2)["open"], "0")
        self.assertEqual(self._rows(ticket, self.engineer2), [])
        self.assertEqual(self._figures(ticket, self.director)["open"], "1")
        self.assertEqual(self._open_figure(ticket, "open", self.director), [secret.id])
        self.assertEqual(self._rows(ticket, self.director), [solved.id])

    def test_outside_engineer_counts_his_own(self):
        ticket = self._ticket(user_id=self.external.id)
        self._ticket()
        self.assertEqual(self._figures(ticket, self.external)["open"], "0")
        self._ticket(user_id=self.external.id)
        self.assertEqual(self._figures(ticket, self.external)["open"], "1")

    def test_units_of_the_reader(self):
        mine, other, __ = self.env["ntr.equipment"].create(
            [
                {"name": "Press", "partner_id": self.firm.id},
                {"name": "Saw", "partner_id": self.colleague.id},
                {"name": "Lathe", "partner_id": self.other_firm.id},
            ]
        )
        ticket = self._ticket(user_id=self.external.id, equipment_id=mine.id)
        self.assertEqual(self._figures(ticket)["units"], "2")
        self.assertEqual(set(self._open_figure(ticket, "units")), {mine.id, other.id})
        self.assertEqual(self._figures(ticket, self.external)["units"], "1")
        solved = self._solved()
        self.assertNotIn("units", self._figures(solved, self.author))

    def test_nobody_else_reads_it(self):
        ticket = self._ticket()
        self._ticket()
        with self.assertRaises(AccessError):
            self._glance(ticket, self.stranger)
        portal = new_test_user(
            self.env, "portal@romashka.example", groups="base.group_portal"
        )
        portal.partner_id.parent_id = self.firm
        own = self._ticket(partner_id=portal.partner_id.id)
        with self.assertRaises(AccessError):
            self._glance(own, portal)
        # rights lent for something else do not lend this view
        self.assertFalse(ticket.with_user(self.stranger).sudo().client_glance)
        employee = new_test_user(self.env, "employee@desk.example")
        self.assertFalse(ticket.with_user(employee).sudo().client_glance)

    def test_other_company_is_not_counted(self):
        company = self.env["res.company"].create({"name": "Second firm"})
        team = self.env["ntr.team"].create(
            {"name": "Second desk", "company_id": company.id}
        )
        self.director.company_ids = [(4, company.id)]
        ticket = self._ticket()
        self.env["ntr.ticket"].create(
            {
                "name": "Elsewhere",
                "partner_id": self.client.id,
                "company_id": company.id,
                "team_id": team.id,
            }
        )
        one = ticket.with_context(allowed_company_ids=self.company.ids)
        self.assertEqual(self._figures(one, self.director)["open"], "0")
        both = ticket.with_context(allowed_company_ids=[self.company.id, company.id])
        self.assertEqual(self._figures(both, self.director)["open"], "1")

    # ------------------------------------------------------------
    # Invoices
    # ------------------------------------------------------------

    def _invoice(self, partner, days, amount=100, **values):
        """A posted invoice that is due in so many days."""
        today = fields.Date.context_today(self.env["res.partner"])
        move = self.env["account.move"].create(
            {"move_type": "out_invoice", "partner_id": partner.id}
        )
        self.env.flush_all()
        values = {
            "state": "posted",
            "payment_state": "not_paid",
            "invoice_date_due": today + timedelta(days=days),
            "amount_residual_signed": amount,
            **values,
        }
        assignments = ", ".join(f"{name} = %s" for name in values)
        self.env.cr.execute(
            f"UPDATE account_move SET {assignments} WHERE id = %s",
            (*values.values(), move.id),
        )
        self.env.invalidate_all()
        return move

    def test_overdue_invoices(self):
        late = self._invoice(self.client, -10, 100)
        partly = self._invoice(self.firm, -1, 20, payment_state="partial")
        self._invoice(self.client, 0)
        self._invoice(self.client, -10, payment_state="paid")
        self._invoice(self.client, -10, payment_state="in_payment")
        self._invoice(self.client, -10, state="draft")
        self._invoice(self.outsider, -10)
        refund = self._invoice(self.client, -10)
        self.env.cr.execute(
            "UPDATE account_move SET move_type = 'out_refund' WHERE id = %s",
            (refund.id,),
        )
        ticket = self._ticket()
        figures = self._glance(ticket, self.accountant)["figures"]
        [overdue] = [it for it in figures if it["name"] == "overdue"]
        self.assertEqual(overdue["value"], "2")
        self.assertIn("120.00", overdue["detail"])
        self.assertEqual(overdue["level"], "danger")
        self.assertEqual(
            set(self._open_figure(ticket, "overdue", self.accountant)),
            {late.id, partly.id},
        )

    def test_none_overdue_is_quiet(self):
        figures = self._glance(self._ticket(), self.accountant)["figures"]
        [overdue] = [it for it in figures if it["name"] == "overdue"]
        self.assertEqual(overdue["level"], "muted")
        self.assertFalse(overdue["detail"])

    def test_invoices_only_with_the_right(self):
        self._invoice(self.client, -10)
        ticket = self._ticket()
        for user in (self.engineer, self.coordinator, self.director, self.finance):
            self.assertNotIn("overdue", self._figures(ticket, user))

    # ------------------------------------------------------------
    # Who he is
    # ------------------------------------------------------------

    def test_people_and_place(self):
        self.env["res.lang"]._activate_lang("ru_RU")
        self.client.write(
            {
                "function": "Chief accountant",
                "phone": "+7 900 000-00-01",
                "tz": "Asia/Vladivostok",
                "lang": "ru_RU",
            }
        )
        ticket = self._ticket()
        glance = self._glance(ticket)
        self.assertEqual(
            [(it["id"], it["name"]) for it in glance["people"]],
            [(self.client.id, "Ivan Petrov"), (self.firm.id, "Romashka")],
        )
        self.assertEqual(glance["people"][0]["phone"], "+7 900 000-00-01")
        self.assertEqual(glance["tz"], "Asia/Vladivostok")
        self.assertEqual(glance["language"], "Russian")
        in_russian = ticket.with_context(lang="ru_RU")
        self.assertEqual(self._glance(in_russian)["language"], "русский")

    def test_unknown_place_is_not_guessed(self):
        self.client.write({"tz": False, "lang": False})
        self.firm.tz = "Asia/Vladivostok"
        glance = self._glance(self._ticket())
        self.assertFalse(glance["tz"])
        self.assertFalse(glance["language"])

    def test_notes_of_the_cards(self):
        self.client.comment = "<p>Calls <b>at lunch</b></p>"
        self.firm.comment = "<p>%s</p>" % ("long " * 100)
        notes = self._glance(self._ticket())["notes"]
        self.assertEqual(notes[0]["partner_id"], self.client.id)
        self.assertEqual(notes[0]["text"], "Calls *at lunch*")
        self.assertEqual(notes[1]["partner_id"], self.firm.id)
        self.assertEqual(len(notes[1]["text"]), 200)
        self.colleague.comment = "<p><br></p>"
        ticket = self._ticket(partner_id=self.colleague.id)
        self.assertEqual(
            [it["partner_id"] for it in self._glance(ticket)["notes"]], [self.firm.id]
        )

    def test_card_that_the_reader_may_not_see(self):
        ticket = self._ticket()
        self.client.write({"comment": "Secret", "phone": "+7 900 000-00-01"})
        self.env["ir.rule"].create(
            {
                "name": "Firms only",
                "model_id": self.env.ref("base.model_res_partner").id,
                "domain_force": "[('is_company', '=', True)]",
                "groups": [(4, self.env.ref("helpdesk_ntr.group_engineer").id)],
            }
        )
        glance = self._glance(ticket)
        self.assertEqual([it["id"] for it in glance["people"]], [self.firm.id])
        self.assertEqual(glance["notes"], [])

    # ------------------------------------------------------------
    # On the form
    # ------------------------------------------------------------

    def test_before_saving(self):
        first = self._ticket()
        self._ticket(partner_id=self.outsider.id)
        self._ticket(partner_id=self.outsider.id)
        self.env.flush_all()
        tickets = self.env["ntr.ticket"].with_user(self.dispatcher)
        with Form(tickets) as form:
            form.team_id = self.team
            form.name = "It stands still"
            self.assertFalse(form.client_glance)
            form.partner_id = self.client
            [figure, *__] = form.client_glance["figures"]
            self.assertEqual((figure["name"], figure["value"]), ("open", "1"))
            self.assertEqual(tickets.search(figure["domain"]), first)
            form.partner_id = self.outsider
            self.assertEqual(form.client_glance["figures"][0]["value"], "2")
            form.partner_id = self.env["res.partner"]
            self.assertFalse(form.client_glance)
            form.partner_id = self.client
        self.assertEqual(self._figures(form.record, self.dispatcher)["open"], "1")

    def test_unknown_sender(self):
        ticket = self._receive(self._mail(From="petr@nowhere.example"))
        self.assertIs(self._glance(ticket, self.dispatcher), False)

    def test_other_addons_add_to_it(self):
        def get_figures(ticket, client):
            figures = original(ticket, client)
            return [
                *figures,
                ticket._make_glance_figure("contracts", "Contracts", 3, domain=[]),
            ]

        model = type(self.env["ntr.ticket"])
        original = model._get_glance_figures
        self.patch(model, "_get_glance_figures", get_figures)
        self.assertEqual(self._figures(self._ticket())["contracts"], "3")

    # ------------------------------------------------------------
    # What it costs
    # ------------------------------------------------------------

    def _explain(self, query):
        self.env.cr.execute("SET LOCAL enable_seqscan = off")
        self.env.cr.execute("EXPLAIN " + query)
        return "\n".join(line for (line,) in self.env.cr.fetchall())

    def test_indexes_serve_it(self):
        client = self.firm.id
        plan = self._explain(
            "SELECT id FROM ntr_ticket WHERE active IS TRUE"
            f" AND commercial_partner_id = {client} AND state IN ('solved', 'closed')"
            " AND solved_at IS NOT NULL ORDER BY solved_at DESC, id DESC LIMIT 5"
        )
        self.assertIn("client_solved_idx", plan)
        self.assertNotIn("Sort", plan)
        plan = self._explain(
            "SELECT id FROM account_move WHERE commercial_partner_id"
            f" = {client} AND move_type IN ('out_invoice', 'out_receipt')"
            " AND state = 'posted' AND payment_state IN ('not_paid', 'partial')"
            " AND invoice_date_due < '2026-01-01'"
        )
        self.assertIn("ntr_overdue_idx", plan)
