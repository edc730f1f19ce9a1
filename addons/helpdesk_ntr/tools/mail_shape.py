"""How large and how deep a mail is, counted on its bytes.

A parser of mail cannot be stopped by a timer, and a few kilobytes can keep it busy for
minutes. ``measure(raw)`` therefore reads lines, never structure: one pass, whatever
stands in the mail.
"""

import re
from dataclasses import dataclass

MEBIBYTE = 1024 * 1024
# Beyond any limit; who sends more is not counted to the end
MOST_COUNTED = 100_000

# A header ends with an empty line; mails come with CRLF, LF, and mixed.
END_OF_HEADERS = re.compile(rb"\r?\n\r?\n|\r\r")
# Parameters are often folded, quoted, and written in any case (RFC 2046 section 5.1.1).
BOUNDARY = re.compile(
    rb"boundary\s*=\s*(?:\"([^\"\r\n]{1,200})\"|([^\s;\"]{1,200}))", re.I
)
DELIMITER = re.compile(rb"^--([^\r\n]{1,210}?)(--)?[ \t]*\r?$", re.M)


@dataclass(frozen=True, slots=True)
class Shape:
    """What was counted on a raw mail.

    :param size: bytes of all
    :param header_size: bytes of the headers of the mail itself
    :param parts: parts in all its containers
    :param depth: how far containers stand inside each other
    """

    size: int
    header_size: int
    parts: int
    depth: int


@dataclass(frozen=True, slots=True)
class Limits:
    """What a mail may be so that it is read at all."""

    size: int = 50 * MEBIBYTE
    header_size: int = 1 * MEBIBYTE
    parts: int = 1000
    depth: int = 30


LIMITS = Limits()


def measure(raw: bytes) -> Shape:
    """Count a raw mail (RFC 5322) before anything reads it.

    :param raw: as it came over the wire
    """
    end = END_OF_HEADERS.search(raw)
    parts, depth = _count_parts(raw)
    return Shape(len(raw), end.start() if end else len(raw), parts, depth)


def _count_parts(raw):
    """(parts, depth), by the lines that begin and end containers."""
    boundaries = {(quoted or bare).rstrip() for quoted, bare in BOUNDARY.findall(raw)}
    parts = deepest = 0
    stack, places = [], {}
    for line in DELIMITER.finditer(raw) if boundaries else ():
        name, is_end = line.group(1).rstrip(), bool(line.group(2))
        if name not in boundaries:
            continue
        if name in places:
            # whatever was begun inside of it is over
            for inner in stack[places[name] + 1 :]:
                del places[inner]
            del stack[places[name] + 1 :]
        elif not is_end:
            places[name] = len(stack)
            stack.append(name)
        if is_end and name in places:
            del stack[places.pop(name) :]
        parts += not is_end
        deepest = max(deepest, len(stack))
        if parts >= MOST_COUNTED:
            break
    return parts, deepest


def find_excess(shape: Shape, limits: Limits = LIMITS) -> tuple[str, int, int] | None:
    """Tell by what a mail is beyond what is read.

    :return: (name of the measure, what it is, what it may be), None where it is within
    """
    for name in ("size", "header_size", "parts", "depth"):
        found, most = getattr(shape, name), getattr(limits, name)
        if found > most:
            return name, found, most
    return None
