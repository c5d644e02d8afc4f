"""Quarters read again: what their indexes say now, asked for as sparingly as can be.

EDGAR makes every quarterly index anew early on Saturday, also those of old quarters; daily ones are rewritten now and
then (edgar.md A.3). So of each quarter the listing of daily indexes and the quarterly master are asked for, and of the
daily ones those that the listing shows otherwise than at the last time, or that have not been read yet. Which listing that
was stands in the control state; without it all are asked for, and what is as it was costs an empty answer each.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from sqlalchemy import Engine, delete, insert, select

from filings.disk import disk
from filings.errors import StoreError
from filings.faults import Point, reach
from filings.fetch.addresses import address
from filings.fetch.client import Client
from filings.fetch.index_name import index_name, quarter_of, quarters
from filings.fetch.listing import Listed, read_listing
from filings.large import Bytes, hash_of
from filings.load.readings import Reading
from filings.pipeline.asking import Asking, IndexReport
from filings.pipeline.indexes import daily_masters
from filings.pipeline.progress import Progress
from filings.pipeline.warehouse import Writer
from filings.schema.state import work
from filings.span import Span

QUARTER = "quarter"


@dataclass(slots=True)
class Quarters:
    """What reading quarters again found: those `read`, and those `changed`, of whose lines some are new or gone."""

    read: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)


def read_again(writer: Writer, client: Client, spans: Sequence[Span], report: IndexReport, shown: Progress) -> Quarters:
    """Read the indexes of some days again, and those of every quarter of which an index was ever read.

    Counts into `report`. Publishes nothing. Raises what `read_indexes` raises; what was read before is taken in then, and
    the next run asks for all of these daily indexes again.
    """
    found = Quarters()
    worked: dict[str, str] = {}
    asking = Asking(writer, client, report, shown)
    shown.start("read indexes", None, "indexes")
    before = _last_reading(writer)
    try:
        report.taken.add(writer.readings.take(_asked(asking, writer, spans, found, worked)))
    finally:
        shown.finish()
    _note(writer.state, worked)
    found.changed = _changed(writer, before)
    return found


def _last_reading(writer: Writer) -> int:
    asked = "SELECT coalesce(max(index_file_id), 0) FROM ops.index_file"
    return int(writer.database.connection.execute(asked).fetchall()[0][0])


def _changed(writer: Writer, before: int) -> list[str]:
    """The quarters of which a reading after that number brought lines, or lacked some: each is made anew every week, mostly
    with the lines that it had."""
    rows = writer.database.connection.execute(
        "SELECT DISTINCT covers_from FROM ops.index_file SEMI JOIN ("
        "SELECT index_file_id FROM ops.index_entry WHERE index_file_id > $1 "
        "UNION ALL SELECT gone_index_file_id FROM ops.index_entry WHERE gone_index_file_id > $1) "
        "USING (index_file_id) WHERE covers_from IS NOT NULL",
        [before],
    ).fetchall()
    return [f"{year}-Q{quarter}" for year, quarter in sorted({quarter_of(day) for (day,) in rows})]


def _asked(
    asking: Asking, writer: Writer, spans: Sequence[Span], found: Quarters, worked: dict[str, str]
) -> Iterator[Reading]:
    """The readings that say something new, in the order in which they were made. `worked` takes, of each quarter of which
    everything answered, the sha256 of its listing."""
    noted = _noted(writer.state)
    for year, quarter in _quarters(writer, spans):
        name, is_whole = f"{year}-Q{quarter}", True
        listing = asking.ask(address("daily_listing", year=year, quarter=quarter), "listing")
        wheres = [
            address("daily_index", year=year, quarter=quarter, name=each)
            for each in _daily(writer, (year, quarter), listing.body, spans, _listed(writer, noted.get(name)))
        ]
        if listing.reading:
            yield listing.reading
        for where in [*wheres, address("quarterly_index", year=year, quarter=quarter, name="master.gz")]:
            asked = asking.ask(where, "index")
            is_whole = is_whole and asked.is_answered
            if asked.reading:
                yield asked.reading
        found.read.append(name)
        if is_whole and listing.is_answered and listing.body:
            worked[name] = hash_of(listing.body)


def _quarters(writer: Writer, spans: Sequence[Span]) -> list[tuple[int, int]]:
    rows = writer.database.connection.execute(
        "SELECT DISTINCT covers_from FROM ops.index_file WHERE kind IN ('daily', 'quarterly') AND row_count IS NOT NULL"
    ).fetchall()
    found = {quarter_of(day) for (day,) in rows if day}
    for span in spans:
        found.update(quarters(span.first, span.last))
    return sorted(found)


def _daily(
    writer: Writer, quarter: tuple[int, int], listing: Bytes, spans: Sequence[Span], before: dict[str, Listed]
) -> Iterator[str]:
    """The names of the daily masters to ask for, by day."""
    year, number = quarter
    for day, one in sorted(daily_masters(read_listing(listing) if listing else [], year).items()):
        named = index_name(f"daily-index/{year}/QTR{number}/{one.name}")
        newest = writer.readings.newest(named.name) if named else None
        is_read = newest is not None and newest.sha256 is not None
        is_wanted = is_read or any(str(span.first) <= day <= str(span.last) for span in spans)
        if is_wanted and not (is_read and before.get(one.name) == one):
            yield one.name


def _listed(writer: Writer, sha256: str | None) -> dict[str, Listed]:
    try:
        return {one.name: one for one in read_listing(writer.store.read(sha256))} if sha256 else {}
    except StoreError:  # the note is older than the packs that are here
        return {}


def _noted(state: Engine) -> dict[str, str]:
    """By quarter the listing of which all daily indexes were read."""
    with disk("reading what was read"), state.connect() as connection:
        rows = connection.execute(select(work.c.key, work.c.reason).where(work.c.kind == QUARTER)).all()
    return {key: reason or "" for key, reason in rows}


def _note(state: Engine, worked: dict[str, str]) -> None:
    before = _noted(state)
    if changed := {key: sha for key, sha in worked.items() if before.get(key) != sha}:
        with disk("noting what was read"), state.begin() as connection:
            reach(Point.STATE_COMMIT)
            for key, sha in changed.items():
                connection.execute(delete(work).where(work.c.kind == QUARTER, work.c.key == key))
                connection.execute(insert(work).values(kind=QUARTER, key=key, state="done", reason=sha))
