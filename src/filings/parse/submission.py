"""What the envelope reader gives: versions of filings, their documents, and the spans that tile the file."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

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

    `start` and `length` are the content's place in the raw version, before PEM is undone; `content` is what remains after
    it (tables.md 5). `type`, `sequence`, `filename`, `description` are as stated, blanks trimmed, None where absent or
    empty. `extra` holds other bare tags of the document's head (``<FLAWED>``), as (tag, value).
    """

    position: int
    type: str | None
    sequence: str | None
    filename: str | None
    description: str | None
    start: int
    length: int
    content: bytes
    joined_lines: int | None = None
    inner_wrapper: str | None = None
    is_cut_off: bool = False
    extra: list[tuple[str, str | None]] = field(default_factory=list)


@dataclass(slots=True)
class Version:
    """One submission in a file: a version of a filing.

    `offset` and `length` are its place in the file; all other offsets count from its own first byte. `header` is the
    header's text without its opening and closing mark lines, PEM undone, line ends as in the file; None where there is
    none. `disseminated` is the date behind ` : ` on the wrapper line, eight digits as stated. `spans` tile
    ``[0, length)``. `reason` is set where the version is damaged (always of status quarantined); what could be read
    stands here all the same.
    """

    offset: int
    length: int
    raw: bytes
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
    def is_cut_off(self) -> bool:
        """A document is open at the end, or the file ends inside the header (edgar.md A.5)."""
        return self.reason is not None and self.reason.code == "cut_off"

    @property
    def is_header_only(self) -> bool:
        """A header without documents (edgar.md B.5)."""
        return self.header is not None and not self.documents
