"""Finding and taking out of texts what names one person.

Plain Python. What is looked for stands in a text or in HTML: in any case of letters,
with any blanks or line breaks between the words of a name, with the name turned round
("Petrov Ivan"), escaped as HTML or in an address as of ``mailto:``.
"""

import html
import re
from urllib.parse import quote

ERASED = "[erased]"
# Blanks of plain text, of HTML and of addresses
BLANK = r"(?:\s|&nbsp;|&#160;|\+|%20)+"
# A letter, a digit, or what continues an address
BEFORE = r"(?<![\w.+-])"
BEFORE_NAME = r"(?<!\w)"
AFTER = r"(?![\w-]|\.\w)"
AFTER_NAME = r"(?!\w)"
MIN_DIGITS = 6


class Eraser:
    """Takes a person's name, addresses and numbers out of texts.

    :param emails: e-mail addresses
    :param names: names as they are written, of at least two letters
    :param phones: telephone numbers as they are written
    """

    def __init__(self, emails=(), names=(), phones=()):
        patterns = [_email_pattern(email) for email in _clean(emails)]
        patterns += [
            pattern for name in _clean(names) for pattern in _name_patterns(name)
        ]
        patterns += [
            pattern for phone in _clean(phones) for pattern in _phone_patterns(phone)
        ]
        # the longest first: an address may hold a name
        patterns.sort(key=len, reverse=True)
        self._regex = (
            re.compile("|".join(patterns), re.IGNORECASE) if patterns else None
        )
        # what a database can ask for to choose the texts that are worth reading
        self.hints = _hints(_clean(emails), _clean(names), _clean(phones))

    def __bool__(self):
        return self._regex is not None

    def found_in(self, text):
        """Whether anything of the person stands in this text."""
        return bool(text and self._regex and self._regex.search(text))

    def erase(self, text, replacement=ERASED):
        """The text without what names the person.

        :param str text: plain text or HTML; may be empty or None
        """
        if not text or not self._regex:
            return text
        return self._regex.sub(lambda match: replacement, text)


def _clean(values):
    return [value.strip() for value in values if value and value.strip()]


def _variants(text):
    """A text as it is written, in HTML and in addresses, longest first."""
    found = {
        text,
        html.escape(text),
        html.escape(text, quote=False),
        html.escape(text).replace("&#x27;", "&#39;"),
        quote(text, safe=""),
        quote(text),
    }
    return sorted(found, key=len, reverse=True)


def _any_of(texts):
    return "(?:" + "|".join(re.escape(text) for text in texts) + ")"


def _email_pattern(email):
    return BEFORE + _any_of(_variants(email)) + AFTER


def _name_patterns(name):
    """Patterns of a name: as written and, of two words, turned round."""
    words = name.split()
    if len(name) < 2:
        return
    orders = [words, words[::-1]] if len(words) == 2 else [words]
    for order in orders:
        pattern = BLANK.join(_any_of(_variants(word)) for word in order)
        if order is not words:
            # "Petrov, Ivan"
            pattern = (
                _any_of(_variants(order[0]))
                + ",?"
                + BLANK
                + _any_of(_variants(order[1]))
            )
        yield BEFORE_NAME + pattern + AFTER_NAME


def _phone_patterns(phone):
    """A number in any grouping of its digits."""
    digits = re.sub(r"\D", "", phone)
    if len(digits) < MIN_DIGITS:
        return
    plus = r"\+?" if phone.lstrip().startswith("+") else ""
    gap = r"(?:[\s().\-\N{NO-BREAK SPACE}]|&nbsp;)*"
    yield r"(?<!\d)" + plus + r"\(?" + gap.join(digits) + r"(?!\d)"


def _hints(emails, names, phones):
    """Regular expressions, simple enough for a database, of which one is found in
    every text that names the person, in some case of letters."""
    hints = set()
    for email in emails:
        local_part, at, __ = email.partition("@")
        hints.add(re.escape(local_part) + ("(@|%40)" if at else ""))
        hints.add(re.escape(quote(local_part)) + "(@|%40)")
    for name in names:
        longest = max(name.split(), key=len)
        hints.update(re.escape(variant) for variant in _variants(longest))
    for phone in phones:
        digits = re.sub(r"\D", "", phone)
        if len(digits) >= MIN_DIGITS:
            hints.add("[^0-9]*".join(digits))
    return sorted(hints)
