"""The number of a ticket in the subject of a mail, and the subject without it.

A number is a prefix of letters, a year or none, and digits, joined by hyphens:
``HD-2026-00123``; our mails carry it as ``[HD-2026-00123]``. People copy it with
a dash for a hyphen, a small letter, without brackets, or with a Cyrillic letter
that looks the same; all of these are found. Whether such a ticket exists, and
whether the sender may write to it, is for the caller to see.
"""

import re
from collections.abc import Iterable

MAX_SUBJECT = 1000  # characters that are looked at
MAX_NUMBERS = 10

HYPHENS = "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58\ufe63\uff0d"
SAME_LETTERS = str.maketrans(
    "АВЕКМНОРСТУХІавекмнорстухі" + HYPHENS,
    "ABEKMHOPCTYXIabekmhopctyxi" + "-" * len(HYPHENS),
)
DIGITS = r"(?:[0-9]{4} ?- ?)?[0-9]{3,10}"

# English, German, Russian; other mail programs' Scandinavian SV and VS.
PREFIX = re.compile(
    r"\s*(?:re|fwd?|fw|aw|wg|antw|antwort|sv|vs"
    r"|отв|ответ|на|ha|пер|пересл|пересылка|переадр)"
    r"\s*(?:\[\d{1,3}\]|\(\d{1,3}\)|\^\d{1,3})?\s*[:：]",
    re.IGNORECASE,
)


FORWARD = re.compile(
    r"\s*(?:re\s*:\s*)?(?:fwd?|wg|tr|пер|пересл|пересылка|переадр)\s*[:：]",
    re.IGNORECASE,
)


def find_numbers(subject: str, prefixes: Iterable[str] = ("HD",)) -> list[str]:
    """Return the numbers in a subject: those in brackets first, then as they stand.

    :param subject: decoded subject
    :param prefixes: the letters before the first hyphen of our numbers
    :return: numbers as we write them (``HD-2026-00123``), each once, at most ten
    """
    text = _flatten(subject).translate(SAME_LETTERS)
    letters = {_plain(prefix): prefix for prefix in prefixes if prefix}
    if not letters:
        return []
    names = "|".join(map(re.escape, sorted(letters, key=len, reverse=True)))
    number = re.compile(
        rf"(?<![^\W_])(?<!-)({names}) ?- ?({DIGITS})(?!-?[^\W_])", re.IGNORECASE
    )
    bracketed, bare = [], []
    for found in number.finditer(text):
        before, after = text[: found.start()].rstrip(), text[found.end() :].lstrip()
        inside = before.endswith(("[", "#", "№")) or after.startswith("]")
        prefix = letters.get(_plain(found[1]))
        if not prefix:  # a letter of another alphabet that only folds to ours
            continue
        wanted = f"{prefix}-{found[2].replace(' ', '')}"
        (bracketed if inside else bare).append(wanted)
    return list(dict.fromkeys(bracketed + bare))[:MAX_NUMBERS]


def find_number(subject: str, prefixes: Iterable[str] = ("HD",)) -> str | None:
    """Return the first number of ``find_numbers``, or None."""
    return next(iter(find_numbers(subject, prefixes)), None)


def strip_prefixes(subject: str) -> str:
    """Return the subject without ``Re:``, ``Fwd:``, ``Ответ:`` and the like."""
    text = _flatten(subject)
    while found := PREFIX.match(text):
        text = text[found.end() :]
    return text.strip()


def is_forward(subject: str) -> bool:
    """Tell whether a mail hands on another one: ``Fwd:``, ``Пересл:`` and the like."""
    return bool(FORWARD.match(_flatten(subject)))


def normalize(subject: str, prefixes: Iterable[str] = ("HD",)) -> str:
    """Return the subject by which two mails of one conversation are alike.

    Without prefixes of answers and without our bracketed numbers, in lower case.
    """
    letters = "|".join(re.escape(_plain(prefix)) for prefix in prefixes if prefix)
    text = strip_prefixes(subject)
    while letters:
        plain = text.translate(SAME_LETTERS)
        found = re.search(rf"\[\s*(?:{letters}) ?- ?{DIGITS}\s*\]", plain, re.I)
        if not found:
            break
        # Replaced letters are one for one, so positions are the same.
        text = f"{text[: found.start()]} {text[found.end() :]}"
        text = strip_prefixes(text)
    return " ".join(text.split()).casefold()


def _flatten(subject):
    """Return the subject in one line; where it is too long, without a half word."""
    text = subject or ""
    if len(text) > MAX_SUBJECT:
        text = text[:MAX_SUBJECT].rpartition(" ")[0]
    return " ".join(text.split())


def _plain(prefix):
    return prefix.translate(SAME_LETTERS).upper()
