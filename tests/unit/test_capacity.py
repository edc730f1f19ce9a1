from datetime import date, datetime

import pytest
from capacity import get_hours, get_monday, get_week_of_work, get_weeks
from hypothesis import given
from hypothesis import strategies as st
from working_time import Calendar, Line, WorkingHours, compiled

MONDAY = date(2026, 3, 2)
OFFICE = compiled(
    WorkingHours(
        "Europe/Moscow",
        tuple(Line.from_hours(weekday, 9, 17) for weekday in range(5)),
    )
)


def test_weeks():
    assert get_monday(date(2026, 3, 8)) == MONDAY
    assert get_weeks(date(2026, 3, 5), 1, 1) == [
        date(2026, 2, 23),
        MONDAY,
        date(2026, 3, 9),
    ]


@pytest.mark.parametrize(
    ("leaves", "hours"),
    [
        ([], 40),
        # Tuesday and Wednesday, as whole days in Moscow
        ([(datetime(2026, 3, 2, 21), datetime(2026, 3, 4, 21))], 24),
        # twice the same day is once away
        ([(datetime(2026, 3, 3), datetime(2026, 3, 3, 20))] * 2, 32),
        # one inside of the other, in the wrong order
        (
            [
                (datetime(2026, 3, 3, 6), datetime(2026, 3, 3, 8)),
                (datetime(2026, 3, 2, 21), datetime(2026, 3, 3, 21)),
            ],
            32,
        ),
        # the whole month
        ([(datetime(2026, 2, 1), datetime(2026, 4, 1))], 0),
        # another week
        ([(datetime(2026, 3, 9), datetime(2026, 3, 20))], 40),
        # at the weekend
        ([(datetime(2026, 3, 7), datetime(2026, 3, 8))], 40),
    ],
)
def test_hours(leaves, hours):
    assert get_hours(OFFICE, MONDAY, leaves) == hours


def test_a_week_begins_at_midnight_where_people_work():
    assert get_hours(Calendar.always("Asia/Vladivostok"), MONDAY, []) == 168
    # the clocks go forward on the 29th
    assert get_hours(Calendar.always("Europe/Berlin"), date(2026, 3, 23), []) == 167


@given(
    st.lists(
        st.tuples(
            st.datetimes(datetime(2026, 3, 1), datetime(2026, 3, 10)),
            st.datetimes(datetime(2026, 3, 1), datetime(2026, 3, 10)),
        )
    )
)
def test_leaves_never_count_twice(leaves):
    leaves = [pair for pair in leaves if pair[0] < pair[1]]
    hours = get_hours(OFFICE, MONDAY, leaves)
    assert 0 <= hours <= 40
    assert get_hours(OFFICE, MONDAY, leaves + leaves) == hours


@pytest.mark.parametrize(
    ("day", "is_done", "week"),
    [
        (date(2026, 3, 4), False, MONDAY),
        (date(2026, 2, 4), False, MONDAY),
        (date(2026, 3, 12), False, date(2026, 3, 9)),
        (date(2026, 3, 4), True, MONDAY),
        (date(2026, 2, 25), True, date(2026, 2, 23)),
        (date(2026, 3, 12), True, None),
    ],
)
def test_week_of_work(day, is_done, week):
    assert get_week_of_work(day, is_done, date(2026, 3, 5)) == week
