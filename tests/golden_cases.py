"""Golden cases: a real filing, what is odd about it, and the rows that a person read out of it.

A case is a folder ``tests/golden/GROUP/CASE`` with ``filing.txt`` or ``filing.nc`` (or either gzipped), ``why.md``, and
``expected/TABLE.txt``: one ``column = value`` a line in the order of the declaration, an empty line between rows, NULL
columns left out, a newline in a value as ``\\n``. An empty file claims that the table has no row of the filing. A new
case needs no Python.
"""

from __future__ import annotations

import difflib
import gzip
import re
from pathlib import Path

import duckdb

GOLDEN = Path(__file__).parent / "golden"

SOURCES = ("filing.txt", "filing.nc", "filing.txt.gz", "filing.nc.gz")
WHY = ("Question", "From", "Odd", "Rule", "Read")
"""What `why.md` must state, each in a paragraph ``**Question**: …``."""

ISSUES = "code, table_name, column_name, position, document_position, text_as_filed"
LEDGER = "status, reason_code"
OPS = {"issues": f"SELECT {ISSUES} FROM ops.issue", "ledger": f"SELECT {LEDGER} FROM ops.ingest_log"}
"""Of `ops` two tables are compared, without spans and without sentences of ours."""

LEFT_OUT = {"filing_id", "load_id", "first_seen_at"}
"""Columns of ours that a reader of the filing cannot know."""
WITHOUT_EXPECTATION = {"text_block", "xml_leaf"}
"""Tables that may have rows and no file: they repeat the document itself."""


class IncompleteCase(Exception):
    """A case lacks a file, or a paragraph of its `why.md`."""


def cases() -> list[Path]:
    """The folders that hold a filing, sorted by name."""
    return sorted({path.parent for path in GOLDEN.glob("*/*/filing.*")})


def check_complete(case: Path) -> None:
    """Raise `IncompleteCase` unless the case has one filing and a `why.md` with every paragraph filled."""
    if sum((case / name).exists() for name in SOURCES) != 1:
        raise IncompleteCase(f"{case.name}: one of {', '.join(SOURCES)} must be there")
    why = case / "why.md"
    text = why.read_text(encoding="utf-8") if why.exists() else ""
    blank = [word for word in WHY if not re.search(rf"^\*\*{word}\*\*: *\S", text, re.MULTILINE)]
    if blank:
        raise IncompleteCase(f"{case.name}: why.md does not state {', '.join(blank)}")


def ingest(case: Path, folder: Path) -> Path:
    """Load the case's filing into a new warehouse below `folder`; gives the warehouse."""
    from filings.pipeline.ingest import ingest as ingest_files

    source = next(case / name for name in SOURCES if (case / name).exists())
    raw = source.read_bytes()
    taken = folder / source.name.removesuffix(".gz")
    taken.write_bytes(gzip.decompress(raw) if source.suffix == ".gz" else raw)
    warehouse = folder / "warehouse"
    ingest_files(warehouse, [taken])
    return warehouse


def rendered(warehouse: Path) -> dict[str, str]:
    """Each table that has rows, as the text of its expectation; `issues` and `ledger` always."""
    with duckdb.connect(str(warehouse / "filings.duckdb"), read_only=True) as connection:
        connection.execute("SET TimeZone = 'UTC'")
        tables = [
            name
            for (name,) in connection.execute(
                "SELECT table_name FROM duckdb_tables() WHERE schema_name = 'main' AND NOT internal ORDER BY table_name"
            ).fetchall()
        ]
        texts = {name: _render(connection, f'SELECT * FROM "{name}"') for name in tables}
        return {name: text for name, text in texts.items() if text} | {
            name: _render(connection, query) for name, query in OPS.items()
        }


def _render(connection: duckdb.DuckDBPyConnection, query: str) -> str:
    described = connection.execute(f"DESCRIBE {query}").fetchall()
    columns = [(row[0], row[1]) for row in described]
    names = [name for name, _ in columns]
    # The database writes its own types: dates, decimals with their scale, instants in UTC, lists as JSON.
    shown = [f'to_json("{name}")' if kind.endswith("[]") else f'"{name}"::VARCHAR' for name, kind in columns]
    if "available_at" in names:
        at = names.index("available_at")
        shown[at] = (
            "CASE WHEN available_at_basis = 'first_seen' AND available_at = first_seen_at "
            "THEN 'first_seen_at' ELSE available_at::VARCHAR END"
        )
    order = "filed.position" if "position" in names and "code" not in names else "ALL"
    rows = connection.execute(f"SELECT {', '.join(shown)} FROM ({query}) AS filed ORDER BY {order}").fetchall()
    return "\n".join(
        "".join(
            f"{name} = {str(value).replace(chr(10), chr(92) + 'n')}\n"
            for name, value in zip(names, row, strict=True)
            if value is not None and name not in LEFT_OUT
        )
        for row in rows
    )


def expected(case: Path) -> dict[str, str]:
    """The expectations of a case, by table."""
    return {path.stem: path.read_text(encoding="utf-8") for path in sorted((case / "expected").glob("*.txt"))}


def differences(case: Path, found: dict[str, str]) -> list[str]:
    """What keeps the case from passing, the shortest first; empty where all is as expected."""
    stated = expected(case)
    told = []
    for table in sorted(stated.keys() | found.keys()):
        if table not in stated:
            if table not in WITHOUT_EXPECTATION:
                told.append(f"{table}: has rows and no expected/{table}.txt\n{found[table]}")
            continue
        if stated[table] != found.get(table, ""):
            lines = difflib.unified_diff(
                stated[table].splitlines(), found.get(table, "").splitlines(), "expected", "found", lineterm="", n=2
            )
            told.append(f"{table}:\n" + "\n".join(lines))
    return sorted(told, key=len)
