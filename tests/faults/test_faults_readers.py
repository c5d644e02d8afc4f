"""People who hold the published file open, to read or to write, while the product works (house 5, storage.md 4.2)."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from people import BECOME_NOBODY, Person, open_to_all

from filings.pipeline.ingest import ingest
from filings.pipeline.verify import verify
from filings.pipeline.warehouse import open_writer
from warehouses import contents, differences

EXAMPLES = Path(__file__).parents[2] / "examples"
OLD = [EXAMPLES / "form-3.txt", EXAMPLES / "schedule-13g.nc"]
NEW = [EXAMPLES / "schedule-13g.txt", EXAMPLES / "form-4-amendment.txt", EXAMPLES / "form-5.txt"]
QUESTION = "SELECT filing_id, form_type, envelope FROM filing ORDER BY ALL"
IDS = "SELECT filing_id FROM filing ORDER BY ALL"
MIDWAY = "SELECT count(*), min(filing_id), max(load_id) FROM document"
DUCKDB_15 = os.environ.get("FILINGS_DUCKDB15", "")

IS_ROOT = os.geteuid() == 0
needs_root = pytest.mark.skipif(
    not IS_ROOT, reason="an ordinary user beside the owner was not tried: only root may be both"
)
needs_15 = pytest.mark.skipif(
    not DUCKDB_15, reason="DuckDB 1.5 was not tried: set FILINGS_DUCKDB15 to a folder that holds it (make test does)"
)
readers = pytest.mark.parametrize(
    "person",
    [
        pytest.param({}, id="same-user"),
        pytest.param({"as_nobody": True}, id="ordinary-user", marks=needs_root),
        pytest.param({"duckdb": DUCKDB_15}, id="duckdb-1.5", marks=needs_15),
    ],
)

Meet = Callable[..., Person]


@pytest.fixture
def meet() -> Iterator[Meet]:
    met: list[Person] = []

    def new(*arguments: Any, **named: Any) -> Person:
        met.append(Person(*arguments, **named))
        return met[-1]

    yield new
    for one in met:
        one.leave() if not one._process.stdin or not one._process.stdin.closed else None


@pytest.fixture
def warehouse() -> Iterator[Path]:
    folder = open_to_all()
    ingest(folder / "w", OLD)
    yield folder / "w"
    shutil.rmtree(folder)


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[tuple[Any, ...]]]:
    place = tmp_path_factory.mktemp("undisturbed") / "w"
    ingest(place, OLD)
    ingest(place, NEW)
    return contents(place / "filings.duckdb")


@readers
def test_a_reader_keeps_his_snapshot_for_the_whole_of_an_ingest(
    person: dict[str, Any], meet: Meet, warehouse: Path, undisturbed: dict[str, Any]
) -> None:
    link = warehouse / "filings.duckdb"
    early = meet(link, **person)
    before, midway = early.ask(QUESTION), early.ask(MIDWAY)
    assert len(before) == 2
    for nth, path in enumerate(NEW, 1):  # the last publish removes the reader's file: only the inode lives on
        ingest(warehouse, [path])
        assert early.ask(QUESTION) == before and early.ask(MIDWAY) == midway
        late = meet(link, **person)
        assert [row[0] for row in late.ask(IDS)] == _ids(warehouse), f"after ingest {nth}"
        late.leave()
    assert not (warehouse / "snapshots" / "000001.duckdb").exists()
    early.leave()
    assert differences(undisturbed, contents(link)) == []


def _ids(warehouse: Path) -> list[str]:
    """What the writer's own database holds now."""
    with open_writer(warehouse, "test", print) as writer:
        return [row[0] for row in writer.database.connection.execute(IDS).fetchall()]


@needs_root
def test_an_ordinary_user_is_refused_to_write_and_may_ask_by_the_command(meet: Meet, warehouse: Path) -> None:
    link = warehouse / "filings.duckdb"
    before = link.read_bytes()
    assert "Permission denied" in meet(link, "write", as_nobody=True).greeting["refused"]
    assert link.read_bytes() == before and len(list((warehouse / "snapshots").iterdir())) == 1
    words = ["query", "SELECT count(*) FROM filing", "--format", "csv", "--warehouse", str(warehouse)]
    command = f"from filings.command.app import app; app({words!r}, standalone_mode=False)"
    both = [sys.executable, "-c", f"{command}; {BECOME_NOBODY}; {command}"]  # the first time imports what it needs
    asked = subprocess.run(both, cwd="/", capture_output=True, text=True)
    assert asked.stdout.split() == ["count_star()", "2"] * 2, asked.stderr


def spoil(writer: Person) -> None:
    """Write into the file as a shell does, so that the changes stand in a log beside it, and one of them is half done."""
    writer.ask("SET checkpoint_threshold = '1TB'")
    writer.ask("DELETE FROM filing")
    writer.ask("INSERT INTO document SELECT * FROM document")
    writer.ask("CREATE TABLE mine AS SELECT range FROM range(1000)")
    writer.ask("BEGIN")
    writer.ask("UPDATE document SET filing_id = 'spoiled'")


@pytest.mark.skipif(not IS_ROOT, reason="writing to a sealed file was not tried: only root may")
@pytest.mark.parametrize("duckdb", [pytest.param("", id="2"), pytest.param(DUCKDB_15, id="1.5", marks=needs_15)])
@pytest.mark.parametrize("killed", ["before", "after", "while-nothing-is-new"])
def test_root_writes_to_the_snapshot_and_is_killed(
    killed: str, duckdb: str, meet: Meet, warehouse: Path, undisturbed: dict[str, Any]
) -> None:
    """Before the next ingest, after it, or before one that has nothing to load: every later reader sees our rows."""
    if killed == "while-nothing-is-new":
        ingest(warehouse, NEW)
    link = warehouse / "filings.duckdb"
    writer = meet(link, "write", duckdb=duckdb)
    spoil(writer)
    attacked = link.resolve()
    if killed != "after":
        writer.kill()
        assert attacked.with_name(attacked.name + ".wal").exists(), "nothing was left behind: the test tests nothing"
    ingest(warehouse, NEW)
    if killed == "after":
        writer.kill()
    assert link.resolve() != attacked
    for named in ({}, {"duckdb": DUCKDB_15} if DUCKDB_15 else {}):
        reader = meet(link, **named)
        assert [row[0] for row in reader.ask(IDS)] == _ids(warehouse)
        reader.leave()
    assert differences(undisturbed, contents(link)) == []
    assert verify(warehouse) == []
    ingest(warehouse, [EXAMPLES / "bare-6-k.txt"])
    ingest(warehouse, [EXAMPLES / "form-10-q-1996.txt"])
    left = {path.name for path in (warehouse / "snapshots").iterdir()}
    assert len(left) == 2 and all(name.endswith(".duckdb") for name in left), "the stray log dies with its snapshot"


@needs_15
def test_what_we_write_is_read_by_duckdb_15(meet: Meet, warehouse: Path) -> None:
    """Storage version v1.5.0: every table, every comment, every view."""
    ingest(warehouse, [EXAMPLES])
    reader = meet(warehouse / "filings.duckdb", duckdb=DUCKDB_15)
    assert reader.greeting["version"].startswith("1.5.")
    theirs = {}
    asked = "SELECT schema_name || '.' || table_name FROM duckdb_tables() ORDER BY ALL"
    for (name,) in reader.ask(asked):
        theirs[name] = reader.ask(f"SELECT count(*), sum(hash(t::VARCHAR) % 1000003) FROM {name} AS t")
    comments = reader.ask("SELECT count(*) FROM duckdb_columns() WHERE comment IS NOT NULL")
    views = reader.ask("SELECT view_name FROM duckdb_views() WHERE NOT internal ORDER BY ALL")
    for (view,) in views:
        assert reader.ask(f"SELECT count(*) >= 0 FROM {view}") == [[True]]
    reader.leave()
    ours = meet(warehouse / "filings.duckdb")
    assert {name: ours.ask(f"SELECT count(*) FROM {name}")[0][0] for name in theirs} == {
        name: rows[0][0] for name, rows in theirs.items()
    }
    assert ours.ask("SELECT count(*) FROM duckdb_columns() WHERE comment IS NOT NULL") == comments
    assert comments[0][0] > 300
