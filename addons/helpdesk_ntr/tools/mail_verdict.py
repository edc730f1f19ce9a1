"""Who wrote a mail: a person or a program.

``judge(message)`` reads headers, and a bounded part of the body where headers
say nothing. It never raises and does bounded work on any input: headers are
taken as they came, before any parser of structured headers sees them.

Two degrees. A *certain* verdict stands on a header or on the form of the mail.
An uncertain one stands on wording alone; a person may have written those words,
so it only withholds what could start a loop or disturb: the acknowledgement and
the reopening of a ticket.
"""

import base64
import quopri
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from email.errors import MessageError
from email.header import decode_header
from html import unescape

HUMAN = "human"
AUTO_REPLY = "auto_reply"  # answers by itself to a mail: vacation, acknowledgement
GENERATED = "generated"  # written by a program of its own accord: alert, notification
BOUNCE = "bounce"  # delivery report, delay warning, complaint of a feedback loop
BULK = "bulk"  # mailing list, newsletter
OWN = "own"  # our own notification coming back
CALENDAR = "calendar"  # answer to an invitation
RECEIPT = "receipt"  # read receipt

MAX_HEADERS = 500
MAX_HEADER = 2000  # characters of one header
MAX_PARTS = 30
MAX_DEPTH = 3
MAX_BODY = 8000  # characters of a body part as it was transferred
MAX_GREETING = 400  # a vacation note says so in its first lines
MAX_REGISTERED = 160  # so does a help desk that has registered something


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a mail is, and what follows from it.

    :param kind: one of the constants of this module
    :param certain: False when only wording suggests it
    :param reason: what it was seen by, for people; English, technical
    :param is_suppressed: the sender asks for no automatic answer
    """

    kind: str
    certain: bool
    reason: str
    is_suppressed: bool = False

    @property
    def is_automatic(self) -> bool:
        """A program wrote it, without doubt."""
        return self.kind != HUMAN and self.certain

    @property
    def may_acknowledge(self) -> bool:
        """It may be answered automatically (RFC 3834 section 2)."""
        return self.kind == HUMAN and not self.is_suppressed

    @property
    def may_reopen(self) -> bool:
        """It may open a solved or closed ticket again."""
        return self.kind == HUMAN

    @property
    def counts_as_answer(self) -> bool:
        """It is a word of the client: it moves the ball to us."""
        return not self.is_automatic

    @property
    def makes_ticket(self) -> bool:
        """As a new mail it is a request: nothing but wording speaks for a program, or
        a postmaster wrote it, who is a person too."""
        return not self.is_automatic or bool(POSTMASTER.match(self.reason))

    @property
    def is_alert(self) -> bool:
        """A program wrote it of its own accord: a device, a monitor, a mailing; it
        answers nobody and reports on no mail."""
        return self.is_automatic and (
            self.kind in (GENERATED, BULK) or self.reason == EMPTY_PATH
        )


def judge(
    message,
    own_domains: Iterable[str] = (),
    own_addresses: Iterable[str] = (),
    own_lists: Iterable[str] = (),
) -> Verdict:
    """Tell who wrote a mail.

    :param message: `email.message.EmailMessage` or `Message`, or a mapping of
        header names to values
    :param own_domains: domains that only this server writes in its Message-IDs
        and its mailing lists in List-Id; not those of colleagues' mail programs
    :param own_addresses: addresses from which only this server sends, such as
        the aliases of teams
    :param own_lists: domains whose mailing lists are ways to us, as a mailbox of the
        firm that several people share
    """
    own_domains = {domain.lower() for domain in own_domains}
    own_lists = own_domains | {domain.lower() for domain in own_lists}
    own_addresses = {address.lower() for address in own_addresses}
    mail = _Mail(message)
    found = (
        _judge_report(mail)
        or _judge_own(mail, own_domains, own_addresses)
        or _judge_calendar(mail)
        or _judge_headers(mail)
        or _judge_envelope(mail)
        or _judge_list(mail, own_lists)
        or _judge_suppression(mail)
        or _judge_wording(mail)
        or (HUMAN, True, "nothing says otherwise")
    )
    return Verdict(*found, is_suppressed=bool(mail.suppressed & SUPPRESSING))


def is_report(message) -> bool:
    """Tell whether a mail reports on another mail and asks nothing of anybody.

    Stricter than the verdict ``bounce``, because what is a report makes no ticket: a
    postmaster is a person too, and programs that send without an envelope sender may
    have something to say.

    :param message: as for ``judge``
    """
    mail = _Mail(message)
    is_returned = bool(RETURNED.match(mail.subject)) or _has_empty_path(mail)
    found = _judge_report(mail)
    if not found:
        return _has_empty_path(mail) and bool(RETURNED.match(mail.subject))
    kind, _certain, reason = found
    return kind == BOUNCE and (is_returned or not POSTMASTER.match(reason))


def is_receipt(message) -> bool:
    """Tell whether a mail says that another one was read (RFC 8098).

    :param message: as for ``judge``
    """
    found = _judge_report(_Mail(message))
    return bool(found) and found[0] == RECEIPT


def read_subject(message) -> str:
    """Return the decoded subject of a mail; never raises.

    :param message: as for ``judge``
    """
    return " ".join(_decode(_Mail(message).get("subject")).split())


# ----------------------------------------------------------------------------
# Rules: each answers (kind, certain, reason) or None
# ----------------------------------------------------------------------------

# RFC 3464 and 6522, RFC 8098, RFC 5965, RFC 3798
REPORTS = {
    "delivery-status": BOUNCE,
    "global-delivery-status": BOUNCE,
    "feedback-report": BOUNCE,
    "disposition-notification": RECEIPT,
    "global-disposition-notification": RECEIPT,
}
DAEMON = re.compile(
    r"^(mailer-?daemon|mail-?daemon|post-?master|poostmaster|mdaemon"
    r"|mail delivery (sub)?system|bounce-?handler)(@|$)"
)
POSTMASTER = re.compile(r"^From: po+o?st-?master\b")
# What Amazon SES tells of a mail, by its notification service
NOTIFICATION = re.compile(r"notificationType\W{1,9}(Bounce|Complaint)\b")
COMPLAINT = re.compile(r"^complaint about message from [\d.:a-f]+$")


def _judge_report(mail):
    kind, parameters = mail.content_type
    if kind == "multipart/report":
        for report, verdict in REPORTS.items():
            if report in parameters or f"message/{report}" in mail.part_types:
                return verdict, True, f"multipart/report of {report}"
        return BOUNCE, True, "multipart/report"
    if kind.removeprefix("message/") in REPORTS:
        return REPORTS[kind.removeprefix("message/")], True, kind
    if "x-failed-recipients" in mail.headers:
        return BOUNCE, True, "X-Failed-Recipients"
    for name in (mail.sender, mail.sender_name):
        if DAEMON.match(name):
            return BOUNCE, True, f"From: {name}"
    if "x-amz-sns-message-id" in mail.headers and NOTIFICATION.search(mail.greeting):
        return BOUNCE, True, "notification of Amazon SES"
    # Outlook.com reports complaints in a form of its own.
    if mail.sender.startswith("staff@") and COMPLAINT.match(mail.subject):
        return BOUNCE, True, "complaint of a feedback loop"
    return None


def _judge_own(mail, own_domains, own_addresses):
    domain = mail.get("message-id").strip(" <>\r\n\t").rpartition("@")[2].lower()
    if domain in own_domains:
        return OWN, True, f"Message-ID of {domain}"
    if mail.sender in own_addresses:
        return OWN, True, f"From: {mail.sender}"
    return None


# RFC 5546: what an attendee answers. Invitations themselves are people's.
ANSWERS = ("reply", "counter", "refresh", "declinecounter")
METHOD = re.compile(r"method\s*[=:]\s*\"?([a-z]+)", re.IGNORECASE)


def _judge_calendar(mail):
    for kind, parameters, part in mail.parts:
        if kind != "text/calendar":
            continue
        method = METHOD.search(parameters) or METHOD.search(_read_text(part))
        if method and method[1].lower() in ANSWERS:
            return CALENDAR, True, f"calendar answer: METHOD={method[1].upper()}"
    return None


# Names that answering programs give themselves: X-Autoreply, X-Auto-Reply-From,
# X-Yandex-Autoreply, X-Autorespond, X-Autogenerated. The header by which people
# ask for silence sounds alike and is another matter.
AUTOMATON = re.compile(
    r"^x-(?!.*suppress)(?:.*-)?auto-?"
    r"(reply|replied|respond|responder|response|generated|submitted)(-|$)"
)
GENERATORS = ("x-cron-env", "x-fc-machinegenerated", "x-amz-sns-message-id")
NO = ("", "no", "false", "0")


def _judge_headers(mail):
    # RFC 3834 section 5; a comment or parameters may follow the keyword
    submitted = _first_word(mail.get("auto-submitted"))
    if submitted not in NO:
        reason = f"Auto-Submitted: {submitted}"
        if submitted == "auto-replied" or VACATION.match(mail.subject):
            return AUTO_REPLY, True, reason
        return GENERATED, True, reason
    for name, values in mail.headers.items():
        found = AUTOMATON.match(name)
        if found and _first_word(values[0]) not in NO:
            generated = found[1] in ("generated", "submitted")
            return GENERATED if generated else AUTO_REPLY, True, name
    for name in ("precedence", "x-precedence", "preference"):
        if _first_word(mail.get(name)) in ("auto_reply", "auto-reply"):
            return AUTO_REPLY, True, f"{name}: auto_reply"
    for name in GENERATORS:
        if name in mail.headers:
            return GENERATED, True, name
    return None


EMPTY_PATH = "empty Return-Path"


def _judge_envelope(mail):
    # RFC 5321 section 4.5.5 and RFC 3834 section 3.3: what must not be answered
    # is sent with an empty envelope sender.
    if _has_empty_path(mail):
        if VACATION.match(mail.subject):
            return AUTO_REPLY, True, EMPTY_PATH
        return BOUNCE, True, EMPTY_PATH
    return None


def _has_empty_path(mail):
    path = mail.headers.get("return-path")
    return bool(path) and path[0].replace(" ", "").strip() == "<>"


LIST_HEADERS = ("list-id", "list-unsubscribe", "list-post", "list-help")


def _judge_list(mail, own_lists):
    list_id = mail.get("list-id").lower()
    # People's mail that reaches us through a list of ours is people's mail.
    if any(_is_within(list_id, domain) for domain in own_lists):
        return None
    for name in LIST_HEADERS:  # RFC 2369, RFC 2919
        if name in mail.headers:
            return BULK, True, name
    for name in ("precedence", "x-precedence"):  # RFC 2076
        value = _first_word(mail.get(name))
        if value in ("bulk", "junk", "list"):
            return BULK, True, f"{name}: {value}"
    return None


# [MS-OXCMAIL] 2.1.3.2.20: the sender wants no automatic answer. Outlook, Odoo
# and some companies' servers put it on what people write, as "OOF" or
# "DR, OOF, AutoReply"; that only keeps us from acknowledging. "All" is what
# programs write; in an answer to a mail it may still be a whole company's habit.
SUPPRESSING = {"all", "autoreply", "oof"}


def _judge_suppression(mail):
    if "all" in mail.suppressed:
        return GENERATED, not mail.is_reply, "X-Auto-Response-Suppress: All"
    return None


VACATION = re.compile(
    r"""\W*(
    auto(matic|matisch|mated)?[ -]?(reply|response|answer)\b
    | automatische\ antwort\b | r[ée]ponse\ automatique\b
    | abwesenheit | abwesend\b
    | out[ -]of[ -](the[ -])?office\b | away\ from\ (my\ |the\ )?(office|desk)\b
    | (i\ am\ |i'm\ )?(currently\ )?(on|away\ on)\ (annual\ )?(vacation|leave)\b
    | auto:\ | vacation\ (reply|response|notice|message)\b
    | авто(матический\ )?[ -]?ответ(чик)?\b | автоматическое\ (сообщение|уведомление)
    | (я\ )?(временно\ )?отсутству(ю|ет)\b | вне\ офиса\b
    | (я\ )?(сейчас\ )?(нахожусь\ )?в\ отпуске\b
    | нет\ на\ (рабочем\ )?месте\b | сообщение\ об\ отсутствии\b
    )""",
    re.IGNORECASE | re.VERBOSE,
)
RETURNED = re.compile(
    r"""\W*(
    undeliver(ed|able)\b | delivery\ (status\ notification|failure|has\ failed)
    | mail\ delivery\ (failed|failure|status) | failure\ notice\b
    | returned\ mail\b | mail\ system\ error\b
    | message\ delivery\ has\ failed
    | не\ ?доставлено\s?: | не\ удалось\ доставить\s?:
    | недоставленное\ сообщение\b | сообщение\ не\ доставлено
    | уведомление\ о\ (не)?доставке\b | ошибка\ доставки\b
    | unzustellbar\b
    )""",
    re.IGNORECASE | re.VERBOSE,
)
READ = re.compile(
    r"\W*(read(?: receipt)?|return receipt|not read|прочитано|уведомление о прочтении"
    r"|gelesen)\s*(:|\()",
    re.IGNORECASE,
)
ACCEPTED = re.compile(
    r"\W*(accepted|declined|tentative(ly accepted)?|принято|отклонено|под вопросом"
    r"|zugesagt|abgesagt)\s*:",
    re.IGNORECASE,
)
SUBJECTS = (
    (VACATION, AUTO_REPLY),
    (RETURNED, BOUNCE),
    (READ, RECEIPT),
    (ACCEPTED, CALENDAR),
)
ABSENT = re.compile(
    r"""
    \b(i\ am|i'm|i\ will\ be)\ (currently\ )?
        (out\ of\ (the\ )?office|away\ from|on\ (annual\ |maternity\ |sick\ )?
        (vacation|leave|holiday))\b
    | \bя\ (сейчас\ |временно\ )?(нахожусь\ )?
        (в\ (ежегодном\ |очередном\ )?отпуске|вне\ офиса|на\ больничном)\b
    | \bнахожусь\ (в\ (ежегодном\ |очередном\ )?отпуске|вне\ офиса)\b
    | \b(буду\ отсутствовать|отсутствую\ на\ рабочем\ месте)\b
    """,
    re.IGNORECASE | re.VERBOSE,
)
BY_PROGRAM = re.compile(
    r"""
    \bthis\ is\ an\ auto(matic(ally\ generated)?|mated|-generated)
        \ (e-?mail|message|reply|response|notification)\b
    | \b(письмо|сообщение|уведомление)
        \ (было\ )?(создано|сформировано|отправлено|сгенерировано)\ автоматически\b
    | \bэто\ автоматическ(ий|ое)\ (ответ|сообщение|письмо|уведомление)\b
    | \bdo\ not\ reply\ to\ this\ (e-?mail|message)\b
    | \bне\ отвечайте\ на\ (это|данное)\ (письмо|сообщение)\b
    """,
    re.IGNORECASE | re.VERBOSE,
)
# What other help desks answer by themselves
REGISTERED = re.compile(
    r"""
    \b(your|a\ new)\ (support\ )?(request|ticket|case|inquiry|enquiry)\b.{0,40}
        \b(has\ been|was|is)\ (successfully\ )?
        (received|registered|created|opened|logged)\b
    | \bwe\ have\ received\ your\ (request|ticket|message)\ and\ registered\b
    | \bмы\ получили\ ваш[еу]?\ (заявку|обращение|запрос|письмо)\b.{0,40}
        \bзарегистрировали\b
    | \bваш(а|е|у|ему|ей)?\ (заявк[аеу]|обращени[ею]|запросу?|письмо|сообщение)\b
        .{0,40}\b(зарегистрирован[ао]?|принят[ао]?|получен[ао]?|присвоен)\b
    """,
    re.IGNORECASE | re.VERBOSE,
)
NO_REPLY = re.compile(r"^(no|do-?not|ne)[-_.]?(reply|otvechat)\b|^no-?responder\b")


def _judge_wording(mail):
    for pattern, kind in SUBJECTS:
        if pattern.match(mail.subject):
            return kind, False, f"subject: {mail.subject[:60]}"
    if NO_REPLY.match(mail.sender):
        return GENERATED, False, f"From: {mail.sender}"
    text = mail.greeting
    # A client who reports a fault may mention his leave; only an answer that
    # begins with it is taken for a vacation note.
    if mail.is_reply and (found := ABSENT.search(text)):
        return AUTO_REPLY, False, f"text: {found[0]}"
    if found := BY_PROGRAM.search(text):
        return GENERATED, False, f"text: {found[0]}"
    if found := REGISTERED.search(text[:MAX_REGISTERED]):
        return AUTO_REPLY, False, f"text: {found[0][:60]}"
    return None


# ----------------------------------------------------------------------------
# Reading
# ----------------------------------------------------------------------------

REPLY = re.compile(r"\s*(re|aw|sv|ответ|отв|на|ha)\s*(\[\d+\])?\s*:", re.IGNORECASE)


class _Mail:
    """The few things that the rules ask of a mail, read without parsing."""

    def __init__(self, message):
        self.headers = _read_headers(message)
        self.content_type = _split_type(self.get("content-type"))
        self.subject = " ".join(_decode(self.get("subject")).split()).lower()
        self.parts = list(_walk(message))
        self.part_types = {kind for kind, _parameters, _part in self.parts}
        self.sender_name, self.sender = (
            text.strip().lower() for text in _parse_address(self.get("from"))
        )
        self.suppressed = set(
            re.findall(r"[a-z]+", self.get("x-auto-response-suppress").lower())
        )
        self.is_reply = bool(
            self.get("in-reply-to").strip()
            or self.get("references").strip()
            or REPLY.match(self.subject)
        )

    def get(self, name):
        return self.headers.get(name, [""])[0]

    @property
    def greeting(self):
        """The beginning of what the sender himself wrote."""
        for wanted in ("text/plain", "text/html"):
            for kind, _parameters, part in self.parts:
                if kind == wanted:
                    text = _read_text(part)
                    if kind == "text/html":
                        text = _strip_tags(text)
                    return _cut_quote(text)[:MAX_GREETING]
        return ""


# What a mail program puts between an answer and the mail that is answered.
QUOTE = re.compile(
    r"^\s*(>|-{5}|_{5}|from:|от:|von:|.{0,200}(wrote|schrieb|пишет|написала?)\s*:\s*$)",
    re.IGNORECASE,
)


def _cut_quote(text):
    own = []
    for line in text.splitlines():
        if QUOTE.match(line):
            break
        own.append(line)
    return " ".join(" ".join(own).split())


def _strip_tags(html):
    html = re.split(r"<blockquote\b", html, maxsplit=1, flags=re.IGNORECASE)[0]
    html = " ".join(html.split())
    html = re.sub(r"(?i)<(style|head|title)\b.*?</\1>", " ", html)
    html = re.sub(r"(?i)<(br|/p|/div|/tr|hr)\b[^>]*>", "\n", html)
    return unescape(re.sub(r"<[^>]*>", "", html))


def _read_headers(message) -> dict[str, list[str]]:
    """Return the headers by lower-case name, values raw and cut."""
    # raw_items() does not run the parsers of structured headers, which raise on
    # broken ones and take long on huge ones.
    read = getattr(message, "raw_items", None) or message.items
    headers = {}
    for number, (name, value) in enumerate(read()):
        if number >= MAX_HEADERS:
            break
        headers.setdefault(str(name).lower(), []).append(_cut(value))
    return headers


def _cut(value):
    return (value if isinstance(value, str) else str(value))[:MAX_HEADER]


def _split_type(value):
    kind, _semicolon, parameters = value.partition(";")
    return kind.strip().lower(), parameters.lower()


def _first_word(value):
    return re.split(r"[;(\s,]", value.strip(), maxsplit=1)[0].lower()


def _is_within(list_id, domain):
    return re.search(rf"(^|[<.@]){re.escape(domain)}\s*>?\s*$", list_id)


def _parse_address(value):
    """Return the name and the address of a From; `parseaddr` recurses on brackets."""
    text = _decode(value)
    angles = re.findall(r"<\s*([^<>]*)>", text)
    if angles:
        return text.partition("<")[0].strip('" '), angles[-1]
    comment = re.search(r"\(([^()]*)", text)
    return comment[1] if comment else "", text.partition("(")[0]


def _decode(value):
    """Return a raw header as text, whatever it is encoded in."""
    try:
        pieces = decode_header(value)
    except (ValueError, MessageError):
        pieces = [(value, None)]
    return "".join(
        _to_text(piece if isinstance(piece, bytes) else _to_bytes(piece), charset)
        for piece, charset in pieces
    )


def _to_bytes(text):
    """Undo the way in which the parser keeps bytes that it could not decode."""
    return text.encode("utf-8", "surrogateescape")


def _to_text(data, charset):
    for name in (charset, "utf-8", "cp1251"):
        try:
            return data.decode(name)
        except (LookupError, TypeError, ValueError):
            continue
    return data.decode("latin-1")


def _walk(message) -> Iterator[tuple]:
    """Yield (type, parameters, part) of the first parts that are no containers.

    Attached messages are not entered: a person may forward a delivery report.
    """
    todo = [(message, 0)]
    for _number in range(MAX_PARTS):
        if not todo:
            return
        part, depth = todo.pop(0)
        if not hasattr(part, "is_multipart"):
            return
        kind, parameters = _split_type(
            _read_headers(part).get("content-type", ["text/plain"])[0]
        )
        if part.is_multipart() and kind.startswith("multipart/"):
            if depth < MAX_DEPTH:
                todo += [(child, depth + 1) for child in part.get_payload()[:MAX_PARTS]]
        else:
            yield kind, parameters, part


def _read_text(part):
    """Return the beginning of a body part as text; nothing if it has none."""
    payload = part.get_payload() if not part.is_multipart() else ""
    data = _to_bytes(payload[:MAX_BODY]) if isinstance(payload, str) else b""
    headers = _read_headers(part)
    encoding = _first_word(headers.get("content-transfer-encoding", [""])[0])
    if encoding == "base64":
        data = re.sub(rb"[^A-Za-z0-9+/]", b"", data)
        data = base64.b64decode(data[: len(data) // 4 * 4])
    elif encoding == "quoted-printable":
        data = quopri.decodestring(data)
    charset = re.search(
        r"charset\s*=\s*\"?([\w.-]+)",
        headers.get("content-type", [""])[0],
        re.IGNORECASE,
    )
    return _to_text(data, charset and charset[1])
