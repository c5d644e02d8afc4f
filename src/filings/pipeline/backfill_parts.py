"""A backfill in parts, each a run of its own: the parts of a span, and their reports as one. For flows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from filings.pipeline.progress import amount, duration
from filings.span import Span

_SUMS = ("fetched", "requests", "bytes", "left_out", "seconds")
_LISTS = ("days", "pending", "given_up", "index_failed", "refused")
_LISTED = 50


def months(span: Span) -> list[Span]:
    """The span, cut where months begin."""
    parts = []
    first = span.first
    while first <= span.last:
        last = date(first.year + first.month // 12, first.month % 12 + 1, 1) - timedelta(1)
        parts.append(Span(first, min(last, span.last)))
        first = last + timedelta(1)
    return parts


def together(reports: Iterable[dict[str, Any]], failed: Iterable[tuple[str, str]] = ()) -> dict[str, Any]:
    """One report of several (`BackfillReport.to_dict`): sums and lists; `failed` are parts that broke off, with why."""
    whole: dict[str, Any] = dict.fromkeys(_SUMS, 0) | {name: [] for name in _LISTS}
    plan: Counter[str] = Counter()
    filings: Counter[str] = Counter()
    for one in reports:
        for name in _SUMS:
            whole[name] += one[name]
        for name in _LISTS:
            whole[name] += one[name]
        plan.update(one["plan"])
        filings.update(one["loaded"]["filings"])
        whole["snapshot"] = one["loaded"]["snapshot"] or whole.get("snapshot")
    return whole | {"plan": dict(plan), "filings": dict(filings), "failed": [list(each) for each in failed]}


def days_table(report: dict[str, Any]) -> list[dict[str, Any]]:
    """The rows of a table of days; Prefect shows no table without any."""
    columns = ("day", "route", "listed", "wanted", "fetched", "failed", "requests", "bytes", "seconds", "trouble")
    return [{name: one[name] for name in columns} for one in report["days"]] or [dict.fromkeys(columns, "")]


def markdown(report: dict[str, Any], span: str) -> str:
    """The report as a page."""
    plan, filings = report["plan"], report["filings"]
    lines = [
        f"# Backfill of {span}",
        "",
        f"- listed: {plan.get('listed', 0):,} filings, {plan.get('here', 0):,} of them here before",
        f"- fetched: {report['fetched']:,} filings, {report['requests']:,} requests, {amount(report['bytes'], 'bytes')}",
        f"- loaded: {', '.join(f'{count:,} {status}' for status, count in sorted(filings.items())) or 'nothing new'}",
        f"- pending: {len(report['pending']):,}; given up: {len(report['given_up']):,}",
        f"- time: {duration(report['seconds'])}",
    ]
    troubles = [f"{one['accession']}: {one['reason']}" for one in (*report["pending"], *report["given_up"])]
    troubles += [f"{name}: {why}" for name, why in (*report["index_failed"], *report["failed"])]
    troubles += [f"{one['day']}: {one['trouble']}" for one in report["days"] if one["trouble"]]
    if troubles:
        lines += ["", "## What did not come", ""]
        lines += [f"- `{line}`" for line in troubles[:_LISTED]]
        if len(troubles) > _LISTED:
            lines.append(f"- and {len(troubles) - _LISTED:,} more")
    return "\n".join(lines) + "\n"


def is_clean(report: dict[str, Any]) -> bool:
    """Nothing that was asked for is lacking."""
    troubles = any(one["trouble"] for one in report["days"])
    lists = ("pending", "given_up", "index_failed", "failed")
    return not troubles and not report["left_out"] and not any(report[name] for name in lists)
