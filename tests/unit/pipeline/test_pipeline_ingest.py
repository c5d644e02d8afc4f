"""Ingest: what a run says it did is what the warehouse holds; what is there already is left as it is."""

from __future__ import annotations

import os
import shutil
import sqlite3
from contextlib import closing
from hashlib import sha256
from pathlib import Path
from typing import Any

import duckdb
import pytest

import filings.pipeline.loading
from filings.errors import Stale, UsageError
from filings.pipeline.ingest import ingest
from filings.pipeline.state import read_status
from filings.pipeline.verify import verify
from filings.pipeline.warehouse import open_writer
from filings.raw.store import Facts
from warehouses import contents, differences, fingerprint

EXAMPLES = Path(__file__).parents[3] / "examples"
BARE = EXAMPLES / "bare-6-k.txt"
NAMELESS = "sha256:" + sha256(BARE.read_bytes()).hexdigest()[:24]
NAMED = "0009991234-24-000007"


def ask(warehouse: Path, question: str) -> list[tuple[Any, ...]]:
    with duckdb.connect(str(warehouse / "filings.duckdb"), read_only=True) as connection:
        return connection.execute(question).fetchall()


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[tuple[Any, ...]]]:
    warehouse = tmp_path_factory.mktemp("whole") / "w"
    ingest(warehouse, [EXAMPLES])
    return contents(warehouse / "filings.duckdb")


def test_the_report_says_what_the_warehouse_holds(tmp_path: Path) -> None:
    warehouse = tmp_path / "w"
    report = ingest(warehouse, [EXAMPLES])
    stands = (
        "SELECT status, count(*) FROM ops.ingest_log SEMI JOIN (FROM ops.observation WHERE chosen_part <> 'header') "
    )
    statuses = dict(ask(warehouse, stands + "USING (filing_id, raw_sha256) GROUP BY 1"))
    assert report.filings == statuses
    assert (report.files, report.kept, report.known) == (15, 15, 0)
    for table, count in report.rows.items():
        assert ask(warehouse, f"SELECT count(*) FROM {table}") == [(count,)], table
    assert report.bytes == sum(path.stat().st_size for path in EXAMPLES.rglob("*") if path.is_file())
    reasons = "SELECT filing_id, reason_code, reason_detail FROM ops.ingest_log WHERE status = 'quarantined'"
    assert report.quarantined == ask(warehouse, reasons)
    assert report.snapshot == 1 and report.warnings == ask(warehouse, "SELECT count(*) FROM ops.check_result")[0][0]
    (run,) = read_status(warehouse)["runs"]
    assert run["state"] == "done" and run["counts"] == report.counts()


def test_the_second_run_writes_nothing_but_its_own_record(tmp_path: Path) -> None:
    warehouse = tmp_path / "w"
    ingest(warehouse, [EXAMPLES])
    before, times = fingerprint(warehouse), {path: path.lstat().st_mtime_ns for path in _data(warehouse)}
    report = ingest(warehouse, [EXAMPLES, EXAMPLES])
    assert (report.files, report.kept, report.known, report.filings, report.snapshot) == (30, 0, 30, {}, None)
    after = fingerprint(warehouse)
    changed = {name for name in before.keys() | after.keys() if before.get(name) != after.get(name)}
    assert {name for name in changed if not name.startswith("state.sqlite")} == set()
    assert {path: path.lstat().st_mtime_ns for path in _data(warehouse)} == times, "written again, with the same bytes"


def _data(warehouse: Path) -> list[Path]:
    return [
        *(warehouse / "raw" / "packs").iterdir(),
        *(warehouse / "snapshots").iterdir(),
        warehouse / "filings.duckdb",
    ]


@pytest.mark.parametrize("batch", [1, 4])
def test_the_size_of_a_batch_changes_nothing(
    batch: int, whole: dict[str, list[tuple[Any, ...]]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Versions of one filing fall into one batch, or into several."""
    monkeypatch.setattr(filings.pipeline.loading, "BATCH_FILINGS", batch)
    report = ingest(tmp_path / "w", [EXAMPLES])
    assert differences(whole, contents(tmp_path / "w" / "filings.duckdb")) == []
    assert sum(report.filings.values()) == 13, "a filing that is loaded again counts once"
    assert verify(tmp_path / "w") == []


def test_a_batch_ends_at_so_many_bytes_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(filings.pipeline.loading, "BATCH_BYTES", 10_000)
    ingest(tmp_path / "w", [EXAMPLES])
    loads = ask(tmp_path / "w", "SELECT load_id, sum(byte_length) FROM ops.observation GROUP BY 1 ORDER BY 1")
    assert len(loads) > 5


def test_nothing_to_load_still_leaves_an_empty_snapshot(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / ".hidden").write_text("x")
    (tmp_path / "in" / "page.txt").write_text(
        "<html><title>SEC.gov | File Unavailable</title><h1>File Unavailable</h1></html>"
    )
    report = ingest(tmp_path / "w", [tmp_path / "in"])
    assert (report.files, report.kept, report.filings, report.snapshot) == (1, 0, {}, 1)
    assert [Path(path).name for path, _ in report.passed_over] == [".hidden"]
    assert ask(tmp_path / "w", "SELECT count(*) FROM filing") == [(0,)]
    assert not list((tmp_path / "w" / "raw" / "packs").glob("*"))
    assert verify(tmp_path / "w") == []


def test_what_is_no_filing_is_refused_once_with_its_name(tmp_path: Path) -> None:
    page = tmp_path / "0000320193-24-000123.txt"
    page.write_text("<html><body>Your Request Originates from an Undeclared Automated Tool</body></html>")
    empty = tmp_path / "empty.txt"
    empty.write_text(" \n")
    for _ in range(2):
        report = ingest(tmp_path / "w", [page, empty])
        assert [(name, verdict) for name, verdict, _ in report.refused] == [
            ("0000320193-24-000123.txt", "undeclared_tool"),
            ("empty.txt", "empty"),
        ]
    assert [one["source"] for one in read_status(tmp_path / "w")["refusals"]].count("empty.txt") == 1
    assert ask(tmp_path / "w", "SELECT count(*) FROM ops.observation") == [(0,)]


@pytest.mark.skipif(os.geteuid() == 0, reason="a file that may not be read was not tried: root may read everything")
def test_a_file_that_cannot_be_read_is_passed_over(tmp_path: Path) -> None:
    closed = Path(shutil.copy(BARE, tmp_path / "closed.txt"))
    closed.chmod(0)
    report = ingest(tmp_path / "w", [closed, EXAMPLES / "form-3.txt"])
    assert report.passed_over == [(str(closed), "cannot be read: Permission denied")]
    assert report.filings == {"loaded": 1}


def test_a_wrong_path_is_said_before_anything_is_made(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="there is no file or folder"):
        ingest(tmp_path / "w", [EXAMPLES, tmp_path / "nothing"])
    assert not (tmp_path / "w").exists()


# Names and claims (tables.md 1)


def test_a_file_name_is_only_a_claim_unless_the_caller_trusts_it(tmp_path: Path) -> None:
    source = Path(shutil.copy(BARE, tmp_path / f"{NAMED}.txt"))
    ingest(tmp_path / "w", [source])
    claim = "SELECT filing_id, accession_claim, accession_claim_by FROM ops.observation"
    assert ask(tmp_path / "w", claim) == [(NAMELESS, NAMED, "file_name")]
    ingest(tmp_path / "trusting", [source], trust_names=True, form="8-k")
    assert ask(tmp_path / "trusting", claim) == [(NAMED, NAMED, "caller")]
    form = "SELECT form_type, form_type_basis, accession_number FROM filing"
    assert ask(tmp_path / "trusting", form) == [("6-K", "cover", NAMED)]
    source.write_text("Words without a cover.\n")
    ingest(tmp_path / "told", [source], trust_names=True, form="10-k405")
    assert ask(tmp_path / "told", form) == [("10-K405", "caller", NAMED)]


def test_a_bare_file_that_comes_with_its_accession_moves_there_whole(tmp_path: Path) -> None:
    mirror = tmp_path / "edgar" / "data" / "9910001" / f"{NAMED}.txt"
    mirror.parent.mkdir(parents=True)
    shutil.copy(BARE, mirror)
    warehouse = tmp_path / "w"
    ingest(warehouse, [BARE])
    assert ask(warehouse, "SELECT filing_id FROM filing") == [(NAMELESS,)]
    ingest(warehouse, [mirror])
    for table in ("filing", "document", "ops.ingest_log", "ops.observation", "ops.issue"):
        assert ask(warehouse, f"SELECT DISTINCT filing_id FROM {table}") in ([(NAMED,)], []), table
    assert ask(warehouse, "SELECT name FROM ops.observation ORDER BY 1") == [
        ("bare-6-k.txt",),
        (f"edgar/data/9910001/{NAMED}.txt",),
    ]
    ingest(tmp_path / "at-once", [mirror, BARE])
    assert differences(contents(warehouse / "filings.duckdb"), contents(tmp_path / "at-once" / "filings.duckdb")) == []
    assert verify(warehouse) == []


def test_two_claims_for_the_same_bytes_are_two_filings(tmp_path: Path) -> None:
    other = NAMED[:-1] + "8"
    folder = tmp_path / "edgar" / "data" / "9910001"
    folder.mkdir(parents=True)
    orders = []
    for nth, order in enumerate([(NAMED, other), (other, NAMED)]):
        warehouse = tmp_path / f"w{nth}"
        ingest(warehouse, [BARE])
        for one in order:
            ingest(warehouse, [Path(shutil.copy(BARE, folder / f"{one}.txt"))])
        orders.append(contents(warehouse / "filings.duckdb"))
        assert ask(warehouse, "SELECT filing_id FROM filing ORDER BY 1") == [(NAMED,), (other,)]
        assert verify(warehouse) == []
    assert differences(*orders) == []


def test_the_same_bytes_at_many_places_are_one_filing_and_one_pack_entry(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    for nth in range(5):
        shutil.copy(EXAMPLES / "form-3.txt", folder / f"copy-{nth}.txt")
    report = ingest(tmp_path / "w", [folder])
    assert (report.kept, report.filings) == (5, {"loaded": 1})
    assert ask(tmp_path / "w", "SELECT count(*), count(DISTINCT raw_sha256) FROM ops.observation") == [(5, 1)]
    assert ask(tmp_path / "w", "SELECT count(*) FROM ops.ingest_log") == [(1,)]
    with closing(sqlite3.connect(tmp_path / "w" / "state.sqlite")) as state:
        assert state.execute("SELECT count(*) FROM raw_record WHERE stored_length > 0").fetchone() == (1,)


def test_other_bytes_under_an_old_name_are_another_version(tmp_path: Path) -> None:
    source = tmp_path / "daily.txt"
    text = (EXAMPLES / "form-3.txt").read_text(encoding="utf-8")
    source.write_text(text[: len(text) * 2 // 3], encoding="utf-8")
    ingest(tmp_path / "w", [source])
    assert ask(tmp_path / "w", "SELECT status FROM ops.ingest_log") == [("quarantined",)]
    source.write_text(text, encoding="utf-8")
    report = ingest(tmp_path / "w", [source])
    assert report.filings == {"loaded": 1}
    assert ask(tmp_path / "w", "SELECT status, reason_code FROM ops.ingest_log ORDER BY 1") == [
        ("loaded", None),
        ("superseded", "damaged"),
    ]
    ingest(tmp_path / "good", [Path(shutil.copy(source, tmp_path / "good.txt"))])
    rows = "SELECT * EXCLUDE (load_id, available_at, first_seen_at, source) FROM filing"
    assert ask(tmp_path / "w", rows) == ask(tmp_path / "good", rows), "the good one stands as if it had come alone"


def test_status_while_the_first_run_is_just_making_the_control_state(tmp_path: Path) -> None:
    (tmp_path / "w" / "raw").mkdir(parents=True)
    assert read_status(tmp_path / "w")["runs"] == []
    (tmp_path / "w" / "state.sqlite").touch()
    nothing = {"writer": None, "runs": [], "snapshots": [], "packs": {}, "refusals": [], "alerts": []}
    assert read_status(tmp_path / "w") == nothing


# After a kill


def test_what_a_killed_run_kept_and_did_not_load_is_loaded_first(tmp_path: Path) -> None:
    warehouse = tmp_path / "w"
    with open_writer(warehouse, "test", print) as writer:
        for path in (EXAMPLES / "form-3.txt", BARE):
            writer.store.put(path.read_bytes(), Facts("local_file", path.name, "2026-11-22T10:00:00.000000+00:00"))
        writer.store.flush()
    report = ingest(warehouse, [EXAMPLES / "form-3.txt"])
    assert (report.kept, report.known) == (0, 1) and sum(report.filings.values()) == 2
    assert ask(warehouse, "SELECT name FROM ops.observation ORDER BY 1") == [("bare-6-k.txt",), ("form-3.txt",)]
    assert ask(warehouse, "SELECT DISTINCT seen_at::DATE::VARCHAR FROM ops.observation") == [("2026-11-22",)]
    assert verify(warehouse) == []
    assert ingest(warehouse, [BARE]).filings == {}


def test_a_database_that_is_gone_stops_the_ingest_and_says_what_to_do(tmp_path: Path) -> None:
    warehouse = tmp_path / "w"
    ingest(warehouse, [BARE])
    shutil.rmtree(warehouse / "load")
    with pytest.raises(Stale, match="database that was made of them is gone") as stopped:
        ingest(warehouse, [EXAMPLES / "form-3.txt"])
    assert "filings rebuild" in stopped.value.hint
    assert ask(warehouse, "SELECT count(*) FROM filing") == [(1,)], "the old snapshot answers on"


def test_a_control_state_that_is_gone_is_made_again(tmp_path: Path) -> None:
    warehouse = tmp_path / "w"
    ingest(warehouse, [EXAMPLES])
    before = contents(warehouse / "filings.duckdb")
    for path in warehouse.glob("state.sqlite*"):
        path.unlink()
    report = ingest(warehouse, [EXAMPLES])
    assert (report.kept, report.known, report.filings) == (0, 15, {})
    assert differences(before, contents(warehouse / "filings.duckdb")) == []
    assert verify(warehouse) == []
