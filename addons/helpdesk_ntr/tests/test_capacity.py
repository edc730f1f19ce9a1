from datetime import date

from freezegun import freeze_time
from psycopg2 import IntegrityError

from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import HelpdeskCase

# A Thursday and the Mondays around it
TODAY = "2026-03-05 09:00:00"
LAST, THIS, NEXT = date(2026, 2, 23), date(2026, 3, 2), date(2026, 3, 9)


@tagged("post_install", "-at_install")
class TestCapacity(HelpdeskCase):
    def _plan(self, hours, day, user=None):
        ticket = self._ticket(user_id=(user or self.engineer).id)
        ticket.with_user(self.engineer).write(
            {"planned_hours": hours, "planned_start": day}
        )
        return ticket

    def _row(self, week, user=None, reader=None):
        """(available, planned, free) of a person in a week."""
        self.env.flush_all()
        self.env["ntr.capacity.report"].invalidate_model()
        row = (
            self.env["ntr.capacity.report"]
            .with_user(reader or self.coordinator)
            .search([("user_id", "=", (user or self.engineer).id), ("week", "=", week)])
        )
        return row.available_hours, row.planned_hours, row.free_hours

    @freeze_time(TODAY)
    def test_hours_of_the_team(self):
        self.assertEqual(self._row(THIS), (40, 0, 40))

    @freeze_time(TODAY)
    def test_planned_in_its_week(self):
        self._plan(6, "2026-03-11")
        self._plan(10.5, "2026-03-13")
        self._plan(7, "2026-03-11", self.engineer2)
        self.assertEqual(self._row(NEXT), (40, 16.5, 23.5))
        self.assertEqual(self._row(THIS), (40, 0, 40))

    @freeze_time(TODAY)
    def test_too_much(self):
        self._plan(50, "2026-03-11")
        self.assertEqual(self._row(NEXT), (40, 50, -10))

    @freeze_time(TODAY)
    def test_what_was_not_done_is_to_be_done_now(self):
        self._plan(6, "2026-02-25")
        self.assertEqual(self._row(LAST)[1], 0)
        self.assertEqual(self._row(THIS)[1], 6)

    @freeze_time(TODAY)
    def test_done_and_cancelled(self):
        done = self._plan(6, "2026-03-04")
        ahead = self._plan(5, "2026-03-11")
        for ticket in done | ahead:
            ticket.with_user(self.engineer).solve("Done", self.cause.id)
        self._plan(7, "2026-03-04").with_user(self.dispatcher).cancel("double")
        self.assertEqual(self._row(THIS)[1], 6)
        self.assertEqual(self._row(NEXT)[1], 0)

    @freeze_time(TODAY)
    def test_holidays_and_leaves(self):
        resource = self.env["resource.resource"].create(
            {
                "name": "Engineer",
                "user_id": self.engineer.id,
                "calendar_id": self.calendar.id,
                "tz": "Europe/Moscow",
            }
        )
        self.env["resource.calendar.leaves"].create(
            [
                {
                    "name": "International Women's Day, moved",
                    "calendar_id": self.calendar.id,
                    "date_from": "2026-03-08 21:00:00",
                    "date_to": "2026-03-09 20:59:59",
                },
                {
                    "name": "Leave",
                    "calendar_id": self.calendar.id,
                    "resource_id": resource.id,
                    "date_from": "2026-03-09 21:00:00",
                    "date_to": "2026-03-11 20:59:59",
                },
            ]
        )
        self.assertEqual(self._row(NEXT)[0], 16)
        self.assertEqual(self._row(NEXT, self.engineer2)[0], 32)
        self.assertEqual(self._row(THIS)[0], 40)

    @freeze_time(TODAY)
    def test_rows_keep_their_ids(self):
        reports = self.env["ntr.capacity.report"].with_user(self.coordinator)
        rows = reports.search([("user_id", "=", self.engineer.id)])
        self.assertEqual(len(rows), 17)
        with freeze_time("2026-03-12 09:00:00"):
            later = reports.search([("user_id", "=", self.engineer.id)])
        self.assertEqual(rows.ids[1:], later.ids[:-1])

    @freeze_time(TODAY)
    def test_rights(self):
        self.assertTrue(self._row(THIS, reader=self.director)[0])
        for user in (self.dispatcher, self.engineer, self.external, self.finance):
            with self.assertRaises(AccessError):
                self._row(THIS, reader=user)
        with self.assertRaises(AccessError):
            self.env["ntr.capacity.report"].with_user(self.coordinator).create({})

    @freeze_time(TODAY)
    def test_people_of_another_company(self):
        branch = self.env["res.company"].create({"name": "Branch"})
        self.engineer2.write({"company_ids": [(4, branch.id)], "company_id": branch.id})
        self.assertFalse(self._row(THIS, self.engineer2)[0])
        self.assertTrue(self._row(THIS)[0])

    @freeze_time(TODAY)
    def test_no_lines_no_rows(self):
        self.env["ntr.support.line"].search([]).member_ids = False
        self.assertFalse(self.env["ntr.capacity.report"].search([]))

    @freeze_time(TODAY)
    def test_groups(self):
        self._plan(6, "2026-03-11")
        groups = (
            self.env["ntr.capacity.report"]
            .with_user(self.coordinator)
            ._read_group(
                [("user_id", "in", (self.engineer | self.engineer2).ids)],
                ["week:week"],
                ["available_hours:sum", "planned_hours:sum", "free_hours:sum"],
            )
        )
        self.assertEqual(len(groups), 17)
        self.assertIn((80, 6, 74), [tuple(group[1:]) for group in groups])

    def test_plans_are_in_the_ledger(self):
        ticket = self._plan(6, "2026-03-11")
        event = self._last_event(ticket)
        self.assertEqual(
            event.changes,
            {"planned_hours": [0, 6], "planned_start": [False, "2026-03-11"]},
        )
        self.assertIn("2026-03-11", event.description)

    def test_hours_are_not_negative(self):
        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"):
            self._plan(-1, "2026-03-11")
            self.env.flush_all()
