"""A backfill in parts, each a run of its own: the parts of a span, and their reports as one. For flows."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from filings.errors import FilingsError
from filings.pipeline.progress import amount, duration
from filings.pipeline.report import Report
from filings.schema.codes import REASONS, STATUSES, Status
from filings.span import Span

_SUMS = ("fetched", "requests", "bytes", "left_out", "seconds")
_LISTS = ("days", "pending", "given_up", "index_failed", "refused", "failed")
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
    """One report of several (`BackfillReport.to_dict`), in their shape; `failed` are parts that broke off, with why."""
    whole: dict[str, Any] = dict.fromkeys(_SUMS, 0) | {name: [] for name in _LISTS}
    plan: Counter[str] = Counter()
    loaded = Report()
    for one in reports:
        for name in _SUMS:
            whole[name] += one[name]
        for name in _LISTS:
            whole[name] += one[name]
        plan.update(one["plan"])
        loaded.add(Report(**one["loaded"]))
    whole["failed"] += [list(each) for each in failed]
    return whole | {"plan": dict(plan), "loaded": loaded.to_dict()}


class Months:
    """The months of a backfill as they end. `asked` is what is asked of the next one: `limit` is of all months together,
    and what failed before is forgotten once."""

    def __init__(self, asked: dict[str, Any]) -> None:
        self.asked = asked
        self._reports: list[dict[str, Any]] = []
        self._failed: list[tuple[str, str]] = []
        self._error: FilingsError | None = None

    def add(self, part: Span, outcome: object, said: str) -> None:
        """One is over: with its report, or with the error for which it broke off and the words for it."""
        if not isinstance(outcome, dict):
            self._failed.append((str(part), said))
            self._error = outcome if isinstance(outcome, FilingsError) else self._error
            return
        self._reports.append(outcome)
        limit = self.asked["limit"]
        left = None if limit is None else limit - outcome["fetched"]
        self.asked = self.asked | {"limit": left, "again": False}

    def report(self) -> dict[str, Any]:
        """All of them as one. Where none came to its end, the error of the last is raised, as the command would."""
        if self._error and not self._reports:
            raise self._error
        return together(self._reports, self._failed)


def days_table(report: dict[str, Any]) -> list[dict[str, Any]]:
    """The rows of a table of days, and below them their sums; Prefect shows no table without any row.

    `trouble` is a column only where a day had some: a table has little room.
    """
    columns = ["day", "route", "listed", "wanted", "fetched", "failed", "requests", "bytes", "seconds"]
    columns += ["trouble"] if any(one["trouble"] for one in report["days"]) else []
    rows = [{name: one[name] for name in columns} for one in report["days"]]
    sums = {name: sum(one[name] for one in rows) for name in columns[2:9]}
    whole = {"day": "all days", "route": ""} | sums | {"seconds": round(sums["seconds"], 1)}
    whole |= dict.fromkeys(columns[9:], "")
    return [one | {"bytes": amount(one["bytes"], "bytes")} for one in (*rows, whole)]


def in_a_line(report: dict[str, Any]) -> str:
    """What came and what did not, of one report or of several together."""
    plan = report["plan"]
    lacking = [
        (len(report["index_failed"]), "indexes did not come"),
        (len(report.get("failed", ())), "months broke off"),
    ]
    return (
        f"{plan.get('listed', 0):,} filings listed, {report['fetched']:,} fetched, {len(report['pending']):,} pending, "
        f"{len(report['given_up']):,} given up"
        + "".join(f", {count:,} {what}" for count, what in lacking if count)
        + f"; {amount(report['bytes'], 'bytes')} in {duration(report['seconds'])}."
    )


def markdown(report: dict[str, Any], span: str) -> str:
    """The report as a page."""
    plan, filings = report["plan"], report["loaded"]["filings"]
    lines = [
        f"# Backfill of {span}",
        "",
        f"- listed: {plan.get('listed', 0):,} filings, {plan.get('here', 0):,} of them here before",
        f"- fetched: {report['fetched']:,} filings, {report['requests']:,} requests, {amount(report['bytes'], 'bytes')}",
        f"- loaded: {sum(filings.values()):,} filings" if filings else "- loaded: nothing new",
        *(f"    - {count:,} `{status}`: {STATUSES[Status(status)]}" for status, count in sorted(filings.items())),
        f"- pending: {len(report['pending']):,}; given up: {len(report['given_up']):,}",
        f"- time: {duration(report['seconds'])}",
    ]
    troubles = [(one["accession"], one["reason"]) for one in (*report["pending"], *report["given_up"])]
    troubles += [*report["index_failed"], *report["failed"], *report["refused"]]
    troubles += [(one["day"], one["trouble"]) for one in report["days"] if one["trouble"]]
    sentences = REASONS[Status.QUARANTINED]
    quarantined = [(filing, sentences.get(code, code)) for filing, code, _ in report["loaded"]["quarantined"]]
    for title, found in (("What did not come", troubles), ("Quarantined", quarantined)):
        if found:
            lines += ["", f"## {title}", "", *(f"- `{name}` {_plain(why)}" for name, why in found[:_LISTED])]
            lines += [f"- and {len(found) - _LISTED:,} more"] if len(found) > _LISTED else []
    return "\n".join(lines) + "\n"


def _plain(text: str) -> str:
    """Words of others, which shall not become links, tags or emphasis."""
    return re.sub(r"([\\`*<\[])", r"\\\1", text)


def is_clean(report: dict[str, Any]) -> bool:
    """Nothing that was asked for is lacking."""
    troubles = any(one["trouble"] for one in report["days"])
    lists = ("pending", "given_up", "index_failed", "failed")
    return not troubles and not report["left_out"] and not any(report[name] for name in lists)
