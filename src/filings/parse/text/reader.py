"""From the content of a document to its lines (form-6k-cover.md 3)."""

from __future__ import annotations

import re

from filings.parse.text.html import html_lines
from filings.parse.text.line import Line
from filings.parse.text.plain import plain_lines
from filings.parse.text.source import Source

VERSION = 1
"""Rises by hand when lines would differ."""

_WRAPPER = re.compile(
    r"\ufeff?\s*<DOCUMENT>[ \t]*(?:\r\n|\n|\r)(?:<[A-Z0-9-]+>[^\r\n]*(?:\r\n|\n|\r))*?<TEXT>[ \t]*(?:\r\n|\n|\r)"
)
_WRAPPER_END = re.compile(r"\s*</TEXT>\s*(?:</DOCUMENT>\s*)?\Z")
_INNER = re.compile(r"\s*<(?:XBRL|XML|PDF)>[ \t]*(?:\r\n|\n|\r)")
_INNER_END = re.compile(r"\s*</(?:XBRL|XML|PDF)>\s*\Z")
_LONGEST_END = 200

# Not ``<TABLE>`` alone: text filings up to 2001 mark tables of blanks so (edgar.md B.12).
_IS_HTML = re.compile(
    rb"<(?:!doctype\s+html|html|body|p|div|br|hr|font|span|center|pre|[uod]l|h[1-6]|t[rdh])[\s/>]", re.IGNORECASE
)


def is_html(content: bytes) -> bool:
    """One of HTML's tags for blocks, lines or cells stands in it."""
    return _IS_HTML.search(content) is not None


def lines(content: bytes, encoding: str, *, dots_doubled: bool = False) -> list[Line]:
    """The visible text of a document's content, line by line, in the order of the source.

    `encoding` is the one of table `document`; where the bytes do not fit it, Latin-1 is taken. `dots_doubled`: the
    submission proves that mailing doubled dots at the start of lines (`dots.are_doubled`); they are undone. EDGAR's own
    wrapper (``<DOCUMENT>`` … ``<TEXT>``), which the files of its web server keep, is no text. Never raises; linear.
    """
    of_html = is_html(content)
    source = Source(content, encoding, has_entities=of_html, dots_doubled=dots_doubled)
    start, end = _unwrapped(source.text)
    return html_lines(source, start, end) if of_html else plain_lines(source, start, end)


def _unwrapped(text: str) -> tuple[int, int]:
    start, end = 0, len(text)
    if found := _WRAPPER.match(text):
        start = found.end()
        if found := _WRAPPER_END.search(text, max(start, end - _LONGEST_END)):
            end = found.start()
    if found := _INNER.match(text, start):
        start = found.end()
        if found := _INNER_END.search(text, max(start, end - _LONGEST_END), end):
            end = found.start()
    return start, max(start, end)
