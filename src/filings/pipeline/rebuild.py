"""Rebuild: the database made again from the packs alone, beside the old one, and swapped in at the end."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import duckdb
import pyarrow as pa
from sqlalchemy import func, select

from filings.disk import disk, interruptible, sync
from filings.errors import Busy, LoadError
from filings.faults import Point, reach
from filings.load import alerts
from filings.load.database import Database
from filings.load.loader import Loaded, Loader
from filings.load.readings import Reading
from filings.pipeline import alert_marks, runs
from filings.pipeline.ahead import BATCH_BYTES, BATCH_FILINGS, Ahead
from filings.pipeline.loading import Tally
from filings.pipeline.progress import Progress, Silent
from filings.pipeline.readers import Readers
from filings.pipeline.report import Report
from filings.pipeline.warehouse import DATABASE, LINK, Writer, beside_path, discard_beside, require, writer_lock
from filings.raw.store import RawStore, Sighting
from filings.schema import state


def batches(sightings: Iterable[Sighting]) -> Iterator[list[Sighting]]:
    """Of at most so many sightings and so many bytes; a giant stands alone."""
    batch: list[Sighting] = []
    size = 0
    for one in sightings:
        if batch and (len(batch) >= BATCH_FILINGS or size + one.raw_length > BATCH_BYTES):
            yield batch
            batch, size = [], 0
        batch.append(one)
        size += one.raw_length
    if batch:
        yield batch


def rebuild(warehouse: Path, *, progress: Progress | None = None) -> Report:
    """Make `load/filings.duckdb` again from the raw packs, and publish it.

    Needs no control state and no database; where the old database is there, the times of first load and the alerts that
    were sent are taken over (the alerts from the snapshot, where it is not). A kill or Ctrl-C before the swap leaves the
    old database as it was. Raises UsageError, StoreError, LoadError.
    """
    require(warehouse)
    shown = progress or Silent()
    report = Report()
    started = time.monotonic()
    with writer_lock(warehouse, "rebuild", shown.say):
        _settle(warehouse / DATABASE)
        discard_beside(warehouse)
        new = beside_path(warehouse)
        writer = Writer(warehouse, database=new)
        try:
            with runs.record(writer.state, "rebuild", report), interruptible():
                _fill(writer, report, shown)
                _take_readings(writer, shown)
                first_loads = _first_loads(warehouse / DATABASE, shown)
                if first_loads is None:
                    alert_marks.forget(writer.state)
                _take_over(writer.database, first_loads)
                alerts.take_over(writer.database, alerts.saved(warehouse / DATABASE, warehouse / LINK))
                writer.store.seal()
                writer.database.checkpoint()
                writer.database.close()
                with disk("swapping the database"):
                    reach(Point.REBUILD_SWAP)
                    new.replace(warehouse / DATABASE)
                    sync(warehouse / "load")
                writer.database = Database(warehouse / DATABASE)
                report.snapshot = writer.snapshots.publish(writer.database)
                report.seconds = time.monotonic() - started
        finally:
            shown.finish()
            writer.close()
            discard_beside(warehouse)  # as large as the old one: a run that failed or was interrupted leaves none
    return report


def _fill(writer: Writer, report: Report, shown: Progress) -> None:
    """Load every file once, with all the places where it was seen."""
    with writer.state.connect() as connection:
        total = connection.execute(select(func.count(func.distinct(state.raw_record.c.file_sha256)))).scalar_one()
    shown.start("rebuild", total, "files")
    filings = (one for one in writer.store.scan() if one.facts.record_kind == "filing" and one.holds_bytes)
    load_again(filings, writer.loader, writer.store, writer.readers, report, shown)


def load_again(
    sightings: Iterable[Sighting],
    loader: Loader,
    store: RawStore,
    readers: Readers,
    report: Report,
    shown: Progress,
) -> None:
    """Load what is in the raw store batch by batch, and count it."""
    tally = Tally(report)

    def told(batch: Sequence[Sighting], loaded: Loaded) -> None:
        tally.add(batch, loaded)
        report.files += len(batch)
        report.bytes += sum(one.raw_length for one in batch)
        shown.advance(len(batch), filings=len(tally))

    ahead = Ahead(loader, store, readers, told, shown.say)
    for batch in batches(sightings):
        ahead.add(batch)
    ahead.finish()
    tally.close()


def _take_readings(writer: Writer, shown: Progress) -> None:
    """Indexes, listings, company data: every reading, in the order in which they were made."""
    found = [one for one in writer.store.scan() if one.facts.record_kind != "filing"]
    shown.start("rebuild", len(found), "readings of indexes")

    def each() -> Iterator[Reading]:
        for one in writer.readings.kept(found):
            yield one
            shown.advance(1)

    writer.readings.take(each())


def _settle(old: Path) -> None:
    """Bring the old database's log into its file, so that none is left to be replayed into the new one."""
    if not old.exists():
        return
    try:
        with disk("closing the old database"), duckdb.connect(str(old)) as connection:
            connection.execute("CHECKPOINT")
    except Busy:
        raise
    except LoadError:
        for leftover in (old.with_name(old.name + ".wal"), old):  # it cannot be read; the packs are the truth
            leftover.unlink(missing_ok=True)


def _first_loads(old: Path, shown: Progress) -> pa.Table | None:
    """When each version was first loaded, by the old ledger: the one thing that the packs do not say."""
    if not old.exists():
        return None
    try:
        with duckdb.connect(str(old), read_only=True) as connection:
            found: pa.Table = connection.sql(
                "SELECT filing_id, raw_sha256, first_loaded_at FROM ops.ingest_log"
            ).to_arrow_table()
            return found
    except duckdb.Error:
        shown.say("the old database cannot be read: when its filings were first loaded is not known any more")
        return None


def _take_over(new: Database, first_loads: pa.Table | None) -> None:
    if first_loads is None:
        return
    new.connection.register("_was", first_loads)
    with disk("taking over the times of first load"):
        new.connection.execute(
            "UPDATE ops.ingest_log AS new SET first_loaded_at = was.first_loaded_at FROM _was AS was "
            "WHERE was.filing_id = new.filing_id AND was.raw_sha256 = new.raw_sha256"
        )
    new.connection.unregister("_was")
