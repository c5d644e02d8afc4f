"""Readings → tables: what indexes, listings, company data and ticker files said, each time they said something new.

A reading is a raw record that is no filing, and a row of `ops.index_file`. Readings are taken in by the order in which they
were made (`read_at`, then sha256), so that the tables are a function of the packs alone: a reading that turns up with an
earlier time than those taken in makes all of these tables again from the packs. Pages of the latest-filings feed come late
as a rule, since whoever reads them leaves the lock to others; no other row depends on them, so they are given their place.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime

import pyarrow as pa
import pyarrow.compute as pc

from filings.disk import disk
from filings.errors import FilingsError, SourceError
from filings.faults import Point, reach
from filings.fetch.company import Company, Ticker, read_company, read_tickers
from filings.fetch.index_name import IndexName, reading_name
from filings.fetch.index_table import IndexTable, index_table
from filings.fetch.listing import read_listing
from filings.large import Bytes
from filings.load import companies, evidence, index_entries
from filings.load.database import Database
from filings.load.transaction import roll_back
from filings.raw.store import Facts, RawStore, Sighting
from filings.schema import ops
from filings.schema.company import company, company_former_name, company_ticker
from filings.schema.derive import arrow_schema, full_name

TABLES = (ops.index_file, ops.index_entry, company, company_former_name, company_ticker)
"""The tables that readings make, and nothing else."""

READINGS = frozenset(full_name(table) for table in TABLES)
"""Their names."""

BATCH_LINES = 1_000_000
BATCH_READINGS = 500

FEED_PAGE, LATEST_FEED = "feed_page", "latest_feed"
"""A page of the latest-filings feed: as a raw record, and as a row of `ops.index_file`."""


@dataclass(frozen=True, slots=True)
class Reading:
    """One reading, read: `lines` of an index, a `company` or `tickers` where the bytes say such a thing, the number of
    `entries` of a page of the latest-filings feed.

    `named` says what it is a reading of. Without bytes (`length` 0) nothing lay there, as its verdict says.
    """

    facts: Facts
    file_sha256: str
    length: int
    named: IndexName
    lines: IndexTable | None = None
    company: Company | None = None
    tickers: tuple[Ticker, ...] = ()
    entries: int | None = None

    @property
    def read_at(self) -> datetime:
        """When it was read, UTC."""
        return datetime.fromisoformat(self.facts.fetched_at)

    @property
    def order(self) -> tuple[datetime, str]:
        """The place in the order of readings."""
        return self.read_at, self.file_sha256

    @property
    def row_count(self) -> int | None:
        """Lines with a filing, equal ones counted each, or entries of the feed; None where it is neither."""
        if self.lines is None:
            return self.entries
        return pc.sum(self.lines.rows["copies"].cast(pa.int64())).as_py() or 0


def read(facts: Facts, file_sha256: str, body: Bytes) -> Reading:
    """What the bytes of a reading say. Raises SourceError where they are not what their place promises."""
    named = reading_name(facts.record_kind, facts.url or facts.name)
    if named is None:
        raise SourceError(f"{facts.name} is no place of an index or of company data", "Name it as EDGAR does.")
    kind = facts.record_kind if len(body) else ""
    if kind == "listing":
        read_listing(body)
    return Reading(
        facts,
        file_sha256,
        len(body),
        named,
        lines=index_table(body) if kind == "index" else None,
        company=read_company(body) if kind == "company_json" and "-submissions-" not in named.name else None,
        tickers=read_tickers(body) if kind == "ticker_file" else (),
        entries=bytes(body).count(b"<entry>") if kind == FEED_PAGE else None,
    )


@dataclass(frozen=True, slots=True)
class Newest:
    """The newest reading of an index: what the next answer is held against."""

    sha256: str | None
    verdict: str
    etag: str | None
    last_modified: datetime | None


@dataclass(slots=True)
class Taken:
    """What was taken in: readings, lines of indexes that are new, lines that vanished."""

    readings: int = 0
    new: int = 0
    gone: int = 0

    def add(self, other: Taken) -> None:
        """Count what another call took in."""
        self.readings += other.readings
        self.new += other.new
        self.gone += other.gone


class Readings:
    """Takes readings in, each exactly once. One a process, under the writer's lock."""

    def __init__(self, database: Database, store: RawStore, *, after: int = 0) -> None:
        """Batches are numbered on from `after` at least."""
        self._database = database
        self._store = store
        self._after = after
        self._look()

    def _look(self) -> None:
        """What is there; of the pages of the feed, of which there are hundreds a day, the last time alone."""
        connection = self._database.connection
        rows = connection.execute(
            "SELECT index_name, sha256, verdict, etag, last_modified FROM ops.index_file WHERE kind <> $feed "
            "QUALIFY row_number() OVER (PARTITION BY index_name ORDER BY index_file_id DESC) = 1",
            {"feed": LATEST_FEED},
        ).fetchall()
        self._newest = {name: Newest(*said) for name, *said in rows}
        last = connection.execute(
            "SELECT index_file_id, read_at, coalesce(sha256, '') FROM ops.index_file ORDER BY 2 DESC, 3 DESC LIMIT 1"
        ).fetchall()
        self._last: tuple[datetime, str] | None = last[0][1:] if last else None
        ((newest,),) = connection.execute("SELECT coalesce(max(index_file_id), 0) FROM ops.index_file").fetchall()
        self._next = int(newest) + 1

    def newest(self, name: str) -> Newest | None:
        """The newest reading of an index by its name; None where it was never read."""
        return self._newest.get(name)

    def is_new(self, reading: Reading) -> bool:
        """Whether it says anything that the newest reading of its index does not: other bytes, another verdict, or other
        words of the server by which the next request asks for less."""
        return self._newest.get(reading.named.name) != _newest(reading)

    def pending(self, sightings: Iterable[Sighting]) -> list[Sighting]:
        """Of raw records, the readings that no row records yet: what a killed run left."""
        found = [
            (named.name, datetime.fromisoformat(one.facts.fetched_at), one)
            for one in sightings
            if one.facts.record_kind != "filing"
            and (named := reading_name(one.facts.record_kind, one.facts.url or one.facts.name))
        ]
        if not found:
            return []
        known = set(
            self._database.connection.execute(
                "SELECT index_name, read_at FROM ops.index_file WHERE read_at >= ?", [min(at for _, at, _ in found)]
            ).fetchall()
        )
        return [one for name, at, one in found if (name, at) not in known]

    def kept(self, sightings: Iterable[Sighting]) -> Iterator[Reading]:
        """Readings of the raw store, read again, by the order in which they were made."""
        for one in sorted(sightings, key=lambda one: (one.facts.fetched_at, one.file_sha256)):
            yield read(one.facts, one.file_sha256, self._store.read(one.file_sha256) if one.raw_length else b"")

    def take(self, readings: Iterable[Reading]) -> Taken:
        """Take in readings, which are in the raw store already: many of them in one transaction, as they come.

        Where getting the next one fails, those before it are taken in. Raises what that raises, and LoadError, Full.
        """
        taken = Taken()
        for batch in _batches(readings):
            self._store.flush()
            is_late = self._last is not None and batch[0].order < self._last
            if is_late and any(one.named.kind != LATEST_FEED for one in batch):
                return self.again()
            with self._transaction():
                if is_late:
                    self._insert(batch, taken)
                else:
                    self._write(batch, taken)
        return taken

    def again(self) -> Taken:
        """Make the tables of readings again, from the packs alone, in one transaction. Raises StoreError, LoadError."""
        taken = Taken()
        self._after = max(self._database.last_load_id(), self._after)
        with self._transaction():
            for table in TABLES:
                reach(Point.LOAD_DELETE)
                self._database.connection.execute(f"DELETE FROM {full_name(table)}")
            self._look()  # nothing any more
            for batch in _batches(self.kept(one for one in self._store.scan() if one.facts.record_kind != "filing")):
                self._write(batch, taken)
        return taken

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        connection = self._database.connection
        with disk("loading readings of indexes"):
            reach(Point.LOAD_BEGIN)
            connection.execute("BEGIN")
            try:
                yield
                reach(Point.LOAD_COMMIT)
                connection.execute("COMMIT")
            except BaseException:
                roll_back(self._database)
                raise
            reach(Point.LOAD_COMMITTED)

    def _insert(self, pages: Sequence[Reading], taken: Taken) -> None:
        """Write pages of the feed among readings that were made later, which move up by as many numbers, inside a
        transaction."""
        connection = self._database.connection
        later = connection.execute(
            "SELECT read_at, coalesce(sha256, ''), index_file_id FROM ops.index_file WHERE read_at >= ?",
            [pages[0].read_at],
        ).fetchall()
        both = sorted([*later, *((*one.order, None) for one in pages)], key=lambda each: each[:2])
        first = self._next - len(later)
        places = list(enumerate(both, first))
        moved = [(each[2], number) for number, each in places if each[2] is not None and each[2] != number]
        free = [number for number, each in places if each[2] is None]
        if moved:
            was, now = zip(*moved, strict=True)
            connection.register(
                "_moved", pa.table({"was": pa.array(was, pa.int64()), "now": pa.array(now, pa.int64())})
            )
            for table, column in _NUMBERED:
                reach(Point.LOAD_INSERT)
                connection.execute(
                    f"UPDATE {table} SET {column} = m.now FROM _moved AS m WHERE {column} = m.was AND {column} >= ?",
                    [min(was)],
                )
            connection.unregister("_moved")
        self._rows(list(zip(free, pages, strict=True)), self._new_load_id(), taken)

    def _new_load_id(self) -> int:
        self._after = max(self._database.last_load_id(), self._after) + 1
        return self._after

    def _write(self, ordered: Sequence[Reading], taken: Taken) -> None:
        """Write readings of different indexes, by their order, inside a transaction."""
        load_id = self._new_load_id()
        numbered = list(enumerate(ordered, self._next))
        lines = [index_entries.Lines(number, one.named.name, one.lines.rows) for number, one in numbered if one.lines]
        if lines:
            changed = index_entries.write(self._database, load_id, lines)
            taken.new += changed.new
            taken.gone += changed.gone
        for _, one in numbered:
            if one.company:
                companies.write_company(self._database, load_id, one.company, one.file_sha256, one.read_at)
            if one.tickers:
                companies.write_tickers(self._database, load_id, one.tickers, one.read_at)
        self._rows(numbered, load_id, taken)

    def _rows(self, numbered: Sequence[tuple[int, Reading]], load_id: int, taken: Taken) -> None:
        """A row of `ops.index_file` for each."""
        reach(Point.LOAD_INSERT)
        rows = [_row(number, one, load_id) for number, one in numbered]
        self._database.insert(ops.index_file, pa.Table.from_pylist(rows, schema=arrow_schema(ops.index_file)))
        if any(one.lines and one.named.kind == "daily" for _, one in numbered):
            evidence.date_listed(self._database, load_id)
        taken.readings += len(numbered)
        for _, one in numbered:
            if one.named.kind != LATEST_FEED:
                self._newest[one.named.name] = _newest(one)
        last = numbered[-1][1].order
        self._last = max(self._last or last, last)
        self._next += len(numbered)


_NUMBERED = (
    ("ops.index_file", "index_file_id"),
    ("ops.index_entry", "index_file_id"),
    ("ops.index_entry", "gone_index_file_id"),
)
"""The columns that hold the number of a reading."""


def _batches(readings: Iterable[Reading]) -> Iterator[list[Reading]]:
    """Readings of different indexes, in their order, so many lines at most; of the feed, whose pages say nothing of each
    other, many at once. Where the next one fails, those before it go first."""
    waiting: dict[tuple[str, str], Reading] = {}
    lines = 0
    try:
        for one in readings:
            here = one.lines.rows.num_rows if one.lines else 0
            key = (one.named.name, one.facts.fetched_at if one.named.kind == LATEST_FEED else "")
            if key in waiting or lines + here > BATCH_LINES or len(waiting) >= BATCH_READINGS:
                if waiting:
                    yield sorted(waiting.values(), key=lambda one: one.order)
                waiting, lines = {}, 0
            waiting[key] = one
            lines += here
    except (FilingsError, KeyboardInterrupt):
        if waiting:
            yield sorted(waiting.values(), key=lambda one: one.order)
        raise
    if waiting:
        yield sorted(waiting.values(), key=lambda one: one.order)


def _newest(reading: Reading) -> Newest:
    facts = reading.facts
    modified = datetime.fromisoformat(facts.last_modified) if facts.last_modified else None
    return Newest(_sha256(reading), _verdict(facts), facts.etag, modified)


def _sha256(reading: Reading) -> str | None:
    """Of the bytes; where they are not kept (a feed archive), the claim of whoever read them."""
    return reading.file_sha256 if reading.length else reading.facts.claims.get("sha256")


def _verdict(facts: Facts) -> str:
    return facts.claims.get("verdict", "")


def _row(number: int, one: Reading, load_id: int) -> dict[str, object]:
    facts, newest = one.facts, _newest(one)
    claimed = facts.claims.get("byte_length")
    return {
        "index_file_id": number,
        "index_name": one.named.name,
        "kind": one.named.kind,
        "url": facts.url,
        "covers_from": one.named.covers_from,
        "covers_to": _covers_to(one),
        "read_at": one.read_at,
        "verdict": newest.verdict,
        "sha256": newest.sha256,
        "byte_length": one.length or (int(claimed) if claimed else None),
        "etag": newest.etag,
        "last_modified": newest.last_modified,
        "row_count": one.row_count,
        "load_id": load_id,
    }


def _covers_to(one: Reading) -> date | None:
    """The last day that it speaks of: of a quarter that is not over, the last one that it has data of."""
    last, first, to = one.lines.last_received if one.lines else None, one.named.covers_from, one.named.covers_to
    return last if last and first and to and one.named.kind == "quarterly" and first <= last <= to else to
