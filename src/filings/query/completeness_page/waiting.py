"""How long filings take from EDGAR's acceptance to here.

Measured is what the database can prove: from `filing.accepted_at` to `filing.first_seen_at` (its bytes were *received*),
and to the earliest `first_loaded_at` of the ledger (its rows were committed, it is *loaded*). Both outlive a rebuild. When
the snapshot after that was published stands in no table. What was received more than 48 hours after its acceptance was
fetched later (a backfill, a letter that was released after months), so it says nothing about how quick this warehouse is:
it is counted, and is in no other figure.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from filings.query.compiled import duckdb
from filings.span import Span

IN_TIME = 48 * 3600
"""Seconds after acceptance until which a filing counts as fetched when it appeared."""

_DAYS = 366  # the longest span whose chart has a place for each day; a longer one has one for each month
_ROWS_OF_DAYS, _ROWS_OF_MONTHS = 14, 36  # the longest spans whose table has a row for each day, each month


@dataclass(frozen=True, slots=True)
class Wait:
    """Seconds from acceptance, of the `filings` of some days that were received in time; `later` those that were not.

    `received` and `loaded` are the median and the 95th percentile, None where there is no filing in time. `begins` is the
    first day of the stretch.
    """

    begins: date
    filings: int
    later: int
    received: tuple[float, float] | None
    loaded: tuple[float, float] | None


@dataclass(frozen=True, slots=True)
class Waiting:
    """Of the whole span; of each row of the table (`unit`: day, month, year), and of each place of the chart (`chart_unit`:
    day, month). `unstated` filings have no time of acceptance."""

    whole: Wait
    unstated: int
    unit: str
    rows: tuple[Wait, ...]
    chart_unit: str
    chart: tuple[Wait, ...]


def waiting(connection: duckdb.DuckDBPyConnection, span: Span) -> Waiting:
    """How long the filings of the session's table `of_span` took. Leaves the temporary table `waited`."""
    connection.execute(
        """
        CREATE OR REPLACE TEMP TABLE waited AS
        SELECT min(s.date) AS date, epoch(min(f.first_seen_at)) - epoch(min(f.accepted_at)) AS received,
               epoch(min(g.first_loaded_at)) - epoch(min(f.accepted_at)) AS loaded
        FROM of_span AS s
        JOIN filing AS f ON f.filing_id = s.accession_number
        JOIN ops.ingest_log AS g ON g.filing_id = s.accession_number
        GROUP BY f.rowid  -- a filing once, whatever its versions, days and forms; a number costs half of its text
        """
    )
    count = (span.last - span.first).days + 1
    months = (span.last.year - span.first.year) * 12 + span.last.month - span.first.month + 1
    unit = "day" if count <= _ROWS_OF_DAYS else "month" if months <= _ROWS_OF_MONTHS else "year"
    chart_unit = "day" if count <= _DAYS else "month"
    rows = _waits(connection, unit)
    whole = _waits(connection, None)
    unstated = connection.execute("SELECT count(*) FROM waited WHERE received IS NULL").fetchall()[0][0]
    return Waiting(
        whole=whole[0] if whole else Wait(span.first, 0, 0, None, None),
        unstated=unstated,
        unit=unit,
        rows=rows,
        chart_unit=chart_unit,
        chart=rows if unit == chart_unit else _waits(connection, chart_unit),
    )


def _waits(connection: duckdb.DuckDBPyConnection, unit: str | None) -> tuple[Wait, ...]:
    """By stretches of days, in order; without a unit all of them as one. None where no filing states its acceptance."""
    begins = f"date_trunc('{unit}', date)::DATE" if unit else "NULL::DATE"
    shares = "[0.5, 0.95]"
    rows = connection.execute(
        f"""
        SELECT coalesce(begins, min(date)), count_if(is_in_time), count_if(NOT is_in_time),
               quantile_cont(received, {shares}) FILTER (is_in_time), quantile_cont(loaded, {shares}) FILTER (is_in_time)
        FROM (SELECT {begins} AS begins, date, received, loaded, received <= {IN_TIME} AS is_in_time FROM waited
              WHERE received IS NOT NULL)
        GROUP BY begins ORDER BY begins
        """
    ).fetchall()
    return tuple(
        Wait(begins, filings, later, _pair(received), _pair(loaded))
        for begins, filings, later, received, loaded in rows
    )


def _pair(values: list[float] | None) -> tuple[float, float] | None:
    return (values[0], values[1]) if values else None
