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

from prefect import flow, task
from prefect.cache_policies import NO_CACHE

from filings.command.terminal import progress_for
from filings.pipeline import backfill as fetching
from filings.pipeline import ingest as pipeline
from filings.pipeline.report import Report
from filings.selection import selection
from filings.settings import Settings, settle
from filings.span import span


@task(persist_result=False, cache_policy=NO_CACHE)
def load(paths: list[str], warehouse: str, trust_names: bool, form: str | None) -> dict[str, Any]:
    """One run of the pipeline over the paths; gives the numbers of its report."""
    report = pipeline.ingest(
        Path(warehouse),
        [Path(path) for path in paths],
        trust_names=trust_names,
        form=form,
        progress=progress_for(Settings()),
    )
    return report.to_dict()


@task(persist_result=False, cache_policy=NO_CACHE)
def fetch(day: str, warehouse: str, form: str | None) -> dict[str, Any]:
    """One backfill of a day; gives the numbers of what it loaded."""
    settings, wanted = settle({"warehouse": warehouse}), selection([form] if form else ())
    report = fetching.backfill(settings, span(day), wanted, progress=progress_for(Settings()))
    return report.loaded.to_dict()


@flow(name="ingest", persist_result=False)
def ingest(
    paths: list[str] | None = None,
    warehouse: str = "warehouse",
    trust_names: bool = False,
    form: str | None = None,
    day: str | None = None,
) -> dict[str, Any]:
    """Keep and load every file of the paths, or what EDGAR lists for a day (`form`: of this form alone), each filing
    exactly once, and publish a snapshot."""
    return fetch(day, warehouse, form) if day else load(paths or [], warehouse, trust_names, form)


if __name__ == "__main__":
    sys.exit(
        run(
            lambda: Report(**ingest(ASKED.paths, ASKED.warehouse, ASKED.trust_names, ASKED.form, ASKED.day)),
            ASKED.warehouse,
        )
    )
