"""Write an answer: a table for people, CSV, JSON, Markdown and Parquet for programs.

NULL is `NULL` in a table and in Markdown, nothing at all in CSV (an empty text is ``""``), `null` in JSON. A table and
Markdown spell control characters out; CSV and JSON give every text as it is.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import IO, TYPE_CHECKING

from filings.errors import UsageError
from filings.query import grid
from filings.query.answer import Answer, Kind, prepare, text_of, translated

if TYPE_CHECKING:
    import duckdb

SUFFIXES = {
    ".csv": "csv",
    ".json": "json",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".md": "markdown",
    ".parquet": "parquet",
    ".txt": "table",
}
"""The format that the name of an output file asks for."""


def write(answer: Answer, stream: IO[str], form: str, look: grid.Look = grid.PLAIN) -> None:
    """Write the answer's rows as `table`, `csv`, `json`, `jsonl` or `markdown`, one after another.

    For the two JSON formats the answer is asked with `nested_as_json`. A statement without rows (SET) writes nothing.
    """
    if answer.columns:
        stream.writelines(line + "\n" for line in _WRITERS[form](answer, look))


def write_parquet(connection: duckdb.DuckDBPyConnection, sql: str, path: Path) -> None:
    """The rows of the last statement as a typed Parquet file, by DuckDB itself. Raises UsageError where it has none."""
    with translated():
        last = prepare(connection, sql)
        text = text_of(last)
        if not str(last.type).endswith(("SELECT", "MULTI")) or not text:
            raise UsageError("Only the rows of a SELECT can be written as Parquet.")
        place = str(path).replace("'", "''")
        connection.execute(f"COPY (\n{text}\n) TO '{place}' (FORMAT parquet, COMPRESSION zstd)")


def _table(answer: Answer, look: grid.Look) -> Iterator[str]:
    count = 0

    def counted() -> Iterator[Sequence[str | None]]:
        nonlocal count
        for row in answer.rows:
            count += 1
            yield row

    if answer.columns == ["explain_key", "explain_value"]:
        yield from ((row[1] or "").rstrip() for row in counted())
        return
    yield from grid.lines(answer.columns, counted(), is_number=[kind == "number" for kind in answer.kinds], look=look)
    yield look.faint(f"({count:,} row{'' if count == 1 else 's'})")


def _csv(answer: Answer, look: grid.Look) -> Iterator[str]:
    yield ",".join(map(_csv_cell, answer.columns))
    for row in answer.rows:
        yield ",".join(map(_csv_cell, row))


def _csv_cell(value: str | None) -> str:
    if value is None:
        return ""
    if not value or any(sign in value for sign in ',"\n\r'):
        return '"' + value.replace('"', '""') + '"'
    return value


def _json(answer: Answer, look: grid.Look) -> Iterator[str]:
    """One array, one object a line."""
    held = None
    for line in _jsonl(answer, look):
        if held is not None:
            yield held + ","
        held = ("[" if held is None else " ") + line
    yield "[]" if held is None else held + "]"


def _jsonl(answer: Answer, look: grid.Look) -> Iterator[str]:
    return objects(answer.columns, answer.kinds, answer.rows)


def objects(columns: Sequence[str], kinds: Sequence[Kind], rows: Iterable[Sequence[str | None]]) -> Iterator[str]:
    """Each row as a JSON object. A number keeps its digits; nested values are JSON already."""
    names = [json.dumps(name, ensure_ascii=False) + ": " for name in _unique(columns)]
    cells = [_JSON_CELLS[kind] for kind in kinds]
    for row in rows:
        yield (
            "{"
            + ", ".join(
                name + ("null" if value is None else cell(value))
                for name, cell, value in zip(names, cells, row, strict=True)
            )
            + "}"
        )


def _unique(names: Iterable[str]) -> list[str]:
    """Names of columns, each once: an object cannot hold two of a name."""
    seen: set[str] = set()
    result = []
    for name in names:
        spelled, number = name, 1
        while spelled in seen:
            number += 1
            spelled = f"{name}_{number}"
        seen.add(spelled)
        result.append(spelled)
    return result


def _text_cell(value: str) -> str:
    return json.dumps(value, ensure_ascii=False)


def _number_cell(value: str) -> str:
    return _text_cell(value) if value in ("inf", "-inf", "nan", "-nan") else value


_JSON_CELLS: dict[Kind, Callable[[str], str]] = {
    "number": _number_cell,
    "boolean": str,
    "json": str,
    "nested": str,
    "text": _text_cell,
}


def _markdown(answer: Answer, look: grid.Look) -> Iterator[str]:
    yield "| " + " | ".join(map(_markdown_cell, answer.columns)) + " |"
    yield "| " + " | ".join("---:" if kind == "number" else "---" for kind in answer.kinds) + " |"
    for row in answer.rows:
        yield "| " + " | ".join(map(_markdown_cell, row)) + " |"


def _markdown_cell(value: str | None) -> str:
    if value is None:
        return grid.NULL
    return "<br>".join(grid.visible(line).replace("|", "\\|") for line in value.splitlines())


_WRITERS: dict[str, Callable[[Answer, grid.Look], Iterator[str]]] = {
    "table": _table,
    "csv": _csv,
    "json": _json,
    "jsonl": _jsonl,
    "markdown": _markdown,
}
