"""What the documents of a filing say in words: lines read once, for the text tables and for families of words."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from filings.forms.family import FamilyReading, Row
from filings.forms.text import reading as text
from filings.forms.text.section import Section
from filings.parse.submission import Document
from filings.parse.text import reader
from filings.parse.text.line import Line
from filings.schema.codes import Issue

LARGEST = 32 << 20
"""Bytes of a submission's documents whose text is read; the largest text of a filing known has some 20 million."""
_REMEMBERED = 4 << 20
"""Bytes of the documents whose lines are kept, for whoever asks next: lines take some ten times as many."""


def text_fingerprint(form_type: str | None, forms: Collection[str]) -> str | None:
    """What the ledger says of the text of a filing of that form: the reader's fingerprint, None where it is not asked."""
    return FINGERPRINT if text.is_chosen(form_type, forms) else None


FINGERPRINT = text.fingerprint()


class Lines:
    """The lines of the documents of one submission, each read when it is asked for, and once.

    `described` are the rows of `document`, by position: they know kind and encoding.
    """

    def __init__(self, described: Mapping[int, Row], *, dots_doubled: bool) -> None:
        self._described = described
        self._dots_doubled = dots_doubled
        self._read: dict[int, list[Line]] = {}
        self._room = _REMEMBERED

    def __call__(self, document: Document) -> Sequence[Line]:
        """The lines of a document; none of one that is no text, or too large."""
        found = self._read.get(document.position)
        if found is None:
            encoding = self._described[document.position]["encoding"]
            if encoding is None or document.length > LARGEST:
                return []
            found = reader.lines(bytes(document.content), str(encoding), dots_doubled=self._dots_doubled)
            if document.length <= self._room:
                self._room -= document.length
                self._read[document.position] = found
        return found


def read_text(
    documents: Sequence[Document],
    main: int | None,
    form_type: str | None,
    forms: Collection[str],
    lines: Lines,
    found_by_family: Mapping[int, Sequence[Section]],
) -> FamilyReading:
    """The rows of `section` and `text_block` of a submission, where its form is among `forms`.

    `main` is the position of the main document, `found_by_family` the sections that the form's own rules found.
    """
    reading = FamilyReading()
    sections: list[Row] = []
    blocks: list[Row] = []
    room = LARGEST
    for document in documents:
        if not text.has_text(document, form_type, is_main=document.position == main, forms=forms):
            continue
        room -= document.length
        if room < 0:
            detail = f"The text of {LARGEST} bytes of a submission is read at most."
            reading.issues.append(
                Issue("leaves_left_out", "text_block", document_position=document.position, detail=detail)
            )
            continue
        read = lines(document)
        own = found_by_family.get(document.position)
        if own is None:
            own = text.sections_of(read, form_type, is_main=document.position == main)
        rows = text.rows_of(document.position, read, own, len(sections), len(blocks))
        sections += rows["section"]
        blocks += rows["text_block"]
    reading.rows = {"section": sections, "text_block": blocks}
    return reading
