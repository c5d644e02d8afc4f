"""Control state: plan, claims, index of the packs, spool, snapshots, runs (tables.md 8).

Several processes share it while one holds DuckDB, so it stands in SQLite, or wherever another SQLAlchemy URL points. What is
*loaded* stands in `ops.ingest_log` alone. Times are text, ISO 8601 in UTC.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Float, Index, Integer, MetaData, Table, Text, UniqueConstraint

state = MetaData()
_id = Integer  # SQLite gives a number of its own only to a column declared INTEGER PRIMARY KEY


def _texts(*names: str) -> list[Column[str]]:
    return [Column(name, Text) for name in names]


selection = Table(
    "selection",
    state,
    Column("selection_id", _id, primary_key=True),
    *_texts("asked_at", "forms", "companies", "date_from", "date_to", "route"),
    Column("requests", BigInteger),
    Column("bytes", BigInteger),
    Column("hours", Float),
    Column("state", Text),
    comment="one plan that somebody asked for",
)
work = Table(
    "work",
    state,
    Column("work_id", _id, primary_key=True),
    Column("selection_id", _id),
    *_texts("kind", "key", "state"),
    Column("attempts", Integer),
    *_texts("next_try_at", "reason"),
    Index("work_by_key", "kind", "key", unique=True),
    comment="one day, archive or filing to be fetched",
)
claim = Table(
    "claim",
    state,
    Column("work_id", _id, primary_key=True),
    Column("host", Text),
    Column("pid", Integer),
    *_texts("taken_at", "lease_until"),
    comment="who works on it",
)
raw_pack = Table(
    "raw_pack",
    state,
    Column("pack", Text, primary_key=True),
    Column("state", Text, nullable=False),
    Column("byte_length", BigInteger, nullable=False),
    Column("records", BigInteger, nullable=False),
    comment="one pack of the raw store: open or sealed",
)
raw_record = Table(
    "raw_record",
    state,
    Column("file_sha256", Text, nullable=False),
    Column("pack", Text, nullable=False),
    Column("frame_offset", BigInteger, nullable=False),
    Column("stored_length", BigInteger, nullable=False),
    Column("raw_length", BigInteger, nullable=False),
    *_texts("name", "url", "archive_member", "fetched_at", "etag", "last_modified", "claims"),
    UniqueConstraint("pack", "frame_offset", name="raw_record_place"),
    Index("raw_record_by_sha", "file_sha256"),
    comment="where the bytes lie; rebuilt from the packs",
)
spool_batch = Table(
    "spool_batch",
    state,
    Column("batch", Text, primary_key=True),
    *_texts("folder", "made_by_version"),
    Column("filings", Integer),
    Column("state", Text),
    comment="a batch of fetched files that waits for the writer",
)
snapshot = Table(
    "snapshot",
    state,
    Column("number", _id, primary_key=True, autoincrement=False),
    Column("path", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("byte_length", BigInteger),
    Column("load_id", BigInteger),
    Column("published_at", Text),
    comment="one published file: writing, sealed, current, removed",
)
refusal = Table(
    "refusal",
    state,
    *_texts("source", "verdict", "seen_at", "detail"),
    UniqueConstraint("source", "verdict", "detail", name="refusal_once"),
    comment="an answer or file that is no filing",
)
run = Table(
    "run",
    state,
    Column("run_id", _id, primary_key=True),
    *_texts("kind", "started_at", "ended_at", "state", "counts"),
    comment="one run of a command or flow",
)
