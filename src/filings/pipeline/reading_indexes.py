"""The indexes before a backfill: the writer reads them; who fetches beside it waits until they are there to be read."""

from __future__ import annotations

import os
import socket
import time
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Engine, delete, insert, select

from filings.disk import disk
from filings.faults import Point, reach
from filings.fetch.client import Client
from filings.pipeline.backfill_report import BackfillReport
from filings.pipeline.companies import read_tickers
from filings.pipeline.indexes import read_indexes
from filings.pipeline.keeper import Keeper
from filings.pipeline.progress import Progress
from filings.pipeline.warehouse import Holder, holder, wanting
from filings.schema.state import work
from filings.span import Span

INDEX = "index"
_LOOK = 0.5


class IndexReader:
    """Sees to it that the indexes of a span have been read, by this process or by the one that writes."""

    def __init__(
        self,
        warehouse: Path,
        state: Engine,
        span: Span,
        client: Client,
        keeper: Keeper,
        report: BackfillReport,
        shown: Progress,
        *,
        with_tickers: bool,
    ) -> None:
        """`with_tickers`: today's ticker files are read, too."""
        self._with_tickers = with_tickers
        self._warehouse, self._state, self._span = warehouse, state, span
        self._client, self._keeper, self._report, self._shown = client, keeper, report, shown

    def read(self) -> None:
        """Read them, or wait until the writer has read those of these days. Raises what `read_indexes` raises."""
        if not self._keeper.try_to_write():
            with wanting(self._warehouse):
                if self._others_have_read():
                    return
        writer = self._keeper.writer
        if writer:
            read_by_us = read_indexes(writer, self._client, self._span, progress=self._shown)
            if self._with_tickers:
                read_tickers(writer, self._client, report=read_by_us, progress=self._shown)
            self._report.index_failed += read_by_us.failed
            self._keeper.publish()  # others plan from the snapshot
            self._note()

    def _others_have_read(self) -> bool:
        """Wait until this process is the writer, which gives False, or the one that is has read them."""
        is_said = False
        while not self._keeper.try_to_write():
            writing = holder(self._warehouse)
            if writing and writing.what == "backfill":
                read = self._read_by(writing)
                if read and read.first <= self._span.first and self._span.last <= read.last:
                    self._shown.say(f"fetching beside {writing}")
                    return True
            if not is_said and writing:
                self._shown.say(f"waiting for {writing}, before the indexes of these days can be read")
                is_said = True
            time.sleep(_LOOK)
        return False

    def _read_by(self, writing: Holder) -> Span | None:
        """The days whose indexes the process that writes has read; None while it has not read any."""
        is_it = (work.c.kind == INDEX) & (work.c.key == f"{writing.host} {writing.pid}")
        with disk("reading what was read"), self._state.connect() as connection:
            row = connection.execute(select(work.c.reason, work.c.next_try_at).where(is_it)).first()
        if row is None or datetime.fromisoformat(row.next_try_at) < datetime.fromisoformat(writing.since):
            return None
        first, last = map(datetime.fromisoformat, row.reason.split())
        return Span(first.date(), last.date())

    def _note(self) -> None:
        key = f"{socket.gethostname()} {os.getpid()}"
        row = {
            "kind": INDEX,
            "key": key,
            "state": "done",
            "next_try_at": datetime.now(UTC).isoformat(),
            "reason": f"{self._span.first} {self._span.last}",
        }
        with disk("noting what was read"), self._state.begin() as connection:
            reach(Point.STATE_COMMIT)
            connection.execute(delete(work).where(work.c.kind == INDEX))  # of writers before this one
            connection.execute(insert(work).values(row))
