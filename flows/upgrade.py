"""The flow `upgrade`: what older versions of filings loaded, read again."""

from __future__ import annotations

from prefect import flow, get_run_logger, runtime, task
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import State
from prefect.states import Completed

from filings.command.summary import last_line
from filings.pipeline import upgrade as pipeline
from filings.service.in_flow import progress_to, settings_of
from filings.service.living import living


@task(name="load", persist_result=False, cache_policy=NO_CACHE)
def load(warehouse: str | None) -> str:
    """Read them again; gives the last line of the report."""
    log = get_run_logger()
    return last_line(pipeline.upgrade(settings_of(warehouse).warehouse, progress=progress_to(log.info)))


@flow(name="upgrade", persist_result=False, flow_run_name="upgrade", timeout_seconds=48 * 3600)
def upgrade(warehouse: str | None = None) -> State[None]:
    """Read again, from the raw bytes, the filings that older versions of filings loaded; the rest is left alone.

    Args:
        warehouse: The folder of the warehouse; empty: that of `filings up`.
    """
    with living(settings_of(warehouse).warehouse, runtime.flow_run.id):
        line = load(warehouse)
    return Completed(message=line)
