"""Lists of exhibits: where they begin, which rows they have (form-6k-cover.md 6)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from filings.forms.text.phrases import is_unfinished
from filings.forms.text.running import Piece, Running, is_page_number
from filings.parse.text.line import CELL

_HEADING = re.compile(
    r"\W*(?:item\s+\d{1,2}(?:\.\d{2})?[\s.:–—-]*)?(?:\(?[a-d]\)[\s.:–—-]*)?(?:the\s+)?(?:exhibits?\s+index|index\s+(?:to|of)\s+(?:the\s+)?exhibits?|exhibits?(?:\(s\))?\s+lists?|lists?\s+of\s+exhibits?"
    r"|exhibits?(?:\(s\))?|(?:financial\s+statements\s+and\s+)?exhibits?(?:\(s\))?(?:\s+(?:furnished|attached|filed|included)(?:\s+herewith)?|\s+and\s+reports\s+on\s+form\s+8-k)?)\W*",
    re.IGNORECASE,
)
_HEADER_CELL = re.compile(
    r"\W*(?:exhibits?(?:\s*(?:nos?\b\.?|numbers?|\#))?|nos?\.?|numbers?|(?:exhibit\s+|document\s+)?(?:descriptions?|titles?)"
    r"(?:\s+of\s+(?:the\s+)?(?:exhibits?|documents?))?|documents?|(?:sequential(?:ly\s+numbered)?\s+)?pages?(?:\s*(?:nos?\.?|numbers?))?)\W*",
    re.IGNORECASE,
)
_HEADER_ROW = re.compile(
    r"\W*exhibits?(?:\s*(?:nos?\b\.?|numbers?|\#))?[\s:]*(?:descriptions?|titles?|documents?)(?:\s+of\s+(?:the\s+)?(?:exhibits?|documents?))?\W*",
    re.IGNORECASE,
)
_NUMBER_HEADER = re.compile(
    r"\W*(?:exhibits?\s*(?:nos?\b\.?|numbers?|\#)|numbers?\s+(?:notes?\s+)?descriptions?.*)\W*", re.IGNORECASE
)
_NUMBER = (
    r"(?P<number>\d{1,3}(?:\.\d{1,2}|\.[A-Za-z]{1,3}(?![A-Za-z])|\([A-Za-z]{1,4}\)|(?<=\.\d\d)-\d{1,2}(?=\s))*[a-z]?)"
)
_NAMED = re.compile(
    rf"\W{{0,3}}exhibits?\s*(?:nos?\b\.?|numbers?)?\s*[:.-]?\s*{_NUMBER}(?![\w.]?\d)\*{{0,2}}(?P<rest>.*)",
    re.IGNORECASE | re.DOTALL,
)
_BARE = re.compile(rf"\(?{_NUMBER}\)?\*{{0,2}}(?P<rest>(?:[\s.:)–—-].*)?)", re.DOTALL)
_DOTTED = re.compile(
    r"(?:99\.\d{1,2}|10\.\d{1,2}|[1-9]\.\d{1,2}|[1-8]\d\.\d{1,2}|101(?:\.[A-Za-z]{3})?|104)", re.IGNORECASE
)
_PROSE = re.compile(
    r"[\s.:–—-]*(?:$|(?:of|to|in|hereto|hereof|herein|herewith|is|are|was|and|or|shall|will|which|contains?|attached|furnished|filed|for|under)\b|[,;(])",
    re.IGNORECASE,
)
_LEAD = re.compile(r"[\s.:)–—|-]+")
_ITEM = re.compile(r"(?P<number>\d{1,2})\s?[.)]\s+(?P<rest>\S.*)", re.DOTALL)
_INDEX = re.compile(r"index|list", re.IGNORECASE)
_LONGEST_HEADING = 80
_LONGEST = 700
"""Characters of a row; a longer line is body text."""
_LETTERS = re.compile(r"[^\W\d_]{3}")
_LOOKED_AT = 200
"""Characters at the end of a description in which dots may lead to a page number."""
_LEADERS = re.compile(r"(?:\s*\.){4,}\s*\d{0,3}$")
_PAGE_COLUMN = re.compile(r"\S\s{3,}(?P<page>\d{1,3})\s*$")


@dataclass(slots=True)
class Row:
    """A row of a list: the exhibit's number, its description, and its characters `start` to `end` (half-open)."""

    number: str
    description: str | None
    start: int
    end: int
    number_end: int


@dataclass(slots=True)
class ExhibitList:
    """A list, in lines `first` to `last` (half-open). `has_heading`: a line of its own names it; else it is a header row,
    or the rows alone. `is_index`: the heading says index or list."""

    first: int
    last: int
    has_heading: bool
    is_index: bool
    rows: list[Row] = field(default_factory=list)


def is_exhibit_heading(text: str) -> bool:
    """The line names a list of exhibits, or is the header row of one (form-6k-cover.md 6)."""
    return (
        _HEADING.fullmatch(text) is not None
        or _HEADER_ROW.fullmatch(text) is not None
        or _NUMBER_HEADER.fullmatch(text) is not None
    )


def exhibit_lists(running: Running, first: int, last: int, cover_end: int) -> list[ExhibitList]:
    """The lists of a Form 6-K in the lines `first` to `last` (half-open), in their order.

    Rows that say *Exhibit* count anywhere, numbers alone only below a heading, in the first cell of a row (``99.1``), or
    on the cover, where nothing else is numbered (before the line `cover_end`).
    """
    found = list(_lists(running, list(running.pieces(first, last)), cover_end))
    return [each for each in found if each.rows]


def headed_lists(running: Running, first: int, last: int) -> list[ExhibitList]:
    """The lists in these lines that have a heading or a header row: those of every form but 6-K.

    Longer forms speak of exhibits in passing, so that rows without a heading are none. A number in brackets is a footnote.
    """
    found = list(_lists(running, list(running.pieces(first, last)), 0, is_strict=True))
    return [each for each in found if each.rows]


def list_in_item(running: Running, first: int, last: int) -> list[ExhibitList]:
    """The list that the item of Form 8-K for exhibits is, in its lines: sentences between the rows do not end it.

    Where the item has a part headed *(d) Exhibits* (*(c)* before 2004) it begins there; what precedes it are financial
    statements.
    """
    pieces = list(running.pieces(first, last))
    begin = next((at for at, piece in enumerate(pieces) if at and _is_heading(piece.text)), 0)
    whole = (
        ExhibitList(pieces[begin].line, pieces[begin].line + 1, has_heading=True, is_index=False) if pieces else None
    )
    found = list(_lists(running, pieces[begin:], 0, is_strict=True, whole=whole))
    return [each for each in found if each.rows]


def _lists(
    running: Running,
    pieces: Sequence[Piece],
    cover_end: int,
    *,
    is_strict: bool = False,
    whole: ExhibitList | None = None,
) -> Iterator[ExhibitList]:
    """`is_strict`: only what has a heading; `whole`: the pieces are this one list, whatever stands between its rows."""
    current = whole
    at = behind = 0
    while at < len(pieces):
        piece = pieces[at]
        is_header = len(piece.text) < _LONGEST_HEADING and (
            is_exhibit_heading(piece.text) or (current is not None and _HEADER_CELL.fullmatch(piece.text) is not None)
        )
        if is_header:
            is_heading = _HEADING.fullmatch(piece.text) is not None
            if current is None or (current.rows and not whole):
                if current:
                    yield current
                current = ExhibitList(
                    piece.line, piece.line + 1, is_heading, is_heading and _INDEX.search(piece.text) is not None
                )
            current.last = piece.line + 1
            at = behind = at + 1
            continue
        is_none = is_strict and (
            _is_aside(piece.text, is_within=whole is not None) or (current is None and not _is_column(running, piece))
        )
        row, taken = (None, 0) if is_none else _row(running, pieces, at, current, cover_end)
        if row and is_strict and not _is_sure(row, is_next=at == behind):
            row = None
        if row is None:
            if current and not whole:
                yield current
            current = whole
            at += 1
            continue
        if current is None:
            current = ExhibitList(piece.line, piece.line + 1, has_heading=False, is_index=False)
        current.rows.append(row)
        current.last = pieces[at + taken - 1].line + 1
        at = behind = at + taken
    if current:
        yield current


def _is_heading(text: str) -> bool:
    return len(text) < _LONGEST_HEADING and _HEADING.fullmatch(text) is not None


def _is_sure(row: Row, *, is_next: bool) -> bool:
    """A description in words; and a number without a point right behind the heading or another row, else it counts notes."""
    return (
        row.description is not None
        and _LETTERS.search(row.description) is not None
        and (is_next or not row.number.isdigit())
    )


def _is_aside(text: str, *, is_within: bool) -> bool:
    """A footnote, ``(1) Previously filed``; and among sentences (`is_within`) a line that begins with a number by chance."""
    if text.startswith(("(", "0")):
        return True
    bare = _BARE.fullmatch(text) if is_within else None
    return bare is not None and bool(bare["rest"].strip()) and _PROSE.match(bare["rest"]) is not None


def _is_column(running: Running, piece: Piece) -> bool:
    """``Exhibit 99.01`` with a gap or another cell behind it: a row, where a sentence would go on."""
    named = _NAMED.fullmatch(piece.text)
    if not named:
        return False
    if not named["rest"].strip(" .:"):
        return piece.column == 0 and running.as_filed[piece.end : piece.end + 1] == CELL
    layout = running.lines[piece.line].layout
    return re.match(rf"\W*exhibit\s+{re.escape(named['number'])}\s{{3,}}\S", layout, re.IGNORECASE) is not None


def _row(
    running: Running, pieces: Sequence[Piece], at: int, current: ExhibitList | None, cover_end: int
) -> tuple[Row | None, int]:
    """The row that begins with this piece, and how many pieces it takes."""
    piece = pieces[at]
    if len(piece.text) > _LONGEST:
        return None, 0
    named = _NAMED.fullmatch(piece.text)
    if (
        named
        and named["rest"].strip()
        and _PROSE.match(named["rest"])
        and running.as_filed[piece.start + named.end("number")] != CELL
    ):
        named = None
    found = named
    if found is None:
        bare = _BARE.fullmatch(piece.text)
        if (bare and current is not None) or (
            bare
            and _DOTTED.fullmatch(bare["number"])
            and piece.column == 0
            and _has_description(running, pieces, at, bare)
        ):
            found = bare
        elif piece.line < cover_end and (item := _ITEM.fullmatch(piece.text)):
            found = item
    if found is None or (
        named
        and not running.lines[piece.line].begins_paragraph
        and piece.column == 0
        and _is_prose_before(running, piece, current)
    ):
        return None, 0
    return _described(running, pieces, at, found, current)


def _is_prose_before(running: Running, piece: Piece, current: ExhibitList | None) -> bool:
    """In wrapped plain text a sentence may break before *Exhibit 99.1*: a row begins a paragraph, or follows a row."""
    before = running.lines[piece.line - 1] if piece.line else None
    return (
        current is None
        and before is not None
        and bool(before.text)
        and before.table == 0
        and not before.text.endswith((":", "."))
    )


def _has_description(running: Running, pieces: Sequence[Piece], at: int, bare: re.Match[str]) -> bool:
    """Without a heading, a number in the first cell of a table's row is an exhibit where words stand in the second."""
    piece = pieces[at]
    line = running.lines[piece.line]
    if line.table == 0:
        return False
    row = [each for each in pieces[at : at + 4] if _same_row(running, piece, each)]
    words = bare["rest"] if len(row) == 1 else row[1].text
    return len(row) <= 2 and _LETTERS.search(words) is not None


def _same_row(running: Running, one: Piece, other: Piece) -> bool:
    first, second = running.lines[one.line], running.lines[other.line]
    return one.line == other.line or (first.table == second.table != 0 and first.row == second.row)


def _described(
    running: Running, pieces: Sequence[Piece], at: int, found: re.Match[str], current: ExhibitList | None
) -> tuple[Row | None, int]:
    piece = pieces[at]
    number_end = piece.start + found.end("number")
    rest_at = piece.start + found.start("rest")
    lead = _LEAD.match(running.text, rest_at, piece.end)
    begin = lead.end() if lead else rest_at
    stop = _before_page(running, piece)
    parts = [(begin, stop)] if running.text[begin:stop].strip() else []
    taken = 1
    while at + taken < len(pieces):
        following = pieces[at + taken]
        is_of_row = _same_row(running, piece, following)
        continues = (
            running.lines[following.line].text != ""
            and not running.lines[following.line].begins_paragraph
            and following.line == pieces[at + taken - 1].line + 1
            and running.lines[following.line].table == running.lines[piece.line].table
            and not (running.lines[piece.line].table and not is_of_row)
        )
        is_open = bool(parts) and is_unfinished(running.as_filed[parts[0][0] : parts[-1][1]])
        if not (is_of_row or continues or is_open or not parts) or len(following.text) > _LONGEST:
            break
        if not is_of_row and (_begins_row(following.text, current) or is_exhibit_heading(following.text)):
            break
        if not is_of_row and not parts and not _LETTERS.search(following.text):
            break
        taken += 1
        if not (parts and is_page_number(following.text)):  # the column of page numbers
            parts.append((following.start, _before_page(running, following)))
    held = " ".join(running.filed(*part) for part in parts)
    description = held[:-_LOOKED_AT] + _LEADERS.sub("", held[-_LOOKED_AT:]) or None
    end = parts[-1][1] if parts else piece.end
    return Row(found["number"], description, piece.start, end, number_end), taken


def _before_page(running: Running, piece: Piece) -> int:
    """Where a piece ends, without the number of a page that stands in a column of its own in plain text."""
    line = running.lines[piece.line]
    page = _PAGE_COLUMN.search(line.layout) if line.layout != line.text else None
    return piece.end - len(page["page"]) if page and piece.text.endswith(page["page"]) else piece.end


def _begins_row(text: str, current: ExhibitList | None) -> bool:
    named = _NAMED.fullmatch(text)
    if named and named["rest"].strip() and _PROSE.match(named["rest"]):
        named = None
    return named is not None or (current is not None and _BARE.fullmatch(text) is not None and len(text) < _LONGEST)
