"""Headers by their shape: what many headers have in common is read once (edgar.md C.1).

Take the values out of a header, and what is left is its shape: labels, tags, indents, blank lines. A role line
(``FILER:``) begins anew whatever stood before it, so a header is cut there; and so does an address or a former name within
a role. The pieces of a hundred thousand headers have a few hundred shapes. What a shape means is a plan: which value goes
into which row and column.

There is one grammar, that of `header` and `header_rows`: a plan is what they make of the shape itself, with a mark in the
place of each value. So only shapes get a plan in which nothing hangs on what a value says; where a value says something
unusual after all, the plan breaks off. Then the whole header is read the long way, as it is where a shape has no plan.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

from filings.parse import header_values, items
from filings.parse.header_columns import BARE, FIELDS, FORMS, STATES
from filings.parse.header_names import ROLES, key
from filings.schema.codes import Issue
from filings.state_codes import NAMES as STATE_NAMES

Row = dict[str, object]

_BLANKS = " \t\f\v"
_VALUE = re.compile(r"(\n[^:>\n]*+[:>][ \t\f\v]*+)(\S.*)")
"""A value behind the first colon or angle of its line, with the blanks behind it."""
_PLACE = "\0"
"""Stands in a shape for a value."""
_LINE = (
    r"[ \t\f\v]*+(?:</[^<>:\0\n]++>|(?:[A-Za-z0-9][^<>:\0\n]*+:|<[^</>:\0\n][^<>:\0\n]*+>)[ \t\f\v]*+\0?)?+[ \t\f\v]*+"
)
_PLAIN = re.compile(rf"{_LINE}(?:\n{_LINE})*+")
"""A shape whose lines are plainly labels, tags or blank, so that `_VALUE` cut them where the grammar does."""
_ROLE = "|".join(sorted(role.replace(" ", "[ _-]") for role in ROLES))
_ROLE_LINE = rf"(?:(?:{_ROLE}):|<(?:{_ROLE})>)[ \t\f\v]*(?:\n|\Z)"
_PART_LINE = r"\t(?:BUSINESS ADDRESS|MAIL ADDRESS|FORMER COMPANY|FORMER NAME):[ \t\f\v]*(?:\n|\Z)"
_CUT_BY_ROLE = re.compile(rf"\n(?=[A-Z<])(?={_ROLE_LINE})")
_CUT = re.compile(rf"\n(?=[A-Z<\t])(?={_ROLE_LINE}|{_PART_LINE})")
"""Before the line of a role or part; its first character is looked at first, since that is quick."""
_OUTSIDE = re.compile(r"\A(?:\Z|[\n<])|\n\S")
"""Shows that a piece is none of a role, or has more than the role's own lines: a part behind it may be another's."""
_ANY_ROLE = "FILER:\n\n"
"""Stands before a part while its plan is made: to which role it belongs makes no difference."""
_CLOSING = re.compile(r"\n[ \t]*+</[^<>\n]+>")

_LONGEST_SHAPE = 4096
"""Nearly all real pieces are shorter. What is longer is not remembered, so no header can fill the memory with plans."""
_MOST = 100
"""Values and rows of a plan, at most. Many labels without blanks around them would be a small shape and a large plan."""
_MOST_PIECES = 1000
"""Pieces of a header whose closing tags are told to each piece before them, at most."""

_RELATIVE = frozenset({"party_position", "series_position"})
"""Columns that hold the position of another row of the same piece."""
_EXPECTED = frozenset({"cik_missing", "state_code_unknown", "item_caption_unknown"})
"""Issues that say nothing about the shape: a mark is neither a state nor the caption of an item."""


class Unusual(Exception):
    """The header must be read the long way."""


Form = Callable[[str], str | None]


class _PlannedRow(NamedTuple):
    """A row of a plan.

    `row` has all columns, so that a copy of it never grows; only those are right that are the same in all headers of the
    shape. The others are told by the rest: `stated` (column, number of the value); `formed`, in this form; `listed`, of
    several values; `relative`, the position of another row, counted within the piece.
    """

    table: str
    row: Row
    stated: list[tuple[str, int]]
    formed: list[tuple[str, int, Form]]
    listed: list[tuple[str, list[int]]]
    relative: list[tuple[str, int]]


@dataclass(slots=True, frozen=True)
class Plan:
    """What a piece of header with a certain shape means.

    `is_text`: it shows that the header is in the text dialect. `takes_parts`: a part behind it belongs to its role.
    """

    rows: list[_PlannedRow]
    is_text: bool
    takes_parts: bool

    def fill(self, rows: dict[str, list[Row]], values: list[str]) -> None:
        """Add the rows of a piece in which these values are stated. Raises `Unusual`; what was added is void then."""
        parties, series = len(rows["filing_party"]), len(rows["filing_series"])
        for table, constant, stated, formed, listed, relative in self.rows:
            row = constant.copy()
            for column, number in stated:
                row[column] = values[number]
            for column, number, form in formed:
                if (value := form(values[number])) is not None:
                    row[column] = value
                else:
                    del row[column]
            for column, numbers in listed:
                row[column] = [values[number] for number in numbers]
            for column, position in relative:
                row[column] = position + (parties if column == "party_position" else series)
            found = rows[table]
            if table != "filing":
                row["position"] = len(found) + 1
                found.append(row)
            elif len(found[0]) == len(BARE):  # nothing is stated but flags, which all are in the row
                found[0].update(row)
            else:
                raise Unusual  # two pieces may state the same


def read(header: bytes, plan_of: Callable[[str], Plan | None], rows: dict[str, list[Row]]) -> bool:
    """Add the rows of a header by the plans of its pieces; says whether it is in the text dialect.

    Numbers and captions of items are left as stated (`number_items`). Raises `Unusual`; what was added is void then.
    """
    is_text = takes_parts = False
    for shape, values in _pieces(header):
        planned = plan_of(shape) if len(shape) <= _LONGEST_SHAPE else None
        if planned is None or (_is_part(shape) and not takes_parts):
            raise Unusual
        planned.fill(rows, values)
        is_text |= planned.is_text
        takes_parts = planned.takes_parts
    return is_text


def number_items(rows: list[Row], form_type: str | None, has_old_numbers: bool) -> None:
    """Item numbers and captions, the one from the other. Raises `Unusual`."""
    for row in rows:
        is_number = "item" in row
        value = row.pop("item" if is_number else "caption", None)
        if isinstance(value, str):
            number, caption = items.read(value, has_old_numbers, form_type, is_number=is_number)
            if number is not None:
                row["item"] = number
            elif caption is not None:
                raise Unusual  # an issue, which tells the place in the header
            if caption is not None:
                row["caption"] = caption


def _pieces(header: bytes) -> list[tuple[str, list[str]]]:
    """The header, cut before each line of a role or part: of each piece its shape, and the values taken out of it.

    To a shape belong the closing tags behind the piece, since they tell which of its own tags are sections. Raises
    `Unusual` for a header that is not ASCII or holds other surprises.
    """
    if not header.isascii() or b"\0" in header:
        raise Unusual
    text = "\n" + header.decode("ascii")
    if "\r" in text:
        text = text.replace("\r", "\n")
    parts = _VALUE.split(text)  # text, label, value, text, label, value, ...
    values = [value.rstrip(_BLANKS) for value in parts[2::3]]
    parts[2::3] = [_PLACE] * len(values)
    shapes = (_CUT_BY_ROLE if "</" in text else _CUT).split("".join(parts))
    if "</" in text:
        if len(shapes) > _MOST_PIECES:
            raise Unusual
        _add_closings(text, shapes)
    found = []
    start = 0
    for shape in shapes:
        end = start + shape.count(_PLACE)
        found.append((shape, values[start:end]))
        start = end
    return found


def _add_closings(text: str, shapes: list[str]) -> None:
    """Add to each shape the closing tags that stand behind it, each once, as lines."""
    count = text.count("</")
    later: set[str] = set()
    closings = ""
    for number in range(len(shapes) - 1, -1, -1):
        own = _CLOSING.findall(shapes[number])
        shapes[number] += closings
        if not later.issuperset(own):
            later.update(own)
            closings = "".join(sorted(later))
            if len(closings) > _LONGEST_SHAPE:
                raise Unusual
        count -= len(own)
    if count:
        raise Unusual  # a field that is closed in its line, or a value that looks like it


def marked(shape: str) -> bytes | None:
    """A header of that shape with a mark in each place of a value; None where values may decide what it means."""
    texts = shape.split(_PLACE)
    if len(shape) > _LONGEST_SHAPE or len(texts) > _MOST or not _PLAIN.fullmatch(shape):
        return None
    last = next((line for line in reversed(shape.split("\n")) if line.strip() and "</" not in line), "")
    if last.rstrip().endswith(":"):
        return None  # an empty label: whether it is a section is told by what stands behind the piece
    if "NEW" in shape.upper() and "SERIES" in shape.upper():
        return None  # new series state their owner in two places, which are compared
    places = (f"{text}{_PLACE}{number}{_PLACE}" for number, text in enumerate(texts[:-1]))
    return "".join((_ANY_ROLE if _is_part(shape) else "", *places, texts[-1])).encode("ascii")


def _is_part(shape: str) -> bool:
    return shape.startswith("\t")


def plan(shape: str, rows: dict[str, list[Row]], issues: list[Issue], *, is_text: bool) -> Plan | None:
    """The plan that follows from the reading of a `marked` header; None where values may decide what it means."""
    if any(issue.code not in _EXPECTED for issue in issues):
        return None  # something stands twice; which of the two stands is told by their values
    if rows["filing_merger"]:
        return None  # mergers are numbered through the whole header
    if sum(map(len, rows.values())) > _MOST:
        return None
    is_part = _is_part(shape)
    if is_part and [[*row.values()] for row in rows.pop("filing_party")] != [[1, "filer", False, False]]:
        return None  # it says something of the role itself, which may be said before it too, or begins another
    if is_part and rows["header_extra"]:
        return None  # its path begins with the role
    try:
        planned = [_planned(table, row, int(is_part)) for table, found in rows.items() for row in found]
    except Unusual:
        return None
    return Plan([each for each in planned if each.row], is_text, not _OUTSIDE.search(shape))


def _planned(table: str, row: Row, roles_before: int) -> _PlannedRow:
    planned = _PlannedRow(table, {}, [], [], [], [])
    if table == "header_extra" and key(str(row.get("label"))) in FIELDS:
        raise Unusual  # repeated, or a flag with a value
    for column, value in row.items():
        if isinstance(value, str) and _PLACE in value:
            number = _number(value)
            if column == "sic_name":  # a mark is only a name; a value may have a code too
                planned.row["sic_code"] = None
                planned.formed.append(("sic_code", number, _industry_code))
                planned.formed.append((column, number, _industry_name))
            elif form := _known_state if column in STATES else FORMS.get(f"{table}.{column}"):
                planned.formed.append((column, number, form))
            else:
                planned.stated.append((column, number))
        elif isinstance(value, list):
            planned.listed.append((column, [_number(mark) for mark in value]))
        elif isinstance(value, int) and column in _RELATIVE:
            planned.relative.append((column, value - roles_before if column == "party_position" else value))
        elif value is False and table == "filing":
            continue  # no flag here; there may be one in another piece
        planned.row[column] = value
    return planned


def _number(mark: str) -> int:
    number = mark[1:-1]
    if not number.isdecimal() or mark[0] != _PLACE or mark[-1] != _PLACE:
        raise Unusual
    return int(number)


def _industry_code(value: str) -> str | None:
    return header_values.industry(value)[0]


def _industry_name(value: str) -> str | None:
    return header_values.industry(value)[1]


def _known_state(value: str) -> str:
    if value.upper() not in STATE_NAMES:
        raise Unusual  # an issue, which tells the place in the header
    return value
