"""The flow `rebuild`: the database made again from the raw bytes."""

from __future__ import annotations

from prefect import flow, get_run_logger, runtime, task
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import State
from prefect.states import Completed

from filings.command.summary import last_line
from filings.pipeline import rebuild as pipeline
from filings.service.in_flow import progress_to, settings_of
from filings.service.living import living


@task(name="load", persist_result=False, cache_policy=NO_CACHE)
def load(warehouse: str | None) -> str:
    """Load every file again; gives the last line of the report."""
    log = get_run_logger()
    return last_line(pipeline.rebuild(settings_of(warehouse).warehouse, progress=progress_to(log.info)))


@flow(name="rebuild", persist_result=False, flow_run_name="rebuild", timeout_seconds=48 * 3600)
def rebuild(warehouse: str | None = None) -> State[None]:
    """Make the database again from the raw bytes that the warehouse keeps, beside the old one, and swap at the end.

    Args:
        warehouse: The folder of the warehouse; empty: that of `filings up`.
    """
    with living(settings_of(warehouse).warehouse, runtime.flow_run.id):
        line = load(warehouse)
    return Completed(message=line)
