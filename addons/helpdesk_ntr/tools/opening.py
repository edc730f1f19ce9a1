"""When a desk opens, in words of a language; without a database."""

import pytz
from babel.dates import (
    format_date,
    format_time,
    get_datetime_format,
    get_timezone_location,
)


def describe(at, zone, locale):
    """Say day, time and place: "Monday, January 12, 2026, 9:00 AM (Moscow)".

    The order of the parts is that of the language.

    :param datetime at: naive UTC
    :param str zone: name of the time zone it is told in
    :param locale: `babel.Locale`
    """
    tz = pytz.timezone(zone)
    local = pytz.utc.localize(at).astimezone(tz)
    words = get_datetime_format("full", locale=locale).replace("'", "")
    words = words.replace("{0}", format_time(local, "short", locale=locale))
    words = words.replace("{1}", format_date(local, "full", locale=locale))
    if "/" not in zone or zone.startswith("Etc/"):
        return f"{words} ({zone.removeprefix('Etc/')})"
    place = get_timezone_location(tz, locale=locale, return_city=True)
    return f"{words} ({place})"
