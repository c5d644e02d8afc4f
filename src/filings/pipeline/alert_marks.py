"""What each rule of alerts has seen: one row of `work` a rule, of the kind ``alert_rule``.

Without a mark a rule begins: it tells of what comes from then on, and never of the whole past. So a control state that is
lost sends nothing.
"""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import asdict, dataclass

from sqlalchemy import Connection, Engine, delete, insert, select

from filings.disk import disk
from filings.faults import Point, reach
from filings.query.alert import Seen
from filings.schema.state import work

RULE = "alert_rule"


@dataclass(frozen=True, slots=True)
class Mark:
    """How far a rule has come: `seen`, None where it is yet to look at all that is here. `since` is the day that the rule
    stated then; `begun_at` (ISO 8601, UTC) when it was first met; `passed_over` counts filings that came too late."""

    begun_at: str
    seen: Seen | None
    since: str | None = None
    passed_over: int = 0

    def write(self, connection: Connection, rule_name: str) -> None:
        """Its row, in the caller's transaction."""
        connection.execute(delete(work).where(work.c.kind == RULE, work.c.key == rule_name))
        row = {"kind": RULE, "key": rule_name, "state": WATCHING, "reason": json.dumps(asdict(self))}
        connection.execute(insert(work).values(row))


WATCHING = "waiting"


def read(text: str) -> Mark:
    """A mark from its row's `reason`."""
    facts = json.loads(text)
    return Mark(**facts | {"seen": Seen(**facts["seen"]) if facts["seen"] else None})


def marks(state: Engine) -> dict[str, Mark]:
    """The marks of all rules, by their names. Raises StoreError."""
    asked = select(work.c.key, work.c.reason).where(work.c.kind == RULE)
    with disk("reading the marks of alerts"), state.connect() as connection:
        return {name: read(text or "") for name, text in connection.execute(asked).all()}


def forget(state: Engine, names: Collection[str] | None = None) -> None:
    """These rules, or all, begin anew. Raises StoreError."""
    is_one = work.c.kind == RULE
    if names is not None:
        is_one &= work.c.key.in_(list(names))
    with disk("forgetting the marks of alerts"), state.begin() as connection:
        if connection.execute(select(work.c.key).where(is_one)).first():
            reach(Point.STATE_COMMIT)
            connection.execute(delete(work).where(is_one))
