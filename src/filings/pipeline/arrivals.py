"""Filings that the feed of latest filings tells of: which are not here, how they come, when people have them."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, date, datetime

import pyarrow as pa
from sqlalchemy import Engine

from filings.errors import Blocked, SourceError
from filings.fetch.client import Client
from filings.fetch.latest import Entry
from filings.fetch.many import Failed, Fetched, Wanted, fetch_each
from filings.fetch.rate import LOOK
from filings.pipeline.backfill import DAY
from filings.pipeline.claims import Claims
from filings.pipeline.day import facts_of
from filings.pipeline.failures import Failures
from filings.pipeline.feed import News, Page
from filings.pipeline.hours import day_of
from filings.pipeline.keeper import Keeper, Look
from filings.pipeline.missing import Asked, ask, here
from filings.pipeline.progress import Progress
from filings.pipeline.warehouse import holder, is_wanted
from filings.pipeline.watch_report import Arrival, WatchReport
from filings.query.connect import is_published
from filings.selection import kept
from filings.settings import Settings

_IDLE = 600.0  # seconds without anything new after which the writer's lock is given back
_LONGEST_RETRY = 600.0  # seconds between two requests for a filing that does not come
_NOTED = 3  # requests after which a filing that does not come is noted for the runs after this one
_FOLDERS = 2  # parties under whom a filing is looked for at first: one that is not there yet is under none of them


@dataclass(slots=True)
class _Waiting:
    """A filing that is not here yet; `page` told of it first. `next_at` is the monotonic clock's."""

    entry: Entry
    page: Page
    ciks: list[str]
    tries: int = 0
    next_at: float = 0.0
    reason: str = ""

    @property
    def accession(self) -> str:
        """Its accession number."""
        return self.entry.accession_number

    @property
    def day(self) -> date:
        """The day whose index will list it."""
        return self.entry.filed_on or day_of(self.entry.accepted_at or self.page.read_at)

    @property
    def wanted(self) -> Wanted:
        """What to ask for."""
        ciks = self.ciks if self.tries >= _NOTED else self.ciks[:_FOLDERS]
        return Wanted(self.accession, tuple(ciks), self.entry.form_type, self.day)

    @property
    def age(self) -> float:
        """By which the newest comes first, and what states no time last."""
        return -self.entry.accepted_at.timestamp() if self.entry.accepted_at else 0.0


class Arrivals:
    """What one watch fetches. Not for several threads."""

    def __init__(
        self,
        settings: Settings,
        every: float,
        state: Engine,
        client: Client,
        keeper: Keeper,
        report: WatchReport,
        shown: Progress,
        each: Callable[[Arrival], None],
    ) -> None:
        """`every`: seconds from one look at the feed to the next; `each` hears of each filing that came."""
        self._warehouse, self._every, self._client, self._keeper = settings.warehouse, every, client, keeper
        self._chosen = kept(settings.forms, settings.companies)
        self._claims, self._failures = Claims(state), Failures(state)
        self._report, self._shown, self._each = report, shown, each
        # what is newer comes first: so the next look comes before all of a long queue is fetched
        self._most = max(20, int(every * settings.requests_per_second))
        self._waiting: dict[str, _Waiting] = {}
        self._unshown: list[_Waiting] = []
        self._failed_before: set[str] = set()
        self._days_of_others: set[date] = set()
        self._asked: Asked | None = None
        self._news_at = time.monotonic()
        self._began = datetime.now(UTC)

    # --- what is asked for and not here

    def take(self, news: News) -> bool:
        """Let wait what is asked for and not here; False where nobody can tell yet, since there is no database to ask.

        Raises UsageError for a ticker that nobody has.
        """
        if not is_published(self._warehouse):
            self.become_writer()
        with self._keeper.looking() as look:
            if look is None:  # somebody else is just making the warehouse
                return False
            chosen = self._selected(look, [entry for entry, _ in news.entries])
            missing = chosen - here(look, chosen)
        failures = self._failures.all() if missing else {}
        self._failed_before |= missing & failures.keys()
        for entry, page in news.entries:
            accession = entry.accession_number
            if accession not in missing:
                continue
            if accession in failures and failures[accession].is_given_up:
                self._report.given_up.add(accession)
            elif accession in self._waiting:
                self._waiting[accession].ciks.append(entry.cik)
            else:
                self._waiting[accession] = _Waiting(entry, page, [entry.cik])
                self._report.found += 1
        return True

    def _selected(self, look: Look, entries: list[Entry]) -> set[str]:
        """Of these entries, the filings of which form and a party are asked for."""
        self._asked = self._asked or ask(look.connection, self._chosen)
        if self._asked.is_all:
            return {each.accession_number for each in entries}
        names = ("accession_number", "form_type", "cik")
        rows = pa.table({name: pa.array([getattr(each, name) for each in entries], pa.string()) for name in names})
        look.connection.register("_entries", rows)
        try:
            found = look.connection.execute(
                f"SELECT DISTINCT accession_number FROM _entries WHERE {self._asked.condition}",
                list(self._asked.values),
            ).fetchall()
        finally:
            look.connection.unregister("_entries")
        return {row[0] for row in found}

    # --- fetching

    def fetch(self) -> None:
        """Ask for what waits and is due, so many at a time and the newest first, each day under its claim.

        Raises Blocked after what came until then is safe; Undeclared, StoreError, Full, LoadError.
        """
        now = time.monotonic()
        due = sorted((one for one in self._waiting.values() if one.next_at <= now), key=lambda one: one.age)
        if not due:
            return
        self._news_at = now
        self.become_writer()
        left = self._most
        for day in dict.fromkeys(one.day for one in due):
            some = [one for one in due if one.day == day][:left]
            if not some:
                break
            with self._claims.holding(DAY, str(day)) as is_ours:
                if is_ours:
                    left -= len(some)
                    self._fetch(some)
                elif day not in self._days_of_others:
                    self._days_of_others.add(day)
                    self._shown.say(f"others work on {day}: what is new of that day waits until they are done")

    def _fetch(self, some: list[_Waiting]) -> None:
        with self._keeper.looking() as look:  # under the claim: others may have fetched it meanwhile
            if look is None:
                return
            there = here(look, [one.accession for one in some])
        for accession in there:
            del self._waiting[accession]
        left = {one.accession: one for one in some if one.accession not in there}
        for one in left.values():
            if not one.page.is_kept:
                one.page.is_kept = True
                self._keeper.keep(one.page.body, one.page.facts)
        blocked: Blocked | None = None
        try:
            for outcome in self._outcomes([one.wanted for one in left.values()]):
                if isinstance(outcome, Fetched):
                    self._keep(outcome, left[outcome.wanted.accession])
                else:
                    self._fail(left[outcome.wanted.accession], outcome.error)
        except Blocked as error:
            blocked = error
        self._keeper.settle()
        self._failures.forget(self._failed_before & (left.keys() - self._waiting.keys()))
        self.tick()
        if blocked:
            raise blocked

    def _outcomes(self, wanted: list[Wanted]) -> Iterator[Fetched | Failed]:
        """Each as it comes; between two of them everything else has its turn."""
        next_tick = time.monotonic() + LOOK
        with closing(fetch_each(self._client, wanted, tick=LOOK)) as outcomes:
            for outcome in outcomes:
                if outcome:
                    yield outcome
                if time.monotonic() >= next_tick:
                    self.tick()
                    next_tick = time.monotonic() + LOOK

    def _keep(self, fetched: Fetched, one: _Waiting) -> None:
        seen_at = one.page.read_at.isoformat(timespec="microseconds")
        self._keeper.keep(fetched.answer.body, facts_of(fetched, seen_in_feed_at=seen_at))
        self._report.fetched += 1
        self._report.requests += fetched.answer.requests
        self._report.bytes += fetched.answer.received
        del self._waiting[one.accession]
        self._unshown.append(one)

    def _fail(self, one: _Waiting, error: SourceError) -> None:
        """It is asked for again after a growing wait; from the third time on the runs after this one know of it, too."""
        one.tries += 1
        one.reason = error.message
        one.next_at = time.monotonic() + min(self._every * 2.0 ** min(one.tries - 1, 20), _LONGEST_RETRY)
        if one.tries == _NOTED:
            self._note(one)

    def _note(self, one: _Waiting) -> None:
        """Once, however many watches meet it: how often it fails, the runs after this one count."""
        if one.accession not in self._failures.all():
            self._failures.add(one.accession, one.reason)
        self._failed_before.add(one.accession)
        self._shown.say(f"{one.accession} does not come and is asked for again now and then: {one.reason}")

    # --- the writer's lock, and what people see

    def become_writer(self) -> bool:
        """Take the lock where nobody has it or waits for it."""
        return self._keeper.writer is not None or (not is_wanted(self._warehouse) and self._keeper.try_to_write())

    def tick(self) -> None:
        """Give the lock back where somebody waits for it; else load what others left, and publish when it is time."""
        keeper = self._keeper
        if not keeper.writer:
            if keeper.is_waited_for():
                self.become_writer()
        elif is_wanted(self._warehouse) or time.monotonic() - self._news_at > _IDLE:
            keeper.let_go()
            self._show()
        else:
            keeper.drain()
            if keeper.show():
                self._show()

    def hand_on(self) -> None:
        """Between two looks: where another one writes, what was kept is its affair."""
        if self._unshown and not self.become_writer():
            self._show(is_handed_on=True)

    def _show(self, *, is_handed_on: bool = False) -> None:
        """What was kept so far is in the snapshot, or somebody else's affair: tell of it."""
        now = datetime.now(UTC)
        for one in self._unshown:
            entry = one.entry
            status = None if is_handed_on else self._keeper.status(one.accession)
            arrival = Arrival(
                one.accession, entry.form_type, entry.company_name, entry.accepted_at, now, status, is_handed_on
            )
            is_of_now = entry.accepted_at is not None and entry.accepted_at >= self._began
            if arrival.seconds is not None and is_of_now and not is_handed_on:
                self._report.latencies.append(arrival.seconds)
            self._each(arrival)
        self._unshown.clear()

    def finish(self) -> None:
        """Everything that is kept is loaded and published, or waits for the one that writes."""
        for one in self._waiting.values():
            if 0 < one.tries < _NOTED:
                self._note(one)
        self._keeper.settle()
        if self._keeper.is_waited_for():
            self.become_writer()
        if self._keeper.writer:
            self._keeper.let_go()
            self._show()
        elif self._keeper.is_waited_for():
            self._shown.say(f"{holder(self._warehouse) or 'the next run'} loads what waits in the spool")
            self._show(is_handed_on=True)

    def count(self) -> None:
        """What did not come, whatever ended it."""
        for accession, one in self._waiting.items():
            if one.tries:
                self._report.pending[accession] = one.reason
            else:
                self._report.left += 1
