"""Options that several commands share; the first two may stand before or after the command."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from filings.settings import Settings

Warehouse = Annotated[
    Path | None,
    typer.Option(
        "--warehouse",
        metavar="DIR",
        help="The folder of the warehouse; else $FILINGS_WAREHOUSE, else ./warehouse.",
        show_default=False,
    ),
]
Quiet = Annotated[bool, typer.Option("--quiet", help="Say nothing but results and errors.", show_default=False)]
Format = Annotated[
    str | None,
    typer.Option(
        "--format",
        metavar="FORMAT",
        help="How rows are written: table, csv, json, jsonl, markdown or parquet.",
        show_default=False,
    ),
]
Plain = Annotated[
    str,
    typer.Option("--format", metavar="FORMAT", help="How it is written: text or json.", show_default=False),
]
Output = Annotated[
    Path | None,
    typer.Option("--output", metavar="FILE", help="Write to this file instead of standard output.", show_default=False),
]
Detach = Annotated[
    bool,
    typer.Option("--detach", help="Leave the run to `filings up` and do not wait for its end.", show_default=False),
]
Here = Annotated[
    bool,
    typer.Option("--here", help="Do the work in this process, also where `filings up` is on.", show_default=False),
]
_START = typer.Argument(
    metavar="START",
    help="The first day, or a month, quarter or year: 2024-01-02, 2024-01, 2024-Q1, 2024.",
    show_default=False,
)
Start = Annotated[str | None, _START]
SureStart = Annotated[str, _START]
"""Of a command that cannot do without."""
End = Annotated[
    str | None,
    typer.Argument(metavar="END", help="The last one, written alike; without it START alone.", show_default=False),
]
Form = Annotated[
    list[str] | None,
    typer.Option(
        "--form",
        metavar="FORM",
        help="A form with its amendments, as 6-K; 6-K/A for these alone; 424B* for all that begin so. May be repeated.",
        show_default=False,
    ),
]
Cik = Annotated[
    list[str] | None,
    typer.Option("--cik", metavar="CIK", help="A company by its number. May be repeated.", show_default=False),
]
Ticker = Annotated[
    list[str] | None,
    typer.Option("--ticker", metavar="TICKER", help="A company by its ticker. May be repeated.", show_default=False),
]


def settings_of(context: typer.Context, **flags: Any) -> Settings:
    """The settings of a run; a flag after the command wins over one before it, a flag not given counts as unsaid."""
    from filings.settings import settle

    said = {name: value for name, value in flags.items() if value is not None and value is not False}
    return settle({**(context.obj or {}), **said})
