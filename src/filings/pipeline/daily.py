"""The daily run: what EDGAR lists since the first day that is not complete, fetched and loaded."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from filings.fetch.client import Patience
from filings.pipeline.backfill import Options, backfill
from filings.pipeline.backfill_report import BackfillReport
from filings.pipeline.progress import Progress, Silent
from filings.pipeline.window import Window, window
from filings.selection import kept
from filings.settings import Settings
from filings.span import Span


def daily(
    settings: Settings,
    *,
    now: datetime | None = None,
    progress: Progress | None = None,
    patience: Patience | None = None,
    found: Callable[[Window], None] = lambda window: None,
) -> BackfillReport:
    """Load what is missing from the first day that is not complete until today. `found` hears of the days first.

    Raises what `backfill` raises; what does not come is in the report, and the next run asks again.
    """
    shown = progress or Silent()
    chosen = kept(settings.forms, settings.companies)
    days = window(settings, chosen, now=now)
    if days.beyond:
        shown.say(
            f"the days from {days.beyond.first} to {days.beyond.last} lie further back than look_back_days; "
            f"`filings backfill {days.beyond.first} {days.beyond.last}` looks at them"
        )
    found(days)
    report = backfill(settings, days.span, chosen, progress=shown, patience=patience)
    first = window(settings, chosen, now=now).span.first
    if first < days.span.first:  # an index that was read just now lists filings of older days: late or released ones
        older = Span(first, days.span.first - timedelta(1))
        options = Options(indexes_read=True)
        report.add(backfill(settings, older, chosen, options, progress=shown, patience=patience))
    return report
