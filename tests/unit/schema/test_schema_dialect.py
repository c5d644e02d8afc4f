"""The contract with the SQLAlchemy dialect (storage.md 2 and 14): what we rely on, on types of every kind and on a real
snapshot. A new release of the dialect or of DuckDB that breaks a promise fails here, by the promise's name."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pytest
import sqlalchemy as sa
from sqlalchemy.pool import NullPool
from sqlalchemy.schema import CreateSchema

from filings.load.database import tables
from filings.pipeline.ingest import ingest
from filings.schema.derive import full_name, sql_type

EXAMPLES = Path(__file__).parents[3] / "examples"
EXACT = Decimal("12345678901234567890.123456")

metadata = sa.MetaData()
every = sa.Table(
    "every",
    metadata,
    sa.Column("key", sa.BigInteger, primary_key=True, autoincrement=False, comment='it\'s a key; "quoted"'),
    sa.Column("label", sa.Text, nullable=False, comment="a label"),
    sa.Column("small", sa.SmallInteger),
    sa.Column("whole", sa.Integer),
    sa.Column("day", sa.Date),
    sa.Column("clock", sa.TIMESTAMP),
    sa.Column("moment", sa.TIMESTAMP(timezone=True)),
    sa.Column("exact", sa.Numeric(28, 6)),
    sa.Column("box", sa.Boolean),
    sa.Column("listed", sa.ARRAY(sa.Text)),
    schema="ops",
    comment="types of every kind",
)
VALUES: dict[str, Any] = {
    "key": 2**62,
    "label": "a",
    "small": -3,
    "whole": 2**31 - 1,
    "day": date(2024, 2, 29),
    "clock": datetime(2024, 1, 5, 17, 30, 0, 1),
    "moment": datetime(2024, 1, 5, 22, 30, tzinfo=UTC),
    "exact": EXACT,
    "box": False,
    "listed": ["a", "it's", ""],
}


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[sa.Engine]:
    made = sa.create_engine(f"duckdb:///{tmp_path / 'contract.duckdb'}")
    with made.begin() as connection:
        connection.execute(CreateSchema("ops", if_not_exists=True))
        metadata.create_all(connection)
        metadata.create_all(connection)
    yield made
    made.dispose()


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory: pytest.TempPathFactory) -> Path:
    warehouse = tmp_path_factory.mktemp("dialect") / "w"
    ingest(warehouse, [EXAMPLES / name for name in ("form-4-amendment.txt", "form-8-k-three-registrants.txt")])
    return warehouse / "filings.duckdb"


def test_create_all_carries_comments(engine: sa.Engine) -> None:
    with engine.connect() as connection:
        assert (
            connection.exec_driver_sql("SELECT comment FROM duckdb_tables() WHERE table_name = 'every'").scalar_one()
            == "types of every kind"
        )
        told = connection.exec_driver_sql(
            "SELECT column_name, comment FROM duckdb_columns() WHERE table_name = 'every' AND comment IS NOT NULL"
        ).fetchall()
    assert dict(tuple(row) for row in told) == {"key": 'it\'s a key; "quoted"', "label": "a label"}


def test_values_of_every_type_come_back_exact(engine: sa.Engine) -> None:
    with engine.begin() as connection:
        connection.execute(sa.insert(every), [VALUES])
        row = connection.execute(sa.select(every)).mappings().one()
        assert dict(row) == VALUES
        assert connection.execute(sa.select(every.c.key).where(every.c.exact == EXACT)).scalar_one() == 2**62
        assert connection.exec_driver_sql("SELECT exact::VARCHAR FROM ops.every").scalar_one() == str(EXACT)


def test_reflection_sees_types_and_keys(engine: sa.Engine) -> None:
    found = sa.inspect(engine)
    columns = {column["name"]: column for column in found.get_columns("every", schema="ops")}
    assert list(columns) == [column.name for column in every.columns]
    assert {name: sa.types.to_instance(column["type"])._type_affinity for name, column in columns.items()} == {
        column.name: column.type._type_affinity for column in every.columns
    }
    assert isinstance(exact := columns["exact"]["type"], sa.Numeric) and (exact.precision, exact.scale) == (28, 6)
    assert not columns["label"]["nullable"] and columns["day"]["nullable"]
    assert found.get_pk_constraint("every", schema="ops")["constrained_columns"] == ["key"]


def test_a_duplicate_key_is_an_integrity_error(engine: sa.Engine) -> None:
    with engine.begin() as connection:
        connection.execute(sa.insert(every), [VALUES])
    with pytest.raises(sa.exc.IntegrityError), engine.begin() as connection:
        connection.execute(sa.insert(every), [VALUES])


def test_arrow_through_the_driver_stands_in_sqlalchemys_transaction(engine: sa.Engine) -> None:
    batch = pa.table({"key": pa.array([1, 2], pa.int64()), "label": ["a", "b"]})
    with pytest.raises(ZeroDivisionError), engine.begin() as connection:
        driver: Any = connection.connection.driver_connection
        driver.register("_b", batch)
        driver.execute("INSERT INTO ops.every BY NAME SELECT * FROM _b")
        driver.unregister("_b")
        assert connection.execute(sa.select(sa.func.count()).select_from(every)).scalar_one() == 2
        raise ZeroDivisionError
    with engine.connect() as connection:
        assert connection.execute(sa.select(sa.func.count()).select_from(every)).scalar_one() == 0


def test_a_disposed_engine_lets_go_of_the_file(engine: sa.Engine, tmp_path: Path) -> None:
    """A pool keeps the file, and so its lock, after the connection is given back: a reader takes NullPool."""
    program = "import duckdb, sys; duckdb.connect(sys.argv[1]).close()"
    command = [sys.executable, "-c", program, str(tmp_path / "contract.duckdb")]
    with engine.connect() as connection:
        connection.execute(sa.select(every.c.key))
    held = subprocess.run(command, capture_output=True, text=True)
    assert "lock" in held.stderr and held.returncode
    engine.dispose()
    assert subprocess.run(command, capture_output=True, text=True).returncode == 0


def test_a_snapshot_is_reflected_whole(snapshot: Path) -> None:
    engine = sa.create_engine(f"duckdb:///{snapshot}", connect_args={"read_only": True}, poolclass=NullPool)
    found = sa.inspect(engine)
    for table in tables():
        reflected = found.get_columns(table.name, schema=table.schema or "main")
        assert [column["name"] for column in reflected] == [column.name for column in table.columns], table
        assert [column["nullable"] for column in reflected] == [column.nullable for column in table.columns], table
        for ours, theirs in zip(table.columns, reflected, strict=True):
            kind = theirs["type"]
            assert kind._type_affinity is ours.type._type_affinity, f"{ours}: {sql_type(ours)} is reflected as {kind!r}"
    engine.dispose()


def test_our_own_tables_ask_a_snapshot(snapshot: Path) -> None:
    """The declarations are SQLAlchemy tables: a person's query may be written with them."""
    with duckdb.connect(str(snapshot), read_only=True) as plain:
        plain.execute("SET TimeZone = 'UTC'")
        direct = {t: plain.execute(f"SELECT * FROM {full_name(t)}").fetchall() for t in tables()}
    assert sum(map(len, direct.values())) > 400, "the snapshot holds next to nothing"
    engine = sa.create_engine(f"duckdb:///{snapshot}", connect_args={"read_only": True}, poolclass=NullPool)
    with engine.connect() as connection:
        connection.exec_driver_sql("SET TimeZone = 'UTC'")
        for table in tables():
            through = connection.execute(sa.select(table)).fetchall()
            assert sorted(map(tuple, through), key=repr) == sorted(direct[table], key=repr), table
        with pytest.raises(sa.exc.DBAPIError, match="read-only"):
            connection.exec_driver_sql("DELETE FROM filing")
    engine.dispose()
