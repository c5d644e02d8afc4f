"""Proof: is everything here that EDGAR's indexes list? By day, and as a calendar.

A day is complete when each filing that an index lists for it is loaded, or quarantined with a reason. A day that no index
speaks of is *not read* and never complete, but for Saturdays and Sundays, when EDGAR takes no filings.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from datetime import date
from enum import StrEnum

from filings.query.answer import Answer, Kind, translated
from filings.query.company import with_tickers
from filings.query.compiled import duckdb
from filings.query.grid import Look
from filings.selection import Selection
from filings.span import Span

_SMALL = 1_000
"""Listed filings below which one in quarantine is allowed; from here on the share counts."""
_SHARE = 0.001
_SATURDAY = 5
_SHOWN = 20  # days to look at that are listed; the rest is counted
_COUNTS = ("listed", "loaded", "superseded", "pending", "quarantined", "missing", "extra")


class State(StrEnum):
    """How a day stands."""

    COMPLETE = "complete"
    QUARANTINED = "quarantined"
    PARTLY = "partly"
    PENDING = "pending"
    MISSING = "missing"
    NOTHING_FILED = "nothing filed"
    NOT_READ = "not read"


SIGNS: dict[State, tuple[str, str]] = {
    State.COMPLETE: ("#", "complete"),
    State.QUARANTINED: ("q", "complete, with filings in quarantine"),
    State.PARTLY: ("/", "some are pending"),
    State.PENDING: (".", "all are pending"),
    State.MISSING: ("!", "rows are missing: filings verify"),
    State.NOT_READ: ("?", "no index read: filings index"),
    State.NOTHING_FILED: ("-", "nothing filed"),
}
"""The sign of a day in the calendar, and what it means."""


@dataclass(frozen=True, slots=True)
class Day:
    """A day's numbers, as in the view `completeness`; `is_read` says whether an index speaks of it."""

    date: date
    is_read: bool
    listed: int = 0
    loaded: int = 0
    superseded: int = 0
    pending: int = 0
    quarantined: int = 0
    missing: int = 0
    extra: int = 0

    @property
    def state(self) -> State:
        """How it stands."""
        if not self.listed:
            is_weekend = self.date.weekday() >= _SATURDAY
            return State.NOTHING_FILED if self.is_read or is_weekend else State.NOT_READ
        if self.missing:
            return State.MISSING
        if self.pending:
            return State.PENDING if self.pending == self.listed else State.PARTLY
        if not self.is_read:
            return State.NOT_READ
        return State.QUARANTINED if self.quarantined else State.COMPLETE


@dataclass(frozen=True, slots=True)
class Proof:
    """The days of a span."""

    span: Span
    days: tuple[Day, ...]

    def total(self, name: str) -> int:
        """The sum of a column."""
        return sum(getattr(day, name) for day in self.days)

    @property
    def to_look_at(self) -> list[Day]:
        """The days that are not complete, and those with more in quarantine than is allowed on one day."""
        fine = {State.COMPLETE, State.QUARANTINED, State.NOTHING_FILED}
        return [day for day in self.days if day.state not in fine or (day.listed < _SMALL and day.quarantined > 1)]

    @property
    def is_green(self) -> bool:
        """Every day is complete; in quarantine are fewer than 0.1 % of the span, or at most one where the span has fewer
        than 1,000, and at most one on each day under 1,000 (docs/completeness.md)."""
        listed, quarantined = self.total("listed"), self.total("quarantined")
        is_few = quarantined < listed * _SHARE if listed >= _SMALL else quarantined <= 1
        return is_few and not self.to_look_at


def prove(connection: duckdb.DuckDBPyConnection, span: Span, selection: Selection | None = None) -> Proof:
    """How the days of a span stand in a snapshot; of a selection, only what it selects counts.

    A selection of companies goes by the lines of the indexes, so that `extra` is then not known and 0. Raises UsageError
    for a ticker that nobody has, and where the snapshot is of a version that had no indexes.
    """
    wanted = selection or Selection()
    condition, values = wanted.condition(with_tickers(connection, wanted.tickers))
    days: list[object] = [span.first, span.last]
    if wanted.ciks or wanted.tickers:
        source, values = listed(condition, values)
        counted = (
            "SELECT date, count(*), count_if(state = 'loaded'), count_if(has_superseded), count_if(state = 'pending'), "
            f"count_if(state = 'quarantined'), count_if(state = 'missing'), 0 FROM {source} "
            "WHERE date BETWEEN ? AND ? GROUP BY date"
        )
        asked = [*values, *days]
    else:
        sums = ", ".join(f"sum({name})::BIGINT" for name in _COUNTS)
        counted = (
            f"SELECT date, {sums} FROM (SELECT *, form AS form_type FROM completeness WHERE date BETWEEN ? AND ?) "
            f"WHERE {condition} GROUP BY date"
        )
        asked = [*days, *values]
    with translated():
        found = {row[0]: row[1:] for row in connection.execute(counted, asked).fetchall()}
        covered = _covered(connection, span)
    return Proof(span, tuple(Day(day, _is_in(covered, day), *found.get(day, ())) for day in span.days()))


def listed(condition: str, values: list[object]) -> tuple[str, list[object]]:
    """What a FROM clause names to read of the view `listed_filing` what a selection's condition selects, and its values."""
    if condition == "TRUE":
        return "listed_filing", []
    chosen = f"SELECT accession_number, form_type AS form FROM ops.index_entry WHERE {condition}"
    return f"listed_filing SEMI JOIN ({chosen}) USING (accession_number, form)", values


def _covered(connection: duckdb.DuckDBPyConnection, span: Span) -> list[tuple[date, date]]:
    """The stretches of days of which an index that was read speaks."""
    return connection.execute(
        "SELECT DISTINCT covers_from, covers_to FROM ops.index_file WHERE row_count IS NOT NULL "
        "AND covers_from <= ? AND covers_to >= ?",
        [span.last, span.first],
    ).fetchall()


def _is_in(covered: Sequence[tuple[date, date]], day: date) -> bool:
    return any(first <= day <= last for first, last in covered)


def as_rows(proof: Proof) -> Answer:
    """A row a day, for programs."""
    names = [each.name for each in fields(Day) if each.name in _COUNTS]
    kinds: list[Kind] = ["text", "text"]
    kinds += ["number"] * len(names)
    rows = ((str(day.date), str(day.state), *(str(getattr(day, name)) for name in names)) for day in proof.days)
    return Answer(["date", "state", *names], kinds, rows)


def calendar(proof: Proof, look: Look) -> Iterator[str]:
    """The days as signs, a row a month; then what the signs mean, the days to look at, and the sum."""
    yield look.bold(f"{'':7}  {''.join(str(day // 10 or ' ') if day % 10 == 0 else ' ' for day in range(1, 32))}")
    yield look.bold(f"{'month':7}  {''.join(str(day % 10) for day in range(1, 32))}  {'listed':>9}  {'here':>9}")
    months: dict[str, list[Day]] = {}
    for day in proof.days:
        months.setdefault(f"{day.date:%Y-%m}", []).append(day)
    for month, days in months.items():
        signs = {day.date.day: SIGNS[day.state][0] for day in days}
        listed = sum(day.listed for day in days)
        here = sum(day.loaded + day.quarantined for day in days)
        line = "".join(signs.get(number, " ") for number in range(1, 32))
        yield f"{month}  {line}  {listed:>9,}  {here:>9,}"
    yield ""
    seen = {day.state for day in proof.days}
    yield from (f"  {sign}  {means}" for state, (sign, means) in SIGNS.items() if state in seen)
    if wrong := [day for day in proof.to_look_at if day.state is not State.NOT_READ]:  # those the signs show
        yield ""
        yield look.bold("To look at")
        yield from (f"  {_said(day)}" for day in wrong[:_SHOWN])
        if len(wrong) > _SHOWN:
            yield f"  … and {len(wrong) - _SHOWN:,} more days"
    yield ""
    yield last_line(proof)


def _said(day: Day) -> str:
    counts = ", ".join(
        f"{getattr(day, name):,} {name}"
        for name in ("listed", "pending", "quarantined", "missing")
        if getattr(day, name)
    )
    return f"{day.date}  {day.state}" + (f": {counts}" if counts else "")


def last_line(proof: Proof) -> str:
    """The answer, and the sums, in one line."""
    sums = ", ".join(
        f"{count:,} {name}"
        for name in ("listed", "loaded", "quarantined", "pending", "missing", "extra")
        if (count := proof.total(name)) or name in ("listed", "loaded")
    )
    unread = sum(day.state is State.NOT_READ for day in proof.days)
    more = f"; {unread:,} days not read" if unread else ""
    return f"{'Complete' if proof.is_green else 'Not complete'}: {proof.span}: {sums}{more}."
