"""Working time against Odoo's own, and the calendar compiled from its records."""

from datetime import datetime, timedelta
from random import Random

from odoo import Command
from odoo.tests import TransactionCase, new_test_user, tagged

from ..tools.working_time import Calendar, NeverOpen

ZONES = (
    "America/St_Johns",
    "Asia/Kathmandu",
    "Australia/Lord_Howe",
    "Europe/Lisbon",
    "Europe/Moscow",
)
CHANGES = (datetime(2026, 3, 29), datetime(2026, 10, 25))  # of European clocks
HOUR = 3600
MONDAY = datetime(2026, 3, 2)
# Odoo ends a day at 23:59:59.999999, so it loses a microsecond at each midnight
# that is worked through; and its sums are floats of hours. We join the days.
MIDNIGHT_LOSS = timedelta(milliseconds=1)


@tagged("post_install", "-at_install")
class TestWorkingTime(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # Time Off reads a holiday in the zone of whoever enters it
        cls.env.user.tz = "UTC"
        cls.company = cls.env["res.company"].create({"name": "Ours"})
        cls.other_company = cls.env["res.company"].create({"name": "Theirs"})

    def _create_calendar(self, lines, **values):
        return self.env["resource.calendar"].create(
            {
                "name": "Test",
                "company_id": self.company.id,
                "tz": "UTC",
                "attendance_ids": [
                    Command.clear(),
                    *(
                        Command.create(
                            {
                                "name": "Work",
                                "dayofweek": str(weekday),
                                "hour_from": start,
                                "hour_to": stop,
                                "day_period": "morning",
                                **dict(zip(["week_type"], week, strict=False)),
                            }
                        )
                        for weekday, start, stop, *week in lines
                    ),
                ],
                **values,
            }
        )

    def _create_office(self, **values):
        return self._create_calendar(
            [(day, *pair) for day in range(5) for pair in ((9, 13), (14, 18))],
            **values,
        )

    def _create_holiday(self, start, stop, calendar=None, company=None, **values):
        leaves = self.env["resource.calendar.leaves"]
        holiday = leaves.with_company(company or self.company).create(
            {
                "name": "Holiday",
                "calendar_id": calendar.id if calendar else False,
                "date_from": start,
                "date_to": stop,
                **values,
            }
        )
        # The company is computed at the flush, from the environment's company.
        holiday.flush_recordset()
        return holiday.with_env(self.env)

    # ------------------------------------------------------------------
    # Equal to Odoo
    # ------------------------------------------------------------------

    def _create_random_calendar(self, rng):
        """One to three disjoint lines a day, one or two weeks, some holidays."""
        two_weeks = rng.random() < 0.3
        lines = []
        for week in ("0", "1") if two_weeks else (False,):
            for weekday in range(7):
                # Minutes, since Odoo rounds hours to them.
                cuts = sorted(rng.sample(range(0, 1441, 5), 2 * rng.randint(0, 3)))
                lines += [
                    (weekday, start / 60, stop / 60, week)
                    for start, stop in zip(cuts[::2], cuts[1::2], strict=True)
                ]
        if not lines:
            lines = [(0, 9, 18, "0" if two_weeks else False)]
        calendar = self._create_calendar(
            lines, tz=rng.choice(ZONES), two_weeks_calendar=two_weeks
        )
        # Each in a week of its own: hr_holidays refuses those that overlap.
        middle = rng.choice(CHANGES)
        for week in rng.sample(range(-2, 3), rng.randint(0, 3)):
            start = middle + timedelta(days=7 * week, minutes=rng.randint(0, 5000))
            stop = start + timedelta(minutes=rng.randint(1, 5000))
            self._create_holiday(start, stop, rng.choice([calendar, None]))
        return calendar

    def _random_moment(self, rng):
        """A whole minute within two weeks of a change of clock."""
        return rng.choice(CHANGES) + timedelta(
            minutes=rng.randint(-14 * 1440, 14 * 1440)
        )

    def test_equals_odoo(self):
        rng = Random("working time")
        for number in range(40):
            calendar = self._create_random_calendar(rng)
            compiled = calendar._ntr_compiled()
            domain = [
                ("time_type", "=", "leave"),
                ("company_id", "in", [False, self.company.id]),
            ]
            for _question in range(5):
                start = self._random_moment(rng)
                end = start + timedelta(minutes=rng.randint(0, 20 * 1440))
                hours = rng.randint(1, 60 * 60) / 60
                with self.subTest(
                    number=number, tz=calendar.tz, start=start, end=end, hours=hours
                ):
                    # Without the domain, the superuser's count would subtract
                    # the holidays of every company in the database.
                    self._check_count(calendar, compiled, start, end, domain)
                    self._check_plan(calendar, compiled, start, hours, domain)
                    self._check_plan(calendar, compiled, start, -hours, domain)
            calendar.env["resource.calendar.leaves"].search(
                [("company_id", "=", self.company.id)]
            ).unlink()

    def _check_count(self, calendar, compiled, start, end, domain):
        theirs = calendar.get_work_hours_count(start, end, domain=domain)
        self.assertAlmostEqual(compiled.between(start, end), theirs * HOUR, delta=0.001)

    def _check_plan(self, calendar, compiled, start, hours, domain):
        theirs = calendar.plan_hours(hours, start, compute_leaves=True, domain=domain)
        ours = compiled.add(start, hours * HOUR)
        if abs(ours - theirs) <= MIDNIGHT_LOSS:
            return
        # Work that runs out exactly at closing: with its rounding and its lost
        # microseconds Odoo may step over to the next opening. Between the two
        # moments there is no work, so both are right; ours is the earlier.
        low, high = sorted((ours, theirs))
        self.assertLessEqual(compiled.between(low, high), 0.001)
        self.assertEqual(hours > 0, ours < theirs)

    def test_differs_from_odoo_by_intent(self):
        calendar = self._create_office()
        compiled = calendar._ntr_compiled()
        # Nothing added: Odoo goes on to the next opening, we stay.
        sunday = MONDAY - timedelta(hours=12)
        self.assertEqual(
            calendar.plan_hours(0, sunday, compute_leaves=True),
            MONDAY + timedelta(hours=9),
        )
        self.assertEqual(compiled.add(sunday, 0), sunday)
        # Odoo gives up after 1,400 days and answers False.
        self._create_holiday(MONDAY, MONDAY + timedelta(days=1500), calendar)
        self.assertFalse(calendar.plan_hours(1, MONDAY, compute_leaves=True))
        self.assertEqual(
            calendar._ntr_compiled().add(MONDAY, HOUR), datetime(2030, 4, 10, 10)
        )
        # Odoo ends a day off at 23:59:59, a second of work before midnight.
        around_the_clock = self._create_calendar([(day, 0, 24) for day in range(7)])
        last = MONDAY + timedelta(hours=23, minutes=59, seconds=59)
        self._create_holiday(MONDAY, last, around_the_clock)
        end = MONDAY + timedelta(days=1)
        self.assertGreater(around_the_clock.get_work_hours_count(MONDAY, end), 0)
        self.assertEqual(around_the_clock._ntr_compiled().between(MONDAY, end), 0)

    # ------------------------------------------------------------------
    # Compiled from records
    # ------------------------------------------------------------------

    def _count_week(self, calendar, **options):
        compiled = calendar._ntr_compiled(**options)
        return compiled.between(MONDAY, MONDAY + timedelta(days=7)) / HOUR

    def test_lunch_and_sections_are_no_work(self):
        calendar = self._create_office()
        calendar.attendance_ids = [
            Command.create(
                {
                    "name": "Break",
                    "dayofweek": "0",
                    "hour_from": 13,
                    "hour_to": 14,
                    "day_period": "lunch",
                }
            )
        ]
        self.assertEqual(self._count_week(calendar), 40)
        calendar.switch_calendar_type()
        self.assertEqual(self._count_week(calendar), 40)

    def test_only_holidays_of_all_count(self):
        calendar = self._create_office()
        person = self.env["resource.resource"].create(
            {"name": "Person", "calendar_id": calendar.id}
        )
        days = [MONDAY + timedelta(days=number) for number in range(6)]
        self._create_holiday(*days[:2], calendar, resource_id=person.id)
        self._create_holiday(*days[1:3], calendar, time_type="other")
        self._create_holiday(*days[2:4], company=self.other_company)
        self._create_holiday(*days[3:5], self._create_office())
        self.assertEqual(self._count_week(calendar), 40)
        end = days[0] + timedelta(hours=23)
        self._create_holiday(days[0], end)
        self.assertEqual(self._count_week(calendar), 32)
        self._create_holiday(*days[4:6], calendar)
        self.assertEqual(self._count_week(calendar), 24)

    def test_calendar_of_no_company(self):
        calendar = self._create_office()
        calendar.company_id = False
        tuesday = MONDAY + timedelta(days=1)
        self._create_holiday(MONDAY, tuesday)
        self._create_holiday(
            tuesday, tuesday + timedelta(days=2), company=self.other_company
        )
        self.assertEqual(self._count_week(calendar), 40)
        self.assertEqual(self._count_week(calendar, company=self.company), 32)
        self.assertEqual(self._count_week(calendar, company=self.other_company), 24)

    def test_any_user_reads_the_same(self):
        calendar = self._create_office()
        self._create_holiday(MONDAY, MONDAY + timedelta(days=1))
        portal = new_test_user(self.env, login="wt_portal", groups="base.group_portal")
        self.assertEqual(self._count_week(calendar.with_user(portal)), 32)
        self.assertIs(
            calendar.with_user(portal)._ntr_compiled(), calendar._ntr_compiled()
        )

    def test_change_is_seen_at_once(self):
        calendar = self._create_office()
        self.assertEqual(self._count_week(calendar), 40)
        monday_morning = calendar.attendance_ids[0]
        monday_morning.hour_to = 12
        self.assertEqual(self._count_week(calendar), 39)
        monday_morning.unlink()
        self.assertEqual(self._count_week(calendar), 36)
        calendar.attendance_ids = [
            Command.create(
                {"name": "Sunday", "dayofweek": "6", "hour_from": 9, "hour_to": 11}
            )
        ]
        self.assertEqual(self._count_week(calendar), 38)
        holiday = self._create_holiday(MONDAY, MONDAY + timedelta(days=1), calendar)
        self.assertEqual(self._count_week(calendar), 34)
        holiday.date_to = MONDAY + timedelta(days=2)
        self.assertEqual(self._count_week(calendar), 26)
        holiday.unlink()
        self.assertEqual(self._count_week(calendar), 38)
        calendar.tz = "Asia/Kathmandu"
        self.assertEqual(
            calendar._ntr_compiled().next_opening(MONDAY + timedelta(days=1)),
            MONDAY + timedelta(days=1, hours=3, minutes=15),
        )

    def test_compiled_once(self):
        calendar = self._create_office()
        calendar._ntr_compiled()
        self.env.invalidate_all()
        with self.assertQueryCount(0):
            calendar._ntr_compiled().add(MONDAY, 200 * HOUR)
        resource = self.env["resource.resource"].create({"name": "Person"})
        holiday = {"resource_id": resource.id}
        compiled = calendar._ntr_compiled()
        self._create_holiday(MONDAY, MONDAY + timedelta(days=1), **holiday)
        self.assertIs(calendar._ntr_compiled(), compiled)

    def test_unusable_calendar_is_time_itself(self):
        empty = self._create_calendar([])
        flexible = self._create_office(schedule_type="flexible")
        nothing = self.env["resource.calendar"]
        for calendar in (empty, flexible, nothing):
            compiled = calendar._ntr_compiled()
            end = compiled.add(MONDAY, 25 * HOUR)
            self.assertEqual(end, MONDAY + timedelta(hours=25))
        self.assertFalse(empty._ntr_is_usable())
        self.assertFalse(flexible._ntr_is_usable())
        self.assertTrue(self._create_office()._ntr_is_usable())
        self.assertIs(nothing._ntr_compiled(), Calendar.always())

    def test_unsaved_calendar(self):
        calendar = self._create_office()
        draft = self.env["resource.calendar"].new(
            {
                "tz": "UTC",
                "schedule_type": "fully_fixed",
                "attendance_ids": [
                    Command.create({"dayofweek": "0", "hour_from": 9, "hour_to": 11})
                ],
            }
        )
        self.assertEqual(self._count_week(draft), 2)
        draft = self.env["resource.calendar"].new(origin=calendar)
        self.assertEqual(self._count_week(draft), 40)

    def test_closed_for_good(self):
        calendar = self._create_office()
        self._create_holiday(MONDAY, MONDAY + timedelta(days=40 * 366), calendar)
        with self.assertRaises(NeverOpen):
            calendar._ntr_compiled().add(MONDAY + timedelta(days=1), HOUR)
