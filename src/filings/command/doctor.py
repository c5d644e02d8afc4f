"""`filings doctor`: one stage of the reading alone, on any file or filing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from filings.command.filing import FilingId, only_text_or_json
from filings.command.options import Plain, Quiet, Warehouse, settings_of
from filings.command.parameters import Command, Group
from filings.command.terminal import exact_text, look_of

if TYPE_CHECKING:
    from filings.query.doctor_source import Source

Asked = Annotated[
    str,
    typer.Argument(
        metavar="FILE|FILING_ID",
        help="A file, or a filing of the warehouse by its accession number or sha256: and the first digits.",
        show_default=False,
    ),
]


def register(app: typer.Typer) -> None:
    """Add the commands, as a group."""
    doctor = typer.Typer(cls=Group, no_args_is_help=True, rich_markup_mode=None)
    doctor.command(
        "split",
        cls=Command,
        short_help="Show submissions, spans and documents of a file.",
        epilog="Example: filings doctor split filing.txt",
    )(split)
    doctor.command(
        "header",
        cls=Command,
        short_help="Show each label of a header and the column that it fills.",
        epilog="Example: filings doctor header filing.txt",
    )(header)
    doctor.command(
        "cover",
        cls=Command,
        short_help="Show each value of a Form 6-K, its rule and its bytes.",
        epilog="Example: filings doctor cover filing.txt",
    )(cover)
    doctor.command(
        "why",
        cls=Command,
        short_help="Show where a value comes from.",
        epilog="Example: filings doctor why 0000320193-24-000012 filing_party.cik 1",
    )(why)
    app.add_typer(
        doctor,
        name="doctor",
        cls=Group,
        short_help="Show how a file was read, and why a value is what it is.",
        help="Show one stage of the reading alone, on any file or filing, with byte offsets.",
        epilog="Example: filings doctor split filing.txt",
    )


def split(
    context: typer.Context, asked: Asked, form: Plain = "text", warehouse: Warehouse = None, quiet: Quiet = False
) -> None:
    """Show what the envelope reader makes of a file: its submissions, their spans, documents and issues."""
    only_text_or_json(form)
    from filings.query import doctor_split

    stream, found = exact_text(), _sources(context, asked, warehouse, quiet)
    if form == "json":
        print(doctor_split.to_json(found), file=stream)
        return
    for number, source in enumerate(found):
        if number:
            print(file=stream)
        for line in doctor_split.page(source, look_of(stream)):
            print(line, file=stream)


def header(
    context: typer.Context, asked: Asked, form: Plain = "text", warehouse: Warehouse = None, quiet: Quiet = False
) -> None:
    """Show every label of the header of a file: where it stands, its value, and the column that it fills."""
    only_text_or_json(form)
    from filings.query import doctor_header

    stream, found = exact_text(), _sources(context, asked, warehouse, quiet)
    if form == "json":
        print(doctor_header.to_json(found), file=stream)
        return
    for number, source in enumerate(found):
        if number:
            print(file=stream)
        for line in doctor_header.page(source, look_of(stream)):
            print(line, file=stream)


def cover(
    context: typer.Context, asked: Asked, form: Plain = "text", warehouse: Warehouse = None, quiet: Quiet = False
) -> None:
    """Show what the reader of Form 6-K makes of a file: each value, the rule that found it, the bytes that state it."""
    only_text_or_json(form)
    from filings.query import doctor_cover

    stream, found = exact_text(), _sources(context, asked, warehouse, quiet)
    if form == "json":
        print(doctor_cover.to_json(found), file=stream)
        return
    for number, source in enumerate(found):
        if number:
            print(file=stream)
        for line in doctor_cover.page(source, look_of(stream)):
            print(line, file=stream)


def why(
    context: typer.Context,
    filing_id: FilingId,
    column: Annotated[
        str,
        typer.Argument(
            metavar="TABLE.COLUMN", help="The value's column; filings dictionary lists them.", show_default=False
        ),
    ],
    position: Annotated[
        int | None,
        typer.Argument(
            metavar="POSITION", help="Which row, where the table has several of the filing.", show_default=False
        ),
    ] = None,
    warehouse: Warehouse = None,
    quiet: Quiet = False,
) -> None:
    """Show where a value of a filing comes from: its place, the text as filed, the rule, the value that stands."""
    from filings.query import doctor_why
    from filings.query.connect import connect

    settings = settings_of(context, warehouse=warehouse, quiet=quiet)
    stream = exact_text()
    with connect(settings.warehouse) as connection:
        found = doctor_why.explain(connection, settings.warehouse, filing_id, column, position)
    for line in doctor_why.page(found, look_of(stream)):
        print(line, file=stream)


def _sources(context: typer.Context, asked: str, warehouse: Warehouse, quiet: Quiet) -> list[Source]:
    from filings.query.doctor_source import of_file

    if (source := of_file(asked)) is not None:
        return [source]
    from filings.query.doctor_filing import of_filing

    return of_filing(asked, settings_of(context, warehouse=warehouse, quiet=quiet).warehouse)
