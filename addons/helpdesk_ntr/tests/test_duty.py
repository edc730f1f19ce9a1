from datetime import datetime

from freezegun import freeze_time
from psycopg2 import IntegrityError

from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .test_assignment import NIGHT, NOON, AssignmentCase


@tagged("post_install", "-at_install")
class TestDuty(AssignmentCase):
    def _duty(self, user=None, author=None, **values):
        return (
            self.env["ntr.duty"]
            .with_user(author or self.coordinator)
            .create(
                {
                    "user_id": (user or self.engineer).id,
                    "team_id": self.team.id,
                    "role": "on_call",
                    "start": "2026-03-05 15:00:00",
                    "stop": "2026-03-06 05:00:00",
                    **values,
                }
            )
        )

    # ------------------------------------------------------------
    # Roster
    # ------------------------------------------------------------

    def test_the_same_duty_twice_is_refused(self):
        self._duty()
        with self.assertRefused("Engineer is on that duty already"):
            self._duty(start="2026-03-06 04:00:00", stop="2026-03-06 20:00:00")
        with self.assertRefused("on that duty already"):
            self.env["ntr.duty"].with_user(self.coordinator).create(
                [
                    {
                        "user_id": self.engineer2.id,
                        "team_id": self.team.id,
                        "start": start,
                        "stop": "2026-03-08 05:00:00",
                    }
                    for start in ("2026-03-06 05:00:00", "2026-03-07 05:00:00")
                ]
            )

    def test_what_may_be_at_a_time(self):
        self._duty()
        self._duty(self.engineer2)
        self._duty(role="dispatcher")
        self._duty(line_id=self.line2.id)
        self._duty(start="2026-03-06 05:00:00", stop="2026-03-06 20:00:00")

    def test_moving_into_another_is_refused(self):
        self._duty()
        later = self._duty(start="2026-03-07 05:00:00", stop="2026-03-08 05:00:00")
        with self.assertRefused("on that duty already"):
            later.start = "2026-03-06 01:00:00"

    def test_it_ends_after_it_began(self):
        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"):
            self._duty(stop="2026-03-05 15:00:00")

    def test_line_of_the_team(self):
        other = self.env["ntr.team"].create({"name": "Other desk"})
        line = self.env["ntr.support.line"].create(
            {"name": "x", "team_id": other.id, "level": "1"}
        )
        with self.assertRefused("does not belong to team"):
            self._duty(line_id=line.id)

    def test_rights(self):
        duty = self._duty()
        for user in (self.dispatcher, self.engineer, self.external):
            self.assertTrue(duty.with_user(user).display_name)
            with self.assertRaises(AccessError):
                duty.with_user(user).write({"role": "dispatcher"})
            with self.assertRaises(AccessError):
                duty.with_user(user).unlink()
            with self.assertRaises(AccessError):
                self._duty(author=user, start="2026-04-01", stop="2026-04-02")
        duty.with_user(self.coordinator).unlink()

    def test_other_company(self):
        branch = self.env["res.company"].create({"name": "Branch"})
        team = self.env["ntr.team"].create(
            {"name": "Branch desk", "company_id": branch.id}
        )
        duty = self._duty(author=self.env.user, team_id=team.id)
        self.env.flush_all()
        found = self.env["ntr.duty"].with_user(self.coordinator).search([])
        self.assertNotIn(duty, found)

    # ------------------------------------------------------------
    # What it is good for
    # ------------------------------------------------------------

    def test_on_call_is_at_work_at_night(self):
        ticket = self._ticket()
        with freeze_time(NIGHT):
            self.assertFalse(self._one(ticket, self.engineer)["is_working_now"])
            self._duty()
            one = self._one(ticket, self.engineer)
            self.assertTrue(one["is_working_now"])
            self.assertRegex(one["reasons"][2], r"Is on call until .*3/6/26.*8:00")
            self.assertFalse(self._one(ticket, self.engineer2)["is_working_now"])
            self.assertEqual(self._names(ticket)[0], "Engineer")

    def test_duty_tips_the_scales_by_day(self):
        ticket = self._ticket()
        with freeze_time(NOON):
            before = self._one(ticket, self.engineer2)["score"]
            self._duty(
                self.engineer2,
                role="dispatcher",
                start="2026-03-05 06:00:00",
                stop="2026-03-05 14:00:00",
            )
            one = self._one(ticket, self.engineer2)
            self.assertGreater(one["score"], before)
            self.assertRegex(one["reasons"][2], "Is on duty until")

    def test_over_or_of_another_team_is_nothing(self):
        ticket = self._ticket()
        other = self.env["ntr.team"].create({"name": "Other desk"})
        self._duty(team_id=other.id)
        self._duty(start="2026-03-04 15:00:00", stop=NIGHT)
        with freeze_time(NIGHT):
            self.assertFalse(self._one(ticket, self.engineer)["is_working_now"])

    def test_who_is_away_is_away_on_duty_too(self):
        self._duty()
        ticket = self._ticket()
        until = datetime(2026, 3, 9, 5)
        self.patch(
            type(ticket),
            "_get_absent_users",
            lambda *__: {self.engineer.id: until},
        )
        with freeze_time(NIGHT):
            one = self._one(ticket, self.engineer)
        self.assertFalse(one["is_working_now"])
        self.assertTrue(one["is_absent"])
        self.assertRegex(one["reasons"][2], r"Is away until .*3/9/26.*8:00")
