"""Readings → tables: what indexes, listings, company data and ticker files said, each time they said something new.

A reading is a raw record that is no filing, and a row of `ops.index_file`. Readings are taken in by the order in which they
were made (`read_at`, then sha256), so that the tables are a function of the packs alone: a reading that turns up with an
earlier time than those taken in makes all of these tables again from the packs.
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


@dataclass(frozen=True, slots=True)
class Reading:
    """One reading, read: `lines` of an index, a `company` or `tickers` where the bytes say such a thing.

    `named` says what it is a reading of. Without bytes (`length` 0) nothing lay there, as its verdict says.
    """

    facts: Facts
    file_sha256: str
    length: int
    named: IndexName
    lines: IndexTable | None = None
    company: Company | None = None
    tickers: tuple[Ticker, ...] = ()

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
        """Lines with a filing, equal ones counted each; None where it is no index."""
        if self.lines is None:
            return None
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
        """What is there: a row a reading, of which there are some thousand a year."""
        rows = self._database.connection.execute(
            "SELECT index_file_id, index_name, read_at, verdict, sha256, etag, last_modified FROM ops.index_file "
            "ORDER BY index_file_id"
        ).fetchall()
        self._newest = {name: Newest(sha, verdict, etag, modified) for _, name, _, verdict, sha, etag, modified in rows}
        self._known = {(name, read_at) for _, name, read_at, *_ in rows}
        self._last: tuple[datetime, str] | None = max(((row[2], row[4] or "") for row in rows), default=None)
        self._next = rows[-1][0] + 1 if rows else 1

    def newest(self, name: str) -> Newest | None:
        """The newest reading of an index by its name; None where it was never read."""
        return self._newest.get(name)

    def is_new(self, reading: Reading) -> bool:
        """Whether it says anything that the newest reading of its index does not: other bytes, another verdict, or other
        words of the server by which the next request asks for less."""
        return self._newest.get(reading.named.name) != _newest(reading)

    def pending(self, sightings: Iterable[Sighting]) -> list[Sighting]:
        """Of raw records, the readings that no row records yet: what a killed run left."""
        return [
            one
            for one in sightings
            if one.facts.record_kind != "filing"
            and (named := reading_name(one.facts.record_kind, one.facts.url or one.facts.name))
            and (named.name, datetime.fromisoformat(one.facts.fetched_at)) not in self._known
        ]

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
            if self._last and batch[0].order < self._last:
                return self.again()
            with self._transaction():
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

    def _write(self, ordered: Sequence[Reading], taken: Taken) -> None:
        """Write readings of different indexes, by their order, inside a transaction."""
        load_id = self._after = max(self._database.last_load_id(), self._after) + 1
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
        reach(Point.LOAD_INSERT)
        rows = [_row(number, one, load_id) for number, one in numbered]
        self._database.insert(ops.index_file, pa.Table.from_pylist(rows, schema=arrow_schema(ops.index_file)))
        if any(one.lines and one.named.kind == "daily" for one in ordered):
            evidence.date_listed(self._database, load_id)
        taken.readings += len(ordered)
        for _, one in numbered:
            self._newest[one.named.name] = _newest(one)
            self._known.add((one.named.name, one.read_at))
        self._last, self._next = ordered[-1].order, self._next + len(ordered)


def _batches(readings: Iterable[Reading]) -> Iterator[list[Reading]]:
    """Readings of different indexes, in their order, so many lines at most. Where the next one fails, those before it go
    first."""
    waiting: dict[str, Reading] = {}
    lines = 0
    try:
        for one in readings:
            here = one.lines.rows.num_rows if one.lines else 0
            if one.named.name in waiting or lines + here > BATCH_LINES or len(waiting) >= BATCH_READINGS:
                if waiting:
                    yield sorted(waiting.values(), key=lambda one: one.order)
                waiting, lines = {}, 0
            waiting[one.named.name] = one
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
