"""A watch in words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from filings.command.summary import statuses
from filings.pipeline.hours import EASTERN, day_of
from filings.pipeline.progress import amount, duration
from filings.query.grid import Look, visible
from filings.query.sheet import section

if TYPE_CHECKING:
    from filings.pipeline.watch_report import Arrival, WatchReport

_LISTED = 20
_USUAL = ("loaded", "no_family", None)


def arrival_line(arrival: Arrival) -> str:
    """A filing that came: New York's time of acceptance (of another day the day), form, accession number, company, how long
    it took to the snapshot."""
    at, is_of_today = "", False
    if arrival.accepted_at:
        is_of_today = day_of(arrival.accepted_at) == day_of(arrival.at)
        at = f"{arrival.accepted_at.astimezone(EASTERN):{'%H:%M:%S' if is_of_today else '%Y-%m-%d'}}"
    parts = [f"{at:<10}", f"{visible(arrival.form):<12}", arrival.accession, visible(arrival.company)]
    if is_of_today and arrival.seconds is not None:
        parts.append(f"after {duration(arrival.seconds)}")
    if arrival.is_handed_on:
        parts.append("(loaded by another run)")
    elif arrival.status not in _USUAL:
        parts.append(f"({arrival.status})")
    return "  ".join(parts)


def summary(report: WatchReport, look: Look) -> Iterator[str]:
    """What a watch did: the filings by status, what did not come and why; the last line counts it all."""
    yield from statuses(report.loaded, look)
    yield from section("The feed may have dropped some", report.gaps, look)
    pending = (f"{accession}: {visible(reason)}" for accession, reason in sorted(report.pending.items()))
    yield from section("Pending: the next run asks again", _some(pending), look)
    yield from section("Given up: `filings backfill --again` asks again", _some(sorted(report.given_up)), look)
    yield ""
    yield last_line(report)


def last_line(report: WatchReport) -> str:
    """Everything counted, in one line."""
    parts = [
        f"{report.polls:,} polls",
        f"{report.entries:,} entries",
        f"{report.found:,} filings not here before",
        f"{report.fetched:,} fetched",
        f"{sum(report.loaded.filings.values()):,} loaded",
        f"{len(report.loaded.quarantined):,} quarantined",
        f"{len(report.pending) + report.left:,} pending",
    ]
    text = ", ".join(parts) + f"; {amount(report.bytes, 'bytes')} in {duration(report.seconds)}"
    if (usual := report.latency(0.5)) is not None and (most := report.latency(0.95)) is not None:
        text += f"; in the snapshot {duration(usual)} after acceptance, 95 of 100 within {duration(most)}"
    if report.loaded.snapshot is None:
        return text + "; nothing new, the snapshot stays."
    return text + f"; snapshot {report.loaded.snapshot}."


def as_row(report: dict[str, Any]) -> dict[str, Any]:
    """A part of a watch, by its report as plain values, as a row of a table."""
    names = ("hour", "polls", "failed_polls", "entries", "found", "fetched", "bytes", "latency_p50", "latency_p95")
    loaded = {"loaded": sum(report["loaded"]["filings"].values()), "pending": len(report["pending"]) + report["left"]}
    return {name: report[name] for name in names} | loaded


def together(reports: Sequence[dict[str, Any]]) -> tuple[str, bool]:
    """The parts of a watch in one line, and whether nothing is lacking at its end."""
    rows = [as_row(each) for each in reports]
    polls, fetched, loaded = (sum(row[name] for row in rows) for name in ("polls", "fetched", "loaded"))
    lacking = rows[-1]["pending"] + len(reports[-1]["given_up"]) if rows else 0
    gaps = sum(len(each["gaps"]) for each in reports)
    text = f"{polls:,} polls, {fetched:,} filings fetched, {loaded:,} loaded, {lacking:,} did not come"
    return text + (f"; the feed may have dropped some {gaps} times" if gaps else ""), not lacking


def _some(lines: Iterable[str]) -> Iterator[str]:
    every = list(lines)
    yield from every[:_LISTED]
    if len(every) > _LISTED:
        yield f"… and {len(every) - _LISTED:,} more"
