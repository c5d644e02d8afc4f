"""`filings ingest`, `rebuild` and `verify`: what brings filings in and keeps them right."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from filings.command.options import Quiet, Warehouse, settings_of
from filings.command.parameters import Command
from filings.command.terminal import SOMETHING_TO_LOOK_AT, look_of, progress_for
from filings.pipeline.progress import amount, duration

if TYPE_CHECKING:
    from filings.pipeline.report import Report
    from filings.settings import Settings


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command(
        "ingest",
        cls=Command,
        short_help="Load filings from files and folders.",
        epilog="Example: filings ingest downloads/ more/0000320193-24-000012.txt",
    )(ingest)
    app.command(
        "rebuild",
        cls=Command,
        short_help="Make the database again from the raw bytes.",
        epilog="Example: filings rebuild --warehouse copy-of-a-warehouse",
    )(rebuild)
    app.command(
        "upgrade",
        cls=Command,
        short_help="Read again what older versions of filings loaded.",
        epilog="Example: filings upgrade --dry-run",
    )(upgrade)
    app.command(
        "verify",
        cls=Command,
        short_help="Check every byte and every count.",
        epilog="Example: filings verify && echo all is well",
    )(verify)


def ingest(
    context: typer.Context,
    paths: Annotated[
        list[Path],
        typer.Argument(metavar="PATH...", help="Files, and folders that are read whole.", show_default=False),
    ],
    strict: Annotated[
        bool,
        typer.Option(
            "--strict", help="End with 3 when a filing was quarantined or a file refused.", show_default=False
        ),
    ] = False,
    trust_names: Annotated[
        bool,
        typer.Option(
            "--trust-names",
            help="Believe the accession number in a file's name where the file has none.",
            show_default=False,
        ),
    ] = False,
    form: Annotated[
        str | None,
        typer.Option(
            "--form", metavar="FORM", help="The form of files that do not say theirs, as 6-K.", show_default=False
        ),
    ] = None,
    warehouse: Warehouse = None,
    quiet: Quiet = False,
) -> None:
    """Load filings from files and folders; what is there already is left as it is."""
    from filings.pipeline.ingest import ingest as run

    settings = settings_of(context, warehouse=warehouse, quiet=quiet, strict=strict, trust_names=trust_names)
    report = run(
        settings.warehouse,
        paths,
        trust_names=settings.trust_names,
        form=form,
        progress=progress_for(settings),
    )
    _tell(report, settings)
    if settings.strict and (report.quarantined or report.refused):
        raise typer.Exit(SOMETHING_TO_LOOK_AT)


def rebuild(context: typer.Context, warehouse: Warehouse = None, quiet: Quiet = False) -> None:
    """Make the database again from the raw bytes that the warehouse keeps."""
    from filings.pipeline.rebuild import rebuild as run

    settings = settings_of(context, warehouse=warehouse, quiet=quiet)
    _tell(run(settings.warehouse, progress=progress_for(settings)), settings)


def upgrade(
    context: typer.Context,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only tell what would be read again.", show_default=False)
    ] = False,
    warehouse: Warehouse = None,
    quiet: Quiet = False,
) -> None:
    """Read again, from the raw bytes, the filings that older versions of filings loaded; the rest is left alone."""
    from filings.pipeline.upgrade import plan
    from filings.pipeline.upgrade import upgrade as run

    settings = settings_of(context, warehouse=warehouse, quiet=quiet)
    if not dry_run:
        _tell(run(settings.warehouse, progress=progress_for(settings)), settings)
        return
    made = plan(settings.warehouse, progress=progress_for(settings))
    if made.undated:
        print(f"{made.undated:,} filings are dated otherwise by the indexes that are here (available_at)")
    if not made.filings and not made.tables:
        print("Nothing to read again: all of it was loaded by today's readers.")
        return
    for reader, count in sorted(made.readers.items()):
        print(f"{count:,} versions were loaded by another {reader} reader")
    for name in made.tables:
        print(f"table {name} has another shape")
    time = f", about {duration(made.seconds)}" if made.seconds is not None else ""
    print(f"{made.filings:,} filings in {made.files:,} files, {amount(made.bytes, 'bytes')}, to read again{time}.")


def verify(
    context: typer.Context,
    new: Annotated[
        bool,
        typer.Option("--new", help="Only what came since the last verify that found nothing.", show_default=False),
    ] = False,
    warehouse: Warehouse = None,
    quiet: Quiet = False,
) -> None:
    """Read every byte of the raw store and compare the database with it; ends with 3 when something does not agree."""
    from filings.pipeline.verified import Scope
    from filings.pipeline.verify import verify as run
    from filings.query import grid

    settings = settings_of(context, warehouse=warehouse, quiet=quiet)
    findings = run(settings.warehouse, Scope.NEW if new else Scope.ALL, progress=progress_for(settings))
    if not findings:
        if not settings.quiet:
            print("All agrees.")
        return
    rows = ((each.what, each.where, each.detail) for each in findings)
    for line in grid.lines(["what", "where", "detail"], rows, look=look_of(sys.stdout)):
        print(line)
    print(f"{len(findings):,} to look at.")
    raise typer.Exit(SOMETHING_TO_LOOK_AT)


def _tell(report: Report, settings: Settings) -> None:
    from filings.command.summary import summary

    if not settings.quiet:
        for line in summary(report, look_of(sys.stdout)):
            print(line)
