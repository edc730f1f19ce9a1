"""What can be seen in the words of an answer: that it greets, that it is signed.

Plain Python. Words of Russian and English; a sign that is missed makes a letter greet
twice, one too many leaves it without a greeting, so that these lists stay short.
"""

import re

GREETING = re.compile(
    r"(?:hello|hi|hey|dear|greetings|good (?:morning|day|afternoon|evening)"
    r"|здравствуй(?:те)?|привет(?:ствую|ствуем)?|уважаем\w*"
    r"|добр(?:ый|ого|ое|ой) (?:день|дня|вечера?|утр[оа]|времени|ночи))(?!\w)",
    re.I,
)
CLOSING = re.compile(
    r"(?:--+ ?$|(?:best|kind|warm) regards|regards|sincerely|yours(?! is)"
    r"|с уважением|с наилучшими|всего (?:доброго|хорошего|наилучшего))",
    re.I,
)
# A signature has no more lines than that: “Regards” higher up is of a quotation.
SIGNATURE_LINES = 8


def is_greeted(text, greeting=""):
    """Whether a text begins with a greeting, or with this one.

    :param str text: plain text
    :param str greeting: plain text
    """
    first = _flatten(next(iter(_get_lines(text)), ""))
    wanted = _flatten(greeting)
    return bool(GREETING.match(first) or (wanted and first.startswith(wanted)))


def is_signed(text, signature=""):
    """Whether a text ends with a signature, or has this one in it.

    :param str text: plain text
    :param str signature: plain text
    """
    wanted = _flatten(signature)
    if wanted and wanted in _flatten(text):
        return True
    last = _get_lines(text)[1:][-SIGNATURE_LINES:]
    return any(CLOSING.match(line) for line in last)


def _get_lines(text):
    return [line.strip() for line in (text or "").splitlines() if line.strip()]


def _flatten(text):
    """Letters and digits alone, with one blank between words."""
    return " ".join(re.findall(r"\w+", (text or "").lower().replace("ё", "е")))
