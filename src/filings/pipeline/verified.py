"""How far a warehouse was found sound: by the runs of verify that the control state records.

Each run that found nothing writes the last pack that will not change and the last batch; what comes behind them is what is
new to the next. Where `state.sqlite` was lost, nothing is known to be sound, so all of it is new.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from sqlalchemy import Engine, select

from filings.disk import disk
from filings.schema.state import run

VERIFY, REBUILD = "verify", "rebuild"


class Scope(StrEnum):
    """What is verified: all of it, or what came since the last run that found nothing."""

    ALL = "all"
    NEW = "new"


@dataclass(frozen=True, slots=True)
class Mark:
    """What is known to be sound: the packs up to the one of that name, the rows of the batches up to that number.

    `batch` None: of no batch.
    """

    pack: str = ""
    batch: int | None = None


@dataclass(slots=True)
class Looked:
    """The numbers of one run of verify: bytes of packs that were read, things that do not agree, and how far it got."""

    scope: Scope
    read: int = 0
    findings: int | None = None
    mark: Mark = field(default_factory=Mark)

    def counts(self) -> dict[str, object]:
        """What the control state keeps of it."""
        found: dict[str, object] = {"scope": str(self.scope), "read": self.read, "findings": self.findings}
        return found | ({"pack": self.mark.pack, "batch": self.mark.batch} if self.findings == 0 else {})


def mark(state: Engine, last: int) -> Mark:
    """How far the last run of verify that found nothing got; `last` is the database's last batch. Raises StoreError.

    A rebuild counts its batches anew, so behind one all rows are new, as in a database that was put back from a backup; the
    packs are those that they were.
    """
    asked = select(run.c.kind, run.c.counts).where(run.c.kind.in_((VERIFY, REBUILD))).order_by(run.c.run_id.desc())
    is_rebuilt = False
    with disk("reading the runs"), state.connect() as connection:
        for kind, text in connection.execute(asked):
            counts: dict[str, Any] = json.loads(text or "{}")
            if kind == REBUILD:
                is_rebuilt = True
            elif "pack" in counts:
                is_other = is_rebuilt or counts["batch"] > last
                return Mark(counts["pack"], None if is_other else counts["batch"])
    return Mark()
