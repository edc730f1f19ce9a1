"""Which part of a mail repeats what was said before.

Mail programs put the mail that is answered under the answer, each in a way of its own.
What is repeated is marked, so that it can be folded away where it is shown; nothing of
it is taken out. A mail that only repeats, or forwards, is news and stays as it is.
"""

import re
from html import escape

from lxml import etree

QUOTE = "data-o-mail-quote"
# Most of it is prose: long lines are folded, and it looks like other text.
PRE_STYLE = "white-space: pre-wrap; font-family: inherit; font-size: inherit"
MAX_LINES = 20_000
MAX_LINE = 500
# Lines of an attribution ("On ... wrote:") as mail programs wrap it
MAX_ATTRIBUTION = 4
FIELDS_WITHIN = 6

BEGINNINGS = re.compile(
    r"\s*-{2,}\s*(?:original (?:message|appointment)|reply message|forwarded message"
    r"|begin forwarded message|исходное сообщение|оригинальное сообщение"
    r"|первоначальное сообщение|пересылаемое сообщение|пересланное сообщение"
    r"|ursprüngliche nachricht|message d'origine)\b.{0,80}",
    re.IGNORECASE,
)
RULE = re.compile(r"\s*[_-]{20,}\s*")
FROM = re.compile(
    r"\s*[*]{0,2}(?:from|от(?: кого)?|von|de)\s*[*]{0,2}:\s*[*]{0,2}.", re.I
)
FIELD = re.compile(
    r"\s*[*]{0,2}(?:sent|date|to|cc|subject|reply-to|importance"
    r"|отправлено|дата|кому|копия|тема|послано|важность|gesendet|an|betreff)"
    r"\s*[*]{0,2}:",
    re.IGNORECASE,
)
ONE_LINE = re.compile(
    r"\s*[*]*(?:from|от(?: кого)?)\s*[*]*:.{1,200}?\b(?:sent|отправлено|дата|date)"
    r"\s*[*]*:",
    re.IGNORECASE,
)
WROTE = re.compile(
    r"\b(?:wrote|writes|said|пишет|писал[аи]?|написал(?:а|и|\(а\))?|сообщил[аи]?"
    r"|schrieb|a écrit|escribió|ha scritto)\b.{0,80}:\s*$",
    re.IGNORECASE | re.DOTALL,
)
# Yandex, Mail.ru, The Bat!: the moment, and who; in whatever language
MOMENT = re.compile(
    r"(?:\d{1,2}[./-]\d{1,2}[./-]\d{2,4}|\b\d{1,2}\.? \w{3,12}\.? \d{4}"
    r"|\w{3,12} \d{1,2}, \d{4}|\b\d{4}-\d{2}-\d{2}).{0,200}:\s*$",
    re.DOTALL,
)
QUOTED = re.compile(r"\s{0,3}(?:\w{0,3}>|[|¦] )")

# Marks that mail programs leave in HTML
CLASSES = re.compile(
    r"(?:^|\s)(?:gmail_quote|gmail_quote_container|gmail_attr|yahoo_quoted"
    r"|moz-cite-prefix|moz-forward-container|protonmail_quote|zmail_extra"
    r"|OutlookMessageHeader|ms-outlook-mobile-reference-message|tutanota_quote)(?:\s|$)"
)
# What follows is repeated too
BEGIN_CLASSES = re.compile(r"SkyDrivePlaceholder|stopSpelling|hmmessage_quote")
IDS = re.compile(
    r"(?:x_)*(?:mail-editor-reference-message-container|OLK_SRC_BODY_SECTION"
    r"|reply-intro)$"
)
BEGIN_IDS = re.compile(
    r"(?:x_)*(?:divRplyFwdMsg|appendonsend|stopSpelling|SkyDrivePlaceholder|zwchr"
    r"|divtagdefaultwrapper_quote)$"
)
BLOCKS = {
    *("address", "article", "blockquote", "body", "center", "dd", "div", "dl", "dt"),
    *("fieldset", "form", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "li", "ol", "p"),
    *("pre", "section", "table", "tbody", "td", "th", "tr", "ul", "br", "html"),
}


# ----------------------------------------------------------------------------
# Lines, of plain text and of HTML alike
# ----------------------------------------------------------------------------


def find_beginning(lines: list[str]) -> int | None:
    """Return the number of the line from which on a former mail is repeated whole.

    :param lines: of a text, without line ends
    """
    for number, line in enumerate(lines[:MAX_LINES]):
        line = line[:MAX_LINE]
        if BEGINNINGS.match(line) or ONE_LINE.match(line):
            return number
        if FROM.match(line) and _count_fields(lines, number) >= 2:
            return number
        if RULE.fullmatch(line) and _begins_fields(lines, number):
            return number
    return None


def _count_fields(lines, number):
    following = [line for line in lines[number + 1 : number + 10] if line.strip()]
    return sum(bool(FIELD.match(line[:MAX_LINE])) for line in following[:FIELDS_WITHIN])


def _begins_fields(lines, number):
    """Whether the fields of a former mail stand under a rule."""
    for place in range(number + 1, min(number + 4, len(lines))):
        if lines[place].strip():
            is_field = FROM.match(lines[place]) or FIELD.match(lines[place])
            return bool(is_field) and _count_fields(lines, place) >= 2
    return False


def is_attribution(text: str) -> bool:
    """Tell whether a line says who wrote what is quoted under it."""
    text = text.strip().lstrip("> ")
    if not text.endswith(":") or len(text) > MAX_LINE:
        return False
    return bool(WROTE.search(text) or MOMENT.search(text))


# ----------------------------------------------------------------------------
# Plain text
# ----------------------------------------------------------------------------


def mark_text(text: str, is_forward: bool = False) -> str:
    """Return plain text as HTML in which what is repeated is marked.

    :param is_forward: nothing is marked in a forwarded mail
    """
    if not text.strip():
        return ""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    marked = [False] * len(lines) if is_forward else _find_quoted(lines)
    if not any(line.strip() and not it for line, it in zip(lines, marked, strict=True)):
        marked = [False] * len(lines)
    pieces, begin = [], 0
    for number in range(1, len(lines) + 1):
        if number == len(lines) or marked[number] != marked[begin]:
            piece = escape("\n".join(lines[begin:number]), quote=False)
            is_quote = marked[begin]
            pieces.append(f'<span {QUOTE}="1">{piece}</span>' if is_quote else piece)
            begin = number
    # Odoo marks such lines by itself, where they come first in an element
    is_guarded = not any(marked) and any(map(QUOTED.match, lines))
    guard = "<span></span>" if is_guarded else ""
    return f'<pre style="{PRE_STYLE}">{guard}{chr(10).join(pieces)}</pre>'


def _find_quoted(lines):
    """Of each line, whether it is repeated."""
    beginning = find_beginning(lines)
    end = len(lines) if beginning is None else beginning
    marked = [number >= end for number in range(len(lines))]
    for number in range(end):
        if QUOTED.match(lines[number]):
            marked[number] = True
            if not number or not marked[number - 1]:
                _mark_attribution_lines(lines, marked, number)
    return marked


def _mark_attribution_lines(lines, marked, number):
    """Mark who is quoted, where it stands right above a quotation."""
    last = number - 1
    while last >= max(0, number - 3) and not lines[last].strip():
        last -= 1
    for first in range(last, max(-1, last - MAX_ATTRIBUTION), -1):
        if first < 0 or not lines[first].strip() or marked[first]:
            return
        if is_attribution(" ".join(lines[first : last + 1])):
            # wrapped: what begins the sentence stands in the line above
            while (
                first
                and not MOMENT.search(" ".join(lines[first : last + 1]))
                and last - first < MAX_ATTRIBUTION
                and lines[first - 1].strip()
                and MOMENT.search(" ".join(lines[first - 1 : last + 1]))
            ):
                first -= 1
            marked[first:number] = [True] * (number - first)
            return


# ----------------------------------------------------------------------------
# HTML
# ----------------------------------------------------------------------------


def mark(root) -> None:
    """Mark in a parsed HTML document what is repeated.

    :param root: ``lxml`` element of the document, with ids and classes; it is changed
    """
    body = root.find("body")
    if body is None:
        return
    for element in body.iter(etree.Element):
        element.attrib.pop(QUOTE, None)
    _mark_known(body)
    _mark_from_text(body)
    for element in list(body.iter("blockquote")):
        if not _is_marked(element):
            element.set(QUOTE, "1")
            _mark_attribution(element)
    if not _has_news(body):
        for element in body.iter(etree.Element):
            element.attrib.pop(QUOTE, None)


def _mark_known(body):
    """By the names that mail programs give to what they repeat."""
    for element in list(body.iter(etree.Element)):
        if element is body or _is_marked(element):
            continue
        classes, name = element.get("class", ""), element.get("id", "")
        if BEGIN_IDS.match(name) or BEGIN_CLASSES.search(classes):
            _mark_to_end(element, body)
        elif CLASSES.search(classes) or IDS.match(name):
            element.set(QUOTE, "1")
            _mark_attribution(element)


def _is_marked(element):
    return element.get(QUOTE) is not None or any(
        it.get(QUOTE) is not None for it in element.iterancestors()
    )


def _mark_to_end(element, body):
    """Mark an element and all that follows, up to the end of the mail."""
    element.set(QUOTE, "1")
    while element is not body and element is not None:
        _wrap_tail(element)
        for sibling in list(element.itersiblings()):
            sibling.set(QUOTE, "1")
            _wrap_tail(sibling)
        element = element.getparent()


def _wrap_tail(element):
    if (element.tail or "").strip():
        span = etree.Element("span", {QUOTE: "1"})
        span.text, element.tail = element.tail, None
        element.addnext(span)


def _wrap_text(element):
    span = etree.Element("span", {QUOTE: "1"})
    span.text, element.text = element.text, None
    element.insert(0, span)
    return span


def _mark_from_text(body):
    """By the heading of a former mail, in words."""
    lines = _get_lines(body)
    number = find_beginning([text for text, _place, _is_tail in lines])
    if number is None:
        return
    _text, place, is_tail = lines[number]
    if is_tail:
        _wrap_tail(place)
        _mark_to_end(place.getnext(), body)
        return
    if place is body:
        _mark_to_end(_wrap_text(body), body)
        return
    # as far out as nothing new stands before it
    while place.getparent() is not body and _is_first(place):
        place = place.getparent()
    _mark_to_end(place, body)


def _is_first(element):
    parent = element.getparent()
    return element.getprevious() is None and not (parent.text or "").strip()


def _get_lines(body):
    """[text, the element in which or after which it begins, whether after]"""
    lines = []
    is_new = True
    for event, element in etree.iterwalk(body, events=("start", "end")):
        is_tail = event == "end"
        is_new = is_new or element.tag in BLOCKS
        if is_tail and element is body:
            break
        text = (element.tail if is_tail else element.text) or ""
        if not text.strip():
            continue
        if is_new:
            lines.append([text.strip(), element, is_tail])
        elif len(lines[-1][0]) < MAX_LINE:
            lines[-1][0] += " " + text.strip()
        is_new = False
    return [(" ".join(text.split()), place, is_tail) for text, place, is_tail in lines]


def _mark_attribution(element):
    """Mark who is quoted, where it stands right above a quotation."""
    body_tags = ("body", "html")
    while True:
        parent, before = element.getparent(), element.getprevious()
        if parent is None:
            return
        run = _get_run(element, parent)
        if run:
            _mark_run(run, parent)
            return
        if before is not None:
            text = "".join(before.itertext()).strip()
            if text:
                if before.tag in BLOCKS and is_attribution(" ".join(text.split())):
                    before.set(QUOTE, "1")
                return
            element = before
        elif parent.tag in body_tags:
            return
        else:
            element = parent


def _get_run(element, parent):
    """What stands in the line right before an element: [(element or None, text)]."""
    run = []
    before = element.getprevious()
    while before is not None:
        if (before.tail or "").strip():
            run.append((before, before.tail))
        if before.tag in BLOCKS:
            return run
        text = "".join(before.itertext())
        if text.strip():
            run.append((None, before))
        before = before.getprevious()
    if (parent.text or "").strip():
        run.append((parent, parent.text))
    return run


def _mark_run(run, parent):
    text = " ".join(
        "".join(text.itertext()) if owner is None else text for owner, text in run[::-1]
    )
    if not is_attribution(" ".join(text.split())):
        return
    for owner, piece in run:
        if owner is None:
            piece.set(QUOTE, "1")
        elif owner is parent and piece is parent.text:
            _wrap_text(parent)
        else:
            _wrap_tail(owner)


def _has_news(body):
    """Whether something is left to be read that is not repeated."""
    is_quoted = 0
    for event, element in etree.iterwalk(body, events=("start", "end")):
        is_quote = element.get(QUOTE) is not None
        is_quoted += is_quote * (1 if event == "start" else -1)
        text = (element.text if event == "start" else element.tail) or ""
        if event == "end" and element is body:
            return False
        if not is_quoted and (text.strip() or element.tag == "img"):
            return True
    return False
