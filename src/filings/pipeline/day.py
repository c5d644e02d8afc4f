"""One day of a backfill: what is missing of it is fetched, filing by filing or out of the day's archive, and kept."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, date, datetime

from filings.errors import Absent, Blocked, SourceError, Undeclared
from filings.fetch.client import Client
from filings.fetch.many import Failed, Fetched, Wanted, fetch_each
from filings.pipeline.archive import Archive
from filings.pipeline.backfill_report import BackfillReport, DayDone
from filings.pipeline.costs import Costs
from filings.pipeline.failures import Failures
from filings.pipeline.keeper import Keeper, Look
from filings.pipeline.missing import Asked, Missing, of_day
from filings.pipeline.plan import Route, choose
from filings.pipeline.progress import Progress
from filings.raw.store import Facts

_TICK = 0.5
_LARGE = 256 * 1024  # an answer that says something about the speed of the line


@dataclass(slots=True)
class Means:
    """What working on days takes, the same for all of a run. `left` filings may still be fetched; None: any number."""

    client: Client
    keeper: Keeper
    failures: Failures
    asked: Asked
    costs: Costs
    route: Route
    report: BackfillReport
    shown: Progress
    left: int | None = None


def work_on(day: date, means: Means) -> DayDone:
    """Fetch and keep what is missing of a day; whoever calls holds the claim on it.

    What concerns one filing is noted and tried again by a later run; the day goes on. Gives what was done, also where the
    day could not be finished. Raises Blocked, Undeclared, and Full, StoreError, LoadError.
    """
    done = DayDone(day)
    means.report.days.append(done)
    started = time.monotonic()
    try:
        _Day(day, done, means).work()
    except (Blocked, Undeclared):
        raise
    except SourceError as error:
        done.trouble = error.message
    finally:
        done.seconds = time.monotonic() - started
    return done


class _Day:
    def __init__(self, day: date, done: DayDone, means: Means) -> None:
        self._day, self._done, self._means = day, done, means
        self._came: list[str] = []
        self._failed_before: set[str] = set()
        self._next_tick = time.monotonic() + _TICK

    def work(self) -> None:
        with self._means.keeper.looking() as look:
            if look is None:
                return
            missing = self._missing(look)
            wanted = missing.wanted
            left = Counter(one.form for one in wanted)
            route, _ = choose(self._day, left, self._means.costs, self._means.route)
            if self._means.left is not None:
                route = route and Route.FILINGS  # so many and no more is nothing for an archive
                wanted = wanted[: self._means.left]
                self._means.report.left_out += len(missing.wanted) - len(wanted)
            self._done.route = route
            if route is Route.ARCHIVE:
                wanted = self._from_archive(look, wanted, missing)
        self._one_by_one(wanted)
        self._means.keeper.settle()
        self._forget(missing)

    def _missing(self, look: Look) -> Missing:
        failures = self._means.failures.all()
        rechecks = self._means.failures.rechecks()
        missing = of_day(look, self._day, self._means.asked, failures, rechecks, datetime.now(UTC))
        self._failed_before = set(failures)
        for one in missing.put_off:
            self._means.report.fail(one)
        self._done.listed, self._done.wanted = missing.listed, len(missing.wanted)
        return missing

    def _from_archive(self, look: Look, wanted: list[Wanted], missing: Missing) -> list[Wanted]:
        """Keep what the day's archive holds of what is wanted; what it lacks is given back."""
        means = self._means
        archive = Archive(self._day, means.client, means.keeper, means.report)
        try:
            archive.download(self._done)
        except Absent:  # a day that has none
            return wanted
        changed = set(missing.changed)  # a correction never comes into the archive of its day (edgar.md E)
        taken: set[str] = set()
        for accession, form, size in archive.members(look, {one.accession for one in wanted} - changed, means.asked):
            taken.add(accession)
            self._took(accession, form, size)
        means.keeper.settle()
        archive.remove()
        return [one for one in wanted if one.accession not in taken]

    def _one_by_one(self, wanted: Iterable[Wanted]) -> None:
        means = self._means
        with closing(fetch_each(means.client, wanted, tick=_TICK)) as outcomes:
            for outcome in outcomes:
                if isinstance(outcome, Fetched):
                    self._keep(outcome)
                elif isinstance(outcome, Failed):
                    self._fail(outcome)
                if outcome is None or time.monotonic() > self._next_tick:
                    means.keeper.tick()
                    self._next_tick = time.monotonic() + _TICK

    def _keep(self, fetched: Fetched) -> None:
        wanted, answer = fetched.wanted, fetched.answer
        self._means.keeper.keep(answer.body, facts_of(fetched))
        self._done.requests += answer.requests
        self._done.bytes += answer.received
        if answer.received >= _LARGE:
            self._means.report.learned.add(self._means.report.learned.speed, answer.received, fetched.seconds)
        self._took(wanted.accession, wanted.form, len(answer.body))

    def _took(self, accession: str, form: str | None, size: int) -> None:
        means = self._means
        self._came.append(accession)
        self._done.fetched += 1
        means.left = means.left and means.left - 1
        if form:
            means.report.learned.form(form, size)
        means.shown.advance(1)

    def _fail(self, failed: Failed) -> None:
        failure = self._means.failures.add(failed.wanted.accession, failed.error.message)
        self._done.failed += 1
        self._means.report.fail(failure)
        self._means.shown.advance(1)

    def _forget(self, missing: Missing) -> None:
        """Only now: until it is settled, what came may still be lost."""
        came = set(self._came)
        for accession in came:
            self._means.report.came(accession)
        self._means.failures.forget(came & self._failed_before)
        self._means.failures.rechecked({one: at for one, at in missing.changed.items() if one in came})


def facts_of(fetched: Fetched, **claims: str) -> Facts:
    """What is told of the bytes of a submission that was asked for by itself; `claims` beside those of who listed it."""
    wanted, answer = fetched.wanted, fetched.answer
    return Facts(
        source_kind="url",
        name=f"edgar/data/{fetched.cik.lstrip('0')}/{wanted.accession}.txt",
        fetched_at=answer.fetched_at.isoformat(timespec="microseconds"),
        url=answer.url,
        etag=answer.etag,
        last_modified=answer.modified_at,
        claims={"form": wanted.form, "filed_on": str(wanted.filed_on), "size": str(len(answer.body)), **claims},
    )
