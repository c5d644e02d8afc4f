"""The page that stands in a warehouse: completeness of what is kept, made anew after each `verify`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from filings.disk import disk
from filings.pipeline.follow import followed, merged
from filings.pipeline.hours import day_of
from filings.pipeline.warehouse import STATE
from filings.query.completeness import last_line
from filings.query.completeness_page.questions import ask
from filings.query.completeness_page.render import render, write
from filings.query.connect import connect, is_published
from filings.raw.state import open_state
from filings.selection import Selection, kept
from filings.settings import Settings
from filings.span import Span

PAGE = "pages/completeness.html"
"""Where it stands in a warehouse."""

_DAYS = 366
_WEEKEND = timedelta(5)
"""From its last day before to its first day behind, with a holiday at each end."""


@dataclass(frozen=True, slots=True)
class Made:
    """The page that was written: where, of which days, and its answer in one line."""

    path: Path
    span: Span
    answer: str


def completeness_page(settings: Settings, *, now: datetime | None = None) -> Made | None:
    """Write `pages/completeness.html` of the forms and companies that the settings keep.

    The days: the last stretch that is kept complete (`follow.py`), else from the first one whose daily index was read;
    until yesterday by New York's calendar, or until today where today's index was read already; at most 366. None where no
    daily index of them was read: then a page would only say so. Raises UsageError, Full, StoreError and what `connect`
    raises.
    """
    if not is_published(settings.warehouse):
        return None
    chosen = kept(settings.forms, settings.companies)
    today = day_of(now or datetime.now(UTC))
    with connect(settings.warehouse, threads=settings.threads, memory_limit=settings.memory_limit) as connection:
        first, last = connection.execute(
            "SELECT min(covers_from), max(covers_from) FROM ops.index_file "
            "WHERE kind = 'daily' AND row_count IS NOT NULL AND covers_from BETWEEN ? AND ?",
            [today - timedelta(_DAYS - 1), today],
        ).fetchall()[0]
        if first is None:
            return None
        begin = max(_kept_complete_since(settings.warehouse, chosen, today) or first, today - timedelta(_DAYS - 1))
        findings = ask(connection, _span(begin, last, today), chosen)
        page = render(findings, now)
    path = settings.warehouse / PAGE
    with disk("making the folder of the pages"):
        path.parent.mkdir(exist_ok=True)
    write(page, path)
    return Made(path, findings.proof.span, last_line(findings.proof))


def _kept_complete_since(warehouse: Path, chosen: Selection, today: date) -> date | None:
    """The first day of the last stretch of that selection. What was once loaded of earlier years, or of other forms, says
    nothing of the days in between; a long weekend that nobody had to ask for is no gap."""
    state = open_state(warehouse / STATE)
    try:
        spans = merged(span for each in followed(state, today) if each.selection.is_like(chosen) for span in each.spans)
    finally:
        state.dispose()
    first = None
    for span, later in zip(reversed(spans), [None, *reversed(spans)], strict=False):
        if later and span.last + _WEEKEND < later.first:
            break
        first = span.first
    return first


def _span(first: date, last: date, today: date) -> Span:
    return Span(first, max(first, last, today - timedelta(1)))
