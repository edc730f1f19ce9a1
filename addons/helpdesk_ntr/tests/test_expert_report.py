from psycopg2 import IntegrityError

from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import HelpdeskCase


@tagged("post_install", "-at_install")
class TestExpertReport(HelpdeskCase):
    """What experts solved, how long they worked, what it comes to (S15, S64)."""

    def _rate(self, user, amount, basis="ticket", date_from="2026-01-01", **values):
        return self.env["ntr.expert.rate"].create(
            {
                "user_id": user.id,
                "amount": amount,
                "basis": basis,
                "date_from": date_from,
                **values,
            }
        )

    def _rows(self, user=None, reader=None):
        """(month, solved, hours, comes to) of a person."""
        self.env.flush_all()
        rows = (
            self.env["ntr.expert.report"]
            .with_user(reader or self.finance)
            .search([("user_id", "=", (user or self.engineer).id)], order="id")
        )
        rows.invalidate_recordset()
        return [
            (str(row.month)[:7], row.solved_count, round(row.work_hours, 2), row.cost)
            for row in rows
        ]

    def _taken(self, at, user=None):
        with self._at(at):
            ticket = self._ticket(kind_id=self.incident.id)
            ticket.with_user(user or self.engineer).take()
        return ticket

    def _solve(self, ticket, at, user=None):
        with self._at(at):
            ticket.with_user(user or self.engineer).solve("Done", self.cause.id)

    # --- what counts

    def test_by_ticket_and_by_hour(self):
        self._rate(self.engineer, 500)
        self._rate(self.engineer2, 100, "hour")
        for user in (self.engineer, self.engineer2):
            ticket = self._taken("2026-03-02 06:00", user)
            self._solve(ticket, "2026-03-02 09:30", user)
        self.assertEqual(self._rows(), [("2026-03", 1, 3.5, 500)])
        self.assertEqual(self._rows(self.engineer2), [("2026-03", 1, 3.5, 350)])

    def test_without_a_rate_it_is_counted_and_costs_nothing(self):
        self._solve(self._taken("2026-03-02 06:00"), "2026-03-02 07:00")
        self.assertEqual(self._rows(), [("2026-03", 1, 1, 0)])

    def test_waiting_and_what_comes_after_solving_is_no_work(self):
        ticket = self._taken("2026-03-02 06:00")
        with self._at("2026-03-02 07:00"):
            ticket.with_user(self.engineer).wait_for("client", "Model?")
        with self._at("2026-03-03 07:00"):
            ticket.with_user(self.engineer).resume()
        self._solve(ticket, "2026-03-03 09:00")
        with self._at("2026-03-05 09:00"):
            ticket.with_user(self.dispatcher).confirm()
        self.assertEqual(self._rows(), [("2026-03", 1, 3, 0)])

    def test_hours_of_each_who_had_it(self):
        ticket = self._taken("2026-03-02 06:00")
        with self._at("2026-03-02 08:00"):
            ticket.with_user(self.dispatcher).assign(self.engineer2.id)
        self._solve(ticket, "2026-03-02 13:00", self.engineer2)
        self.assertEqual(self._rows(), [("2026-03", 0, 2, 0)])
        self.assertEqual(self._rows(self.engineer2), [("2026-03", 1, 5, 0)])

    def test_rejected_solution_is_not_paid_and_the_next_one_is(self):
        self._rate(self.engineer, 500)
        self._rate(self.engineer2, 700)
        ticket = self._taken("2026-03-02 06:00")
        self._solve(ticket, "2026-03-02 07:00")
        with self._at("2026-03-02 08:00"):
            ticket.with_user(self.engineer).reject_solution("Still stripes")
        self.assertEqual(self._rows()[0][1::2], (0, 0))
        with self._at("2026-03-02 08:00"):
            ticket.with_user(self.dispatcher).assign(self.engineer2.id)
        self._solve(ticket, "2026-04-01 09:00", self.engineer2)
        with self._at("2026-04-02 09:00"):
            ticket.with_user(self.dispatcher).confirm()
        self.assertEqual(self._rows()[0][1::2], (0, 0))
        solved = {row[0]: row[1::2] for row in self._rows(self.engineer2)}
        self.assertEqual(solved, {"2026-03": (0, 0), "2026-04": (1, 700)})

    def test_silent_client_is_no_solution(self):
        ticket = self._taken("2026-03-02 06:00")
        with self._at("2026-03-02 07:00"):
            root = ticket.with_user(self.env.ref("base.user_root")).sudo()
            root._solve_silent()
        self.assertEqual([row[1] for row in self._rows()], [0])

    def test_rate_of_the_day(self):
        self._rate(self.engineer, 500)
        self._rate(self.engineer, 800, date_from="2026-03-16")
        for day in ("02", "03", "16"):
            ticket = self._taken(f"2026-03-{day} 06:00")
            self._solve(ticket, f"2026-03-{day} 07:00")
        self.assertEqual(
            self._rows(), [("2026-03", 2, 2, 1000), ("2026-03", 1, 1, 800)]
        )

    def test_month_is_that_of_the_company(self):
        self.company.resource_calendar_id.tz = "Europe/Moscow"
        ticket = self._taken("2026-03-31 20:30")
        self._solve(ticket, "2026-03-31 21:30")
        self.assertEqual(self._rows()[-1][:2], ("2026-04", 1))

    def test_history_counts_too(self):
        self._rate(self.engineer, 500, date_from="2020-01-01")
        self.env["ntr.ticket"].with_user(self.admin).import_history(
            [
                {
                    "name": "Old",
                    "created_at": "2020-01-06 07:00:00",
                    "assigned_at": "2020-01-06 08:00:00",
                    "solved_at": "2020-01-06 10:00:00",
                    "closed_at": "2020-02-07 10:00:00",
                    "state": "closed",
                    "team_id": self.team.id,
                    "user_id": self.engineer.id,
                    "cause_id": self.cause.id,
                    "solution": "Done",
                }
            ]
        )
        self.assertEqual(self._rows(), [("2020-01", 1, 2, 500)])

    def test_groups(self):
        self._rate(self.engineer, 500)
        for day in ("02", "03"):
            ticket = self._taken(f"2026-03-{day} 06:00")
            self._solve(ticket, f"2026-03-{day} 07:00")
        self.env.flush_all()
        [group] = (
            self.env["ntr.expert.report"]
            .with_user(self.director)
            ._read_group(
                [("user_id", "=", self.engineer.id)],
                ["user_id", "month:month"],
                ["solved_count:sum", "work_hours:sum", "cost:sum"],
            )
        )
        self.assertEqual(group[2:], (2, 2, 1000))

    # --- rights

    def test_only_finance_and_directors(self):
        rate = self._rate(self.engineer, 500)
        for user in (self.finance, self.director):
            self.assertEqual(rate.with_user(user).amount, 500)
            rate.with_user(user).amount = 500
            self._rows(reader=user)
            with self.assertRaises(AccessError):
                self.env["ntr.expert.report"].with_user(user).create({})
        for user in (self.coordinator, self.dispatcher, self.engineer, self.external):
            with self.assertRaises(AccessError):
                rate.with_user(user).read(["amount"])
            with self.assertRaises(AccessError):
                rate.with_user(user).amount = 900
            with self.assertRaises(AccessError):
                self._rows(reader=user)

    def test_other_company(self):
        branch = self.env["res.company"].create({"name": "Branch"})
        rate = self._rate(self.engineer, 500, company_id=branch.id)
        self._solve(self._taken("2026-03-02 06:00"), "2026-03-02 07:00")
        self.assertEqual(self._rows(), [("2026-03", 1, 1, 0)])
        rates = self.env["ntr.expert.rate"].with_user(self.finance)
        self.assertNotIn(rate, rates.search([]))
        self.env["ntr.ticket"].search([("user_id", "=", self.engineer.id)])[
            :1
        ]._write_values({"company_id": branch.id, "team_id": False, "line_id": False})
        self.assertFalse(self._rows())
        self.finance.company_ids = [(4, branch.id)]
        as_both = self.env["ntr.expert.report"].with_user(self.finance)
        as_both = as_both.with_context(allowed_company_ids=[branch.id])
        rows = as_both.search([("user_id", "=", self.engineer.id)])
        self.assertEqual((rows.cost, rows.currency_id), (500, branch.currency_id))

    def test_wrong_rates(self):
        self._rate(self.engineer, 500)
        for values in ({"amount": -1, "date_from": "2026-02-01"}, {"amount": 1}):
            with (
                self.assertRaises(IntegrityError),
                mute_logger("odoo.sql_db"),
                self.env.cr.savepoint(),
            ):
                self._rate(self.engineer, **values)

    # --- suggestions

    def test_between_equals_the_cheaper_one_is_suggested_first(self):
        ticket = self._ticket()
        self.line2.member_ids = self.engineer | self.engineer2

        def get_first():
            names = [it["name"] for it in ticket.suggest_assignees()]
            return next(name for name in names if name.startswith("Engineer"))

        self.assertEqual(get_first(), "Engineer")
        rate = self._rate(self.engineer, 500)
        self.assertEqual(get_first(), "Engineer Two")
        other = self._rate(self.engineer2, 400, "hour")
        self.assertEqual(get_first(), "Engineer Two")
        ticket.planned_hours = 2
        self.assertEqual(get_first(), "Engineer")
        rate.date_from = "2999-01-01"
        other.amount = 0
        self.assertEqual(get_first(), "Engineer")

    def test_pay_is_told_to_those_who_may_know_it(self):
        self._rate(self.engineer, 500)
        ticket = self._ticket()

        def get_words(reader):
            suggestions = ticket.with_user(reader).suggest_assignees()
            return " ".join(reason for it in suggestions for reason in it["reasons"])

        self.assertRegex(get_words(self.director), "Is paid .*500.* per solved ticket")
        for reader in (self.dispatcher, self.coordinator):
            self.assertNotIn("paid", get_words(reader))

    def test_pay_is_not_in_the_ledger(self):
        self._rate(self.engineer, 500)
        self.team.assignment_mode = "automatic"
        self.line2.member_ids = self.engineer
        ticket = self._ticket(line_id=self.line2.id)
        ticket.with_user(self.env.ref("base.user_root")).sudo()._assign_best()
        self.assertEqual(ticket.user_id, self.engineer)
        self.assertTrue(self._last_event(ticket).reason)
        self.assertNotIn("paid", self._last_event(ticket).reason)
