"""HTML that strangers send, made such that it can be shown to us and to clients.

Only what is known to be harmless stays: elements, attributes, links and styles that
are named here. Everything else goes, and its text stays where it is text. Pictures from
elsewhere tell the sender who reads his mail, when and where; their addresses are kept
in an attribute that no browser loads, so that a reader can have them.
"""

import base64
import binascii
import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from html import escape, unescape
from urllib.parse import unquote

from lxml import etree, html

# Odoo's own sanitizer, which comes after this, lets this attribute through.
REMOTE = "data-original-src"
QUOTE = "data-o-mail-quote"
PRE_STYLE = "white-space: pre-wrap; font-family: inherit; font-size: inherit"

# Beyond them a mail is shown as text: Odoo goes through siblings again and again.
MAX_LENGTH = 1_000_000
MAX_ELEMENTS = 20_000
MAX_CHILDREN = 3_000
# The library stops at 256, and with it what stands deeper.
MAX_DEPTH = 150
MAX_PICTURES = 100
MAX_ADDRESS = 2_000

TAGS = {
    *("a", "abbr", "address", "article", "aside", "b", "bdi", "bdo", "big"),
    *("blockquote", "br", "caption", "center", "cite", "code", "col", "colgroup"),
    *("dd", "del", "dfn", "dir", "div", "dl", "dt", "em", "figcaption", "figure"),
    *("font", "footer", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "i"),
    *("img", "ins", "kbd", "li", "main", "mark", "ol", "p", "pre", "q", "s", "samp"),
    *("section", "small", "span", "strike", "strong", "sub", "sup", "table"),
    *("tbody", "td", "tfoot", "th", "thead", "tr", "tt", "u", "ul", "var", "wbr"),
}
# What stands inside of them is no text.
KILLED = {
    *("applet", "audio", "base", "canvas", "embed", "frame", "frameset", "head"),
    *("iframe", "link", "math", "meta", "noembed", "noframes", "noscript"),
    *("object", "param", "picture-source", "plaintext", "script", "source", "style"),
    *("svg", "template", "title", "track", "video", "xml", "xmp"),
}
# {attribute: what its value may be}
WORDS = re.compile(r"[\w .,:;/+-]{0,100}", re.ASCII)
LENGTH = re.compile(r"\s*\d{1,4}(?:\.\d{1,4})?\s*(?:%|px|pt|em)?\s*")
NUMBER = re.compile(r"\s*\d{1,4}\s*")
COLOR = re.compile(r"#?[\w]{1,30}", re.ASCII)
TEXT = re.compile(r".{0,1000}", re.DOTALL)
ATTRIBUTES = {
    "align": WORDS,
    "alt": TEXT,
    "bgcolor": COLOR,
    "border": NUMBER,
    "cellpadding": NUMBER,
    "cellspacing": NUMBER,
    "color": COLOR,
    "cols": NUMBER,
    "colspan": NUMBER,
    "dir": WORDS,
    "face": re.compile(r"[\w ,'-]{0,100}"),
    "height": LENGTH,
    "lang": WORDS,
    "nowrap": WORDS,
    "rowspan": NUMBER,
    "size": re.compile(r"[+-]?\d{1,2}"),
    "start": NUMBER,
    "title": TEXT,
    "type": re.compile(r"[1aAiI]|disc|circle|square|cite"),
    "valign": WORDS,
    "value": NUMBER,
    "width": LENGTH,
    QUOTE: re.compile("1"),
}

LINK = re.compile(r"(?:https?|ftp)://[^\s]|(?:mailto|tel|sip|callto|xmpp):", re.I)
WEB = re.compile(r"https?://[^\s/?#]", re.I)
CID = re.compile(r"cid:(.{1,300})", re.I | re.DOTALL)
DATA = re.compile(
    r"data:(image/(?:png|jpe?g|gif|webp|bmp));(?:charset=[\w-]+;)?base64,(.*)",
    re.I | re.DOTALL,
)
# Browsers ignore them inside of an address, so that "java\nscript:" is a scheme too.
IGNORED = re.compile(r"[\x00-\x20\x7f-\xa0\u200b-\u200f\u2028-\u202f\u2060\ufeff]+")
# Characters that XML, and with it the library, cannot hold.
IMPOSSIBLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
DECLARATION = re.compile(
    r"<\?xml[^>]{0,500}\?>|<!doctype[^>\[]{0,500}(?:\[[^\]]{0,5000}\])?[^>]{0,500}>",
    re.I,
)
# For reading text without building a tree
MARKUP = re.compile(r"(<[/!?a-zA-Z][^<>]{0,5000}>)")
MARKUP_NAME = re.compile(r"<([/!?]?[\w-]*)")
SKIPPED = {"script", "style", "title"}
BREAKS = {"br", "p", "div", "tr", "li", "h1", "h2", "h3", "h4", "table", "hr"}

PROPERTIES = {
    *("background-color", "border", "border-collapse", "border-color", "border-radius"),
    *("border-spacing", "border-style", "border-width", "caption-side", "clear"),
    *("color", "direction", "display", "empty-cells", "float", "font-family"),
    *("font-size", "font-style", "font-variant", "font-weight", "height"),
    *("letter-spacing", "line-height", "list-style-type", "margin", "margin-bottom"),
    *("margin-left", "margin-right", "margin-top", "max-height", "max-width"),
    *("min-height", "min-width", "padding", "padding-bottom", "padding-left"),
    *("padding-right", "padding-top", "table-layout", "text-align"),
    *("text-decoration", "text-indent", "text-transform", "vertical-align"),
    *("white-space", "width", "word-break", "word-wrap", "overflow-wrap"),
    *(
        f"border-{side}{what}"
        for side in ("top", "right", "bottom", "left")
        for what in ("", "-color", "-style", "-width")
    ),
}
# Words, numbers, colours and names of fonts; no escapes, no addresses, no functions.
# A minus begins no number: what lies outside of its place lies on something else.
STYLE_VALUE = re.compile(
    r"(?:(?<![\w.-])[a-z][a-z-]*|#[0-9a-f]{3,8}\b"
    r"|(?<![\w.#-])(?:\d+(?:\.\d+)?|\.\d+)(?:[a-z]{1,4}|%)?"
    r"|rgba?\([\d\s.,%/]{1,40}\)|hsla?\([\d\s.,%/deg]{1,40}\)"
    r"|'[\w .-]{1,60}'|\"[\w .-]{1,60}\"|[\s,/]|![ ]?important)+",
    re.I,
)
SIGNATURE = re.compile(r"(?:^|\n)--\s?$")
DISPLAYS = {
    *("block", "inline", "inline-block", "list-item", "none", "table", "table-cell"),
    *("table-row", "inline-table", "table-row-group", "table-header-group"),
}
MAX_STYLE = 3_000
SET_OFF = "margin-left: 8px; padding-left: 8px; border-left: 2px solid #ccc"
STYLE_COMMENT = re.compile(r"/\*.*?(?:\*/|$)", re.DOTALL)
STYLE_ADDRESS = re.compile(r"url\(\s*[\"']?\s*(https?://[^\s\"')\\]+)", re.I)


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture that was written into the text itself.

    :param cid: by which the text names it now
    """

    cid: str
    content: bytes
    mimetype: str


@dataclass(slots=True)
class Cleaned:
    """What is left.

    :param html: harmless; empty where there was nothing
    :param pictures: list of ``Picture``
    :param remote: number of pictures from elsewhere that are not loaded
    :param is_text: it was too large or too deep to be shown but as text
    """

    html: str = ""
    pictures: list[Picture] = field(default_factory=list)
    remote: int = 0
    is_text: bool = False


def clean(source: str, mark: Callable | None = None) -> Cleaned:
    """Take out of HTML what does harm.

    :param source: a document or a piece of one, as somebody sent it
    :param mark: called with the root of the parsed document before names of classes
        are gone, by which quotations are told from what is new
    """
    source = drop_impossible(DECLARATION.sub("", source or ""))
    if not source.strip():
        return Cleaned()
    root = _parse(source) if len(source) <= MAX_LENGTH else None
    if root is None:
        return Cleaned(text_to_html(to_text(source)), is_text=True)
    if mark:
        mark(root)
    cleaned = Cleaned()
    _clean_tree(root, cleaned)
    cleaned.html = _serialize(root)
    return cleaned


def drop_impossible(text: str) -> str:
    """Return a text without the characters that no database and no browser takes."""
    return IMPOSSIBLE.sub("", text)


def to_text(source: str) -> str:
    """Return the text of HTML, whatever its size and depth."""
    # a parser would be kept busy by what brought the text here
    pieces, is_skipped = [], False
    for number, piece in enumerate(MARKUP.split(source)):
        if number % 2:
            name = MARKUP_NAME.match(piece)[1].lower()
            is_end = name.startswith("/")
            if name.lstrip("/") in SKIPPED:
                is_skipped = not is_end
            pieces.append("\n" if name.lstrip("/") in BREAKS else "")
        elif not is_skipped:
            pieces.append(unescape(" ".join(piece.split("\n"))))
    lines = (" ".join(line.split()) for line in "".join(pieces).split("\n"))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def text_to_html(text: str) -> str:
    """Return plain text as HTML that looks the same; long ones are cut."""
    text = drop_impossible(text)
    if len(text) > MAX_LENGTH:
        text = f"{text[:MAX_LENGTH]}…"
    if not text.strip():
        return ""
    return f'<pre style="{PRE_STYLE}">{escape(text, quote=False)}</pre>'


# ----------------------------------------------------------------------------
# The tree
# ----------------------------------------------------------------------------


def _parse(source):
    """The root of the document; None where it is too large or too deep."""
    parser = html.HTMLParser(huge_tree=True, remove_comments=True, remove_pis=True)
    try:
        root = html.document_fromstring(source, parser=parser, ensure_head_body=True)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError, AssertionError):
        return None
    if any("depth" in error.message.lower() for error in parser.error_log):
        return None
    return root if _is_showable(root) else None


def _is_showable(root):
    count = depth = 0
    for event, element in etree.iterwalk(root, events=("start", "end")):
        if event == "end":
            depth -= 1
            continue
        depth += 1
        count += 1
        if depth > MAX_DEPTH or count > MAX_ELEMENTS or len(element) > MAX_CHILDREN:
            return False
    return True


def _clean_tree(root, cleaned):
    body = root.find("body")
    for element in list(root.iter(etree.Element)):
        if element is root or element is body:
            continue
        name = element.tag if isinstance(element.tag, str) else ""
        if name == "body":
            element.tag = "div"
        elif not name or name in KILLED or ":" in name and name.endswith("script"):
            _kill(element)
        elif name not in TAGS:
            # its text, and what stands inside, which is looked at by itself
            element.tag = "span"
            element.attrib.clear()
            _unwrap(element)
    for element in list(root.iter(etree.Element)):
        _clean_attributes(element, cleaned)
        _hide_signature(element)
        if element.tag == "img" and not element.keys():
            _kill(element)


def _hide_signature(element):
    """Odoo looks at all that stands beside a signature, again for each of it."""
    text = element.text or ""
    if SIGNATURE.search(text) and element.find("br") is not None:
        span = etree.Element("span")
        span.text, element.text = text, None
        element.insert(0, span)


def _kill(element):
    parent = element.getparent()
    if parent is not None:
        element.drop_tree()


def _unwrap(element):
    if element.getparent() is not None:
        element.drop_tag()


def _serialize(root):
    body = root.find("body")
    if body is None:
        return ""
    body.tag = "div"
    text = html.tostring(body, encoding="unicode", with_tail=False).strip()
    if text.startswith("<div>") and text.endswith("</div>"):
        text = text[5:-6].strip()
    return text


# ----------------------------------------------------------------------------
# Attributes
# ----------------------------------------------------------------------------


def _clean_attributes(element, cleaned):
    given = dict(element.attrib)
    element.attrib.clear()
    for name, value in given.items():
        allowed = ATTRIBUTES.get(name)
        if allowed and allowed.fullmatch(value):
            element.set(name, value)
    style, background = _clean_style(given.get("style", ""))
    if element.tag == "blockquote" and element.get(QUOTE) is None:
        # Odoo would fold it away, but it is news: forwarded, or only set off
        element.tag = "div"
        style = f"{style}; {SET_OFF}" if style else SET_OFF
    if style:
        element.set("style", style)
    if element.tag == "a":
        _clean_link(element, given.get("href", ""))
    elif element.tag == "img":
        _clean_image(element, given, cleaned)
    else:
        background = _compact(given.get("background", "")) or background
        if _is_remote(background):
            _set_remote(element, background, cleaned)


def _compact(address):
    return IGNORED.sub("", address or "")


def _is_remote(address):
    return bool(len(address) <= MAX_ADDRESS and WEB.match(address))


def _set_remote(element, address, cleaned):
    element.set(REMOTE, address)
    cleaned.remote += 1


def _clean_link(element, address):
    """Links lead to other sites or to people; never into this one by a short form."""
    address = IGNORED.sub("", address) if LINK.match(_compact(address)) else ""
    if address and len(address) <= MAX_ADDRESS:
        element.set("href", address)
        element.set("target", "_blank")
        element.set("rel", "noopener noreferrer nofollow")


def _clean_image(element, given, cleaned):
    address = (given.get("src") or "").strip()
    compact = _compact(address)
    if compact.startswith("//"):
        compact = f"https:{compact}"
    if found := CID.match(address):
        element.set("src", f"cid:{unquote(found[1]).strip('<> ')}")
    elif compact.lower().startswith("data:"):
        _take_picture(element, compact, cleaned)
    else:
        # ours, which somebody sent back or forwarded; one of several sizes
        others = (given.get(REMOTE, ""), (given.get("srcset", "").split() or [""])[0])
        found = [it for it in (compact, *map(_compact, others)) if _is_remote(it)]
        if found:
            _set_remote(element, found[0], cleaned)


def _take_picture(element, address, cleaned):
    found = DATA.fullmatch(address)
    if not found or len(cleaned.pictures) >= MAX_PICTURES:
        return
    try:
        content = base64.b64decode(unquote(found[2]), validate=True)
    except (binascii.Error, ValueError):
        return
    name = hashlib.sha256(content).hexdigest()[:24]
    picture = Picture(f"{name}@ntr", content, found[1].lower())
    if picture not in cleaned.pictures:
        cleaned.pictures.append(picture)
    element.set("src", f"cid:{picture.cid}")


# ----------------------------------------------------------------------------
# Styles
# ----------------------------------------------------------------------------


def _clean_style(style):
    """(what of a style is harmless, address of a picture in it)"""
    style = STYLE_COMMENT.sub("", style[:MAX_STYLE])
    address = STYLE_ADDRESS.search(style) if "\\" not in style else None
    kept = []
    for declaration in style.split(";"):
        name, _colon, value = declaration.partition(":")
        name, value = name.strip().lower(), " ".join(value.split())
        if name == "background" and COLOR.fullmatch(value):
            name = "background-color"
        if _is_harmless(name, value):
            kept.append(f"{name}: {value}")
    return "; ".join(kept), address[1] if address else ""


def _is_harmless(name, value):
    if name not in PROPERTIES or not value or not STYLE_VALUE.fullmatch(value):
        return False
    return name != "display" or value.lower() in DISPLAYS
