"""What the envelope reader gives: versions of filings, their documents, and the spans that tile the file."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from filings.large import Bytes, Large, stretch
from filings.parse import pem
from filings.schema.codes import Issue, Reason


class Span(NamedTuple):
    """A half-open stretch of the version's raw bytes, and what it is: `mark`, `pem`, `header`, `document` (its lines from
    ``<DOCUMENT>`` to ``<TEXT>`` and the closing ones), `content`, `gap`."""

    kind: str
    start: int
    end: int


@dataclass(slots=True)
class Document:
    """One document of a submission (edgar.md B.9).

    `start` and `length` are the content's place in the raw version, which begins at `offset` of `source`. `type`,
    `sequence`, `filename`, `description` are as stated, blanks trimmed, None where absent or empty. `extra` holds other
    bare tags of the document's head (``<FLAWED>``), as (tag, value).
    """

    position: int
    type: str | None
    sequence: str | None
    filename: str | None
    description: str | None
    start: int
    length: int
    source: Bytes = field(repr=False)
    offset: int = 0
    is_pem: bool = False
    inner_wrapper: str | None = None
    is_cut_off: bool = False
    extra: list[tuple[str, str | None]] = field(default_factory=list)
    _joined: int | None = field(default=None, init=False, repr=False, compare=False)
    _undone: Large | None = field(default=None, init=False, repr=False, compare=False)

    @property
    def content(self) -> Bytes:
        """The content, PEM undone (tables.md 5). It is taken from the file each time, not held."""
        if self._undone is not None:
            return self._undone
        at = self.offset + self.start
        found = stretch(self.source, at, at + self.length)
        if self.is_pem:
            found, self._joined = pem.undo(found)
            self._undone = found if isinstance(found, Large) else None
        return found

    @property
    def joined_lines(self) -> int | None:
        """Lines joined as PEM was undone; None where there is no PEM."""
        if self.is_pem and self._joined is None:
            _ = self.content
        return self._joined


@dataclass(slots=True)
class Version:
    """One submission in a file: a version of a filing.

    `offset` and `length` are its place in `source`, the file; all other offsets count from its own first byte. `header`
    is the header's text without its opening and closing mark lines, PEM undone, line ends as in the file; None where
    there is none. `disseminated` is the date behind ` : ` on the wrapper line, eight digits as stated. `spans` tile
    ``[0, length)``. `reason` is set where the version is damaged (always of status quarantined); what could be read
    stands here all the same.
    """

    offset: int
    length: int
    source: Bytes = field(repr=False)
    envelope: str
    is_pem: bool = False
    disseminated: str | None = None
    header: bytes | None = None
    header_start: int = 0
    documents: list[Document] = field(default_factory=list)
    spans: list[Span] = field(default_factory=list)
    issues: list[Issue] = field(default_factory=list)
    reason: Reason | None = None

    @property
    def raw(self) -> Bytes:
        """Its bytes; the file itself where that holds nothing else."""
        if self.offset == 0 and self.length == len(self.source):
            return self.source
        return stretch(self.source, self.offset, self.offset + self.length)

    @property
    def header_offset(self) -> int | None:
        """The offset in the version of the header's first byte; None where PEM changed the header's bytes."""
        header, at = self.header or b"", self.offset + self.header_start
        return self.header_start if self.source[at : at + len(header)] == header else None

    @property
    def is_cut_off(self) -> bool:
        """A document is open at the end, or the file ends inside the header (edgar.md A.5)."""
        return self.reason is not None and self.reason.code == "cut_off"

    @property
    def is_header_only(self) -> bool:
        """A header without documents (edgar.md B.5)."""
        return self.header is not None and not self.documents
