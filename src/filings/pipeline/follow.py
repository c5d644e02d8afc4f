"""What a warehouse keeps complete: the selections and days of the daily runs and backfills that came to their end.

Each of them left a row in `selection` of the control state. One that was broken off, or was to fetch so many filings and
no more, promised nothing. Where the control state was lost, nothing is followed until the next run.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta

from sqlalchemy import Engine, select

from filings.disk import disk
from filings.pipeline.plan import WITHOUT_AMENDMENTS
from filings.schema import state
from filings.selection import Selection, kept
from filings.span import Span

_ENDED = ("done", "incomplete")


@dataclass(frozen=True, slots=True)
class Followed:
    """A selection, and the days of which it is kept complete: spans in order, that do not touch."""

    selection: Selection
    spans: tuple[Span, ...]


def followed(engine: Engine, today: date) -> list[Followed]:
    """All that is kept complete, until `today` at the latest, in the order of asking. Raises StoreError."""
    row = state.selection.c
    asked = select(row.forms, row.companies, row.date_from, row.date_to).where(row.state.in_(_ENDED))
    with disk("reading what was asked for"), engine.connect() as connection:
        rows = connection.execute(asked.order_by(row.selection_id)).all()
    spans: dict[Selection, list[Span]] = {}
    for forms, companies, first, last in rows:
        span = Span(date.fromisoformat(first), min(date.fromisoformat(last), today))
        if span.first <= span.last:
            spans.setdefault(_selection(forms, companies), []).append(span)
    return [Followed(selection, tuple(merged(found))) for selection, found in spans.items()]


def _selection(forms: str, companies: str) -> Selection:
    words = [word for word in forms.split(",") if word]
    if WITHOUT_AMENDMENTS not in words:
        return kept(forms, companies)
    return replace(kept(",".join(word for word in words if word != WITHOUT_AMENDMENTS), companies), amendments=False)


def merged(spans: Iterable[Span]) -> list[Span]:
    """The same days in as few spans as can be, in order."""
    found: list[Span] = []
    for one in sorted(spans, key=lambda span: span.first):
        if found and one.first <= found[-1].last + timedelta(1):
            found[-1] = Span(found[-1].first, max(found[-1].last, one.last))
        else:
            found.append(one)
    return found
