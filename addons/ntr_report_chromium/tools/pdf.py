"""Putting the printed parts together."""

import io
import re

try:
    import pypdf
except ImportError:  # Debian 12 and Ubuntu have it under its older name
    import PyPDF2 as pypdf

ArrayObject = pypdf.generic.ArrayObject
DictionaryObject = pypdf.generic.DictionaryObject
NameObject = pypdf.generic.NameObject
NullObject = pypdf.generic.NullObject
NumberObject = pypdf.generic.NumberObject
TextStringObject = pypdf.generic.TextStringObject


_MARKS = re.compile(rb"(?:^|\s)(?:BT|Do|BI|sh|[SsBb]\*?)(?=\s|$)")
_FILLS = re.compile(rb"(?:^|\s)f\*?(?=\s|$)")
_COLOURS = re.compile(rb"([\d.]+ [\d.]+ [\d.]+) rg")


def read_all_pages(content):
    """Return the pages of a PDF."""
    return list(pypdf.PdfReader(io.BytesIO(content)).pages)


def read_pages(content):
    """Return the pages of a PDF, without the empty ones at its end.

    A margin that goes over the end of a page leaves such a page.
    """
    pages = read_all_pages(content)
    while len(pages) > 1 and is_blank(pages[-1]):
        pages.pop()
    return pages


def is_blank(page):
    """Whether nothing but a white background is painted on ``page``."""
    contents = page.get_contents()
    data = b"" if contents is None else contents.get_data()
    if _MARKS.search(data):
        return False
    return not _FILLS.search(data) or set(_COLOURS.findall(data)) == {b"1 1 1"}


def assemble(documents, size, overlay=(), titles=None):
    """Return one PDF of all ``documents``, ``overlay`` drawn on top.

    :param documents: one list of pages per document
    :param size: width and height of the pages in whole points
    :param overlay: as many pages as all documents have, or none
    :param titles: one title per document; when given, the PDF gets an outline
    """
    writer = pypdf.PdfWriter()
    stamps = iter(overlay)
    starts = []
    for pages in documents:
        starts.append(len(writer.pages))
        for page in pages:
            added = writer.add_page(page) or writer.pages[-1]  # PyPDF2: None
            _set_page_size(added, size)
            if overlay:
                added.merge_page(next(stamps))
    if titles:
        _add_outline(writer, starts, titles)
    output = io.BytesIO()
    writer.write(output)
    return output.getvalue()


def _set_page_size(page, size):
    for name in ("/MediaBox", "/CropBox"):
        if name in page:
            page[NameObject(name)] = ArrayObject(map(NumberObject, (0, 0, *size)))


def _add_outline(writer, starts, titles):
    """Write the outline as wkhtmltopdf does.

    Odoo splits a PDF into records by it and reads page *numbers* from named
    destinations, which is not what the outline methods of pypdf write.
    """
    names = [NameObject(f"/ntr_document_{index}") for index in range(len(starts))]
    outline = DictionaryObject({NameObject("/Type"): NameObject("/Outlines")})
    outline_ref = writer._add_object(outline)
    entries = [
        writer._add_object(_outline_entry(outline_ref, name, title))
        for name, title in zip(names, titles, strict=True)
    ]
    _link(outline, entries)
    root = writer._root_object
    root[NameObject("/Outlines")] = outline_ref
    root[NameObject("/Dests")] = DictionaryObject(
        {name: _destination(start) for name, start in zip(names, starts, strict=True)}
    )


def _outline_entry(parent, name, title):
    return DictionaryObject(
        {
            NameObject("/Title"): TextStringObject(title),
            NameObject("/Parent"): parent,
            NameObject("/Dest"): name,
        }
    )


def _link(outline, entries):
    outline[NameObject("/First")] = entries[0]
    outline[NameObject("/Last")] = entries[-1]
    outline[NameObject("/Count")] = NumberObject(len(entries))
    for before, after in zip(entries, entries[1:], strict=False):
        before.get_object()[NameObject("/Next")] = after
        after.get_object()[NameObject("/Prev")] = before


def _destination(page_number):
    position = [NameObject("/XYZ"), NullObject(), NullObject(), NullObject()]
    return ArrayObject([NumberObject(page_number), *position])
