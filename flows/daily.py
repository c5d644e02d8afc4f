"""The flow `daily`: what EDGAR lists and is not here, from the first day that is not complete until today."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from prefect import flow, get_client, get_run_logger, runtime, task
from prefect.artifacts import create_table_artifact
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import State
from prefect.states import Completed

from filings.command.backfill_summary import last_line
from filings.pipeline import daily as pipeline
from filings.pipeline.window import Window
from filings.service.in_flow import RETRIES, is_transient, progress_to, settings_of, span_name, then
from filings.service.living import living


@task(
    name="fetch and load",
    persist_result=False,
    cache_policy=NO_CACHE,
    retries=len(RETRIES),
    retry_delay_seconds=RETRIES,
    retry_condition_fn=is_transient,
)
def load(warehouse: str | None) -> tuple[str, bool]:
    """The days from the first that is not complete until today; gives the last line of the report, and whether all came."""
    log = get_run_logger()
    report = pipeline.daily(settings_of(warehouse), progress=progress_to(log.info), found=_name)
    rows: list[dict[str, Any]] = [one.to_dict() for one in report.days]
    if rows:
        create_table_artifact(key="daily", table=rows, description=last_line(report))
    for name, why in report.index_failed:
        log.warning("%s did not come: %s", name, why)
    for one in report.days:
        if one.trouble:
            log.warning("%s could not be finished: %s", one.day, one.trouble)
    for failure in (*report.pending.values(), *report.given_up.values()):
        log.warning("%s did not come, %s times: %s", failure.accession, failure.attempts, failure.reason)
    return last_line(report), report.is_clean


def _name(days: Window) -> None:
    """The run is named by the days that it looks at, not by the time for which it was planned."""
    if run_id := runtime.flow_run.id:
        with suppress(Exception), get_client(sync_client=True) as client:  # a name is worth no failure
            client.update_flow_run(run_id, name=span_name("daily", days.span.first, days.span.last))


@flow(name="daily", persist_result=False, flow_run_name="daily", timeout_seconds=20 * 3600)
def daily(warehouse: str | None = None) -> State[None]:
    """Fetch and load what EDGAR lists and is not here, from the first day that is not complete until today.

    Which forms and companies: the settings `forms` and `companies` of the warehouse.

    Args:
        warehouse: The folder of the warehouse; empty: that of `filings up`.
    """
    with living(settings_of(warehouse).warehouse, runtime.flow_run.id):
        line, is_clean = load(warehouse)
    then("verify", runtime.deployment.id, get_run_logger().warning, scope="new")
    return Completed(name="Completed" if is_clean else "Incomplete", message=line)
