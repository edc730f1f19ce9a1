import itertools
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from recurrence import find_anchor, get_date, get_next

DATES = st.dates(date(1950, 1, 1), date(2150, 12, 31))
NUMBERS = st.integers(1, 60)
UNITS = st.sampled_from(["day", "week", "month", "year"])
# the longest that a period of one unit can be, in days
LONGEST = {"day": 1, "week": 7, "month": 31, "year": 366}


def get_dates(anchor, number, unit, count):
    """The anchor and the dates after it, each asked for by the one before."""
    dates = [anchor]
    while len(dates) < count:
        dates.append(get_next(anchor, number, unit, dates[-1]))
    return dates


@pytest.mark.parametrize(
    ("number", "unit", "dates"),
    [
        (10, "day", [date(2026, 1, 31), date(2026, 2, 10), date(2026, 2, 20)]),
        (2, "week", [date(2026, 1, 31), date(2026, 2, 14), date(2026, 2, 28)]),
        (1, "month", [date(2026, 1, 31), date(2026, 2, 28), date(2026, 3, 31)]),
        (3, "month", [date(2026, 1, 31), date(2026, 4, 30), date(2026, 7, 31)]),
        (1, "year", [date(2026, 1, 31), date(2027, 1, 31), date(2028, 1, 31)]),
    ],
)
def test_dates(number, unit, dates):
    assert get_dates(date(2026, 1, 31), number, unit, 3) == dates


def test_end_of_february_in_a_leap_year():
    dates = get_dates(date(2028, 1, 31), 1, "month", 3)
    assert dates == [date(2028, 1, 31), date(2028, 2, 29), date(2028, 3, 31)]


def test_leap_day_comes_again():
    dates = get_dates(date(2024, 2, 29), 1, "year", 5)
    assert [it.day for it in dates] == [29, 28, 28, 28, 29]


def test_before_the_anchor_the_anchor_is_next():
    anchor = date(2026, 5, 5)
    assert get_next(anchor, 1, "month", date(2020, 1, 1)) == anchor
    assert get_next(anchor, 1, "month", anchor - timedelta(days=1)) == anchor


@given(DATES, NUMBERS, UNITS)
def test_strictly_increasing_and_none_left_out(anchor, number, unit):
    dates = get_dates(anchor, number, unit, 12)
    assert dates == [get_date(anchor, number, unit, index) for index in range(12)]
    for before, after in itertools.pairwise(dates):
        assert before < after <= before + timedelta(days=number * LONGEST[unit])


@given(DATES, NUMBERS, UNITS)
def test_one_in_each_period(anchor, number, unit):
    """Months and years are counted by the calendar, whatever days they have."""
    dates = get_dates(anchor, number, unit, 12)
    if unit in ("month", "year"):
        months = [it.year * 12 + it.month for it in dates]
        step = number * (12 if unit == "year" else 1)
        assert months == [months[0] + step * index for index in range(12)]
        assert max(it.day for it in dates) == anchor.day
    else:
        assert len({after - before for before, after in itertools.pairwise(dates)}) == 1


@given(DATES, NUMBERS, UNITS, st.integers(0, 40), st.integers(0, 400))
def test_next_is_the_first_one_after(anchor, number, unit, index, days):
    """On the day of one of the dates, and on days between two."""
    before = get_date(anchor, number, unit, index)
    after = get_date(anchor, number, unit, index + 1)
    day = min(before + timedelta(days=days), after - timedelta(days=1))
    assert get_next(anchor, number, unit, day) == after


@given(DATES, NUMBERS, UNITS)
def test_another_period_keeps_the_day(day, number, unit):
    anchor = find_anchor(day, day.day, number, unit)
    assert anchor == day


@pytest.mark.parametrize(
    ("number", "unit", "following"),
    [
        (1, "month", date(2026, 3, 31)),
        (2, "month", date(2026, 4, 30)),
        (3, "month", date(2026, 5, 31)),
        (1, "year", date(2027, 2, 28)),
        (1, "week", date(2026, 3, 7)),
    ],
)
def test_another_period_keeps_the_end_of_month(number, unit, following):
    day = date(2026, 2, 28)
    anchor = find_anchor(day, 31, number, unit)
    assert get_next(anchor, number, unit, day - timedelta(days=1)) == day
    assert get_next(anchor, number, unit, day) == following


def test_another_period_in_the_first_years():
    assert find_anchor(date(3, 2, 28), 31, 60, "year") == date(3, 2, 28)
