"""Claims: who works on what, so that several processes share a plan and none does another's work (house 5).

A piece of work is known by its kind and key alone, whichever selection asked for it. A claim holds while its lease runs;
its holder renews it. The claim of a process of this machine that is gone is free at once; that of another machine, or of
a process that hangs, when its lease has run out.
"""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, Engine, delete, insert, select, update

from filings.disk import disk
from filings.errors import FilingsError
from filings.faults import Point, reach
from filings.schema.state import claim, work

LEASE = 60.0
"""Seconds for which a claim holds; it is renewed each third of that."""


@dataclass(frozen=True, slots=True)
class Holder:
    """Who has a claim."""

    host: str
    pid: int
    taken_at: str


class Claims:
    """The claims of one process. Threads may share it."""

    def __init__(self, state: Engine, lease: float = LEASE) -> None:
        """`lease` in seconds."""
        self._state = state
        self._lease = lease
        self._host = socket.gethostname()
        self._held: dict[int, str] = {}

    @contextmanager
    def holding(self, kind: str, key: str, selection_id: int | None = None) -> Iterator[bool]:
        """Try to take a piece of work and hold it inside; False where somebody else has it.

        The lease is renewed by a thread. However the block ends, the claim is given back. Raises StoreError.
        """
        taken = self._take(kind, key, selection_id)
        if taken is None:
            yield False
            return
        over = threading.Event()
        renewer = threading.Thread(target=self._renew, args=(taken, over), name=f"lease {key}", daemon=True)
        renewer.start()
        try:
            yield True
        finally:
            over.set()
            renewer.join()
            self._release(taken)

    def holder(self, kind: str, key: str) -> Holder | None:
        """Who works on it now; None where nobody does."""
        with disk("reading the claims"), self._state.connect() as connection:
            return self._holder(connection, kind, key)

    def _take(self, kind: str, key: str, selection_id: int | None) -> int | None:
        now = datetime.now(UTC)
        with disk("taking a claim"), self._state.connect() as connection:
            connection.exec_driver_sql("BEGIN IMMEDIATE")  # two that look first and write then would both have it
            if self._holder(connection, kind, key):
                connection.rollback()
                return None
            is_it = (work.c.kind == kind) & (work.c.key == key)
            work_id = connection.execute(select(work.c.work_id).where(is_it)).scalar()
            if work_id is None:
                new = {"kind": kind, "key": key, "state": "waiting", "attempts": 0, "selection_id": selection_id}
                work_id = connection.execute(insert(work).values(new).returning(work.c.work_id)).scalar_one()
            connection.execute(delete(claim).where(claim.c.work_id == work_id))
            connection.execute(
                insert(claim).values(
                    work_id=work_id,
                    host=self._host,
                    pid=os.getpid(),
                    taken_at=now.isoformat(),
                    lease_until=(now + timedelta(seconds=self._lease)).isoformat(),
                )
            )
            reach(Point.CLAIM_TAKE)
            connection.commit()
        self._held[work_id] = now.isoformat()
        return int(work_id)

    def _holder(self, connection: Connection, kind: str, key: str) -> Holder | None:
        row = connection.execute(
            select(claim.c.host, claim.c.pid, claim.c.taken_at, claim.c.lease_until)
            .join_from(work, claim, work.c.work_id == claim.c.work_id)
            .where(work.c.kind == kind, work.c.key == key)
        ).first()
        if row is None or datetime.fromisoformat(row.lease_until) < datetime.now(UTC):
            return None
        if row.host == self._host and not _is_alive(row.pid):
            return None
        return Holder(row.host, row.pid, row.taken_at)

    def _mine(self, work_id: int) -> object:
        """A claim that was taken over meanwhile, since this process hung, is not ours any more."""
        return (claim.c.work_id == work_id) & (claim.c.pid == os.getpid()) & (claim.c.taken_at == self._held[work_id])

    def _renew(self, work_id: int, over: threading.Event) -> None:
        while not over.wait(self._lease / 3):
            until = (datetime.now(UTC) + timedelta(seconds=self._lease)).isoformat()
            try:
                with disk("renewing a claim"), self._state.begin() as connection:
                    connection.execute(update(claim).where(self._mine(work_id)).values(lease_until=until))  # type: ignore[arg-type]
            except FilingsError:
                continue  # the next one may succeed; if none does, somebody else takes over what is left to do

    def _release(self, work_id: int) -> None:
        with disk("giving a claim back"), self._state.begin() as connection:
            connection.execute(delete(claim).where(self._mine(work_id)))  # type: ignore[arg-type]
            reach(Point.CLAIM_RELEASE)
        del self._held[work_id]


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
