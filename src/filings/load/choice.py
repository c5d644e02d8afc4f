"""Which version of a filing stands in the tables (tables.md 2).

Several byte strings may claim one accession. The order depends on the bytes and on where they were disseminated, never on
the order of arrival: shuffled and repeated input gives the same choice.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from filings.schema.codes import Reason, Status

_TAG_ENVELOPES = frozenset({"submission", "header_tags"})


@dataclass(frozen=True, slots=True)
class Candidate:
    """What the choice asks of a version. `disseminated_on`: the wrapper's date, else the earliest day of a feed archive
    that holds it, else for a correction the day of its ``<TIMESTAMP>``, which is its dissemination time."""

    raw_sha256: str
    is_damaged: bool
    document_count: int
    envelope: str
    disseminated_on: date | None
    is_header_only: bool
    is_correction: bool
    correction_at: datetime | None = None
    member_number: int = 0

    @property
    def has_documents(self) -> bool:
        """Line 2 of the order."""
        return self.document_count > 0


@dataclass(frozen=True, slots=True)
class Choice:
    """The version whose documents stand, the version whose header stands, and why each other one does not."""

    documents: str
    header: str
    superseded: dict[str, Reason]

    def part(self, raw_sha256: str) -> str | None:
        """`chosen_part` of `ops.observation`."""
        if raw_sha256 == self.documents == self.header:
            return "whole"
        return {self.header: "header", self.documents: "documents"}.get(raw_sha256)


def _days(day: date | None) -> int:
    return day.toordinal() if day else 0


_LINES: tuple[tuple[str, str, Any], ...] = (
    ("damaged", "the chosen version is intact", lambda c: c.is_damaged),
    ("header_only", "the chosen version has documents", lambda c: not c.has_documents),
    ("older_dissemination", "the chosen version was disseminated later", lambda c: -_days(c.disseminated_on)),
    ("tag_dialect", "the chosen version is in the text dialect", lambda c: c.envelope in _TAG_ENVELOPES),
    ("fewer_documents", "the chosen version has more documents", lambda c: -c.document_count),
    ("larger_sha256", "nothing else decided between equal versions", lambda c: c.raw_sha256),
)


def order(candidate: Candidate) -> tuple[Any, ...]:
    """The sort key of the six lines of tables.md 2: the smallest is the best version."""
    return tuple(key(candidate) for _, _, key in _LINES)


def _why_not(loser: Candidate, chosen: Candidate) -> Reason:
    for code, sentence, key in _LINES:
        if key(loser) != key(chosen):
            return Reason(Status.SUPERSEDED, code, f"{sentence}: {chosen.raw_sha256[:12]}…")
    raise AssertionError("two versions with one sha256")


def _correction_order(candidate: Candidate) -> tuple[Any, ...]:
    at = candidate.correction_at or datetime.min
    before = datetime.max - at  # the later, the smaller
    return (before, -_days(candidate.disseminated_on), -candidate.member_number, candidate.raw_sha256)


def choose(candidates: Iterable[Candidate]) -> Choice:
    """The choice among the versions of one filing; there must be at least one.

    A header-only correction that is not older than the chosen version gives the header; of several the latest.
    """
    ranked: Sequence[Candidate] = sorted(candidates, key=order)
    best = ranked[0]
    header = best
    if best.has_documents:
        corrections = [
            c
            for c in ranked
            if c.is_correction
            and c.is_header_only
            and not c.is_damaged
            and _days(c.disseminated_on) >= _days(best.disseminated_on)
        ]
        header = min(corrections, key=_correction_order, default=best)
    reasons = {c.raw_sha256: _why_not(c, best) for c in ranked if c not in (best, header)}
    return Choice(documents=best.raw_sha256, header=header.raw_sha256, superseded=reasons)
