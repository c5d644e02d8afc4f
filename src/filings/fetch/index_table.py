"""An index as an Arrow table: at once for a master index in which every line is as it should be, else row by row.

All of EDGAR has some 30 million rows (edgar.md I); row by row that would take minutes on every core. So equal lines are
not put together here, either: the database does it, where it is part of what must be done anyway.
"""

from __future__ import annotations

import re
from datetime import date
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv

from filings.fetch.index import IndexFile, IndexRow, read_index, unpacked
from filings.large import Bytes

_FIELDS: list[pa.Field[Any]] = [
    pa.field("accession_number", pa.string(), nullable=False),
    pa.field("cik", pa.string(), nullable=False),
    pa.field("form_type", pa.string(), nullable=False),
    pa.field("company_name", pa.string(), nullable=False),
    pa.field("filed_on", pa.date32()),
    pa.field("path", pa.string(), nullable=False),
    pa.field("copies", pa.int16(), nullable=False),
]
SCHEMA = pa.schema(_FIELDS)
"""The columns of an index row (`IndexRow`), and for how many equal lines the row stands (edgar.md D.4)."""

_COLUMNS = ["cik", "company_name", "form_type", "filed_on", "path"]
_TEXTS = dict.fromkeys(_COLUMNS, pa.string())
_BEGINNING = re.compile(rb"\A(?:[^\n]*\n){1,20}?-{10,}[ \t\r]*(?:\n|\Z)")
_PATH = r"^edgar/data/[0-9]{1,10}/(?P<accession>[0-9]{10}-[0-9]{2}-[0-9]{6})\.(?:txt|nc)$"


class IndexTable(NamedTuple):
    """The rows of an index, equal lines as one row or as several; the lines that are none; the last day of its data, as its
    head states it (None where it does not)."""

    rows: pa.Table
    unread: tuple[str, ...]
    last_received: date | None


def index_table(body: Bytes) -> IndexTable:
    """The rows of any index, plain or gzipped. Their order means nothing. Raises SourceError as `read_index` does."""
    data = b"".join(unpacked(body))
    rows = _at_once(data)
    if rows is not None:
        found = _LAST.search(data, 0, _HEAD)
        return IndexTable(rows, (), _day(found[1].decode("latin-1")) if found else None)
    return _row_by_row(read_index(data))


def _row_by_row(index: IndexFile) -> IndexTable:
    columns = {name: [getattr(row, name) for row in index.rows] for name in IndexRow._fields}
    rows = pa.table(columns | {"copies": list(index.rows.values())}, schema=SCHEMA)
    return IndexTable(rows, index.unread, _day(index.last_received))


_HEAD = 4096
_LAST = re.compile(rb"^Last Data Received:[ \t]*([^\r\n]*)", re.MULTILINE)
_DAY = re.compile(r"([A-Za-z]{3})[a-z]*\.?\s+(\d{1,2}),\s*(\d{4})\s*")
_MONTHS = "janfebmaraprmayjunjulaugsepoctnovdec"


def _day(text: str) -> date | None:
    """The day of the head of an index: ``March 31, 2020``, ``Jan  2, 2020``."""
    found = _DAY.fullmatch(text)
    month, rest = divmod(_MONTHS.find(found[1].lower()), 3) if found else (0, 1)
    try:
        return date(int(found[3]), month + 1, int(found[2])) if found and not rest else None
    except ValueError:
        return None


def _at_once(body: bytes) -> pa.Table | None:
    """The rows of a master index; None where one line is not as it should be, which is then seen row by row."""
    beginning = _BEGINNING.match(body)
    # bytes that mean something else to a reader of lines than to one of rows
    if (
        not beginning
        or b"|" not in body[: beginning.end()]
        or (b"\r" in body and body.count(b"\r") != body.count(b"\r\n"))
        or b"\0" in body
    ):
        return None
    if not body[beginning.end() : beginning.end() + _HEAD].strip() and not body[beginning.end() :].strip():
        return SCHEMA.empty_table()
    try:
        read = csv.read_csv(
            pa.BufferReader(memoryview(body)[beginning.end() :]),  # type: ignore[arg-type]  # the stubs know files alone
            # one thread: others have the cores meanwhile, and more of them cost more than they bring
            read_options=csv.ReadOptions(column_names=_COLUMNS, use_threads=False),
            parse_options=csv.ParseOptions(delimiter="|", quote_char=False, escape_char=False),
            convert_options=csv.ConvertOptions(
                column_types=dict.fromkeys(_COLUMNS, pa.string()), strings_can_be_null=False
            ),
        )
    except pa.ArrowInvalid:  # another number of fields, or no UTF-8
        return None
    cik = pc.utf8_lpad(read["cik"], 10, "0")
    stated = read["filed_on"]
    days = pc.strptime(pc.replace_substring(stated, "-", ""), format="%Y%m%d", unit="s", error_is_null=True)
    accession = pc.struct_field(pc.extract_regex(read["path"], _PATH), "accession")
    is_usual = [
        pc.match_substring_regex(cik, "^[0-9]{10}$"),
        pc.not_equal(cik, pa.scalar("0" * 10)),
        pc.match_substring_regex(stated, "^(?:[0-9]{8}|[0-9]{4}-[0-9]{2}-[0-9]{2})$"),
        pc.is_valid(days),
        pc.is_valid(accession),
    ]
    if not all(pc.all(each).as_py() for each in is_usual):
        return None
    return pa.table(
        {
            "accession_number": accession,
            "cik": cik,
            "form_type": pc.utf8_trim_whitespace(read["form_type"]),
            "company_name": pc.utf8_trim_whitespace(read["company_name"]),
            "filed_on": days.cast(pa.date32()),
            "path": read["path"],
            "copies": pa.repeat(pa.scalar(1, pa.int16()), read.num_rows),
        }
    ).cast(SCHEMA)
