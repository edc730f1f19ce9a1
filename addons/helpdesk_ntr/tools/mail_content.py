"""What a mail carries: its texts and its files, each once and none left out.

A text that comes in two forms is taken in the richer one. A mail inside of a mail is a
file by itself: its text and its files are not ours. ``read(message)`` looks at each
part once, so its work grows with the mail and not with how it is nested.
"""

import mimetypes
import re
from dataclasses import dataclass, field
from email.message import EmailMessage

MAX_PARTS = 1000
MAX_DEPTH = 30
MAX_NAME = 150
# Further texts are kept as files: nobody reads a hundred of them in a row.
MAX_TEXTS = 20
MAX_TEXT = 1_000_000

PLAIN, HTML, CALENDAR = "plain", "html", "calendar"
# What no file system and no browser takes, or what shows a name the wrong way round.
WRONG_IN_NAMES = re.compile(
    r"[\x00-\x1f\x7f/\\:*?\"<>|\u200b-\u200f\u2028-\u202e\u2060-\u206f\ud800-\udfff]+"
)
TNEF_TYPES = ("application/ms-tnef", "application/vnd.ms-tnef")
NAMES = {
    "text/calendar": "invitation.ics",
    "application/ms-tnef": "winmail.dat",
    "application/vnd.ms-tnef": "winmail.dat",
    "application/pgp-signature": "signature.asc",
    "application/pkcs7-signature": "smime.p7s",
    "text/rfc822-headers": "headers.txt",
    "message/delivery-status": "delivery-status.txt",
    "message/disposition-notification": "receipt.txt",
    "message/feedback-report": "report.txt",
}


@dataclass(frozen=True, slots=True)
class Text:
    """A piece of what is to be read.

    :param kind: ``plain``, ``html`` or ``calendar``
    """

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class File:
    """Something that came with the mail.

    :param cid: by which a text shows it, or empty
    """

    name: str
    content: bytes
    mimetype: str = "application/octet-stream"
    cid: str = ""

    @property
    def is_tnef(self) -> bool:
        """Whether it is a ``winmail.dat``, whatever its name."""
        return self.mimetype in TNEF_TYPES or self.name.lower() == "winmail.dat"


@dataclass(slots=True)
class Content:
    """All that a mail carries, in its order."""

    texts: list[Text] = field(default_factory=list)
    files: list[File] = field(default_factory=list)


def read(message: EmailMessage) -> Content:
    """Tell what a mail carries.

    :param message: parsed, and repaired by ``mail_repair``
    """
    reader = _Reader()
    texts = reader.read_part(message, 0)
    kept, size = [], 0
    for text in texts:
        size += len(text.text)
        if text.kind == CALENDAR or (
            len(kept) < MAX_TEXTS and (size <= MAX_TEXT or not kept)
        ):
            kept.append(text)
            if len(text.text) <= MAX_TEXT:
                continue
        reader.add_text(text)
    return Content(kept, reader.files)


def clean_name(name: str, default: str = "file") -> str:
    """Return a name that files can have; its ending stays."""
    name = WRONG_IN_NAMES.sub("_", " ".join((name or "").split())).strip(" ._")
    if len(name) > MAX_NAME:
        start, dot, ending = name.rpartition(".")
        ending = f"{dot}{ending}" if start and len(ending) <= 10 else ""
        name = name[: MAX_NAME - len(ending)].rstrip(" .") + ending
    return name or default


def make_text_file(text: Text, number: int = 1) -> File:
    """Return a text that cannot be shown as it is, as a file."""
    return File(
        f"text-{number}.{'html' if text.kind == HTML else 'txt'}",
        text.text.encode(errors="replace"),
        f"text/{text.kind}",
    )


def make_original(message: EmailMessage) -> File:
    """Return a whole mail as a file."""
    return File("original_email.eml", _get_mail_bytes(message), "message/rfc822")


class _Reader:
    def __init__(self):
        self.files = []
        self.parts = 0

    def read_part(self, part, depth):
        """The texts of a part; its files are kept."""
        self.parts += 1
        if self.parts > MAX_PARTS or depth > MAX_DEPTH:
            return []
        kind = part.get_content_type()
        if kind.startswith("message/"):
            self._add_mail(part, kind)
        elif not part.is_multipart():
            return self._read_leaf(part, kind, depth)
        elif kind == "multipart/alternative":
            return self._choose(
                [self.read_part(it, depth + 1) for it in part.iter_parts()]
            )
        else:
            return [
                it
                for inner in part.get_payload()
                for it in self.read_part(inner, depth + 1)
            ]
        return []

    def _choose(self, choices):
        """Of the forms of one text the richest that says something."""
        calendars = [it for texts in choices for it in texts if it.kind == CALENDAR]
        read = [[it for it in texts if it.kind != CALENDAR] for texts in choices]
        filled = [texts for texts in read if any(it.text.strip() for it in texts)]
        rich = [texts for texts in filled if any(it.kind == HTML for it in texts)]
        chosen = rich or filled
        return [*(chosen[-1] if chosen else ()), *calendars]

    def _read_leaf(self, part, kind, depth):
        # all that a mail is, is its text, whatever name its program gave it
        is_file = _get_disposition(part) == "attachment" or (
            depth and _get_filename(part)
        )
        if kind == "text/calendar":
            self._add_leaf(part, kind)
            return [Text(CALENDAR, _get_text(part))]
        if is_file or kind not in ("text/plain", "text/html"):
            self._add_leaf(part, kind)
            return []
        text = _get_text(part)
        return [Text(HTML if kind == "text/html" else PLAIN, text)]

    def _add_leaf(self, part, kind):
        content = _get_bytes(part)
        if content:
            cid = str(part.get("Content-ID") or "").strip("<> \t\r\n")
            self._add(_get_filename(part), content, kind, cid)

    def _add(self, name, content, kind, cid=""):
        default = NAMES.get(kind) or f"file-{len(self.files) + 1}{_get_ending(kind)}"
        self.files.append(File(clean_name(name, default), content, kind, cid))

    def _add_mail(self, part, kind):
        """A mail inside of this one, or what a server says of one."""
        payload = part.get_payload()
        inner = payload if isinstance(payload, list) else []
        content = b"\r\n".join(filter(None, map(_get_mail_bytes, inner)))
        name = _get_filename(part)
        if kind in ("message/rfc822", "message/global") and inner:
            name = name or f"{clean_name(_get_subject(inner[0]), 'mail')}.eml"
            if not name.lower().endswith(".eml"):
                name = f"{clean_name(name)}.eml"
        if content or isinstance(payload, str):
            self._add(name, content or payload.encode(errors="replace"), kind)

    def add_text(self, text):
        """Keep a text as a file: it is too long, or one too many."""
        self.files.append(make_text_file(text, len(self.files) + 1))


def _get_filename(part):
    try:
        return part.get_filename() or ""
    except (TypeError, ValueError):  # parameters numbered wrongly
        return ""


def _get_disposition(part):
    try:
        return part.get_content_disposition()
    except (AttributeError, TypeError, ValueError):
        return None


def _get_ending(kind):
    return mimetypes.guess_extension(kind) or ""


def _get_bytes(part):
    try:
        return part.get_payload(decode=True) or b""
    except (ValueError, TypeError, AssertionError):
        return str(part.get_payload()).encode(errors="replace")


def _get_text(part):
    try:
        charset = part.get_param("charset") or "utf-8"
        return _get_bytes(part).decode(str(charset), "replace").replace("\0", "")
    except (LookupError, TypeError, ValueError):
        return _get_bytes(part).decode("utf-8", "replace").replace("\0", "")


def _get_subject(message):
    try:
        return str(message.get("Subject") or "")
    except Exception:  # the library fails in many ways
        return ""


def _get_mail_bytes(message):
    """A mail inside of another, as it came as far as the library can say."""
    for policy in (message.policy.clone(refold_source="none"), None):
        try:
            return message.as_bytes(policy=policy) if policy else message.as_bytes()
        except Exception:  # the library fails in many ways
            continue
    return str(message.get_payload()).encode(errors="replace")
