"""Which rule decides about the mails of a sender: his address, or his domain.

The more a rule says of him the more it counts: his address over his domain, a longer
domain over a shorter one, a rule of the team over one of all teams; where two say as
much, the one that lets him through.
"""

import re
from dataclasses import dataclass

ALLOW = "allow"
MAX_PATTERN = 254  # RFC 5321 section 4.5.3.1.3
LABEL = r"[\w](?:[\w-]{0,61}[\w])?"
DOMAIN = re.compile(rf"{LABEL}(?:\.{LABEL})+")
ADDRESS = re.compile(rf"[^\s@<>\"(),:;\[\]\\]{{1,64}}@{DOMAIN.pattern}")


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule.

    :param id: of its record
    :param action: ``block`` or ``allow``
    :param team_id: whose mails it is about; False: all teams of the company
    :param company_id: id of the company
    """

    id: int
    action: str
    team_id: int
    company_id: int


def clean(text: str) -> str | None:
    """What was written as the sender of a rule, as rules have it.

    :param text: ``Ivan@Firm.example``, ``firm.example``, ``@firm.example``,
        ``*.firm.example`` or ``*@firm.example``
    :return: an address, or a domain without anything before it; None: it is neither
    """
    pattern = str(text or "").strip().lower().rstrip(".")
    pattern = re.sub(r"^\*?[@.]", "", pattern)
    if len(pattern) > MAX_PATTERN:
        return None
    is_right = ADDRESS.fullmatch(pattern) or DOMAIN.fullmatch(pattern)
    return pattern if is_right else None


def find(
    rules: dict[str, tuple[Rule, ...]], address: str, team_id: int, company_id: int
) -> Rule | None:
    """The rule that decides about a mail, or None.

    :param rules: those of each pattern
    :param address: the sender, normalized
    :param team_id: in whose mailbox the mail came; may be False
    :param company_id: of that team
    """
    for pattern in _get_patterns(address):
        fitting = [
            rule
            for rule in rules.get(pattern, ())
            if rule.company_id == company_id and rule.team_id in (False, team_id)
        ]
        if fitting:
            return max(fitting, key=lambda it: (bool(it.team_id), it.action == ALLOW))
    return None


def _get_patterns(address):
    """The address, its domain, and the domains above, the longest first."""
    yield address
    labels = address.rpartition("@")[2].split(".")
    for start in range(max(len(labels) - 1, 0)):
        yield ".".join(labels[start:])
