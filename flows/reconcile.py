"""The flow `reconcile`: what EDGAR says now of all that was once complete, and what that brings, fetched and loaded."""

from __future__ import annotations

from typing import Any

from prefect import flow, get_run_logger, runtime, task
from prefect.artifacts import create_table_artifact
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import State
from prefect.states import Completed

from filings.command.reconcile_summary import last_line
from filings.pipeline import reconcile as pipeline
from filings.service.in_flow import RETRIES, is_transient, progress_to, settings_of, then
from filings.service.living import living


@task(
    name="read again and fetch",
    persist_result=False,
    cache_policy=NO_CACHE,
    retries=len(RETRIES),
    retry_delay_seconds=RETRIES,
    retry_condition_fn=is_transient,
)
def read_and_fetch(warehouse: str | None) -> tuple[str, bool]:
    """All quarters, and what they bring; gives the last line of the report, and whether all came."""
    log = get_run_logger()
    report = pipeline.reconcile(settings_of(warehouse), progress=progress_to(log.info))
    rows: list[dict[str, Any]] = [day.to_dict() for part in report.fetched for day in part.days]
    if rows:
        create_table_artifact(key="reconcile", table=rows, description=last_line(report))
    if report.reopened:
        log.info("complete until now, and lacking something: %s", ", ".join(map(str, report.reopened)))
    for name, why in (*report.indexes.failed, *report.failed):
        log.warning("%s: %s", name, why)
    for failure in report.missing.values():
        log.warning("%s did not come, %s times: %s", failure.accession, failure.attempts, failure.reason)
    return last_line(report), report.is_clean


@flow(name="reconcile", persist_result=False, flow_run_name="reconcile", timeout_seconds=20 * 3600)
def reconcile(warehouse: str | None = None) -> State[None]:
    """Read every quarter again, and fetch what that brings of the days that were once complete.

    These are the days, forms and companies that daily runs and backfills were asked for.

    Args:
        warehouse: The folder of the warehouse; empty: that of `filings up`.
    """
    with living(settings_of(warehouse).warehouse, runtime.flow_run.id):
        line, is_clean = read_and_fetch(warehouse)
    then("verify", runtime.deployment.id, get_run_logger().warning, scope="all")
    return Completed(name="Completed" if is_clean else "Incomplete", message=line)
