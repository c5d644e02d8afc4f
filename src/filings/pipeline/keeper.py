"""Where fetched bytes go: many processes may fetch, one writes (house 5).

The process that has the writer's lock keeps what it fetched in the raw store and loads it, and takes in what others left
in the spool. Any other leaves its files in the spool, and asks for the lock between two batches. Files move one way:
spool, packs, snapshot. Who wants to know what is here looks in that order, so that nothing is missed while it moves.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

import duckdb
from sqlalchemy import Engine, select

from filings.disk import disk
from filings.errors import Busy
from filings.identifiers import accession_in_name
from filings.large import Bytes
from filings.pipeline import runs, spooled
from filings.pipeline.ahead import BATCH_BYTES
from filings.pipeline.loading import Loading, Tally, load_leftovers
from filings.pipeline.progress import Progress
from filings.pipeline.report import Report
from filings.pipeline.runs import Counted
from filings.pipeline.warehouse import Writer, open_writer, spool
from filings.query.connect import connect, is_published
from filings.raw.store import Facts
from filings.schema.state import raw_pack, raw_record

_SPOOLED_FILINGS = 200
_SPOOLED_BYTES = BATCH_BYTES // 3
_SPOOLED_SECONDS = 20.0
"""A batch in the spool is small, so that the writer has it soon."""

PUBLISH_SECONDS, PUBLISH_SHARE = 60.0, 10.0
"""Seconds between two snapshots, and how many times as long as one takes: a tenth of the time at most (house 5)."""


@dataclass(frozen=True, slots=True)
class Look:
    """What is here at a moment: a database to ask, and the accession numbers that are kept and not in it yet."""

    connection: duckdb.DuckDBPyConnection
    kept: frozenset[str]


class Keeper:
    """What one process keeps, as the writer or beside it. Not for several threads. Use as a context."""

    def __init__(
        self,
        warehouse: Path,
        state: Engine,
        loaded: Report,
        counted: Counted,
        shown: Progress,
        *,
        what: str = "backfill",
        publish_seconds: float = PUBLISH_SECONDS,
        publish_share: float = PUBLISH_SHARE,
    ) -> None:
        """`loaded` takes what loading did, `counted` is what the record of the run says, `what` the name of the run.

        Two snapshots lie `publish_seconds` apart at least, and `publish_share` times as long as one takes.
        """
        self._warehouse = warehouse
        self._what, self._publish_seconds, self._publish_share = what, publish_seconds, publish_share
        self._is_behind = False
        self._state = state
        self._counted = counted
        self._shown = shown
        self._loaded = loaded
        self._tally = Tally(loaded)
        self._stack = ExitStack()
        self._writer: Writer | None = None
        self._loading: Loading | None = None
        self._batch: spooled.Batch | None = None
        self._begun = self._published = time.monotonic()
        self._publishing = 0.0

    def __enter__(self) -> Keeper:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._batch and error:  # what it holds is found by its lock that is free
            self._batch.abandon()
        self._tally.close()
        self._stack.__exit__(kind, error, trace)

    @property
    def writer(self) -> Writer | None:
        """The open warehouse, where this process has the lock."""
        return self._writer

    @property
    def folder(self) -> Path:
        """The spool, for what is under way."""
        return spool(self._warehouse)

    @property
    def filings(self) -> int:
        """How many filings this process loaded."""
        return len(self._tally)

    def status(self, filing_id: str) -> str | None:
        """How a filing stands that this process loaded; None where another one loads it, or nobody has yet."""
        return self._tally.status(filing_id)

    @property
    def loading(self) -> tuple[int, float]:
        """Bytes that this process loaded, and the seconds that it took."""
        return (self._loading.bytes, self._loading.seconds) if self._loading else (0, 0.0)

    def try_to_write(self) -> bool:
        """Become the writer if nobody is; then first of all what others kept is loaded. Raises StoreError, LoadError."""
        if self._writer:
            return True
        try:
            writer = self._stack.enter_context(open_writer(self._warehouse, self._what, None))
        except Busy:
            return False
        self._stack.enter_context(runs.record(writer.state, self._what, self._counted))
        self._writer, self._loading = writer, Loading(writer, self._tally, self._shown)
        load_leftovers(writer, self._tally, self._shown)
        self._is_behind = True
        if self._batch:
            self._close_batch()
        self.drain()
        return True

    def let_go(self) -> None:
        """Load and publish what was kept, and give the writer's lock back. Raises Full, StoreError, LoadError."""
        if self._writer:
            self.publish()
            self._tally.close()  # the record of the run says it
            self._writer = self._loading = None
            self._stack.close()

    def keep(self, data: Bytes, facts: Facts) -> None:
        """Keep the bytes of a filing, or of a page of the feed; they are safe after the next `settle`. Raises Full,
        StoreError, LoadError."""
        if self._loading:
            self._is_behind = True
            self._loading.keep(data, facts)
            return
        if not self._batch:
            self._batch, self._begun = spooled.Batch(spool(self._warehouse), self._state), time.monotonic()
        self._batch.add(data, facts)
        if self._batch.filings >= _SPOOLED_FILINGS or self._batch.size >= _SPOOLED_BYTES:
            self._close_batch()

    def settle(self) -> None:
        """What was kept is loaded, or waits in the spool: others may know of it."""
        if self._batch:
            self._close_batch()
        if self._loading:
            self._loading.settle()

    def tick(self) -> None:
        """Between two filings: take in what others left, publish now and then; else ask for the lock."""
        if self._writer:
            self.drain()
            self._publish_now_and_then()
        elif self._batch and time.monotonic() - self._begun > _SPOOLED_SECONDS:
            self._close_batch()
            self.try_to_write()
        elif not self._batch:
            self.try_to_write()

    def drain(self) -> None:
        """Load the batches of the spool, the oldest first, and take them away."""
        if not self._writer or not self._loading:
            return
        paths = spooled.waiting(spool(self._warehouse))
        if len(paths) > 1:  # all pages of the feed at once: each by itself may move the numbers of all later readings
            for data, facts in (each for path in paths for each in spooled.read(path)):
                if facts.record_kind != "filing":
                    self._loading.keep(data, facts)
            self._loading.settle()
        for path in paths:
            self._is_behind = True
            self._loading.settle()
            for data, facts in spooled.read(path):
                self._loading.keep(data, facts)
            self._loading.settle()
            spooled.remove(path, self._writer.state)

    def is_waited_for(self) -> bool:
        """Whether something in the spool still waits for a writer."""
        return bool(spooled.waiting(spool(self._warehouse)))

    def publish(self, *, as_it_is: bool = False, is_over: bool = True) -> None:
        """Load what was kept and show everybody. Only then packs are sealed: what is in one is in the snapshot.

        `as_it_is`: the run was interrupted; what was kept and not loaded is left for the next one. Unless `is_over`, the
        pack stays open for what comes next: a run that publishes each minute would leave a pack a minute.
        """
        if self._writer:
            if not as_it_is:
                self.settle()
            started = time.monotonic()
            self._loaded.snapshot = self._writer.publish_if_behind() or self._loaded.snapshot
            self._is_behind = False
            if is_over and not as_it_is:
                self._writer.store.seal()
            self._published = time.monotonic()
            self._publishing = self._published - started

    @contextmanager
    def looking(self) -> Iterator[Look | None]:
        """What is here now; None where there is no database to read yet."""
        if self._writer:
            self.drain()
            yield Look(self._writer.database.connection, frozenset())
            return
        with look_beside(self._warehouse, self._state) as look:
            yield look

    def _close_batch(self) -> None:
        if self._batch:
            self._batch.close()
            self._batch = None

    def show(self) -> bool:
        """Publish what is new, if it is time; gives whether it did. The pack stays open."""
        if not self._writer or not self._is_behind or not self._is_time():
            return False
        self.publish(is_over=False)
        return True

    def _publish_now_and_then(self) -> None:
        if self._is_time():
            self.publish()

    def _is_time(self) -> bool:
        since = time.monotonic() - self._published
        return since > max(self._publish_seconds, self._publish_share * self._publishing)


@contextmanager
def look_beside(warehouse: Path, state: Engine) -> Iterator[Look | None]:
    """What is here for who does not write: by the newest snapshot, and what is kept beside it; None where nothing was
    published yet."""
    kept = kept_beside(warehouse, state)  # before the snapshot is opened: files move that way
    if not is_published(warehouse):
        yield None
        return
    with connect(warehouse) as connection:
        yield Look(connection, kept)


def kept_beside(warehouse: Path, state: Engine) -> frozenset[str]:
    """Accession numbers of files in the spool and in packs that are not sealed: kept, and perhaps in no snapshot yet."""
    names = [each.archive_member or each.name for each in spooled.facts(spool(warehouse))]
    is_open = raw_record.c.pack.in_(select(raw_pack.c.pack).where(raw_pack.c.state == "open"))
    with disk("reading the index of packs"), state.connect() as connection:
        rows = connection.execute(select(raw_record.c.archive_member, raw_record.c.name).where(is_open)).all()
    names += [member or name for member, name in rows]
    return frozenset(found for name in names if (found := accession_in_name(name)))
