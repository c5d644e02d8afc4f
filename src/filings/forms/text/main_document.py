"""Exhibits and signatures of a main document, whatever its form but 6-K (tables.md 6.2; form-6k-cover.md 6 and 7)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from filings.forms.family import Row
from filings.forms.text import exhibits
from filings.forms.text.exhibit_lists import ExhibitList, headed_lists, list_in_item
from filings.forms.text.running import Running
from filings.forms.text.section import Section
from filings.forms.text.signatures import signature_block, signer_rows
from filings.forms.text.signers import Block
from filings.parse.submission import Document
from filings.parse.text.line import Line
from filings.parse.text.reader import is_html
from filings.schema.codes import Issue

_OF_EXHIBITS = frozenset(("9.01", "7"))
"""The items of Form 8-K that list its exhibits: since 23 August 2004, and before."""
_SIGNED = frozenset(("8-K", "10-K", "10-Q"))
"""Forms whose blank ends with the clause that the block is known by; a report without one lacks its signature."""
_ELSEWHERE = re.compile(
    r"incorporated\s+(?:herein\s+)?by\s+reference|previously\s+(?:filed|furnished)|to\s+be\s+filed|filed\s+by\s+amendment",
    re.IGNORECASE,
)
"""Words of a description by which the exhibit is no document of this submission."""
_TEXT_LIMIT = 4_096

Rows = dict[str, list[Row]]


def read_main(
    document: Document,
    documents: Sequence[Document],
    lines: Sequence[Line],
    sections: Sequence[Section],
    form: str,
) -> tuple[Rows, list[Issue]]:
    """The rows of ``exhibit`` and ``signature`` of a main document, as `forms.engine` gives rows.

    `form` is the form type without ``/A``; `sections` are those of the lines. Linear; never raises on what they hold.
    """
    running = Running(lines, is_plain=not is_html(bytes(document.content)))
    reading = _Reading(running, document.position)
    block = signature_block(running)
    others = [other for other in documents if other is not document]
    for row, (start, end) in exhibits.listed(running, list(_lists(running, sections, block)), others):
        position = reading.add("exhibit", row)
        if form == "8-K" and _lacks_document(row):
            reading.issue("exhibit_document_missing", "exhibit", "exhibit_document_position", position, start, end)
    if form == "8-K" or reading.rows["exhibit"]:  # where no list was read, nobody can say that a document is in none
        exhibits.add_unlisted(reading.rows["exhibit"], documents, document.position)
    for row, odd in signer_rows(running, block) if block else ():
        position = reading.add("signature", row)
        for code, column, start, end in odd:
            reading.issue(code, "signature", column, position, start, end)
    if form in _SIGNED and not reading.rows["signature"] and not document.is_cut_off:
        reading.issue("signature_missing", "signature", None, None, 0, 0)
    return reading.rows, reading.issues


def _lists(running: Running, sections: Sequence[Section], block: Block | None) -> Iterator[ExhibitList]:
    """In the items of Form 8-K for exhibits, else below headings; before the signature block and behind it."""
    stop = block.first if block else len(running.lines)
    at = 0
    for section in sections:
        if section.item in _OF_EXHIBITS and section.first < stop:
            yield from headed_lists(running, at, section.first)
            at = min(section.end, stop)
            yield from list_in_item(running, section.first + 1, at)
    yield from headed_lists(running, at, stop)
    if block:
        yield from headed_lists(running, block.last, len(running.lines))


def _lacks_document(row: Row) -> bool:
    is_elsewhere = _ELSEWHERE.search(str(row["description"] or "")) is not None
    return row["exhibit_document_position"] is None and not row["is_interactive_data"] and not is_elsewhere


class _Reading:
    """Rows and issues of one document; places are characters of its running text."""

    def __init__(self, running: Running, document_position: int) -> None:
        self.running, self.document_position = running, document_position
        self.rows: Rows = {"exhibit": [], "signature": []}
        self.issues: list[Issue] = []

    def add(self, table: str, row: Row) -> int:
        """Add a row without its NULLs; gives its position."""
        rows = self.rows[table]
        held = {name: value for name, value in row.items() if value is not None}
        rows.append({"position": len(rows) + 1, "document_position": self.document_position, **held})
        return len(rows)

    def issue(self, code: str, table: str, column: str | None, position: int | None, start: int, end: int) -> None:
        """Add an issue about a value of a row, or about the table where `position` is None."""
        first, last = self.running.bytes_of(start, end) if end > start else (None, None)
        text = self.running.filed(start, end)[:_TEXT_LIMIT] or None
        self.issues.append(Issue(code, table, column, position, self.document_position, text, first, last))
