"""Many submissions at once: a few threads over one client, so that waiting for one answer does not slow the others."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Generator, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import TypeAlias

from filings.errors import Absent, NotAFiling, SourceError, TooLong, Unanswered
from filings.fetch.addresses import address
from filings.fetch.client import Answer, Client

THREADS = 6
"""Answers under way: at 8 requests a second each may take three quarters of a second."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A filing that an index lists: `ciks` are its parties, of which each is a folder that holds it (edgar.md A.1)."""

    accession: str
    ciks: tuple[str, ...]
    form: str
    filed_on: date


@dataclass(frozen=True, slots=True)
class Fetched:
    """The answer for a filing, and the party under whom it was found. `seconds` from the first asking to its last byte."""

    wanted: Wanted
    cik: str
    answer: Answer
    seconds: float


@dataclass(frozen=True, slots=True)
class Failed:
    """A filing that did not come: Absent, Unanswered or TooLong."""

    wanted: Wanted
    error: SourceError


Outcome: TypeAlias = Fetched | Failed


def fetch_each(
    client: Client, wanted: Iterable[Wanted], *, threads: int = THREADS, tick: float = 0.5
) -> Generator[Outcome | None, None, None]:
    """Each filing as it comes, in whatever order; None after `tick` seconds without one.

    What concerns one filing is its outcome; what concerns all (Blocked, Undeclared, Full, StoreError) is raised. Whoever
    stops early closes the iterator: nothing more is asked for, and threads that wait for an answer are not waited for.
    """
    crew = _Crew(client, list(wanted), threads)
    try:
        yield from crew.outcomes(tick)
    finally:
        crew.stop.set()


class _Crew:
    def __init__(self, client: Client, wanted: list[Wanted], threads: int) -> None:
        self.stop = threading.Event()
        self._client = client
        self._wanted = iter(wanted)
        self._left = len(wanted)
        self._lock = threading.Lock()
        self._out: queue.Queue[Outcome | BaseException] = queue.Queue(maxsize=threads)
        for number in range(min(threads, len(wanted))):
            # daemons: one that sits out a block of ten minutes must not keep the process
            threading.Thread(target=self._work, name=f"fetch {number}", daemon=True).start()

    def outcomes(self, tick: float) -> Iterator[Outcome | None]:
        while self._left:
            try:
                outcome = self._out.get(timeout=tick)
            except queue.Empty:
                yield None
                continue
            if isinstance(outcome, BaseException):
                raise outcome
            self._left -= 1
            yield outcome

    def _work(self) -> None:
        while not self.stop.is_set():
            with self._lock:
                wanted = next(self._wanted, None)
            if wanted is None:
                return
            try:
                self._put(_fetch(self._client, wanted))
            except BaseException as error:  # told to whoever waits for the outcomes
                self._put(error)
                return

    def _put(self, outcome: Outcome | BaseException) -> None:
        while not self.stop.is_set():
            try:
                self._out.put(outcome, timeout=0.2)
                return
            except queue.Full:
                continue


def _fetch(client: Client, wanted: Wanted) -> Outcome:
    """Ask under one party after the other: the number in front of the accession is not the folder (edgar.md A.1)."""
    error: SourceError = Absent(f"{wanted.accession}: no index names a party of it")
    began = time.monotonic()
    for cik in wanted.ciks:
        try:
            answer = client.get(address("submission", cik=cik, accession=wanted.accession))
            return Fetched(wanted, cik, answer, time.monotonic() - began)
        except Absent as absent:
            error = absent
        except (Unanswered, TooLong, NotAFiling) as other:
            return Failed(wanted, other)
    return Failed(wanted, error)
