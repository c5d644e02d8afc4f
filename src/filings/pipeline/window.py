"""Which days a scheduled run looks at: from the first one that is not complete, by index and ledger alone.

Not from the time for which the run was planned, and not from where the last one ended: the machine may have been off, a
run may have failed in the middle, and filings may have come later than their day (prefect.md 0.4).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from filings.fetch.index_name import days_of_quarter, quarters
from filings.fetch.listing import day_of_name, read_listing
from filings.pipeline.failures import Failures
from filings.pipeline.hours import day_of
from filings.pipeline.keeper import Look, kept_beside
from filings.pipeline.missing import ask, counted
from filings.pipeline.warehouse import STATE, spool
from filings.query.connect import connect, is_published
from filings.raw.state import open_state
from filings.raw.store import RawStore
from filings.selection import Selection
from filings.settings import Settings
from filings.span import Span

_DAY = timedelta(1)


@dataclass(frozen=True, slots=True)
class Window:
    """The days to look at. `beyond`: days that may lack something, too, and lie before the limit of looking back."""

    span: Span
    beyond: Span | None = None


def window(settings: Settings, selection: Selection, *, now: datetime | None = None) -> Window:
    """From the first day that is not complete, at most `look_back_days` ago, until today, by New York's calendar.

    Yesterday is always looked at: its index may have been read before it was whole. A warehouse that has read no daily
    index yet begins with yesterday. A day is complete when what its index lists is here or given up; where no index of
    it is listed, when one of a later day is. Waits for nobody, writes nothing. Raises StoreError, UsageError.
    """
    today = day_of(now or datetime.now(UTC))
    yesterday = today - _DAY
    if not is_published(settings.warehouse):
        return Window(Span(yesterday, today))
    earliest = today - timedelta(settings.look_back_days)
    state = open_state(settings.warehouse / STATE)
    try:
        kept = kept_beside(settings.warehouse, state)  # before the snapshot is opened: files move that way
        with connect(settings.warehouse) as connection:
            look = Look(connection, kept)
            known = _read_days(look)
            if not known:
                return Window(Span(yesterday, today))
            store = RawStore(settings.warehouse / "raw", state, spool=spool(settings.warehouse))
            first = max(earliest, min(known))
            given_up = [one.accession for one in Failures(state).all().values() if one.is_given_up]
            found = lacking(look, Span(first, yesterday), selection, given_up)
            listed = _listed(look, store, Span(first, today))
    finally:
        state.dispose()
    last_listed = max(listed, default=date.min)
    begin = yesterday
    for day in Span(first, yesterday).days():
        is_read = day in known if day in listed else day < last_listed
        if not is_read or day in found:
            begin = day
            break
    newest = max(known)
    beyond = Span(newest, earliest - _DAY) if newest < earliest else None
    return Window(Span(begin, today), beyond)


def _read_days(look: Look) -> set[date]:
    """The days whose daily index was read."""
    rows = look.connection.execute(
        "SELECT DISTINCT covers_from FROM ops.index_file WHERE kind = 'daily' AND row_count IS NOT NULL"
    ).fetchall()
    return {row[0] for row in rows if row[0]}


def lacking(look: Look, span: Span, selection: Selection, given_up: Collection[str]) -> set[date]:
    """The days of which a listed filing is neither here nor given up."""
    if span.first > span.last:
        return set()
    found = counted(look, span, ask(look.connection, selection), given_up)
    return {one.day for one in found if one.listed > one.here + one.put_off}


def _listed(look: Look, store: RawStore, span: Span) -> set[date]:
    """The days of which the newest listings of these quarters name an index; also days beyond the span."""
    found: set[date] = set()
    for year, quarter in quarters(span.first, span.last):
        rows = look.connection.execute(
            "SELECT sha256 FROM ops.index_file WHERE kind = 'listing' AND index_name LIKE 'daily-index/%' "
            "AND covers_from = ? AND sha256 IS NOT NULL ORDER BY index_file_id DESC LIMIT 1",
            [days_of_quarter(year, quarter)[0]],
        ).fetchall()
        for (sha256,) in rows:
            found.update(_days(store, sha256, year))
    return found


def _days(store: RawStore, sha256: str, year: int) -> Iterator[date]:
    for one in read_listing(store.read(sha256)):
        if one.name.startswith("master.") and (day := day_of_name(one.name, year)):
            yield date.fromisoformat(day)
