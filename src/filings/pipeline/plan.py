"""The plan: for each day what is listed, what is here, what is left to do, by which route, and what that costs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Engine, insert, update

from filings.disk import disk
from filings.faults import Point, reach
from filings.pipeline.costs import Cost, Costs
from filings.pipeline.failures import Failure
from filings.pipeline.keeper import Look
from filings.pipeline.missing import Asked, changed_lines, counted
from filings.schema import state
from filings.selection import Selection
from filings.span import Span

WITHOUT_AMENDMENTS = "-/A"
"""In `selection.forms` beside the forms: without those that end in /A."""


class Route(StrEnum):
    """How a day is fetched."""

    AUTO = "auto"
    FILINGS = "filings"
    ARCHIVE = "archive"


@dataclass(frozen=True, slots=True)
class DayPlan:
    """One day: `listed` filings of the selection, of them `here` and `put_off` (failed before, not yet due or given up);
    the rest is fetched by `route` (None where nothing is left), with its requests, bytes over the line and seconds."""

    day: date
    listed: int
    here: int
    put_off: int
    route: Route | None
    requests: int
    bytes: int
    seconds: float

    @property
    def missing(self) -> int:
        """Filings to fetch."""
        return self.listed - self.here - self.put_off


@dataclass(frozen=True, slots=True)
class Plan:
    """All days of a span that have a listed filing, in order. `sums` stand for the days where these are not at hand."""

    days: tuple[DayPlan, ...]
    sums: Mapping[str, Any] | None = None

    @property
    def todo(self) -> tuple[DayPlan, ...]:
        """The days with something to fetch."""
        return tuple(one for one in self.days if one.route)

    def total(self) -> dict[str, Any]:
        """The sums: days, days_to_do, listed, here, put_off, missing, requests, bytes, hours."""
        if self.sums is not None:
            return dict(self.sums)
        return {
            "days": len(self.days),
            "days_to_do": len(self.todo),
            "listed": sum(one.listed for one in self.days),
            "here": sum(one.here for one in self.days),
            "put_off": sum(one.put_off for one in self.days),
            "missing": sum(one.missing for one in self.days),
            "requests": sum(one.requests for one in self.days),
            "bytes": sum(one.bytes for one in self.days),
            "hours": round(sum(one.seconds for one in self.days) / 3600, 6),
        }

    def to_dict(self) -> dict[str, Any]:
        """Plain values, for JSON."""
        days = [asdict(one) | {"day": str(one.day), "route": one.route and str(one.route)} for one in self.days]
        return self.total() | {"by_day": days}


def plan(
    look: Look,
    span: Span,
    asked: Asked,
    costs: Costs,
    failures: Iterable[Failure],
    rechecks: Mapping[str, str],
    route: Route = Route.AUTO,
) -> Plan:
    """What is left to do of a span, and what it costs. A filing whose line has changed counts as not here."""
    now = datetime.now(UTC)
    kept_back = [one.accession for one in failures if not one.is_due(now)]
    again = Counter(day for day, _ in changed_lines(look, span, asked, rechecks).values())
    days = []
    for one in counted(look, span, asked, kept_back):
        here = max(0, one.here - again[one.day])
        missing = max(0, one.listed - here - one.put_off)
        left = {form: missing * share for form, share in one.forms.items()} if missing else {}
        chosen, cost = choose(one.day, left, costs, route)
        days.append(
            DayPlan(
                one.day,
                one.listed,
                here,
                one.put_off,
                chosen,
                cost.requests,
                int(cost.bytes),
                round(cost.seconds, 3),
            )
        )
    return Plan(tuple(days))


def choose(day: date, left: Mapping[str, float], costs: Costs, route: Route) -> tuple[Route | None, Cost]:
    """The route for so many filings of each form that are left of a day, and its cost."""
    if not left:
        return None, Cost(0, 0, 0)
    single, archive = costs.one_by_one(left), costs.archive(day, left)
    if archive is None or route is Route.FILINGS:
        return Route.FILINGS, single
    if route is Route.ARCHIVE or archive.seconds < single.seconds:
        return Route.ARCHIVE, archive
    return Route.FILINGS, single


def record(engine: Engine, selection: Selection, span: Span, route: Route, made: Plan) -> int:
    """A row of `selection`: the plan that somebody asked for. Gives its number. Raises StoreError."""
    total = made.total()
    values = {
        "asked_at": datetime.now(UTC).isoformat(timespec="microseconds"),
        "forms": ",".join([*selection.forms, *([] if selection.amendments else [WITHOUT_AMENDMENTS])]),
        "companies": ",".join((*selection.ciks, *selection.tickers)),
        "date_from": str(span.first),
        "date_to": str(span.last),
        "route": str(route),
        "requests": total["requests"],
        "bytes": total["bytes"],
        "hours": total["hours"],
        "state": "running",
    }
    with disk("recording the plan"), engine.begin() as connection:
        reach(Point.STATE_COMMIT)
        made_row = connection.execute(insert(state.selection).values(values)).inserted_primary_key
    return int(made_row[0]) if made_row else 0


def end(engine: Engine, selection_id: int, outcome: str) -> None:
    """How it ended: done, incomplete, limited, failed, interrupted. Raises StoreError."""
    with disk("recording the plan"), engine.begin() as connection:
        reach(Point.STATE_COMMIT)
        is_it = state.selection.c.selection_id == selection_id
        connection.execute(update(state.selection).where(is_it).values(state=outcome))
