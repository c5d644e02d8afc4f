"""Opening `state.sqlite` (tables.md 8)."""

from __future__ import annotations

import sqlite3
import time
from pathlib import Path
from typing import Any

import sqlalchemy
from sqlalchemy import event

from filings.disk import disk
from filings.schema.state import state

_WAIT = 30  # seconds for another process


def open_state(path: Path) -> sqlalchemy.Engine:
    """The control state at `path`, made where it is missing; several processes may open it at once.

    WAL, so that readers never wait for a writer; a writer waits 30 s for another. Call `dispose()` at the end. Raises
    StoreError.
    """
    url = sqlalchemy.URL.create("sqlite", database=str(path))
    engine = sqlalchemy.create_engine(url, connect_args={"timeout": _WAIT})
    event.listen(engine, "connect", _prepare)
    with disk("opening the control state"):
        path.parent.mkdir(parents=True, exist_ok=True)
        if _missing(engine):
            with engine.begin() as connection:
                connection.exec_driver_sql("BEGIN IMMEDIATE")  # another process may be making the same tables
                state.create_all(connection)
                for index in _indexes():  # also of a table that an older version made
                    index.create(connection, checkfirst=True)
    return engine


def _indexes() -> list[sqlalchemy.Index]:
    return [index for table in state.tables.values() for index in table.indexes]


def _missing(engine: sqlalchemy.Engine) -> bool:
    """Whether a table or an index of today is not there."""
    with engine.connect() as connection:
        there = set(connection.exec_driver_sql("SELECT name FROM sqlite_master").scalars())
    return bool({*state.tables, *(str(index.name) for index in _indexes())} - there)


def _prepare(connection: sqlite3.Connection, _record: Any) -> None:
    cursor = connection.cursor()
    until = time.monotonic() + _WAIT
    while True:
        try:
            cursor.execute("PRAGMA journal_mode=WAL")
            break
        except (
            sqlite3.OperationalError
        ) as error:  # SQLite does not wait here, whatever its time-out, while others do the same
            if "locked" not in str(error) or time.monotonic() > until:
                raise
            time.sleep(0.02)
    for pragma in ("synchronous=NORMAL", "foreign_keys=OFF"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()
