"""Upgrade: rows that were read again, put in the place of the old ones in one transaction (house, 6).

There are no migration scripts. What other readers made is read again from the raw bytes into a database beside; then
tables of another shape are made anew, the rows of the filings that were read again change places, all or nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path

import pyarrow as pa

from filings.disk import disk
from filings.faults import Point, reach
from filings.load import evidence
from filings.load.database import Database, tables
from filings.schema import ops
from filings.schema.derive import full_name

_BESIDE = "beside"


def swap(database: Database, fresh: Path, filing_ids: Sequence[str], whole: Collection[str] = ()) -> None:
    """Put the rows of `fresh`, a database made by today's readers, in the place of the rows of `filing_ids`, and its tables
    named in `whole` in the place of those here.

    `database` is open as it is. When each version was first loaded is taken over. Raises LoadError, Full; then nothing
    has changed.
    """
    connection = database.connection
    place = str(fresh).replace("'", "''")
    with disk("upgrading the database"):
        connection.execute(f"ATTACH '{place}' AS {_BESIDE} (READ_ONLY)")
        connection.register("_ids", pa.table({"filing_id": pa.array(filing_ids, pa.string())}))
        connection.execute(
            "CREATE OR REPLACE TEMP TABLE first_loads AS "
            "SELECT filing_id, raw_sha256, first_loaded_at FROM ops.ingest_log"
        )
        connection.execute("BEGIN")
        for name in database.changed():
            reach(Point.UPGRADE_SWAP)
            connection.execute(f"DROP TABLE {name}")
            connection.execute("DELETE FROM ops.schema_version WHERE table_name = ?", [name])
        database.define()
        for table in tables():
            name = full_name(table)
            if name not in whole and ("filing_id" not in table.columns or table is ops.alert):
                continue  # alerts are not made of bytes: nobody could make them again
            own = "" if name in whole else " WHERE filing_id IN (SELECT filing_id FROM _ids)"
            gone = connection.execute(f"DELETE FROM {name}{own}").fetchall()
            fresh_rows = connection.execute(f"SELECT 1 FROM {_BESIDE}.{name} LIMIT 1").fetchall()
            if gone != [(0,)] or fresh_rows:
                reach(Point.UPGRADE_SWAP)
                connection.execute(f"INSERT INTO {name} BY NAME SELECT * FROM {_BESIDE}.{name}")
        connection.execute(
            "UPDATE ops.ingest_log AS now SET first_loaded_at = was.first_loaded_at FROM first_loads AS was "
            "WHERE was.filing_id = now.filing_id AND was.raw_sha256 = now.raw_sha256 "
            "AND was.first_loaded_at <> now.first_loaded_at"
        )
        evidence.date_all(database)  # what was read again was made without the indexes
        reach(Point.LOAD_COMMIT)
        connection.execute("COMMIT")
        # Not where it failed: in a broken transaction this fails too, and would hide why. Nobody uses that connection.
        connection.unregister("_ids")


def redate(database: Database) -> None:
    """Date filings by the indexes as today's rule does, where nothing has to be read again. Raises LoadError, Full."""
    with disk("upgrading the database"):
        database.connection.execute("BEGIN")
        evidence.date_all(database)
        reach(Point.LOAD_COMMIT)
        database.connection.execute("COMMIT")
