"""The HTML side: taking header and footer apart, putting them on every page."""

import hashlib
import re
from base64 import b64decode
from html import escape
from urllib.parse import unquote_to_bytes

import lxml.html

HEADERS_ID = "minimal_layout_report_headers"
FOOTERS_ID = "minimal_layout_report_footers"
OWN_PATH = "/ntr_report_chromium/"
BLOB_PATH = f"{OWN_PATH}blob/"

_DATA_URI = re.compile(r"data:(?P<mime>[\w.+/-]+)[^,]*?(?P<b64>;base64)?,", re.A)
_HEADING = "//h1|//h2|//h3"
_FONTS = "/web/static/fonts/google/Open_Sans/Open_Sans-{}.ttf"
_FACES = (
    (300, "normal", "Light"),
    (300, "italic", "LightItalic"),
    (400, "normal", "Regular"),
    (400, "italic", "Italic"),
    (700, "normal", "Bold"),
    (700, "italic", "BoldItalic"),
)
# Company fonts of Odoo that have no Cyrillic letters of their own.
_LATIN_FAMILIES = ("Lato", "Tajawal")

# The page is the container; tables repeat their headings, which templates turn off
# for wkhtmltopdf only, where headings overlap rows that go over a page break.
_PRINT_STYLE = """
.o_body_pdf.container { max-width: none; }
thead { display: table-header-group !important; }
thead, tfoot { break-inside: avoid; }
"""
_OVERLAY_STYLE = """
html, body {{
    margin: 0 !important; padding: 0 !important; height: auto !important;
    width: {width} !important; max-width: none !important;
    background: none !important; overflow: visible !important;
}}
.ntr_page {{
    position: relative; width: {width}; height: {height};
    overflow: hidden; break-inside: avoid;
}}
.ntr_page + .ntr_page {{ break-before: page; }}
.ntr_header, .ntr_footer {{
    position: absolute; left: {left}; width: {inner_width};
    max-width: none !important; overflow: visible !important;
    contain: layout; /* what is fixed stays in its own header */
}}
.ntr_header {{ top: {header_top}; }}
.ntr_footer {{ top: {footer_top}; }}
.ntr_line {{
    position: absolute; left: {left}; width: {inner_width}; top: {line_top};
    border-top: 1px solid;
}}
"""


class Layout:
    """The headers, or the footers, of all documents of one print call."""

    def __init__(self, html, container_id):
        root = lxml.html.document_fromstring(html or "<html><body/></html>")
        body = root.find("body")
        container = root.get_element_by_id(container_id, None)
        self.head = root.find("head")
        self.body_class = body.get("class", "")
        self.direction = body.get("dir", "ltr")
        self.container_id = container_id
        self.shared = [] if container is not None else list(body)
        self.parts = [] if container is None else list(container)

    def __bool__(self):
        return bool(self.parts or self.shared)

    def render(self, index, page, pages):
        """HTML of document ``index`` for page ``page`` of ``pages``."""
        numbers = {"page": page, "topage": pages}
        return "".join(_number(node, numbers) for node in self._nodes(index))

    def _nodes(self, index):
        return self.shared or self.parts[index : index + 1]


def overlay_html(header, footer, paper, page_counts):
    """One HTML document with one page for each printed page.

    :param header: :class:`Layout` of the headers
    :param footer: :class:`Layout` of the footers
    :param page_counts: number of pages of each document
    """
    pages = [
        _page_html(header, footer, paper, index, page, count)
        for index, count in enumerate(page_counts)
        for page in range(1, count + 1)
    ]
    style = _OVERLAY_STYLE.format(**_overlay_lengths(paper))
    return (
        "<!DOCTYPE html><html><head><meta charset='utf-8'>"
        f"{_head_html(header, footer)}<style>{style}</style></head>"
        f"<body>{''.join(pages)}</body></html>"
    )


def add_print_style(html):
    """Add the few styles that Chromium needs to print Odoo's documents well."""
    style = f"<style>{_PRINT_STYLE}{_font_faces()}</style>"
    before, end, after = str(html).partition("</head>")
    return f"{before}{style}{end}{after}" if end else f"{style}{html}"


def externalize_data_uris(html):
    """Replace ``data:`` images by short addresses, each content once.

    :return: the new HTML and ``{path: (mimetype, content)}``
    """
    blobs = {}

    def replace(match):
        blob = _decode_data_uri(match["uri"])
        if not blob:
            return match[0]
        digest = hashlib.sha256(blob[1]).hexdigest()
        path = f"{BLOB_PATH}{digest}"
        blobs[path] = blob
        return f"{match['before']}{path}{match['quote']}"

    pattern = r"(?P<before>src=(?P<quote>[\"']))(?P<uri>data:[^\"']{200,})(?P=quote)"
    return re.sub(pattern, replace, html), blobs


def document_title(html):
    """The first heading of a document, for the outline of the PDF."""
    root = lxml.html.document_fromstring(html)
    headings = (" ".join(node.text_content().split()) for node in root.xpath(_HEADING))
    return next(filter(None, headings), "")


def _font_faces():
    """Cyrillic letters of a bundled font for the company fonts without any."""
    return "".join(
        f"@font-face{{font-family:'{family}';font-weight:{weight};"
        f"font-style:{style};src:url('{_FONTS.format(name)}');"
        "unicode-range:U+0400-052F,U+2116;}"
        for family in _LATIN_FAMILIES
        for weight, style, name in _FACES
    )


def _decode_data_uri(uri):
    match = _DATA_URI.match(uri)
    if not match:
        return None
    data = unquote_to_bytes(uri[match.end() :])
    try:
        return match["mime"], b64decode(data) if match["b64"] else data
    except ValueError:
        return None


def _number(node, numbers):
    for name, number in numbers.items():
        for target in node.find_class(name):
            for child in list(target):
                target.remove(child)
            target.text = str(number)
    return lxml.html.tostring(node, encoding="unicode", with_tail=False)


def _head_html(*layouts):
    head = next((it.head for it in layouts if it and it.head is not None), None)
    if head is None:
        return ""
    kept = (node for node in head if node.tag in ("base", "link", "style"))
    return "".join(
        lxml.html.tostring(node, encoding="unicode", with_tail=False) for node in kept
    )


def _page_html(header, footer, paper, index, page, pages):
    parts = [
        _block_html(layout, name, index, page, pages)
        for layout, name in ((header, "ntr_header"), (footer, "ntr_footer"))
    ]
    if paper.header_line:
        parts.append('<div class="ntr_line"></div>')
    return f'<div class="ntr_page">{"".join(parts)}</div>'


def _block_html(layout, name, index, page, pages):
    return (
        f'<div class="{name} {escape(layout.body_class)}" dir="{layout.direction}">'
        f"<div>{layout.render(index, page, pages)}</div></div>"
    )


def _overlay_lengths(paper):
    inner_width = paper.width - paper.margin_left - paper.margin_right
    lengths = {
        "width": paper.width,
        # A hair less than the paper, else rounding adds an empty page.
        "height": paper.height - 0.1,
        "left": paper.margin_left,
        "inner_width": inner_width,
        "header_top": paper.header_top,
        "footer_top": paper.height - paper.margin_bottom,
        "line_top": paper.margin_top,
    }
    return {name: paper.css_length(length) for name, length in lengths.items()}
