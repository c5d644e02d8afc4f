"""Failures of the disk, and of the databases that stand on it, as errors of ours: one place for all rooms."""

from __future__ import annotations

import errno
import fcntl
import glob
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from filings.errors import Busy, Full, LoadError, StoreError
from filings.faults import Point, reach

_AGAIN = "What was done before is kept; run the same command again."


@contextmanager
def disk(doing: str) -> Iterator[None]:
    """What the system, SQLite or DuckDB report while `doing` something, in words.

    Full where no room is left, Busy where another program holds the database, StoreError for the files and for
    `state.sqlite`, LoadError for DuckDB. A DuckDB connection that failed so is never used again.
    """
    try:
        yield
    except Exception as error:
        import duckdb  # here, since what only reads writes a page and needs neither
        from sqlalchemy.exc import DBAPIError

        if not isinstance(error, (OSError, DBAPIError, duckdb.Error)):
            raise
        cause = error.orig if isinstance(error, DBAPIError) else error
        said = str(cause)
        if isinstance(error, duckdb.Error) and "KeyboardInterrupt" in said:
            raise KeyboardInterrupt from error  # Ctrl-C while DuckDB read an Arrow table of ours
        is_full = isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT)
        is_full |= getattr(cause, "sqlite_errorname", "") == "SQLITE_IOERR_SHMSIZE"  # no room for the WAL's index
        if is_full or "disk is full" in said or "No space left" in said:
            raise Full(f"{doing}: the disk is full", "Free some room and run the same command again.") from error
        if "Could not set lock" in said or "Conflicting lock" in said or "database is locked" in said:
            raise Busy(f"{doing}: another program has it open", said.splitlines()[0]) from error
        if isinstance(error, duckdb.Error):
            raise LoadError(f"{doing}: {said}", _AGAIN) from error
        raise StoreError(f"{doing}: {said}", _AGAIN) from error


def sync(path: Path) -> None:
    """Bring a file, or the names in a folder, to the disk itself. Raises OSError."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def write_whole(path: Path, data: bytes, write: Point, rename: Point) -> None:
    """Let `data` stand at `path`, all of it or nothing, on the disk itself; what stands there goes only then.

    The two points are passed before the bytes are written and before they take their place. Of several at once the last one
    stands. What a killed one left beside `path` is taken away. A device or a pipe at `path` is written to as it is. Raises
    Full, StoreError.
    """
    with disk(f"writing {path.name}"):
        if path.exists() and not path.is_file():
            reach(write)
            path.write_bytes(data)
            return
        for left in path.parent.glob(f".{glob.escape(path.name)}.*.part"):
            with suppress(OSError), left.open("rb") as file:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)  # held as long as its process lives
                left.unlink()
        part = path.with_name(f".{path.name}.{os.getpid()}.part")
        try:
            with part.open("wb") as file:
                fcntl.flock(file, fcntl.LOCK_EX)
                reach(write)
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
                reach(rename)
                part.replace(path)
            sync(path.parent)
        finally:
            part.unlink(missing_ok=True)


@contextmanager
def interruptible() -> Iterator[None]:
    """Ctrl-C as Python says it: in the middle of a query DuckDB makes a RuntimeError of it."""
    try:
        yield
    except RuntimeError as error:
        if str(error) != "Query interrupted":
            raise
        raise KeyboardInterrupt from error
