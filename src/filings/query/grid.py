"""Rows as an aligned grid of text, for people."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

NULL = "NULL"
_LOOKED_AT = 1_000  # rows that decide the first widths
_LEAST = 8  # a column of text is never cut below this
_GAP = "  "

# What moves a cursor, colours a terminal or turns the direction of writing must not come out of a filing.
_UNSEEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
_SPELLED = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}


@dataclass(frozen=True)
class Look:
    """How a grid may look: the `width` of the terminal (None: as wide as it wants), and whether bold may be used."""

    width: int | None = None
    is_styled: bool = False

    def bold(self, text: str) -> str:
        """The text in bold where styles are allowed."""
        return f"\x1b[1m{text}\x1b[0m" if self.is_styled else text

    def faint(self, text: str) -> str:
        """The text in faint where styles are allowed."""
        return f"\x1b[2m{text}\x1b[0m" if self.is_styled else text


PLAIN = Look()


def visible(text: str) -> str:
    """The text on one line, with control characters spelled out."""
    return _UNSEEN.sub(lambda found: _SPELLED.get(found[0]) or f"\\u{ord(found[0]):04x}", text)


def width_of(text: str) -> int:
    """Columns of a terminal that the text takes."""
    if text.isascii():
        return len(text)
    return sum(
        0 if unicodedata.combining(sign) else 2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in text
    )


def _cut(text: str, width: int) -> str:
    if width_of(text) <= width:
        return text
    kept, room = [], width - 1
    for sign in text:
        room -= width_of(sign)
        if room < 0:
            break
        kept.append(sign)
    return "".join(kept) + "…"


def lines(
    columns: Sequence[str],
    rows: Iterable[Sequence[str | None]],
    *,
    is_number: Sequence[bool] = (),
    look: Look = PLAIN,
    null: str = NULL,
) -> Iterator[str]:
    """The grid, line by line: names, dashes, rows; numbers stand to the right.

    The first rows decide the widths, a later longer value widens its column from there on. Where the columns cannot fit
    the terminal, each row is written as a record.
    """
    numbers = list(is_number) or [False] * len(columns)
    names = [visible(name) for name in columns]
    source = iter(rows)
    block = list(islice(source, _LOOKED_AT))
    widths = _widened([width_of(name) for name in names], block, null)
    if look.width and not _fits(widths, numbers, look.width):
        yield from _records(names, block, source, look, null)
        return
    limit = _limited(widths, numbers, look.width) if look.width else None
    widths = limit or widths
    yield look.bold(_line(names, widths, numbers, look, null))
    yield _GAP.join("-" * width for width in widths)
    while block:
        for row in block:
            yield _line(row, widths, numbers, look, null)
        block = list(islice(source, _LOOKED_AT))
        if limit is None:
            widths = _widened(widths, block, null)


def _widened(widths: Sequence[int], block: Iterable[Sequence[str | None]], null: str) -> list[int]:
    wide = list(widths)
    for row in block:
        for place, value in enumerate(row):
            width = width_of(visible(value)) if value is not None else len(null)
            if width > wide[place]:
                wide[place] = width
    return wide


def _fits(widths: Sequence[int], numbers: Sequence[bool], room: int) -> bool:
    least = [width if number else min(width, _LEAST) for width, number in zip(widths, numbers, strict=True)]
    return sum(least) + len(_GAP) * (len(widths) - 1) <= room


def _limited(widths: Sequence[int], numbers: Sequence[bool], room: int) -> list[int] | None:
    """Widths that fit the room: the widest column of text gives first. None where all fit as they are."""
    over = sum(widths) + len(_GAP) * (len(widths) - 1) - room
    if over <= 0:
        return None
    fitted = list(widths)
    texts = [place for place, number in enumerate(numbers) if not number]
    for _ in range(over):
        widest = max(texts, key=lambda place: fitted[place])
        fitted[widest] -= 1
    return fitted


def _line(cells: Sequence[str | None], widths: Sequence[int], numbers: Sequence[bool], look: Look, null: str) -> str:
    parts = []
    for value, width, number in zip(cells, widths, numbers, strict=True):
        text = _cut(null if value is None else visible(value), width)
        room = " " * (width - width_of(text))
        shown = look.faint(text) if value is None else text
        parts.append(room + shown if number else shown + room)
    return _GAP.join(parts).rstrip()


def _records(
    names: Sequence[str],
    block: list[Sequence[str | None]],
    source: Iterator[Sequence[str | None]],
    look: Look,
    null: str,
) -> Iterator[str]:
    width = max(map(width_of, names))
    count = 0
    while block:
        for row in block:
            count += 1
            yield look.bold(f"-- row {count:,}")
            for name, value in zip(names, row, strict=True):
                text = look.faint(null) if value is None else visible(value)
                yield f"{name}{' ' * (width - width_of(name))}{_GAP}{text}"
        block = list(islice(source, _LOOKED_AT))
