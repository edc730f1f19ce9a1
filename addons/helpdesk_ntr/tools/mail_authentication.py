"""What the receiving server found out about the sender of a mail (RFC 8601).

Anybody can write such a header, so only those of servers that are trusted count, and of
these the topmost: the last server on the way puts its own above what it was given.
"""

import re
from dataclasses import dataclass

PASS, FAIL, UNKNOWN = "pass", "fail", "unknown"
METHODS = ("dmarc", "dkim", "spf")
# RFC 8601 section 2.7: what speaks against the sender; soft answers say nothing
FAILING = {"fail", "hardfail", "permerror"}
MAX_HEADERS = 20
MAX_HEADER = 4000
COMMENT = re.compile(r"\([^()]*\)")
RESULT = re.compile(r"^\s*([\w-]+)(?:/\d+)?\s*=\s*([\w-]+)", re.ASCII)


@dataclass(frozen=True, slots=True)
class Authentication:
    """What is known of the sender.

    :param verdict: ``pass``, ``fail`` or ``unknown``
    :param reason: by which method, for people; as ``dmarc=fail``
    """

    verdict: str = UNKNOWN
    reason: str = ""


def read_authentication(message, servers=()) -> Authentication:
    """Tell whether the sender is who he says.

    DMARC decides where it was asked, because it alone compares with the From that
    people see. Without it, one proof is enough, and it takes two failures to doubt: a
    forwarded mail fails SPF, a mailing list breaks DKIM.

    :param message: ``email.message.Message``
    :param servers: names of the servers whose word counts (``authserv-id``); with none
        nothing is known
    """
    results = _read_results(message, {name.lower() for name in servers})
    for method in ("dmarc", "dkim", "spf"):
        if results.get(method) == PASS:
            return Authentication(PASS, f"{method}={PASS}")
        if method == "dmarc" and results.get(method) in FAILING:
            return Authentication(FAIL, f"{method}={results[method]}")
    failing = [name for name in ("dkim", "spf") if results.get(name) in FAILING]
    if len(failing) == 2:
        said = ", ".join(f"{name}={results[name]}" for name in failing)
        return Authentication(FAIL, said)
    return Authentication()


def _read_results(message, servers):
    """{method: result} of the topmost header of a server whose word counts."""
    for header in (message.get_all("Authentication-Results") or [])[:MAX_HEADERS]:
        text = " ".join(str(header)[:MAX_HEADER].split())
        while (bare := COMMENT.sub(" ", text)) != text:
            text = bare
        server, *parts = text.split(";")
        if (server.split() or [""])[0].lower() not in servers:
            continue
        results = {}
        for part in parts:
            found = RESULT.match(part)
            if found and found.group(1).lower() in METHODS:
                name, result = found.group(1).lower(), found.group(2).lower()
                # of several signatures one that holds is enough
                if results.get(name) != PASS:
                    results[name] = result
        return results
    return {}
