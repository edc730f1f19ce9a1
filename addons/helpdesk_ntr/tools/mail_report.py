"""What a delivery report says: to whom a mail did not come, and why (RFC 3464)."""

import re
from contextlib import suppress
from dataclasses import dataclass
from email.errors import MessageError
from email.header import decode_header, make_header

MAX_PARTS = 30
MAX_RECIPIENTS = 50
MAX_TEXT = 500
# "rfc822; ivan@romashka.example", "smtp; 550 5.1.1 unknown user"
TYPED = re.compile(r"^\s*[\w-]+\s*;\s*", re.ASCII)
# RFC 3464 section 2.3.3: what has not failed is only late, or has arrived
FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Failure:
    """One recipient whom a mail did not reach.

    :param email: his address
    :param status: the code of RFC 3463, as ``5.1.1``; may be empty
    :param reason: what the server of the recipient said; may be empty
    """

    email: str
    status: str
    reason: str


def read_failures(message) -> list[Failure]:
    """The recipients whom a mail did not reach, as its report says.

    :param message: ``email.message.Message``
    """
    found = []
    for number, part in enumerate(message.walk()):
        if number >= MAX_PARTS or len(found) >= MAX_RECIPIENTS:
            break
        if part.get_content_type() == "message/delivery-status":
            found += [it for block in _get_blocks(part) if (it := _read_block(block))]
    return found[:MAX_RECIPIENTS]


def _get_blocks(part):
    """The groups of fields of a report, one for each recipient."""
    content = part.get_payload()
    return content if isinstance(content, list) else []


def _read_block(block):
    email = _read(block, "Final-Recipient") or _read(block, "Original-Recipient")
    action = _read(block, "Action").lower()
    if not email or (action and action != FAILED):
        return None
    return Failure(email, _read(block, "Status"), _read(block, "Diagnostic-Code"))


def _read(block, name):
    text = " ".join(str(block.get(name) or "").split())
    with suppress(LookupError, ValueError, MessageError):
        text = str(make_header(decode_header(text)))
    return TYPED.sub("", text)[:MAX_TEXT]
