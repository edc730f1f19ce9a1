"""Phone numbers as people type them, without a database.

A number is written with or without the code of the country and of the city, and with
any punctuation; what it has in common however written are its last digits.
"""

import re

PUNCTUATION = re.compile(r"[\s()+\-./\u00a0\u2010-\u2015]")
SHORTEST = 4
# Digits of a number without the code of the country, as written in most of the world.
NATIONAL = 10
LOCAL = 7
# Russia writes its code 7, and 8 where a call stays in the country.
DOMESTIC = ("7", "8")


def get_digits(text):
    """The digits of a text that is a phone number and nothing else, or ""."""
    digits = PUNCTUATION.sub("", text or "")
    is_number = digits.isascii() and digits.isdigit() and len(digits) >= SHORTEST
    return digits if is_number else ""


def get_parts(text):
    """Rows of digits of which one stands in the number, however that is written.

    :param str text: what somebody types, perhaps not to its end yet
    :return: list of strings; empty where it is no phone number
    """
    digits = get_digits(text).lstrip("0")
    if len(digits) < SHORTEST:
        return []
    if len(digits) > NATIONAL:
        return [digits[-NATIONAL:]]
    if LOCAL <= len(digits) < NATIONAL and digits.startswith(DOMESTIC):
        return [digits, digits[1:]]
    return [digits]


def get_local(text):
    """The number without the code of the city, as old cards have it, or ""."""
    digits = get_digits(text)
    return digits[-LOCAL:] if len(digits) >= NATIONAL else ""
