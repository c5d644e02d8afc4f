"""`filings index`, `completeness` and `company`: what EDGAR has, whether all of it is here, and who files it."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from filings.command.options import Cik, End, Form, Format, Quiet, Start, SureStart, Ticker, Warehouse, settings_of
from filings.command.parameters import Command
from filings.command.terminal import SOMETHING_TO_LOOK_AT, exact_text, look_of, progress_for, writable

if TYPE_CHECKING:
    from filings.pipeline.asking import IndexReport
    from filings.query.compiled import duckdb
    from filings.query.completeness import Proof
    from filings.selection import Selection
    from filings.settings import Settings
    from filings.span import Span

_LISTED = 20


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command(
        "index",
        cls=Command,
        short_help="Read which filings there are.",
        epilog="Example: filings index 2024-01 2024-03",
    )(index)
    app.command(
        "completeness",
        cls=Command,
        short_help="Prove that every listed filing is here.",
        epilog="Example: filings completeness 2024 --form 6-K && echo all is here",
    )(completeness)
    app.command(
        "company",
        cls=Command,
        short_help="Find a company's CIK by its name or ticker.",
        epilog="Example: filings company COLT",
    )(company)


def index(
    context: typer.Context,
    start: Start = None,
    end: End = None,
    folder: Annotated[
        Path | None,
        typer.Option(
            "--from",
            metavar="FOLDER",
            help="Read the master indexes in this folder, a mirror of EDGAR's trees, instead of asking EDGAR.",
            show_default=False,
        ),
    ] = None,
    warehouse: Warehouse = None,
    quiet: Quiet = False,
) -> None:
    """Read EDGAR's indexes of some days, and today's tickers; ends with 3 when one gave no right answer.

    Needs FILINGS_USER_NAME and FILINGS_USER_EMAIL, or these two in settings.toml, unless the indexes come from a folder.
    """
    from filings.errors import UsageError
    from filings.pipeline.index_runs import index as run
    from filings.pipeline.index_runs import index_files
    from filings.span import span

    settings = settings_of(context, warehouse=warehouse, quiet=quiet)
    shown = progress_for(settings)
    days = span(start, end) if start is not None else None
    if folder is not None:
        if not folder.is_dir():
            raise UsageError(f"{folder} is no folder.")
        report = index_files(settings.warehouse, folder, days, progress=shown)
    elif days is not None:
        report = run(settings, days, progress=shown)
    else:
        raise UsageError("There is no day to begin with.", "Example: filings index 2024-01 2024-03")
    _tell(report, settings)


def _tell(report: IndexReport, settings: Settings) -> None:
    from filings.pipeline.progress import amount, duration
    from filings.query.grid import visible

    if not settings.quiet:
        for name, why in report.failed[:_LISTED]:
            print(f"{visible(name)}: {visible(why)}")
        if len(report.failed) > _LISTED:
            print(f"… and {len(report.failed) - _LISTED:,} more")
        for name, count, first in report.unread[:_LISTED]:
            print(f"{visible(name)}: {count:,} lines are no rows, the first: {visible(first)[:80]}")
        taken = report.taken
        parts = [
            f"{report.asked:,} read",
            f"{taken.readings:,} new or changed",
            f"{taken.new:,} lines new",
            f"{taken.gone:,} lines gone",
            *([f"{report.absent:,} not there"] if report.absent else []),
            *([f"{len(report.failed):,} failed"] if report.failed else []),
            *([f"{len(report.passed_over):,} files passed over"] if report.passed_over else []),
        ]
        stays = "; nothing new, the snapshot stays." if report.snapshot is None else f"; snapshot {report.snapshot}."
        print(f"{', '.join(parts)}; {amount(report.bytes, 'bytes')} in {duration(report.seconds)}{stays}")
    if report.failed:
        raise typer.Exit(SOMETHING_TO_LOOK_AT)


def completeness(
    context: typer.Context,
    start: SureStart,
    end: End = None,
    form: Form = None,
    cik: Cik = None,
    ticker: Ticker = None,
    html: Annotated[
        str | None,
        typer.Option(
            "--html",
            metavar="FILE",
            help="Write a page to show to others: one file of HTML that needs no network; - is standard output.",
            show_default=False,
        ),
    ] = None,
    format: Format = None,
    warehouse: Warehouse = None,
    quiet: Quiet = False,
) -> None:
    """Hold what is here against EDGAR's indexes, day by day; ends with 3 when something is not here.

    A calendar for people; --format csv or json for programs, a row a day; --html for a page. A day whose index was not read
    is never complete.
    """
    from filings.errors import UsageError
    from filings.query.completeness import as_rows, calendar, last_line, prove
    from filings.query.connect import connect
    from filings.selection import selection
    from filings.span import span

    settings = settings_of(context, warehouse=warehouse, quiet=quiet)
    days, wanted = span(start, end), selection(form or (), cik or (), ticker or ())
    if html is not None and format is not None:
        raise UsageError("--html and --format are two answers.", "Ask for one after the other.")
    if html not in (None, "-"):
        writable(Path(html))
    with connect(settings.warehouse, threads=settings.threads, memory_limit=settings.memory_limit) as connection:
        proof = prove(connection, days, wanted) if html is None else _page(connection, days, wanted, html)
    stream = exact_text()
    if html is not None:
        print(last_line(proof), file=sys.stderr if html == "-" else stream)
    elif format is not None:
        _write(as_rows(proof), format)
    elif settings.quiet:
        print(last_line(proof), file=stream)
    else:
        for line in calendar(proof, look_of(stream)):
            print(line, file=stream)
    if not proof.is_green:
        raise typer.Exit(SOMETHING_TO_LOOK_AT)


def _page(connection: duckdb.DuckDBPyConnection, days: Span, wanted: Selection, place: str) -> Proof:
    """Write the page to a file, or to standard output."""
    from filings.query.completeness_page.questions import ask
    from filings.query.completeness_page.render import render, write

    findings = ask(connection, days, wanted)
    if place == "-":
        exact_text().write(render(findings))
    else:
        write(render(findings), Path(place))
    return findings.proof


def company(
    context: typer.Context,
    words: Annotated[
        list[str],
        typer.Argument(metavar="WORDS...", help="A name or a part of it, a ticker, or a CIK.", show_default=False),
    ],
    update: Annotated[
        bool,
        typer.Option(
            "--update", help="First ask EDGAR for the data of what is found, former names too.", show_default=False
        ),
    ] = False,
    format: Format = None,
    warehouse: Warehouse = None,
    quiet: Quiet = False,
) -> None:
    """Find a company's CIK by its name, a former name or its ticker, the likeliest first."""
    from filings.query.company import find
    from filings.query.connect import connect

    settings = settings_of(context, warehouse=warehouse, quiet=quiet)
    with connect(settings.warehouse) as connection:
        found = find(connection, words)
    if update:
        from filings.pipeline.index_runs import companies

        report = companies(settings, [str(row[0]) for row in found.rows][:_LISTED], progress=progress_for(settings))
        for name, why in report.failed:
            print(f"{name}: {why}", file=sys.stderr)
        with connect(settings.warehouse) as connection:
            found = find(connection, words)
    _write(found, format)


def _write(answer: object, form: str | None) -> None:
    from filings.errors import UsageError
    from filings.query.formats import write

    if form == "parquet":
        raise UsageError("This list is not written as Parquet.", "Use csv, json, jsonl or markdown.")
    stream = exact_text()
    write(answer, stream, form or "table", look_of(stream))  # type: ignore[arg-type]
