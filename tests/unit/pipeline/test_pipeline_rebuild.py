"""Rebuild: the database made again from the packs alone; a warehouse at rest may be moved or copied."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import duckdb
import pytest

from filings import faults
from filings.errors import Busy, FilingsError, UsageError
from filings.pipeline.ingest import ingest
from filings.pipeline.rebuild import rebuild
from filings.pipeline.verify import verify
from warehouses import contents, differences, fingerprint

EXAMPLES = Path(__file__).parents[3] / "examples"
FIRST = [EXAMPLES / name for name in ("schedule-13g.nc", "form-4-amendment.txt", "bare-6-k.txt")]
THEN = [EXAMPLES / name for name in ("schedule-13g.txt", "schedule-13g-correction.txt", "damaged-8-k-cut-off.txt")]
TIMES = "SELECT filing_id, raw_sha256, first_loaded_at FROM ops.ingest_log ORDER BY ALL"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    warehouse = tmp_path_factory.mktemp("rebuild") / "w"
    ingest(warehouse, FIRST)
    ingest(warehouse, THEN)
    return warehouse


@pytest.fixture
def warehouse(made: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(made, tmp_path / "w", symlinks=True))


@pytest.fixture(scope="module")
def before(made: Path) -> dict[str, list[tuple[Any, ...]]]:
    return contents(made / "filings.duckdb")


def ask(warehouse: Path, question: str) -> list[tuple[Any, ...]]:
    with duckdb.connect(str(warehouse / "filings.duckdb"), read_only=True) as connection:
        return connection.execute(question).fetchall()


def test_the_same_database_and_the_same_times_of_first_load(
    warehouse: Path, before: dict[str, list[tuple[Any, ...]]]
) -> None:
    times = ask(warehouse, TIMES)
    report = rebuild(warehouse)
    assert differences(before, contents(warehouse / "filings.duckdb")) == []
    assert ask(warehouse, TIMES) == times
    assert (report.files, report.snapshot) == (6, 3)
    assert sum(report.filings.values()) == 4 and report.bytes == sum(path.stat().st_size for path in FIRST + THEN)
    assert verify(warehouse) == []


def test_without_the_old_database_only_the_times_are_new(
    warehouse: Path, before: dict[str, list[tuple[Any, ...]]]
) -> None:
    times = ask(warehouse, TIMES)
    for path in [*(warehouse / "load").glob("filings.duckdb*"), *warehouse.glob("state.sqlite*")]:
        path.unlink()
    rebuild(warehouse)
    assert differences(before, contents(warehouse / "filings.duckdb")) == []
    assert all(new[:2] == old[:2] and new[2] > old[2] for new, old in zip(ask(warehouse, TIMES), times, strict=True))
    assert verify(warehouse) == []


def test_from_raw_alone(warehouse: Path, before: dict[str, list[tuple[Any, ...]]], tmp_path: Path) -> None:
    """What a backup needs to hold."""
    saved = tmp_path / "saved"
    shutil.copytree(warehouse / "raw", saved / "raw")
    rebuild(saved)
    assert differences(before, contents(saved / "filings.duckdb")) == []
    assert verify(saved) == []


@pytest.mark.parametrize("damage", ["no database at all", "", "cut in the middle", "a page of zeros"])
def test_a_damaged_database_is_no_hindrance(
    damage: str, warehouse: Path, before: dict[str, list[tuple[Any, ...]]]
) -> None:
    path = warehouse / "load" / "filings.duckdb"
    sound = path.read_bytes()
    path.write_bytes(
        {
            "cut in the middle": sound[: len(sound) // 2],
            "a page of zeros": sound[:4096] + bytes(16384) + sound[4096 + 16384 :],
        }.get(damage, damage.encode())
    )
    with pytest.raises(FilingsError):
        ingest(warehouse, FIRST[:1])
    rebuild(warehouse)
    assert differences(before, contents(warehouse / "filings.duckdb")) == []
    assert verify(warehouse) == []
    ingest(warehouse, [EXAMPLES / "form-5.txt"])
    assert verify(warehouse) == []


def test_a_database_that_somebody_has_open_is_not_thrown_away(warehouse: Path) -> None:
    held = warehouse / "load" / "filings.duckdb"
    program = "import duckdb, sys; c = duckdb.connect(sys.argv[1], read_only=True); print(flush=True); sys.stdin.read()"
    with subprocess.Popen(
        [sys.executable, "-c", program, str(held)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as somebody:
        assert somebody.stdin and somebody.stdout and somebody.stdout.readline()
        size = held.stat().st_size
        with pytest.raises(Busy, match="another program has it open"):
            rebuild(warehouse)
        assert held.stat().st_size == size
        somebody.stdin.close()
    times = ask(warehouse, TIMES)
    rebuild(warehouse)
    assert ask(warehouse, TIMES) == times


def test_load_ids_go_on_and_a_second_rebuild_changes_nothing(warehouse: Path) -> None:
    rebuild(warehouse)
    once = contents(warehouse / "filings.duckdb")
    rebuild(warehouse)
    assert differences(once, contents(warehouse / "filings.duckdb")) == []
    ingest(warehouse, [EXAMPLES / "form-5.txt"])
    loads = [row[0] for row in ask(warehouse, "SELECT DISTINCT load_id FROM ops.ingest_log ORDER BY 1")]
    assert loads == sorted(set(loads)) and len(loads) == 2


def test_what_stops_a_rebuild_leaves_the_old_database_in_use(
    warehouse: Path, before: dict[str, list[tuple[Any, ...]]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Just before the swap (each step on disk: tests/faults)."""
    held = fingerprint(warehouse / "load")["filings.duckdb"]
    monkeypatch.setattr(faults, "_armed", "rebuild.swap:1:error")
    faults._reached.clear()
    with pytest.raises(FilingsError, match="swapping the database"):
        rebuild(warehouse)
    monkeypatch.undo()
    assert fingerprint(warehouse / "load")["filings.duckdb"] == held
    assert differences(before, contents(warehouse / "filings.duckdb")) == []
    ingest(warehouse, [EXAMPLES / "form-5.txt"])
    assert not list((warehouse / "load").glob("rebuild*")), "its unfinished work is taken away"
    assert verify(warehouse) == []


def test_no_warehouse_is_said_and_none_is_made(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="there is no warehouse"):
        rebuild(tmp_path / "nothing")
    assert not (tmp_path / "nothing").exists()


# A folder at rest may be moved or copied


@pytest.mark.parametrize("how", ["copied", "moved", "copied without times and links"])
def test_a_warehouse_in_another_place(
    how: str, warehouse: Path, before: dict[str, list[tuple[Any, ...]]], tmp_path: Path
) -> None:
    elsewhere = tmp_path / "elsewhere" / "deep er" / "w2"
    elsewhere.parent.mkdir(parents=True)
    if how == "moved":
        warehouse.rename(elsewhere)
    else:
        as_it_is = how == "copied"
        shutil.copytree(
            warehouse, elsewhere, symlinks=as_it_is, copy_function=shutil.copy2 if as_it_is else shutil.copyfile
        )
        shutil.rmtree(warehouse)
    assert differences(before, contents(elsewhere / "filings.duckdb")) == []
    if how.startswith("copied without"):  # the link has become a file of its own: nobody's snapshot
        ingest(elsewhere, FIRST[:1])
    assert verify(elsewhere) == []
    report = ingest(elsewhere, [*FIRST, EXAMPLES / "form-5.txt"])
    assert (report.known, report.kept) == (3, 1)
    assert verify(elsewhere) == []
    rebuild(elsewhere)
    assert verify(elsewhere) == []
    assert not warehouse.exists(), "something was written to the old place"


def test_no_absolute_path_stands_in_a_warehouse(tmp_path: Path) -> None:
    """The place's own name is searched for in every byte, whatever wrote it; zstd frames are opened by the store."""
    place = tmp_path / "a-name-that-occurs-nowhere-else"
    (place / "in").mkdir(parents=True)
    for path in FIRST + THEN:
        shutil.copy(path, place / "in")
    (place / "in" / "refused.txt").write_text("<html><body>Request Rate Threshold Exceeded</body></html>")
    ingest(place / "w", [place / "in", place / "in" / "bare-6-k.txt"])
    rebuild(place / "w")
    ingest(place / "w", [place / "in"])
    for path in (place / "w").rglob("*"):
        if path.is_symlink():
            assert not path.readlink().is_absolute()
        elif path.is_file():
            assert b"a-name-that-occurs-nowhere-else" not in path.read_bytes(), path
            assert str(tmp_path).encode() not in path.read_bytes(), path
