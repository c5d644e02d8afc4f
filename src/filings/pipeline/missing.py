"""What is listed and not here: of one day, filing by filing, and of any number of days by counting.

Listed is what stands in `ops.index_entry` and is not gone, under the day that the index states as filed; a row without a
day counts for the day of its index. Here is what the ledger knows and what is kept and on its way there.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import duckdb
import pyarrow as pa

from filings.fetch.many import Wanted
from filings.pipeline.failures import Failure
from filings.pipeline.keeper import Look
from filings.query.company import with_tickers
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
    """Filings of a day: `listed` by the index, of them `here`, and `put_off` after a failure; each form's share of them."""

    day: date
    listed: int
    here: int
    put_off: int
    forms: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Missing:
    """Of one day: how many filings are `listed`, those to ask for, and those that a failure keeps back for now."""

    listed: int
    wanted: list[Wanted]
    changed: dict[str, str]
    put_off: list[Failure]


def ask(connection: duckdb.DuckDBPyConnection, selection: Selection) -> Asked:
    """The selection with its tickers looked up. Raises UsageError for a ticker that nobody has."""
    condition, values = selection.condition(with_tickers(connection, selection.tickers))
    return Asked(condition, tuple(values), not selection)


def counted(look: Look, span: Span, asked: Asked, put_off: Collection[str] = ()) -> list[Count]:
    """What is listed, here and put off, day by day, over any span: a few statements over the whole index.

    Grouping 30 million rows by filing takes longest of all; so filings are their hashes, a quarter is grouped at a time,
    where the groups stay in the processor's cache, and forms are counted by rows (`forms` are shares, by which a cost is
    estimated). Of a selection the rows are picked out first.
    """
    connection = look.connection
    if asked.is_all:
        rows, values = _hashed(asked), _bound(span, asked)
        parts = [(_another(connection), rows, _bound(part, asked)) for part in _quarters(span)]
        with _one_thread(connection), ThreadPoolExecutor(_cores()) as pool:
            counts = list(pool.map(_counts, *zip(*parts, strict=True)))
    else:
        connection.execute(f"CREATE OR REPLACE TEMP TABLE _listed AS {_hashed(asked)}", _bound(span, asked))
        rows, values = "SELECT * FROM _listed", []
        some = f"{rows} WHERE day BETWEEN ? AND ?"
        counts = [_counts(connection, some, _days(part)) for part in _quarters(span)]
    listed: dict[date, int] = {}
    forms: dict[date, dict[str, int]] = {}
    for by_day, by_form in counts:
        listed.update(by_day)
        for day, form, count in by_form:
            forms.setdefault(day, {})[form] = count
    present = _present(look, rows, values, look.kept)
    off = _present(look, rows, values, set(put_off) - here(look, put_off), ledger=False) if put_off else {}
    connection.execute("DROP TABLE IF EXISTS temp._listed")
    return [
        Count(day, listed[day], present.get(day, 0), off.get(day, 0), _shares(forms.get(day, {})))
        for day in sorted(listed)
    ]


_Counts = tuple[list[tuple[date, int]], list[tuple[date, str, int]]]


def _counts(connection: duckdb.DuckDBPyConnection, rows: str, values: list[object]) -> _Counts:
    """Filings by day, and lines by day and form. A filing that lines state under several days counts on each, as it does
    where it is here."""
    days = connection.execute(f"SELECT day, count(DISTINCT filing) FROM ({rows}) GROUP BY day", values).fetchall()
    forms = connection.execute(f"SELECT day, form_type, count(*) FROM ({rows}) GROUP BY ALL", values).fetchall()
    return days, forms


@contextmanager
def _one_thread(connection: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """Inside, DuckDB shares no statement out: a quarter is too small for that, and several are counted at once."""
    (before,) = connection.execute("SELECT current_setting('threads')").fetchall()[0]
    connection.execute("SET threads = 1")
    try:
        yield
    finally:
        connection.execute(f"SET threads = {int(before)}")


def _another(connection: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyConnection:
    """A connection for another thread; of itself it would look into another database than this one does."""
    (name,) = connection.execute("SELECT current_database()").fetchall()[0]
    cursor = connection.cursor()
    cursor.execute(f'USE "{name}"')
    return cursor


def _cores() -> int:
    return min(4, os.cpu_count() or 1)


def _present(
    look: Look, rows: str, values: list[object], names: Collection[str], *, ledger: bool = True
) -> dict[date, int]:
    """Of the listed filings of each day, how many have one of these names, or stand in the ledger."""
    with _named(look.connection, names):
        wanted = "SELECT hash(name) FROM _names" + (
            " UNION ALL SELECT hash(filing_id) FROM ops.ingest_log" if ledger else ""
        )
        if look.connection.execute(f"SELECT count(*) FROM ({wanted} LIMIT 1)").fetchall() == [(0,)]:
            return {}
        found = look.connection.execute(
            f"SELECT day, count(DISTINCT filing) FROM ({rows}) WHERE filing IN ({wanted}) GROUP BY day", values
        ).fetchall()
    return dict(found)


def _hashed(asked: Asked) -> str:
    return f"SELECT filed_on AS day, hash(accession_number) AS filing, form_type FROM ({_standing(asked)})"


def of_day(
    look: Look, day: date, asked: Asked, failures: Mapping[str, Failure], rechecks: Mapping[str, str], now: datetime
) -> Missing:
    """What is left to do of one day, the filings in the order of their numbers.

    Also filings that are here and whose line in the index has changed since, but for those of `rechecks`.
    """
    connection = look.connection
    rows: list[tuple[Any, ...]] = connection.execute(
        "SELECT accession_number, min(form_type), list_sort(list(DISTINCT cik)) "
        f"FROM ({_standing(asked)}) GROUP BY accession_number ORDER BY accession_number",
        _bound(Span(day, day), asked),
    ).fetchall()
    present = here(look, [row[0] for row in rows])
    lines = changed_lines(look, Span(day, day), asked, rechecks)
    changed = {one: read_at for one, (_, read_at) in lines.items()}
    wanted, put_off = [], []
    for accession, form, ciks in rows:
        if accession in present and accession not in changed:
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
    with _named(connection, accessions):
        rows = connection.execute(
            "SELECT DISTINCT accession_number FROM ops.index_entry "
            f"WHERE accession_number IN (SELECT name FROM _names) AND {asked.condition}",
            list(asked.values),
        ).fetchall()
    return {row[0] for row in rows}


def here(look: Look, accessions: Collection[str]) -> set[str]:
    """Those of the accessions that the ledger knows, or that are kept."""
    with _named(look.connection, accessions):
        rows = look.connection.execute(
            "SELECT DISTINCT filing_id FROM ops.ingest_log WHERE filing_id IN (SELECT name FROM _names)"
        ).fetchall()
    return {row[0] for row in rows} | (look.kept & set(accessions))


def _standing(asked: Asked) -> str:
    """Index rows of a span (bound twice, each time with the values of the selection), also those without a day."""
    return f"""
        SELECT filed_on, accession_number, form_type, cik FROM ops.index_entry
        WHERE filed_on BETWEEN ? AND ? AND gone_index_file_id IS NULL AND {asked.condition}
        UNION ALL
        SELECT covers_from, accession_number, form_type, cik FROM ops.index_entry JOIN ops.index_file USING (index_file_id)
        WHERE filed_on IS NULL AND covers_from BETWEEN ? AND ? AND gone_index_file_id IS NULL AND {asked.condition}"""


def changed_lines(look: Look, span: Span, asked: Asked, rechecks: Mapping[str, str]) -> dict[str, tuple[date, str]]:
    """Filings whose line another one has replaced in a later reading, after their bytes were last seen: the submission was
    corrected (edgar.md A.3). Each with its day and the time of that reading; without those of `rechecks`."""
    replacing = "SELECT min(gone_index_file_id), max(gone_index_file_id) FROM ops.index_entry"
    first, last = look.connection.execute(replacing).fetchall()[0]
    if first is None:
        return {}
    rows = look.connection.execute(
        f"""
        WITH replaced AS (
            SELECT new.accession_number, min(new.filed_on) AS day, max(file.read_at) AS read_at
            FROM ops.index_entry AS old
            JOIN (SELECT * FROM ops.index_entry WHERE index_file_id BETWEEN ? AND ? AND {asked.condition}) AS new
              ON new.accession_number = old.accession_number AND new.index_file_id = old.gone_index_file_id
            JOIN ops.index_file AS file ON file.index_file_id = new.index_file_id
            WHERE old.gone_index_file_id IS NOT NULL AND new.gone_index_file_id IS NULL
              AND new.filed_on BETWEEN ? AND ?
            GROUP BY ALL)
        SELECT accession_number, day, CAST(read_at AS VARCHAR) FROM replaced
        WHERE read_at > (SELECT max(seen_at) FROM ops.observation WHERE filing_id = accession_number)
        """,
        [first, last, *asked.values, span.first, span.last],
    ).fetchall()
    return {one: (day, read_at) for one, day, read_at in rows if rechecks.get(one) != read_at}


def _bound(span: Span, asked: Asked) -> list[object]:
    """The values of `_standing`."""
    return [*_days(span), *asked.values] * 2


def _days(span: Span) -> list[object]:
    return [span.first, span.last]


def _quarters(span: Span) -> Iterator[Span]:
    """The span, cut where quarters begin."""
    first = span.first
    while first <= span.last:
        month = (first.month + 2) // 3 * 3
        last = date(first.year + month // 12, month % 12 + 1, 1) - timedelta(1)
        yield Span(first, min(last, span.last))
        first = last + timedelta(1)


def _shares(rows: Mapping[str, int]) -> dict[str, float]:
    total = sum(rows.values())
    return {form: count / total for form, count in rows.items()}


@contextmanager
def _named(connection: duckdb.DuckDBPyConnection, names: Collection[str]) -> Iterator[None]:
    """Some accession numbers as the table `_names`."""
    connection.register("_names", pa.table({"name": pa.array(sorted(names), pa.string())}))
    try:
        yield
    finally:
        connection.unregister("_names")
