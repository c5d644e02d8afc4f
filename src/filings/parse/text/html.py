"""The walk through the tags of an HTML document (form-6k-cover.md 3.2).

Which tags close which follows the HTML standard's tree construction as far as lines and styles depend on it; no tree is
made, since no parser's tree says from which bytes a text came.
"""

from __future__ import annotations

import re
from collections import defaultdict

from filings.parse.text.builder import BREAK, PARAGRAPH, ROW_EDGE, LineBuilder
from filings.parse.text.line import Line
from filings.parse.text.source import Source
from filings.parse.text.style import HIDDEN, KEEPS_LINES
from filings.parse.text.tag import Kind, Tag, Usual

# An attribute's value may hold ">" only in quotes behind "="; what never ends reaches to the end of the document. Every
# part is possessive, so that no byte is looked at twice.
_TOKEN = re.compile(
    r"<(?:/?[A-Za-z][^\s/>]*+(?:[^>=]++|=\s*+(?:\"[^\"]*+\"|'[^']*+')?+)*+(?:>|\Z)"
    r"|!--(?:-?>|.*?(?:--!?>|\Z))"
    r"|[!?/][^>]*+(?:>|\Z))",
    re.DOTALL,
)
_PAGE_COMMENT = re.compile(r"<!--\s*Field:\s*Page;", re.IGNORECASE)
_NEW_LINE = re.compile(r"\r\n|[\r\n\f]")
_IS_XHTML = re.compile(r"\s*<\?xml\s|[^<]*(?:<[!?][^>]*>\s*)*<html[^>]*\sxmlns\s*=", re.IGNORECASE)

_DEEPEST = 512
"""Open elements beyond which further ones count for nothing, as in browsers: so each tag costs a bounded time."""
_ALIKE = 3
"""Of equal formatting elements that nobody closed this many live on, as the HTML standard has it."""
_SPELLINGS, _LONG = 1 << 14, 1000
EDGE, CELL, MORE = Usual.EDGE, Usual.CELL, Usual.MORE
_SLOW = HIDDEN | KEEPS_LINES

_CELLS: frozenset[int] = frozenset((Kind.TABLE, Kind.CELL))
_TABLES: frozenset[int] = frozenset((Kind.TABLE,))
_ROWS: frozenset[int] = frozenset((Kind.TABLE, Kind.GROUP))
_IN_ROW: frozenset[int] = frozenset((Kind.TABLE, Kind.ROW))
_SPECIAL: frozenset[int] = frozenset(range(Kind.BLOCK, Kind.BREAK))
_STOPS: dict[int, frozenset[int]] = {
    Kind.INLINE: _SPECIAL,
    Kind.FORMATTING: _CELLS,
    Kind.TABLE: _TABLES,
    Kind.ROW: _TABLES,
    Kind.GROUP: _TABLES,
    Kind.CELL: _TABLES,
}
"""Beyond which open elements the end tag of a kind finds nothing to close."""

_Entry = tuple[Tag, int, "str | None"]
"""An open element, and style and link around it."""


def html_lines(source: Source, start: int, end: int) -> list[Line]:
    """The lines of the characters `start` to `end` of an HTML document."""
    return _Walk(source, start).read(start, end)


class _Walk:
    def __init__(self, source: Source, start: int) -> None:
        self._text = source.text
        self._builder = LineBuilder(source)
        self._is_xhtml = _IS_XHTML.match(self._text[start : start + 2048]) is not None
        self._spelled: dict[str, Tag] = {}
        self._open: list[_Entry] = []
        self._counts: defaultdict[str, int] = defaultdict(int)
        self._too_deep: defaultdict[str, int] = defaultdict(int)
        self._endless: set[str] = set()
        self._after_pre = -1
        self._style = 0
        self._href: str | None = None

    def read(self, start: int, end: int) -> list[Line]:
        """Walk through all tokens."""
        text, spelled, builder, opened, counts = self._text, self._spelled, self._builder, self._open, self._counts
        at = start
        while at < end:
            for token in _TOKEN.finditer(text, at, end):
                begin, after = token.span()
                if at < begin:
                    if self._style & _SLOW:
                        self._add_lines(at, begin)
                    elif raw := text[at:begin].strip():
                        builder.text(at, begin, raw, self._style, self._href)
                    else:
                        builder.blank(at, begin)
                at = after
                source = token[0]
                tag = spelled.get(source)
                if tag is None:
                    if source[1] in "!?":
                        if _PAGE_COMMENT.match(source):
                            builder.page_break()
                        continue
                    tag = self._spell(source)
                # The usual cases first, without a call: they are nine of ten tags.
                if tag.is_end:
                    if not opened or opened[-1][0].name != tag.name or self._too_deep:
                        self._end(tag)
                        continue
                    tag, self._style, self._href = opened.pop()
                    counts[tag.name] -= 1
                    if tag.ends and not (self._style & HIDDEN or tag.is_gone):
                        if tag.ends > EDGE:
                            self._leave(tag)
                        elif builder.before < PARAGRAPH:
                            builder.before = PARAGRAPH
                    continue
                begins = tag.begins
                if begins and self._style & HIDDEN:
                    begins = MORE
                if begins == EDGE and not counts["p"]:
                    if builder.before < PARAGRAPH:
                        builder.before = PARAGRAPH
                elif begins == CELL and opened and opened[-1][0].kind == Kind.ROW:
                    builder.cell(begin, after)
                elif begins:
                    if tag.kind != Kind.RAW:
                        self._start(tag, begin, after)
                    elif not tag.is_closed and (behind := self._behind(tag.name, after, end)):
                        at = behind
                        break
                    continue
                if len(opened) < _DEEPEST:
                    opened.append((tag, self._style, self._href))
                    counts[tag.name] += 1
                    self._style = self._style & tag.keeps | tag.sets
                else:
                    self._too_deep[tag.name] += 1
            else:
                break
        self._add_lines(at, end)
        return builder.lines()

    def _spell(self, source: str) -> Tag:
        tag = Tag(source)
        if len(self._spelled) < _SPELLINGS and len(source) < _LONG:
            self._spelled[source] = tag
        return tag

    def _add_lines(self, start: int, end: int) -> None:
        """Add text, in lines where those of the source count."""
        if self._style & HIDDEN or start >= end:
            return
        if self._style & KEEPS_LINES:
            if start == self._after_pre and (found := _NEW_LINE.match(self._text, start, end)):
                start = found.end()  # by the standard
            for found in _NEW_LINE.finditer(self._text, start, end):
                self._add(start, found.start())
                self._builder.new_line(found.start(), found.end(), breaks_page=found[0] == "\f")
                start = found.end()
        self._add(start, end)

    def _add(self, start: int, end: int) -> None:
        if raw := self._text[start:end].strip():
            self._builder.text(start, end, raw, self._style, self._href)
        elif start < end:
            self._builder.blank(start, end, keep=bool(self._style & KEEPS_LINES))

    def _behind(self, name: str, start: int, end: int) -> int | None:
        """Where an element ends whose inside is no text; None where nothing closes it, then its tag counts for nothing.

        A script that nobody closes reaches to the end, as in browsers.
        """
        if name in self._endless:
            return None
        found = re.compile(rf"</{re.escape(name)}(?=[\s/>])[^>]*+(?:>|\Z)", re.IGNORECASE).search(
            self._text, start, end
        )
        if found:
            return found.end()
        self._endless.add(name)
        return end if name in ("script", "style") else None

    def _start(self, tag: Tag, begin: int, after: int) -> None:
        """A start tag, or one without an end."""
        kind, builder = tag.kind, self._builder
        is_shown = not (self._style & HIDDEN or tag.is_gone)
        if tag.breaks_page_before and is_shown:
            builder.page_break()
        if kind <= Kind.FORMATTING:
            if kind == Kind.NONE or (tag.is_closed and (self._is_xhtml or ":" in tag.name)):
                return
            if tag.name == "a" and self._counts["a"]:
                self._close_formatting("a")
            self._push(tag)
            return
        if kind >= Kind.BREAK:
            if is_shown:
                self._void(tag, begin)
            return
        if kind <= Kind.TABLE and self._counts["p"]:
            self._close("p", _CELLS)
        if kind == Kind.CELL:
            if not (self._open and self._open[-1][0].kind == Kind.ROW):
                self._pop_above(_IN_ROW)
        elif kind == Kind.HEADING and self._open and self._open[-1][0].kind == Kind.HEADING:
            self._pop_to(len(self._open) - 1)
        elif kind == Kind.ITEM and self._counts["li"]:
            self._close("li", _CELLS, "ul", "ol")
        elif kind == Kind.ROW:
            self._pop_above(_ROWS)
        elif kind == Kind.GROUP:
            self._pop_above(_TABLES)
        is_shown = not (self._style & HIDDEN or tag.is_gone)
        if is_shown:
            self._meet(tag, begin, after)
        if kind == Kind.TABLE or self._counts["table"] or kind < Kind.TABLE:
            self._push(tag)
            if tag.name == "pre":
                self._after_pre = after
            if tag.is_closed and self._is_xhtml:
                self._pop_to(len(self._open) - 1)

    def _meet(self, tag: Tag, begin: int, after: int) -> None:
        """The edge at which a block, a row or a cell begins."""
        builder, kind = self._builder, tag.kind
        if kind == Kind.TABLE:
            builder.table()
        elif kind == Kind.ROW and self._counts["table"]:
            builder.row()
        elif kind == Kind.CELL and self._counts["table"] and tag.name != "caption":
            builder.cell(begin, after)
        elif tag.is_block:
            builder.edge(PARAGRAPH)

    def _void(self, tag: Tag, begin: int) -> None:
        builder = self._builder
        match tag.kind:
            case Kind.BREAK:
                builder.edge(BREAK)
            case Kind.RULE:
                if self._counts["p"]:
                    self._close("p", _CELLS)
                builder.rule()
            case Kind.IMAGE:
                builder.image(begin)
            case Kind.PAGE:
                builder.page_break()
        if tag.breaks_page_after:
            builder.page_break()

    def _end(self, tag: Tag) -> None:
        name, kind = tag.name, tag.kind
        if self._too_deep and self._too_deep[name]:
            self._too_deep[name] -= 1
        elif self._open and self._open[-1][0].name == name:
            self._pop_to(len(self._open) - 1)
        elif not self._counts[name]:
            # By the standard these two are elements of their own, but in XHTML, where they close what is closed.
            if kind in (Kind.PARAGRAPH, Kind.BREAK) and not (self._style & HIDDEN or self._is_xhtml):
                self._builder.edge(PARAGRAPH if kind == Kind.PARAGRAPH else BREAK)
        elif kind == Kind.FORMATTING:
            self._close_formatting(name)
        else:
            self._close(name, _STOPS.get(kind, _CELLS))

    def _push(self, tag: Tag) -> None:
        if len(self._open) >= _DEEPEST:
            self._too_deep[tag.name] += 1
            return
        self._open.append((tag, self._style, self._href))
        self._counts[tag.name] += 1
        self._style = self._style & tag.keeps | tag.sets
        if tag.name == "a":
            self._href = tag.href

    def _close(self, name: str, stops: frozenset[int], *more: str) -> None:
        """Close the innermost open element of the name, unless one of the `stops` lies between."""
        for at in range(len(self._open) - 1, -1, -1):
            tag = self._open[at][0]
            if tag.name == name:
                self._pop_to(at)
                return
            if tag.kind in stops or tag.name in more:
                return

    def _pop_above(self, stops: frozenset[int]) -> None:
        """Close what is open in the innermost of the `stops`."""
        for at in range(len(self._open) - 1, -1, -1):
            if self._open[at][0].kind in stops:
                if at + 1 < len(self._open):
                    self._pop_to(at + 1, lives_on=False)
                return

    def _pop_to(self, at: int, *, lives_on: bool = True) -> None:
        """Close the open elements from `at` on. Formatting elements among them live on behind a block, not behind a cell,
        row or table."""
        popped = self._open[at:]
        del self._open[at:]
        first, self._style, self._href = popped[0]
        again: list[Tag] = []
        for tag, style, _ in reversed(popped):
            self._counts[tag.name] -= 1
            if tag.kind == Kind.FORMATTING:
                if tag is not first and again.count(tag) < _ALIKE:
                    again.append(tag)
                continue
            if tag.kind == Kind.TABLE or tag.kind == Kind.CELL:
                again.clear()
            if tag.kind != Kind.INLINE and not (style & HIDDEN or tag.is_gone):
                self._leave(tag)
            elif tag.breaks_page_after:
                self._builder.page_break()
        if lives_on and first.kind not in (Kind.TABLE, Kind.ROW, Kind.GROUP, Kind.CELL):
            for tag in reversed(again):
                self._push(tag)

    def _leave(self, tag: Tag) -> None:
        builder = self._builder
        if tag.kind == Kind.TABLE:
            builder.table_end()
        elif tag.kind == Kind.ROW or tag.kind == Kind.GROUP:
            builder.edge(ROW_EDGE)
        elif tag.kind == Kind.CELL and tag.name != "caption":
            builder.cell_end()
        elif tag.is_block:
            builder.edge(PARAGRAPH)
        if tag.breaks_page_after:
            builder.page_break()

    def _close_formatting(self, name: str) -> None:
        """``</b>`` ends its element alone: blocks that began in it, and other formatting, go on."""
        has_block = False
        for at in range(len(self._open) - 1, -1, -1):
            tag, style, href = self._open[at]
            if tag.name == name:
                break
            if tag.kind in _CELLS:
                return
            has_block |= tag.kind in _SPECIAL
        else:
            return
        if not has_block:
            self._pop_to(at)
            return
        above = self._open[at + 1 :]
        del self._open[at:]
        self._counts[name] -= 1
        self._style, self._href = style, href
        for tag, _, _ in above:
            self._counts[tag.name] -= 1
            self._push(tag)
