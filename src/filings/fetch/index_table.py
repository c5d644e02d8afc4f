"""An index as an Arrow table: at once for a master index in which every line is as it should be, else row by row.

All of EDGAR has some 30 million rows (edgar.md I); row by row that would take minutes on every core.
"""

from __future__ import annotations

import re
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv

from filings.fetch.index import IndexFile, IndexRow, read_index
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
"""The columns of an index row (`IndexRow`), and how often the equal line stands (edgar.md D.4)."""

_COLUMNS = ["cik", "company_name", "form_type", "filed_on", "path"]
_TEXTS = dict.fromkeys(_COLUMNS, pa.string())
_BEGINNING = re.compile(rb"\A(?:[^\n]*\n){1,20}?-{10,}[ \t\r]*(?:\n|\Z)")
_PATH = r"^edgar/data/[0-9]{1,10}/(?P<accession>[0-9]{10}-[0-9]{2}-[0-9]{6})\.(?:txt|nc)$"


class IndexTable(NamedTuple):
    """The rows of an index, each different one once, and the lines that are none."""

    rows: pa.Table
    unread: tuple[str, ...]


def index_table(body: Bytes) -> IndexTable:
    """The rows of any index, plain or gzipped. Their order means nothing. Raises SourceError as `read_index` does."""
    rows = _at_once(body) if isinstance(body, bytes) and not body.startswith(b"\x1f\x8b") else None
    return IndexTable(rows, ()) if rows is not None else _row_by_row(read_index(body))


def _row_by_row(index: IndexFile) -> IndexTable:
    columns = {name: [getattr(row, name) for row in index.rows] for name in IndexRow._fields}
    return IndexTable(pa.table(columns | {"copies": list(index.rows.values())}, schema=SCHEMA), index.unread)


def _at_once(body: bytes) -> pa.Table | None:
    """The rows of a master index; None where one line is not as it should be, which is then seen row by row."""
    beginning = _BEGINNING.match(body)
    # bytes that mean something else to a reader of lines than to one of rows
    if (
        not beginning
        or b"|" not in body[: beginning.end()]
        or body.count(b"\r") != body.count(b"\r\n")
        or b"\0" in body
    ):
        return None
    if not body[beginning.end() :].strip():
        return SCHEMA.empty_table()
    try:
        read = csv.read_csv(
            pa.BufferReader(memoryview(body)[beginning.end() :]),  # type: ignore[arg-type]  # the stubs know files alone
            read_options=csv.ReadOptions(column_names=_COLUMNS),
            parse_options=csv.ParseOptions(delimiter="|", quote_char=False, escape_char=False),
            convert_options=csv.ConvertOptions(
                column_types=dict.fromkeys(_COLUMNS, pa.string()), strings_can_be_null=False
            ),
        )
    except pa.ArrowInvalid:  # another number of fields, or no UTF-8
        return None
    days = pc.strptime(pc.replace_substring(read["filed_on"], "-", ""), format="%Y%m%d", unit="s", error_is_null=True)
    is_usual = [
        pc.match_substring_regex(read["cik"], "^[0-9]{1,10}$"),
        pc.match_substring_regex(read["cik"], "[1-9]"),
        pc.match_substring_regex(read["filed_on"], "^(?:[0-9]{8}|[0-9]{4}-[0-9]{2}-[0-9]{2})$"),
        pc.is_valid(days),
        pc.match_substring_regex(read["path"], _PATH),
    ]
    if not all(pc.all(each).as_py() for each in is_usual):
        return None
    table = pa.table(
        {
            "cik": pc.utf8_lpad(read["cik"], 10, "0"),
            "form_type": pc.utf8_trim_whitespace(read["form_type"]),
            "company_name": pc.utf8_trim_whitespace(read["company_name"]),
            "filed_on": days.cast(pa.date32()),
            "path": read["path"],
        }
    )
    # threads triple what grouping so many short texts costs, and others have the cores meanwhile
    counted = table.group_by(table.column_names, use_threads=False).aggregate([([], "count_all")])
    accession = pc.struct_field(pc.extract_regex(counted["path"], _PATH), "accession")
    return (
        counted.append_column("accession_number", accession)
        .rename_columns({"count_all": "copies"})
        .select(SCHEMA.names)
        .cast(SCHEMA)
    )
