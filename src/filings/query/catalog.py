"""What a warehouse holds: its tables, their columns, and the filings that were set aside."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from difflib import get_close_matches
from pathlib import Path
from textwrap import wrap
from typing import Any

from filings.errors import UsageError
from filings.query.answer import Answer, Kind, rows_of
from filings.query.compiled import duckdb
from filings.query.connect import connect, is_published
from filings.query.grid import Look, visible
from filings.query.sheet import WIDTH
from filings.schema.codes import REASONS, Status

DICTIONARY = ("table_name", "column_name", "sql_type", "is_nullable", "meaning", "unit", "place_kind", "place")


def tables(connection: duckdb.DuckDBPyConnection) -> Answer:
    """Each table and view: how many rows, and what a row is; of a view the question that it answers."""
    shape = rows_of(
        connection,
        ["name", "grain"],
        "(SELECT concat_ws('.', nullif(schema_name, 'main'), table_name) AS name, comment AS grain, table_oid AS place"
        " FROM duckdb_tables() WHERE database_name = 'filings' UNION ALL"
        " SELECT concat_ws('.', nullif(schema_name, 'main'), view_name), concat('View: ', comment), 1000000 + view_oid"
        " FROM duckdb_views() WHERE database_name = 'filings' AND NOT internal)"
        " ORDER BY place",
    )
    found: list[tuple[str | None, ...]] = []
    for row in shape:
        is_view = (row["grain"] or "").startswith("View: ")
        name = ".".join(f'"{part}"' for part in str(row["name"]).split("."))
        count = None if is_view else rows_of(connection, ["n"], f"(SELECT count(*) AS n FROM {name})")[0]["n"]
        found.append((row["name"], count, row["grain"]))
    return Answer(["table", "rows", "a row is"], ["text", "number", "text"], iter(found))


def quarantine(connection: duckdb.DuckDBPyConnection) -> Answer:
    """Each version of a filing that stands in quarantine: which, why in words, where it came from."""
    rows = rows_of(
        connection,
        ["filing_id", "form_type", "reason_code", "reason_detail", "sources", "loaded_at", "raw_sha256"],
        "(SELECT l.*, (SELECT string_agg(DISTINCT coalesce(o.url, o.name), ', ' ORDER BY coalesce(o.url, o.name))"
        " FROM ops.observation o WHERE o.filing_id = l.filing_id AND o.raw_sha256 = l.raw_sha256) AS sources"
        " FROM ops.ingest_log l WHERE status = 'quarantined') ORDER BY filing_id, raw_sha256",
    )
    sentences = REASONS[Status.QUARANTINED]
    found = (
        (
            row["filing_id"],
            row["form_type"],
            row["reason_code"],
            sentences.get(str(row["reason_code"]), ""),
            row["reason_detail"],
            row["sources"],
            row["loaded_at"],
            row["raw_sha256"],
        )
        for row in rows
    )
    columns = ["filing_id", "form_type", "reason", "why", "detail", "came_from", "loaded_at", "raw_sha256"]
    return Answer(columns, ["text"] * len(columns), found)


def quarantine_page(connection: duckdb.DuckDBPyConnection, look: Look) -> Iterator[str]:
    """The same for people: a filing, then why, then from where."""
    count = 0
    for row in quarantine(connection).rows:
        count += 1
        filing_id, form_type, code, why, detail, sources, _, _ = row
        yield look.bold(f"{filing_id}  {form_type or 'form unknown'}  {code}")
        for sentence in (why, detail, f"From {sources}" if sources else None):
            if sentence:
                yield from (f"  {line}" for line in wrap(visible(sentence), (look.width or WIDTH) - 2))
    yield f"{count:,} in quarantine." if count else "Nothing is in quarantine."


def statuses(warehouse: Path) -> dict[str, int]:
    """Versions of filings by status, as the newest snapshot's ledger counts them; empty where there is no snapshot."""
    if not is_published(warehouse):
        return {}
    with connect(warehouse) as connection:
        rows = rows_of(
            connection,
            ["status", "n"],
            "(SELECT status, count(*) AS n FROM ops.ingest_log GROUP BY status) ORDER BY status",
        )
    return {str(row["status"]): int(str(row["n"])) for row in rows}


def dictionary(connection: duckdb.DuckDBPyConnection | None, table: str | None) -> Answer:
    """Each column with its type, meaning and place, of one table or of all; without a warehouse from the declarations.

    Raises UsageError for a table that is not there.
    """
    rows = _declared() if connection is None else rows_of(connection, DICTIONARY, "ops.dictionary ORDER BY rowid")
    names = list(dict.fromkeys(str(row["table_name"]) for row in rows))
    if table is not None:
        wanted = table if table in names else f"ops.{table}"
        if wanted not in names:
            near = get_close_matches(table, names, 3)
            raise UsageError(
                f"There is no table {table}.",
                f"Did you mean {' or '.join(near)}?" if near else "filings tables lists the tables.",
            )
        rows = [row for row in rows if row["table_name"] == wanted]
    kinds: list[Kind] = ["boolean" if name == "is_nullable" else "text" for name in DICTIONARY]
    return Answer(list(DICTIONARY), kinds, iter([tuple(row[name] for name in DICTIONARY) for row in rows]))


def _declared() -> Sequence[dict[str, Any]]:
    from filings.load.database import tables as declared
    from filings.schema.derive import dictionary as derived

    return [{**row, "is_nullable": str(row["is_nullable"]).lower()} for row in derived(declared())]
