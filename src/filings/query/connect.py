"""Open the newest snapshot of a warehouse for reading."""

from __future__ import annotations

import re
import tempfile
from pathlib import Path

from filings.errors import Busy, Damaged, FilingsError, UsageError
from filings.query.compiled import duckdb

CATALOG = "filings"
"""The name of the snapshot in a session; the session's own tables stand in the catalog `memory`."""

_HOLDER = re.compile(r"held in (?P<program>.+?) \(PID (?P<pid>\d+)\)(?: by user (?P<user>\S+?))?[.,]?(?:\s|$)")


def snapshot_of(warehouse: Path) -> Path:
    """The file that the warehouse's `filings.duckdb` names now.

    Raises UsageError where the folder is no warehouse, FilingsError where nothing was published yet.
    """
    link = warehouse / "filings.duckdb"
    if is_published(warehouse):
        return link.resolve()
    if not warehouse.is_dir():
        raise UsageError(
            f"There is no warehouse at {warehouse}.",
            "Make one with: filings ingest FOLDER   or name another with --warehouse DIR.",
        )
    if not (warehouse / "state.sqlite").exists() and not (warehouse / "raw").is_dir():
        raise UsageError(f"{warehouse} is no warehouse.", "Name another folder with --warehouse DIR.")
    raise FilingsError(
        f"The warehouse {warehouse} has no snapshot yet.",
        "The first comes at the end of an ingest (see filings status); filings rebuild makes one from the raw bytes.",
    )


def is_published(warehouse: Path) -> bool:
    """Whether there is a snapshot to read."""
    return (warehouse / "filings.duckdb").exists()


def connect(
    warehouse: Path, *, timezone: str = "UTC", threads: int | None = None, memory_limit: str | None = None
) -> duckdb.DuckDBPyConnection:
    """A connection that reads the newest snapshot and can write nothing to it.

    It keeps this snapshot however long it stays open; later ones are seen by the next connection. Raises UsageError
    where there is no warehouse or a setting makes no sense, Busy where another program has opened the snapshot for
    writing, Damaged where it cannot be opened.
    """
    connection = duckdb.connect()
    try:
        _set(connection, "TimeZone", timezone)
        _set(connection, "temp_directory", str(Path(tempfile.gettempdir()) / "filings-query"))
        if threads is not None:
            _set(connection, "threads", str(threads))
        if memory_limit is not None:
            _set(connection, "memory_limit", memory_limit)
        connection.execute("SET python_enable_replacements = false")  # a table's name is never a Python variable
        _attach(connection, warehouse)
    except BaseException:
        connection.close()
        raise
    return connection


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _set(connection: duckdb.DuckDBPyConnection, name: str, value: str) -> None:
    try:
        connection.execute(f"SET {name} = {_quoted(value)}")
    except duckdb.Error as error:
        raise UsageError(f"{name} cannot be {value!r}: {str(error).splitlines()[0]}") from error


def _attach(connection: duckdb.DuckDBPyConnection, warehouse: Path) -> None:
    path = snapshot_of(warehouse)
    for last in (False, True):
        try:
            connection.execute(f"ATTACH {_quoted(str(path))} AS {CATALOG} (READ_ONLY)")
            break
        except duckdb.IOException as error:
            newer = snapshot_of(warehouse)
            if not last and newer != path:  # it was removed between our look at the link and here
                path = newer
                continue
            text = str(error)
            if "lock" in text:
                raise Busy(
                    f"The snapshot is open for writing in {_holder(text)}.", "Try again when it is closed."
                ) from error
            raise Damaged(
                f"The snapshot {path.name} cannot be opened: {text.splitlines()[0]}",
                "filings rebuild makes the database again from the raw bytes.",
            ) from error
    connection.execute(f"USE {CATALOG}")


def _holder(text: str) -> str:
    found = _HOLDER.search(text)
    return f"{Path(found['program']).name} (process {found['pid']})" if found else "another program"
