"""Upgrade: read again what older readers loaded, and only that (house, 6)."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow as pa
from sqlalchemy import Engine, select

from filings.disk import disk, interruptible
from filings.load import evidence
from filings.load.database import Database
from filings.load.ledger import stale, stale_filings
from filings.load.loader import Loader
from filings.load.readings import READINGS, Readings
from filings.load.snapshot import Snapshots
from filings.load.upgrade import redate, swap
from filings.pipeline import runs
from filings.pipeline.progress import Progress, Silent
from filings.pipeline.rebuild import load_again
from filings.pipeline.report import Report
from filings.pipeline.warehouse import (
    DATABASE,
    STATE,
    beside_path,
    discard_beside,
    readers,
    require,
    spool,
    text_forms,
    writer_lock,
)
from filings.raw.state import open_state
from filings.raw.store import RawStore, Sighting
from filings.schema import state


@dataclass(frozen=True, slots=True)
class Plan:
    """What an upgrade would do: versions by the reader that has changed, tables of another shape, files and bytes to
    read again, and the seconds that takes at the speed of the last run here (None where nothing was measured yet).

    `undated` are filings that the indexes here date otherwise than an older version did."""

    readers: dict[str, int]
    tables: list[str]
    filings: int
    files: int
    bytes: int
    seconds: float | None
    undated: int = 0


@dataclass(slots=True)
class _Stale:
    filing_ids: list[str]
    files: list[str]
    plan: Plan
    last_load_id: int


def plan(warehouse: Path, *, progress: Progress | None = None) -> Plan:
    """What `upgrade` would read again. Changes nothing; waits for a writer. Raises UsageError."""
    require(warehouse)
    with writer_lock(warehouse, "upgrade --dry-run", (progress or Silent()).say):
        engine = open_state(warehouse / STATE)
        try:
            return _look(warehouse, engine).plan
        finally:
            engine.dispose()


def upgrade(warehouse: Path, *, progress: Progress | None = None) -> Report:
    """Read again every filing that another reader loaded, into a database beside, and swap the rows in one transaction.

    A kill or Ctrl-C at any moment leaves the old rows or the new ones; new ones that it left unpublished the next run
    publishes. Raises UsageError, StoreError, LoadError.
    """
    require(warehouse)
    shown = progress or Silent()
    report = Report()
    started = time.monotonic()
    with writer_lock(warehouse, "upgrade", shown.say):
        discard_beside(warehouse)
        engine = open_state(warehouse / STATE)
        try:
            store, snapshots = RawStore(warehouse / "raw", engine, spool=spool(warehouse)), Snapshots(warehouse, engine)
            with disk("opening the raw store"):
                store.recover()
                snapshots.recover()
            with runs.record(engine, "upgrade", report), interruptible():
                found = _look(warehouse, engine)
                if found.filing_ids or found.plan.tables:
                    read_again = _read_again(warehouse, store, found, report, shown)
                    report.snapshot = _publish(
                        warehouse, snapshots, found.plan.tables, sorted({*found.filing_ids, *read_again})
                    )
                elif found.plan.undated or snapshots.published_load_id() != found.last_load_id:
                    snapshots.outdate()
                    report.snapshot = _publish(warehouse, snapshots, [], [])
                report.seconds = time.monotonic() - started
        finally:
            shown.finish()
            engine.dispose()
            discard_beside(warehouse)
    return report


def _look(warehouse: Path, engine: Engine) -> _Stale:
    database = Database(warehouse / DATABASE, as_it_is=True)
    try:
        connection = database.connection
        changed = database.changed()
        if any(
            name.startswith("ops.") and name not in READINGS for name in changed
        ):  # what the ledger itself says must be said again
            filing_ids = [
                row[0] for row in connection.execute("SELECT DISTINCT filing_id FROM ops.ingest_log").fetchall()
            ]
        else:
            filing_ids = stale_filings(connection, text_forms(warehouse))
        filing_ids, files = _whole(connection, filing_ids)
        size = _size(engine, files)
        speed = _speed(engine)
        readers = stale(connection, text_forms(warehouse))
        is_datable = database.has_current("filing", "ops.index_entry", "ops.index_file")
        undated = len(evidence.undated(connection)) if is_datable else 0
        made = Plan(readers, changed, len(filing_ids), len(files), size, size / speed if speed else None, undated)
        return _Stale(filing_ids, files, made, database.last_load_id())
    finally:
        database.close()


def _whole(connection: duckdb.DuckDBPyConnection, filing_ids: Sequence[str]) -> tuple[list[str], list[str]]:
    """These filings, those that share a file with them, and so on; and all their files.

    A file that holds several submissions is read whole, so that a filing which is not stale is read again too; then all
    its versions must be, those in other files as well, or the best of them would be lost.
    """
    connection.register("_ids", pa.table({"filing_id": pa.array(filing_ids, pa.string())}))
    rows = connection.execute(
        "WITH RECURSIVE whole AS (SELECT filing_id FROM _ids UNION SELECT other.filing_id FROM whole "
        "JOIN ops.observation AS own USING (filing_id) JOIN ops.observation AS other USING (file_sha256)) "
        "SELECT filing_id FROM whole ORDER BY ALL"
    ).fetchall()
    connection.unregister("_ids")
    whole = [row[0] for row in rows]
    connection.register("_ids", pa.table({"filing_id": pa.array(whole, pa.string())}))
    rows = connection.execute(
        "SELECT DISTINCT file_sha256 FROM ops.observation WHERE filing_id IN (SELECT filing_id FROM _ids) ORDER BY ALL"
    ).fetchall()
    connection.unregister("_ids")
    return whole, [row[0] for row in rows]


def _size(engine: Engine, files: Sequence[str]) -> int:
    wanted = set(files)
    columns = state.raw_record.c
    with engine.connect() as connection:
        rows = connection.execute(select(columns.file_sha256, columns.raw_length).distinct())
        return sum(length for sha, length in rows if sha in wanted)


def _speed(engine: Engine) -> float | None:
    """Bytes a second of the last run here that read anything."""
    return next((run.bytes / run.seconds for run in runs.done(engine) if run.bytes and run.seconds), None)


def _read_again(warehouse: Path, store: RawStore, found: _Stale, report: Report, shown: Progress) -> list[str]:
    """Load the stale files into the database beside, and where a table of readings has another shape, all readings; gives
    the filings."""
    beside = Database(beside_path(warehouse))
    try:
        loader = Loader(beside, store, after=found.last_load_id, text_forms=text_forms(warehouse))
        shown.start("upgrade", len(found.files), "files")
        with readers(warehouse) as reading:
            load_again(_with_bytes(store, found.files), loader, store, reading, report, shown)
        if READINGS.intersection(found.plan.tables):
            Readings(beside, store, after=found.last_load_id).again()
        rows = beside.connection.execute("SELECT DISTINCT filing_id FROM ops.ingest_log").fetchall()
        beside.checkpoint()
        return [row[0] for row in rows]
    finally:
        beside.close()


def _with_bytes(store: RawStore, files: Sequence[str]) -> Iterator[Sighting]:
    for sha in files:
        yield next(one for one in store.sightings(sha) if one.holds_bytes)


def _publish(warehouse: Path, snapshots: Snapshots, changed: Sequence[str], filing_ids: Sequence[str]) -> int:
    """Put what was read again in the place of the old rows, if there is any, date filings anew, and publish."""
    database = Database(warehouse / DATABASE, as_it_is=True)
    try:
        if filing_ids or changed:
            swap(database, beside_path(warehouse), filing_ids, READINGS if READINGS.intersection(changed) else ())
        else:
            redate(database)
        return snapshots.publish(database)
    finally:
        database.close()
