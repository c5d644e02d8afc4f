"""A reconciliation in words."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from filings.pipeline.progress import duration
from filings.query.grid import Look, visible
from filings.query.sheet import section

if TYPE_CHECKING:
    from filings.pipeline.reconcile import ReconcileReport

_LISTED = 20


def summary(report: ReconcileReport, look: Look) -> Iterator[str]:
    """What changed, what did not come and why; the last line counts it all."""
    sections = (
        ("Quarters with something new", report.quarters.changed),
        ("Complete until now", [str(day) for day in report.reopened]),
        ("Indexes that did not come", [f"{name}: {visible(why)}" for name, why in report.indexes.failed]),
        ("Not looked at", [f"{visible(name)}: {visible(why)}" for name, why in report.failed]),
        ("Days that could not be finished", [f"{day}: {visible(why)}" for day, why in _troubles(report)]),
        (
            "Did not come",
            [f"{one.accession}, {one.attempts} times: {visible(one.reason)}" for one in report.missing.values()],
        ),
    )
    for title, lines in sections:
        some = lines[:_LISTED] + ([f"… and {len(lines) - _LISTED:,} more"] if len(lines) > _LISTED else [])
        yield from section(title, iter(some), look)
    yield ""
    yield last_line(report)


def _troubles(report: ReconcileReport) -> Iterator[tuple[str, str]]:
    for part in report.fetched:
        for day in part.days:
            if day.trouble:
                yield str(day.day), day.trouble


def last_line(report: ReconcileReport) -> str:
    """Everything counted, in one line."""
    taken = report.indexes.taken
    fetched = sum(one.fetched for one in report.fetched)
    text = ", ".join(
        [
            f"{len(report.quarters.read):,} {'quarter' if len(report.quarters.read) == 1 else 'quarters'} read",
            f"{len(report.quarters.changed):,} changed",
            f"{taken.new:,} lines new",
            f"{taken.gone:,} lines gone",
            f"{len(report.reopened):,} {'day' if len(report.reopened) == 1 else 'days'} no longer complete",
            f"{fetched:,} filings fetched",
            f"{len(report.missing):,} missing",
        ]
    )
    text = f"{text}; in {duration(report.seconds)}"
    if report.snapshot is None:
        return text + "; nothing new, the snapshot stays."
    return text + f"; snapshot {report.snapshot}."
