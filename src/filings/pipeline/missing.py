"""What is listed and not here: of one day, filing by filing, and of any number of days by counting (issue: the plan).

Listed is what stands in `ops.index_entry` and is not gone, under the day that the index states as filed; a row without a
day counts for the day of its index. Here is what the ledger knows and what is kept and on its way there.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import duckdb
import pyarrow as pa

from filings.errors import UsageError
from filings.fetch.many import Wanted
from filings.pipeline.failures import Failure
from filings.pipeline.keeper import Look
from filings.selection import Selection
from filings.span import Span


@dataclass(frozen=True, slots=True)
class Asked:
    """A selection over the index as SQL: a condition over its rows, and the values in it."""

    condition: str
    values: tuple[object, ...]
    is_all: bool


@dataclass(frozen=True, slots=True)
class Count:
    """Filings of a day and form: `listed` by the index, of which `here` already."""

    day: date
    form: str
    listed: int
    here: int


@dataclass(frozen=True, slots=True)
class Missing:
    """Of one day: how many filings are `listed`, those to ask for, and those that a failure keeps back for now."""

    listed: int
    wanted: list[Wanted]
    changed: dict[str, str]
    put_off: list[Failure]


def ask(connection: duckdb.DuckDBPyConnection, selection: Selection) -> Asked:
    """The selection with its tickers looked up. Raises UsageError for a ticker that nobody has."""
    ciks: list[str] = []
    for ticker in selection.tickers:
        found = connection.execute(
            "SELECT DISTINCT cik FROM company_ticker WHERE gone_on IS NULL AND upper(ticker) IN (?, ?)",
            [ticker, ticker.replace(".", "-")],
        ).fetchall()
        if not found:
            raise UsageError(
                f"no company has the ticker {ticker}", "Look for it with `filings company`, or give --cik."
            )
        ciks += [row[0] for row in found]
    condition, values = selection.condition(ciks)
    return Asked(condition, tuple(values), not selection)


def counted(look: Look, span: Span, asked: Asked, again: Collection[str] = ()) -> list[Count]:
    """What is listed and what is here, by day and form, by one statement over the whole span.

    A filing that an index lists under two forms counts under one of them.
    """
    with _kept(look, again) as connection:
        rows = connection.execute(
            f"""
            WITH entry AS (
                SELECT filed_on AS day, min(form_type) AS form, hash(accession_number) AS filing
                FROM ({_standing(asked)}) GROUP BY day, filing),
            here AS (SELECT DISTINCT hash(filing_id) AS filing FROM ops.ingest_log UNION SELECT filing FROM _kept)
            SELECT day, form, count(*), count(here.filing)
            FROM entry LEFT JOIN here USING (filing) GROUP BY day, form ORDER BY day, form
            """,
            [*_span(span), *asked.values, *_span(span), *asked.values],
        ).fetchall()
    return [Count(*row) for row in rows]


def of_day(
    look: Look, day: date, asked: Asked, failures: Mapping[str, Failure], rechecks: Mapping[str, str], now: datetime
) -> Missing:
    """What is left to do of one day, the filings in the order of their numbers.

    Also filings that are here and whose line in the index has changed since, but for those of `rechecks`.
    """
    span = Span(day, day)
    with _kept(look, ()) as connection:
        rows: list[tuple[Any, ...]] = connection.execute(
            f"""
            WITH entry AS (
                SELECT accession_number, min(form_type) AS form, list_sort(list(DISTINCT cik)) AS ciks
                FROM ({_standing(asked)}) GROUP BY accession_number)
            SELECT accession_number, form, ciks,
                   accession_number IN (SELECT filing_id FROM ops.ingest_log
                                        WHERE filing_id IN (SELECT accession_number FROM entry))
                   OR hash(accession_number) IN (SELECT filing FROM _kept)
            FROM entry ORDER BY accession_number
            """,
            [*_span(span), *asked.values, *_span(span), *asked.values],
        ).fetchall()
        changed = _changed(connection, day)
    listed = {row[0] for row in rows}
    changed = {one: at for one, at in changed.items() if one in listed and rechecks.get(one) != at}
    wanted, put_off = [], []
    for accession, form, ciks, is_here in rows:
        if is_here and accession not in changed:
            continue
        failure = failures.get(accession)
        if failure and not failure.is_due(now):
            put_off.append(failure)
        else:
            wanted.append(Wanted(accession, tuple(ciks), form, day))
    return Missing(len(rows), wanted, changed, put_off)


def selected(connection: duckdb.DuckDBPyConnection, accessions: Collection[str], asked: Asked) -> set[str]:
    """Those of the accessions that the selection takes, by whatever line of an index, of whatever day."""
    if asked.is_all:
        return set(accessions)
    connection.register("_asked", pa.table({"filing": pa.array(sorted(accessions), pa.string())}))
    try:
        rows = connection.execute(
            "SELECT DISTINCT accession_number FROM ops.index_entry "
            f"WHERE accession_number IN (SELECT filing FROM _asked) AND {asked.condition}",
            list(asked.values),
        ).fetchall()
    finally:
        connection.unregister("_asked")
    return {row[0] for row in rows}


def here(look: Look, accessions: Collection[str]) -> set[str]:
    """Those of the accessions that the ledger knows, or that are kept."""
    look.connection.register("_asked", pa.table({"filing": pa.array(sorted(accessions), pa.string())}))
    try:
        rows = look.connection.execute(
            "SELECT DISTINCT filing_id FROM ops.ingest_log WHERE filing_id IN (SELECT filing FROM _asked)"
        ).fetchall()
    finally:
        look.connection.unregister("_asked")
    return {row[0] for row in rows} | (look.kept & set(accessions))


def _standing(asked: Asked) -> str:
    """Index rows of a span (bound twice, each time with the values of the selection), also those without a day."""
    return f"""
        SELECT filed_on, accession_number, form_type, cik FROM ops.index_entry
        WHERE filed_on BETWEEN ? AND ? AND gone_index_file_id IS NULL AND {asked.condition}
        UNION ALL
        SELECT covers_from, accession_number, form_type, cik FROM ops.index_entry JOIN ops.index_file USING (index_file_id)
        WHERE filed_on IS NULL AND covers_from BETWEEN ? AND ? AND gone_index_file_id IS NULL AND {asked.condition}"""


def _changed(connection: duckdb.DuckDBPyConnection, day: date) -> dict[str, str]:
    """Filings of a day whose line another one has replaced in a later reading, after their bytes were last seen: the
    submission was corrected (edgar.md A.3). With the time of that reading."""
    rows = connection.execute(
        """
        WITH replaced AS (
            SELECT new.accession_number, max(file.read_at) AS read_at
            FROM ops.index_entry AS old
            JOIN ops.index_entry AS new
              ON new.accession_number = old.accession_number AND new.index_file_id = old.gone_index_file_id
            JOIN ops.index_file AS file ON file.index_file_id = new.index_file_id
            WHERE old.gone_index_file_id IS NOT NULL AND new.gone_index_file_id IS NULL AND new.filed_on = ?
            GROUP BY ALL)
        SELECT accession_number, CAST(read_at AS VARCHAR) FROM replaced
        WHERE read_at > (SELECT max(seen_at) FROM ops.observation WHERE filing_id = accession_number)
        """,
        [day],
    ).fetchall()
    return dict(rows)


def _span(span: Span) -> tuple[date, date]:
    return span.first, span.last


@contextmanager
def _kept(look: Look, more: Collection[str]) -> Iterator[duckdb.DuckDBPyConnection]:
    """The connection, with a table `_kept`: the hashes of what is kept, and of `more` that shall not count as missing."""
    connection = look.connection
    connection.register("_names", pa.table({"name": pa.array(sorted({*look.kept, *more}), pa.string())}))
    connection.execute("CREATE OR REPLACE TEMP TABLE _kept AS SELECT hash(name) AS filing FROM _names")
    try:
        yield connection
    finally:
        connection.execute("DROP TABLE IF EXISTS temp._kept")
        connection.unregister("_names")


def by_day(counts: list[Count]) -> Iterator[tuple[date, list[Count]]]:
    """The counts of each day."""
    days: dict[date, list[Count]] = {}
    for one in counts:
        days.setdefault(one.day, []).append(one)
    yield from days.items()
