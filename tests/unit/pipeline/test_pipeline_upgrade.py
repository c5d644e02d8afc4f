"""Upgrade: what older readers loaded is read again, and nothing else."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from filings.errors import Stale
from filings.pipeline.ingest import ingest
from filings.pipeline.upgrade import plan, upgrade
from filings.pipeline.verify import verify
from warehouses import contents, differences, fingerprint, make_older

EXAMPLES = Path(__file__).parents[3] / "examples"


def rows(warehouse: Path, query: str) -> list[tuple[object, ...]]:
    with duckdb.connect(str(warehouse / "filings.duckdb"), read_only=True) as connection:
        return connection.execute(query).fetchall()


@pytest.fixture
def warehouse(tmp_path: Path) -> Path:
    ingest(tmp_path / "w", [EXAMPLES])
    return tmp_path / "w"


def test_an_older_warehouse_becomes_todays(warehouse: Path) -> None:
    expected = contents(warehouse / "filings.duckdb")
    first_loaded = rows(warehouse, "SELECT filing_id, raw_sha256, first_loaded_at FROM ops.ingest_log ORDER BY ALL")
    untouched = "SELECT filing_id, load_id, loaded_at FROM ops.ingest_log WHERE form_type IN ('8-K', '10-Q', '6-K') ORDER BY ALL"
    kept = rows(warehouse, untouched)
    make_older(warehouse)
    with pytest.raises(Stale, match="ownership_signature"):
        ingest(warehouse, [EXAMPLES])
    made = plan(warehouse)
    assert made.tables == ["left_off", "ownership_signature"]
    assert made.readers.keys() == {"header", "ownership"}
    assert (made.filings, made.files) == (5, 7)
    assert made.bytes > 0
    report = upgrade(warehouse)
    assert report.files == 7
    assert differences(expected, contents(warehouse / "filings.duckdb")) == []
    assert (
        rows(warehouse, "SELECT filing_id, raw_sha256, first_loaded_at FROM ops.ingest_log ORDER BY ALL")
        == first_loaded
    )
    assert rows(warehouse, untouched) == kept, "filings that today's readers loaded are left alone"
    assert plan(warehouse).filings == 0
    before = fingerprint(warehouse / "load") | fingerprint(warehouse / "snapshots")
    assert upgrade(warehouse).snapshot is None
    assert fingerprint(warehouse / "load") | fingerprint(warehouse / "snapshots") == before
    assert ingest(warehouse, [EXAMPLES]).rows == {}


def test_a_filing_that_only_shares_a_file_with_an_old_one_keeps_its_other_versions(tmp_path: Path) -> None:
    """A joined file holds an ownership form, which is old, and the worse version of another filing, which is not."""
    joined, warehouse = tmp_path / "joined.txt", tmp_path / "w"
    joined.write_bytes((EXAMPLES / "form-5.txt").read_bytes() + (EXAMPLES / "schedule-13g.nc").read_bytes())
    ingest(warehouse, [joined, EXAMPLES / "schedule-13g.txt"])
    expected = contents(warehouse / "filings.duckdb")
    with duckdb.connect(str(warehouse / "load" / "filings.duckdb")) as connection:
        connection.execute("UPDATE ops.ingest_log SET family_fingerprint = 'older' WHERE family = 'ownership'")
    assert (plan(warehouse).filings, plan(warehouse).files) == (2, 2)
    upgrade(warehouse)
    assert differences(expected, contents(warehouse / "filings.duckdb")) == []
    assert verify(warehouse) == []


def test_a_ledger_of_another_shape_makes_everything_anew(warehouse: Path) -> None:
    expected = contents(warehouse / "filings.duckdb")
    with duckdb.connect(str(warehouse / "load" / "filings.duckdb")) as connection:
        connection.execute("ALTER TABLE ops.ingest_log DROP COLUMN leaf_count")
        connection.execute("UPDATE ops.schema_version SET fingerprint = 'older' WHERE table_name = 'ops.ingest_log'")
    upgrade(warehouse)
    assert differences(expected, contents(warehouse / "filings.duckdb")) == []


def test_the_command_tells_and_does(warehouse: Path) -> None:
    def filings(*words: str) -> str:
        done = subprocess.run(
            [sys.executable, "-m", "filings", *words, "--warehouse", str(warehouse)],
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout

    assert filings("upgrade", "--dry-run") == "Nothing to read again: all of it was loaded by today's readers.\n"
    make_older(warehouse)
    told = filings("upgrade", "--dry-run").splitlines()
    assert told[:2] == [
        "2 versions were loaded by another header reader",
        "4 versions were loaded by another ownership reader",
    ]
    assert told[2:4] == ["table left_off has another shape", "table ownership_signature has another shape"]
    assert told[4].startswith("5 filings in 7 files, ")
    assert "5 filings" in filings("upgrade")
    assert filings("verify") == "All agrees.\n"
