"""What an invitation says (RFC 5545), for a line that people can read.

Moments are shown as they are written, with their zone: whoever invites means his clock.
"""

import re
from dataclasses import dataclass

MAX_LENGTH = 200_000
MAX_EVENTS = 10
MAX_TEXT = 300
FOLD = re.compile(r"\r?\n[ \t]")
LINE = re.compile(r"([A-Za-z-]+)((?:;[^:\"]*(?:\"[^\"]*\"[^:\"]*)*)?):(.*)")
ZONE = re.compile(r";TZID=\"?([^\";:]+)", re.IGNORECASE)
MOMENT = re.compile(r"(\d{4})(\d\d)(\d\d)(?:T(\d\d)(\d\d)\d\d(Z?))?$", re.ASCII)
ESCAPED = re.compile(r"\\([\\;,nN])")


@dataclass(frozen=True, slots=True)
class Event:
    """One appointment.

    :param summary: what about
    :param start: as ``2026-11-25 10:00 Europe/Moscow``, or a day
    :param end: the same
    :param place: where
    :param method: ``REQUEST``, ``CANCEL``, ``REPLY`` ...; empty where it says none
    """

    summary: str = ""
    start: str = ""
    end: str = ""
    place: str = ""
    method: str = ""


def read_events(text: str) -> list[Event]:
    """Return the appointments in a calendar; of what is none, nothing.

    :param text: content of a part ``text/calendar``
    """
    events, values, inner, method = [], None, 0, ""
    for line in FOLD.sub("", text[:MAX_LENGTH]).splitlines():
        found = LINE.match(line)
        if not found:
            continue
        name, parameters, value = found[1].upper(), found[2], found[3].strip()
        if name == "METHOD" and values is None:
            method = value[:20].upper()
        elif name == "BEGIN" and value.upper() == "VEVENT":
            values, inner = {}, 0
        elif name == "END" and value.upper() == "VEVENT" and values is not None:
            events.append(values)
            values = None
        elif name in ("BEGIN", "END"):
            # a reminder inside of an event has a text of its own
            inner += 1 if name == "BEGIN" else -1
        elif values is not None and inner <= 0 and name in ("SUMMARY", "LOCATION"):
            values.setdefault(name, _get_text(value))
        elif values is not None and inner <= 0 and name in ("DTSTART", "DTEND"):
            values.setdefault(name, _get_moment(value, parameters))
    return [_make(values, method) for values in events[:MAX_EVENTS]]


def _make(values, method):
    return Event(
        values.get("SUMMARY", ""),
        values.get("DTSTART", ""),
        values.get("DTEND", ""),
        values.get("LOCATION", ""),
        method,
    )


def _get_text(value):
    text = ESCAPED.sub(lambda it: " " if it[1] in "nN" else it[1], value)
    return " ".join(text.split())[:MAX_TEXT]


def _get_moment(value, parameters):
    found = MOMENT.match(value)
    if not found:
        return value[:40]
    year, month, day, hour, minute, is_utc = found.groups()
    date = f"{year}-{month}-{day}"
    if hour is None:
        return date
    zone = ZONE.search(parameters)
    name = "UTC" if is_utc else zone[1].strip()[:60] if zone else ""
    return f"{date} {hour}:{minute} {name}".strip()
