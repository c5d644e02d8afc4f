"""The flow `backfill`: what EDGAR lists of some days and is not here, fetched and loaded, seen and steered by Prefect.

    python flows/backfill.py START [END] [--form FORM]... [--cik CIK]... [--route ROUTE] [--warehouse DIR]

runs it with a Prefect of its own; where PREFECT_API_URL names a server, with that one. The database is the same as `filings
backfill` makes: index and ledger alone decide what is left to do, so a run may be stopped and started as one likes, also
beside the command. Artifacts: `backfill-progress`, `backfill-days` (a row a day), `backfill-report`. What each month
brought stands in the log of the run.
"""

from __future__ import annotations

import sys
from typing import Any, Literal
from uuid import UUID

from filings.command.flow import backfill_arguments, prefect_alone, run_backfill

if __name__ == "__main__":
    ASKED = backfill_arguments()
    prefect_alone(ASKED.warehouse)  # before Prefect is imported: it reads its settings then

from prefect import flow, get_run_logger, runtime, task
from prefect.artifacts import (
    Artifact,
    create_markdown_artifact,
    create_progress_artifact,
    create_table_artifact,
    update_progress_artifact,
)
from prefect.cache_policies import NO_CACHE
from prefect.states import Completed

from filings.command.terminal import progress_for
from filings.pipeline import backfill as pipeline
from filings.pipeline.backfill_parts import Months, days_table, in_a_line, is_clean, markdown, months
from filings.pipeline.plan import Route
from filings.selection import selection
from filings.service.handover import REPORT
from filings.service.in_flow import RETRIES, DayByDay, backfill_name, is_transient, ours, progress_to, settings_of
from filings.service.living import living
from filings.service.news import in_our_words
from filings.settings import Settings
from filings.span import Span, span


@task(
    persist_result=False,
    cache_policy=NO_CACHE,
    task_run_name="{start} to {end}",
    retries=len(RETRIES),
    retry_delay_seconds=RETRIES,
    retry_condition_fn=is_transient,
)
def fetch(
    start: str, end: str, warehouse: str | None, asked: dict[str, Any], shown: tuple[str | None, float, float]
) -> dict[str, Any]:
    """One run of the pipeline over a part of the span; gives the numbers of its report. `shown`: the progress artifact, and
    from which percent of it to which."""
    (artifact, *share), log = shown, ours(get_run_logger())
    report = pipeline.backfill(
        settings_of(warehouse),
        span(start, end),
        selection(asked["forms"], asked["ciks"], asked["tickers"], amendments=asked["amendments"]),
        pipeline.Options(Route(asked["route"]), asked["limit"], asked["again"]),
        progress=progress_to(log.info) if runtime.deployment.id else progress_for(Settings()),
        each_day=DayByDay(lambda percent: _show(artifact, percent), *share, log.warning),
    )
    log.info(in_a_line(report.to_dict()))
    return report.to_dict()


def _show(artifact: str | None, percent: float) -> None:
    if artifact:
        update_progress_artifact(UUID(artifact), percent)


def _by_months(whole: Span, warehouse: str | None, asked: dict[str, Any]) -> dict[str, Any]:
    parts = months(whole)
    progress = create_progress_artifact(0.0, key="backfill-progress", description=f"Backfill of {whole}")
    artifact, done = str(progress) if isinstance(progress, UUID) else None, Months(asked)
    for number, part in enumerate(parts, 1):
        share = (100.0 * (number - 1) / len(parts), 100.0 * number / len(parts))
        state = fetch(str(part.first), str(part.last), warehouse, done.asked, (artifact, *share), return_state=True)
        done.add(part, state.result(raise_on_failure=False), in_our_words(state.message) or str(state.name))
        _show(artifact, share[1])
    report = done.report()
    create_table_artifact(days_table(report), key="backfill-days", description=f"The days of {whole}")
    Artifact(type=REPORT, data=report).create()
    create_markdown_artifact(markdown(report, str(whole)), key="backfill-report", description=f"Report of {whole}")
    return report


@flow(
    name="backfill",
    persist_result=False,
    flow_run_name=lambda: backfill_name(runtime.flow_run.parameters),
    timeout_seconds=30 * 86400,
)
def backfill(
    start: str,
    end: str | None = None,
    warehouse: str | None = None,
    forms: list[str] | None = None,
    ciks: list[str] | None = None,
    tickers: list[str] | None = None,
    amendments: bool = True,
    route: Literal["auto", "filings", "archive"] = "auto",
    limit: int | None = None,
    again: bool = False,
) -> Any:
    """Fetch and load what is missing, a task a month; a month that fails leaves the others alone, and is told.

    Gives one report of all, a `dict[str, Any]`. The run's state is called Incomplete where something of it did not come.

    Args:
        start: The first day, or a month, quarter or year, as 2024-01-02, 2024-01, 2024-Q1, 2024.
        end: The last one, written alike; empty: start alone.
        warehouse: The folder of the warehouse; empty: that of `filings up`.
        forms: Forms, as 6-K, or 424B* for all that begin so; empty: all.
        ciks: Companies by their numbers; empty: all.
        tickers: Companies by their tickers, beside those.
        amendments: Amendments of these forms, too.
        route: filings asks for them one by one, archive takes them out of each day's archive, auto whichever costs less.
        limit: Fetch at most so many filings; empty: all.
        again: Ask at once for all that failed before, given up or not.
    """
    asked: dict[str, Any] = {"forms": forms or [], "ciks": ciks or [], "tickers": tickers or []}
    asked |= {"amendments": amendments, "route": str(Route(route)), "limit": limit, "again": again}
    with living(settings_of(warehouse).warehouse, runtime.flow_run.id):
        report = _by_months(span(start, end), warehouse, asked)
    return Completed(name="Completed" if is_clean(report) else "Incomplete", message=in_a_line(report), data=report)


if __name__ == "__main__":
    sys.exit(
        run_backfill(
            lambda: backfill(
                *(ASKED.start, ASKED.end, ASKED.warehouse, ASKED.form, ASKED.cik, ASKED.ticker),
                amendments=not ASKED.no_amendments,
                route=ASKED.route,
            ),
            str(span(ASKED.start, ASKED.end)),
        )
    )
