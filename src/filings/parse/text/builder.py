"""From runs of text, boundaries and cells to lines (form-6k-cover.md 3.2)."""

from __future__ import annotations

from typing import Any

from filings.parse.text.furniture import finished
from filings.parse.text.line import CELL, Line, Link
from filings.parse.text.source import Offsets, Run, Source, spread
from filings.parse.text.style import BOLD, FONT_MASK, ITALIC, KEEPS_LINES, UNDERLINED, font_of, level_of
from filings.parse.text.symbols import translated

NONE, BREAK, PARAGRAPH, CELL_EDGE, ROW_EDGE = range(5)
"""What stands between two visible characters; the greatest of several counts. A block's edge at the edge of its cell so is
the cell's edge: ``<td><p>99.1</p></td><td><p>Press release`` is one line of two cells."""

_CLOSING = ".,:;!?*)]}’”\"' \x1f"
"""What may stand unstyled behind a styled heading (form-6k-cover.md 9)."""
_SHORT = 64


class LineBuilder:
    """Collects the lines of an HTML document. Places are characters of the source."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._text = source.text
        self._made: list[list[Any]] = []
        self._breaks: list[bool] = []
        self._is_visible: dict[str, bool] = {}
        # The line at hand.
        self._runs: list[Run] = []
        self._is_begun = False
        self._begins_paragraph = True
        self._first = self._last = (0, 0)
        self._all_styles, self._any_style = -1, 0
        self._place = (0, 0)
        self._columns: list[int] = []
        self._links: list[tuple[int, int, str]] = []
        self._images: list[int] = []
        # What stands before the next visible character; the walk sets it too.
        self.before = PARAGRAPH
        self._cell_at = (0, 0)
        self._breaks_page = self._is_beside = False
        self._follows_page = self._follows_rule = False
        # The innermost table: number, row, cell; and those around it.
        self._tables = 0
        self._table = self._row = self._cell = 0
        self._around: list[tuple[int, int, int]] = []

    def text(self, start: int, end: int, raw: str, style: int, href: str | None = None) -> None:
        """Text between two tags; `raw` is the same without blanks at its ends, and not empty."""
        if (not "\x20" < raw[0] < "\x7f" or raw[0] == "&") and not self._shows(raw):
            self.blank(start, end, keep=bool(style & KEEPS_LINES))
            return
        if self.before or not self._is_begun:
            self._meet_edge(start, end)
        self._runs.append(Run(start, end, style))
        self._last = (start, end)
        self._all_styles &= style
        self._any_style |= style
        if href is not None:
            self._links.append((start, end, href))

    def blank(self, start: int, end: int, *, keep: bool = False) -> None:
        """Blanks between two tags; `keep` those at the beginning of a line too."""
        if keep and self._is_begun and self.before not in (NONE, CELL_EDGE):
            self._finish()
            self._begins_paragraph, self.before = self.before != BREAK, NONE
        if (self._is_begun and not self.before) or keep:
            self._runs.append(Run(start, end, KEEPS_LINES if keep else 0))

    def _shows(self, raw: str) -> bool:
        """Whether text that begins with an entity or an unusual character gives any visible one."""
        found = self._is_visible.get(raw)
        if found is None:
            found = bool(self._source.seen(raw).strip())
            if len(raw) <= _SHORT:
                self._is_visible[raw] = found
        return found

    def _meet_edge(self, start: int, end: int) -> None:
        """The first visible text behind an edge: it begins a line, or a cell of the line."""
        edge, self.before = self.before, NONE
        if self._is_begun:
            if edge == CELL_EDGE:
                self._runs.append(Run(*self._cell_at, None))
                self._columns.append(self._cell)
                return
            self._finish()
            self._begins_paragraph = edge != BREAK
        elif edge > BREAK:
            self._begins_paragraph = True
        self._is_begun = True
        self._first = (start, end)
        self._follows_page, self._follows_rule = self._breaks_page, self._is_beside
        self._breaks_page = self._is_beside = False
        self._place = (self._table, self._row)
        if self._table:
            self._columns.append(self._cell)

    def edge(self, kind: int) -> None:
        """A boundary of lines. Two ``<br>`` in a row leave a blank line between, which begins a paragraph."""
        if kind == BREAK and self.before == BREAK:
            kind = PARAGRAPH
        if kind > self.before:
            self.before = kind

    def new_line(self, start: int, end: int, *, breaks_page: bool = False) -> None:
        """The end of a line of the source, at `start` to `end`, where these count; a blank one is a line too."""
        if self._is_begun and not self.before:
            self._finish()
            self._begins_paragraph, self.before = False, BREAK
        else:
            if self._is_begun:
                self._finish()
            self._runs.clear()
            at = self._source.byte(start)
            self._breaks.append(False)
            self._made.append(["", at, at, (), ""])
            self.before = PARAGRAPH
        if breaks_page:
            self.page_break()

    def cell(self, start: int, end: int) -> None:
        """A cell begins, with the tag at `start` to `end`."""
        if not self._row:
            self.row()
        self._cell += 1
        if self.before < CELL_EDGE:
            self.before, self._cell_at = CELL_EDGE, (start, end)

    def cell_end(self) -> None:
        """A cell ends: what follows outside of any is no part of it."""
        if self.before < CELL_EDGE:
            self.before, self._cell_at = CELL_EDGE, (0, 0)

    def row(self) -> None:
        """A row begins."""
        self.before = ROW_EDGE
        self._row += 1
        self._cell = 0

    def table(self) -> None:
        """A table begins."""
        self.before = ROW_EDGE
        self._around.append((self._table, self._row, self._cell))
        self._tables += 1
        self._table, self._row, self._cell = self._tables, 0, 0

    def table_end(self) -> None:
        """The innermost table ends."""
        self.before = ROW_EDGE
        self._table, self._row, self._cell = self._around.pop()

    def page_break(self) -> None:
        """A page ends here."""
        self._breaks_page = self._is_beside = True
        self.edge(PARAGRAPH)

    def rule(self) -> None:
        """A drawn rule, which is no line but has page numbers beside it."""
        self._is_beside = True
        self.edge(PARAGRAPH)

    def image(self, at: int) -> None:
        """An image stands here."""
        if self._is_begun and not self.before:
            self._images.append(at)

    def lines(self) -> list[Line]:
        """All lines, when the document has ended."""
        if self._is_begun:
            self._finish()
        return finished(self._made, self._breaks)

    def _finish(self) -> None:
        """Make a line of what was collected."""
        source, runs, styles = self._source, self._runs, self._any_style
        raw = self._raw(runs)
        text = _collapsed(raw) if len(self._columns) > 1 else " ".join(raw.split())
        offsets = Offsets(len(text), source, tuple(runs))
        start, end = self._ends(offsets)
        bold_until = is_bold = is_italic = is_underlined = 0
        if styles & (BOLD | ITALIC | UNDERLINED):
            visible = len(text.rstrip(_CLOSING)) or len(text)
            bold_until = self._until(BOLD, text)
            is_bold = bold_until >= visible
            is_italic = self._until(ITALIC, text) >= visible
            is_underlined = self._until(UNDERLINED, text) >= visible
        self._breaks.append(self._follows_rule)
        self._made.append(
            [
                text,
                source.byte(start),
                source.byte(end),
                offsets,
                spread(raw) if styles & KEEPS_LINES and len(self._columns) < 2 else text,
                self._begins_paragraph or self._follows_page,
                bool(is_bold),
                bool(is_italic),
                bool(is_underlined),
                bold_until,
                level_of(self._all_styles),
                *self._place,
                tuple(self._columns),
                self._found_links(text, offsets) if self._links else (),
                tuple(offsets.index_at(at) for at in self._images) if self._images else (),
                self._follows_page,
            ]
        )
        self._runs = []
        self._is_begun = False
        self._all_styles, self._any_style = -1, 0
        self._columns = []
        self._links, self._images = [], []

    def _raw(self, runs: list[Run]) -> str:
        piece = self._source.piece
        if not self._any_style & FONT_MASK:
            if len(runs) == 1:
                return piece(runs[0].start, runs[0].end)
            return "".join([CELL if style is None else piece(start, end) for start, end, style in runs])
        return "".join(
            CELL
            if style is None
            else translated(piece(start, end), font_of(style))
            if style & FONT_MASK
            else piece(start, end)
            for start, end, style in runs
        )

    def _ends(self, offsets: Offsets) -> tuple[int, int]:
        """The characters of the source from the first to behind the last visible one."""
        start, end = self._source.first_seen(*self._first), self._source.seen_until(*self._last)
        if start is None:
            start = offsets.characters(0)[0]
        if end is None:
            end = offsets.characters(len(offsets) - 1)[1]
        return start, end

    def _until(self, bit: int, text: str) -> int:
        """How many characters at the beginning of the line have the style."""
        if not self._any_style & bit:
            return 0
        if self._all_styles & bit:
            return len(text)
        for at, run in enumerate(self._runs):
            if run.style is not None and not run.style & bit and self._source.piece(run.start, run.end).strip():
                return len(_collapsed(self._raw(self._runs[:at])))
        return len(text)

    def _found_links(self, text: str, offsets: Offsets) -> tuple[Link, ...]:
        found: list[Link] = []
        for start, end, href in self._links:
            first, stop = offsets.index_at(start), offsets.index_at(end)
            while stop > first and text[stop - 1] in " \x1f":
                stop -= 1
            while first < stop and text[first] in " \x1f":
                first += 1
            if (
                found
                and found[-1].href == href
                and first - found[-1].end <= 1
                and CELL not in text[found[-1].end : first]
            ):
                found[-1] = Link(found[-1].start, stop, href)
            else:
                found.append(Link(first, stop, href))
        return tuple(found)


def _collapsed(raw: str) -> str:
    """Each run of blanks one blank, none beside a mark between cells, which stands between visible characters only."""
    if CELL not in raw:
        return " ".join(raw.split())
    return CELL.join(text for cell in raw.split(CELL) if (text := " ".join(cell.split())))
