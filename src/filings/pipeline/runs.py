"""The control state's record of runs and refusals."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol

from sqlalchemy import Engine, insert, select, update

from filings.disk import disk
from filings.errors import FilingsError
from filings.faults import Point, reach
from filings.schema import state


class Counted(Protocol):
    """Something that can say its numbers."""

    def counts(self) -> dict[str, object]:
        """Plain values by name."""
        ...


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="microseconds")


@contextmanager
def record(engine: Engine, kind: str, report: Counted) -> Iterator[None]:
    """One row of `run`: from its start to its end, with its numbers, whatever the end was."""
    with disk("recording the run"), engine.begin() as connection:
        reach(Point.STATE_COMMIT)
        ended = {"ended_at": _now(), "state": "killed"}  # the lock is ours: nobody else can still be running
        connection.execute(update(state.run).where(state.run.c.state == "running").values(ended))
        inserted = connection.execute(insert(state.run).values(kind=kind, started_at=_now(), state="running"))
        key = inserted.inserted_primary_key
    run_id = key[0] if key else None
    try:
        yield
    except BaseException as error:
        with suppress(FilingsError):  # on a full disk not even this can be written; what failed first is what is told
            _end(engine, run_id, "interrupted" if isinstance(error, KeyboardInterrupt) else "failed", report)
        raise
    _end(engine, run_id, "done", report)


def _end(engine: Engine, run_id: object, outcome: str, report: Counted) -> None:
    values = {"ended_at": _now(), "state": outcome, "counts": json.dumps(report.counts())}
    with disk("recording the run"), engine.begin() as connection:
        connection.execute(update(state.run).where(state.run.c.run_id == run_id).values(values))


@dataclass(frozen=True, slots=True)
class Done:
    """A run that ended well: what it read, in how many seconds."""

    kind: str
    bytes: int
    seconds: float


def done(engine: Engine) -> list[Done]:
    """The runs that ended well, newest first."""
    columns = state.run.c
    asked = select(columns.kind, columns.started_at, columns.ended_at, columns.counts)
    with disk("reading the runs"), engine.connect() as connection:
        rows = connection.execute(asked.where(columns.state == "done").order_by(columns.run_id.desc())).all()
    return [
        Done(kind, json.loads(counts).get("bytes", 0), (_time(ended) - _time(started)).total_seconds())
        for kind, started, ended, counts in rows
    ]


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text)


def refuse(engine: Engine, source: str, verdict: str, detail: str) -> None:
    """One row of `refusal`, once: a file that is no filing."""
    table = state.refusal
    same = (table.c.source == source) & (table.c.verdict == verdict)
    with disk("recording a refusal"), engine.begin() as connection:
        if connection.execute(select(table.c.source).where(same)).first() is None:
            reach(Point.STATE_COMMIT)
            connection.execute(insert(table).values(source=source, verdict=verdict, seen_at=_now(), detail=detail))
