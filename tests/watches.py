"""Watches for tests: quick ones, which end when a test has seen enough."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from backfills import settings_for
from edgar.server import SmallEdgar
from filings.fetch.client import Patience
from filings.fetch.wire import Timeouts
from filings.pipeline import watch as pipeline
from filings.pipeline.watch_report import Arrival, WatchReport

QUICK = Patience(attempts=2, first=0.01, longest=0.02, waits_out=False, timeouts=Timeouts(2, 2, 2, 1000))


class Said:
    """What a run says to a person."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def start(self, what: str, total: int | None, unit: str) -> None: ...

    def advance(self, n: int, filings: int = 0) -> None: ...

    def say(self, text: str) -> None:
        self.lines.append(text)

    def finish(self) -> None: ...


class Watching:
    """A watch of a small EDGAR. It ends when `enough` says so, and after a minute in any case."""

    def __init__(self, small: SmallEdgar, warehouse: Path, **settings: object) -> None:
        self.small, self.warehouse, self.settings = small, warehouse, settings
        self.report, self.said, self.came = WatchReport(), Said(), list[Arrival]()
        self.enough: Callable[[], object] = lambda: self.report.polls >= 3

    def run(self, every: float = 0.02) -> WatchReport:
        """Until it is enough."""
        return pipeline.watch(
            settings_for(self.small, self.warehouse, **self.settings), every=every, report=self.report,
            progress=self.said, patience=QUICK, each=self.came.append,
        )  # fmt: skip

    @contextmanager
    def beside(self) -> Iterator[None]:
        """It runs in a thread; behind the block it is asked to end."""
        over = threading.Event()
        self.enough = over.is_set
        thread = threading.Thread(target=self.run)
        thread.start()
        try:
            yield
        finally:
            over.set()
            thread.join(60)
            assert not thread.is_alive()


def watching(monkeypatch: pytest.MonkeyPatch, small: SmallEdgar, warehouse: Path, **settings: object) -> Watching:
    """A watch that is made to end by the test, not by the clock."""
    made = Watching(small, warehouse, **settings)
    monkeypatch.setattr("filings.pipeline.watch.PUBLISH_SECONDS", 0.0)
    monkeypatch.setattr("filings.pipeline.watch._Watch._is_over", property(lambda self: bool(made.enough())))
    return made
