"""Looking into warehouses, for tests: what is in them, but for load ids and times."""

from __future__ import annotations

import fcntl
import hashlib
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import duckdb

from filings.load.database import Database
from filings.load.snapshot import Snapshots
from filings.pipeline.ingest import ingest
from filings.pipeline.warehouse import DATABASE, STATE
from filings.raw.state import open_state

TIMES = {"load_id", "seen_at", "read_at", "first_seen_at", "loaded_at", "first_loaded_at", "changed_at", "checked_at"}


def made_once(base: Path, name: str, paths: Sequence[Path]) -> Path:
    """A warehouse of these files, made once however many processes share the tests; tests only read it. `base` is the
    folder of the session."""
    place = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / name
    place.mkdir(exist_ok=True)
    with (place / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # one process makes it, the others wait here
        if not (place / "made").exists():
            ingest(place / "w", paths)
            (place / "made").touch()
    return place / "w"


def contents(database: Path) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table, sorted, without load ids and times of ours.

    `available_at` is left out where its basis is our own first sight, of the bytes or in the feed of latest filings.
    """
    with duckdb.connect(str(database), read_only=True) as connection:
        connection.execute("SET TimeZone = 'UTC'")
        tables = connection.execute(
            "SELECT schema_name || '.' || table_name, list(column_name ORDER BY column_index) FROM duckdb_columns() "
            "SEMI JOIN duckdb_tables() USING (database_name, schema_name, table_name) GROUP BY ALL ORDER BY ALL"
        ).fetchall()
        found = {}
        for name, columns in tables:
            kept = [column for column in columns if column not in TIMES]
            if "available_at" in kept:
                kept[kept.index("available_at")] = (
                    "CASE WHEN available_at_basis NOT IN ('first_seen', 'feed_entry') THEN available_at END "
                    "AS available_at"
                )
            rows = connection.execute(f"SELECT {', '.join(kept)} FROM {name}").fetchall()
            found[name] = sorted(rows, key=repr)
        return found


def filings_of(warehouse: Path) -> dict[str, list[tuple[Any, ...]]]:
    """What is in the snapshot, but for when and from which address indexes were read."""
    found = contents(warehouse / "filings.duckdb")
    return {name: rows for name, rows in found.items() if not name.startswith("ops.index")}


def differences(left: dict[str, list[Any]], right: dict[str, list[Any]]) -> list[str]:
    """What stands in one and not in the other, a few lines a table; empty where they are equal."""
    lines = []
    for name in sorted(left.keys() | right.keys()):
        ours, theirs = left.get(name, []), right.get(name, [])
        if ours == theirs:
            continue
        lines.append(f"{name}: {len(ours)} rows against {len(theirs)}")
        lines += [f"  only left:  {row}" for row in ours if row not in theirs][:3]
        lines += [f"  only right: {row}" for row in theirs if row not in ours][:3]
    return lines


def fingerprint(folder: Path) -> dict[str, str]:
    """The sha256 of every file below a folder, and the target of every link."""
    found = {}
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_symlink():
            found[name] = f"link to {path.readlink()}"
        elif path.is_file():
            found[name] = hashlib.sha256(path.read_bytes()).hexdigest()
    return found


def publish_as_it_is(warehouse: Path) -> None:
    """Publish what a test has changed in the writer's database: else people would still see what stood there before."""
    engine, database = open_state(warehouse / STATE), Database(warehouse / DATABASE, as_it_is=True)
    try:
        Snapshots(warehouse, engine).publish(database)
    finally:
        database.close()
        engine.dispose()


def make_older(warehouse: Path) -> None:
    """As if an older version had loaded it: another header reader, a family that read less, a table of another shape."""
    with duckdb.connect(str(warehouse / "load" / "filings.duckdb")) as connection:
        connection.execute("UPDATE ops.ingest_log SET header_fingerprint = 'older' WHERE form_type LIKE 'SC 13%'")
        connection.execute("UPDATE ops.ingest_log SET family_fingerprint = 'older' WHERE family = 'ownership'")
        connection.execute("UPDATE ownership_transaction SET shares = 1, security_title = 'read by an older reader'")
        connection.execute("ALTER TABLE ownership_signature DROP COLUMN signature_date")
        connection.execute("CREATE TABLE left_off (filing_id TEXT)")
        connection.execute(
            "UPDATE ops.schema_version SET fingerprint = 'older' WHERE table_name = 'ownership_signature'"
        )
        connection.execute(
            "INSERT INTO ops.schema_version BY NAME SELECT * REPLACE ('left_off' AS table_name) FROM ops.schema_version LIMIT 1"
        )
    publish_as_it_is(warehouse)
