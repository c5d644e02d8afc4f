"""Watch: the feed of latest filings is looked at every few seconds, and what it tells of is fetched, loaded and published.

What is here is asked of ledger, packs and spool, as a backfill asks, and a day is worked on by one at a time, so that any
number of backfills may run beside it. It is the writer while nobody else wants to be: whoever waits for the lock has it at
once, and what comes meanwhile waits in the spool. What it misses, the daily index tells (edgar.md F.1).
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime
from datetime import time as clock_time

import duckdb
from sqlalchemy import Engine

from filings.disk import interruptible
from filings.errors import Blocked, Busy, SourceError, Undeclared
from filings.fetch.client import Client, Patience
from filings.fetch.identity import user_agent
from filings.fetch.rate import LOOK, clock
from filings.fetch.wire import Timeouts
from filings.pipeline import hours
from filings.pipeline.alerts import ready_alerts, send_alerts
from filings.pipeline.arrivals import Arrivals
from filings.pipeline.claims import Claims
from filings.pipeline.companies import read_tickers
from filings.pipeline.feed import Feed
from filings.pipeline.keeper import Keeper
from filings.pipeline.progress import Progress, Silent, duration
from filings.pipeline.warehouse import STATE, make_folders, spool
from filings.pipeline.watch_report import Arrival, WatchReport
from filings.raw.state import open_state
from filings.selection import kept
from filings.settings import Settings

EVERY = 15.0
"""Seconds from the beginning of one look at the feed to that of the next."""

LONGEST = 60.0
"""Seconds between two looks while the feed does not answer."""

PATIENCE = Patience(attempts=2, first=0.5, longest=1.0, waits_out=False, timeouts=Timeouts(10, 20, 60))
"""A watch asks again soon in any case; while EDGAR blocks it still loads, publishes, and gives the lock back."""

PUBLISH_SECONDS, PUBLISH_SHARE = 20.0, 4.0
"""Between two snapshots. More often than a long load publishes: a watch has little else to do, and its filings are wanted
soon. Not more often, since each is a copy of the whole database on the disk."""

_WATCH, _LATEST = "watch", "latest"


ALERTS = 5.0
"""Seconds of a look that may go to alerts, the last one's own ten aside; the rest goes with the next looks."""


def watch(
    settings: Settings,
    until: datetime | None = None,
    *,
    every: float = EVERY,
    report: WatchReport | None = None,
    progress: Progress | None = None,
    patience: Patience | None = None,
    each: Callable[[Arrival], None] = lambda arrival: None,
) -> WatchReport:
    """Load what the feed of latest filings tells of, of the forms and companies of the settings, until a time.

    `until` has a zone; without it the next 23:00 in New York. `every` in seconds. `report` is filled while it goes on;
    `each` hears of each filing that came. No trouble with the feed or with a filing ends it. Ctrl-C keeps and publishes
    what was loaded, and raises KeyboardInterrupt. Raises UsageError (no name and e-mail, an unknown ticker), Undeclared,
    Busy where another one watches for this warehouse, StoreError, LoadError.
    """
    shown = progress or Silent()
    report = report or WatchReport()
    began = time.monotonic()
    user_agent(settings)  # before anything is made
    end = until or hours.closing(datetime.now(UTC))
    make_folders(settings.warehouse)
    ready_alerts(settings.warehouse)
    state = open_state(settings.warehouse / STATE)
    try:
        with (
            Client(settings, spool=spool(settings.warehouse), patience=patience or PATIENCE, tell=shown.say) as client,
            Keeper(
                *(settings.warehouse, state, report.loaded, report, shown),
                what=_WATCH,
                publish_seconds=PUBLISH_SECONDS,
                publish_share=PUBLISH_SHARE,
            ) as keeper,
        ):
            arrivals = Arrivals(settings, every, state, client, keeper, report, shown, each)
            try:
                with interruptible():
                    _Watch(settings, end, every, state, client, keeper, arrivals, report, shown).go()
            except KeyboardInterrupt:
                keeper.publish(as_it_is=True)
                raise
            except Undeclared:
                keeper.publish()
                raise
            finally:
                arrivals.count()
                shown.finish()
                report.loaded.seconds = report.seconds = time.monotonic() - began
    finally:
        state.dispose()
    send_alerts(settings.warehouse, progress=shown)
    return report


class _Watch:
    """When to look at the feed, what was seen of it, what stands in the way."""

    def __init__(
        self,
        settings: Settings,
        end: datetime,
        every: float,
        state: Engine,
        client: Client,
        keeper: Keeper,
        arrivals: Arrivals,
        report: WatchReport,
        shown: Progress,
    ) -> None:
        self._settings, self._end, self._every = settings, end, every
        self._client, self._keeper, self._arrivals = client, keeper, arrivals
        self._report, self._shown = report, shown
        self._claims, self._feed = Claims(state), Feed(client)
        self._read_at: datetime | None = None  # when all that was new in the feed was last read
        self._failed, self._failing_since = 0, 0.0
        self._told_of: int | None = None
        self._told_at = 0.0
        self._not_before = 0.0  # the end of a block that was told, seconds since 1970 UTC

    def go(self) -> None:
        with self._claims.holding(_WATCH, _LATEST) as is_ours:
            if not is_ours:
                who = self._claims.holder(_WATCH, _LATEST)
                one = f"process {who.pid} on {who.host}" if who else "another process"
                raise Busy(f"{one} watches the feed for this warehouse already", "One is enough.")
            self._arrivals.become_writer()  # what a killed run left may be loaded and in no snapshot yet
            self._read_tickers()
            while True:
                began = time.monotonic()
                self._turn()
                self._arrivals.tick()  # also where all that follows takes longer than until the next look
                self._tell_who_asked()
                self._rest(began + self._pause())
                if self._is_over:
                    break
            self._arrivals.finish()

    @property
    def _is_over(self) -> bool:
        return datetime.now(UTC) >= self._end

    def _read_tickers(self) -> None:
        """Which companies have the tickers of the settings is read anew, where this process may write."""
        chosen = kept(self._settings.forms, self._settings.companies)
        if chosen.tickers and self._keeper.writer:
            try:
                read_tickers(self._keeper.writer, self._client, progress=self._shown)
            except Blocked as error:
                self._blocked(error.until)

    def _turn(self) -> None:
        """One look at the feed, and what follows from it."""
        try:
            self._look()
            self._arrivals.fetch()
        except Blocked as error:
            self._blocked(error.until)
        self._arrivals.hand_on()

    def _look(self) -> None:
        news = self._feed.look()
        self._report.polls += 1
        self._report.pages += len(news.pages)
        self._report.requests += len(news.pages)
        self._tell_trouble(news.trouble)
        if news.reaches_to:
            self._tell_gap(news.reaches_to)
        if news.entries:
            if not self._arrivals.take(news):
                return
            self._feed.took(news)
            self._report.entries += len(news.entries)
        if not news.trouble:
            self._read_at = news.pages[0].read_at

    def _tell_who_asked(self) -> None:
        """Alerts of what a new snapshot shows, and now and then those that did not go; the next snapshot has them."""
        snapshot = self._report.loaded.snapshot
        if snapshot == self._told_of and time.monotonic() - self._told_at < LONGEST:
            return
        send_alerts(self._settings.warehouse, progress=self._shown, altogether=ALERTS, writes=False)
        self._told_of, self._told_at = snapshot, time.monotonic()

    def _rest(self, until: float) -> None:
        """Until the next look, or the end."""
        while (left := until - time.monotonic()) > 0 and not self._is_over:
            self._arrivals.tick()
            time.sleep(min(LOOK, left))

    def _pause(self) -> float:
        """Seconds from the beginning of this look to the next one."""
        longer = min(LONGEST, self._every * 2.0 ** min(self._failed, 10)) if self._failed else 0.0
        return max(self._every, longer, self._not_before - time.time())

    # --- what is told

    def _tell_trouble(self, trouble: SourceError | None) -> None:
        """A trouble is told when it begins and when it is over."""
        if trouble:
            self._report.failed_polls += 1
            if not self._failed:
                self._failing_since = time.monotonic()
                self._shown.say(f"the feed gives no right answer and is asked again and again: {trouble.message}")
            self._failed += 1
        elif self._failed:
            self._failed = 0
            self._shown.say(f"the feed answers again, after {duration(time.monotonic() - self._failing_since)}")

    def _blocked(self, until: float) -> None:
        """Nothing is asked for before that time; said once for each block."""
        if until > self._not_before + 1:
            self._shown.say(f"EDGAR blocks this machine for too many requests: everything waits until {clock(until)}")
        self._not_before = max(self._not_before, until)

    def _tell_gap(self, reaches_to: datetime) -> None:
        """Where the feed may have dropped something since it was last known."""
        known = self._read_at
        if known is None:
            with self._keeper.looking() as look:
                known = known_until(look.connection) if look else None
        if known is None or reaches_to <= known:
            return
        first, last = (moment.astimezone(hours.EASTERN) for moment in (known, reaches_to))
        gap = (
            f"the feed reaches back to {last:%Y-%m-%d %H:%M} in New York, and is known up to {first:%Y-%m-%d %H:%M}: what "
            f"came in between may be missing until the daily index lists it (`filings backfill {first:%Y-%m-%d} "
            f"{last:%Y-%m-%d}`)"
        )
        self._report.gaps.append(gap)
        self._shown.say(gap)


def known_until(connection: duckdb.DuckDBPyConnection) -> datetime | None:
    """Up to when the warehouse knows what was filed: the last page of the feed that it keeps, or 22:00 in New York of the
    last day whose index was read; None where it has neither."""
    ((page, day),) = connection.execute(
        "SELECT max(read_at) FILTER (kind = 'latest_feed'), "
        "max(covers_to) FILTER (kind = 'daily' AND row_count IS NOT NULL) FROM ops.index_file"
    ).fetchall()
    ends = [datetime.combine(day, clock_time(22), hours.EASTERN)] if day else []
    return max([*ends, *([page] if page else [])], default=None)
