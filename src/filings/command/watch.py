"""`filings watch`: what EDGAR's feed of latest filings tells of is here within a minute."""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING, Annotated

import typer

from filings.command.following import Way, by_server
from filings.command.options import Detach, Here, Plain, Quiet, Warehouse, settings_of
from filings.command.parameters import Command
from filings.command.terminal import SOMETHING_TO_LOOK_AT, look_of, progress_for

if TYPE_CHECKING:
    from datetime import datetime

    from filings.pipeline.watch_report import Arrival
    from filings.settings import Settings


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(
        "watch",
        cls=Command,
        short_help="Load filings as they come, within a minute.",
        epilog="Example: filings watch --until 18:00",
    )(watch)


def watch(
    context: typer.Context,
    until: Annotated[
        str | None,
        typer.Option(
            "--until",
            metavar="TIME",
            help="When to end, by New York's clock: 18:30, or 2026-11-27T18:30; else the next 23:00.",
            show_default=False,
        ),
    ] = None,
    every: Annotated[
        float, typer.Option("--every", metavar="SECONDS", help="From one look at the feed to the next; 5 at least.")
    ] = 15.0,
    detach: Detach = False,
    here: Here = False,
    format: Plain = "text",
    warehouse: Warehouse = None,
    quiet: Quiet = False,
) -> None:
    """Look at EDGAR's feed of latest filings every few seconds, and load what is new; ends with 3 when some did not come.

    Which forms and companies: the settings `forms` and `companies`. Needs FILINGS_USER_NAME and FILINGS_USER_EMAIL, or
    these two in settings.toml. Backfills and everything else may run beside it. Ctrl-C keeps what was loaded. Where
    `filings up` is on, it does the work, and this command follows it; Ctrl-C then lets go of it.
    """
    import json

    from filings.command.filing import only_text_or_json
    from filings.command.watch_summary import summary
    from filings.pipeline import hours
    from filings.pipeline.watch import watch as run
    from filings.pipeline.watch_report import WatchReport

    only_text_or_json(format)
    every = hours.every(every)
    settings = settings_of(context, warehouse=warehouse, quiet=quiet)
    end = _end(until)
    if _by_server(settings, end, every, Way(detach, here, format)):
        return
    report = WatchReport()
    try:
        run(
            settings,
            end,
            every=every,
            report=report,
            progress=progress_for(settings),
            each=_teller(settings, is_text=format == "text"),
        )
    finally:  # Ctrl-C is how it usually ends
        if format == "json":
            print(json.dumps(report.to_dict(), indent=2))
        elif report.polls and not settings.quiet:
            for line in summary(report, look_of(sys.stdout)):
                print(line)
    if not report.is_clean:
        raise typer.Exit(SOMETHING_TO_LOOK_AT)


def _by_server(settings: Settings, end: datetime, every: float, way: Way) -> bool:
    """Whether a run of `filings up` has done it. Raises ServiceError."""
    outcome = by_server(settings, "watch", "watch", {"until": end.isoformat(), "every": every}, way)
    if outcome is None:
        return False
    if way.format == "json":
        import json

        print(json.dumps({"state": outcome.state, "message": outcome.message}, indent=2))
    elif not settings.quiet:
        print(outcome.message)
    if outcome.state != "Completed":
        raise typer.Exit(SOMETHING_TO_LOOK_AT)
    return True


def _end(until: str | None) -> datetime:
    from datetime import UTC, datetime

    from filings.pipeline import hours

    now = datetime.now(UTC)
    return hours.until(until, now) if until else hours.closing(now)


def _teller(settings: Settings, *, is_text: bool) -> Callable[[Arrival], None]:
    """A line for each filing; a terminal that went away stops nothing."""
    from filings.command.watch_summary import arrival_line

    def tell(arrival: Arrival) -> None:
        if is_text and not settings.quiet:
            with suppress(OSError, ValueError):
                print(arrival_line(arrival), flush=True)

    return tell
