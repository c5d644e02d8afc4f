"""`filings alerts`: the rules by which new filings are told of, and what came of it."""

from __future__ import annotations

import sys
from collections import Counter
from typing import TYPE_CHECKING, Annotated, Any

import typer

from filings.command.options import Plain, Quiet, Warehouse, settings_of
from filings.command.parameters import Command, Group
from filings.command.terminal import SOMETHING_TO_LOOK_AT, look_of, progress_for

if TYPE_CHECKING:
    from filings.settings import Settings


def register(app: typer.Typer) -> None:
    """Add the commands."""
    alerts = typer.Typer(cls=Group, invoke_without_command=True, rich_markup_mode=None)
    alerts.callback()(show)
    alerts.command(
        "test",
        cls=Command,
        short_help="Send one alert as a trial.",
        epilog="Example: filings alerts test auditors 0009910001-24-000012",
    )(test)
    alerts.command(
        "send",
        cls=Command,
        short_help="Send at once what did not go.",
        epilog="Example: filings alerts send",
    )(send)
    app.add_typer(
        alerts,
        name="alerts",
        cls=Group,
        short_help="List the rules of alerts and what came of them.",
        help="List the rules of alerts, and how many alerts were sent, did not go, or wait.",
        epilog="Example: filings alerts --format json",
    )


def show(context: typer.Context, form: Plain = "text", warehouse: Warehouse = None, quiet: Quiet = False) -> None:
    """List the rules of alerts."""
    import json

    from filings.command.filing import only_text_or_json
    from filings.query.sheet import facts, narrow, section

    if context.invoked_subcommand:
        said = {"warehouse": warehouse, "quiet": quiet or None}
        context.obj = {**(context.obj or {}), **{name: value for name, value in said.items() if value}}
        return
    settings = settings_of(context, warehouse=warehouse, quiet=quiet)
    only_text_or_json(form)
    found = _rules(settings)
    if form == "json":
        print(json.dumps(found, ensure_ascii=False, indent=1))
        return
    if not found:
        print("No rules: write [alerts.NAME] into settings.toml of the warehouse.")
    columns = ["rule", "tells", "sent", "failed", "waiting", "given up", "passed over", "last sent"]
    rows = [
        (
            one["rule"],
            one["target"],
            *(f"{one[name]:,}" for name in ("sent", "failed", "waiting", "given_up", "passed_over")),
            one["last_sent_at"],
        )
        for one in found
    ]
    look = look_of(sys.stdout)
    troubles = facts([(one["rule"], one["last_trouble"]) for one in found], look)
    for line in (*narrow(columns, rows, {2, 3, 4, 5, 6}, look), *section("Why the last did not go", troubles, look)):
        print(line)


def _rules(settings: Settings) -> list[dict[str, Any]]:
    """What stands in the settings with what the control state and the newest snapshot know of it."""
    from filings.pipeline.state import read_alerts
    from filings.query import alert as query
    from filings.query.connect import is_published

    marks, alerts = read_alerts(settings.warehouse)
    told: dict[tuple[str, str], tuple[str, str, str | None]] = {}
    if settings.alerts and is_published(settings.warehouse):
        with query.opened(settings.warehouse) as connection:
            for rule in settings.alerts:
                query.check(connection, rule)
            for row in query.history(connection):
                state, _, why = row.outcome.partition(": ")
                told[row.rule_name, row.filing_id] = (state, row.sent_at, why or None)
    for one in alerts:  # newer than the snapshot
        told[one["rule"], one["filing_id"]] = (one["state"], one["tried_at"] or "", one["why"])
    found = []
    for rule in settings.alerts:
        own = [each for (name, _), each in told.items() if name == rule.name]
        counts = Counter(state for state, _, _ in own)
        mark = marks.get(rule.name)
        troubles = [(at, why) for state, at, why in own if why and state != "sent"]
        found.append(
            {
                "rule": rule.name,
                "target": rule.target,
                "forms": rule.forms or None,
                "companies": rule.companies or None,
                "where": rule.where or None,
                "since": str(rule.since) if rule.since else None,
                "begun_at": mark["begun_at"] if mark else None,
                "sent": counts["sent"],
                "failed": counts["failed"],
                "waiting": counts["waiting"],
                "given_up": counts["given up"],
                "passed_over": mark["passed_over"] if mark else 0,
                "last_sent_at": _time(max((at for state, at, _ in own if state == "sent"), default=None)),
                "last_trouble": max(troubles, default=(None, None))[1],
            }
        )
    return found


def _time(text: str | None) -> str | None:
    """An instant to the second."""
    return f"{text[:19].replace('T', ' ')}+00" if text else None


def test(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", help="The rule.", show_default=False)],
    filing_id: Annotated[
        str | None,
        typer.Argument(
            metavar="FILING_ID",
            help="The filing; without it the newest that the rule would tell of.",
            show_default=False,
        ),
    ] = None,
    warehouse: Warehouse = None,
    quiet: Quiet = False,
) -> None:
    """Send one alert now, marked as a test, and write nothing down; ends with 3 when it did not go."""
    from filings.pipeline.alerts import try_alert

    settings = settings_of(context, warehouse=warehouse, quiet=quiet)
    rule, filing, told = try_alert(settings, name, filing_id)
    if told.why:
        print(f"{rule.target} was not told of {filing}: {told.why}")
        raise typer.Exit(SOMETHING_TO_LOOK_AT)
    if not settings.quiet:
        print(f"{rule.target} was told of {filing}.")


def send(context: typer.Context, warehouse: Warehouse = None, quiet: Quiet = False) -> None:
    """Send at once the alerts that did not go or were given up, and what is new; ends with 3 when some did not go."""
    from filings.pipeline.alerts import ready_alerts, send_alerts
    from filings.pipeline.warehouse import require

    settings = settings_of(context, warehouse=warehouse, quiet=quiet)
    require(settings.warehouse)
    ready_alerts(settings.warehouse)
    report = send_alerts(settings.warehouse, progress=progress_for(settings), again=True)
    if not settings.quiet:
        print(
            f"{report.sent:,} sent, {report.failed:,} failed, {report.given_up:,} given up, {report.waiting:,} waiting."
        )
    if report.failed or report.given_up or report.waiting:
        raise typer.Exit(SOMETHING_TO_LOOK_AT)
