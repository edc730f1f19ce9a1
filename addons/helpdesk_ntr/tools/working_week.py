"""A week that is worked the same way every day, read and written.

Most desks work so; what is more irregular is left to the form of the calendar.
"""

DAYS = (5, 6, 7)


def read_week(lines):
    """Say in five figures when a week is worked.

    :param lines: (day of the week, hour from, hour to) of all working periods, Monday
        is 0, hours are numbers of 0 to 24
    :return: dict of ``days`` (how many, from Monday on), ``start``, ``stop`` and
        ``lunch`` (from, to) or None; None where the week cannot be said so
    """
    periods = {}
    for day, start, stop in sorted(lines):
        kept = periods.setdefault(day, [])
        if kept and kept[-1][1] == start:
            kept[-1] = (kept[-1][0], stop)
        else:
            kept.append((start, stop))
    is_alike = all(it == periods.get(0) for it in periods.values())
    if not is_alike or sorted(periods) != list(range(len(periods))):
        return None
    if len(periods) not in DAYS or len(periods[0]) > 2:
        return None
    first, last = periods[0][0], periods[0][-1]
    return {
        "days": len(periods),
        "start": first[0],
        "stop": last[1],
        "lunch": None if first == last else (first[1], last[0]),
    }


def build_week(days, start, stop, lunch=None):
    """The periods of such a week.

    :return: (day of the week, part of the day, hour from, hour to); the parts are
        ``full_day``, or ``morning``, ``lunch`` and ``afternoon``
    """
    parts = [("full_day", start, stop)]
    if lunch:
        parts = [
            ("morning", start, lunch[0]),
            ("lunch", lunch[0], lunch[1]),
            ("afternoon", lunch[1], stop),
        ]
    return [(day, *part) for day in range(days) for part in parts]


def find_fault(start, stop, lunch=None):
    """What is wrong with such hours: ``day``, ``lunch``, or None."""
    if not 0 <= start < stop <= 24:
        return "day"
    if lunch and not start < lunch[0] < lunch[1] < stop:
        return "lunch"
    return None
