"""Several runs on one warehouse, and one that a person interrupts: nothing twice, nothing lost."""

from __future__ import annotations

import itertools
import signal
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path
from typing import Any

import duckdb
import pytest
from interrupting import Start, interrupted_at

from filings.pipeline.ingest import ingest
from filings.pipeline.state import read_status
from filings.pipeline.verify import verify
from filings.pipeline.warehouse import holder
from warehouses import contents, differences

EXAMPLES = Path(__file__).parents[2] / "examples"
FILES = sorted(path for path in EXAMPLES.iterdir() if path.is_file())
LEFT, RIGHT = FILES[:9], FILES[5:]  # they share four, and two versions of one filing lie in both
SMALL_BATCHES = "import filings.pipeline.loading as l; l.BATCH_FILINGS = 1; "
TWICE = """
    SELECT 'observation', file_sha256, byte_offset, name FROM ops.observation GROUP BY ALL HAVING count(*) > 1
    UNION ALL SELECT 'ledger', raw_sha256, 0, filing_id FROM ops.ingest_log GROUP BY ALL HAVING count(*) > 1
    UNION ALL SELECT 'filing', '', 0, filing_id FROM filing GROUP BY ALL HAVING count(*) > 1
"""


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[tuple[Any, ...]]]:
    warehouse = tmp_path_factory.mktemp("undisturbed") / "w"
    ingest(warehouse, FILES)
    return contents(warehouse / "filings.duckdb")


def wait_for_lock(warehouse: Path, child: subprocess.Popen[str]) -> None:
    while (now := holder(warehouse)) is None or now.pid != child.pid:
        assert child.poll() is None, "it ended before it could be met"


def assert_nothing_twice(warehouse: Path) -> None:
    with duckdb.connect(str(warehouse / "filings.duckdb"), read_only=True) as connection:
        assert connection.execute(TWICE).fetchall() == []
    packed = sqlite3.connect(f"{(warehouse / 'state.sqlite').as_uri()}?mode=ro", uri=True)
    with closing(packed):
        again = "SELECT file_sha256, name FROM raw_record GROUP BY 1, 2 HAVING count(*) > 1"
        assert packed.execute(again).fetchall() == []
    assert verify(warehouse) == []


def test_two_ingests_at_once_of_overlapping_files(
    start: Start, undisturbed: dict[str, list[tuple[Any, ...]]], tmp_path: Path
) -> None:
    """The first is stopped while it holds the lock, so the second surely meets it; `status` works meanwhile."""
    warehouse = tmp_path / "w"
    first = start("ingest", *LEFT, "--warehouse", warehouse, before=SMALL_BATCHES)
    wait_for_lock(warehouse, first)
    first.send_signal(signal.SIGSTOP)
    second = start("ingest", *RIGHT, "--warehouse", warehouse, before=SMALL_BATCHES)
    assert second.stderr
    word = second.stderr.readline()
    assert "waiting for ingest" in word and f"process {first.pid} " in word, word
    status = start("status", "--warehouse", warehouse)
    page, wrong = status.communicate()
    assert status.returncode == 0, wrong
    assert f"process {first.pid}" in page and "ingest" in page
    assert second.poll() is None, "it did not wait"
    first.send_signal(signal.SIGCONT)
    for child in (first, second):
        _, wrong = child.communicate()
        assert child.returncode == 0, wrong
        assert "Traceback" not in wrong
    assert differences(undisturbed, contents(warehouse / "filings.duckdb")) == []
    assert_nothing_twice(warehouse)
    assert holder(warehouse) is None
    ingests = [run for run in read_status(warehouse)["runs"] if run["kind"] == "ingest"]
    assert [run["state"] for run in ingests] == ["done", "done"]


def test_three_start_together_on_nothing(
    start: Start, undisturbed: dict[str, list[tuple[Any, ...]]], tmp_path: Path
) -> None:
    """None of them finds a warehouse: they make it under each other's eyes."""
    warehouse = tmp_path / "w"
    children = [start("ingest", *files, "--warehouse", warehouse) for files in (LEFT, RIGHT, FILES)]
    for child in children:
        _, wrong = child.communicate()
        assert child.returncode == 0, wrong
    assert differences(undisturbed, contents(warehouse / "filings.duckdb")) == []
    assert_nothing_twice(warehouse)


def test_the_one_who_waits_may_be_interrupted_and_leaves_no_trace(start: Start, tmp_path: Path) -> None:
    warehouse = tmp_path / "w"
    first = start("ingest", *LEFT, "--warehouse", warehouse, before=SMALL_BATCHES)
    wait_for_lock(warehouse, first)
    first.send_signal(signal.SIGSTOP)
    second = start("ingest", *RIGHT, "--warehouse", warehouse)
    assert second.stderr and "waiting" in second.stderr.readline()
    second.send_signal(signal.SIGINT)
    _, wrong = second.communicate()
    assert second.returncode == 130 and "Traceback" not in wrong
    assert (now := holder(warehouse)) and now.pid == first.pid, "it took the other's lock away"
    first.send_signal(signal.SIGCONT)
    assert first.communicate() and first.returncode == 0
    assert [run["state"] for run in read_status(warehouse)["runs"]] == ["done"]


@pytest.mark.parametrize(
    ("point", "nth", "delay", "has_snapshot"),
    [
        ("load.begin", 2, 0, False),
        ("load.insert", 20, 0, True),
        ("load.commit", 3, 0, False),
        ("load.committed", 1, 0, True),
        ("load.begin", 3, 0.004, True),  # seconds later: in the middle of a query, as likely as not
        ("load.begin", 5, 0.012, False),
    ],
)
def test_ctrl_c_keeps_and_publishes_what_was_loaded(
    point: str, nth: int, delay: float, has_snapshot: bool, start: Start, undisturbed: dict[str, Any], tmp_path: Path
) -> None:
    """At a named step of a batch, or a moment after it; each batch is one file."""
    warehouse = tmp_path / "w"
    if has_snapshot:
        ingest(warehouse, FILES[:1])
    before = interrupted_at(point, nth, delay)
    child = start("ingest", *FILES, "--warehouse", warehouse, before=before)
    _, wrong = child.communicate()
    assert child.returncode == 130, wrong
    assert "Traceback" not in wrong and "Interrupted" in wrong
    status = read_status(warehouse)
    assert status["writer"] is None
    assert status["runs"][0]["state"] == "interrupted"
    published = contents(warehouse / "filings.duckdb")
    with duckdb.connect(str(warehouse / "load" / "filings.duckdb"), read_only=True) as connection:
        held = connection.execute("SELECT filing_id FROM ops.ingest_log ORDER BY 1").fetchall()
    assert [(row[0],) for row in sorted(published["ops.ingest_log"])] == held, "loaded, and not published"
    assert 0 < len(held) < len(undisturbed["ops.ingest_log"])
    whole = {name: set(map(repr, rows)) for name, rows in undisturbed.items()}
    versions = {row[0] for row in published["ops.ingest_log"]} - {"0009930001-24-000001"}  # of this, more were to come
    for name in ("main.filing", "main.document", "main.ownership_transaction"):
        rows = [row for row in published[name] if row[0] in versions]
        assert set(map(repr, rows)) <= whole[name], "a filing is there in part"
    ingest(warehouse, FILES)
    assert differences(undisturbed, contents(warehouse / "filings.duckdb")) == []
    assert_nothing_twice(warehouse)


@pytest.mark.parametrize("length", [0, 1, 4096, 8192, 12287])
def test_a_database_that_was_killed_while_it_was_made_is_made_again(length: int, tmp_path: Path) -> None:
    """DuckDB writes the head of a new file in three pages, one after the other."""
    warehouse = tmp_path / "w"
    (warehouse / "load").mkdir(parents=True)
    with duckdb.connect(str(tmp_path / "whole.duckdb")) as connection:
        connection.execute("CREATE TABLE a (b INTEGER)")
    (warehouse / "load" / "filings.duckdb.new").write_bytes((tmp_path / "whole.duckdb").read_bytes()[:length])
    ingest(warehouse, FILES[:2])
    assert verify(warehouse) == []
    assert sorted(path.name for path in (warehouse / "load").iterdir()) == ["filings.duckdb", "writer.lock"]


def test_a_run_that_was_killed_is_told_as_killed(start: Start, tmp_path: Path) -> None:
    warehouse = tmp_path / "w"
    child = start("ingest", *FILES, "--warehouse", warehouse, before=SMALL_BATCHES)
    wait_for_lock(warehouse, child)
    while not (warehouse / "load" / "filings.duckdb").exists():
        assert child.poll() is None
    child.kill()
    child.communicate()
    status = start("status", "--warehouse", warehouse)
    assert status.communicate() and status.returncode == 0
    told = [run["state"] for run in read_status(warehouse)["runs"]]
    assert told in (["killed"], []), "nobody holds the lock, so nobody runs"
    ingest(warehouse, FILES[:1])
    assert [run["state"] for run in read_status(warehouse)["runs"]] == ["done", *told]


def test_looking_on_works_while_a_run_is_on(start: Start, tmp_path: Path) -> None:
    """The newest snapshot answers, whatever the writer does."""
    warehouse = tmp_path / "w"
    ingest(warehouse, FILES[:4])
    child = start("ingest", *FILES, "--warehouse", warehouse, before=SMALL_BATCHES)
    wait_for_lock(warehouse, child)
    child.send_signal(signal.SIGSTOP)
    (shown,) = itertools.islice((row[0] for row in contents(warehouse / "filings.duckdb")["main.filing"]), 1)
    for words in (
        ["query", "SELECT 1"],
        ["show", shown],
        ["tables"],
        ["quarantine"],
        ["dictionary", "filing"],
        ["status"],
    ):
        looking = start(*words, "--warehouse", warehouse)
        _, wrong = looking.communicate()
        assert looking.returncode == 0, f"{words}: {wrong}"
    child.send_signal(signal.SIGCONT)
    assert child.communicate() and child.returncode == 0
