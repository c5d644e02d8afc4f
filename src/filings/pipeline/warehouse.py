"""The folder of a warehouse, and the writer's hold on it (house 5)."""

from __future__ import annotations

import fcntl
import json
import os
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Engine

from filings.disk import disk, interruptible
from filings.errors import Busy, Stale, StoreError, UsageError
from filings.load import alerts
from filings.load.database import Database
from filings.load.loader import Loader
from filings.load.readings import Readings
from filings.load.snapshot import LINK, Snapshots
from filings.pipeline.readers import Readers
from filings.raw.state import open_state
from filings.raw.store import RawStore
from filings.settings import settle

STATE = "state.sqlite"
DATABASE = "load/filings.duckdb"
LOCK = "load/writer.lock"
WANTED = "load/writer.wanted"

_MOST = 4
"""Reading processes where nobody says how many."""

_README = """This folder is a warehouse of `filings`.

Open filings.duckdb (read-only) with DuckDB 1.5 or newer. Do not change anything in raw/, load/ or snapshots/ by hand.
The folder may be moved or copied while nothing runs on it.
"""


def spool(warehouse: Path) -> Path:
    """The folder for what stands between two steps; made where it was deleted, which may happen at any time."""
    folder = warehouse / "spool"
    with disk("making the warehouse's folder"):
        folder.mkdir(exist_ok=True)
    return folder


def text_forms(warehouse: Path) -> frozenset[str]:
    """The forms whose text is loaded here: an affair of the warehouse, so that every run makes the same rows."""
    return frozenset(
        " ".join(form.upper().split())
        for form in settle({"warehouse": warehouse}).text_forms.split(",")
        if form.strip()
    )


def readers(warehouse: Path) -> Readers:
    """The processes that may read beside the writer: as many as the setting `processes` says."""
    settings = settle({"warehouse": warehouse})
    return Readers(warehouse / "raw", settings.processes or _cores(), text_forms(warehouse))


def _cores() -> int:
    """The processor cores that this process may use, and no more than memory is likely to be there for."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return min(cores, _MOST)


def exists(warehouse: Path) -> bool:
    """Whether the folder holds a warehouse, or what is left of one."""
    return (warehouse / STATE).exists() or (warehouse / "raw").is_dir()


def require(warehouse: Path) -> None:
    """Raise UsageError where the folder is no warehouse."""
    if not exists(warehouse):
        raise UsageError(
            f"there is no warehouse in {warehouse}",
            "Make one with `filings ingest PATH`, or name another with --warehouse.",
        )


@dataclass(frozen=True, slots=True)
class Holder:
    """Who writes to a warehouse now."""

    pid: int
    host: str
    since: str
    what: str

    def __str__(self) -> str:
        return f"{self.what} (process {self.pid} on {self.host}, since {self.since})" if self.pid else self.what


def holder(warehouse: Path) -> Holder | None:
    """Who holds the writer's lock; None where nobody does."""
    path = warehouse / LOCK
    try:
        descriptor = os.open(path, os.O_RDWR)
    except FileNotFoundError:
        return None
    except PermissionError as error:
        raise StoreError(
            f"{path.name} cannot be opened: {error.strerror}", "Run as the owner of the warehouse."
        ) from error
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return _read_holder(path)
    finally:
        os.close(descriptor)
    return None


def _read_holder(path: Path) -> Holder | None:
    try:
        return Holder(**json.loads(path.read_text(encoding="utf-8")))
    except (ValueError, TypeError, OSError):
        return Holder(0, "", "", "another run")


@contextmanager
def wanting(warehouse: Path) -> Iterator[None]:
    """Inside, this process waits for the writer's lock, and whoever has it and could do without it knows. The kernel
    forgets it at a kill."""
    descriptor = _open_wanted(warehouse)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH)
        yield
    finally:
        os.close(descriptor)


def is_wanted(warehouse: Path) -> bool:
    """Whether somebody waits for the writer's lock."""
    descriptor = _open_wanted(warehouse)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
    return False


def _open_wanted(warehouse: Path) -> int:
    with disk("asking for the writer's lock"):
        return os.open(warehouse / WANTED, os.O_RDWR | os.O_CREAT, 0o644)


@contextmanager
def writer_lock(warehouse: Path, what: str, say: Callable[[str], None] | None) -> Iterator[None]:
    """Hold the writer's lock; wait for it, with a word, while somebody else does. The kernel frees it at a kill.

    Without `say` it does not wait: Busy is raised where somebody else holds it.
    """
    path = warehouse / LOCK
    with disk("making the warehouse's folder"):
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            named = str(_read_holder(path) or "another run")
            if say is None:
                raise Busy(f"{named} is writing", "Try again when it is done.") from error
            say(f"waiting for {named} to finish writing")
            with wanting(warehouse):
                fcntl.flock(descriptor, fcntl.LOCK_EX)
        now = datetime.now(UTC).isoformat(timespec="seconds")
        me = {"pid": os.getpid(), "host": socket.gethostname(), "since": now, "what": what}
        with disk("taking the writer's lock"):
            os.ftruncate(descriptor, 0)
            os.pwrite(descriptor, json.dumps(me).encode(), 0)
        with interruptible():
            yield
        os.ftruncate(descriptor, 0)
    finally:
        os.close(descriptor)


class Writer:
    """An open warehouse: raw store, control state, the writer's database, snapshots. Use `open_writer`."""

    def __init__(self, warehouse: Path, *, database: Path | None = None) -> None:
        self.warehouse = warehouse
        self.state: Engine = open_state(warehouse / STATE)
        self.store = RawStore(warehouse / "raw", self.state, spool=spool(warehouse))
        self.snapshots = Snapshots(warehouse, self.state)
        with disk("opening the raw store"):
            self.store.recover()
            self.snapshots.recover()
        self.path = database or warehouse / DATABASE
        self.database = Database(self.path)
        try:
            self.text_forms = text_forms(warehouse)
            self.readings = Readings(self.database, self.store)
            self.loader = Loader(self.database, self.store, text_forms=self.text_forms)
            self.readers = readers(warehouse)
        except BaseException:
            self.database.close()
            raise

    def publish_if_behind(self) -> int | None:
        """Publish a snapshot where the newest one lacks batches, or where there is none. Gives its number.

        What came of alerts that were sent since is written first, so that it is in the snapshot, too.
        """
        alerts.record(self.database, self.state)
        # Asked of the database: after Ctrl-C in the last step of a commit the loader does not know that it went through.
        if self.snapshots.published_load_id() == self.database.last_load_id():
            return None
        return self.snapshots.publish(self.database)

    def close(self) -> None:
        """End the reading processes, close the database and the control state."""
        self.readers.close()
        self.database.close()
        self.state.dispose()


def make_folders(warehouse: Path) -> None:
    """The folders of a warehouse, where they are missing. Raises StoreError."""
    with disk("making the warehouse's folder"):
        warehouse.mkdir(parents=True, exist_ok=True)
        for name in ("raw", "load", "snapshots", "spool", "views"):
            (warehouse / name).mkdir(exist_ok=True)


@contextmanager
def open_writer(warehouse: Path, what: str, say: Callable[[str], None] | None) -> Iterator[Writer]:
    """The warehouse open for writing, under the lock; made where there is none. Waits as `writer_lock` does.

    Raises Stale where the database is gone but raw bytes are there: loading on would lose what they hold.
    """
    make_folders(warehouse)
    with writer_lock(warehouse, what, say):
        note = warehouse / "README.txt"
        with disk("making the warehouse's folder"):
            if not note.exists():
                note.write_text(_README, encoding="utf-8")
        discard_beside(warehouse)
        fresh = not (warehouse / DATABASE).exists()
        if fresh and any((warehouse / "raw" / "packs").glob("*.pack")):
            raise Stale(
                "the raw bytes are here, but the database that was made of them is gone",
                "Run `filings rebuild`: it makes the database again from the raw bytes.",
            )
        writer = Writer(warehouse)
        try:
            yield writer
        finally:
            writer.close()


def beside_path(warehouse: Path) -> Path:
    """Where a rebuild or an upgrade makes its new database."""
    return warehouse / "load" / "beside.duckdb"


def discard_beside(warehouse: Path) -> None:
    """Take away a database that a killed rebuild or upgrade left."""
    path = beside_path(warehouse)
    for leftover in (path, path.with_name(path.name + ".wal")):
        leftover.unlink(missing_ok=True)


__all__ = [
    "DATABASE",
    "LINK",
    "STATE",
    "Holder",
    "Writer",
    "beside_path",
    "exists",
    "holder",
    "is_wanted",
    "make_folders",
    "open_writer",
    "require",
    "spool",
    "text_forms",
    "wanting",
    "writer_lock",
]
