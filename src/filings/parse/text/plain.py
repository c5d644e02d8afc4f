"""Lines of plain text: as they are (form-6k-cover.md 3.1; edgar.md B.12)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from filings.parse.text.furniture import finished
from filings.parse.text.line import Line
from filings.parse.text.source import Offsets, Run, Source, spread

_LINE = re.compile(r"([^\r\n\f\v]*)(?:\r\n|[\r\n\f\v]|\Z)")
_UNSTYLED = (False, False, False, 0, 0)
_TAG = re.compile(r"<(?:(PAGE)|(TABLE)|(/TABLE)|CAPTION|/CAPTION|[SC]|/?FN|F\d{1,3})>", re.IGNORECASE)


def plain_lines(source: Source, start: int, end: int) -> list[Line]:
    """The lines of the characters `start` to `end`. Blank lines are lines with text ""."""
    reader = _Reader(source)
    for from_, to, is_page_end in _each_line(source.text, start, end):
        reader.line(from_, to)
        reader.breaks_page |= is_page_end
    return reader.lines()


def _each_line(text: str, start: int, end: int) -> Iterator[tuple[int, int, bool]]:
    """Start and end of each line, and whether a form feed ends it."""
    while start < end:
        found = _LINE.match(text, start, end)
        assert found  # it matches the empty line too
        yield start, found.end(1), text[found.end(1) : found.end()] == "\f"
        start = found.end()


class _Reader:
    def __init__(self, source: Source) -> None:
        self._source = source
        self._made: list[list[Any]] = []
        self._breaks: list[bool] = []
        self._begins_paragraph = True
        self._tables = self._table = self._row = 0
        self.breaks_page = False

    def line(self, start: int, end: int) -> None:
        """Take a line; tags of the ASCII filings are dropped, and what stands behind ``<PAGE>`` is a line of its own."""
        runs: list[Run] = []
        at, has_tag = start, False
        if self._source.text.find("<", start, end) >= 0:
            for tag in _TAG.finditer(self._source.text, start, end):
                has_tag = True
                runs.append(Run(at, tag.start(), 0))
                at = tag.end()
                if tag[1]:
                    self._add(runs, start, is_blank_line=False)
                    runs, start = [], at
                    self.breaks_page = True
                elif tag[2]:
                    self._tables += 1
                    self._table, self._row = self._tables, 0
                elif tag[3]:
                    self._table = self._row = 0
        runs.append(Run(at, end, 0))
        self._add(runs, start, is_blank_line=not has_tag)

    def _add(self, runs: list[Run], start: int, *, is_blank_line: bool) -> None:
        source = self._source
        if len(runs) == 1:
            raw = source.piece(runs[0].start, runs[0].end)
        else:
            raw = "".join([source.piece(run.start, run.end) for run in runs])
        text = " ".join(raw.split())
        if not text:
            self._begins_paragraph = True  # a line of nothing but tags too
            if is_blank_line:
                at = source.byte(start)
                self._breaks.append(False)
                self._made.append(["", at, at, (), ""])
            return
        offsets = Offsets(len(text), source, runs)
        first = last = None
        if len(runs) == 1:
            first, last = source.first_seen(runs[0].start, runs[0].end), source.seen_until(runs[0].start, runs[0].end)
        else:  # a tag leaves its width, so that columns stay where they are
            ends = [*(run.start for run in runs[1:]), runs[-1].end]
            pieces = [source.piece(r.start, r.end) + " " * (to - r.end) for r, to in zip(runs, ends, strict=True)]
            raw = " " * (runs[0].start - start) + "".join(pieces)
        if self._table:
            self._row += 1
        self._breaks.append(self.breaks_page)
        self._made.append(
            [
                text,
                source.byte(offsets.characters(0)[0] if first is None else first),
                source.byte(offsets.characters(len(text) - 1)[1] if last is None else last),
                offsets,
                spread(raw),
                self._begins_paragraph or self.breaks_page,
                *_UNSTYLED,
                self._table,
                self._row,
                (),
                (),
                (),
                self.breaks_page,
            ]
        )
        self._begins_paragraph = self.breaks_page = False

    def lines(self) -> list[Line]:
        return finished(self._made, self._breaks)
