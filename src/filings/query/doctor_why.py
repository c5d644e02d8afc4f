"""`filings doctor why`: where a value of a filing comes from, down to the bytes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from sqlalchemy import Column, Table

from filings.errors import FilingsError, UsageError
from filings.forms import registry
from filings.forms.trace import trace as trace_family
from filings.load.database import data_tables
from filings.parse.envelope import split
from filings.parse.header_trace import Target, trace
from filings.parse.submission import Document, Version
from filings.query.answer import rows_of
from filings.query.compiled import duckdb
from filings.query.doctor_filing import versions
from filings.query.doctor_header import header_offset
from filings.query.doctor_rules import BASES, place, rule
from filings.query.document import raw_version
from filings.query.grid import Look
from filings.query.sheet import facts
from filings.query.show import Row, find
from filings.schema.columns import Computed, Header, Xml
from filings.schema.derive import full_name, sql_type

_SHARED = ("position", "document_position")
_OF_A_LEAF = ("path", "occurrence")
_OF_A_FILING = "load_id IN (SELECT load_id FROM ops.ingest_log WHERE filing_id = ?) AND filing_id = ?"


@dataclass(slots=True)
class Stated:
    """A text as filed, and where: words, and bytes of the raw version (half-open) where they are known."""

    where: str
    text: str | None
    start: int | None = None
    end: int | None = None


@dataclass(slots=True)
class Why:
    """Why a value is what it is. `value` is the snapshot's, as text; `raw_sha256` the version that was read."""

    filing_id: str
    column: Column[Any]
    position: int | None
    value: str | None
    raw_sha256: str | None
    evidence: str | None = None
    stated: list[Stated] = field(default_factory=list)
    issues: list[Row] = field(default_factory=list)


def explain(
    connection: duckdb.DuckDBPyConnection, warehouse: Path, asked: str, column_name: str, position: int | None = None
) -> Why:
    """What is known of the value in `column_name` (TABLE.COLUMN) of a filing, in the row with that `position`.

    Raises UsageError for a filing, column or row that is not there or not clear, and what `raw_version` raises.
    """
    column = _column(column_name)
    filing_id = find(connection, asked)
    row = _row(connection, filing_id, column, position)
    place = int(row["position"] or 0) if "position" in row else None
    found = Why(filing_id, column, place, row[column.name], _read_from(connection, filing_id, column.table, row))
    table = full_name(column.table)
    at: Any = column.info["at"]
    for raw_sha256 in _in_order(connection, filing_id, found.raw_sha256):
        version = _split(connection, warehouse, filing_id, raw_sha256)
        document = _document(version, row)
        if "occurrence" in row:
            found.stated = [Stated(f"document {row['document_position']}, {_path(row)}", row[column.name])]
        elif isinstance(at, Xml):
            found.stated = _in_xml(version, column.table, place, column.name)
        elif document is not None:
            found.stated = _of_document(version, document, column)
        elif (table, column.name) == ("filing", "disseminated_on"):
            found.stated = _on_the_wrapper(version)
        else:
            found.stated = _in_header(version, Target(table, place, _stated_column(column)))
        if found.stated or not isinstance(at, Header):
            found.raw_sha256 = raw_sha256
            break
    if column.name in ("available_at", "available_at_basis"):
        found.evidence = _evidence(connection, filing_id)
    found.issues = _issues(connection, found)
    return found


def _column(name: str) -> Column[Any]:
    table_name, _, column_name = name.strip().lower().rpartition(".")
    tables = {full_name(table): table for table in data_tables()}
    names = [f"{table}.{column.name}" for table, each in tables.items() for column in each.columns]
    if table_name in tables and column_name in tables[table_name].columns:
        return tables[table_name].columns[column_name]
    near = get_close_matches(name.strip().lower(), names, 3)
    raise UsageError(
        f"There is no column {name} of a filing.",
        f"Did you mean {' or '.join(near)}?" if near else "filings dictionary lists all columns as TABLE and COLUMN.",
    )


def _row(connection: duckdb.DuckDBPyConnection, filing_id: str, column: Column[Any], position: int | None) -> Row:
    table = column.table
    shared = [name for name in (*_SHARED, *_OF_A_LEAF) if name in table.columns]
    order = "position" if "position" in shared else "filing_id"
    wanted = list(dict.fromkeys([*shared, column.name]))
    rows = rows_of(
        connection, wanted, f"{full_name(table)} WHERE {_OF_A_FILING} ORDER BY {order}", [filing_id, filing_id]
    )
    if not rows:
        raise UsageError(f"{filing_id} has no row in {table.name}.", f"filings show {filing_id} shows all its rows.")
    if position is None and len(rows) == 1:
        return rows[0]
    chosen = [row for row in rows if row.get("position", "1") == str(position)]
    if chosen:
        return chosen[0]
    has = "one row" if len(rows) == 1 else f"rows 1 to {len(rows)}"
    which = f"no row {position}" if position is not None else "several rows"
    raise UsageError(
        f"{filing_id} has {which} in {table.name}; it has {has}.",
        f"Name one behind the column: filings doctor why {filing_id} {table.name}.{column.name} 1",
    )


def _read_from(connection: duckdb.DuckDBPyConnection, filing_id: str, table: Table, row: Row) -> str | None:
    """The version that a row was read from: its document's, else that of the header that stands."""
    if row.get("document_position"):
        source = f"document WHERE {_OF_A_FILING} AND position = {int(row['document_position'] or 0)}"
    else:
        source = f"filing WHERE {_OF_A_FILING}"
    found = rows_of(connection, ["raw_sha256"], source, [filing_id, filing_id])
    return found[0]["raw_sha256"] if found else None


def _in_order(connection: duckdb.DuckDBPyConnection, filing_id: str, first: str | None) -> list[str]:
    """All versions, first the one that the row names: a fact of the accession may be stated in another's header."""
    rest = [str(row["raw_sha256"]) for row in versions(connection, filing_id)]
    return list(dict.fromkeys([first, *rest] if first else rest))


def _split(connection: duckdb.DuckDBPyConnection, warehouse: Path, filing_id: str, raw_sha256: str) -> Version:
    found = split(raw_version(connection, warehouse, filing_id, raw_sha256)).versions
    if not found:
        raise FilingsError(f"The bytes of {filing_id} hold no submission.", "filings verify tells more.")
    return found[0]


def _document(version: Version, row: Row) -> Document | None:
    position = int(row.get("document_position") or 0)
    return next((each for each in version.documents if each.position == position), None)


def _evidence(connection: duckdb.DuckDBPyConnection, filing_id: str) -> str:
    """The basis of `available_at`, what it means, and the clocks of the filing."""
    clocks = ["accepted_at_eastern", "filed_on", "public_release_on", "disseminated_on", "first_seen_at"]
    wanted = ["available_at_basis", *clocks, "is_private_to_public"]
    (row,) = rows_of(connection, wanted, f"filing WHERE {_OF_A_FILING}", [filing_id, filing_id])
    basis = str(row["available_at_basis"])
    known = [f"{name} {row[name]}" for name in clocks if row[name]]
    known += ["is_private_to_public"] if row["is_private_to_public"] == "true" else []
    known += _listed(connection, filing_id) if basis != "acceptance" else []
    return f"{basis} ({BASES[basis]}). Known: {', '.join(known)}."


def _listed(connection: duckdb.DuckDBPyConnection, filing_id: str) -> list[str]:
    """The first daily index that lists it."""
    first = (
        "SELECT index_name FROM ops.index_entry JOIN ops.index_file USING (index_file_id) "
        "WHERE kind = 'daily' AND accession_number = ? ORDER BY covers_from, index_name LIMIT 1"
    )
    return [
        f"first listed in {row['index_name']}" for row in rows_of(connection, ["index_name"], f"({first})", [filing_id])
    ]


def _stated_column(column: Column[Any]) -> str:
    """The column whose text this one is made of: itself, or the one that its declaration names (`from …`)."""
    at = column.info["at"]
    made_of = re.match(r"from (\w+)", at.how) if isinstance(at, Computed) else None
    return made_of[1] if made_of and made_of[1] in column.table.columns else column.name


def _in_header(version: Version, target: Target) -> list[Stated]:
    if version.header is None:
        return []
    offset = header_offset(version)
    found = []
    for traced in trace(version.header)[1]:
        if target in traced.targets:
            node = traced.node
            where = "header, " + " / ".join([*traced.path, node.label])
            place = (None, None) if offset is None else (offset + node.start, offset + node.end)
            found.append(Stated(where, node.value, *place))
    return found


def _on_the_wrapper(version: Version) -> list[Stated]:
    """The dissemination date, on the first mark line that states it (edgar.md B.2)."""
    day = (version.disseminated or "").encode()
    for span in version.spans:
        at = version.raw.find(b" : " + day, span.start, span.end) if day and span.kind == "mark" else -1
        if at >= 0:
            return [Stated("the wrapper's line", day.decode(), at + 3, at + 3 + len(day))]
    return []


def _of_document(version: Version, document: Document, column: Column[Any]) -> list[Stated]:
    start, end = document.start, document.start + document.length
    at = column.info["at"]
    if not isinstance(at, Header):
        return [Stated(f"document {document.position}, its content", None, start, end)]
    head = next((span for span in version.spans if span.kind == "document" and span.end == start), None)
    if head is None:
        return []
    if column.table.name != "document":
        return [Stated(f"head of document {document.position}", None, head.start, head.end)]
    line = re.compile(rb"^[ \t]*<" + column.name.upper().encode() + rb">[ \t]*([^\r\n]*)", re.MULTILINE)
    text = bytes(version.raw[head.start : head.end]).replace(b"\r", b"\n")
    stated = line.search(text)
    if stated is None:
        return []
    value = stated[1].rstrip()
    begin = head.start + stated.start(1)
    shown = value.decode("utf-8", "backslashreplace")
    return [Stated(f"head of document {document.position}", shown, begin, begin + len(value))]


def _in_xml(version: Version, table: Table, position: int | None, column: str) -> list[Stated]:
    family = next((each for each in registry.FAMILIES if each.name == table.info["family"]), None)
    if family is None:
        return []
    form_type = trace(version.header)[0].form_type if version.header is not None else None
    _, places = trace_family(family, form_type, version.documents)
    found = []
    for leaf in places.get((full_name(table), position, column), ()):
        document = next(each for each in version.documents if each.position == leaf.document_position)
        start, end = _line(version, document, leaf.line)
        where = f"document {document.position}, line {leaf.line}, {_spaced(leaf.path)}"
        found.append(Stated(where, leaf.text, start, end))
    return found


def _path(row: Row) -> str:
    return f"{_spaced(str(row['path']))}, the {row['occurrence']}. of that path"


def _spaced(path: str) -> str:
    return " / ".join(path.split("/"))


def _line(version: Version, document: Document, number: int) -> tuple[int | None, int | None]:
    """The bytes of a line of a document's content; none where PEM changed them."""
    content = document.content
    if version.raw[document.start : document.start + document.length] != content:
        return None, None
    start = 0
    for _ in range(number - 1):
        start = content.find(b"\n", start) + 1
    end = content.find(b"\n", start)
    return document.start + start, document.start + (len(content) if end < 0 else end)


def _issues(connection: duckdb.DuckDBPyConnection, found: Why) -> list[Row]:
    position = "position IS NULL" if found.position is None else f"(position IS NULL OR position = {found.position})"
    return rows_of(
        connection,
        ["code", "text_as_filed", "detail"],
        f"ops.issue WHERE {_OF_A_FILING} AND table_name = ? AND column_name = ? AND {position} ORDER BY code",
        [found.filing_id, found.filing_id, full_name(found.column.table), found.column.name],
    )


def page(found: Why, look: Look) -> Iterator[str]:
    """The lines of the page."""
    column = found.column
    row = "" if found.position is None else f", row {found.position}"
    yield look.bold(f"{full_name(column.table)}.{column.name}{row}, of {found.filing_id}")
    yield from facts(_facts(found), look)


def _facts(found: Why) -> Iterator[tuple[str, str | None]]:
    at = found.column.info["at"]
    yield "meaning", found.column.comment
    yield "place", place(found.column)
    for stated in found.stated:
        yield "stands in", stated.where
        yield "bytes", None if stated.start is None else f"{stated.start:,}–{stated.end:,} of the version"
        yield "as filed", stated.text
    if not found.stated and isinstance(at, Header | Xml):
        yield "stands in", "nothing: the filing does not state it"
    yield "rule", rule(found.column)
    yield "evidence", found.evidence
    yield "type", sql_type(found.column)
    yield "value", "NULL" if found.value is None else found.value or "''"
    yield "version", found.raw_sha256
    for issue in found.issues:
        said = ", ".join(filter(None, (issue["text_as_filed"], issue["detail"])))
        yield "issue", str(issue["code"]) + (f": {said}" if said else "")
