"""What a run did, in words."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from filings.pipeline.progress import amount, duration
from filings.query import grid
from filings.query.grid import Look, visible
from filings.query.sheet import section
from filings.schema.codes import REASONS, STATUSES, Status

if TYPE_CHECKING:
    from filings.pipeline.report import Report

_LISTED = 20
"""Of files and filings with the same fate; the rest is counted."""


def summary(report: Report, look: Look) -> Iterator[str]:
    """The lines of the summary: rows by table, what was set aside and why; the last line counts it all."""
    yield from statuses(report, look)
    yield from section("Refused: no filings at all", _listed(_refused(report)), look)
    yield from section("Passed over", _listed([[f"{visible(path)}: {why}"] for path, why in report.passed_over]), look)
    yield ""
    yield last_line(report)


def statuses(report: Report, look: Look) -> Iterator[str]:
    """Rows by table, filings by status, and those that were quarantined."""
    rows = [(table, f"{count:,}") for table, count in report.rows.items() if count]
    if rows:
        yield from section(
            "Rows written", grid.lines(["table", "rows"], rows, is_number=[False, True], look=look), look
        )
    statuses = [(status, f"{count:,}", STATUSES.get(Status(status), "")) for status, count in report.filings.items()]
    if statuses:
        columns = ["status", "filings", "meaning"]
        body = grid.lines(columns, statuses, is_number=[False, True, False], look=Look(None, look.is_styled))
        yield from section("Filings", body, look)
    yield from section("Quarantined", _listed(_quarantined(report)), look)


def last_line(report: Report) -> str:
    """Everything counted, in one line."""
    total = sum(report.filings.values())
    parts = [amount(report.files, "files" if report.files != 1 else "file")]
    if report.known:
        parts.append(f"{report.known:,} known before")
    parts.append(amount(total, "filings" if total != 1 else "filing"))
    parts.append(f"{len(report.quarantined):,} quarantined")
    parts.append(f"{len(report.refused):,} refused")
    if report.passed_over:
        parts.append(f"{len(report.passed_over):,} passed over")
    text = ", ".join([*parts, *alerts(report)]) + f"; {amount(report.bytes, 'bytes')} in {duration(report.seconds)}"
    if report.snapshot is None:
        return text + "; nothing new, the snapshot stays."
    return text + f"; snapshot {report.snapshot}."


def alerts(report: Report) -> list[str]:
    """What came of alerts, for the last line; nothing where there were none."""
    words = {"sent": "sent", "failed": "not sent", "given_up": "given up", "waiting": "waiting"}
    told = [f"{report.alerts[name]:,} {word}" for name, word in words.items() if report.alerts.get(name)]
    return [f"alerts: {' and '.join(told)}"] if told else []


def _quarantined(report: Report) -> list[list[str]]:
    sentences = REASONS[Status.QUARANTINED]
    return [
        [f"{filing_id}: {sentences.get(code, code)}", *([visible(detail.splitlines()[-1])] if detail else [])]
        for filing_id, code, detail in report.quarantined
    ]


def _refused(report: Report) -> list[list[str]]:
    return [[f"{visible(source)}: {visible(detail) or verdict}"] for source, verdict, detail in report.refused]


def _listed(entries: list[list[str]]) -> Iterator[str]:
    for first, *more in entries[:_LISTED]:
        yield first
        yield from (f"  {line}" for line in more)
    if len(entries) > _LISTED:
        yield f"… and {len(entries) - _LISTED:,} more"
