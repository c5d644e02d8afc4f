"""Filings that did not come: how often they were asked for, why they failed, when they may be asked for again.

Only these have a row of `work` of their own (kind ``filing``); for all others index and ledger say what is left to do. And
a filing that was fetched again since its line in the index had changed (kind ``recheck``, with the time of that reading).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import Engine, delete, insert, select, update

from filings.disk import disk
from filings.faults import Point, reach
from filings.schema.state import work

FILING, RECHECK = "filing", "recheck"
ATTEMPTS = 5
"""Runs in which a filing may fail before it is given up."""

_WAITS = (timedelta(), timedelta(minutes=10), timedelta(hours=1), timedelta(hours=6))
"""From the first failure on: how long the next run leaves it alone. The first run after it may always try."""


@dataclass(frozen=True, slots=True)
class Failure:
    """A filing that has not come yet; `next_try_at` is UTC."""

    accession: str
    attempts: int
    next_try_at: datetime
    reason: str
    is_given_up: bool

    def is_due(self, now: datetime) -> bool:
        """Whether a run may ask for it."""
        return not self.is_given_up and self.next_try_at <= now


class Failures:
    """The failures of a warehouse, for all processes."""

    def __init__(self, state: Engine) -> None:
        self._state = state

    def all(self) -> dict[str, Failure]:
        """All that have not come yet, by accession number. Raises StoreError."""
        asked = select(work.c.key, work.c.attempts, work.c.next_try_at, work.c.reason, work.c.state)
        with disk("reading the failures"), self._state.connect() as connection:
            rows = connection.execute(asked.where(work.c.kind == FILING, work.c.state != "done")).all()
        return {
            key: Failure(key, attempts, datetime.fromisoformat(at), reason or "", state == "given_up")
            for key, attempts, at, reason, state in rows
        }

    def add(self, accession: str, reason: str) -> Failure:
        """It failed once more. Raises StoreError."""
        is_it = (work.c.kind == FILING) & (work.c.key == accession)
        with disk("noting a failure"), self._state.begin() as connection:
            before = connection.execute(select(work.c.attempts).where(is_it)).scalar() or 0
            attempts = before + 1
            again = datetime.now(UTC) + _WAITS[min(attempts, len(_WAITS)) - 1]
            state = "given_up" if attempts >= ATTEMPTS else "waiting"
            values = {"state": state, "attempts": attempts, "next_try_at": again.isoformat(), "reason": reason}
            reach(Point.STATE_COMMIT)
            if before:
                connection.execute(update(work).where(is_it).values(values))
            else:
                connection.execute(insert(work).values(values | {"kind": FILING, "key": accession}))
        return Failure(accession, attempts, again, reason, state == "given_up")

    def forget(self, accessions: Iterable[str]) -> None:
        """They came, or shall be tried as if for the first time. Raises StoreError."""
        wanted = list(accessions)
        if wanted:
            with disk("noting what came"), self._state.begin() as connection:
                reach(Point.STATE_COMMIT)
                for at in range(0, len(wanted), 500):  # SQLite takes so many values at once
                    some = wanted[at : at + 500]
                    connection.execute(delete(work).where(work.c.kind == FILING, work.c.key.in_(some)))

    def rechecks(self) -> dict[str, str]:
        """Filings that were fetched again, each with the reading of the index that was the reason. Raises StoreError."""
        with disk("reading what was fetched again"), self._state.connect() as connection:
            rows = connection.execute(select(work.c.key, work.c.reason).where(work.c.kind == RECHECK)).all()
        return {key: reason or "" for key, reason in rows}

    def rechecked(self, readings: Mapping[str, str]) -> None:
        """These were fetched again, because of these readings. Raises StoreError."""
        if readings:
            with disk("noting what was fetched again"), self._state.begin() as connection:
                reach(Point.STATE_COMMIT)
                for accession, read_at in readings.items():
                    connection.execute(delete(work).where(work.c.kind == RECHECK, work.c.key == accession))
                    row = {"kind": RECHECK, "key": accession, "state": "done", "reason": read_at}
                    connection.execute(insert(work).values(row))
