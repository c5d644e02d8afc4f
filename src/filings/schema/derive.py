"""What derives from a declaration: DDL, Arrow schema, fingerprint, dictionary."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import pyarrow as pa
from sqlalchemy import (
    ARRAY,
    TIMESTAMP,
    BigInteger,
    Boolean,
    Column,
    Date,
    Integer,
    Numeric,
    SmallInteger,
    Table,
    Text,
)

from filings.schema.columns import Place


def full_name(table: Table) -> str:
    """The table's name, with its schema where it is not main."""
    return f"{table.schema}.{table.name}" if table.schema else table.name


def sql_type(column: Column[Any]) -> str:
    """The DuckDB type, spelled as in tables.md 3."""
    kind = column.type
    match kind:
        case ARRAY():
            return "TEXT[]"
        case Boolean():
            return "BOOLEAN"
        case BigInteger():
            return "BIGINT"
        case SmallInteger():
            return "SMALLINT"
        case Integer():
            return "INTEGER"
        case Numeric():
            return f"DECIMAL({kind.precision},{kind.scale})"
        case TIMESTAMP():
            return "TIMESTAMPTZ" if kind.timezone else "TIMESTAMP"
        case Date():
            return "DATE"
        case Text():
            return "TEXT"
    raise TypeError(f"{column} has no DuckDB type of ours: {kind!r}")


_ARROW: dict[str, pa.DataType] = {
    "TEXT": pa.string(),
    "TEXT[]": pa.list_(pa.string()),
    "SMALLINT": pa.int16(),
    "INTEGER": pa.int32(),
    "BIGINT": pa.int64(),
    "BOOLEAN": pa.bool_(),
    "DATE": pa.date32(),
    "TIMESTAMP": pa.timestamp("us"),
    "TIMESTAMPTZ": pa.timestamp("us", tz="UTC"),
}


def arrow_type(column: Column[Any]) -> pa.DataType:
    """The Arrow type in which a batch carries the column."""
    kind = sql_type(column)
    if isinstance(column.type, Numeric):
        return pa.decimal128(column.type.precision or 38, column.type.scale or 0)
    return _ARROW[kind]


def arrow_schema(table: Table) -> pa.Schema:
    """The Arrow schema of a batch of the table's rows; NULL is always allowed, the loader fills what must stand."""
    return pa.schema([pa.field(column.name, arrow_type(column)) for column in table.columns])


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def ddl(table: Table, known: Mapping[tuple[str, str], str] | None = None) -> Iterator[str]:
    """The statements that make the table with its comments; no key but that of `ops.schema_version` (house, 4).

    Comments that stand are `known` by the table's full name and the column's name, which is empty for the table itself.
    """
    stand = known or {}
    parts = []
    for column in table.columns:
        compression = column.info.get("compression")
        parts.append(
            f'"{column.name}" {sql_type(column)}'
            + ("" if column.nullable else " NOT NULL")
            + (" PRIMARY KEY" if table.info.get("declared_key") == column.name else "")
            + (f" USING COMPRESSION {compression}" if compression else "")
        )
    name = full_name(table)
    yield f"CREATE TABLE IF NOT EXISTS {name} ({', '.join(parts)})"
    if stand.get((name, "")) != table.comment:
        yield f"COMMENT ON TABLE {name} IS {_quoted(table.comment or '')}"
    for column in table.columns:
        if stand.get((name, column.name)) != column.comment:
            yield f'COMMENT ON COLUMN {name}."{column.name}" IS {_quoted(column.comment or "")}'


def shape_fingerprint(tables: Iterable[Table]) -> str:
    """Of columns and types, without comments: 16 hex digits that change when the shape does."""
    shape = [[full_name(t), [[c.name, sql_type(c), c.nullable] for c in t.columns]] for t in tables]
    return _digest(shape)


def reading_fingerprint(version: int, tables: Iterable[Table], *more: Any) -> str:
    """Of a reader: its declared version, the shape of its tables and the places of their columns; 16 hex digits.

    Comments and row descriptions are left out: mending a sentence makes nothing stale (house, 6).
    """
    places = [
        [
            full_name(t),
            repr(t.info.get("at", ())),
            [[c.name, sql_type(c), c.nullable, repr(c.info["at"]), c.info.get("form")] for c in t.columns],
        ]
        for t in tables
    ]
    return _digest([version, places, [repr(part) for part in more]])


def _digest(value: Any) -> str:
    return hashlib.sha256(json.dumps(value, ensure_ascii=False).encode()).hexdigest()[:16]


def dictionary(tables: Iterable[Table]) -> list[dict[str, Any]]:
    """The rows of `ops.dictionary`, in the order of the declarations."""
    found = []
    for table in tables:
        for ordinal, column in enumerate(table.columns, 1):
            place: Place = column.info["at"]
            found.append(
                {
                    "table_name": full_name(table),
                    "column_name": column.name,
                    "ordinal": ordinal,
                    "sql_type": sql_type(column),
                    "is_nullable": bool(column.nullable),
                    "grain": table.info["grain"],
                    "meaning": column.comment or "",
                    "unit": column.info.get("unit"),
                    "place_kind": type(place).__name__,
                    "place": str(place),
                    "family": table.info.get("family"),
                    "sec_name": column.info.get("sec_name"),
                }
            )
    return found
