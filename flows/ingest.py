"""The flow `ingest`: files and folders, or what EDGAR lists for a day, into a warehouse, seen and steered by Prefect.

    python flows/ingest.py PATH... [--warehouse DIR]
    python flows/ingest.py --day 2024-01-02 [--form FORM] [--warehouse DIR]

runs it with a Prefect of its own, whose history stays in the warehouse; where PREFECT_API_URL names a server, with that
one. The database is the same as `filings ingest` makes: the ledger alone decides what is left to do.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from filings.command.flow import arguments, prefect_alone, run

if __name__ == "__main__":
    ASKED = arguments()
    prefect_alone(ASKED.warehouse)  # before Prefect is imported: it reads its settings then

from prefect import flow, get_run_logger, runtime, task
from prefect.cache_policies import NO_CACHE

from filings.command.terminal import progress_for
from filings.pipeline import backfill as fetching
from filings.pipeline import ingest as pipeline
from filings.pipeline.progress import Progress
from filings.pipeline.report import Report
from filings.selection import selection
from filings.service.in_flow import RETRIES, is_transient, progress_to, settings_of, span_name
from filings.service.living import living
from filings.settings import Settings
from filings.span import span


def _progress() -> Progress:
    """In the run's log, or where a person runs the file in the terminal."""
    return progress_to(get_run_logger().info) if runtime.deployment.id else progress_for(Settings())


@task(persist_result=False, cache_policy=NO_CACHE)
def load(paths: list[str], warehouse: str | None, trust_names: bool, form: str | None) -> dict[str, Any]:
    """One run of the pipeline over the paths; gives the numbers of its report."""
    report = pipeline.ingest(
        settings_of(warehouse).warehouse,
        [Path(path) for path in paths],
        trust_names=trust_names,
        form=form,
        progress=_progress(),
    )
    return report.to_dict()


@task(
    persist_result=False,
    cache_policy=NO_CACHE,
    retries=len(RETRIES),
    retry_delay_seconds=RETRIES,
    retry_condition_fn=is_transient,
)
def fetch(day: str, warehouse: str | None, form: str | None) -> dict[str, Any]:
    """One backfill of a day; gives the numbers of what it loaded."""
    wanted = selection([form] if form else ())
    report = fetching.backfill(settings_of(warehouse), span(day), wanted, progress=_progress())
    return report.loaded.to_dict()


def _name() -> str:
    asked = runtime.flow_run.parameters
    names = ", ".join(Path(path).name for path in asked.get("paths") or [])
    return span_name("ingest", asked.get("day") or names[:80], None, [asked["form"]] if asked.get("form") else [])


@flow(name="ingest", persist_result=False, flow_run_name=_name, timeout_seconds=30 * 86400)
def ingest(
    paths: list[str] | None = None,
    warehouse: str | None = None,
    trust_names: bool = False,
    form: str | None = None,
    day: str | None = None,
) -> dict[str, Any]:
    """Keep and load every file of the paths, or what EDGAR lists for a day (`form`: of this form alone), each filing
    exactly once, and publish a snapshot.

    Args:
        paths: Files, and folders that are read whole, on the machine that runs this.
        warehouse: The folder of the warehouse; empty: that of `filings up`.
        trust_names: Believe the accession number in a file's name where the file has none.
        form: The form of files that do not say theirs, as 6-K; with a day, the form that is wanted.
        day: A day, instead of paths: what EDGAR lists for it, as 2024-01-02.
    """
    with living(settings_of(warehouse).warehouse, runtime.flow_run.id):
        return fetch(day, warehouse, form) if day else load(paths or [], warehouse, trust_names, form)


if __name__ == "__main__":
    sys.exit(
        run(
            lambda: Report(**ingest(ASKED.paths, ASKED.warehouse, ASKED.trust_names, ASKED.form, ASKED.day)),
            ASKED.warehouse,
        )
    )
