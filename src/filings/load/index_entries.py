"""The lines of indexes → `ops.index_entry`: one row for each line over a stretch of readings of one index.

A line that a newer reading of the same index has as it was stays as it is; one that it lacks gets that reading in
`gone_index_file_id`; one that is new, or differs in anything, is a new row. So the rows that stand (nothing in
`gone_index_file_id`) are together exactly the lines of the newest reading. All of it is set operations over the rows of
the index alone, which `load_id` finds: no row of other indexes is read, and no line becomes an object of Python.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import pyarrow as pa

from filings.faults import Point, reach
from filings.fetch.index_table import SCHEMA
from filings.load.database import Database

_COLUMNS = SCHEMA.names
_SAME = " AND ".join(f"b.{name} IS NOT DISTINCT FROM r.{name}" for name in ["index_file_id", *_COLUMNS])


class Lines(NamedTuple):
    """The lines of one reading, as `index_table` gives them."""

    index_file_id: int
    index_name: str
    rows: pa.Table


class Changed(NamedTuple):
    """How many lines are new, and how many vanished."""

    new: int
    gone: int


def write(database: Database, load_id: int, lines: Sequence[Lines]) -> Changed:
    """Take in readings of different indexes, inside the caller's transaction; `ops.index_file` holds earlier ones alone."""
    connection = database.connection
    read = pa.concat_tables(
        one.rows.append_column("index_file_id", pa.repeat(pa.scalar(one.index_file_id, pa.int64()), one.rows.num_rows))
        for one in lines
    )
    connection.register("_lines", read)
    _put_together(database)
    newer = {one.index_name: one.index_file_id for one in lines}
    earlier = connection.execute(
        "SELECT index_name, index_file_id, load_id FROM ops.index_file "
        "WHERE row_count IS NOT NULL AND index_name IN (SELECT unnest($names))",
        {"names": list(newer)},
    ).fetchall()
    gone = 0
    if earlier:
        gone = _end(database, [(older, newer[name]) for name, older, _ in earlier], {load for *_, load in earlier})
    reach(Point.LOAD_INSERT)
    ((new,),) = connection.execute(
        f"INSERT INTO ops.index_entry BY NAME SELECT r.*, {load_id} AS load_id FROM read AS r"
        + (f" ANTI JOIN before AS b ON {_SAME}" if earlier else "")
    ).fetchall()
    connection.execute("DROP TABLE temp.read")
    if earlier:
        connection.execute("DROP TABLE temp.before")
    return Changed(int(new), gone)


_MOST = 32_767  # what the column holds
_KEY = "index_file_id, cik, form_type, filed_on, path"


def _put_together(database: Database) -> None:
    """`_lines` → `read`: equal lines as one row with their number.

    Nearly every line stands alone. So lines are grouped by a hash first, which costs a quarter of grouping them by what
    they say, and only those that share a hash are looked at.
    """
    connection = database.connection
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE twice AS SELECT hash({_KEY}) AS key FROM _lines GROUP BY key HAVING count(*) > 1"
    )
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE read AS SELECT * FROM _lines WHERE hash({_KEY}) NOT IN (FROM twice) "
        f"UNION ALL BY NAME SELECT {_KEY}, accession_number, min(company_name) AS company_name, "
        f"least(sum(copies), {_MOST})::SMALLINT AS copies FROM _lines WHERE hash({_KEY}) IN (FROM twice) GROUP BY ALL"
    )
    connection.unregister("_lines")
    connection.execute("DROP TABLE temp.twice")


def _end(database: Database, pairs: Sequence[tuple[int, int]], loads: set[int]) -> int:
    """Note in each row that stood and that its index's new reading lacks that it is gone. Leaves `before`: what stood."""
    connection = database.connection
    older, newer = zip(*pairs, strict=True)
    connection.register(
        "_pairs", pa.table({"older": pa.array(older, pa.int64()), "newer": pa.array(newer, pa.int64())})
    )
    listed = ", ".join(str(load) for load in sorted(loads))
    columns = ", ".join(f"e.{name}" for name in _COLUMNS)
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE before AS SELECT e.rowid AS place, p.newer AS index_file_id, {columns} "
        "FROM ops.index_entry AS e JOIN _pairs AS p ON p.older = e.index_file_id "
        f"WHERE e.load_id IN ({listed}) AND e.gone_index_file_id IS NULL"
    )
    connection.unregister("_pairs")
    reach(Point.LOAD_DELETE)
    ((gone,),) = connection.execute(
        "UPDATE ops.index_entry AS e SET gone_index_file_id = g.index_file_id "
        f"FROM (SELECT b.place, b.index_file_id FROM before AS b ANTI JOIN read AS r ON {_SAME}) AS g "
        f"WHERE e.rowid = g.place AND e.load_id IN ({listed})"
    ).fetchall()
    return int(gone)
