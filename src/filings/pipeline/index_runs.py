"""The runs of `filings index` and `filings company --update`: read, take in, publish, under the writer's lock."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from filings.disk import disk, interruptible
from filings.fetch.client import Client
from filings.pipeline import runs
from filings.pipeline.asking import IndexReport
from filings.pipeline.companies import read_companies, read_tickers
from filings.pipeline.indexes import read_index_files, read_indexes
from filings.pipeline.loading import Tally, load_leftovers
from filings.pipeline.progress import Progress, Silent
from filings.pipeline.report import Report
from filings.pipeline.warehouse import Writer, open_writer, spool
from filings.query.company import with_ticker
from filings.selection import kept
from filings.settings import Settings
from filings.span import Span


def index(settings: Settings, span: Span, *, progress: Progress | None = None) -> IndexReport:
    """Read the indexes of a span and today's ticker files from EDGAR, and publish.

    Ctrl-C, or an error that stops everything, keeps and publishes what was taken in. Raises UsageError, SourceError,
    StoreError, LoadError.
    """
    shown = progress or Silent()

    def work(writer: Writer, client: Client, report: IndexReport) -> None:
        read_indexes(writer, client, span, report=report, progress=shown)
        read_tickers(writer, client, report=report, progress=shown)

    with _client(settings, shown) as client:
        return _run(settings.warehouse, "index", shown, lambda writer, report: work(writer, client, report))


def index_files(
    warehouse: Path, folder: Path, span: Span | None = None, *, progress: Progress | None = None
) -> IndexReport:
    """Read the master indexes in a folder, those of a span or all, and publish. Raises StoreError, LoadError."""
    shown = progress or Silent()
    return _run(
        warehouse,
        "index",
        shown,
        lambda writer, report: read_index_files(writer, folder, span, report=report, progress=shown),
    )


def companies(settings: Settings, ciks: Sequence[str], *, progress: Progress | None = None) -> IndexReport:
    """Read the company data of these CIKs from EDGAR, and publish. Raises as `index`."""
    shown = progress or Silent()
    with _client(settings, shown) as client:
        return _run(
            settings.warehouse,
            "company",
            shown,
            lambda writer, report: read_companies(writer, client, ciks, report=report, progress=shown),
        )


def followed(settings: Settings, ciks: Sequence[str] = (), *, progress: Progress | None = None) -> IndexReport:
    """Read today's ticker files, and the company data of these CIKs, or of the companies of the settings; and publish.

    A ticker of the settings that nobody has any more is passed over. Raises as `index`.
    """
    shown = progress or Silent()
    chosen = kept(settings.forms, settings.companies)

    def work(writer: Writer, client: Client, report: IndexReport) -> None:
        read_tickers(writer, client, report=report, progress=shown)
        connection = writer.database.connection
        having = {cik for ticker in chosen.tickers for cik in with_ticker(connection, ticker)}
        wanted = ciks or sorted({*chosen.ciks, *having})
        read_companies(writer, client, wanted, report=report, progress=shown)

    with _client(settings, shown) as client:
        return _run(settings.warehouse, "companies", shown, lambda writer, report: work(writer, client, report))


def _client(settings: Settings, shown: Progress) -> Client:
    """Made before the lock is asked for: whoever forgot name and e-mail need not wait for it."""
    with disk("making the warehouse's folder"):
        settings.warehouse.mkdir(parents=True, exist_ok=True)
    return Client(settings, spool=spool(settings.warehouse), tell=shown.say)


def _run(warehouse: Path, kind: str, shown: Progress, work: Callable[[Writer, IndexReport], object]) -> IndexReport:
    report = IndexReport()
    with open_writer(warehouse, kind, shown.say) as writer, runs.record(writer.state, kind, report):
        try:
            with interruptible():
                load_leftovers(writer, Tally(Report()), shown)
                work(writer, report)
                writer.store.seal()  # only now: a sealed pack says that all its records are loaded
        finally:
            shown.finish()
            report.snapshot = writer.publish_if_behind()
    return report
