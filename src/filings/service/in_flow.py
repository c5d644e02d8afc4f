"""What the flows share, without Prefect: settings, lines of the run's log, names of runs, what is asked for behind a run,
which errors are tried again.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from io import StringIO
from typing import Any

from filings.errors import FilingsError
from filings.pipeline.backfill_report import BackfillReport
from filings.pipeline.progress import Line
from filings.service.api import Api
from filings.service.handover import OURS, hand_over
from filings.settings import Settings, settle

RETRIES = [60, 600, 1800]
"""Seconds before each new try of a task that failed for a reason that may pass."""


def settings_of(warehouse: str | None) -> Settings:
    """The settings of a run; without a warehouse that of `filings up`, by ``FILINGS_WAREHOUSE``. Raises UsageError."""
    return settle({"warehouse": warehouse or None})


def progress_to(write: Callable[[str], None]) -> Line:
    """Progress as lines, one each half minute: those of a run's log are kept by the server and shown on its page."""
    return Line(_Lines(write), is_live=False)


def ours(log: Any) -> Any:
    """The run's log for lines of ours: who follows the run from a terminal tells them from Prefect's by their name."""
    return log.getChild(OURS)


def then(name: str, deployment: object, tell: Callable[[str], None], **parameters: Any) -> None:
    """Ask for a run of the deployment `name` behind this one. That it could not be asked for is told, and no failure.

    `deployment` is that of this run: without one the run belongs to no server that would do it.
    """
    url = os.environ.get("PREFECT_API_URL", "").removesuffix("/api")
    if not deployment or not url:
        return
    words = " ".join([name, *map(str, parameters.values())])
    try:
        hand_over(Api(url, patience=60), name, words, parameters)
    except FilingsError as error:
        tell(f"{name} could not be asked for: {error.message}")


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


def backfill_name(asked: Mapping[str, Any]) -> str:
    """The name of a backfill by its parameters."""
    words = [word for kind in ("forms", "ciks", "tickers") for word in asked.get(kind) or []]
    return span_name("backfill", asked["start"], asked.get("end"), words)
