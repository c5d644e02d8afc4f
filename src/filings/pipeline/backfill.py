"""Backfill: the indexes of a span are read, and what they list and is not here is fetched and loaded.

Any number of these may run at once, with whatever selections. One of them has the writer's lock: it reads the indexes and
loads; the others fetch beside it and leave what they fetched in the spool. A day is worked on by one at a time. What is
left to do is asked of index and ledger anew each time, so a run may be stopped anywhere and started again.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Engine

from filings.disk import interruptible
from filings.errors import Blocked, FilingsError, LoadError, Undeclared
from filings.fetch.client import Client, Patience
from filings.fetch.identity import user_agent
from filings.pipeline import plan as plans
from filings.pipeline.alerts import ready_alerts, send_alerts
from filings.pipeline.backfill_report import BackfillReport
from filings.pipeline.claims import Claims
from filings.pipeline.costs import Costs, learned
from filings.pipeline.day import Means, work_on
from filings.pipeline.failures import Failures
from filings.pipeline.keeper import Keeper
from filings.pipeline.missing import ask
from filings.pipeline.plan import Plan, Route
from filings.pipeline.progress import Progress, Silent
from filings.pipeline.reading_indexes import IndexReader
from filings.pipeline.warehouse import STATE, holder, make_folders, spool
from filings.raw.state import open_state
from filings.selection import Selection
from filings.settings import Settings
from filings.span import Span

DAY = "day"
_LOOK = 0.5  # seconds between two looks at what others do


@dataclass(frozen=True, slots=True)
class Options:
    """How to go about it: by which `route`; at most `limit` filings; `again` asks for those given up, too.

    `dry_run` reads the indexes and makes the plan, and fetches nothing. `indexes_read`: whoever calls has read them.
    """

    route: Route = Route.AUTO
    limit: int | None = None
    again: bool = False
    dry_run: bool = False
    indexes_read: bool = False


@dataclass(frozen=True, slots=True)
class _Asked:
    """What somebody asked for."""

    settings: Settings
    span: Span
    selection: Selection
    options: Options


def backfill(
    settings: Settings,
    span: Span,
    selection: Selection | None = None,
    options: Options | None = None,
    *,
    progress: Progress | None = None,
    patience: Patience | None = None,
    each_day: Callable[[BackfillReport], None] = lambda report: None,
) -> BackfillReport:
    """Fetch and load what the indexes of a span list of a selection, and publish it (house 5 and 6).

    `each_day` is called when a day is done. Ctrl-C keeps and publishes what was loaded, and raises KeyboardInterrupt.
    Raises UsageError (no name and e-mail, an unknown ticker), Blocked, Undeclared, StoreError, LoadError; what does not
    come is in the report.
    """
    shown = progress or Silent()
    report = BackfillReport()
    began = time.monotonic()
    user_agent(settings)  # before anything is made
    make_folders(settings.warehouse)
    ready_alerts(settings.warehouse)
    state = open_state(settings.warehouse / STATE)
    try:
        with (
            Client(settings, spool=spool(settings.warehouse), patience=patience, tell=shown.say) as client,
            Keeper(settings.warehouse, state, report.loaded, report, shown) as keeper,
        ):
            asked = _Asked(settings, span, selection or Selection(), options or Options())
            try:
                with interruptible():
                    _Run(asked, state, client, keeper, report, shown, each_day).go()
            except KeyboardInterrupt:
                keeper.publish(as_it_is=True)
                raise
            except (Blocked, Undeclared):
                keeper.publish()
                raise
            finally:
                shown.finish()
                report.loaded.seconds = report.seconds = time.monotonic() - began
    finally:
        state.dispose()
    if not (options and options.dry_run):
        told = send_alerts(settings.warehouse, progress=shown)
        report.loaded.alerts, report.loaded.snapshot = told.to_dict(), told.snapshot or report.loaded.snapshot
    return report


class _Run:
    """One run of one process."""

    def __init__(
        self,
        asked: _Asked,
        state: Engine,
        client: Client,
        keeper: Keeper,
        report: BackfillReport,
        shown: Progress,
        each_day: Callable[[BackfillReport], None],
    ) -> None:
        self._asked, self._state, self._client, self._keeper = asked, state, client, keeper
        self._report, self._shown, self._each_day = report, shown, each_day
        self._claims = Claims(state)
        self._failures = Failures(state)
        self._indexes = IndexReader(
            asked.settings.warehouse,
            state,
            asked.span,
            client,
            keeper,
            report,
            shown,
            with_tickers=bool(asked.selection.tickers),
        )

    def go(self) -> None:
        options = self._asked.options
        if options.indexes_read:
            self._keeper.try_to_write()
        else:
            self._indexes.read()
        if options.again and not options.dry_run:
            self._failures.forget(self._failures.all())
        means, made = self._plan()
        self._report.plan = made
        if options.dry_run:
            self._keeper.publish()
            return
        number = plans.record(self._state, self._asked.selection, self._asked.span, options.route, made)
        outcome = "failed"
        try:
            self._work([one.day for one in made.days if one.route or one.put_off], means, number)
            self._finish()
            outcome = "limited" if self._report.left_out else "done" if self._report.is_clean else "incomplete"
        except KeyboardInterrupt:
            outcome = "interrupted"
            raise
        finally:
            with suppress(FilingsError):  # on a full disk not even this can be written
                plans.end(self._state, number, outcome)

    def _plan(self) -> tuple[Means, Plan]:
        options = self._asked.options
        costs = Costs(self._asked.settings.requests_per_second, learned(self._state))
        with self._keeper.looking() as look:
            if look is None:
                raise LoadError("there is no snapshot to plan from", "Run the same command again.")
            asked = ask(look.connection, self._asked.selection)
            failures, rechecks = self._failures.all().values(), self._failures.rechecks()
            made = plans.plan(look, self._asked.span, asked, costs, failures, rechecks, options.route)
        means = Means(
            self._client,
            self._keeper,
            self._failures,
            asked,
            costs,
            options.route,
            self._report,
            self._shown,
            options.limit,
        )
        return means, made

    def _work(self, days: list[date], means: Means, number: int) -> None:
        """The days one after the other; those that others have are looked at again until they are done."""
        self._shown.start("backfill", sum(one.missing for one in self._report.plan.todo), "filings")
        is_said = False
        while days:
            with_others = []
            for day in days:
                with self._claims.holding(DAY, str(day), number) as is_ours:
                    if is_ours:
                        work_on(day, means)
                        self._each_day(self._report)
                    else:
                        with_others.append(day)
            days = with_others
            if days and not is_said:
                self._shown.say(f"waiting for others, who work on {len(days)} of these days")
                is_said = True
            if days:
                self._keeper.tick()
                time.sleep(_LOOK)

    def _finish(self) -> None:
        """Everything that is kept is loaded and published, by this process or by the one that writes."""
        self._keeper.settle()
        is_said = False
        while not self._keeper.try_to_write() and self._keeper.is_waited_for():
            if not is_said:
                self._shown.say(
                    f"waiting for {holder(self._asked.settings.warehouse) or 'another run'} to load the rest"
                )
                is_said = True
            time.sleep(_LOOK)
        self._keeper.drain()
        self._keeper.publish()
        self._report.learned.add(self._report.learned.load, *self._keeper.loading)
