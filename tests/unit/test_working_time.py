"""Working time against brute force: minutes marked one by one with pytz."""

import pickle
from datetime import date, datetime, time, timedelta
from random import Random

import pytest
import pytz
import working_time
from hypothesis import Phase, assume, given, settings
from hypothesis import strategies as st
from working_time import Calendar, Line, NeverOpen, WorkingHours, compiled

MINUTE = timedelta(minutes=1)
HOUR = 3600
DAYS = 16  # of the window that brute force marks

# Each zone with moments near which its clock changes, forward and back.
# Kathmandu (+5:45) never does; Moscow moved its standard time itself; the
# clock of Lord Howe moves by half an hour, that of Havana at midnight.
CHANGES = {
    "Asia/Kathmandu": ["2026-03-29", "2026-10-25"],
    "America/St_Johns": ["2026-03-08", "2026-11-01"],
    "Europe/Moscow": ["2010-10-31", "2011-03-27", "2014-10-26"],
    "Europe/Lisbon": ["2026-03-29", "2026-10-25"],
    "Australia/Lord_Howe": ["2026-04-05", "2026-10-04"],
    "America/Havana": ["2026-03-08", "2026-11-01"],
}


def week(*hours, zone="UTC", days=(0, 1, 2, 3, 4), **values):
    lines = [Line.from_hours(day, *pair) for day in days for pair in hours]
    return WorkingHours(zone, tuple(lines), **values)


OFFICE = week((9, 13), (14, 18))


def at(text):
    return datetime.fromisoformat(text)


# ----------------------------------------------------------------------------
# Random calendars
# ----------------------------------------------------------------------------


def make_window(rng):
    """A zone and the first minute (UTC) of a window around a change of clock."""
    zone = rng.choice(sorted(CHANGES))
    day = date.fromisoformat(rng.choice(CHANGES[zone]))
    return zone, datetime.combine(day, time()) - timedelta(days=rng.randint(3, 12))


def make_case(rng):
    """A window and a calendar: fortnights, lunch, seasons, holidays, moved days."""
    zone, first = make_window(rng)
    lines = []
    for _line in range(rng.randint(1, 8)):
        start, stop = sorted(900 * rng.randint(0, 96) for _end in range(2))
        parity = rng.choice([None, None, 0, 1])
        lines.append(Line(rng.randint(0, 6), start, stop, parity))
    if rng.random() < 0.5:
        season = (first + timedelta(days=rng.randint(5, 12))).date()
        lines.append(Line(2, 7 * HOUR, 19 * HOUR, since=season))
        lines.append(Line(3, 6 * HOUR, 12 * HOUR, until=season))

    def pairs():
        starts = (rng.randint(0, DAYS * 1440) for _pair in range(rng.randint(0, 3)))
        return tuple(
            (first + start * MINUTE, first + (start + rng.randint(1, 2880)) * MINUTE)
            for start in starts
        )

    return first, WorkingHours(zone, tuple(lines), holidays=pairs(), extra=pairs())


# One number for a whole calendar: drawing every part of it takes ten times as
# long as testing it. The number in a failure's report makes it again.
seeds = st.integers(0, 2**32).map(Random)
windows = seeds.map(make_window)
calendars = seeds.map(make_case)


def mark(first, hours):
    """Return a bytearray with 1 for each working minute of the window."""
    marks = bytearray(DAYS * 1440)
    zone = pytz.timezone(hours.zone)

    def paint(start, stop, value):
        a, b = (
            min(max((moment - first) // MINUTE, 0), len(marks))
            for moment in (start, stop)
        )
        marks[a:b] = bytes([value]) * (b - a)

    def utc(day, seconds):
        wall = datetime.combine(day, time()) + timedelta(seconds=seconds)
        return zone.localize(wall).astimezone(pytz.utc).replace(tzinfo=None)

    for number in range(-2, DAYS + 2):
        day = (first + timedelta(days=number)).date()
        parity = (day.toordinal() - 1) // 7 % 2
        for line in hours.lines:
            if (
                line.weekday == day.weekday()
                and line.week in (None, parity)
                and (line.since is None or line.since <= day)
                and (line.until is None or day <= line.until)
            ):
                paint(utc(day, line.start), utc(day, line.stop), 1)
    for pair in hours.holidays:
        paint(*pair, 0)
    for pair in hours.extra:
        paint(*pair, 1)
    return marks


@settings(max_examples=2000, phases=[Phase.generate])
@given(seeds)
def test_equals_a_count_of_minutes(rng):
    first, hours = make_case(rng)
    marks = mark(first, hours)
    calendar = Calendar(hours)
    a, b = sorted(rng.randrange(DAYS * 1440) for _end in range(2))
    start, end = first + a * MINUTE, first + b * MINUTE
    work = marks[a:b].count(1)

    assert calendar.between(start, end) == 60 * work
    assert calendar.is_open(start) == bool(marks[a])
    assert calendar.intervals(start, end) == [
        (first + opening * MINUTE, first + closing * MINUTE)
        for opening, closing in runs(marks, a, b)
    ]
    if not work:
        return
    wanted = rng.randint(1, work)
    assert calendar.add(start, 60 * wanted) == first + later(marks, a, wanted) * MINUTE
    assert (
        calendar.subtract(end, 60 * wanted)
        == first + earlier(marks, b, wanted) * MINUTE
    )
    assert calendar.next_opening(start) == first + marks.index(1, a) * MINUTE
    closing = marks.rindex(1, 0, b) + 1
    assert calendar.previous_closing(end) == first + closing * MINUTE


def runs(marks, a, b):
    while (start := marks.find(1, a, b)) >= 0:
        end = marks.find(0, start, b)
        a = b if end < 0 else end
        yield start, a


def later(marks, minute, wanted):
    while wanted:
        wanted -= marks[minute]
        minute += 1
    return minute


def earlier(marks, minute, wanted):
    while wanted:
        minute -= 1
        wanted -= marks[minute]
    return minute


@given(windows, st.lists(st.integers(4, 24), min_size=2, max_size=2, unique=True))
def test_counts_what_the_clock_on_the_wall_shows(window, hours):
    """The same without any rule of localization: quarter by quarter from UTC.

    Only where no line begins or ends at a time that is shown twice or skipped:
    what is meant there is a matter of rule, and ours is Odoo's.
    """
    zone, first = window
    opens, closes = sorted(hours)
    assume(zone != "America/Havana" or closes < 24)
    calendar = Calendar(week((opens, closes), zone=zone, days=range(7)))
    tz = pytz.timezone(zone)
    shown = (
        pytz.utc.localize(first + number * 15 * MINUTE).astimezone(tz).hour
        for number in range(DAYS * 96)  # every offset is a multiple of 15 minutes
    )
    work = sum(opens <= hour < closes for hour in shown)
    assert calendar.between(first, first + timedelta(days=DAYS)) == 900 * work


# ----------------------------------------------------------------------------
# Laws
# ----------------------------------------------------------------------------

moments = st.datetimes(datetime(2019, 1, 1), datetime(2029, 1, 1))
amounts = st.one_of(
    st.integers(-400 * HOUR, 400 * HOUR),
    st.integers(-(10**12), 10**12).map(lambda micros: micros / 1_000_000),
)


open_calendars = calendars.map(lambda case: Calendar(case[1])).filter(
    lambda calendar: any(line.since is line.until for line in calendar.hours.lines)
)


@settings(max_examples=300)
@given(open_calendars, moments, amounts, amounts)
def test_laws(calendar, start, one, two):
    try:
        end = calendar.add(start, one)
        assert calendar.add(end, 0) == end
        # add is the inverse of between, exactly, down to the microsecond
        assert calendar.between(start, end) == one
        assert calendar.subtract(start, -one) == end
        assert calendar.between(end, start) == -one
        # adding twice is adding the sum, in one direction
        if one * two >= 0:
            total = round((one + two) * 1_000_000) / 1_000_000
            assert calendar.add(end, two) == calendar.add(start, total)
        # more work, later
        least, most = sorted((one, two))
        assert calendar.add(start, least) <= calendar.add(start, most)
        # there and back are the same working time
        assert calendar.between(calendar.subtract(end, one), start) == 0
    except NeverOpen:
        # So little work in a fortnight that it takes more than twenty years.
        week_of_work = calendar.between(start, start + timedelta(days=14))
        assert max(abs(one), abs(two), abs(one + two)) > 400 * week_of_work


@given(open_calendars, moments, moments, moments)
def test_between_is_additive(calendar, a, b, c):
    whole = calendar.between(a, c)
    assert whole == pytest.approx(calendar.between(a, b) + calendar.between(b, c))
    assert calendar.between(a, b) == -calendar.between(b, a)
    assert abs(calendar.between(a, b)) <= abs((b - a).total_seconds())


@given(open_calendars, moments, moments, st.integers(1, 10 * HOUR))
def test_later_start_never_ends_earlier(calendar, a, b, seconds):
    a, b = sorted((a, b))
    try:
        assert calendar.add(a, seconds) <= calendar.add(b, seconds)
        assert calendar.next_opening(a) <= calendar.next_opening(b)
        assert calendar.previous_closing(a) <= calendar.previous_closing(b)
    except NeverOpen:
        assume(False)


@given(open_calendars, st.lists(moments, min_size=2, max_size=5))
def test_answers_do_not_depend_on_earlier_questions(calendar, asked):
    for moment in asked:
        calendar.between(moment, asked[0])
    fresh = Calendar(calendar.hours)
    assert fresh.between(*asked[:2]) == calendar.between(*asked[:2])
    try:
        assert fresh.add(asked[-1], 7 * HOUR) == calendar.add(asked[-1], 7 * HOUR)
    except NeverOpen:
        with pytest.raises(NeverOpen):
            calendar.add(asked[-1], 7 * HOUR)


@given(open_calendars, moments, st.integers(-30, 30).filter(bool))
def test_working_days_by_looking_at_each_date(calendar, start, days):
    try:
        end = calendar.add_days(start, days)
    except NeverOpen:
        assume(False)
    tz = pytz.timezone(calendar.hours.zone)

    def local(moment):
        return pytz.utc.localize(moment).astimezone(tz).replace(tzinfo=None)

    def works(day):
        begin, stop = (
            tz.localize(datetime.combine(day + timedelta(days=n), time()), is_dst=True)
            for n in (0, 1)
        )
        pair = (
            moment.astimezone(pytz.utc).replace(tzinfo=None) for moment in (begin, stop)
        )
        return bool(calendar.intervals(*pair))

    step = timedelta(days=1 if days > 0 else -1)
    wall = local(start)
    day = wall.date()
    if not works(day):
        while not works(day):
            day += step
        moment = datetime.combine(day, time(12))
        begin = (
            calendar.next_opening(start)
            if days > 0
            else calendar.previous_closing(start)
        )
        assert abs(local(begin) - moment) <= timedelta(hours=13)
        wall = local(begin)
    clock = wall - datetime.combine(day, time())
    for _number in range(abs(days)):
        day += step
        while not works(day):
            day += step
    target = datetime.combine(day, time()) + clock
    wanted = tz.localize(target).astimezone(pytz.utc).replace(tzinfo=None)
    assert end == wanted


# ----------------------------------------------------------------------------
# By example
# ----------------------------------------------------------------------------


def test_nothing_added_off_hours_is_the_start_itself():
    calendar = Calendar(OFFICE)
    sunday = at("2026-03-01 11:22:33")
    assert calendar.add(sunday, 0) == sunday
    assert calendar.subtract(sunday, 0) == sunday
    assert calendar.next_opening(sunday) == at("2026-03-02 09:00")


def test_work_ends_at_closing_and_begins_at_opening():
    calendar = Calendar(OFFICE)
    monday = at("2026-03-02 09:00")
    assert calendar.add(monday, 4 * HOUR) == at("2026-03-02 13:00")
    assert calendar.add(monday, 4 * HOUR + 1) == at("2026-03-02 14:00:01")
    assert calendar.add(monday, 8 * HOUR) == at("2026-03-02 18:00")
    tuesday = at("2026-03-03 18:00")
    assert calendar.subtract(tuesday, 8 * HOUR) == at("2026-03-03 09:00")
    assert calendar.subtract(tuesday, 8 * HOUR + 1) == at("2026-03-02 17:59:59")
    assert calendar.add(tuesday, -8 * HOUR) == at("2026-03-03 09:00")


def test_boundaries_are_half_open():
    calendar = Calendar(OFFICE)
    assert calendar.is_open(at("2026-03-02 09:00"))
    assert calendar.is_open(at("2026-03-02 12:59:59.999999"))
    assert not calendar.is_open(at("2026-03-02 13:00"))
    assert calendar.next_opening(at("2026-03-02 09:00")) == at("2026-03-02 09:00")
    assert calendar.next_opening(at("2026-03-02 13:00")) == at("2026-03-02 14:00")
    assert calendar.previous_closing(at("2026-03-02 13:00")) == at("2026-03-02 13:00")
    assert calendar.previous_closing(at("2026-03-02 14:00")) == at("2026-03-02 13:00")


def test_microseconds_are_kept():
    calendar = Calendar(OFFICE)
    start = at("2026-03-02 09:00:00.000001")
    assert calendar.add(start, 0.5) == at("2026-03-02 09:00:00.500001")
    assert calendar.between(start, at("2026-03-02 18:00")) == 8 * HOUR - 0.000001


def test_overlapping_and_empty_lines_count_once():
    hours = week((9, 13), (12, 14), (14, 18), (20, 20), (22, 21))
    assert Calendar(hours).between(at("2026-03-02"), at("2026-03-03")) == 9 * HOUR


def test_holiday_cuts_a_part_of_a_day_and_a_moved_day_wins():
    hours = week(
        (9, 18),
        holidays=((at("2026-03-02 12:00"), at("2026-03-04 10:00")),),
        extra=((at("2026-03-03 11:00"), at("2026-03-03 12:00")),),
    )
    assert Calendar(hours).intervals(at("2026-03-02"), at("2026-03-05")) == [
        (at("2026-03-02 09:00"), at("2026-03-02 12:00")),
        (at("2026-03-03 11:00"), at("2026-03-03 12:00")),
        (at("2026-03-04 10:00"), at("2026-03-04 18:00")),
    ]


def test_parity_of_weeks_is_that_of_odoo():
    lines = (Line(0, 9 * HOUR, 10 * HOUR, week=0), Line(0, 9 * HOUR, 11 * HOUR, week=1))
    calendar = Calendar(WorkingHours("UTC", lines))
    # Both years end in odd ISO weeks (53, then 1): the fortnight goes on.
    for monday in (date(2026, 12, 28), date(2027, 1, 4)):
        parity = (monday.toordinal() - 1) // 7 % 2
        start = datetime.combine(monday, time())
        end = start + timedelta(days=1)
        assert calendar.between(start, end) == (1 + parity) * HOUR


def test_midnight_joins_the_days():
    calendar = Calendar(week((20, 24), zone="UTC", days=[0]))
    assert calendar.between(at("2026-03-02"), at("2026-03-03")) == 4 * HOUR
    night = week((0, 24), zone="UTC", days=[0, 1])
    assert len(Calendar(night).intervals(at("2026-03-01"), at("2026-03-06"))) == 1


@pytest.mark.parametrize("zone", sorted(CHANGES))
def test_a_day_and_night_calendar_has_no_hole(zone):
    """Holidays forbid the short cut, so all the midnights are joined."""
    holiday = (at("1999-01-01"), at("1999-01-02"))
    calendar = compiled(week((0, 24), zone=zone, days=range(7), holidays=(holiday,)))
    assert type(calendar) is Calendar
    start, end = at("2000-01-01"), at("2040-01-01")
    assert calendar.intervals(start, end) == [(start, end)]


def test_summer_time_after_2037():
    calendar = Calendar(week((9, 18), zone="Europe/Lisbon"))
    assert calendar.next_opening(at("2045-07-03")) == at("2045-07-03 08:00")
    assert calendar.next_opening(at("2045-01-03")) == at("2045-01-03 09:00")


def test_open_day_and_night():
    calendar = Calendar.always("Europe/Moscow")
    start = at("2026-02-28 23:59:59.5")
    end = calendar.add(start, 90_000.25)
    assert end == start + timedelta(seconds=90_000.25)
    assert calendar.between(start, end) == 90_000.25
    assert calendar.subtract(end, 90_000.25) == start
    assert calendar.is_open(start)
    assert calendar.next_opening(start) == calendar.previous_closing(start) == start
    assert calendar.intervals(start, end) == [(start, end)]
    assert calendar.intervals(end, start) == []
    assert calendar.add_days(start, 3) == start + timedelta(days=3)
    assert Calendar.always("Europe/Moscow") is calendar


def test_closed_for_a_year_opens_afterwards():
    closed = (at("2026-01-01"), at("2027-06-01"))
    calendar = Calendar(week((9, 18), holidays=(closed,)))
    assert calendar.add(at("2026-03-02"), HOUR) == at("2027-06-01 10:00")
    assert calendar.subtract(at("2027-06-01"), HOUR) == at("2025-12-31 17:00")
    assert calendar.between(at("2026-01-01"), at("2027-06-01")) == 0


@pytest.mark.parametrize(
    "hours",
    [
        WorkingHours("UTC"),
        week((9, 18), holidays=((at("2020-01-01"), at("2050-01-01")),)),
        WorkingHours("UTC", (Line(0, 0, HOUR, until=date(2020, 1, 1)),)),
    ],
)
def test_never_open_says_so(hours):
    calendar = Calendar(hours)
    with pytest.raises(NeverOpen, match="twenty years"):
        calendar.add(at("2026-03-02"), 1)
    with pytest.raises(NeverOpen):
        calendar.next_opening(at("2026-03-02"))
    with pytest.raises(NeverOpen):
        calendar.add_days(at("2026-03-02"), 1)
    assert not calendar.is_open(at("2026-03-02"))
    assert calendar.between(at("2026-03-02"), at("2027-03-02")) == 0
    assert calendar.add(at("2026-03-02"), 0) == at("2026-03-02")


def test_never_open_before():
    calendar = Calendar(
        WorkingHours("UTC", (Line(0, 0, HOUR, since=date(2026, 1, 1)),))
    )
    with pytest.raises(NeverOpen):
        calendar.subtract(at("2026-01-01"), 1)
    with pytest.raises(NeverOpen):
        calendar.previous_closing(at("2026-01-01"))


def test_the_same_limit_whatever_is_compiled():
    calendar = Calendar(WorkingHours("UTC", (Line(0, 0, HOUR),)))
    calendar.between(at("1990-01-01"), at("2090-01-01"))
    with pytest.raises(NeverOpen):
        calendar.add(at("2026-01-01"), 21 * 53 * HOUR)
    with pytest.raises(NeverOpen):
        calendar.subtract(at("2026-01-01"), 21 * 53 * HOUR)


def test_a_date_of_another_age_is_refused():
    calendar = Calendar(OFFICE)
    with pytest.raises(ValueError, match="1900 to 2200"):
        calendar.between(at("2026-01-01"), datetime(2999, 1, 1))
    with pytest.raises(ValueError, match="1900 to 2200"):
        calendar.add(datetime(202, 1, 1), HOUR)
    assert calendar.between(at("1900-01-01"), at("1900-01-02")) == 8 * HOUR
    assert calendar.between(at("2199-12-31"), at("2200-01-01")) == 8 * HOUR


def test_aware_datetimes_are_refused():
    with pytest.raises(TypeError):
        Calendar(OFFICE).add(datetime(2026, 3, 2, tzinfo=pytz.utc), HOUR)


@pytest.mark.parametrize(
    ("start", "days", "end"),
    [
        ("2026-03-05 11:00", 1, "2026-03-06 11:00"),
        ("2026-03-06 11:00", 1, "2026-03-09 11:00"),  # Friday to Monday
        ("2026-03-06 20:00", 1, "2026-03-09 20:00"),  # after closing
        ("2026-03-06 05:00", 1, "2026-03-09 05:00"),  # before opening
        ("2026-03-07 11:00", 1, "2026-03-10 09:00"),  # Saturday: all of Monday
        ("2026-03-07 11:00", 5, "2026-03-16 09:00"),
        ("2026-03-09 11:00", -1, "2026-03-06 11:00"),
        ("2026-03-08 11:00", -1, "2026-03-05 18:00"),  # Sunday: all of Friday
        ("2026-03-07 11:00", 0, "2026-03-07 11:00"),
    ],
)
def test_working_days(start, days, end):
    assert Calendar(OFFICE).add_days(at(start), days) == at(end)


def test_working_days_keep_the_clock_over_a_change():
    calendar = Calendar(week((9, 18), zone="Europe/Lisbon"))
    friday = at("2026-03-27 11:00")
    assert calendar.add_days(friday, 1) == at("2026-03-30 10:00")
    assert calendar.add_days(at("2026-03-30 10:00"), -1) == friday


def test_working_days_back_from_a_closing_at_midnight():
    calendar = Calendar(week((20, 24), days=[0, 1]))
    assert calendar.add_days(at("2026-03-05 11:00"), -1) == at("2026-03-03 00:00")


def test_description_is_a_value():
    lines = OFFICE.lines
    same = WorkingHours("UTC", (*reversed(lines), lines[0], Line(0, 5, 5)))
    assert same == OFFICE
    assert hash(same) == hash(OFFICE)
    assert same.digest() == OFFICE.digest() != week((9, 17)).digest()
    assert compiled(same) is compiled(OFFICE)


@given(calendars)
def test_description_survives_storage(case):
    _first, hours = case
    again = WorkingHours.from_dict(hours.as_dict())
    assert again == hours
    assert again.digest() == hours.digest()
    assert pickle.loads(pickle.dumps(hours)) == hours


def test_calendar_survives_storage():
    calendar = compiled(OFFICE)
    calendar.add(at("2026-03-02"), HOUR)
    assert pickle.loads(pickle.dumps(calendar)) is calendar


@pytest.mark.parametrize(
    ("hours", "seconds"),
    [
        (8.3333333333, 8 * HOUR + 20 * 60),
        (8.9999, 9 * HOUR),
        (24, 86400),
        (25, 86400),
        (-1, 0),
    ],
)
def test_hours_are_whole_minutes(hours, seconds):
    assert Line.from_hours(0, hours, hours).start == seconds


def test_no_odoo():
    assert not any(name.startswith("odoo") for name in vars(working_time))
