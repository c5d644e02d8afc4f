"""What the flows share, without Prefect: settings, progress as lines of the run's log, which errors are tried again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from io import StringIO
from typing import Any

from filings.errors import FilingsError
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
