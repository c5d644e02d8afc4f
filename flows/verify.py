"""The flow `verify`: every byte and every count checked, and the page of completeness made anew."""

from __future__ import annotations

from typing import Literal

from prefect import flow, get_run_logger, runtime, task
from prefect.artifacts import create_markdown_artifact, create_table_artifact
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import State
from prefect.states import Completed, Failed

from filings.errors import FilingsError
from filings.pipeline import verify as pipeline
from filings.pipeline.pages import completeness_page
from filings.pipeline.verified import Scope
from filings.service.in_flow import progress_to, settings_of
from filings.service.living import living

_LISTED = 200


@task(name="check", persist_result=False, cache_policy=NO_CACHE)
def check(scope: str, warehouse: str | None) -> int:
    """Gives how many things do not agree; the first of them are in the artifact."""
    log = get_run_logger()
    found = pipeline.verify(settings_of(warehouse).warehouse, Scope(scope), progress=progress_to(log.info))
    for one in found[:_LISTED]:
        log.error("%s, %s: %s", one.what, one.where, one.detail)
    rows = [{"what": one.what, "where": one.where, "detail": one.detail} for one in found[:_LISTED]]
    if rows:
        create_table_artifact(key="verify", table=rows, description=f"{len(found)} to look at")
    return len(found)


@task(name="page", persist_result=False, cache_policy=NO_CACHE)
def page(warehouse: str | None) -> None:
    """The page of completeness, made anew; its place and its answer are in the log and in an artifact."""
    log = get_run_logger()
    try:
        made = completeness_page(settings_of(warehouse))
    except FilingsError as error:  # the page is no part of what is verified
        log.warning("The page of completeness could not be made: %s", error)
        return
    if made is None:
        log.info("No daily index of the last 366 days was read, so there is no page of completeness to make.")
        return
    log.info("The page %s: %s", made.path, made.answer)
    create_markdown_artifact(
        f"{made.answer}\n\nThe page: `{made.path}`\n", key="completeness", description=str(made.span)
    )


@flow(name="verify", persist_result=False, flow_run_name="verify {scope}", timeout_seconds=24 * 3600)
def verify(scope: Literal["all", "new"] = "all", warehouse: str | None = None) -> State[None]:
    """Read every byte of the raw store and compare the database with it; the run fails when something does not agree.

    Then the page of completeness is made anew: `pages/completeness.html` in the warehouse.

    Args:
        scope: all, or new: only what came since the last verify that found nothing.
        warehouse: The folder of the warehouse; empty: that of `filings up`.
    """
    with living(settings_of(warehouse).warehouse, runtime.flow_run.id):
        count = check(scope, warehouse)
        page(warehouse)
    if count:
        return Failed(message=f"{count} to look at: see the log of this run, and `filings verify`.")
    return Completed(message="All agrees.")
