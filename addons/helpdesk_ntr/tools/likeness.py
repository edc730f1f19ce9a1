"""How likely two requests are the same one.

Plain Python. The likeness is a number from 0 to 1, the sum of what speaks for it: the
same unit, the same person, similar words. Of one client it takes either the unit or
similar words: that a person asks twice in a month says nothing by itself.
"""

UNIT = 0.45
PERSON = 0.15
WORDS = 0.4
# Words as similar as that say something; two sentences of a trade share that much.
SIMILAR = 0.3

LIKELY = 0.35


def judge(words, same_unit, same_person):
    """How alike two requests of one client are, and why.

    :param float words: similarity of their subjects, 0 to 1 (trigrams)
    :param bool same_unit: about the same unit of equipment
    :param bool same_person: asked by the same contact or address
    :return: (likeness from 0 to 1, reasons out of ``unit``, ``person``, ``words``)
    """
    parts = {
        "unit": UNIT * bool(same_unit),
        "words": WORDS * words if words >= SIMILAR else 0,
        "person": PERSON * bool(same_person),
    }
    reasons = tuple(name for name, value in parts.items() if value)
    return sum(parts.values()), reasons


def is_likely(likeness, reasons):
    """Whether to show it: not for the person alone."""
    return likeness >= LIKELY or ("words" in reasons and "person" in reasons)
