"""Reading Odoo's logs for what must not be in them."""

import re
from dataclasses import dataclass

_ENTRY = re.compile(
    r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} \d+ "
    r"(?P<level>[A-Z]+) (?P<database>\S+) (?P<logger>[\w.\-]+): (?P<message>.*)$"
)
_LOUD = ("WARNING", "ERROR", "CRITICAL")
_OUR_LOGGERS = ("odoo.addons.helpdesk_", "odoo.addons.ntr_")

# Entries at installation that nobody here can change: a pattern for logger and
# message, and the reason.
ALLOWED_AT_INSTALL = ()


@dataclass(frozen=True)
class Entry:
    """One entry of a log, the lines of its traceback included."""

    level: str
    logger: str
    message: str

    def __str__(self):
        first = self.message.splitlines()[0]
        last = self.message.splitlines()[-1]
        text = first if first == last else f"{first} … {last}"
        return f"{self.level} {self.logger}: {text}"


def read_entries(lines):
    """Yield the warnings and errors among the lines of a log."""
    found, rest = None, []
    for line in lines:
        match = _ENTRY.match(line)
        if not match:
            rest.append(line.rstrip("\n"))
            continue
        if found:
            yield _entry(found, rest)
        found, rest = (match if match["level"] in _LOUD else None), []
    if found:
        yield _entry(found, rest)


def _entry(match, rest):
    return Entry(
        match["level"], match["logger"], "\n".join([match["message"], *rest]).strip()
    )


def find_ours(lines, addons):
    """Return the warnings and errors that are about our addons."""
    names = re.compile(r"\b(" + "|".join(map(re.escape, addons)) + r")\b|\bntr\.\w")
    return [
        entry
        for entry in read_entries(lines)
        if entry.logger.startswith(_OUR_LOGGERS) or names.search(entry.message)
    ]


def find_at_install(lines, allowed=ALLOWED_AT_INSTALL):
    """Return all warnings and errors but those known to be harmless."""
    return [
        entry
        for entry in read_entries(lines)
        if not any(
            re.search(pattern, f"{entry.logger}: {entry.message}")
            for pattern, _reason in allowed
        )
    ]
