"""The flow `ingest`: files and folders into a warehouse, seen and steered by Prefect.

    python flows/ingest.py PATH... [--warehouse DIR]

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
from filings.pipeline import ingest as pipeline
from filings.pipeline.report import Report
from filings.settings import Settings


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


@flow(name="ingest", persist_result=False)
def ingest(
    paths: list[str], warehouse: str = "warehouse", trust_names: bool = False, form: str | None = None
) -> dict[str, Any]:
    """Keep and load every file of the paths, each filing exactly once, and publish a snapshot."""
    return load(paths, warehouse, trust_names, form)


if __name__ == "__main__":
    sys.exit(
        run(
            lambda: Report(**ingest(ASKED.paths, ASKED.warehouse, ASKED.trust_names, ASKED.form)),
            ASKED.warehouse,
        )
    )
