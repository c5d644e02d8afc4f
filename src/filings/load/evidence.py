"""The evidence of daily indexes → `filing.available_at` (tables.md 4, rule 2: `first_daily_index`).

What a filing's own bytes and sightings say of it, `availability.py` has put into its row. For a filing that was withheld,
or that states no acceptance, the first daily index that lists it may say more: 22:00 Eastern of its day. Indexes come
before a filing, with it or years later, so the row is brought up to date on both ways: when the filing is loaded, and when
lines of daily indexes are taken in. One statement does both. It takes the least of what the row has and of what the lines
say, and evidence is never taken away (a line that vanished was there); so the order in which they come cannot matter.

Most filings state their acceptance and are never looked at.
"""

from __future__ import annotations

import duckdb

from filings.faults import Point, reach
from filings.load.availability import WITHHELD
from filings.load.database import Database

_FORMS = ", ".join(f"'{form}', '{form}/A'" for form in sorted(WITHHELD))
_FILINGS = f"""
    SELECT rowid AS place, filing_id, accession_number, available_at, available_at_basis,
           -- the filing date counts where nothing else is known; with a line something is
           CASE available_at_basis WHEN 'filed_date' THEN first_seen_at ELSE available_at END AS held_at,
           CASE available_at_basis WHEN 'filed_date' THEN 'first_seen' ELSE available_at_basis END AS held_by,
           CASE WHEN substr(accession_number, 12, 2) >= '93' THEN 1900 ELSE 2000 END
               + TRY_CAST(substr(accession_number, 12, 2) AS INTEGER) AS year
    FROM filing WHERE available_at_basis <> 'acceptance' AND accession_number IS NOT NULL
    AND (accepted_at_eastern IS NULL OR is_private_to_public OR public_release_on IS NOT NULL OR form_type IN ({_FORMS}))
"""
"""Filings of which indexes may say more. One whose acceptance counts may be dated by our first sight of it, and stays."""

_LINES = """
    SELECT entry.accession_number, file.covers_from AS day
    FROM ops.index_entry AS entry JOIN ops.index_file AS file ON file.index_file_id = entry.index_file_id
    WHERE file.kind = 'daily' AND file.covers_from IS NOT NULL
"""

_DATED = """
    WITH listed AS (
        SELECT f.place, any_value(f.filing_id) AS filing_id,
               any_value(f.available_at) AS available_at, any_value(f.available_at_basis) AS available_at_basis,
               any_value(f.held_at) AS held_at, any_value(f.held_by) AS held_by,
               -- as a condition of the join it would join filings with days first: a thousand times as much work
               timezone('America/New_York', min(l.day) FILTER (year(l.day) >= f.year - 1) + TIME '22:00') AS listed_at
        FROM ({filings}) AS f JOIN ({lines}) AS l USING (accession_number)
        GROUP BY f.place HAVING listed_at IS NOT NULL
    ), dated AS (
        SELECT place, filing_id, available_at AS was_at, available_at_basis AS was, least(listed_at, held_at) AS moment,
               CASE WHEN listed_at < held_at OR (listed_at = held_at AND held_by IN ('feed_entry', 'first_seen'))
                    THEN 'first_daily_index' ELSE held_by END AS basis
        FROM listed
    )
    SELECT place, filing_id, moment, basis FROM dated WHERE moment <> was_at OR basis <> was
"""
"""Of some filings and some lines, the filings that the lines date anew. Of equal moments the basis that tables.md names
first.

A line of an index that is older than the year before the one in the number lists another filing by mistake: numbers are
given before they are listed.
"""


def date_loaded(database: Database, load_id: int) -> int:
    """Date the filings of a batch by the lines that are here, inside the caller's transaction. Gives how many changed.

    Of the lines only those are looked at that can say anything: of indexes no later than what the filings have, and not
    older than their numbers.
    """
    connection = database.connection
    if not connection.execute("SELECT 1 FROM ops.index_file WHERE kind = 'daily' AND row_count > 0 LIMIT 1").fetchall():
        return 0
    connection.execute(f"CREATE OR REPLACE TEMP TABLE _undated AS {_FILINGS} AND load_id = {load_id}")
    ((count, year, last),) = connection.execute("SELECT count(*), min(year), max(held_at) FROM _undated").fetchall()
    changed = 0
    if count:
        loads = connection.execute(
            "SELECT DISTINCT load_id FROM ops.index_file WHERE kind = 'daily' AND row_count > 0 "
            "AND year(covers_from) >= ? - 1 AND covers_from <= timezone('America/New_York', ?)",
            [year, last],
        ).fetchall()
        if loads:
            lines = f"{_LINES} AND entry.load_id IN ({', '.join(str(one) for (one,) in sorted(loads))})"
            changed = _date(database, "FROM _undated", lines)
    connection.execute("DROP TABLE temp._undated")
    return changed


def date_listed(database: Database, load_id: int) -> int:
    """Date the filings that are here by the lines of a batch of readings, inside the caller's transaction. Gives how many
    changed."""
    return _date(database, _FILINGS, f"{_LINES} AND entry.load_id = {load_id} AND file.load_id = {load_id}")


def date_all(database: Database) -> int:
    """Date every filing by every line, inside the caller's transaction: for rows that an upgrade has put in place. Gives
    how many changed."""
    return _date(database, _FILINGS, _LINES)


def undated(connection: duckdb.DuckDBPyConnection) -> list[str]:
    """The filings that the lines date otherwise than their rows say; `date_all` sets them right."""
    rows = connection.execute(f"SELECT filing_id FROM ({_DATED.format(filings=_FILINGS, lines=_LINES)}) ORDER BY ALL")
    return [row[0] for row in rows.fetchall()]


def unfounded(connection: duckdb.DuckDBPyConnection) -> list[str]:
    """The filings whose rows name a line that no daily index of that day has."""
    rows = connection.execute(
        f"""
        SELECT filing_id FROM filing WHERE available_at_basis = 'first_daily_index' AND NOT EXISTS (
            FROM ({_LINES}) AS l WHERE l.accession_number = filing.accession_number
            AND timezone('America/New_York', l.day + TIME '22:00') = filing.available_at)
        ORDER BY ALL
        """
    )
    return [row[0] for row in rows.fetchall()]


def _date(database: Database, filings: str, lines: str) -> int:
    connection = database.connection
    connection.execute(f"CREATE OR REPLACE TEMP TABLE _dated AS {_DATED.format(filings=filings, lines=lines)}")
    ((count,),) = connection.execute("SELECT count(*) FROM _dated").fetchall()
    if count:
        reach(Point.LOAD_INSERT)
        connection.execute(
            "UPDATE filing SET available_at = d.moment, available_at_basis = d.basis "
            "FROM _dated AS d WHERE filing.rowid = d.place"
        )
    connection.execute("DROP TABLE temp._dated")
    return int(count)
