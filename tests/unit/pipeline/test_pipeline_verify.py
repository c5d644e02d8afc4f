"""Verify: whatever is changed behind our back is found and named; verify itself changes nothing."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from filings.errors import Stale, UsageError
from filings.pipeline.ingest import ingest
from filings.pipeline.rebuild import rebuild
from filings.pipeline.verify import Finding, verify
from warehouses import fingerprint

EXAMPLES = Path(__file__).parents[3] / "examples"
FORM_4A, DAMAGED = "0009990001-24-000114", "0009910004-24-000027"
ALSO = {FORM_4A: {"form-4-amendment.txt"}, "schedule-13g.nc": {"0009930001-24-000001"}}
"""The other name of what a statement changes."""
FILES = [
    EXAMPLES / name
    for name in (
        "form-4-amendment.txt",
        "damaged-8-k-cut-off.txt",
        "schedule-13g.txt",
        "schedule-13g.nc",
        "bare-6-k.txt",
    )
]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    warehouse = tmp_path_factory.mktemp("verify") / "w"
    ingest(warehouse, FILES[:3])
    ingest(warehouse, FILES)
    return warehouse


@pytest.fixture
def warehouse(made: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(made, tmp_path / "w", symlinks=True))


def behind_our_back(warehouse: Path, statement: str) -> None:
    with duckdb.connect(str(warehouse / "load" / "filings.duckdb")) as connection:
        before = connection.execute(statement)
        assert before.fetchall() != [(0,)], "the statement changes nothing: the test tests nothing"


def pack(warehouse: Path, nth: int = 0) -> Path:
    return sorted((warehouse / "raw" / "packs").glob("*.pack"))[nth]


def told(findings: list[Finding]) -> list[str]:
    return [f"{one.what} | {one.where} | {one.detail}" for one in findings]


def test_a_sound_warehouse_has_no_findings_although_a_filing_is_quarantined(warehouse: Path) -> None:
    with duckdb.connect(str(warehouse / "filings.duckdb"), read_only=True) as connection:
        quarantined = connection.execute("SELECT filing_id FROM ops.ingest_log WHERE status = 'quarantined'").fetchall()
    assert quarantined == [(DAMAGED,)]
    assert verify(warehouse) == []


def test_verify_writes_nothing(warehouse: Path) -> None:
    before, mode = fingerprint(warehouse), (warehouse / "filings.duckdb").stat().st_mode
    assert verify(warehouse) == []
    behind_our_back(warehouse, "DELETE FROM document")
    spoilt = fingerprint(warehouse)
    assert verify(warehouse) != []
    after = fingerprint(warehouse)
    ours = {"load/writer.lock", "state.sqlite", "state.sqlite-wal", "state.sqlite-shm"}
    assert {name for name in spoilt if spoilt[name] != after.get(name)} - ours == set()
    assert {name for name in before if before[name] != after.get(name)} - ours == {"load/filings.duckdb"}
    assert after.keys() - before.keys() - ours == set()
    assert (warehouse / "filings.duckdb").stat().st_mode == mode


@pytest.mark.parametrize(
    ("statement", "where", "detail"),
    [
        (f"DELETE FROM filing WHERE filing_id = '{FORM_4A}'", FORM_4A, "no rows in filing, the ledger counts 1"),
        (
            f"DELETE FROM ownership_transaction WHERE filing_id = '{FORM_4A}' AND position = 1",
            FORM_4A,
            "rows in ownership_transaction, the ledger counts",
        ),
        (
            f"DELETE FROM party_former_name WHERE filing_id = '{FORM_4A}'",
            FORM_4A,
            "no rows in party_former_name, the ledger counts",
        ),
        (
            f"INSERT INTO document SELECT * REPLACE (99 AS position) FROM document WHERE filing_id = '{FORM_4A}'",
            FORM_4A,
            "rows in document, the ledger counts",
        ),
        (
            "INSERT INTO xml_leaf BY NAME SELECT 'nobody' AS filing_id, 1 AS position, 'a' AS path, 1 AS occurrence, "
            "'v' AS value, 1 AS load_id",
            "nobody",
            "1 rows in xml_leaf, the ledger counts 0",
        ),
        (
            f"UPDATE document SET position = position + 1 WHERE filing_id = '{FORM_4A}'",
            FORM_4A,
            "document: 1 rows, positions up to 2",
        ),
        (
            f"UPDATE filing SET document_count = 7 WHERE filing_id = '{FORM_4A}'",
            FORM_4A,
            "document_count is 7, rows of document: 1",
        ),
        ("DELETE FROM ops.observation WHERE name LIKE '%13g.nc'", "schedule-13g.nc", "no observation records it"),
        (
            "UPDATE ops.observation SET file_sha256 = 'none' WHERE name LIKE 'bare%'",
            "bare-6-k.txt",
            "which no pack holds",
        ),
        (f"DELETE FROM ops.ingest_log WHERE filing_id = '{FORM_4A}'", FORM_4A, "which the ledger lacks"),
        (f"DELETE FROM ops.observation WHERE filing_id = '{FORM_4A}'", FORM_4A, "which no observation names"),
        ("UPDATE ops.ingest_log SET load_id = load_id + 1", "filings.duckdb", "the database ends at batch 3"),
    ],
)
def test_a_change_of_the_database_is_found_and_named(statement: str, where: str, detail: str, warehouse: Path) -> None:
    behind_our_back(warehouse, statement)
    found = verify(warehouse)
    assert any(one.where == where and detail in one.detail for one in found), told(found)
    assert {one.where for one in found} <= {where, FORM_4A, "filings.duckdb"} | ALSO.get(where, set()), (
        "others are accused too"
    )


def test_a_flipped_byte_anywhere_in_a_pack_is_found(warehouse: Path) -> None:
    path = pack(warehouse)
    sound = path.read_bytes()
    path.chmod(0o644)
    unseen = []
    for at in range(0, len(sound), max(1, len(sound) // 25)):
        spoilt = bytearray(sound)
        spoilt[at] ^= 0x10
        path.write_bytes(spoilt)
        found = verify(warehouse)
        if not any(one.what == "raw store" and path.name in one.where for one in found):
            unseen.append(at)
    assert unseen == []
    path.write_bytes(sound)
    assert verify(warehouse) == []


def _delete(path: Path) -> None:
    path.unlink()


def _cut(path: Path) -> None:
    path.chmod(0o644)
    os.truncate(path, path.stat().st_size - 10)


def _lengthen(path: Path) -> None:
    path.chmod(0o644)
    path.write_bytes(path.read_bytes() + b"more")


@pytest.mark.parametrize("spoil", [_delete, _cut, _lengthen])
@pytest.mark.parametrize("nth", [0, 1])
def test_a_pack_that_is_gone_cut_or_longer_is_found(spoil: Callable[[Path], None], nth: int, warehouse: Path) -> None:
    path = pack(warehouse, nth)
    spoil(path)
    found = verify(warehouse)
    named = "".join(told(found))
    if spoil is not _lengthen:
        gone = {"form-4-amendment.txt", "damaged-8-k-cut-off.txt", "schedule-13g.txt"} if nth == 0 else {"bare-6-k.txt"}
        assert found and (path.name in named or any(name in named for name in gone)), named
    else:
        assert path.name in named
    again = verify(warehouse)
    assert again, "the second look is told that all is well"


def test_bytes_that_were_kept_and_never_loaded_are_found(warehouse: Path, tmp_path: Path) -> None:
    """A pack of another warehouse, put here by hand."""
    ingest(tmp_path / "other", [EXAMPLES / "form-5.txt"])
    foreign = pack(tmp_path / "other")
    shutil.copy2(foreign, warehouse / "raw" / "packs" / foreign.name)
    assert [one.where for one in verify(warehouse) if one.what == "not loaded"] == ["form-5.txt"]
    rebuild(warehouse)
    assert verify(warehouse) == []


def test_what_is_found_is_mended_by_a_rebuild(warehouse: Path) -> None:
    behind_our_back(warehouse, "DELETE FROM document")
    assert verify(warehouse) != []
    rebuild(warehouse)
    assert verify(warehouse) == []


def test_a_snapshot_that_stays_behind_is_found(warehouse: Path) -> None:
    link = warehouse / "filings.duckdb"
    link.unlink()
    assert [(one.what, one.where) for one in verify(warehouse)] == [("snapshot", "filings.duckdb")]
    link.symlink_to("snapshots/000001.duckdb")
    assert ingest(warehouse, FILES[:1]).snapshot is not None
    assert verify(warehouse) == []


def test_no_warehouse_and_no_database_are_said(warehouse: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="there is no warehouse"):
        verify(tmp_path / "nothing")
    assert not (tmp_path / "nothing").exists(), "looking made a warehouse"
    for path in (warehouse / "load").glob("filings.duckdb*"):
        path.unlink()
    with pytest.raises(Stale, match="database that was made of them is gone"):
        verify(warehouse)
