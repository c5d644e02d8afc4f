"""What became of hostile inputs in a warehouse, held against what must."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import duckdb

from hostile import Hostile


def write(inputs: list[Hostile], folder: Path) -> Path:
    folder.mkdir()
    for one in inputs:
        (folder / f"{one.name}.txt").write_bytes(one.bytes())
    return folder


def differing(warehouse: Path, inputs: list[Hostile]) -> Iterator[str]:
    """What is otherwise than expected, a line each."""
    with closing(sqlite3.connect(warehouse / "state.sqlite")) as state:
        refused = dict(state.execute("SELECT source, verdict FROM refusal").fetchall())
    with duckdb.connect(str(warehouse / "filings.duckdb"), read_only=True) as asked:
        for one in inputs:
            name = f"inputs/{one.name}.txt"
            found = Counter(
                f"{status}: {reason}" if reason else status
                for _, status, reason in asked.execute(
                    "SELECT DISTINCT filing_id, status, reason_code FROM ops.ingest_log JOIN ops.observation USING (filing_id, raw_sha256) WHERE name = ? AND chosen_part <> 'header'",
                    [name],
                ).fetchall()
            )
            if name in refused:
                found[f"refused: {refused[name]}"] += 1
            expected = {one.outcome: 1 if one.outcome.startswith("refused") else one.filings}
            if found != expected:
                yield f"{one.name}: {dict(found)}, not {expected}"
                continue
            own = "filing_id IN (SELECT filing_id FROM ops.observation WHERE name = ?)"
            codes = {
                row[0] for row in asked.execute(f"SELECT DISTINCT code FROM ops.issue WHERE {own}", [name]).fetchall()
            }
            codes -= {"signature_missing"}  # nobody signs a hostile report
            if codes != one.issues:
                yield f"{one.name}: issues {sorted(codes)}, not {sorted(one.issues)}"
            for table, rows in one.rows.items():
                counted = asked.execute(f"SELECT count(*) FROM {table} WHERE {own}", [name]).fetchone()
                if counted != (rows,):
                    yield f"{one.name}: {counted} rows of {table}, not {rows}"
