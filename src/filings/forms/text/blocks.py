"""A section's text in pieces of at most 32 KiB, cut at paragraph ends (form-6k-cover.md 9; storage.md 7)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from filings.parse.text.line import CELL, Line

LARGEST = 32 << 10
"""Bytes of a block's text in UTF-8, at most."""

_SENTENCE_END = re.compile(r"[.!?][\"'”’)\]]*[ \x1f]")


@dataclass(frozen=True, slots=True)
class Block:
    """A piece of a section: its text, and the bytes of the document's content from its first to its last visible one.

    The white space between two blocks stands at the end of the former, so that all texts of a section joined give it.
    """

    text: str
    start: int
    end: int


class _Piece(NamedTuple):
    """Characters `start` to `end` of a line, and what stands between them and the piece before."""

    gap: str
    line: Line
    start: int
    end: int

    @property
    def text(self) -> str:
        return self.line.text[self.start : self.end].replace(CELL, "\t")

    @property
    def size(self) -> int:
        text = self.line.text
        return len(self.gap) + (self.end - self.start if text.isascii() else len(text[self.start : self.end].encode()))

    @property
    def first_byte(self) -> int:
        return self.line.span(self.start, self.end)[0] if self.start else self.line.start

    @property
    def end_byte(self) -> int:
        return self.line.end if self.end == len(self.line.text) else self.line.span(self.start, self.end)[1]


def text_of(lines: Sequence[Line]) -> str:
    """The text of lines: a line feed between two, an empty line between paragraphs, a tab between cells."""
    return "".join(piece.gap + piece.text for unit in _paragraphs(lines) for piece in unit)


def blocks(lines: Sequence[Line], largest: int = LARGEST) -> list[Block]:
    """The blocks of a section's lines, each at most `largest` bytes.

    Cut between paragraphs and between rows of a table. A longer paragraph, or row, is cut between its lines; a longer
    line at the last end of a sentence, else blank, else character, before the limit.
    """
    made: list[list[_Piece]] = []
    size = largest + 1
    for unit in _fitting(_paragraphs(lines), largest - 2):  # a gap has two bytes at most
        more = sum(piece.size for piece in unit)
        if size + more > largest - 2:
            made.append([])
            size = 0
        made[-1] += unit
        size += more
    return [_block(pieces, after) for pieces, after in zip(made, [*made[1:], None], strict=True)]


def _block(pieces: list[_Piece], after: list[_Piece] | None) -> Block:
    first, last = pieces[0], pieces[-1]
    text = "".join([first.text, *(piece.gap + piece.text for piece in pieces[1:]), after[0].gap if after else ""])
    return Block(text, first.first_byte, last.end_byte)


def _paragraphs(lines: Sequence[Line]) -> Iterator[list[_Piece]]:
    """The paragraphs and table rows of the lines, as pieces."""
    unit: list[_Piece] = []
    before: Line | None = None
    for line in lines:
        if not line.text:
            continue
        in_table = before is not None and line.table and line.table == before.table
        gap = "" if before is None else "\n\n" if line.begins_paragraph and not in_table else "\n"
        is_new = gap != "\n" or (before is not None and (line.table, line.row) != (before.table, before.row))
        if unit and is_new:
            yield unit
            unit = []
        unit.append(_Piece(gap, line, 0, len(line.text)))
        before = line
    if unit:
        yield unit


def _fitting(units: Iterator[list[_Piece]], limit: int) -> Iterator[list[_Piece]]:
    for unit in units:
        if sum(piece.size for piece in unit) <= limit:
            yield unit
            continue
        for piece in unit:
            yield from ([each] for each in _shorter(piece, limit))


def _shorter(piece: _Piece, limit: int) -> Iterator[_Piece]:
    gap, line, at, end = piece
    text = line.text
    while at < end:
        stop = at + len(text[at : at + limit].encode()[:limit].decode(errors="ignore"))
        if stop >= end:
            yield _Piece(gap, line, at, end)
            return
        cut = 0
        for found in _SENTENCE_END.finditer(text, at, stop):
            cut = found.end() - 1
        cut = cut or max(text.rfind(" ", at + 1, stop), text.rfind(CELL, at + 1, stop), at)
        if cut == at:
            yield _Piece(gap, line, at, stop)
            gap, at = "", stop
        else:
            yield _Piece(gap, line, at, cut)
            gap, at = text[cut].replace(CELL, "\t"), cut + 1
