"""`filings status`, `quarantine`, `tables` and `dictionary`: what a warehouse holds and what is going on."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from filings.command.options import Format, Plain, Quiet, Warehouse, settings_of
from filings.command.parameters import Command
from filings.command.terminal import exact_text, look_of

if TYPE_CHECKING:
    from filings.query.answer import Answer


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command(
        "status",
        cls=Command,
        short_help="Tell what is there and what is going on.",
        epilog="Example: filings status --format json",
    )(status)
    app.command(
        "quarantine",
        cls=Command,
        short_help="List the filings that are damaged, and why.",
        epilog="Example: filings quarantine --format csv",
    )(quarantine)
    app.command("tables", cls=Command, short_help="List the tables and views.", epilog="Example: filings tables")(
        tables
    )
    app.command(
        "dictionary",
        cls=Command,
        short_help="List the columns and what they mean.",
        epilog="Example: filings dictionary ownership_transaction",
    )(dictionary)


def status(context: typer.Context, form: Plain = "text", warehouse: Warehouse = None, quiet: Quiet = False) -> None:
    """Tell what the warehouse holds and who is writing to it; works while a run is on."""
    import json

    from filings.command.filing import only_text_or_json
    from filings.command.overview import overview
    from filings.pipeline.state import read_status
    from filings.query.catalog import statuses
    from filings.service.home import Home
    from filings.service.status import read_service

    settings = settings_of(context, warehouse=warehouse, quiet=quiet)
    only_text_or_json(form)
    found = {"warehouse": str(settings.warehouse)} | read_status(settings.warehouse)
    found["filings"] = statuses(settings.warehouse)
    found["schedules"] = read_service(Home.of(settings.warehouse))
    if form == "json":
        print(json.dumps(found, ensure_ascii=False, indent=1))
        return
    for line in overview(found, look_of(sys.stdout)):
        print(line)


def quarantine(
    context: typer.Context, format: Format = None, warehouse: Warehouse = None, quiet: Quiet = False
) -> None:
    """List the filings that are damaged: which, why, and where they came from."""
    from filings.query import catalog
    from filings.query.connect import connect

    settings = settings_of(context, warehouse=warehouse, quiet=quiet, format=format)
    with connect(settings.warehouse) as connection:
        if format in (None, "table"):
            stream = exact_text()
            for line in catalog.quarantine_page(connection, look_of(stream)):
                print(line, file=stream)
            return
        _write(catalog.quarantine(connection), format)


def tables(context: typer.Context, format: Format = None, warehouse: Warehouse = None, quiet: Quiet = False) -> None:
    """List the tables and views: how many rows each has, and what a row is."""
    from filings.query import catalog
    from filings.query.connect import connect

    settings = settings_of(context, warehouse=warehouse, quiet=quiet, format=format)
    with connect(settings.warehouse) as connection:
        _write(catalog.tables(connection), format)


def dictionary(
    context: typer.Context,
    table: Annotated[str | None, typer.Argument(metavar="TABLE", help="Only this table.", show_default=False)] = None,
    format: Format = None,
    warehouse: Warehouse = None,
    quiet: Quiet = False,
) -> None:
    """List the columns of the tables: type, meaning, and the place in a filing that the value comes from."""
    from filings.query import catalog
    from filings.query.connect import connect, is_published

    settings = settings_of(context, warehouse=warehouse, quiet=quiet, format=format)
    if not is_published(settings.warehouse):
        _write(catalog.dictionary(None, table), format)
        return
    with connect(settings.warehouse) as connection:
        _write(catalog.dictionary(connection, table), format)


def _write(answer: Answer, form: str | None) -> None:
    """These lists are tables everywhere, unless another format is asked for."""
    from filings.errors import UsageError
    from filings.query.formats import write

    if form == "parquet":
        raise UsageError("This list is not written as Parquet.", "Use csv, json, jsonl or markdown.")
    stream = exact_text()
    write(answer, stream, form or "table", look_of(stream))
