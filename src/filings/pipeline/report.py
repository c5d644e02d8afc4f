"""What a run did."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass, field, fields
from typing import Any


@dataclass(slots=True)
class Report:
    """The outcome of an ingest or a rebuild.

    `files` were looked at, of which `kept` brought new bytes or a new place and `known` were here already. `filings`
    counts the filings touched by their status; `rows` the rows written, a table. `seconds` is wall time, `bytes` what was
    read. `alerts` counts what came of alerts: sent, failed, given_up, waiting, passed_over.
    """

    files: int = 0
    kept: int = 0
    known: int = 0
    filings: dict[str, int] = field(default_factory=dict)
    quarantined: list[tuple[str, str, str]] = field(default_factory=list)
    refused: list[tuple[str, str, str]] = field(default_factory=list)
    passed_over: list[tuple[str, str]] = field(default_factory=list)
    rows: dict[str, int] = field(default_factory=dict)
    warnings: int = 0
    snapshot: int | None = None
    seconds: float = 0.0
    bytes: int = 0
    alerts: dict[str, int] = field(default_factory=dict)

    def add(self, other: Report) -> None:
        """Count in what another run did behind this one."""
        for one in fields(self):
            mine, more = getattr(self, one.name), getattr(other, one.name)
            if one.name == "snapshot":
                self.snapshot = other.snapshot or self.snapshot
            elif isinstance(mine, dict):
                setattr(self, one.name, dict(Counter(mine) + Counter(more)))
            else:
                setattr(self, one.name, mine + more)

    def to_dict(self) -> dict[str, Any]:
        """Plain values, for JSON and the control state."""
        return asdict(self)

    def counts(self) -> dict[str, Any]:
        """The numbers alone: what the control state keeps of a run."""
        return {
            "files": self.files,
            "kept": self.kept,
            "known": self.known,
            "filings": self.filings,
            "refused": len(self.refused),
            "rows": sum(self.rows.values()),
            "bytes": self.bytes,
            "snapshot": self.snapshot,
        }
