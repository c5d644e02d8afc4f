"""A plan and a backfill in words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from filings.command.summary import alerts, statuses
from filings.pipeline.progress import amount, duration
from filings.query import grid
from filings.query.grid import Look, visible
from filings.query.sheet import section

if TYPE_CHECKING:
    from filings.pipeline.backfill_report import BackfillReport
    from filings.pipeline.failures import Failure
    from filings.pipeline.plan import Plan

_LISTED = 20
_DAYS = 40
"""Of days that are named one by one; beyond that months are."""


def plan_lines(plan: Plan, look: Look) -> Iterator[str]:
    """What a plan would do: a line a day, or a month where there are many; the last line counts it all."""
    columns = ["day" if len(plan.days) <= _DAYS else "month", "listed", "here", "put off", "to fetch", "route"]
    columns += ["requests", "bytes", "time"]
    rows = []
    for name, days in _grouped(plan):
        routes = {str(one.route) for one in days if one.route}
        counts = [sum(getattr(one, field) for one in days) for field in ("listed", "here", "put_off", "missing")]
        cost = [
            f"{sum(one.requests for one in days):,}",
            amount(sum(one.bytes for one in days), "bytes"),
            duration(sum(one.seconds for one in days)),
        ]
        rows.append([name, *(f"{count:,}" for count in counts), " and ".join(sorted(routes)), *cost])
    if rows:
        is_number = [False, True, True, True, True, False, True, True, True]
        yield from grid.lines(columns, rows, is_number=is_number, look=look)
        yield ""
    total = plan.total()
    size, time = amount(total["bytes"], "bytes"), duration(total["hours"] * 3600)
    yield (
        f"{total['days']:,} days, {total['listed']:,} filings listed, {total['here']:,} here, "
        f"{total['missing']:,} to fetch: {total['requests']:,} requests, {size}, about {time}."
    )


def _grouped(plan: Plan) -> Iterator[tuple[str, list]]:  # type: ignore[type-arg]
    groups: dict[str, list] = {}  # type: ignore[type-arg]
    for one in plan.days:
        groups.setdefault(str(one.day) if len(plan.days) <= _DAYS else f"{one.day:%Y-%m}", []).append(one)
    yield from groups.items()


def summary(report: BackfillReport, look: Look) -> Iterator[str]:
    """What a backfill did: the filings by status, what did not come and why; the last line counts it all."""
    yield from statuses(report.loaded, look)
    troubles = [f"{one.day}: {visible(one.trouble)}" for one in report.days if one.trouble]
    yield from section("Parts that broke off", _some(f"{part}: {visible(why)}" for part, why in report.failed), look)
    yield from section("Days that could not be finished", _some(troubles), look)
    yield from section("Indexes that did not come", _some(f"{name}: {why}" for name, why in report.index_failed), look)
    yield from section(
        "Refused: no filings at all", _some(f"{visible(name)}: {why}" for name, why in report.refused), look
    )
    yield from section("Pending: the next run asks again", _some(map(_failure, report.pending.values())), look)
    yield from section("Given up: --again asks again", _some(map(_failure, report.given_up.values())), look)
    yield ""
    yield last_line(report)


def last_line(report: BackfillReport) -> str:
    """Everything counted, in one line."""
    listed, size = report.plan.total()["listed"], sum(one.bytes for one in report.days)
    parts = [
        f"{listed:,} filings listed",
        f"{report.fetched:,} fetched",
        f"{sum(report.loaded.filings.values()):,} loaded",
        f"{len(report.loaded.quarantined):,} quarantined",
        f"{len(report.pending):,} pending",
        f"{len(report.given_up):,} given up",
    ]
    if report.left_out:
        parts.append(f"{report.left_out:,} left out by --limit")
    troubles = sum(1 for one in report.days if one.trouble)
    lacking = {
        "indexes did not come": report.index_failed,
        "days not finished": troubles,
        "parts broke off": report.failed,
    }
    parts += [f"{len(of) if isinstance(of, list) else of:,} {what}" for what, of in lacking.items() if of]
    text = ", ".join([*parts, *alerts(report.loaded)]) + f"; {amount(size, 'bytes')} in {duration(report.seconds)}"
    if report.loaded.snapshot is None:
        return text + "; nothing new, the snapshot stays."
    return text + f"; snapshot {report.loaded.snapshot}."


def _failure(failure: Failure) -> str:
    return f"{failure.accession}, {failure.attempts} times: {visible(failure.reason)}"


def _some(lines: Iterable[str]) -> Iterator[str]:
    every = list(lines)
    yield from every[:_LISTED]
    if len(every) > _LISTED:
        yield f"… and {len(every) - _LISTED:,} more"
