"""The flow `companies`: company data and tickers read again."""

from __future__ import annotations

from prefect import flow, get_run_logger, runtime, task
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import State
from prefect.states import Completed

from filings.pipeline import index_runs as pipeline
from filings.selection import selection
from filings.service.in_flow import RETRIES, is_transient, progress_to, settings_of
from filings.service.living import living


@task(
    name="read",
    persist_result=False,
    cache_policy=NO_CACHE,
    retries=len(RETRIES),
    retry_delay_seconds=RETRIES,
    retry_condition_fn=is_transient,
)
def read(ciks: list[str], warehouse: str | None) -> tuple[str, bool]:
    """The ticker files and the pages of companies; gives the report in a line, and whether all answered."""
    log = get_run_logger()
    chosen = selection((), ciks).ciks
    report = pipeline.followed(settings_of(warehouse), chosen, progress=progress_to(log.info))
    for name, why in report.failed:
        log.warning("%s gave no right answer: %s", name, why)
    line = f"{report.asked} asked for, {report.taken.readings} with something new, {len(report.failed)} without answer"
    return line, not report.failed


@flow(name="companies", persist_result=False, flow_run_name="companies", timeout_seconds=20 * 3600)
def companies(ciks: list[str] | None = None, warehouse: str | None = None) -> State[None]:
    """Read the ticker files of today, and the pages of some companies.

    Args:
        ciks: Companies by CIK; empty: those of the setting `companies`.
        warehouse: The folder of the warehouse; empty: that of `filings up`.
    """
    with living(settings_of(warehouse).warehouse, runtime.flow_run.id):
        line, is_clean = read(ciks or [], warehouse)
    return Completed(name="Completed" if is_clean else "Incomplete", message=line)
