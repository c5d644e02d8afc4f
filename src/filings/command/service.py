"""`filings up`, `down` and `schedule`: the warehouse keeps itself up to date."""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from filings.command.options import Plain, Quiet, Warehouse, settings_of
from filings.command.parameters import Command, Group
from filings.command.terminal import look_of

if TYPE_CHECKING:
    from filings.service.schedules import Planned
    from filings.settings import Settings

Name = Annotated[str, typer.Argument(metavar="NAME", help="The deployment, as daily.", show_default=False)]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command(
        "up",
        cls=Command,
        short_help="Start a Prefect server here and run all schedules.",
        epilog="Example: filings up --warehouse /srv/warehouse",
    )(up)
    app.command("down", cls=Command, short_help="End what `filings up` started.", epilog="Example: filings down")(down)
    schedule = typer.Typer(cls=Group, no_args_is_help=True, rich_markup_mode=None)
    schedule.command(
        "show",
        cls=Command,
        short_help="List the deployments and when they run.",
        epilog="Example: filings schedule show --format json",
    )(show)
    schedule.command(
        "change",
        cls=Command,
        short_help="Let a deployment run at other times.",
        epilog='Example: filings schedule change daily "0 23 * * 1-5" --timezone America/New_York',
    )(change)
    schedule.command(
        "pause",
        cls=Command,
        short_help="Let a deployment not run by itself.",
        epilog="Example: filings schedule pause daily",
    )(pause)
    schedule.command(
        "resume",
        cls=Command,
        short_help="Let a deployment run by itself again.",
        epilog="Example: filings schedule resume daily",
    )(resume)
    app.add_typer(
        schedule,
        name="schedule",
        cls=Group,
        short_help="Show and change when things run.",
        help="Show and change when the deployments run; what is changed here holds after each restart of `up`, too.",
        epilog="Example: filings schedule show",
    )


def up(
    context: typer.Context,
    detach: Annotated[
        bool,
        typer.Option("--detach", help="Go on without this terminal; return when all is up.", show_default=False),
    ] = False,
    warehouse: Warehouse = None,
    quiet: Quiet = False,
) -> None:
    """Start a Prefect server on this machine and a runner that serves all schedules, and stay until Ctrl-C.

    What dies is started again. What a killed `up` left is taken over. The server's pages are at the address that is shown.
    With --detach it is `filings down` that ends it.
    """
    from filings.pipeline.warehouse import make_folders
    from filings.service.background import up_in_background
    from filings.service.home import Home
    from filings.service.schedules import planned
    from filings.service.supervisor import checked_port
    from filings.service.supervisor import up as run

    settings = settings_of(context, warehouse=warehouse, quiet=quiet)
    port = checked_port(settings.prefect_port)
    home = Home.of(settings.warehouse)
    planned(home.schedules)  # a file that makes no sense is told here, not in the runner's log
    make_folders(settings.warehouse)
    say = _sayer(settings)
    if not (settings.user_name and settings.user_email):
        say("user_name and user_email are not set: runs that ask EDGAR will fail; write both into settings.toml")
    if not detach:
        run(home, port, say)
        return
    made = up_in_background(home)
    if not settings.quiet:
        print(f"up: process {made.pid}; pages: {made.url}; log: {made.log}")


def down(context: typer.Context, warehouse: Warehouse = None, quiet: Quiet = False) -> None:
    """End the server and the runner of a warehouse, also those that a killed `up` left; runs that are on are ended."""
    from filings.service.going_down import down as run
    from filings.service.home import Home

    settings = settings_of(context, warehouse=warehouse, quiet=quiet)
    if not run(Home.of(settings.warehouse), _sayer(settings)) and not settings.quiet:
        print("Nothing is up.")


def show(context: typer.Context, form: Plain = "text", warehouse: Warehouse = None, quiet: Quiet = False) -> None:
    """List the deployments, when they run, and which of that was changed; where `up` is on, the last and the next run."""
    import json

    from filings.command.filing import only_text_or_json
    from filings.query.sheet import narrow
    from filings.service.api import Api
    from filings.service.home import Home, url_of
    from filings.service.news import of_each
    from filings.service.schedules import planned
    from filings.service.supervisor import port_of

    settings = settings_of(context, warehouse=warehouse, quiet=quiet)
    only_text_or_json(form)
    home = Home.of(settings.warehouse)
    found, port = planned(home.schedules), port_of(home)
    runs = of_each(Api(url_of(port))) if port else {}
    if form == "json":
        print(json.dumps([_plain(one) | runs.get(one.deployment.name, {}) for one in found], indent=1))
        return
    columns = ["name", "runs at", "", *(("next", "last") if port else ()), "what it does"]
    rows = []
    for one in found:
        name = one.deployment.name
        own = _runs(runs.get(name, {})) if port else ()
        rows.append((name, _times(one), _state(one), *own, one.deployment.about))
    for line in narrow(columns, rows, look=look_of(sys.stdout)):
        print(line)


def change(
    context: typer.Context,
    name: Name,
    crons: Annotated[
        list[str],
        typer.Argument(
            metavar="CRON...",
            help='Cron lines, each in quotes: "minute hour day month weekday".',
            show_default=False,
        ),
    ],
    timezone: Annotated[
        str | None,
        typer.Option(
            "--timezone", metavar="ZONE", help="The zone of these times; else America/New_York.", show_default=False
        ),
    ] = None,
    warehouse: Warehouse = None,
    quiet: Quiet = False,
) -> None:
    """Let a deployment run at other times: all of them are given, and take the place of those it had."""
    from filings.service.deployments import schedule
    from filings.service.schedules import change as write

    settings = settings_of(context, warehouse=warehouse, quiet=quiet)
    wanted = [schedule(cron, timezone) for cron in crons]
    _follow(settings, lambda path: write(path, name, crons=wanted))


def pause(context: typer.Context, name: Name, warehouse: Warehouse = None, quiet: Quiet = False) -> None:
    """Let a deployment not run by itself until it is resumed; by hand it can be run."""
    from filings.service.schedules import change as write

    settings = settings_of(context, warehouse=warehouse, quiet=quiet)
    _follow(settings, lambda path: write(path, name, is_paused=True))


def resume(context: typer.Context, name: Name, warehouse: Warehouse = None, quiet: Quiet = False) -> None:
    """Let a deployment run by itself again."""
    from filings.service.schedules import change as write

    settings = settings_of(context, warehouse=warehouse, quiet=quiet)
    _follow(settings, lambda path: write(path, name, is_paused=False))


def _follow(settings: Settings, write: Callable[..., Planned]) -> None:
    """Write a change, and let a server that is up follow at once."""
    from filings.pipeline.warehouse import require
    from filings.service.api import Api
    from filings.service.home import Home, url_of
    from filings.service.schedules import apply
    from filings.service.supervisor import port_of

    require(settings.warehouse)
    home = Home.of(settings.warehouse)
    one = write(home.schedules)
    port = port_of(home)
    is_followed = port is not None and apply(Api(url_of(port)), one)
    if not settings.quiet:
        state = f" {_state(one)}" if _state(one) else ""
        when = "" if is_followed else "; it holds from the next `filings up` on"
        print(f"{one.deployment.name}: {_times(one) or 'by hand'}{state}{when}")


def _runs(of: dict[str, Any]) -> tuple[str, str]:
    """The next run and the last one of a deployment."""
    coming, last = of.get("next"), of.get("last")
    return (
        _clock(coming["scheduled_at"]) if coming else "",
        f"{last['state']} {_clock(last['ended_at'])}" if last else "",
    )


def _clock(text: str | None) -> str:
    """An instant of the server to the minute, in the zone of this machine."""
    return f"{datetime.fromisoformat(text).astimezone():%a %Y-%m-%d %H:%M %Z}" if text else ""


def _times(one: Planned) -> str:
    zones = {each.timezone for each in one.schedules}
    if len(zones) == 1:
        return " and ".join(each.cron for each in one.schedules) + f" {zones.pop()}"
    return " and ".join(f"{each.cron} {each.timezone}" for each in one.schedules)


def _state(one: Planned) -> str:
    return ", ".join(word for word, holds in (("paused", one.is_paused), ("changed", one.is_changed)) if holds)


def _plain(one: Planned) -> dict[str, object]:
    return {
        "name": one.deployment.name,
        "schedules": [{"cron": each.cron, "timezone": each.timezone} for each in one.schedules],
        "paused": one.is_paused,
        "changed": one.is_changed,
        "about": one.deployment.about,
    }


def _sayer(settings: Settings) -> Callable[[str], None]:
    """Lines with the time; a terminal that went away stops nothing."""

    def say(text: str) -> None:
        if not settings.quiet:
            with suppress(OSError, ValueError):
                print(f"{datetime.now():%H:%M:%S}  {text}", flush=True)

    return say
