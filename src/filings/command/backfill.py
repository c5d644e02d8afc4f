"""`filings backfill` and `reconcile`: what EDGAR lists and is not here is fetched and loaded."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer

from filings.command.following import Way, by_server
from filings.command.options import (
    Cik,
    Detach,
    End,
    Form,
    Here,
    Plain,
    Quiet,
    Start,
    Ticker,
    Warehouse,
    settings_of,
)
from filings.command.parameters import Command
from filings.command.terminal import SOMETHING_TO_LOOK_AT, look_of, progress_for
from filings.errors import ServiceError, UsageError

if TYPE_CHECKING:
    from filings.pipeline.backfill import Options
    from filings.pipeline.backfill_report import BackfillReport
    from filings.selection import Selection
    from filings.settings import Settings
    from filings.span import Span


NoAmendments = Annotated[
    bool, typer.Option("--no-amendments", help="Leave out forms that end in /A.", show_default=False)
]


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(
        "backfill",
        cls=Command,
        short_help="Fetch from EDGAR what is not here yet, and load it.",
        epilog="Example: filings backfill 2024-01 2024-03 --form 6-K --dry-run",
    )(backfill)
    app.command(
        "reconcile",
        cls=Command,
        short_help="Read all quarters again, and fetch what is new in them.",
        epilog="Example: filings reconcile --warehouse /srv/warehouse",
    )(reconcile)


def backfill(
    context: typer.Context,
    start: Start = None,
    end: End = None,
    since: Annotated[
        str | None,
        typer.Option("--since", metavar="DAY", help="From this day until today, instead of START.", show_default=False),
    ] = None,
    form: Form = None,
    cik: Cik = None,
    ticker: Ticker = None,
    no_amendments: NoAmendments = False,
    route: Annotated[
        str,
        typer.Option(
            "--route",
            metavar="ROUTE",
            help="How: filings (one by one), archive (out of each day's archive), auto (whichever costs less).",
        ),
    ] = "auto",
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only tell what would be fetched and what it costs.", show_default=False)
    ] = False,
    limit: Annotated[
        int | None, typer.Option("--limit", metavar="N", help="Fetch at most so many filings.", show_default=False)
    ] = None,
    again: Annotated[
        bool,
        typer.Option("--again", help="Ask at once for all that failed before, given up or not.", show_default=False),
    ] = False,
    detach: Detach = False,
    here: Here = False,
    format: Plain = "text",
    warehouse: Warehouse = None,
    quiet: Quiet = False,
) -> None:
    """Fetch from EDGAR the filings of some days that are not here yet, and load them; ends with 3 when some did not come.

    Needs FILINGS_USER_NAME and FILINGS_USER_EMAIL, or these two in settings.toml. May run several times at once. Where
    `filings up` is on, it does the work, and this command follows it; Ctrl-C then lets go of it.
    """
    import json

    from filings.command.backfill_summary import plan_lines, summary
    from filings.command.filing import only_text_or_json
    from filings.pipeline.backfill import backfill as run

    only_text_or_json(format)
    asked, options = _selection(form, cik, ticker, no_amendments), _options(route, limit, again, dry_run)
    settings = settings_of(context, warehouse=warehouse, quiet=quiet)
    days = _span(start, end, since)
    way = Way(detach, here or dry_run, format)
    parameters = {"forms": form or [], "ciks": cik or [], "tickers": ticker or [], "amendments": not no_amendments}
    report = _by_server(settings, days, parameters, options, way) or run(
        settings, days, asked, options, progress=progress_for(settings)
    )
    if format == "json":
        print(json.dumps(report.plan.to_dict() if dry_run else report.to_dict(), indent=2))
    elif dry_run:
        for line in plan_lines(report.plan, look_of(sys.stdout)):
            print(line)
    elif not settings.quiet:
        for line in summary(report, look_of(sys.stdout)):
            print(line)
    if not dry_run and not report.is_clean:
        raise typer.Exit(SOMETHING_TO_LOOK_AT)


def reconcile(
    context: typer.Context, format: Plain = "text", warehouse: Warehouse = None, quiet: Quiet = False
) -> None:
    """Read the indexes of all quarters again, and fetch what is new of the days that were once complete; ends with 3 when
    some did not come.

    These are the days, forms and companies of earlier backfills and daily runs. EDGAR makes its quarterly indexes anew each
    Saturday.
    """
    import json

    from filings.command.reconcile_summary import summary
    from filings.pipeline.reconcile import reconcile as run

    settings = settings_of(context, warehouse=warehouse, quiet=quiet)
    report = run(settings, progress=progress_for(settings))
    if format == "json":
        print(json.dumps(report.to_dict(), indent=2))
    elif not settings.quiet:
        for line in summary(report, look_of(sys.stdout)):
            print(line)
    if not report.is_clean:
        raise typer.Exit(SOMETHING_TO_LOOK_AT)


def _by_server(
    settings: Settings, days: Span, parameters: dict[str, Any], options: Options, way: Way
) -> BackfillReport | None:
    """The report of a run of `filings up`; None where the work is to be done here."""
    from filings.pipeline.backfill_report import BackfillReport
    from filings.service.in_flow import backfill_name

    asked = {"start": str(days.first), "end": str(days.last), **parameters, "route": str(options.route)}
    asked |= {"limit": options.limit, "again": options.again}
    outcome = by_server(settings, "backfill", backfill_name(asked), asked, way)
    if outcome is None:
        return None
    if outcome.report is None:
        raise ServiceError("the run is over, but its report cannot be had", f"It said: {outcome.message}")
    return BackfillReport.of(outcome.report)


def _span(start: str | None, end: str | None, since: str | None) -> Span:
    from filings.selection import since as days_since
    from filings.span import span

    if bool(start) == bool(since):
        raise UsageError("Which days?", "Give START, START and END, or --since DAY.")
    return days_since(since) if since else span(start or "", end)


def _selection(
    form: list[str] | None, cik: list[str] | None, ticker: list[str] | None, no_amendments: bool
) -> Selection:
    from filings.selection import selection

    return selection(form or (), cik or (), ticker or (), amendments=not no_amendments)


def _options(route: str, limit: int | None, again: bool, dry_run: bool) -> Options:
    from filings.pipeline.backfill import Options
    from filings.pipeline.plan import Route

    if route not in list(Route):
        raise UsageError(f"--route is {route!r}", f"It is one of {', '.join(Route)}.")
    if limit is not None and limit < 1:
        raise UsageError(f"--limit is {limit}", "It is 1 or more.")
    return Options(Route(route), limit, again, dry_run)
