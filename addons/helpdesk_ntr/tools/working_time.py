"""Working time as arithmetic on sorted intervals, without a database.

``WorkingHours`` describes when people work; ``compiled(hours)`` turns it into a
``Calendar`` that adds and measures working time by binary search.

Datetimes are naive UTC, as Odoo stores them; seconds are int or float. Inside,
everything is an integer number of microseconds, the grain of ``datetime``, so
``between(start, add(start, seconds)) == seconds`` holds exactly for any amount
that is a whole number of microseconds (anything else is rounded to one).

A working interval is half-open: it contains its start and not its stop.
"""

import hashlib
import json
from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache, cached_property, lru_cache
from math import floor
from typing import NamedTuple
from zoneinfo import ZoneInfo

import pytz

EPOCH = datetime(1970, 1, 1)
EPOCH_DAY = EPOCH.toordinal()
MICROSECOND = timedelta(microseconds=1)
SECOND = 1_000_000
DAY_SECONDS = 24 * 3600
DAY = DAY_SECONDS * SECOND
YEAR = 366 * DAY
HALF_YEAR = YEAR // 2
NOON = 12 * 3600 * SECOND

# A sum that is not reached in so many years will not be reached for anybody
# who waits for it, and the search for it must end.
REACH = 20 * YEAR
# A date outside is a typing error, and would compile centuries of weeks.
EARLIEST = datetime(1900, 1, 1)
LATEST = datetime(2200, 1, 1)


class NeverOpen(ValueError):
    """The calendar has not enough working time within twenty years."""


# ----------------------------------------------------------------------------
# Description
# ----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Line:
    """Work on one weekday, in seconds of the wall clock.

    :param weekday: 0 is Monday
    :param start: seconds since midnight
    :param stop: seconds since midnight; 86400 is the midnight that ends the day.
        A line that does not stop after its start is empty.
    :param week: None for every week, else 0 or 1: the parity that
        ``resource.calendar.attendance.get_week_type`` gives to the date
    :param since: first date of the line, None for always
    :param until: last date of the line (it still counts), None for ever
    """

    weekday: int
    start: int
    stop: int
    week: int | None = None
    since: date | None = None
    until: date | None = None

    @classmethod
    def from_hours(cls, weekday, hour_from, hour_to, **values):
        """Make a line from hours as floats, rounded to minutes as Odoo does."""
        return cls(weekday, _seconds(hour_from), _seconds(hour_to), **values)

    def slots(self) -> tuple[int, ...]:
        """Return the days of a fortnight (0 to 13) on which the line stands."""
        weeks = (0, 1) if self.week is None else (self.week,)
        return tuple(self.weekday + 7 * week for week in weeks)

    def _as_list(self):
        return [
            *(self.weekday, self.start, self.stop, self.week),
            *(day and day.isoformat() for day in (self.since, self.until)),
        ]

    @classmethod
    def _from_list(cls, values):
        *numbers, since, until = values
        days = (day and date.fromisoformat(day) for day in (since, until))
        return cls(*numbers, *days)


@dataclass(frozen=True)
class WorkingHours:
    """When people work: a value that can be compared, hashed, pickled, stored.

    Working time is what the lines say, less the holidays, plus the extra
    intervals: a moved working day is work even if a holiday covers it. Lines,
    holidays and extra intervals may come in any order and may overlap.

    :param zone: name of the time zone in which the lines are read
    :param lines: the weekly or fortnightly pattern
    :param holidays: pairs of naive UTC datetimes
    :param extra: pairs of naive UTC datetimes
    """

    zone: str
    lines: tuple[Line, ...] = ()
    holidays: tuple[tuple[datetime, datetime], ...] = ()
    extra: tuple[tuple[datetime, datetime], ...] = ()

    def __post_init__(self):
        lines = {line for line in self.lines if line.start < line.stop}
        for name, values in (
            ("lines", sorted(lines, key=lambda line: json.dumps(line._as_list()))),
            ("holidays", _merge_pairs(self.holidays)),
            ("extra", _merge_pairs(self.extra)),
        ):
            object.__setattr__(self, name, tuple(values))

    def is_always_open(self) -> bool:
        """Tell whether there is work at every moment of every day."""
        if self.holidays:
            return False
        days = [[] for _slot in range(14)]
        for line in self.lines:
            if line.since is None and line.until is None:
                for slot in line.slots():
                    days[slot].append((line.start, line.stop))
        return all(_merge(day) == [(0, DAY_SECONDS)] for day in days)

    def as_dict(self) -> dict:
        """Return the description as plain data, for a JSON column."""
        return {
            "zone": self.zone,
            "lines": [line._as_list() for line in self.lines],
            "holidays": [[at.isoformat() for at in pair] for pair in self.holidays],
            "extra": [[at.isoformat() for at in pair] for pair in self.extra],
        }

    @classmethod
    def from_dict(cls, values: dict) -> "WorkingHours":
        """Make the description that ``as_dict`` gave."""
        return cls(
            values["zone"],
            tuple(Line._from_list(line) for line in values["lines"]),
            *(
                tuple(tuple(map(datetime.fromisoformat, pair)) for pair in values[key])
                for key in ("holidays", "extra")
            ),
        )

    def digest(self) -> str:
        """Return 64 hexadecimal digits, equal for equal working time settings."""
        text = json.dumps(self.as_dict(), sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()


# ----------------------------------------------------------------------------
# Calendar
# ----------------------------------------------------------------------------


class Span(NamedTuple):
    """Working intervals of a stretch of time, in microseconds since 1970.

    ``sums[i]`` is the work before interval ``i``; the last one is all of it.
    """

    lo: int
    hi: int
    starts: list[int]
    stops: list[int]
    sums: list[int]

    def done(self, at: int) -> int:
        """Return the work from ``lo`` to ``at``."""
        i = bisect_right(self.starts, at)
        if not i:
            return 0
        work = self.sums[i - 1] + at - self.starts[i - 1]
        total = self.sums[i]
        return work if work < total else total


class Calendar:
    """Working time compiled to intervals; the horizon grows by itself.

    Shared between threads: a grown span replaces the old one in one step.
    """

    def __init__(self, hours: WorkingHours):
        self.hours = hours
        self._span = Span(0, 0, [], [], [0])

    def __reduce__(self):
        return compiled, (self.hours,)

    @staticmethod
    def always(zone: str = "UTC") -> "Calendar":
        """Return the calendar that is open day and night.

        :param zone: time zone of its days, for ``add_days``
        """
        lines = (Line(weekday, 0, DAY_SECONDS) for weekday in range(7))
        return compiled(WorkingHours(zone, tuple(lines)))

    # ------------------------------------------------------------------
    # Questions
    # ------------------------------------------------------------------

    def add(self, start: datetime, seconds: float) -> datetime:
        """Return the first moment at which so much work has passed since start.

        Work that runs out exactly at closing ends at that closing, not at the
        next opening. Nothing added is ``start`` itself, also outside working
        hours (Odoo's ``plan_hours`` goes to the next opening): so adding twice
        is adding the sum. Negative seconds are subtracted.

        :raise NeverOpen: when that moment is more than twenty years away
        """
        amount = round(seconds * SECOND)
        if amount > 0:
            return _moment(self._later(_micros(start), amount))
        if amount < 0:
            return _moment(self._earlier(_micros(start), -amount))
        return start

    def subtract(self, end: datetime, seconds: float) -> datetime:
        """Return the last moment from which so much work passes until end.

        The mirror of ``add``: work that runs out exactly at an opening gives
        that opening, not the closing before it.

        :raise NeverOpen: when that moment is more than twenty years away
        """
        return self.add(end, -seconds)

    def between(self, start: datetime, end: datetime) -> float:
        """Return the seconds of work from start to end, negative when end is first."""
        a, b = _micros(start), _micros(end)
        span = self._cover(min(a, b), max(a, b))
        return (span.done(b) - span.done(a)) / SECOND

    def add_days(self, start: datetime, days: int) -> datetime:
        """Return the same time of the clock so many working days later.

        A working day is a date, in the calendar's zone, with any work on it.
        A start on a date without work counts from the next opening, so that
        whoever waits has the whole days: one day from Friday 20:00 is Monday
        20:00, one day from Saturday 11:00 is Tuesday 09:00 if Monday opens at
        09:00. Negative days go back, from the previous closing if there is no
        work on the date. The result may be outside working hours.

        :raise NeverOpen: when twenty years pass without a working day
        """
        if not days:
            return start
        wall = self._wall(start)
        day = wall.date()
        if not self._works_on(day):
            if days > 0:
                wall = self._wall(self.next_opening(start))
                day = wall.date()
            else:
                closing = self.previous_closing(start)
                wall, day = self._wall(closing), self._day_before(closing)
        clock = wall - datetime.combine(day, time())
        for _day in range(abs(days)):
            if days > 0:
                after = self._midnight(day + timedelta(days=1))
                day = self._wall(self.next_opening(after)).date()
            else:
                day = self._day_before(self.previous_closing(self._midnight(day)))
        target = datetime.combine(day, time()) + clock
        return target - self._offset(target) * MICROSECOND

    def is_open(self, at: datetime) -> bool:
        """Tell whether ``at`` is working time; the moment of closing is not."""
        moment = _micros(at)
        span = self._cover(moment, moment + 1)
        i = bisect_right(span.starts, moment)
        return bool(i) and moment < span.stops[i - 1]

    def next_opening(self, at: datetime) -> datetime:
        """Return ``at`` when it is working time, else the next opening.

        :raise NeverOpen: when there is none within twenty years
        """
        return _moment(self._later(_micros(at), 1) - 1)

    def previous_closing(self, at: datetime) -> datetime:
        """Return ``at`` when work leads up to it, else the closing before it.

        :raise NeverOpen: when there is none within twenty years
        """
        return _moment(self._earlier(_micros(at), 1) + 1)

    def intervals(self, start: datetime, end: datetime) -> list:
        """Return the working intervals from start to end, cut at both.

        :return: pairs of naive UTC datetimes, sorted; adjoining ones are one
        """
        a, b = _micros(start), _micros(end)
        if b <= a:
            return []
        span = self._cover(a, b)
        found = slice(bisect_right(span.stops, a), bisect_left(span.starts, b))
        return [
            (_moment(max(a, opening)), _moment(min(b, closing)))
            for opening, closing in zip(
                span.starts[found], span.stops[found], strict=True
            )
        ]

    # ------------------------------------------------------------------
    # Search
    # ------------------------------------------------------------------

    def _later(self, at, amount):
        span = self._span
        if not span.lo < at < span.hi:
            span = self._cover(at, at)
        goal = span.done(at) + amount
        if goal > span.sums[-1]:
            span = self._stretch_forward(at, amount)
            goal = span.done(at) + amount
        i = bisect_left(span.sums, goal) - 1
        found = span.starts[i] + goal - span.sums[i]
        if found - at > REACH:
            raise NeverOpen(self._never(at, amount))
        return found

    def _earlier(self, at, amount):
        span = self._span
        if not span.lo < at < span.hi:
            span = self._cover(at, at)
        goal = span.done(at) - amount
        if goal < 0:
            span = self._stretch_back(at, amount)
            goal = span.done(at) - amount
        i = bisect_right(span.sums, goal) - 1
        found = span.starts[i] + goal - span.sums[i]
        if at - found > REACH:
            raise NeverOpen(self._never(at, -amount))
        return found

    def _stretch_forward(self, at, amount):
        limit = min(at + REACH, _micros(LATEST))
        span = self._cover(at, at)
        while span.sums[-1] < span.done(at) + amount:
            if span.hi >= limit:
                raise NeverOpen(self._never(at, amount))
            span = self._cover(at, min(limit, 2 * span.hi - span.lo))
        return span

    def _stretch_back(self, at, amount):
        limit = max(at - REACH, _micros(EARLIEST))
        span = self._cover(at, at)
        while span.done(at) < amount:
            if span.lo <= limit:
                raise NeverOpen(self._never(at, -amount))
            span = self._cover(max(limit, 2 * span.lo - span.hi), at)
        return span

    def _never(self, at, amount):
        return (
            f"Working time of {amount / SECOND:.0f} s from {_moment(at)} UTC"
            " is not reached within twenty years."
        )

    # ------------------------------------------------------------------
    # Days
    # ------------------------------------------------------------------

    @cached_property
    def _zone(self):
        return _get_zone(self.hours.zone)

    def _offset(self, wall):
        """Return the microseconds by which a time of the clock is ahead of UTC.

        A time that the clock shows twice, or skips, has two offsets; the
        smaller one gives the later moment, which is what Odoo takes
        (``localize`` of pytz without daylight saving).
        """
        early = wall.replace(tzinfo=self._zone, fold=0).utcoffset()
        late = wall.replace(tzinfo=self._zone, fold=1).utcoffset()
        return min(early, late) // MICROSECOND

    def _wall(self, at):
        return at.replace(tzinfo=pytz.utc).astimezone(self._zone).replace(tzinfo=None)

    def _midnight(self, day):
        """Return the moment at which a date begins, the first one if repeated."""
        wall = datetime.combine(day, time())
        return wall - wall.replace(tzinfo=self._zone).utcoffset()

    def _day_before(self, moment):
        return self._wall(moment - MICROSECOND).date()

    def _works_on(self, day):
        start, end = self._midnight(day), self._midnight(day + timedelta(days=1))
        return self.between(start, end) > 0

    # ------------------------------------------------------------------
    # Compilation
    # ------------------------------------------------------------------

    def _cover(self, lo, hi):
        """Return a span over at least [lo, hi], grown by years or doubled."""
        span = self._span
        if span.lo <= lo and hi <= span.hi and span.lo < span.hi:
            return span
        earliest, latest = _micros(EARLIEST), _micros(LATEST)
        if lo < earliest or hi > latest:
            raise ValueError(
                f"Working time is known from {EARLIEST.year} to {LATEST.year} only."
            )
        if span.lo == span.hi:
            lo, hi = max(lo - HALF_YEAR, earliest), hi + HALF_YEAR
            span = Span(lo, lo, [], [], [0])
        size = min(span.hi - span.lo, 4 * YEAR)
        lo = span.lo if lo >= span.lo else max(min(lo, span.lo - size), earliest)
        hi = span.hi if hi <= span.hi else min(max(hi, span.hi + size), latest)
        known = zip(span.starts, span.stops, strict=True)
        self._span = span = _make_span(
            lo, hi, self._build(lo, span.lo), known, self._build(span.hi, hi)
        )
        return span

    def _build(self, lo, hi):
        """Return sorted and disjoint working intervals of [lo, hi)."""
        if lo >= hi:
            return []
        work = _subtract(_merge(self._pattern(lo, hi)), self._holidays)
        if self._extra:
            work = _merge([*work, *self._extra])
        return [(max(a, lo), min(b, hi)) for a, b in work if a < hi and b > lo]

    @cached_property
    def _holidays(self):
        return [(_micros(a), _micros(b)) for a, b in self.hours.holidays]

    @cached_property
    def _extra(self):
        return [(_micros(a), _micros(b)) for a, b in self.hours.extra]

    @cached_property
    def _slots(self):
        """Lines for each day of a fortnight, with their first and last date."""
        slots = [[] for _slot in range(14)]
        for line in self.hours.lines:
            row = (
                line.start * SECOND,
                line.stop * SECOND,
                line.since.toordinal() if line.since else date.min.toordinal(),
                line.until.toordinal() if line.until else date.max.toordinal(),
            )
            for slot in line.slots():
                slots[slot].append(row)
        return slots

    def _pattern(self, lo, hi):
        """Return what the lines say, holidays aside, over at least [lo, hi)."""
        # A date of any zone lies within a day of the same date in UTC.
        first, last = lo // DAY + EPOCH_DAY - 1, hi // DAY + EPOCH_DAY + 1
        noons = self._noons(first - 1, last + 1)
        found = []
        for ordinal in range(first, last + 1):
            midnight = (ordinal - EPOCH_DAY) * DAY
            before, offset, after = noons[ordinal - first : ordinal - first + 3]
            # The fortnight of Odoo begins on Monday, 1 January of year 1.
            for start, stop, since, until in self._slots[(ordinal - 1) % 14]:
                if not since <= ordinal <= until:
                    continue
                start, stop = midnight + start, midnight + stop
                if before == after:
                    found.append((start - offset, stop - offset))
                else:
                    found.append((self._utc(start), self._utc(stop)))
        return found

    def _noons(self, first, last):
        """Return the offset from UTC at noon of each date from first to last."""
        # Asking the zone for every day is most of the compilation, and the
        # clocks are not put forward and back again within a week.
        week = 7
        offsets = []
        for monday in range(first, last + 1, week):
            known, then = self._noon(monday), self._noon(monday + week)
            if known == then:
                offsets += [known] * week
            else:
                offsets += [self._noon(monday + day) for day in range(week)]
        return offsets[: last - first + 1]

    def _noon(self, ordinal):
        return self._offset(_moment((ordinal - EPOCH_DAY) * DAY + NOON))

    def _utc(self, micros):
        return micros - self._offset(_moment(micros))


class AlwaysOpen(Calendar):
    """Day and night: working time is time."""

    def add(self, start, seconds):
        return start + timedelta(microseconds=round(seconds * SECOND))

    def between(self, start, end):
        return (_micros(end) - _micros(start)) / SECOND

    def is_open(self, at):
        return True

    def next_opening(self, at):
        return at

    def previous_closing(self, at):
        return at

    def intervals(self, start, end):
        return [(start, end)] if start < end else []


@lru_cache(maxsize=128)
def compiled(hours: WorkingHours) -> Calendar:
    """Return the calendar of a description; equal descriptions share it."""
    return AlwaysOpen(hours) if hours.is_always_open() else Calendar(hours)


# ----------------------------------------------------------------------------
# Helpers
# ----------------------------------------------------------------------------


@cache
def _get_zone(name):
    # The data are those of pytz, as in all of Odoo, so that a deadline is
    # computed and shown by one rule; but pytz itself ends in 2037.
    with pytz.open_resource(name) as data:
        return ZoneInfo.from_file(data, key=name)


def _seconds(hours):
    minutes = floor(hours * 60 + 0.5)
    return 60 * min(max(minutes, 0), 24 * 60)


def _micros(at):
    return (at - EPOCH) // MICROSECOND


def _moment(micros):
    return EPOCH + micros * MICROSECOND


def _make_span(lo, hi, *parts):
    starts, stops, sums = [], [], [0]
    for start, stop in _merge(pair for part in parts for pair in part):
        starts.append(start)
        stops.append(stop)
        sums.append(sums[-1] + stop - start)
    return Span(lo, hi, starts, stops, sums)


def _merge_pairs(pairs):
    return _merge((start, stop) for start, stop in pairs)


def _merge(pairs: Iterable) -> list:
    """Return intervals sorted, without empty ones, joined where they touch."""
    merged = []
    for start, stop in sorted(pairs):
        if start >= stop:
            continue
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], stop))
        else:
            merged.append((start, stop))
    return merged


def _subtract(pairs: list, holes: list) -> list:
    """Return sorted disjoint intervals less other sorted disjoint ones."""
    left, i = [], 0
    for start, stop in pairs:
        while i < len(holes) and holes[i][1] <= start:
            i += 1
        j = i
        while j < len(holes) and holes[j][0] < stop:
            if start < holes[j][0]:
                left.append((start, holes[j][0]))
            start = max(start, holes[j][1])
            j += 1
        if start < stop:
            left.append((start, stop))
    return left
