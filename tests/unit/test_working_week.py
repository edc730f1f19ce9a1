import pytest
from hypothesis import given
from hypothesis import strategies as st
from working_week import DAYS, build_week, find_fault, read_week

HOURS = st.lists(st.integers(0, 96), min_size=4, max_size=4, unique=True).map(
    lambda quarters: sorted(quarter / 4 for quarter in quarters)
)


@given(st.sampled_from(DAYS), HOURS, st.booleans())
def test_what_is_built_is_read_again(days, hours, has_lunch):
    start, lunch_from, lunch_to, stop = hours
    lunch = (lunch_from, lunch_to) if has_lunch else None
    week = build_week(days, start, stop, lunch)
    worked = [(day, *hours) for day, part, *hours in week if part != "lunch"]
    assert find_fault(start, stop, lunch) is None
    assert read_week(worked) == {
        "days": days,
        "start": start,
        "stop": stop,
        "lunch": lunch,
    }


def test_periods_that_touch_are_one():
    week = [(day, *hours) for day in range(5) for hours in ((9, 12), (12, 18))]
    assert read_week(week) == {"days": 5, "start": 9, "stop": 18, "lunch": None}


@pytest.mark.parametrize(
    "week",
    [
        [],
        [(day, 9, 18) for day in range(4)],
        [(day, 9, 18) for day in range(1, 6)],
        [(day, 9, 17 if day == 4 else 18) for day in range(5)],
        [(day, at, at + 1) for day in range(5) for at in (8, 10, 12)],
    ],
)
def test_irregular_weeks_are_not_read(week):
    assert read_week(week) is None


@pytest.mark.parametrize(
    ("start", "stop", "lunch", "fault"),
    [
        (9, 18, (13, 14), None),
        (0, 24, None, None),
        (18, 9, None, "day"),
        (9, 9, None, "day"),
        (-1, 9, None, "day"),
        (9, 25, None, "day"),
        (9, 18, (9, 10), "lunch"),
        (9, 18, (14, 13), "lunch"),
        (9, 18, (17, 18), "lunch"),
    ],
)
def test_faults(start, stop, lunch, fault):
    assert find_fault(start, stop, lunch) == fault
