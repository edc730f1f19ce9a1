"""A mail that breaks the rules of mail, made such that it can be read.

Programs write charsets that nobody knows, raw bytes into headers, null characters,
which PostgreSQL refuses, types of files that Python's library does not know, and
containers without parts. Odoo then raises, and whoever fetches the mail goes on to the
next one. ``repair(message)`` changes, in place, what cannot be read as it is, and
nothing else.
"""

import codecs
import hashlib
import re
from contextlib import suppress
from email.errors import MessageError
from email.header import Header, decode_header
from email.message import EmailMessage

# Of a text without a charset, or with one that is none.
GUESSES = ("utf-8", "cp1251", "latin-1")
# Programs and servers on the way write one of these over another.
CYRILLIC = ("cp1251", "koi8-r", "iso8859-5", "cp866")
MIXED_UP = {*CYRILLIC, "koi8-u", "mac-cyrillic", "iso8859-1", "iso8859-15", "cp1252"}
# They make two thirds of any Russian text, and a third of what is decoded wrongly.
FREQUENT = frozenset("оеаинтсрвлОЕАИНТСРВЛ")
FEWEST_LETTERS = 8
ENOUGH, MUCH_BETTER = 0.5, 0.2
MAX_SAMPLE = 4000
# The library calls itself for each bracket inside another.
MAX_BRACKETS = 30
MAX_PARTS = 1000

ADDRESS_HEADERS = {
    *("from", "sender", "reply-to", "to", "cc", "bcc", "delivered-to", "return-path"),
    *("resent-from", "resent-to", "resent-cc"),
}
READ_HEADERS = {
    *("subject", "message-id", "in-reply-to", "references", "date"),
    *("x-microsoft-original-message-id", "final-recipient"),
}
ADDRESS = re.compile(r"[^\s<>()\[\]\",;:@\\]{1,64}@[^\s<>()\[\]\",;:@\\]{1,255}")
NOT_ASCII = re.compile(r"[^\x00-\x7f]+(?:[ ]+[^\x00-\x7f]+)*")
ENCODED_WORD = re.compile(r"=\?([^?\s]*)\?([bq])\?([^?\s]*)\?=", re.IGNORECASE)
PARAMETER = re.compile(
    r"\b(name|filename|boundary|charset)\s*=\s*\"?([\w .@+-]+)", re.ASCII
)
# Of which the library knows what to make of the content.
KNOWN_TYPES = {
    *("text", "image", "audio", "video", "application", "message", "multipart"),
}


def repair(message: EmailMessage) -> None:
    """Make a mail readable.

    :param message: a parsed mail; it is changed
    """
    for number, part in enumerate(message.walk()):
        if number >= MAX_PARTS:
            return
        _repair_headers(part)
        _repair_type(part)
        _repair_charset(part)


# ----------------------------------------------------------------------------
# Headers
# ----------------------------------------------------------------------------


def read_header(value) -> str:
    """Return a header as people read it, in one line; never raises.

    :param value: as the library gives it: text, or ``email.header.Header`` where there
        are bytes in it that belong in no header
    """
    text = value.encode() if isinstance(value, Header) else str(value or "")
    text = _decode_raw(" ".join(text.split()))
    try:
        pieces = decode_header(text)
    except (ValueError, MessageError):  # a wrong base64 is the latter
        pieces = [(text, None)]
    text = "".join(
        piece if isinstance(piece, str) else _read_piece(piece, charset)
        for piece, charset in pieces
    )
    return " ".join(text.replace("\0", "").encode(errors="replace").decode().split())


def _read_piece(piece, charset):
    if not charset:
        # what stands between encoded words is given in this form
        return piece.decode("raw-unicode-escape", "replace")
    if is_known(charset):
        return piece.decode(find_better_charset(piece, charset), "replace")
    return guess_text(piece)


def _repair_headers(part):
    # As they came: the parsers of structured headers raise on what is repaired here.
    headers = [(str(name), str(value)) for name, value in part.raw_items()]
    repaired = [(name, _repair_header(part, name, value)) for name, value in headers]
    if repaired == headers:
        return
    for name in {name for name, _value in headers}:
        del part[name]
    for name, value in repaired:
        part.set_raw(name, value)


def _repair_header(part, name, value):
    name = name.lower()
    if not value.isascii() or "\0" in value:
        text = _decode_raw(value).replace("\0", "")
        value = NOT_ASCII.sub(lambda found: _encode(found[0]), text)
    if "=?" in value:
        value = ENCODED_WORD.sub(_repair_word, value)
    is_content = name.startswith("content-")
    if is_content:
        value = value.replace("%00", "")
    if is_content or name in ADDRESS_HEADERS or name in READ_HEADERS:
        if not _is_parsable(part, name, value):
            value = _simplify(name, value)
    return value


def _decode_raw(value):
    """Bytes that the parser could not decode, as the text that they are."""
    try:
        value.encode()
    except UnicodeEncodeError:
        return guess_text(value.encode("utf-8", "surrogateescape"))
    return value


def _encode(text):
    return Header(text, "utf-8", maxlinelen=10_000).encode()


def _repair_word(found):
    """An encoded word (RFC 2047) that cannot be decoded, or holds a null character."""
    try:
        data = decode_header(f"=?latin-1?{found[2]}?{found[3]}?=")[0][0]
    except (ValueError, MessageError):  # a wrong base64 is the latter
        data = found[3]
    data = data.encode() if isinstance(data, str) else data
    if is_known(found[1]):
        text = data.decode(found[1], "replace")
    else:
        text = guess_text(data)
    if is_known(found[1]) and "\0" not in text:
        return found[0]
    return _encode(text.replace("\0", ""))


def _is_parsable(part, name, value):
    if value.count("(") > MAX_BRACKETS:
        return False
    try:
        str(part.policy.header_fetch_parse(name, value))
    except Exception:  # the library fails in many ways
        return False
    return True


def _simplify(name, value):
    """What can be made out of a header that the library fails to parse."""
    if name in ADDRESS_HEADERS:
        return ", ".join(ADDRESS.findall(value))
    if name == "message-id":
        # The same for the same mail: it is what a mail is known again by.
        return f"<{hashlib.sha256(value.encode()).hexdigest()[:32]}@broken.invalid>"
    if not name.startswith("content-"):
        return " ".join(re.findall(r"[\w.,+@<>/-]+", value, re.ASCII))
    start = re.match(r"[\s\w./+-]*", value, re.ASCII)[0].strip()
    parameters = [f'{key}="{text.strip()}"' for key, text in PARAMETER.findall(value)]
    return "; ".join([start, *parameters])


# ----------------------------------------------------------------------------
# Parts
# ----------------------------------------------------------------------------


def _repair_type(part):
    """A type whose content the library can give; where there are parts, a container."""
    if part.is_multipart():
        return
    kind = part.get_content_maintype()
    if kind in ("multipart", "message"):
        # No boundary, so there are no parts: what stands there is text.
        _set_type(part, "text/plain")
    elif kind.startswith("text") and kind != "text":
        _set_type(part, "text/plain")
    elif kind not in KNOWN_TYPES:
        _start, *parameters = str(part["Content-Type"]).split(";")
        _set_raw_type(part, ";".join(["application/octet-stream", *parameters]))


def _repair_charset(part):
    if part.get_content_maintype() != "text" or part.is_multipart():
        return
    try:
        charset = part.get_param("charset", "us-ascii")
    except (TypeError, ValueError):  # parameters numbered wrongly
        charset = None
    data = part.get_payload(decode=True) or b""
    is_plain = str(charset).lower() in ("us-ascii", "ascii")
    if not is_known(charset) or (is_plain and not data.isascii()):
        _set_charset(part, find_charset(data))
    elif (better := find_better_charset(data, charset)) != charset:
        _set_charset(part, better)


def is_known(charset):
    """Whether Python can decode text in that charset."""
    try:
        b"-".decode(charset or "none")
    except (LookupError, ValueError, TypeError):
        return False
    return True


def find_charset(data: bytes) -> str:
    """Return the charset that these bytes are most likely in."""
    for charset in GUESSES:
        try:
            data.decode(charset)
        except UnicodeDecodeError:
            continue
        return find_better_charset(data, charset)
    return GUESSES[-1]


def find_better_charset(data: bytes, charset: str) -> str:
    """Return the charset of a text that is labelled with a wrong one.

    :param charset: of the label; it is returned where nothing speaks against it
    """
    if data.isascii() or codecs.lookup(charset).name not in MIXED_UP:
        return charset
    with suppress(UnicodeDecodeError):
        data.decode()
        return "utf-8"
    sample = data[:MAX_SAMPLE]
    scores = {name: _score(sample, name) for name in (charset, *CYRILLIC)}
    best = max(scores, key=scores.get)
    is_better = scores[best] >= max(ENOUGH, scores[charset] + MUCH_BETTER)
    return best if is_better else charset


def _score(data, charset):
    """How Russian a text is: from 0 to 1, less where capitals stand inside words."""
    text = data.decode(charset, "replace")
    letters = [it for it in text if not it.isascii() and not it.isspace()]
    if len(letters) < FEWEST_LETTERS:
        return 0.0
    inside = sum(
        before.islower() and it.isupper()
        for before, it in zip(text, text[1:], strict=False)
    )
    return (sum(it in FREQUENT for it in letters) - inside) / len(letters)


def guess_text(data: bytes) -> str:
    """Return bytes of unknown charset as text."""
    return data.decode(find_charset(data))


def _set_charset(part, charset):
    try:
        filename = part.get_filename()
    except (TypeError, ValueError):
        filename = None
    _set_type(part, part.get_content_type(), charset)
    if filename and part.get_filename() != filename:
        part.set_param("name", filename)


def _set_type(part, content_type, charset=None):
    suffix = f"; charset={charset}" if charset else ""
    _set_raw_type(part, f"{content_type}{suffix}")


def _set_raw_type(part, value):
    del part["Content-Type"]
    part.set_raw("Content-Type", value)
