"""What a backfill did."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from filings.pipeline.costs import Learned
from filings.pipeline.failures import Failure
from filings.pipeline.plan import Plan, Route
from filings.pipeline.report import Report


@dataclass(slots=True)
class DayDone:
    """What was done for one day: of `listed` filings `wanted` were not here; `fetched` came, `failed` did not.

    `bytes` are those over the line, `seconds` wall time. `trouble` says why the day as a whole could not be finished.
    """

    day: date
    listed: int = 0
    wanted: int = 0
    fetched: int = 0
    failed: int = 0
    route: Route | None = None
    requests: int = 0
    bytes: int = 0
    seconds: float = 0.0
    trouble: str = ""

    def to_dict(self) -> dict[str, Any]:
        """Plain values, for JSON and tables."""
        return asdict(self) | {"day": str(self.day), "route": str(self.route or ""), "seconds": round(self.seconds, 1)}

    @classmethod
    def of(cls, plain: dict[str, Any]) -> DayDone:
        """The same of its plain values."""
        route = Route(plain["route"]) if plain["route"] else None
        return cls(**plain | {"day": date.fromisoformat(plain["day"]), "route": route})


@dataclass(slots=True)
class BackfillReport:
    """The outcome of a backfill: the plan, the days that this process worked on, what it loaded, what did not come.

    `pending` are filings that failed and are tried again by a later run, `given_up` those that no run tries again;
    `index_failed` indexes that gave no right answer; `refused` members of archives that are no submissions; `failed` the
    parts of a backfill in parts that broke off, with why.
    """

    plan: Plan = field(default_factory=lambda: Plan(()))
    days: list[DayDone] = field(default_factory=list)
    loaded: Report = field(default_factory=Report)
    pending: dict[str, Failure] = field(default_factory=dict)
    given_up: dict[str, Failure] = field(default_factory=dict)
    index_failed: list[tuple[str, str]] = field(default_factory=list)
    refused: list[tuple[str, str]] = field(default_factory=list)
    failed: list[tuple[str, str]] = field(default_factory=list)
    learned: Learned = field(default_factory=Learned)
    left_out: int = 0
    seconds: float = 0.0

    @property
    def fetched(self) -> int:
        """Filings that came."""
        return sum(one.fetched for one in self.days)

    @property
    def is_clean(self) -> bool:
        """Nothing that was asked for is lacking."""
        troubles = any(one.trouble for one in self.days)
        lacking = (self.pending, self.given_up, self.index_failed, self.left_out, self.failed)
        return not (any(lacking) or troubles)

    def fail(self, failure: Failure) -> None:
        """A filing did not come, now or in an earlier run."""
        (self.given_up if failure.is_given_up else self.pending)[failure.accession] = failure

    def came(self, accession: str) -> None:
        """A filing that had failed is here."""
        self.pending.pop(accession, None)
        self.given_up.pop(accession, None)

    def add(self, other: BackfillReport) -> None:
        """Count in what another run did behind this one, for days before those of this one."""
        self.plan = Plan((*other.plan.days, *self.plan.days))
        self.days = [*other.days, *self.days]
        self.loaded.add(other.loaded)
        self.pending |= other.pending
        self.given_up |= other.given_up
        self.index_failed += other.index_failed
        self.refused += other.refused
        self.failed += other.failed
        self.left_out += other.left_out
        self.seconds += other.seconds

    def to_dict(self) -> dict[str, Any]:
        """Plain values, for JSON and artifacts."""
        failures = {
            name: [
                {"accession": one.accession, "attempts": one.attempts, "reason": one.reason} for one in found.values()
            ]
            for name, found in (("pending", self.pending), ("given_up", self.given_up))
        }
        return {
            "plan": self.plan.total(),
            "days": [one.to_dict() for one in self.days],
            "fetched": self.fetched,
            "requests": sum(one.requests for one in self.days),
            "bytes": sum(one.bytes for one in self.days),
            "loaded": self.loaded.to_dict(),
            **failures,
            "index_failed": self.index_failed,
            "refused": self.refused,
            "failed": self.failed,
            "left_out": self.left_out,
            "seconds": round(self.seconds, 1),
        }

    @classmethod
    def of(cls, plain: dict[str, Any]) -> BackfillReport:
        """The same of its plain values, as a flow run leaves them; of the plan its sums, and of a failure what is told."""
        made = cls(Plan((), plain["plan"]), [DayDone.of(one) for one in plain["days"]], Report(**plain["loaded"]))
        for name in ("pending", "given_up"):
            for one in plain[name]:
                failure = Failure(next_try_at=datetime.now(UTC), is_given_up=name == "given_up", **one)
                getattr(made, name)[failure.accession] = failure
        for name in ("index_failed", "refused", "failed"):
            getattr(made, name).extend((str(what), str(why)) for what, why in plain[name])
        made.left_out, made.seconds = plain["left_out"], plain["seconds"]
        return made

    def counts(self) -> dict[str, Any]:
        """The numbers alone: what the control state keeps of a run, and what later plans learn from."""
        return {
            "days": len(self.days),
            "files": self.fetched,
            "filings": self.loaded.filings,
            "pending": len(self.pending),
            "given_up": len(self.given_up),
            "rows": sum(self.loaded.rows.values()),
            "bytes": sum(one.bytes for one in self.days),
            "snapshot": self.loaded.snapshot,
            "learned": asdict(self.learned),
        }
