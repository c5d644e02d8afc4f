"""What a watch of the latest-filings feed did."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from filings.pipeline.report import Report


@dataclass(frozen=True, slots=True)
class Arrival:
    """A filing that came. `at` is when it was in the snapshot that people open, UTC; where another process loads it, when
    it was handed to that one (`is_handed_on`). `status` is that of the ledger, where this process loaded it."""

    accession: str
    form: str
    company: str
    accepted_at: datetime | None
    at: datetime
    status: str | None = None
    is_handed_on: bool = False

    @property
    def seconds(self) -> float | None:
        """From acceptance to there; None where the feed states no acceptance."""
        return (self.at - self.accepted_at).total_seconds() if self.accepted_at else None


@dataclass(slots=True)
class WatchReport:
    """The outcome of a watch.

    `entries` of the feed were new to it; of the filings that they tell of, `found` were asked for and not here; of these
    `fetched` came. `pending` are those that did not, each with its reason; `given_up` those that no run asks for any more;
    `left` those of a day on which somebody else worked until the end. `latencies` are seconds from acceptance to the
    snapshot, of what was accepted while it went on. `gaps` are sentences: what the feed may have dropped unread.
    """

    polls: int = 0
    failed_polls: int = 0
    pages: int = 0
    entries: int = 0
    found: int = 0
    fetched: int = 0
    requests: int = 0
    bytes: int = 0
    left: int = 0
    loaded: Report = field(default_factory=Report)
    pending: dict[str, str] = field(default_factory=dict)
    given_up: set[str] = field(default_factory=set)
    latencies: list[float] = field(default_factory=list)
    gaps: list[str] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def is_clean(self) -> bool:
        """Nothing that the feed told of is lacking."""
        return not (self.pending or self.given_up or self.left)

    def latency(self, share: float) -> float | None:
        """The seconds within which so many of the filings were in the snapshot, 0.95 for 95 of 100; None without any."""
        ordered = sorted(self.latencies)
        return ordered[max(0, math.ceil(share * len(ordered)) - 1)] if ordered else None

    def to_dict(self) -> dict[str, Any]:
        """Plain values, for JSON and artifacts; times in seconds."""
        return {
            "polls": self.polls,
            "failed_polls": self.failed_polls,
            "pages": self.pages,
            "entries": self.entries,
            "found": self.found,
            "fetched": self.fetched,
            "requests": self.requests,
            "bytes": self.bytes,
            "loaded": self.loaded.to_dict(),
            "pending": [{"accession": each, "reason": reason} for each, reason in sorted(self.pending.items())],
            "given_up": sorted(self.given_up),
            "left": self.left,
            "latency_p50": self.latency(0.5),
            "latency_p95": self.latency(0.95),
            "latency_most": self.latency(1.0),
            "gaps": self.gaps,
            "seconds": round(self.seconds, 1),
        }

    def counts(self) -> dict[str, Any]:
        """The numbers alone: what the control state keeps of a run."""
        return {
            "polls": self.polls,
            "entries": self.entries,
            "files": self.fetched,
            "filings": self.loaded.filings,
            "pending": len(self.pending),
            "rows": sum(self.loaded.rows.values()),
            "bytes": self.bytes,
            "snapshot": self.loaded.snapshot,
        }
