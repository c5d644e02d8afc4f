"""What the documents of a filing say in words: lines read once, for the text tables and for families of words."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from filings.forms.family import Row
from filings.forms.text import reading as text
from filings.parse.submission import Document
from filings.parse.text import reader
from filings.parse.text.line import Line

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
            if encoding is None or document.length > text.LARGEST:
                return []
            found = reader.lines(bytes(document.content), str(encoding), dots_doubled=self._dots_doubled)
            if document.length <= self._room:
                self._room -= document.length
                self._read[document.position] = found
        return found
