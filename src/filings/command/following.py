"""Commands that leave their work to `filings up` where it is on, and show what becomes of it."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import typer

from filings.command.terminal import INTERRUPTED, is_terminal, progress_for
from filings.errors import ServiceError, UsageError

if TYPE_CHECKING:
    from filings.pipeline.progress import Progress
    from filings.service.handover import Handed, Outcome
    from filings.settings import Settings


@dataclass(frozen=True, slots=True)
class Way:
    """How it was asked for: `detach` lets go at once, `here` hands nothing over, `format` is text or json."""

    detach: bool = False
    here: bool = False
    format: str = "text"


def by_server(
    settings: Settings, deployment: str, run_name: str, parameters: Mapping[str, Any], way: Way
) -> Outcome | None:
    """Let the server of this warehouse's `filings up` do the work, and wait for its end; None where it is to be done here.

    Ends the command where the run is let go. Raises ServiceError where the run failed, UsageError.
    """
    from filings.service.handover import hand_over, server_of
    from filings.service.home import Home

    if way.detach and way.here:
        raise UsageError("--detach and --here are asked for together", "Give one of them.")
    shown = progress_for(settings)
    api = None if way.here else server_of(Home.of(settings.warehouse), shown.say)
    if api is None:
        if way.detach:
            raise ServiceError("there is nobody to leave the run to", "Start `filings up`, or leave --detach out.")
        return None
    handed = hand_over(api, deployment, run_name, parameters)
    if way.detach:
        _tell(handed, way, settings)
        raise typer.Exit
    shown.say(f"`filings up` does it: {handed.url}")
    try:
        return _sound(_follow(handed, shown), handed)
    except KeyboardInterrupt as error:
        shown.finish()
        print(f"It goes on as {handed.name}. See it, or cancel it there: {handed.url}", file=sys.stderr)
        raise typer.Exit(INTERRUPTED) from error
    finally:
        shown.finish()


def _tell(handed: Handed, way: Way, settings: Settings) -> None:
    from dataclasses import asdict

    if way.format == "json":
        print(json.dumps(asdict(handed), indent=2))
    elif not settings.quiet:
        print(f"{handed.name}\n  run   {handed.flow_run_id}\n  page  {handed.url}")


def _follow(handed: Handed, shown: Progress) -> Outcome:
    from filings.service.api import Api
    from filings.service.handover import follow

    api = Api(handed.url.partition("/runs/")[0])
    return follow(api, handed, shown.say, _percent(handed.name, shown))


def _percent(name: str, shown: Progress) -> Callable[[float], None]:
    """Shows the percent in a terminal's line, from the run's beginning on. Elsewhere the run's own lines tell it."""
    if not is_terminal(sys.stderr):
        return lambda percent: None
    before: int | None = None

    def moved(percent: float) -> None:
        nonlocal before
        if before is None:
            shown.start(name, 100, "%")
        shown.advance(round(percent) - (before or 0))
        before = round(percent)

    return moved


def _sound(outcome: Outcome, handed: Handed) -> Outcome:
    """The outcome of a run that came to its end. Raises ServiceError for any other."""
    if outcome.kind != "COMPLETED":
        said = f": {outcome.message}" if outcome.message else ""
        raise ServiceError(f"{handed.name} is {outcome.state.lower()}{said}", f"Its log: {handed.url}")
    return outcome
