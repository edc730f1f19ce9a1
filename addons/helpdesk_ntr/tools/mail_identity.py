"""Whether two mails are the same one that came by two doors.

The Message-ID says so, where there is one and the sender gave it once. Beside it a
fingerprint of what the sender wrote is kept: without the traces of the way
(``Received`` and the like), and whatever encoding a server on the way chose for it.
"""

import hashlib
import re

WRITTEN_HEADERS = ("from", "date", "subject")
BLANKS = re.compile(r"\s+")
MAX_HEADER = 2000
MAX_PARTS = 1000
# RFC 5322 section 3.6.4; programs write more than that, so all between the brackets
MESSAGE_ID = re.compile(r"<([^<>\s]{1,900})>")


def get_message_id(message) -> str:
    """The identifier of a mail without brackets; empty where it has none.

    :param message: ``email.message.Message``
    """
    text = str(message.get("Message-ID") or "")[:MAX_HEADER]
    found = MESSAGE_ID.search(text)
    return found.group(1) if found else BLANKS.sub("", text).strip("<>")


def fingerprint(message) -> str:
    """SHA-256 of what was written, in hexadecimal digits.

    :param message: ``email.message.Message``
    """
    digest = hashlib.sha256()
    for name in WRITTEN_HEADERS:
        text = str(message.get(name) or "")[:MAX_HEADER]
        _add(digest, name, BLANKS.sub(" ", text).strip().encode(errors="replace"))
    for number, part in enumerate(message.walk()):
        if number >= MAX_PARTS:
            break
        if not part.is_multipart():
            _add(digest, part.get_content_type(), _get_content(part))
    return digest.hexdigest()


def _add(digest, name, value):
    # the length keeps "ab" and "c" apart from "a" and "bc"
    digest.update(f"{name} {len(value)}\n".encode())
    digest.update(value)


def _get_content(part):
    """The decoded bytes, the same whatever line ends and blanks a server made of it."""
    try:
        content = part.get_payload(decode=True) or b""
    except (ValueError, TypeError, AssertionError):
        content = str(part.get_payload()).encode(errors="replace")
    if part.get_content_maintype() != "text":
        return content
    lines = content.replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n")
    return b"\n".join(line.rstrip() for line in lines).strip()
