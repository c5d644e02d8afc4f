"""Who files: ticker files as dated snapshots, and company data with its continuations for the CIKs that are asked for."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator

from filings.fetch.addresses import address
from filings.fetch.client import Client
from filings.fetch.company import read_company
from filings.load.readings import Reading
from filings.pipeline.asking import Asking, IndexReport
from filings.pipeline.progress import Progress, Silent
from filings.pipeline.warehouse import Writer

TICKER_FILES = ("tickers_by_exchange", "tickers_of_funds")
"""The files that are read. `company_tickers.json` holds the first one's tickers without their exchanges."""


def read_tickers(
    writer: Writer, client: Client, *, report: IndexReport | None = None, progress: Progress | None = None
) -> IndexReport:
    """Read the ticker files of today; what is as it was writes nothing. Counts into `report`; raises as `read_indexes`."""
    return _take(writer, client, report, progress, _tickers)


def read_companies(
    writer: Writer,
    client: Client,
    ciks: Iterable[str],
    *,
    report: IndexReport | None = None,
    progress: Progress | None = None,
) -> IndexReport:
    """Read the company data of these CIKs, each with the older parts of its history. Counts into `report`; raises as
    `read_indexes`."""
    wanted = list(ciks)
    return _take(writer, client, report, progress, lambda asking: _companies(asking, wanted))


def _take(
    writer: Writer,
    client: Client,
    report: IndexReport | None,
    progress: Progress | None,
    readings: Callable[[Asking], Iterator[Reading]],
) -> IndexReport:
    report = report or IndexReport()
    shown = progress or Silent()
    began = time.monotonic()
    shown.start("read company data", None, "answers")
    try:
        asking = Asking(writer, client, report, shown)
        report.taken.add(writer.readings.take(readings(asking)))
    finally:
        shown.finish()
        report.seconds += time.monotonic() - began
    return report


def _tickers(asking: Asking) -> Iterator[Reading]:
    for place in TICKER_FILES:
        if reading := asking.ask(address(place), "ticker_file").reading:
            yield reading


def _companies(asking: Asking, ciks: Iterable[str]) -> Iterator[Reading]:
    for cik in ciks:
        asked = asking.ask(address("company", cik=cik), "company_json")
        if asked.reading:
            yield asked.reading
        for name in read_company(asked.body).parts if asked.body else ():
            if reading := asking.ask(address("company_part", name=name), "company_json").reading:
                yield reading
