"""From the HTML parts of a report to one PDF."""

from urllib.parse import urlsplit

from . import documents, pdf
from .devtools import ChromiumError

OWN_PATH = documents.OWN_PATH
PAGE_PATH = f"{OWN_PATH}page/"


class ReportPrinter:
    """Prints the documents of one report call in one running browser.

    :param browser: a running :class:`~.chromium.Chromium`
    :param base_url: address the relative addresses of the documents refer to
    :param fetch: returns ``(mimetype, content)`` of an address, or ``None``
    """

    def __init__(self, browser, base_url, fetch):
        self._browser = browser
        self._base_url = base_url.rstrip("/")
        self._fetch = fetch
        self._own = {}
        self._fetched = {}

    def print_report(self, bodies, header, footer, paper):
        """Return the PDF of ``bodies``; several get an outline entry each."""
        options = paper.print_options()
        printed = [
            pdf.read_pages(self._print(documents.add_print_style(body), options))
            for body in bodies
        ]
        overlay = self._print_overlay(header, footer, paper, list(map(len, printed)))
        return pdf.assemble(printed, paper.points, overlay, self._get_titles(bodies))

    def _get_titles(self, bodies):
        if len(bodies) == 1:
            return None
        return [
            documents.document_title(body) or str(number)
            for number, body in enumerate(bodies, 1)
        ]

    def _print_overlay(self, header, footer, paper, page_counts):
        headers = documents.Layout(header, documents.HEADERS_ID)
        footers = documents.Layout(footer, documents.FOOTERS_ID)
        if not headers and not footers and not paper.header_line:
            return ()
        html = documents.overlay_html(headers, footers, paper, page_counts)
        html, blobs = documents.externalize_data_uris(html)
        self._own.update(blobs)
        options = paper.print_options(margins=False)
        overlay = self._print(documents.add_print_style(html), options)
        pages = pdf.read_all_pages(overlay)
        if len(pages) != sum(page_counts):
            raise ChromiumError("Headers and footers do not match the pages.")
        return pages

    def _print(self, html, options):
        path = f"{PAGE_PATH}{len(self._own)}"
        self._own[path] = ("text/html; charset=utf-8", html.encode())
        url = f"{self._base_url}{path}"
        return self._browser.print_pdf(url, self._get_resource, options)

    def _get_resource(self, url):
        # By path, because Chromium may turn http into https by itself.
        path = urlsplit(url).path
        own_path = path[path.find(OWN_PATH) :]
        if own_path in self._own or path == "/favicon.ico":
            return self._own.get(own_path)
        if url not in self._fetched:
            self._fetched[url] = self._fetch(url)
        return self._fetched[url]
