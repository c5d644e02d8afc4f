"""The lines of a document as one running text: rules match there, and know the bytes (form-6k-cover.md 3).

Filers break anchors anywhere, so rules match on the lines joined by line ends: ``\\s`` meets a blank, a line end and a cell
mark alike. The running text is folded for matching, one character for one, so that places in it are places as filed.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from filings.parse.text.line import CELL, Line

_FOLD = str.maketrans(
    {
        "\u2010": "-",
        "\u2011": "-",
        "\u2018": "'",
        "\u2019": "'",
        "\u00b4": "'",
        "`": "'",
        "\u201c": '"',
        "\u201d": '"',
        "\u00a0": " ",
    }
)
_PADDING = re.compile(r"(?<!_)_{1,80}(?!_)")
"""Longer runs are rulers, and would make long runs of blanks."""
_COLUMNS = re.compile(r"\s{3,}")
"""What parts two columns of plain text (form-6k-cover.md 7)."""
_LABEL = re.compile(r"\s*(?:(?:by|name|title|dated?|its)\s*:\s*)?(?:/s/)?\s*", re.IGNORECASE)
_RULER = re.compile(r"[\s_\-=*.|~–—]*")
_PAGE_NUMBER = re.compile(r"(?:page\s+)?-?\s*\d{1,3}\s*-?(?:\s+of\s+\d{1,3})?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Piece:
    """Characters `start` to `end` (half-open) of the running text: a line, a cell, or one of two columns of plain text.

    `line` is the index of its line, `column` the ordinal of the piece in it. `text` is folded, as the running text is.
    """

    text: str
    start: int
    end: int
    line: int
    column: int = 0


class Running:
    """Lines, and their texts joined by line ends.

    `text` is folded for matching (hyphens, quotes, blanks), `as_filed` is not; a character has the same place in both.
    `is_plain`: the document has no tags, so that the shape of a line stands for its style.
    """

    def __init__(self, lines: Sequence[Line], *, is_plain: bool = True) -> None:
        self.lines, self.is_plain = lines, is_plain
        # Blank lines give no characters: runs of blanks stay short, and patterns with several \s* linear.
        self.as_filed = "\n".join(line.text for line in lines if line.text)
        self.text = self.as_filed.translate(_FOLD)

    @cached_property
    def has_style(self) -> bool:
        """Some line of words is bold, underlined or in ``h1`` to ``h6``: headings can be told by their style."""
        return any(line.is_bold or line.is_underlined or line.heading_level for line in self.lines)

    @cached_property
    def unruled(self) -> str:
        """`text` with underscores as blanks: filers write ``For the month of ____March____, 2003``."""
        return _PADDING.sub(lambda found: " " * len(found.group()), self.text)

    @cached_property
    def starts(self) -> list[int]:
        """Where each line begins in the running text."""
        found, at = [], 0
        for line in self.lines:
            found.append(at)
            at += len(line.text) + 1 if line.text else 0
        return found

    def line_at(self, place: int) -> int:
        """The index of the line in which this character stands."""
        return max(bisect_right(self.starts, place) - 1, 0)

    def start_of(self, line: int) -> int:
        """Where the line begins; the end of the text for a line behind the last."""
        return min(self.starts[line], len(self.text)) if line < len(self.lines) else len(self.text)

    def end_of(self, line: int) -> int:
        """Where the line ends, without its line end."""
        return min(self.starts[line] + len(self.lines[line].text), len(self.text))

    def filed(self, start: int, end: int) -> str:
        """What stands there as filed: runs of blanks, line ends and cell marks made one blank."""
        return " ".join(self.as_filed[start:end].split())

    def trimmed(self, start: int, end: int) -> tuple[int, int]:
        """The same stretch without blanks at its ends."""
        held = self.as_filed[start:end]
        left = len(held) - len(held.lstrip())
        return (start + left, start + len(held.rstrip())) if left < len(held) else (start, start)

    def bytes_of(self, start: int, end: int) -> tuple[int, int]:
        """The bytes of the content that gave these characters, from the first visible to the last, half-open."""
        start, end = self.trimmed(start, end)
        if not self.lines:
            return 0, 0
        first = self.line_at(start)
        if start >= end:
            return self.lines[first].start, self.lines[first].start
        last = self.line_at(end - 1)
        at, stop = start - self.starts[first], end - 1 - self.starts[last]
        return self.lines[first].span(at, at + 1)[0], self.lines[last].span(stop, stop + 1)[1]

    def is_blank(self, line: int) -> bool:
        """Nothing visible stands in the line."""
        return not self.lines[line].text

    def is_furniture(self, line: int) -> bool:
        """A ruler, or a page number (form-6k-cover.md 3.5): it belongs to no field."""
        held = self.lines[line]
        return held.is_furniture or (bool(held.text) and is_ruler(held.text))

    def paragraph(self, line: int) -> tuple[int, int]:
        """First line, and the line behind the last, of the paragraph in which the line stands."""
        first, last = line, line + 1
        while first > 0 and not self.lines[first].begins_paragraph and self.lines[first - 1].text:
            first -= 1
        while last < len(self.lines) and not self.lines[last].begins_paragraph and self.lines[last].text:
            last += 1
        return first, last

    def pieces(self, first: int, last: int, *, columns: bool = False) -> Iterator[Piece]:
        """The pieces of the lines `first` to `last` (half-open) that are neither blank nor furniture.

        Cells are pieces; with `columns`, so are the columns of a line of plain text, parted by three blanks.
        """
        for number in range(first, last):
            line = self.lines[number]
            if not line.text or self.is_furniture(number):
                continue
            base = self.starts[number]
            for ordinal, (start, end) in enumerate(_parts(line, columns)):
                yield Piece(self.text[base + start : base + end], base + start, base + end, number, ordinal)


def _parts(line: Line, columns: bool) -> Iterator[tuple[int, int]]:
    if CELL in line.text:
        at = 0
        for cell in line.text.split(CELL):
            if cell.strip():
                left = len(cell) - len(cell.lstrip())
                yield at + left, at + len(cell.rstrip())
            at += len(cell) + 1
    elif columns and line.layout != line.text:
        at = start = 0
        for column in _COLUMNS.split(line.layout.strip()):
            at += len(" ".join(column.split()))
            if not _LABEL.fullmatch(column):  # a label and its value are one column, however far apart
                yield start, min(at, len(line.text))
                start = at + 1
            at += 1
        if start < at - 1:
            yield start, len(line.text)
    else:
        yield 0, len(line.text)


def is_ruler(text: str) -> bool:
    """Rulers and blanks only (form-6k-cover.md 3.5)."""
    return _RULER.fullmatch(text) is not None


def is_page_number(text: str) -> bool:
    """One integer up to 999, or ``Page n of m`` (form-6k-cover.md 3.5)."""
    return _PAGE_NUMBER.fullmatch(text) is not None
