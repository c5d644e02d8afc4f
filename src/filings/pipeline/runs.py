"""The control state's record of runs and refusals."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Protocol

from sqlalchemy import Engine, insert, select, update

from filings.disk import disk
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
        connection.execute(
            update(state.run).where(state.run.c.state == "running", state.run.c.kind != "verify").values(ended)
        )
        inserted = connection.execute(insert(state.run).values(kind=kind, started_at=_now(), state="running"))
        key = inserted.inserted_primary_key
    run_id = key[0] if key else None
    outcome = "failed"
    try:
        yield
        outcome = "done"
    except KeyboardInterrupt:
        outcome = "interrupted"
        raise
    finally:
        values = {"ended_at": _now(), "state": outcome, "counts": json.dumps(report.counts())}
        with disk("recording the run"), engine.begin() as connection:
            connection.execute(update(state.run).where(state.run.c.run_id == run_id).values(values))


def refuse(engine: Engine, source: str, verdict: str, detail: str) -> None:
    """One row of `refusal`, once: a file that is no filing."""
    table = state.refusal
    same = (table.c.source == source) & (table.c.verdict == verdict)
    with disk("recording a refusal"), engine.begin() as connection:
        if connection.execute(select(table.c.source).where(same)).first() is None:
            reach(Point.STATE_COMMIT)
            connection.execute(insert(table).values(source=source, verdict=verdict, seen_at=_now(), detail=detail))
