"""Dates of what comes round again and again, without a database.

Dates are counted from an anchor and not from one another: what begins on 31 January
comes on the last day of February and on 31 March again.
"""

import calendar
from datetime import date, timedelta

DAYS = {"day": 1, "week": 7}
MONTHS = {"month": 1, "year": 12}
# From one 29 February to the next there are eight years at most.
LEAP_YEARS = 8


def get_date(anchor: date, number: int, unit: str, index: int) -> date:
    """Return the date that comes so many periods after the anchor.

    :param number: how many units a period has
    :param unit: ``day``, ``week``, ``month`` or ``year``
    :param index: 0 is the anchor itself
    """
    if unit in DAYS:
        return anchor + timedelta(days=index * number * DAYS[unit])
    return _add_months(anchor, index * number * MONTHS[unit], anchor.day)


def get_next(anchor: date, number: int, unit: str, after: date) -> date:
    """Return the first of the dates that come after a day; the anchor is the first.

    :param number: how many units a period has
    :param unit: ``day``, ``week``, ``month`` or ``year``
    """
    if after < anchor:
        return anchor
    if unit in DAYS:
        index = (after - anchor).days // (number * DAYS[unit])
    else:
        months = (after.year - anchor.year) * 12 + after.month - anchor.month
        index = months // (number * MONTHS[unit])
    # in the month of that date the day itself may be still to come
    found = get_date(anchor, number, unit, index)
    return found if found > after else get_date(anchor, number, unit, index + 1)


def find_anchor(day: date, day_of_month: int, number: int, unit: str) -> date:
    """Return an anchor that gives this day, and a longer month its own day.

    Where the period of what comes on each 31st is changed while the next date is
    28 February, later dates are to be the 31st again.

    :param day: the date to count from
    :param day_of_month: the day that is wanted where a month has it; that of ``day``
        or, on the last day of a month, a higher one
    """
    for index in range(LEAP_YEARS + 1) if unit in MONTHS else ():
        months = index * number * MONTHS[unit]
        if months >= (day.year - 1) * 12:
            break
        anchor = _add_months(day, -months, day_of_month)
        if anchor.day == day_of_month:
            return anchor
    return day


def _add_months(day, months, day_of_month):
    """That day so many months later, or the last one of a month that is too short."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(day_of_month, last))
