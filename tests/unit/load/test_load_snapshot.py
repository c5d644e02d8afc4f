"""Sealed snapshots: numbered, never written again, swapped by a link; the writer keeps its lock (storage.md 4)."""

from __future__ import annotations

import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest
from sqlalchemy import select

from filings.errors import StoreError
from filings.load.snapshot import KEPT
from filings.pipeline.ingest import ingest
from filings.pipeline.warehouse import Writer, open_writer
from filings.schema import state

EXAMPLES = Path(__file__).parents[3] / "examples"
FILES = [EXAMPLES / name for name in ("form-3.txt", "form-4-amendment.txt", "schedule-13g.txt", "form-5.txt")]


@pytest.fixture
def warehouse(tmp_path: Path) -> Path:
    ingest(tmp_path / "w", FILES[:1])
    return tmp_path / "w"


@pytest.fixture
def writer(warehouse: Path) -> Iterator[Writer]:
    with open_writer(warehouse, "test", print) as opened:
        yield opened


def names(warehouse: Path) -> list[str]:
    return sorted(path.name for path in (warehouse / "snapshots").iterdir())


def ask(path: Path, question: str) -> list[tuple[object, ...]]:
    with duckdb.connect(str(path), read_only=True) as connection:
        return connection.execute(question).fetchall()


def states(writer: Writer) -> dict[int, str]:
    with writer.state.connect() as connection:
        return {row.number: row.state for row in connection.execute(select(state.snapshot))}


def test_sealed_linked_and_no_log_beside_it(warehouse: Path) -> None:
    link = warehouse / "filings.duckdb"
    assert link.readlink() == Path("snapshots/000001.duckdb"), "a relative link: the folder may move"
    assert stat.S_IMODE(link.stat().st_mode) == 0o444
    assert names(warehouse) == ["000001.duckdb"]
    assert not list(warehouse.glob(".*"))
    assert stat.S_IMODE((warehouse / "load" / "filings.duckdb").stat().st_mode) & stat.S_IWUSR, (
        "the writer's own stays his"
    )


def test_two_are_kept_and_numbers_rise_without_end(warehouse: Path) -> None:
    for path in FILES[1:]:
        assert ingest(warehouse, [path]).snapshot
    assert names(warehouse) == ["000003.duckdb", "000004.duckdb"] and KEPT == 2
    assert (warehouse / "filings.duckdb").readlink().name == "000004.duckdb"
    with open_writer(warehouse, "test", print) as opened:
        assert states(opened) == {1: "removed", 2: "removed", 3: "sealed", 4: "current"}
        assert opened.snapshots.published_load_id() == 4


def test_a_number_is_never_given_twice(warehouse: Path) -> None:
    """Not even after its file and the control state are gone: somebody may still hold that file open."""
    ingest(warehouse, FILES[1:2])
    with open_writer(warehouse, "test", print) as opened:
        assert opened.snapshots.publish(opened.database) == 3
    for leftover in warehouse.glob("state.sqlite*"):
        leftover.unlink()
    with open_writer(warehouse, "test", print) as opened:
        assert opened.snapshots.published_load_id() == 2, "read from the snapshot itself"
        assert opened.publish_if_behind() is None
        assert opened.snapshots.publish(opened.database) == 4


def test_another_process_cannot_open_the_writers_database_after_a_publish(warehouse: Path, writer: Writer) -> None:
    """Copying by hand in this process would drop DuckDB's lock, silently (storage.md 4.1)."""
    program = "import duckdb, sys; duckdb.connect(sys.argv[1], read_only=sys.argv[2] == 'read').close()"
    for _ in range(2):
        for mode in ("read", "write"):
            command = [sys.executable, "-c", program, str(warehouse / "load" / "filings.duckdb"), mode]
            other = subprocess.run(command, capture_output=True, text=True)
            assert other.returncode and "Could not set lock" in other.stderr, f"{mode}: the lock is gone"
        writer.snapshots.publish(writer.database)
        writer.snapshots.published_load_id()


def test_the_control_by_a_process_that_copies_by_hand(warehouse: Path, writer: Writer) -> None:
    """That the test above can fail: reading the file in this process is what loses the lock."""
    path = warehouse / "load" / "filings.duckdb"
    path.read_bytes()
    program = "import duckdb, sys; duckdb.connect(sys.argv[1], read_only=True).close()"
    assert subprocess.run([sys.executable, "-c", program, str(path)], capture_output=True).returncode == 0


def test_a_snapshot_is_what_the_writer_holds(warehouse: Path, writer: Writer) -> None:
    writer.snapshots.publish(writer.database)
    for name in ("filing", "document", "ops.ingest_log", "ops.dictionary"):
        theirs = ask(warehouse / "filings.duckdb", f"SELECT * FROM {name} ORDER BY ALL")
        connection = writer.database.connection
        connection.execute("SET TimeZone = 'UTC'")
        assert len(theirs) == len(connection.execute(f"SELECT * FROM {name}").fetchall()) > 0
    described = "SELECT table_name, column_name, comment FROM duckdb_columns() WHERE schema_name IN ('main', 'ops') "
    described += "AND NOT internal AND table_name IN (SELECT table_name FROM duckdb_tables()) ORDER BY ALL"
    assert ask(warehouse / "filings.duckdb", described) == writer.database.connection.execute(described).fetchall()


def test_it_is_written_for_the_tools_that_people_have(warehouse: Path) -> None:
    """`STORAGE_VERSION 'v1.5.0'`; what a newer one writes, DuckDB 1.5 refuses."""
    with duckdb.connect(str(warehouse / "filings.duckdb"), read_only=True) as connection:
        (tags,) = connection.execute("SELECT tags FROM duckdb_databases() WHERE NOT internal").fetchall()[0]
    assert "v1.5.0" in str(tags), tags


# A user's own views


def test_own_views_are_in_every_snapshot_and_never_in_the_writers_database(warehouse: Path) -> None:
    (warehouse / "views" / "mine.sql").write_text("CREATE VIEW mine AS SELECT filing_id FROM filing", encoding="utf-8")
    ingest(warehouse, FILES[1:2])
    assert ask(warehouse / "filings.duckdb", "SELECT count(*) FROM mine") == [(2,)]
    assert ask(warehouse / "load" / "filings.duckdb", "SELECT 1 FROM duckdb_views() WHERE view_name = 'mine'") == []
    ingest(warehouse, FILES[2:3])
    assert ask(warehouse / "filings.duckdb", "SELECT count(*) FROM mine") == [(3,)]


def test_a_broken_view_is_named_and_what_was_loaded_is_kept(warehouse: Path) -> None:
    own = warehouse / "views" / "broken.sql"
    own.write_text("CREATE VIEW broken AS SELECT no_such_column FROM filing", encoding="utf-8")
    with pytest.raises(StoreError, match=r"views/broken\.sql.*no_such_column") as stopped:
        ingest(warehouse, FILES[1:2])
    assert "Mend or remove" in stopped.value.hint
    assert names(warehouse) == ["000001.duckdb"], "the copy that could not be finished is left behind"
    assert ask(warehouse / "filings.duckdb", "SELECT count(*) FROM filing") == [(1,)]
    own.unlink()
    report = ingest(warehouse, FILES[1:2])
    assert (report.known, report.rows, report.snapshot) == (1, {}, 3)
    assert ask(warehouse / "filings.duckdb", "SELECT count(*) FROM filing") == [(2,)]


# What a killed run leaves


def test_leftovers_of_a_killed_publish_go_at_the_next_start(warehouse: Path) -> None:
    folder = warehouse / "snapshots"
    (folder / "000002.duckdb").write_bytes(b"half a copy")
    (folder / "000002.duckdb.wal").write_bytes(b"and its log")
    (warehouse / ".000002.link").symlink_to("snapshots/000002.duckdb")
    with open_writer(warehouse, "test", print) as opened:
        assert names(warehouse) == ["000001.duckdb"]
        assert opened.snapshots.current() == 1
    assert not list(warehouse.glob(".*.link"))
    assert ask(warehouse / "filings.duckdb", "SELECT count(*) FROM filing") == [(1,)]


def test_a_link_to_nothing_is_no_snapshot(warehouse: Path) -> None:
    (warehouse / "snapshots" / "000001.duckdb").unlink()
    with open_writer(warehouse, "test", print) as opened:
        assert opened.snapshots.current() is None and opened.snapshots.published_load_id() is None
    assert ingest(warehouse, FILES[:1]).snapshot == 2, "nothing is new, but nobody could ask"
    assert ask(warehouse / "filings.duckdb", "SELECT count(*) FROM filing") == [(1,)]


def test_a_log_beside_the_current_snapshot_is_somebodys(warehouse: Path) -> None:
    (warehouse / "snapshots" / "000001.duckdb.wal").write_bytes(b"")
    with open_writer(warehouse, "test", print) as opened:
        assert opened.snapshots.current() == 1 and opened.snapshots.published_load_id() is None
    ingest(warehouse, FILES[:1])
    ingest(warehouse, FILES[1:2])
    assert names(warehouse) == ["000002.duckdb", "000003.duckdb"]


def test_a_file_that_somebody_wrote_to_and_closed_well_is_replaced(warehouse: Path) -> None:
    """Only root may: the log is gone then, the length tells."""
    path = warehouse / "snapshots" / "000001.duckdb"
    path.chmod(0o644)
    with duckdb.connect(str(path)) as somebody:
        somebody.execute("CREATE TABLE mine AS SELECT range AS n FROM range(1000000)")
    ingest(warehouse, FILES[:1])
    assert names(warehouse) == ["000001.duckdb", "000002.duckdb"]
    assert ask(warehouse / "filings.duckdb", "SELECT 1 FROM duckdb_tables() WHERE table_name = 'mine'") == []


def test_a_quote_in_the_folders_name(tmp_path: Path) -> None:
    warehouse = tmp_path / "o'brien & sons ünd 100%"
    ingest(warehouse, FILES[:1])
    assert ask(warehouse / "filings.duckdb", "SELECT count(*) FROM filing") == [(1,)]
    assert names(warehouse) == ["000001.duckdb"]
