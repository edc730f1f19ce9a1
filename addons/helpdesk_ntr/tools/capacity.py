"""Hours that people have in a week, without a database."""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta

import pytz

WEEK = timedelta(days=7)


def get_monday(day: date) -> date:
    """Return the Monday of the week that a day is in."""
    return day - timedelta(days=day.weekday())


def get_weeks(day: date, before: int, after: int) -> list[date]:
    """Return the Mondays of so many weeks around the one of a day, in their order."""
    monday = get_monday(day)
    return [monday + number * WEEK for number in range(-before, after + 1)]


def get_hours(calendar, monday: date, leaves: Iterable) -> float:
    """Return the working hours of a week less those in which somebody is away.

    :param calendar: a compiled calendar, see ``working_time``; the week begins and
        ends at midnight in its zone
    :param leaves: pairs of naive UTC datetimes, in any order, overlapping or not
    """
    start = _get_midnight(calendar, monday)
    end = _get_midnight(calendar, monday + WEEK)
    seconds = calendar.between(start, end)
    done = start
    for leave_start, leave_end in sorted(leaves):
        lo, hi = max(done, leave_start), min(end, leave_end)
        if lo < hi:
            seconds -= calendar.between(lo, hi)
            done = hi
    return round(seconds / 3600, 2)


def get_week_of_work(day: date, is_done: bool, today: date) -> date | None:
    """Return the Monday of the week that planned work takes, or None.

    What was planned for a week that is over and is not done has to be done now; what
    is done ahead of its week leaves that week free.
    """
    monday, this_monday = get_monday(day), get_monday(today)
    if is_done:
        return monday if monday <= this_monday else None
    return max(monday, this_monday)


def _get_midnight(calendar, day):
    zone = pytz.timezone(calendar.hours.zone)
    wall = zone.localize(datetime.combine(day, time()))
    return wall.astimezone(pytz.utc).replace(tzinfo=None)
