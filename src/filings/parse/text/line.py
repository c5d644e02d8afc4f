"""A line of visible text, and where each of its characters stands in the document's content (form-6k-cover.md 3)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from filings.parse.text.source import Offsets

CELL = "\x1f"
"""The boundary of two table cells within a line. It stands between visible characters only, without blanks around it."""


@dataclass(frozen=True, slots=True)
class Link:
    """Characters `start` to `end` (half-open) of `Line.text` that lead to `href`, as filed but for entities and blanks."""

    start: int
    end: int
    href: str


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a document's visible text.

    `text` is as filed: entities decoded, each run of blanks one blank, none at the ends, cells parted by `CELL`; "" for a
    blank line of plain text or ``<pre>``. `start` and `end` are bytes of the content, half-open, from the first to the
    last that gave a visible character; of a blank line both are where it begins. `offsets` gives for each character of
    `text` the byte where it begins. `layout` is `text`, but in plain text and ``<pre>`` the line with its blanks as they
    stand, tabs expanded to columns of eight.

    `begins_paragraph`: a blank line, a page break, a block boundary (not ``<br>``) or the beginning stands before it.
    `is_bold`, `is_italic`, `is_underlined` speak of all visible characters but punctuation at the end; `bold_until`
    counts the characters at the beginning that are bold. `heading_level` is 1 to 6 inside ``h1`` to ``h6``, else 0.

    `table` is the number of the innermost table (1, 2, … in the order in which they begin), `row` the row's ordinal in
    it; both 0 outside. A row is one line, unless one of its cells holds several. `columns` gives for each cell of the
    line (``text.split(CELL)``) its ordinal in the row, empty cells counted; empty outside tables and for tables of
    plain text.

    `images` are positions in `text` before which an image stands. `is_furniture`: a ruler or a page number (3.5).
    """

    text: str
    start: int
    end: int
    offsets: Sequence[int] = field(compare=False, repr=False)
    layout: str = field(repr=False)
    begins_paragraph: bool = False
    is_bold: bool = False
    is_italic: bool = False
    is_underlined: bool = False
    bold_until: int = 0
    heading_level: int = 0
    table: int = 0
    row: int = 0
    columns: tuple[int, ...] = ()
    links: tuple[Link, ...] = ()
    images: tuple[int, ...] = ()
    follows_page_break: bool = False
    is_furniture: bool = False

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The bytes of the content that gave the characters `start` to `end` of `text`, half-open.

        Raises IndexError where there are no such characters.
        """
        if start == end:
            at = self.offsets[start] if start < len(self.text) else self.end
            return at, at
        last = end - 1
        stop = self.offsets.end(last) if isinstance(self.offsets, Offsets) else self.offsets[last] + 1
        return self.offsets[start], stop
