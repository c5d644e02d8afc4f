"""One filing, with everything that the tables hold of it.

A filing's rows lie together in its batch: the ledger is asked for the batch first, then each table by `load_id` and
`filing_id`, so that a few row groups are read whatever the size of the warehouse (house 4).
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from decimal import Decimal

from filings import identifiers
from filings.errors import FilingsError, UsageError
from filings.query.answer import Kind, kind_of, rows_of
from filings.query.compiled import duckdb
from filings.query.formats import objects

Row = dict[str, str | None]

_HASH = re.compile(r"(?:sha256:)?([0-9a-f]{4,64})")
_DESCRIBED = {"TEXT": "VARCHAR", "TEXT[]": "VARCHAR[]", "TIMESTAMPTZ": "TIMESTAMP WITH TIME ZONE"}
"""Types of the dictionary that DuckDB spells otherwise."""
_HASH_DIGITS = 24  # of a filing_id made from its bytes (tables.md 1)
_NAMED = 10  # of several filings that a prefix names


@dataclass
class FilingRows:
    """A filing's rows, every value as text, lists as JSON; `kinds` say what the text of a column is."""

    filing_id: str
    ledger: list[Row] = field(default_factory=list)
    observations: list[Row] = field(default_factory=list)
    issues: list[Row] = field(default_factory=list)
    tables: dict[str, list[Row]] = field(default_factory=dict)
    kinds: dict[str, dict[str, Kind]] = field(default_factory=dict)

    @property
    def standing(self) -> Row:
        """The ledger's row of the version whose rows stand; of several (a correction of the header), the one with most."""
        return max(self.ledger, key=lambda row: (row["status"] != "superseded", int(row["row_count"] or 0)))


def find(connection: duckdb.DuckDBPyConnection, asked: str) -> str:
    """The `filing_id` that somebody means: an accession number with or without dashes, or the beginning of a hash.

    An accession number is not looked up here: that costs as much as reading the filing. Raises UsageError where it is
    neither, or names several filings; FilingsError where the warehouse has none with that hash.
    """
    asked = asked.strip().lower()
    if accession := identifiers.accession(asked):
        return accession
    found = _HASH.fullmatch(asked)
    if not found:
        raise UsageError(
            f"{asked!r} is no filing.",
            "Name it by its accession number (0000320193-24-000012) or by sha256: and at least 4 digits.",
        )
    prefix = f"sha256:{found.group(1)[:_HASH_DIGITS]}"
    named = rows_of(
        connection,
        ["filing_id"],
        f"(SELECT DISTINCT filing_id FROM ops.ingest_log WHERE starts_with(filing_id, ?) ORDER BY 1 LIMIT {_NAMED})",
        [prefix],
    )
    if not named:
        raise missing(prefix)
    if len(named) > 1:
        raise UsageError(
            f"{prefix} names several filings: {', '.join(str(row['filing_id']) for row in named)}.", "Give more digits."
        )
    return str(named[0]["filing_id"])


def missing(filing_id: str) -> FilingsError:
    """That the warehouse holds no such filing."""
    return FilingsError(f"This warehouse holds no filing {filing_id}.", "filings ingest PATH brings filings in.")


def read(connection: duckdb.DuckDBPyConnection, filing_id: str) -> FilingRows:
    """All rows of the filing, table by table in the order of their positions.

    Raises FilingsError where the warehouse holds no such filing.
    """
    found = rows_of(connection, ["load_id"], "ops.ingest_log WHERE filing_id = ?", [filing_id])
    if not found:
        raise missing(filing_id)
    place = f"load_id IN ({', '.join(sorted({str(row['load_id']) for row in found}))}) AND filing_id = ?"
    columns = _columns(connection)
    shown = FilingRows(filing_id)

    def rows(table: str, *order: str) -> list[Row]:
        kinds = shown.kinds[table] = {name: kind_of(kind) for name, kind in columns[table].items()}
        found = rows_of(connection, columns[table], f"{table} WHERE {place}", [filing_id], kinds)
        return sorted(found, key=lambda row: [_ordinal(row[name], kinds[name]) for name in order])

    shown.ledger = rows("ops.ingest_log", "status", "raw_sha256")
    counted: set[str] = set()
    for row in shown.ledger:
        counted |= json.loads(row["row_counts"] or "{}").keys()
    shown.observations = rows("ops.observation", "seen_at", "name", "byte_offset")
    shown.issues = rows("ops.issue", "document_position", "table_name", "position", "column_name", "code")
    for table in (name for name in columns if name in counted):
        shown.tables[table] = rows(table, *(["position"] if "position" in columns[table] else []))
    return shown


def _ordinal(value: str | None, kind: Kind) -> tuple[bool, Decimal | str]:
    """What a value sorts by, NULL first: sorting a filing's few rows here spares the database planning it."""
    return value is not None, Decimal(value or 0) if kind == "number" else value or ""


def _columns(connection: duckdb.DuckDBPyConnection) -> dict[str, dict[str, str]]:
    """Table → column → type, of every table that holds rows of filings: by the dictionary, which the database answers ten
    times as fast as questions about itself."""
    found: dict[str, dict[str, str]] = {}
    for row in rows_of(connection, ["table_name", "column_name", "sql_type"], "ops.dictionary ORDER BY rowid"):
        table, column, kind = (str(value) for value in row.values())
        found.setdefault(table, {})[column] = _DESCRIBED.get(kind, kind)
    return {table: columns for table, columns in found.items() if "filing_id" in columns}


def to_json(shown: FilingRows) -> str:
    """The rows as one JSON object: numbers with all their digits, lists as lists."""
    parts = [f'"filing_id": {json.dumps(shown.filing_id)}']
    ops = (("ops.ingest_log", shown.ledger), ("ops.observation", shown.observations), ("ops.issue", shown.issues))
    for table, rows in (*ops, *shown.tables.items()):
        kinds = shown.kinds[table]
        columns = list(kinds)
        lines = objects(columns, list(kinds.values()), ([row[name] for name in columns] for row in rows))
        held = ",\n  ".join(lines)
        parts.append(f"{json.dumps(table)}: [{held and chr(10) + '  ' + held}]")
    return "{" + ",\n ".join(parts) + "}"
