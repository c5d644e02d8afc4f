"""The writer's own database: open it, make its tables, say when it is stale (house 5 and 6)."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pyarrow as pa
from sqlalchemy import Table

import filings
from filings.disk import disk
from filings.errors import Stale
from filings.faults import Point, reach
from filings.forms import registry
from filings.schema import company as _company  # noqa: F401  declares the tables of companies
from filings.schema import core as _core  # noqa: F401  declares the core tables
from filings.schema import ops
from filings.schema import text as _text  # noqa: F401  declares the tables of text
from filings.schema.columns import metadata
from filings.schema.derive import arrow_schema, ddl, dictionary, full_name, shape_fingerprint

CATALOG = "warehouse"
STORAGE_VERSION = "v1.5.0"  # so that people's DuckDB 1.5 reads what 2.0 writes (storage.md 4)

_VERSIONS = {family.name: family.version for family in registry.FAMILIES}  # importing it declares every family's tables


def tables() -> list[Table]:
    """Every table of the warehouse, in the order of the declarations."""
    return list(metadata.tables.values())


def data_tables() -> list[Table]:
    """The tables that hold rows of filings: all but `ops` and the companies."""
    return [table for table in tables() if table.schema is None and "filing_id" in table.columns]


def _reader_version(table: Table) -> int:
    family = table.info.get("family")
    return _VERSIONS[family] if family else 1


SHAPES = {full_name(table): shape_fingerprint([table]) for table in tables()}
"""The declared shape of each table."""


def last_load_id(connection: duckdb.DuckDBPyConnection) -> int:
    """The newest batch of a database that is open: each leaves a row in the ledger, or one for a reading or an alert. A
    database of before there were these has the ledger alone."""
    found = 0
    for table in (ops.ingest_log, ops.index_file, ops.alert):
        try:
            ((last,),) = connection.execute(f"SELECT coalesce(max(load_id), 0) FROM {full_name(table)}").fetchall()
        except duckdb.CatalogException:
            continue
        found = max(found, int(last))
    return found


def _attach(path: Path) -> str:
    place = str(path).replace("'", "''")
    return f"ATTACH '{place}' AS {CATALOG} (STORAGE_VERSION '{STORAGE_VERSION}')"


def _create(path: Path) -> None:
    """Make an empty database under another name first: a run that is killed while DuckDB writes the head of a new file
    leaves one that nobody can open."""
    new = path.with_name(path.name + ".new")
    for leftover in (new, _log(new), _log(path)):  # the last of a database that is gone
        leftover.unlink(missing_ok=True)
    reach(Point.LOAD_CREATE)
    with duckdb.connect() as connection:
        connection.execute(_attach(new))
        connection.execute(f"CHECKPOINT {CATALOG}")
    new.replace(path)


def _log(path: Path) -> Path:
    return path.with_name(path.name + ".wal")


class Database:
    """The writer's connection. One process holds it at a time, under the writer's lock.

    Never open `path` by any other way in this process while it is open: that drops DuckDB's lock (storage.md 4.1).
    """

    def __init__(self, path: Path, *, as_it_is: bool = False) -> None:
        """Open, and make what is missing. Raises Stale where another version made other columns, unless it is wanted
        `as_it_is`: for the upgrade alone."""
        self.path = path
        with disk(f"opening {path.name}"):
            if not path.exists():
                _create(path)
            self.connection = duckdb.connect()
            try:
                self.connection.execute(_attach(path))
                self.connection.execute(f"USE {CATALOG}")
                self.connection.execute("SET TimeZone = 'UTC'")
                if not as_it_is:
                    self._prepare()
            except BaseException:
                self.connection.close()
                raise

    def changed(self) -> list[str]:
        """The tables of this file that have another shape than declared, or are declared no more."""
        return sorted(name for name, shape in self._shapes().items() if SHAPES.get(name) != shape)

    def has_current(self, *names: str) -> bool:
        """Whether these tables are there, in the shape that is declared."""
        shapes = self._shapes()
        return all(shapes.get(name) == SHAPES[name] for name in names)

    def _shapes(self) -> dict[str, str]:
        found = self.connection.execute(
            "SELECT 1 FROM duckdb_tables() WHERE database_name = ? AND table_name = 'schema_version'", [CATALOG]
        ).fetchall()
        if not found:
            return {}
        return dict(self.connection.execute("SELECT table_name, fingerprint FROM ops.schema_version").fetchall())

    def _prepare(self) -> None:
        """Make what is missing in one transaction; refuse a shape that other code has made."""
        if changed := self.changed():
            raise Stale(
                f"this warehouse was made by another version: {', '.join(changed)} had other columns",
                "Run `filings upgrade`: it makes these tables again from the raw bytes. Nothing is lost.",
            )
        if self._shapes() == SHAPES and self._dictionary() == dictionary(tables()):
            return
        reach(Point.LOAD_CREATE)
        self.connection.execute("BEGIN")
        self.define()
        self.connection.execute("COMMIT")

    def define(self) -> None:
        """Make the tables that are missing, bring comments and dictionary up to date; in the caller's transaction."""
        self.connection.execute("CREATE SCHEMA IF NOT EXISTS ops")
        comments = self._comments()
        for table in tables():
            for statement in ddl(table, comments):  # to write all six hundred again takes longer than the rest together
                self.connection.execute(statement)
        now, known = datetime.now(UTC), self._shapes()
        made = [
            {
                "table_name": full_name(table),
                "fingerprint": SHAPES[full_name(table)],
                "family": table.info.get("family"),
                "reader_version": _reader_version(table),
                "written_by": filings.__version__,
                "changed_at": now,
            }
            for table in tables()
            if full_name(table) not in known
        ]
        self.insert(ops.schema_version, pa.Table.from_pylist(made, schema=arrow_schema(ops.schema_version)))
        self.connection.execute("DELETE FROM ops.dictionary")
        entries = pa.Table.from_pylist(dictionary(tables()), schema=arrow_schema(ops.dictionary))
        self.insert(ops.dictionary, entries)

    def _comments(self) -> dict[tuple[str, str], str]:
        """The comments that stand: by the table's full name, and the column's or nothing."""
        found = self.connection.execute(
            "SELECT schema_name, table_name, column_name, comment FROM duckdb_columns() WHERE database_name = $1 "
            "UNION ALL SELECT schema_name, table_name, '', comment FROM duckdb_tables() WHERE database_name = $1",
            [CATALOG],
        ).fetchall()
        return {
            (table if schema == "main" else f"{schema}.{table}", column): comment
            for schema, table, column, comment in found
        }

    def _dictionary(self) -> list[dict[str, object]]:
        names = [column.name for column in ops.dictionary.columns]
        found = self.connection.execute(f"SELECT {', '.join(names)} FROM ops.dictionary ORDER BY rowid").fetchall()
        return [dict(zip(names, row, strict=True)) for row in found]

    def insert(self, table: Table, batch: pa.Table) -> None:
        """Append an Arrow batch to a table, inside the caller's transaction."""
        if not batch.num_rows:
            return
        self.connection.register("_batch", batch)
        self.connection.execute(f"INSERT INTO {full_name(table)} BY NAME SELECT * FROM _batch")
        self.connection.unregister("_batch")  # not after a failure: in a broken transaction it fails too, and hides why

    def last_load_id(self) -> int:
        """The number of the newest batch; 0 in an empty warehouse."""
        return last_load_id(self.connection)

    def checkpoint(self) -> None:
        """Bring everything into the file itself, so that a copy of it is whole."""
        with disk("checkpoint"):
            reach(Point.LOAD_CHECKPOINT)
            self.connection.execute(f"CHECKPOINT {CATALOG}")

    def close(self) -> None:
        """Close the connection; DuckDB's lock goes with it."""
        self.connection.close()
