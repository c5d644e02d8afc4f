"""Verify: every byte of the packs, and ledger against rows (house 5 and 6)."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import duckdb

from filings.fetch.index_name import reading_name
from filings.load import checks, evidence
from filings.load.database import data_tables
from filings.pipeline import runs
from filings.pipeline.progress import Progress, Silent
from filings.pipeline.verified import VERIFY, Looked, Mark, Scope, mark
from filings.pipeline.warehouse import LINK, open_writer, require
from filings.raw.store import RawStore, Sighting
from filings.schema.derive import full_name


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that does not agree: what, where, and the facts."""

    what: str
    where: str
    detail: str


def verify(warehouse: Path, scope: Scope = Scope.ALL, *, progress: Progress | None = None) -> list[Finding]:
    """Read every byte of the packs against their checksums; compare the ledger with the rows, with the observations and so
    with the raw records, the readings of indexes with their records and their lines, and with what these date; ask every
    error check over everything; compare the published snapshot with the writer's database.

    `Scope.NEW`: of packs, records and rows only those that came since the last run that found nothing. That an older row
    of the database has lost its bytes is then not looked for.

    An empty list: all agrees. A quarantined filing is no finding. Waits for a writer; writes nothing but the record of the
    run.
    """
    require(warehouse)
    shown = progress or Silent()
    found: list[Finding] = []
    looked = Looked(scope)
    with open_writer(warehouse, "verify", shown.say) as writer, runs.record(writer.state, VERIFY, looked):
        last = writer.loader.last_load_id
        since = mark(writer.state, last) if scope is Scope.NEW else Mark()
        through = writer.store.sealed_through()
        looked.read = writer.store.size(since.pack)
        found += _packs(writer.store, since, shown)
        connection = writer.database.connection
        found += _records(writer.store, connection, since)
        found += _readings(writer.store, connection, since)
        found += _ledger(connection)
        found += _rows(connection, since)
        found += _dates(connection)
        asked = [one for one in checks.shipped() if one.level == "error"]
        for one in checks.run(connection, [checks.derived(data_tables()), *asked], None, after=since.batch):
            found.append(Finding(f"check {one.check.name}", one.filing_id or "", one.detail or ""))
        behind = writer.snapshots.published_load_id()
        if behind != last:
            stands = "there is none" if behind is None else f"it ends at batch {behind}"
            detail = f"{writer.snapshots.tampered() or stands}; the database ends at batch {last}; ingest publishes"
            found.append(Finding("snapshot", LINK, detail))
        looked.findings, looked.mark = len(found), Mark(through, last)
    return found


def _packs(store: RawStore, since: Mark, shown: Progress) -> Iterator[Finding]:
    shown.start("verify packs", store.size(since.pack), "bytes")
    for problem in store.verify(shown.advance, since.pack):
        of = f"; it is of {problem.name}" if problem.name else ""
        yield Finding("raw store", f"{problem.pack} at {problem.offset}", f"{problem.kind}: {problem.detail}{of}")
    shown.finish()


def _records(store: RawStore, connection: duckdb.DuckDBPyConnection, since: Mark) -> Iterator[Finding]:
    """Each raw record of a filing has its observation, each observation its raw record."""
    kept: Iterable[Sighting] = (one for one in store.scan(since.pack) if one.facts.record_kind == "filing")
    asked, hashes = "SELECT DISTINCT file_sha256, name, url, archive_member FROM ops.observation", None
    if since.pack:
        kept = list(kept)
        asked += " WHERE file_sha256 IN (SELECT unnest($hashes::VARCHAR[]))"
        hashes = {"hashes": [one.file_sha256 for one in kept]}
    seen = set(connection.execute(asked, hashes).fetchall())
    for one in kept:
        place = (one.file_sha256, one.facts.name, one.facts.url, one.facts.archive_member)
        if place not in seen:
            yield Finding("not loaded", one.facts.name, f"kept in {one.pack}, but no observation records it")
        seen.discard(place)
    for sha, name, _, _ in [] if since.pack else seen:
        yield Finding("no raw bytes", name, f"an observation names {sha}, which no pack holds")


def _ledger(connection: duckdb.DuckDBPyConnection) -> Iterator[Finding]:
    """Each version that an observation records has its row in the ledger, each row of the ledger its observation."""
    for here, there, detail in (
        ("ops.observation", "ops.ingest_log", "an observation names its version {}, which the ledger lacks"),
        ("ops.ingest_log", "ops.observation", "the ledger has its version {}, which no observation names"),
    ):
        lacking = f"SELECT DISTINCT filing_id, raw_sha256 FROM {here} ANTI JOIN {there} USING (filing_id, raw_sha256)"
        for filing_id, sha in connection.execute(f"{lacking} ORDER BY ALL").fetchall():
            yield Finding("ledger", filing_id, detail.format(sha))


def _readings(store: RawStore, connection: duckdb.DuckDBPyConnection, since: Mark) -> Iterator[Finding]:
    """Each raw record of an index and its like has its row, each row its record; the lines that stand for an index are as
    many as its newest reading had."""
    rows = connection.execute("SELECT index_name, read_at, sha256 FROM ops.index_file").fetchall()
    stated = {(name, read_at): sha for name, read_at, sha in rows}
    for one in store.scan(since.pack):
        if one.facts.record_kind == "filing":
            continue
        named = reading_name(one.facts.record_kind, one.facts.url or one.facts.name)
        key = (named.name if named else "", datetime.fromisoformat(one.facts.fetched_at))
        if key not in stated:
            yield Finding("not loaded", one.facts.name, f"kept in {one.pack}, but no row of ops.index_file records it")
        elif one.raw_length and stated.pop(key) != one.file_sha256:
            yield Finding("index", one.facts.name, f"ops.index_file has another sha256 than {one.pack}")
        stated.pop(key, None)
    for name, read_at in [] if since.pack else stated:
        yield Finding("no raw bytes", name, f"ops.index_file has a reading of {read_at}, which no pack holds")
    for name, wanted, standing in connection.execute(_STANDING).fetchall():
        yield Finding("index lines", name, f"{standing:,} lines stand, its newest reading has {wanted:,}")


_STANDING = """
    WITH newest AS (
        SELECT index_name, max_by(row_count, index_file_id) AS wanted FROM ops.index_file
        WHERE row_count IS NOT NULL AND kind <> 'latest_feed' GROUP BY ALL  -- entries of the feed are no lines
    ), standing AS (
        SELECT f.index_name, sum(e.copies) AS copies
        FROM ops.index_entry AS e JOIN ops.index_file AS f USING (index_file_id)
        WHERE e.gone_index_file_id IS NULL GROUP BY ALL
    )
    SELECT index_name, wanted, coalesce(copies, 0)::BIGINT FROM newest LEFT JOIN standing USING (index_name)
    WHERE wanted <> coalesce(copies, 0) ORDER BY ALL
"""


def _rows(connection: duckdb.DuckDBPyConnection, since: Mark) -> Iterator[Finding]:
    """For each filing, the rows that the ledger counts are the rows that stand; both have the number of its batch."""
    wanted: dict[tuple[str, str], int] = {}
    new = "" if since.batch is None else f"WHERE load_id > {since.batch}"
    ledger = connection.execute(
        f"SELECT filing_id, row_counts FROM (FROM ops.ingest_log {new}) WHERE row_count > 0"
    ).fetchall()
    for filing_id, counts in ledger:
        for name, count in json.loads(counts).items():
            wanted[name, filing_id] = wanted.get((name, filing_id), 0) + count
    for table in data_tables():
        name = full_name(table)
        standing = dict(connection.execute(f"SELECT filing_id, count(*) FROM {name} {new} GROUP BY ALL").fetchall())
        for filing_id, count in standing.items():
            stated = wanted.pop((name, filing_id), 0)
            if stated != count:
                yield Finding("rows", filing_id, f"{count} rows in {name}, the ledger counts {stated}")
    for (name, filing_id), count in wanted.items():
        yield Finding("rows", filing_id, f"no rows in {name}, the ledger counts {count}")


def _dates(connection: duckdb.DuckDBPyConnection) -> Iterator[Finding]:
    """The daily indexes date each filing as its row says."""
    for filing_id in evidence.undated(connection):
        yield Finding("available_at", filing_id, "the daily indexes date it otherwise; filings upgrade sets it right")
    for filing_id in evidence.unfounded(connection):
        yield Finding("available_at", filing_id, "no daily index of its day lists it; filings rebuild sets it right")
