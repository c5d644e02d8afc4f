"""Typing: the text of a value, as filed, becomes the value of its column, or NULL and an issue (forms.md 0.3).

Columns are typed one at a time over a whole batch; each distinct text is read once. No number passes through a float.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from decimal import ROUND_HALF_EVEN, Context, Decimal, InvalidOperation
from typing import Any, NamedTuple

import pyarrow as pa
from sqlalchemy import ARRAY, TIMESTAMP, BigInteger, Boolean, Column, Date, Integer, Numeric, SmallInteger, Table, Text

from filings import identifiers
from filings.schema.codes import Issue
from filings.schema.derive import arrow_schema, full_name

_TEXT_LIMIT = 4_096
_BLANKS = " \t\r\n"
_NOTHING = frozenset(("", "n/a", "na", "none"))
_TRUE = frozenset(("1", "true", "t", "y", "yes", "x", "on"))
_FALSE = frozenset(("0", "false", "f", "n", "no", "off"))
_FIRST_YEAR, _LAST_YEAR = 1900, 2199  # a date outside cannot be meant; 1988-08-08 and 2099-12-31 are common fillers

_ZONE = r"(?:Z|[+-][0-9]{2}:?[0-9]{2})?"
_CLOCK = r"([0-9]{2}):([0-9]{2})(?::([0-9]{2})(?:\.([0-9]+))?)?"
_YEAR_FIRST = re.compile(rf"([0-9]{{4}})([-/])([0-9]{{1,2}})\2([0-9]{{1,2}})(?:T{_CLOCK})?{_ZONE}")
_YEAR_LAST = re.compile(r"([0-9]{1,2})([-/])([0-9]{1,2})\2([0-9]{4})")
_MONTH = re.compile(r"([0-9]{1,2})[-/]([0-9]{4})")
_DAY_8 = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})")
_SECOND_14 = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})([0-9]{2})([0-9]{2})([0-9]{2})")
_MOMENT = re.compile(rf"([0-9]{{4}})-([0-9]{{2}})-([0-9]{{2}})[T ]{_CLOCK}{_ZONE}")
_NUMBER = re.compile(r"([0-9]{1,3}(?:[, ][0-9]{3})++|[0-9]*+)(?:\.([0-9]*+))?+((?:[eE][+-]?[0-9]{1,4})?)")
_DIGITS = Context(prec=60, rounding=ROUND_HALF_EVEN)


def says_nothing(text: str) -> bool:
    """The text stands where a number, a date or an identifier is not there: blank, ``N/A``, ``NA``, ``None``."""
    return text.strip().lower() in _NOTHING


def parse_date(text: str) -> date | None:
    """The calendar day of any shape that EDGAR's forms have; None where it is none.

    ISO, MM-DD-YYYY, MM/DD/YYYY, MM/YYYY and MM-YYYY (the first of the month), YYYYMMDD. A zone, or a clock behind an ISO
    day, is dropped and never applied: ``2024-07-19-05:00`` is the 19th.
    """
    text = text.strip()
    if found := _YEAR_FIRST.fullmatch(text):
        year, month, day = found[1], found[3], found[4]
    elif found := _DAY_8.fullmatch(text):
        year, month, day = found.groups()
    elif found := _YEAR_LAST.fullmatch(text):
        month, day, year = found[1], found[3], found[4]
    elif found := _MONTH.fullmatch(text):
        month, day, year = found[1], "1", found[2]
    else:
        return None
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None


def parse_timestamp(text: str) -> datetime | None:
    """A wall clock: the header's YYYYMMDDHHMMSS, or ISO with a zone dropped; None where it is none. Never zoned."""
    text = text.strip()
    if not (found := _SECOND_14.fullmatch(text) or _MOMENT.fullmatch(text)):
        return None
    year, month, day, hour, minute, second, *rest = found.groups("0")
    fraction = (rest[0] if rest else "0")[:6].ljust(6, "0")
    try:
        return datetime(int(year), int(month), int(day), int(hour), int(minute), int(second), int(fraction))
    except ValueError:
        return None


def parse_decimal(text: str) -> Decimal | None:
    """The number exactly as filed; None where it is none.

    Commas or blanks between thousands, ``$``, ``%``, a sign, a trailing point, an exponent; parentheses are a minus.
    """
    text = text.strip().removesuffix("%").rstrip()
    is_negative = text[:1] == "(" and text[-1:] == ")"
    if is_negative:
        text = text[1:-1].strip().removesuffix("%").rstrip()
    if not is_negative and text[:1] in ("+", "-"):
        is_negative, text = text[0] == "-", text[1:].lstrip()
        text = text.removeprefix("$").lstrip()
    elif text[:1] == "$":
        text = text[1:].lstrip()
        if not is_negative and text[:1] in ("+", "-"):
            is_negative, text = text[0] == "-", text[1:]
    found = _NUMBER.fullmatch(text)
    if not found or not (found[1] or found[2]):
        return None
    whole = found[1].replace(",", "").replace(" ", "")
    return Decimal(f"{'-' if is_negative else ''}{whole}.{found[2] or ''}{found[3]}")


def parse_flag(text: str) -> bool | None:
    """A box by the two sets of forms.md 0.3; None where the text is in neither."""
    word = text.strip().lower()
    return True if word in _TRUE else False if word in _FALSE else None


class _Read(NamedTuple):
    """What a text becomes, and the issue that it gives."""

    value: object
    code: str | None = None


_UNTYPED = _Read(None, "value_untyped")
_Reader = Callable[[str], _Read]


def _typed(parse: Callable[[str], object]) -> _Reader:
    """Empty and N/A are NULL; what cannot be read is NULL and an issue."""

    def read(text: str) -> _Read:
        value = parse(text)
        return _Read(value) if value is not None or says_nothing(text) else _UNTYPED

    return read


def _day(text: str) -> _Read:
    value = parse_date(text)
    if value is None:
        return _Read(None) if says_nothing(text) else _UNTYPED
    return _Read(value, None if _FIRST_YEAR <= value.year <= _LAST_YEAR else "date_out_of_range")


def _box(text: str) -> _Read:
    value = parse_flag(text)
    return _Read(value) if value is not None or not text.strip() else _UNTYPED


def _number(limit: Decimal | int, scale: int, finish: Callable[[Decimal], object]) -> _Reader:
    """Numbers below the limit in size, rounded half even at the scale, with an issue where that changes them."""
    unit = Decimal(1).scaleb(-scale)

    def read(text: str) -> _Read:
        exact = parse_decimal(text)
        if exact is None:
            return _Read(None) if says_nothing(text) else _UNTYPED
        try:
            value = exact.quantize(unit, context=_DIGITS)
        except InvalidOperation:
            return _UNTYPED
        if abs(value) >= limit:
            return _UNTYPED
        return _Read(finish(value), None if value == exact else "digits_beyond_scale")

    return read


def _trimmed(text: str) -> _Read:
    return _Read(text.strip(_BLANKS) or None)


def _collapsed(text: str) -> _Read:
    return _Read(" ".join(text.split()) or None)


def _kept(text: str) -> _Read:
    return _Read(text)


_FORMS: dict[str, _Reader] = {
    "text": _trimmed,
    "prose": _trimmed,
    "name": _collapsed,
    "code": _collapsed,
    "file_number": _collapsed,
    "cik": _typed(identifiers.cik),
    "accession": _typed(identifiers.accession),
}


def _reader(column: Column[Any]) -> _Reader:
    """How a text becomes a value of the column. Raises ValueError where no text may stand there: a bug of a reader."""
    kind = column.type
    match kind:
        case Text():
            reader = _FORMS[column.info.get("form", "text")]
            # What must stand is never emptied; blanks alone are then the value.
            return _kept if reader is _trimmed and not column.nullable else reader
        case Boolean():
            return _box
        case SmallInteger():
            return _number(2**15, 0, int)
        case BigInteger():
            return _number(2**63, 0, int)
        case Integer():
            return _number(2**31, 0, int)
        case Numeric():
            precision, scale = kind.precision or 38, kind.scale or 0
            return _number(Decimal(10) ** (precision - scale), scale, lambda value: value)
        case Date():
            return _day
        case TIMESTAMP() if not kind.timezone:
            return _typed(parse_timestamp)
    raise ValueError(f"{column} takes no text")


def type_rows(
    table: Table, rows: Sequence[Mapping[str, object]], filed_on: Mapping[str, date] | None = None
) -> tuple[pa.Table, list[tuple[int, Issue]]]:
    """Rows by column name, with their filing_id and load_id → an Arrow table of the table's schema, and issues by row.

    Text becomes the column's type; what is typed already passes through. `filed_on` gives filing dates by filing_id: a
    day that lies after it in a column that says `past` gets the issue ``date_out_of_range``. Raises ValueError where a
    column that is NOT NULL has no value: a bug of the reader that made the row.
    """
    schema = arrow_schema(table)
    issues: list[tuple[int, Issue]] = []
    arrays = []
    for column in table.columns:
        values = [row.get(column.name) for row in rows]
        values, found = _read_column(column, values)
        if filed_on and column.info.get("past"):
            found += _later_than_filed(values, rows, filed_on, {index for index, _ in found})
        issues += [(index, _issue(code, column, rows[index])) for index, code in found]
        if not column.nullable and None in values:
            raise ValueError(f"{full_name(table)}.{column.name} has no value in row {values.index(None)}")
        arrays.append(pa.array(values, type=schema.field(column.name).type))
    issues.sort(key=lambda found: found[0])
    return pa.Table.from_arrays(arrays, schema=schema), issues


def _read_column(column: Column[Any], values: list[object]) -> tuple[list[object], list[tuple[int, str]]]:
    texts = {value for value in values if isinstance(value, str)}
    if not texts or isinstance(column.type, ARRAY):
        return values, []
    reader = _reader(column)
    read = {text: reader(text) for text in texts}
    typed = [read[value].value if isinstance(value, str) else value for value in values]
    if not any(each.code for each in read.values()):
        return typed, []
    codes = ((index, read[value].code) for index, value in enumerate(values) if isinstance(value, str))
    return typed, [(index, code) for index, code in codes if code]


def _later_than_filed(
    values: list[object], rows: Sequence[Mapping[str, object]], filed_on: Mapping[str, date], known: set[int]
) -> list[tuple[int, str]]:
    found = []
    for index, value in enumerate(values):
        if isinstance(value, date) and index not in known:
            filed = filed_on.get(str(rows[index]["filing_id"]))
            if filed and value > filed:
                found.append((index, "date_out_of_range"))
    return found


def _issue(code: str, column: Column[Any], row: Mapping[str, object]) -> Issue:
    position, document, text = row.get("position"), row.get("document_position"), row.get(column.name)
    return Issue(
        code,
        full_name(column.table),
        column.name,
        position if isinstance(position, int) else None,
        document if isinstance(document, int) else None,
        text[:_TEXT_LIMIT] if isinstance(text, str) else None,
    )
