"""SQL checks: questions over tables whose answer should be empty (`sql/checks`, one a file).

A check file runs unchanged in a DuckDB shell, over everything. On a batch the loader puts in front of it one common table
expression for each table that it reads, of the batch's rows alone: the same text asks the same question of a thousand
filings.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache

import duckdb
from sqlalchemy import Table

from filings import statements
from filings.schema.codes import LOGICAL_KEY
from filings.schema.derive import full_name


@dataclass(frozen=True, slots=True)
class Check:
    """One check: its name, what it asks, its level, the table its rows are of, the tables it reads, its statement.

    The statement gives the columns filing_id, position and detail, one row for each row that is wrong.
    """

    name: str
    asks: str
    level: str
    table: str
    reads: tuple[str, ...]
    statement: str

    def over(self, load_id: int | None, after: int | None = None) -> str:
        """The statement over one batch, over all batches after one, or over everything."""
        if load_id is None and after is None:
            return self.statement
        which = f"load_id > {after}" if load_id is None else f"load_id = {load_id}"
        batch = ", ".join(f"{name} AS (SELECT * FROM main.{name} WHERE {which})" for name in self.reads)
        return f"WITH {batch} SELECT * FROM ({self.statement})"


@dataclass(frozen=True, slots=True)
class Found:
    """One row that a check found."""

    check: Check
    filing_id: str | None
    position: int | None
    detail: str | None


@cache
def shipped() -> tuple[Check, ...]:
    """The checks of `sql/checks`, by name."""
    return tuple(
        Check(one.name, one.line("asks"), one.line("level"), one.line("table"), one.names, one.text)
        for one in statements.read_all(statements.folder() / "checks")
    )


def derived(tables: Iterable[Table]) -> Check:
    """What the declarations alone promise: positions are 1, 2, 3 … in each table of each filing, and one row a filing
    where the table says so."""
    parts, reads = [], []
    for table in tables:
        if table.schema:
            continue
        name = full_name(table)
        reads.append(name)
        if table.info["per_filing"]:
            parts.append(
                f"SELECT filing_id, NULL::INTEGER AS position, '{name}: ' || count(*) || ' rows, one expected' AS detail "
                f"FROM {name} GROUP BY filing_id HAVING count(*) > 1"
            )
        else:
            parts.append(
                f"SELECT filing_id, max(position) AS position, '{name}: ' || count(*) || ' rows, positions up to ' || "
                f"max(position) AS detail FROM {name} GROUP BY filing_id "
                "HAVING count(*) <> max(position) OR min(position) <> 1 OR len(list_distinct(list(position))) <> count(*)"
            )
    return Check(
        name=LOGICAL_KEY[0],
        asks=LOGICAL_KEY[1],
        level="error",
        table="filing",
        reads=tuple(reads),
        statement=" UNION ALL ".join(parts),
    )


def run(
    connection: duckdb.DuckDBPyConnection,
    checks: Sequence[Check],
    load_id: int | None,
    present: frozenset[str] | None = None,
    after: int | None = None,
) -> list[Found]:
    """Run checks over one batch, or without `load_id` over everything, with `after` over the batches after that one.

    `present` names the tables that have rows in the batch: a check that reads none of them is passed over. Its own table
    is not enough to go by: what it misses may be just the rows there.
    """
    found = []
    for check in checks:
        if present is not None and present.isdisjoint(check.reads):
            continue
        for filing_id, position, detail in connection.execute(check.over(load_id, after)).fetchall():
            found.append(Found(check, filing_id, position, None if detail is None else str(detail)))
    return found


def result_rows(found: Iterable[Found], load_id: int | None) -> list[dict[str, object]]:
    """Rows of `ops.check_result`."""
    now = datetime.now(UTC)
    return [
        {
            "check_name": one.check.name,
            "level": one.check.level,
            "table_name": one.check.table,
            "filing_id": one.filing_id,
            "position": one.position,
            "detail": one.detail,
            "load_id": load_id,
            "checked_at": now,
        }
        for one in found
    ]
