"""`filings show`, `text` and `document`: one filing."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from filings.command.options import Output, Plain, Quiet, Warehouse, settings_of
from filings.command.parameters import Command
from filings.command.terminal import exact_text, look_of, replacing

FilingId = Annotated[
    str,
    typer.Argument(
        metavar="FILING_ID",
        help="An accession number, with or without dashes, or sha256: and the first digits.",
        show_default=False,
    ),
]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command(
        "show",
        cls=Command,
        short_help="Show one filing as a person reads it.",
        epilog="Example: filings show 0000320193-24-000012",
    )(show)
    app.command(
        "text",
        cls=Command,
        short_help="Print the text of one filing, or a section of it.",
        epilog="Example: filings text 0000320193-24-000012 2.02",
    )(text)
    app.command(
        "document",
        cls=Command,
        short_help="Give one document, byte for byte, decoded where it is uuencoded.",
        epilog="Example: filings document 0000320193-24-000012 1 --output first.htm",
    )(document)


def show(
    context: typer.Context,
    filing_id: FilingId,
    form: Plain = "text",
    warehouse: Warehouse = None,
    quiet: Quiet = False,
) -> None:
    """Show one filing: its facts, parties, documents and rows, what is odd about it, and where it came from."""
    from filings.query import show as filing
    from filings.query.connect import connect

    settings = settings_of(context, warehouse=warehouse, quiet=quiet)
    only_text_or_json(form)
    with connect(settings.warehouse) as connection:
        shown = filing.read(connection, filing.find(connection, filing_id))
    stream = exact_text()
    if form == "json":
        print(filing.to_json(shown), file=stream)
        return
    from filings.query.page import page

    for line in page(shown, look_of(stream)):
        print(line, file=stream)


def text(
    context: typer.Context,
    filing_id: FilingId,
    section: Annotated[
        str | None,
        typer.Argument(
            metavar="SECTION",
            help="An item (2.02), else a section's number, else a kind (release), else words of a heading.",
            show_default=False,
        ),
    ] = None,
    only_list: Annotated[
        bool, typer.Option("--list", help="Name the sections, without their text.", show_default=False)
    ] = False,
    form: Plain = "text",
    warehouse: Warehouse = None,
    quiet: Quiet = False,
) -> None:
    """Print the visible text of one filing: of its main document and its EX-99 and EX-13, or of one section."""
    from filings.query import show as filing
    from filings.query import text as words
    from filings.query.connect import connect

    settings = settings_of(context, warehouse=warehouse, quiet=quiet)
    only_text_or_json(form)
    with connect(settings.warehouse) as connection:
        named = filing.find(connection, filing_id)
        found = words.sections(connection, named, section)
    stream = exact_text()
    if form == "json":
        print(words.to_json(named, found), file=stream)
        return
    look = look_of(stream)
    for line in words.list_of(found, look) if only_list else words.pages(found, look):
        print(line, file=stream)


def document(
    context: typer.Context,
    filing_id: FilingId,
    number: Annotated[int, typer.Argument(metavar="N", help="Which document: 1 is the first.", show_default=False)],
    output: Output = None,
    as_filed: Annotated[
        bool, typer.Option("--as-filed", help="Give uuencode as it stands in the filing.", show_default=False)
    ] = False,
    warehouse: Warehouse = None,
    quiet: Quiet = False,
) -> None:
    """Give one document of a filing, byte for byte: images, PDF files and archives decoded from their uuencode."""
    from filings.large import pieces
    from filings.query import show as filing
    from filings.query.connect import connect
    from filings.query.document import content

    settings = settings_of(context, warehouse=warehouse, quiet=quiet)
    with connect(settings.warehouse) as connection:
        data = content(connection, settings.warehouse, filing.find(connection, filing_id), number, as_filed=as_filed)
    if output is None:
        for piece in pieces(data):
            sys.stdout.buffer.write(piece)
        sys.stdout.buffer.flush()
        return
    with replacing(output) as place, place.open("wb") as file:
        file.writelines(pieces(data))


def only_text_or_json(form: str) -> None:
    """Raise UsageError for a format that a page does not have."""
    if form not in ("text", "json"):
        from filings.errors import UsageError

        raise UsageError(f"--format is {form!r}; it must be one of text, json")
