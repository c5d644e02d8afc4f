"""Verify of what is new: it reads what came since the last run that found nothing, and no less."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import duckdb
import pytest

from filings.pipeline.ingest import ingest
from filings.pipeline.rebuild import rebuild
from filings.pipeline.verified import Scope
from filings.pipeline.verify import verify

EXAMPLES = Path(__file__).parents[3] / "examples"
OLD, NEW, NEWEST = (EXAMPLES / name for name in ("form-4-amendment.txt", "form-3.txt", "schedule-13g.txt"))
IN_OLD, IN_NEW = "0009990001-24-000114", "0009990001-24-000017"


@pytest.fixture
def warehouse(tmp_path: Path) -> Path:
    made = tmp_path / "w"
    ingest(made, [OLD])
    assert verify(made) == []
    ingest(made, [NEW])
    return made


def packs(warehouse: Path) -> list[Path]:
    return sorted((warehouse / "raw" / "packs").glob("*.pack"))


def flip(path: Path, at: int = 300) -> None:
    spoilt = bytearray(path.read_bytes())
    spoilt[at] ^= 0x10
    path.chmod(0o644)
    path.write_bytes(spoilt)


def change(warehouse: Path, statement: str) -> None:
    with duckdb.connect(str(warehouse / "load" / "filings.duckdb")) as connection:
        assert connection.execute(statement).fetchall() != [(0,)], "the test tests nothing"


def recorded(warehouse: Path) -> list[dict[str, Any]]:
    with closing(sqlite3.connect(warehouse / "state.sqlite")) as connection:
        rows = connection.execute("SELECT counts FROM run WHERE kind = 'verify' ORDER BY run_id").fetchall()
    return [json.loads(counts) for (counts,) in rows]


def test_the_old_packs_are_not_read_again_and_the_new_ones_are(warehouse: Path) -> None:
    old, new = packs(warehouse)
    assert verify(warehouse, Scope.NEW) == []
    assert recorded(warehouse)[-1]["read"] == new.stat().st_size
    assert verify(warehouse, Scope.NEW) == []
    assert recorded(warehouse)[-1]["read"] == 0, "what was found sound is not new any more"
    ingest(warehouse, [NEWEST])
    flip(old)
    assert verify(warehouse, Scope.NEW) == []
    assert {one.where.partition(" ")[0] for one in verify(warehouse) if one.what == "raw store"} == {old.name}


def test_damage_of_what_is_new_is_found_again_and_again_until_it_is_mended(warehouse: Path) -> None:
    new = packs(warehouse)[1]
    flip(new)
    for _ in range(2):
        found = verify(warehouse, Scope.NEW)
        assert any(one.what == "raw store" and new.name in one.where for one in found)
    assert "pack" not in recorded(warehouse)[-1] and recorded(warehouse)[-1]["findings"] == len(found)
    flip(new)
    assert verify(warehouse, Scope.NEW) == []


def test_rows_of_new_batches_are_compared_those_of_old_ones_by_all_alone(warehouse: Path) -> None:
    change(warehouse, "DELETE FROM document")
    found = verify(warehouse, Scope.NEW)
    assert {one.where for one in found} == {IN_NEW}
    assert {one.what for one in found} > {"rows"}, "the checks look at the new batches, too"
    assert {one.where for one in verify(warehouse)} == {IN_OLD, IN_NEW}


def test_a_new_record_that_was_never_loaded_is_found(warehouse: Path) -> None:
    change(warehouse, "DELETE FROM ops.observation WHERE name = 'form-3.txt'")
    assert ("not loaded", "form-3.txt") in {(one.what, one.where) for one in verify(warehouse, Scope.NEW)}


def test_without_the_state_all_is_new(warehouse: Path) -> None:
    for path in warehouse.glob("state.sqlite*"):
        path.unlink()
    ingest(warehouse, [NEW])  # makes it again
    flip(packs(warehouse)[0])
    assert any(one.what == "raw store" for one in verify(warehouse, Scope.NEW))


def test_behind_a_rebuild_all_rows_are_new_and_no_pack_is(warehouse: Path) -> None:
    assert verify(warehouse, Scope.NEW) == []
    rebuild(warehouse)
    change(warehouse, f"DELETE FROM document WHERE filing_id = '{IN_OLD}'")
    assert {one.where for one in verify(warehouse, Scope.NEW)} == {IN_OLD}
    assert recorded(warehouse)[-1]["read"] == 0


def test_batches_that_are_behind_the_mark_are_those_of_another_database(warehouse: Path) -> None:
    assert verify(warehouse, Scope.NEW) == []
    with closing(sqlite3.connect(warehouse / "state.sqlite")) as connection, connection:
        connection.execute("UPDATE run SET counts = json_set(counts, '$.batch', 99) WHERE kind = 'verify'")
    change(warehouse, f"DELETE FROM document WHERE filing_id = '{IN_OLD}'")
    assert {one.where for one in verify(warehouse, Scope.NEW)} == {IN_OLD}
