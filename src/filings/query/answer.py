"""Run SQL and get its rows as text, one by one: DuckDB writes every value, so none is changed on the way.

Neither pyarrow nor pytz is needed: instants come as text in the session's zone, decimals with all their digits.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Literal

from filings.errors import FilingsError, UsageError
from filings.query.compiled import duckdb

Kind = Literal["number", "boolean", "nested", "json", "text"]
Row = tuple[str | None, ...]

_INTEGERS = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT")
_NUMBERS = {*_INTEGERS, *(f"U{each}" for each in _INTEGERS), "FLOAT", "DOUBLE"}
_AT_ONCE = 1_000


@dataclass
class Answer:
    """The rows of a statement: `kinds` say what a column's text means, `rows` can be read once."""

    columns: list[str]
    kinds: list[Kind]
    rows: Iterator[Row]


def kind_of(sql_type: str) -> Kind:
    """What the text of a value of a DuckDB type is."""
    if sql_type in _NUMBERS or (sql_type.startswith("DECIMAL") and not sql_type.endswith("]")):
        return "number"
    if sql_type == "BOOLEAN":
        return "boolean"
    if sql_type == "JSON":
        return "json"
    if sql_type.endswith("]") or sql_type.startswith(("STRUCT", "MAP", "UNION", "VARIANT")):
        return "nested"
    return "text"


def ask(connection: duckdb.DuckDBPyConnection, sql: str, *, nested_as_json: bool = False) -> Answer:
    """Run all statements of `sql` and give the answer of the last.

    Lists and structures are written in DuckDB's own way, or as JSON. Raises UsageError with DuckDB's message where the
    SQL is wrong or wants to write, KeyboardInterrupt where it was interrupted.
    """
    with translated():
        last = prepare(connection, sql)
        text, kind_of_statement = text_of(last), str(last.type).rpartition(".")[2]
        if kind_of_statement not in ("SELECT", "MULTI") or not text:
            return _plain(connection, last)
        if kind_of_statement == "MULTI":  # a PIVOT is several statements to DuckDB, and cannot stand in brackets
            connection.execute(f"CREATE OR REPLACE TEMP TABLE answer AS {text}")
            text = "FROM temp.answer"
        try:
            described = connection.execute(f"DESCRIBE (\n{text}\n)").fetchall()  # only bound, not run
        except duckdb.Error:
            return _plain(connection, last)  # fails again, in words about what was asked
        columns = [row[0] for row in described]
        kinds = [kind_of(row[1]) for row in described]
        cells = ", ".join(
            f"CAST(to_json(#{number}) AS VARCHAR)"
            if kind == "nested" and nested_as_json
            else f"CAST(#{number} AS VARCHAR)"
            for number, kind in enumerate(kinds, 1)
        )
        connection.execute(f"SELECT {cells} FROM (\n{text}\n)")
        return Answer(columns, kinds, _fetched(connection))


def prepare(connection: duckdb.DuckDBPyConnection, sql: str) -> Any:
    """Run all statements but the last, which is given back."""
    statements = connection.extract_statements(sql)
    if not statements:
        raise UsageError("There is no SQL to run.", 'Example: filings query "SELECT count(*) FROM filing"')
    *first, last = statements
    for statement in first:
        connection.execute(statement)
        if connection.description:
            connection.fetchall()  # DuckDB 2 does no other work while rows wait
    return last


def rows_of(
    connection: duckdb.DuckDBPyConnection,
    columns: Iterable[str],
    source: str,
    parameters: Sequence[object] = (),
    kinds: Mapping[str, Kind] | None = None,
) -> list[dict[str, str | None]]:
    """Rows of a table of ours, every value as text; what `kinds` calls nested as JSON."""
    columns, kinds = list(columns), kinds or {}
    cells = ", ".join(
        f'CAST(to_json("{column}") AS VARCHAR)' if kinds.get(column) == "nested" else f'CAST("{column}" AS VARCHAR)'
        for column in columns
    )
    with translated():
        found = connection.execute(f"SELECT {cells} FROM {source}", list(parameters)).fetchall()
    return [dict(zip(columns, row, strict=True)) for row in found]


def text_of(statement: Any) -> str:
    """The text of one statement, so that it can stand in brackets: without what ends it."""
    text = str(statement.query).encode()
    for start, _ in reversed(duckdb.tokenize(text.decode())):  # offsets in bytes
        if text[start : start + 1] == b";":
            text = text[:start]
        elif text[start : start + 2] not in (b"--", b"/*"):
            break
    return text.decode().strip()


def _fetched(connection: duckdb.DuckDBPyConnection) -> Iterator[Row]:
    """The rows; the first are fetched at once, so that most of the work is done, or has failed, before one is written."""
    first = connection.fetchmany(_AT_ONCE)

    def rest() -> Iterator[Row]:
        rows = first
        while rows:
            yield from rows
            with translated():
                rows = connection.fetchmany(_AT_ONCE)

    return rest()


def _plain(connection: duckdb.DuckDBPyConnection, statement: Any) -> Answer:
    """Of statements that cannot stand in a FROM clause: values as Python writes them."""
    connection.execute(statement)
    described = connection.description or []
    rows = connection.fetchall()
    if not rows and [column[0] for column in described] in (["Success"], ["Count"]):
        described = []

    def as_text(value: object) -> str | None:
        if value is None:
            return None
        return str(value).lower() if isinstance(value, bool) else str(value)

    return Answer(
        [column[0] for column in described],
        [kind_of(str(column[1])) if kind_of(str(column[1])) != "nested" else "text" for column in described],
        iter([tuple(as_text(value) for value in row) for row in rows]),
    )


@contextmanager
def translated() -> Iterator[None]:
    """DuckDB's failures as errors of ours, with DuckDB's own words and caret."""
    try:
        yield
    except duckdb.InterruptException as error:
        raise KeyboardInterrupt from error
    except RuntimeError as error:
        if "interrupted" in str(error).lower():
            raise KeyboardInterrupt from error
        raise
    except duckdb.Error as error:
        raise _error_of(error) from error


def _error_of(error: duckdb.Error) -> FilingsError:
    text = str(error).rstrip()
    if isinstance(error, duckdb.OutOfMemoryException):
        return FilingsError(text, "Ask for less, or allow more with --memory-limit.")
    if isinstance(error, (duckdb.IOException, duckdb.InternalException, duckdb.FatalException)):
        return FilingsError(text)
    if "read-only mode" in text:
        return UsageError(
            "A snapshot can only be read; this SQL wants to change it.",
            "Keep tables of your own in another file: ATTACH 'mine.duckdb'; CREATE TABLE mine.t AS SELECT …",
        )
    if isinstance(error, duckdb.CatalogException) and "Table with name" in text:
        return UsageError(text, "filings tables lists the tables.")
    if isinstance(error, duckdb.BinderException) and "column" in text.lower() and "not found" in text:
        return UsageError(text, "filings dictionary TABLE lists the columns of a table.")
    return UsageError(text)
