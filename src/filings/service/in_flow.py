"""What the flows share, without Prefect: settings, progress as lines of the run's log, which errors are tried again."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from datetime import date
from io import StringIO
from typing import Any

from filings.errors import FilingsError
from filings.pipeline.backfill_report import BackfillReport
from filings.pipeline.progress import Line
from filings.settings import Settings, settle

RETRIES = [60, 600, 1800]
"""Seconds before each new try of a task that failed for a reason that may pass."""


def settings_of(warehouse: str | None) -> Settings:
    """The settings of a run; without a warehouse that of `filings up`, by ``FILINGS_WAREHOUSE``. Raises UsageError."""
    return settle({"warehouse": warehouse or None})


def progress_to(write: Callable[[str], None]) -> Line:
    """Progress as lines, one each half minute: those of a run's log are kept by the server and shown on its page."""
    return Line(_Lines(write), is_live=False)


class DayByDay:
    """Shows how far a backfill is, with each day that is done, from `before` to `after` percent.

    A server that does not answer must not stop what comes from EDGAR: then it is told, and the next day shows more.
    """

    def __init__(
        self, show: Callable[[float], None], before: float, after: float, tell: Callable[[str], None], each: float = 2.0
    ) -> None:
        """`each`: seconds between two steps."""
        self._show, self._before, self._after, self._tell, self._each = show, before, after, tell, each
        self._next = 0.0

    def __call__(self, report: BackfillReport) -> None:
        """A day is done."""
        if time.monotonic() < self._next:
            return
        share = min(1.0, len(report.days) / max(1, len(report.plan.days)))
        try:
            self._show(self._before + (self._after - self._before) * share)
        except Exception as error:
            self._tell(f"The progress could not be shown: {error}")
        self._next = time.monotonic() + self._each


class _Lines(StringIO):
    def __init__(self, write: Callable[[str], None]) -> None:
        super().__init__()
        self._write = write

    def write(self, text: str, /) -> int:
        for line in text.splitlines():
            if line.strip():
                self._write(line)
        return len(text)


def is_transient(task: Any, run: Any, state: Any) -> bool:
    """Whether a task that failed may succeed when it is tried again: as Prefect asks for it."""
    error = state.result(raise_on_failure=False)
    return isinstance(error, FilingsError) and error.transient


def span_name(flow: str, first: date | str, last: date | str | None, words: Sequence[str] = ()) -> str:
    """The name of a run: ``backfill 2024-01-02…2024-03-29 6-K,20-F``."""
    days = str(first) if last in (None, "", first) else f"{first}…{last}"
    return " ".join([flow, days, *([",".join(words)] if words else [])])
