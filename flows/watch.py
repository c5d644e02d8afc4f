"""The flow `watch`: one long run a weekday that looks at the feed of latest filings until 23:00 in New York.

A task for each hour, so that the pages show how far it is; a filing is never a task. Artifact: `watch`, a row an hour.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from prefect import flow, get_run_logger, runtime, task
from prefect.artifacts import create_table_artifact
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import State
from prefect.states import Completed

from filings.command.watch_summary import as_row, last_line, together
from filings.pipeline import hours
from filings.pipeline import watch as pipeline
from filings.service.in_flow import RETRIES, is_transient, ours, progress_to, settings_of, then
from filings.service.living import living


@task(
    persist_result=False,
    cache_policy=NO_CACHE,
    task_run_name="{name}",
    retries=len(RETRIES),
    retry_delay_seconds=RETRIES,
    retry_condition_fn=is_transient,
)
def look(name: str, end: str, every: float, warehouse: str | None) -> dict[str, Any]:
    """Watch until `end`, an instant in ISO 8601; gives the numbers of the report. `name` is for people."""
    log = ours(get_run_logger())
    report = pipeline.watch(
        settings_of(warehouse), datetime.fromisoformat(end), every=every, progress=progress_to(log.info)
    )
    log.info(last_line(report))
    return {"hour": name, **report.to_dict()}


_EARLY = timedelta(minutes=5)
"""So much before EDGAR opens a run goes on: Prefect may begin one a moment before its time."""


def _name() -> str:
    return f"watch {hours.day_of(datetime.now(UTC))}"


@flow(name="watch", persist_result=False, flow_run_name=_name, timeout_seconds=30 * 86400)
def watch(until: str | None = None, every: float = 15.0, warehouse: str | None = None) -> State[None]:
    """Load filings as they come, by the feed of latest filings, from EDGAR's opening to 23:00.

    Which forms and companies: the settings `forms` and `companies` of the warehouse. Outside of EDGAR's hours, on a weekday
    from 06:00 to 23:00 in New York, it ends at once, unless it is told until when.

    Args:
        until: When to end, by New York's clock, as 18:30 or 2026-11-27T18:30; empty: at 23:00.
        every: Seconds from one look at the feed to the next.
        warehouse: The folder of the warehouse; empty: that of `filings up`.
    """
    now = datetime.now(UTC)
    if not until and not (hours.is_open(now) or hours.is_open(now + _EARLY)):
        return Completed(message="EDGAR is closed: a watch runs on weekdays from 06:00 to 23:00 in New York.")
    end = hours.until(until, now) if until else hours.closing(now)
    every = hours.every(every)
    reports: list[dict[str, Any]] = []
    with living(settings_of(warehouse).warehouse, runtime.flow_run.id):
        for first, last in hours.stretches(now, end):
            reports.append(look(hours.stretch_name(first, last), last.isoformat(), every, warehouse))
    line, is_clean = together(reports)
    create_table_artifact([as_row(each) for each in reports], key="watch", description=line)
    then("verify", runtime.deployment.id, get_run_logger().warning, scope="new")
    return Completed(name="Completed" if is_clean else "Incomplete", message=line)
