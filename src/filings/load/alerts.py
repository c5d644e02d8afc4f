"""`ops.alert`: what was told to whom. The one table that neither bytes nor declarations can make again.

Alerts are sent without the writer's lock. What came of each attempt stands at first in the control state, as a row of
`work` of the kind ``alert``; the writer brings it here before it publishes. A rebuild takes the table over.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

import duckdb
import pyarrow as pa
from sqlalchemy import Connection, Engine, delete, insert, select, update

from filings.disk import disk
from filings.faults import Point, reach
from filings.load.database import Database
from filings.load.transaction import roll_back
from filings.schema import ops
from filings.schema.derive import arrow_schema, full_name
from filings.schema.state import work

ALERT = "alert"
"""The kind of row of `work`; its key is the rule's name, a blank, and the filing_id."""
WAITING, SENT, GIVEN_UP = "waiting", "done", "given_up"
LONGEST = 500
"""Characters of a reason that are kept."""

_NAME = full_name(ops.alert)


@dataclass(frozen=True, slots=True)
class Alert:
    """An alert that is to be sent, or was tried: `state` as in `work`, `tried_at` and `next_try_at` ISO 8601 in UTC."""

    rule_name: str
    filing_id: str
    raw_sha256: str
    state: str = WAITING
    attempts: int = 0
    next_try_at: str | None = None
    why: str = ""
    tried_at: str | None = None
    run_id: str | None = None

    @property
    def outcome(self) -> str:
        """What `ops.alert` says of it."""
        if self.state == SENT:
            return "sent"
        return f"{'given up' if self.state == GIVEN_UP else 'failed'}: {self.why}"

    @property
    def key(self) -> str:
        """The key of its row of `work`."""
        return f"{self.rule_name} {self.filing_id}"

    def row(self) -> dict[str, object]:
        """Its row of `work`."""
        facts = {"why": self.why, "raw_sha256": self.raw_sha256, "tried_at": self.tried_at, "run_id": self.run_id}
        return {
            "kind": ALERT,
            "key": self.key,
            "state": self.state,
            "attempts": self.attempts,
            "next_try_at": self.next_try_at,
            "reason": json.dumps(facts),
        }


def add(connection: Connection, alerts: Iterable[Alert]) -> None:
    """Note new ones, in the caller's transaction."""
    if rows := [one.row() for one in alerts]:
        connection.execute(insert(work), rows)


def change(connection: Connection, alert: Alert) -> None:
    """Note what came of one, in the caller's transaction."""
    is_it = (work.c.kind == ALERT) & (work.c.key == alert.key)
    connection.execute(update(work).where(is_it).values(alert.row()))


def noted(state: Engine) -> list[Alert]:
    """All alerts of the control state, in the order in which they were found. Raises StoreError."""
    columns = (work.c.key, work.c.state, work.c.attempts, work.c.next_try_at, work.c.reason)
    asked = select(*columns).where(work.c.kind == ALERT).order_by(work.c.work_id)
    with disk("reading the alerts"), state.connect() as connection:
        rows = connection.execute(asked).all()
    found = []
    for key, now, attempts, at, facts in rows:
        rule_name, _, filing_id = key.partition(" ")
        found.append(Alert(rule_name, filing_id, state=now, attempts=attempts, next_try_at=at, **json.loads(facts)))
    return found


def record(database: Database, state: Engine) -> int:
    """Write what came of alerts since into `ops.alert`, as a batch of its own. Gives how many rows were written. Raises
    StoreError, LoadError.

    The same failure once more changes nothing, so that a run that finds nothing new has nothing to publish. The control
    state keeps what it knows until a snapshot shows it (`forget`), so that at every moment one of them does.
    """
    tried = [one for one in noted(state) if one.tried_at]
    if not tried:
        return 0
    connection = database.connection
    with disk("writing alerts"):
        known = set(connection.execute(f"SELECT rule_name, filing_id, outcome FROM {_NAME}").fetchall())
        fresh = [one for one in tried if (one.rule_name, one.filing_id, one.outcome) not in known]
        if fresh:
            rows = _table(fresh, database.last_load_id() + 1)
            reach(Point.LOAD_BEGIN)
            connection.execute("BEGIN")
            try:
                connection.register("_alerts", rows)
                connection.execute(f"DELETE FROM {_NAME} AS old USING _alerts AS a WHERE {_SAME}")
                connection.unregister("_alerts")
                database.insert(ops.alert, rows)
                reach(Point.LOAD_COMMIT)
                connection.execute("COMMIT")
            except BaseException:
                roll_back(database)
                raise
            reach(Point.LOAD_COMMITTED)
    return len(fresh)


def forget(state: Engine, alerts: Iterable[Alert]) -> None:
    """These are in a snapshot: the control state need not know them any more. Raises StoreError."""
    keys = [one.key for one in alerts]
    if keys:
        with disk("forgetting alerts"), state.begin() as connection:
            reach(Point.STATE_COMMIT)
            for key in keys:
                connection.execute(delete(work).where(work.c.kind == ALERT, work.c.key == key))


_SAME = "a.rule_name = old.rule_name AND a.filing_id = old.filing_id"


def _time(text: str | None) -> datetime:
    return datetime.fromisoformat(text or "")


def _table(alerts: list[Alert], load_id: int) -> pa.Table:
    rows = [
        {
            "rule_name": one.rule_name,
            "filing_id": one.filing_id,
            "raw_sha256": one.raw_sha256,
            "run_id": one.run_id,
            "sent_at": _time(one.tried_at),
            "outcome": one.outcome,
            "load_id": load_id,
        }
        for one in alerts
    ]
    return pa.Table.from_pylist(rows, schema=arrow_schema(ops.alert))


def saved(*places: Path) -> pa.Table | None:
    """The rows of `ops.alert` in the first of these databases that can be read; None where none can, or has that table."""
    for place in places:
        try:
            with duckdb.connect(str(place), read_only=True) as connection:
                found: pa.Table = connection.sql(f"FROM {_NAME}").to_arrow_table()
                return found
        except duckdb.Error:
            continue
    return None


def take_over(database: Database, alerts: pa.Table | None) -> None:
    """Put the rows of another database into a new one, as one batch. Raises LoadError, Full."""
    if alerts is None or not alerts.num_rows:
        return
    at = alerts.schema.get_field_index("load_id")
    number = pa.array([database.last_load_id() + 1] * alerts.num_rows, pa.int64())
    with disk("taking over the alerts"):
        reach(Point.LOAD_INSERT)
        database.insert(ops.alert, alerts.set_column(at, "load_id", number))


def give_up(alert: Alert, why: str, now: datetime) -> Alert:
    """It is tried no more."""
    return replace(alert, state=GIVEN_UP, why=why[:LONGEST], tried_at=now.isoformat(), next_try_at=None)
