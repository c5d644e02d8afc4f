"""Batches in `spool/`: what processes without the writer's lock have fetched, until the writer loads it (house 5).

A batch is a file of records as a pack has them (`raw/pack.py`): the bytes, and the facts about them. While it is written
its name ends in ``.part`` and its process holds a lock on it; closed it is synced and ends in ``.batch``. A ``.part``
whose lock is free is what a killed process left, and counts as far as it is sound. The writer takes a file away when all
of it is loaded. A row of `spool_batch` tells people; the files alone decide.
"""

from __future__ import annotations

import fcntl
import os
import uuid
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Engine, delete, insert

import filings
from filings.disk import disk, sync
from filings.errors import Damaged
from filings.faults import Point, reach
from filings.large import HELD, Bytes, gathered, hash_of, pieces
from filings.raw.pack import Facts, Frames, Record, decompress, encode, frame_lengths, scan, stored_is_sound
from filings.schema.state import spool_batch

OPEN, CLOSED = ".part", ".batch"


class Batch:
    """A batch that is being written by this process."""

    def __init__(self, folder: Path, state: Engine) -> None:
        """Begin a file in the spool's folder. Raises Full, StoreError."""
        self._folder = folder
        self._state = state
        self.filings = 0
        self.size = 0
        with disk("beginning a batch in the spool"):
            while True:
                name = f"{datetime.now(UTC):%Y%m%dT%H%M%S%f}Z-{uuid.uuid4().hex}"
                self._path = folder / f"{name}{OPEN}"
                self._file = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_APPEND, 0o644)
                fcntl.flock(self._file, fcntl.LOCK_EX)
                if os.fstat(self._file).st_nlink:  # between the two the writer may have taken it for abandoned
                    break
                os.close(self._file)

    def add(self, data: Bytes, facts: Facts) -> None:
        """Append the bytes; a kill of this process does not lose them. Raises Full, StoreError."""
        frames = Frames(data)
        stored = gathered(frames, self._folder)
        record, head = encode(self.size, hash_of(data), len(data), frames.lengths, frames.stored_sha256, facts)
        with disk("writing a batch in the spool"):
            reach(Point.SPOOL_APPEND)
            for piece in (head, *pieces(stored, HELD)):
                left = memoryview(piece)
                while left:
                    left = left[os.write(self._file, left) :]
        self.size = record.end
        self.filings += 1

    def close(self) -> None:
        """From now on it waits for the writer, and outlasts a power failure. Raises Full, StoreError."""
        with disk("closing a batch in the spool"):
            try:
                os.fsync(self._file)
                reach(Point.SPOOL_CLOSE)
                self._path.rename(self._path.with_suffix(CLOSED))
                sync(self._folder)
            finally:
                self.abandon()
            row = {"batch": self._path.stem, "folder": self._folder.name, "made_by_version": filings.__version__}
            with self._state.begin() as connection:
                reach(Point.STATE_COMMIT)
                connection.execute(insert(spool_batch).values(row | {"filings": self.filings, "state": "waiting"}))

    def abandon(self) -> None:
        """Let go of it as it is: what it holds is taken in like that of a process that is gone."""
        if self._file >= 0:
            os.close(self._file)
            self._file = -1


def waiting(folder: Path) -> list[Path]:
    """The batches that are ready for the writer, the oldest first: closed ones, and those of processes that are gone."""
    with disk("looking into the spool"):
        return [path for path in _files(folder) if path.suffix == CLOSED or _is_abandoned(path)]


def facts(folder: Path) -> Iterator[Facts]:
    """What is told of every file in the spool, also of batches that are being written."""
    for path in _files(folder):
        for each in (path, path.with_suffix(CLOSED)):  # it may be closed meanwhile
            with suppress(FileNotFoundError):
                with each.open("rb") as file:
                    size = os.fstat(file.fileno()).st_size
                    yield from (one.facts for one in scan(file.fileno(), size) if isinstance(one, Record))
                break


def read(path: Path) -> Iterator[tuple[Bytes, Facts]]:
    """The files of a batch with what is told of them. What is torn or damaged is left out: it will be fetched again.

    Raises Full, StoreError.
    """
    with disk("reading a batch of the spool"), path.open("rb") as opened:
        file = opened.fileno()
        for record in scan(file, os.fstat(file).st_size):
            if isinstance(record, Record) and stored_is_sound(file, record):
                with suppress(Damaged):
                    data = gathered(_raw(file, record), path.parent)
                    if hash_of(data) == record.file_sha256:
                        yield data, record.facts


def remove(path: Path, state: Engine) -> None:
    """A batch is loaded: take it away. Raises StoreError."""
    with disk("taking a batch out of the spool"):
        reach(Point.SPOOL_REMOVE)
        path.unlink(missing_ok=True)
        with state.begin() as connection:
            connection.execute(delete(spool_batch).where(spool_batch.c.batch == path.stem))


def _files(folder: Path) -> list[Path]:
    if not folder.is_dir():
        return []
    return sorted((path for path in folder.iterdir() if path.suffix in (OPEN, CLOSED)), key=lambda path: path.name)


def _is_abandoned(path: Path) -> bool:
    """Nobody holds the lock of an open batch, and something is in it; an empty one goes away."""
    try:
        file = os.open(path, os.O_RDONLY)
    except FileNotFoundError:
        return False
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if os.fstat(file).st_size:
            return True
        path.unlink(missing_ok=True)
    except BlockingIOError:
        return False
    finally:
        os.close(file)
    return False


def _raw(file: int, record: Record) -> Iterator[bytes]:
    at = record.frame_offset
    for raw_length, stored_length in frame_lengths(record):
        yield decompress(os.pread(file, stored_length, at), raw_length)
        at += stored_length
