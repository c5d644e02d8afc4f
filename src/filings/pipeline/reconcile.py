"""The weekly run: what EDGAR says now of all that was once complete, and what that brings, fetched and loaded.

A quarter that is over is never final: lines come late, vanish, are corrected, and withheld filings are released with
their old date (edgar.md A.3). So all quarters are read again (`quarters.py`); then, of the days that the warehouse keeps
complete (`follow.py`), what is listed and not here is fetched, and what was corrected is fetched again, as a backfill does.
Lines that vanished are noted in `ops.index_entry`, and a filing that is here stays. Filings that the new lines date get
their `available_at` when the lines are taken in.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import Engine

from filings.disk import interruptible
from filings.errors import SourceError, UsageError
from filings.fetch.client import Client, Patience
from filings.fetch.identity import user_agent
from filings.pipeline import plan as plans
from filings.pipeline import runs
from filings.pipeline.asking import IndexReport
from filings.pipeline.backfill import Options, backfill
from filings.pipeline.backfill_report import BackfillReport
from filings.pipeline.costs import Costs, learned
from filings.pipeline.failures import Failure, Failures
from filings.pipeline.follow import Followed, followed, merged
from filings.pipeline.hours import day_of
from filings.pipeline.keeper import look_beside
from filings.pipeline.loading import Tally, load_leftovers
from filings.pipeline.missing import ask
from filings.pipeline.progress import Progress, Silent
from filings.pipeline.quarters import Quarters, read_again
from filings.pipeline.report import Report
from filings.pipeline.warehouse import STATE, Writer, make_folders, open_writer, spool
from filings.pipeline.window import lacking
from filings.raw.state import open_state
from filings.selection import Selection
from filings.settings import Settings
from filings.span import Span


@dataclass(slots=True)
class ReconcileReport:
    """What a reconciliation found and did.

    `followed` is what the warehouse keeps complete; `quarters` were read again, with what `indexes` counts. `reopened` are
    days that were complete until now. `fetched` has a report for each part that was fetched; `failed` are parts that could
    not be looked at, with why.
    """

    followed: list[Followed] = field(default_factory=list)
    quarters: Quarters = field(default_factory=Quarters)
    indexes: IndexReport = field(default_factory=IndexReport)
    reopened: list[date] = field(default_factory=list)
    fetched: list[BackfillReport] = field(default_factory=list)
    failed: list[tuple[str, str]] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def missing(self) -> dict[str, Failure]:
        """Filings that are listed and did not come, by accession number."""
        return {name: one for part in self.fetched for name, one in (part.pending | part.given_up).items()}

    @property
    def snapshot(self) -> int | None:
        """The newest snapshot that it published."""
        return max(filter(None, [self.indexes.snapshot, *(one.loaded.snapshot for one in self.fetched)]), default=None)

    @property
    def is_clean(self) -> bool:
        """All indexes answered, and nothing that is kept complete is lacking."""
        return not (self.indexes.failed or self.failed) and all(one.is_clean for one in self.fetched)

    def to_dict(self) -> dict[str, Any]:
        """Plain values, for JSON and artifacts."""
        taken = self.indexes.taken
        return {
            "quarters_read": self.quarters.read,
            "quarters_changed": self.quarters.changed,
            "lines_new": taken.new,
            "lines_gone": taken.gone,
            "indexes_failed": self.indexes.failed,
            "days_reopened": [str(day) for day in self.reopened],
            "fetched": sum(one.fetched for one in self.fetched),
            "missing": [
                {"accession": one.accession, "attempts": one.attempts, "reason": one.reason}
                for one in self.missing.values()
            ],
            "failed": self.failed,
            "snapshot": self.snapshot,
            "seconds": round(self.seconds, 1),
        }


def reconcile(
    settings: Settings,
    *,
    now: datetime | None = None,
    progress: Progress | None = None,
    patience: Patience | None = None,
) -> ReconcileReport:
    """Read every quarter again, and fetch what that brings of the days that the warehouse keeps complete.

    Ctrl-C keeps and publishes what was taken in. Raises what `backfill` raises; what does not come is in the report, and
    the next run asks again.
    """
    shown = progress or Silent()
    report = ReconcileReport()
    began = time.monotonic()
    user_agent(settings)  # before anything is made
    make_folders(settings.warehouse)
    today = day_of(now or datetime.now(UTC))
    state = open_state(settings.warehouse / STATE)
    try:
        report.followed = followed(state, today)
        if not report.followed:
            shown.say("no days were asked for yet that could be kept complete; `filings backfill` asks for some")
        before = _lacking(settings, state, report)
        with Client(settings, spool=spool(settings.warehouse), patience=patience, tell=shown.say) as client:
            _read(settings, client, report, shown)
        report.reopened = sorted(_lacking(settings, state, report) - before)
        for selection, span in list(_to_fetch(settings, state, report)):
            options = Options(indexes_read=True)
            report.fetched.append(backfill(settings, span, selection, options, progress=shown, patience=patience))
    finally:
        state.dispose()
        report.seconds = time.monotonic() - began
    return report


def _read(settings: Settings, client: Client, report: ReconcileReport, shown: Progress) -> None:
    """Read the quarters again under the writer's lock, and publish what is new."""
    spans = merged(span for each in report.followed for span in each.spans)

    def work(writer: Writer) -> None:
        load_leftovers(writer, Tally(Report()), shown)
        report.quarters = read_again(writer, client, spans, report.indexes, shown)
        writer.store.seal()

    with (
        open_writer(settings.warehouse, "reconcile", shown.say) as writer,
        runs.record(writer.state, "reconcile", report.indexes),
    ):
        try:
            with interruptible():
                work(writer)
        except (KeyboardInterrupt, SourceError):
            writer.publish_if_behind()
            raise
        finally:
            shown.finish()
        report.indexes.snapshot = writer.publish_if_behind()


def _lacking(settings: Settings, state: Engine, report: ReconcileReport) -> set[date]:
    """The days that are kept complete and lack something that is not given up."""
    given_up = [one.accession for one in Failures(state).all().values() if one.is_given_up]
    found: set[date] = set()
    with look_beside(settings.warehouse, state) as look:
        for each in report.followed:
            if look is None:
                break
            with suppress(UsageError):  # a ticker that nobody has any more: it is told when there is something to fetch
                for span in each.spans:
                    found |= lacking(look, span, each.selection, given_up)
    return found


def _to_fetch(settings: Settings, state: Engine, report: ReconcileReport) -> Iterator[tuple[Selection, Span]]:
    """The selections of which something is to be fetched, each with the days from the first to the last of it."""
    costs, failures = Costs(settings.requests_per_second, learned(state)), Failures(state)
    with look_beside(settings.warehouse, state) as look:
        for each in report.followed:
            if look is None:
                break
            try:
                asked = ask(look.connection, each.selection)
            except UsageError as error:
                report.failed.append((", ".join(each.selection.tickers), error.message))
                continue
            for span in each.spans:
                made = plans.plan(look, span, asked, costs, failures.all().values(), failures.rechecks())
                if days := [one.day for one in made.days if one.route or one.put_off]:
                    yield each.selection, Span(days[0], days[-1])
