"""SQL checks: each has rows that pass and rows that fail, over everything and over one batch; what an error check finds
is quarantined, alone, and the rest of the batch is loaded (house 6)."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from filings.load import checks
from filings.load.checks import Check
from filings.load.database import Database, data_tables, tables
from filings.load.loader import Loaded, Loader
from filings.pipeline.verify import verify
from filings.pipeline.warehouse import open_writer
from filings.raw.store import Facts
from filings.schema.codes import Status
from filings.schema.derive import ddl, full_name
from warehouses import contents, differences

EXAMPLES = Path(__file__).parents[3] / "examples"
SEEDS = Path(__file__).parents[2] / "checks"
ALL = {one.name: one for one in [*checks.shipped(), checks.derived(data_tables())]}
PASSED, FAILED = 7, 8  # two batches
FINDS = re.compile(r"(?m)^-- finds: (.+?) \| (NULL|\d+)$")


@pytest.fixture(scope="module")
def empty() -> Iterator[duckdb.DuckDBPyConnection]:
    """Every table, without rows; a seed names only the columns that matter."""
    connection = duckdb.connect()
    connection.execute("CREATE SCHEMA ops")
    for table in tables():
        for statement in ddl(table):
            connection.execute(statement)
        for column in table.columns:
            if not column.nullable and table.info.get("declared_key") != column.name:
                connection.execute(f'ALTER TABLE {full_name(table)} ALTER COLUMN "{column.name}" DROP NOT NULL')
    yield connection
    connection.close()


@pytest.fixture
def seeded(empty: duckdb.DuckDBPyConnection) -> Iterator[duckdb.DuckDBPyConnection]:
    empty.execute("BEGIN")
    yield empty
    empty.execute("ROLLBACK")


def sow(connection: duckdb.DuckDBPyConnection, check: str, seed: str, load_id: int) -> str:
    """The rows of a seed as one batch; gives its text."""
    text = (SEEDS / check / f"{seed}.sql").read_text(encoding="utf-8")
    connection.execute(text)
    for table in data_tables():
        connection.execute(f"UPDATE {table.name} SET load_id = {load_id} WHERE load_id IS NULL")
    return text


def ask(
    connection: duckdb.DuckDBPyConnection, check: Check, load_id: int | None
) -> list[tuple[str | None, int | None]]:
    found = checks.run(connection, [check], load_id, None)
    assert all(one.detail for one in found), "a finding without a word"
    return sorted(((one.filing_id, one.position) for one in found), key=repr)


def test_every_check_has_its_seeds_and_every_seed_its_check() -> None:
    assert {path.parent.name for path in SEEDS.glob("*/passes.sql")} == set(ALL)
    assert {path.parent.name for path in SEEDS.glob("*/fails.sql")} == set(ALL)


@pytest.mark.parametrize("name", sorted(ALL))
def test_what_is_right_passes(name: str, seeded: duckdb.DuckDBPyConnection) -> None:
    sow(seeded, name, "passes", PASSED)
    assert ask(seeded, ALL[name], None) == ask(seeded, ALL[name], PASSED) == []


@pytest.mark.parametrize("name", sorted(ALL))
def test_what_is_wrong_is_found_and_nothing_else(name: str, seeded: duckdb.DuckDBPyConnection) -> None:
    sow(seeded, name, "passes", PASSED)
    text = sow(seeded, name, "fails", FAILED)
    expected = sorted(
        ((filing, None if position == "NULL" else int(position)) for filing, position in FINDS.findall(text)), key=repr
    )
    assert expected, "the failing seed says nothing that it finds"
    assert ask(seeded, ALL[name], None) == expected
    assert ask(seeded, ALL[name], FAILED) == expected
    assert ask(seeded, ALL[name], PASSED) == ask(seeded, ALL[name], FAILED + 1) == [], "rows of another batch are found"


@pytest.mark.parametrize("name", sorted(ALL))
def test_a_batch_that_holds_only_what_is_wrong_is_asked(name: str, seeded: duckdb.DuckDBPyConnection) -> None:
    """Which checks a batch is asked goes by the tables in it: none that could find something may be passed over."""
    text = sow(seeded, name, "fails", FAILED)
    expected = [filing for filing, _ in FINDS.findall(text)]
    for filing in expected:
        for table in data_tables():
            seeded.execute(f"UPDATE {table.name} SET load_id = 99 WHERE filing_id = ?", [filing])
        present = frozenset(
            table.name for table in data_tables() if seeded.execute(f"FROM {table.name} WHERE load_id = 99").fetchone()
        )
        found = {one.filing_id for one in checks.run(seeded, [ALL[name]], 99, present)}
        assert found == {filing}
        for table in data_tables():
            seeded.execute(f"UPDATE {table.name} SET load_id = {FAILED} WHERE load_id = 99")


@pytest.mark.parametrize("name", sorted(ALL))
def test_the_head_names_what_the_statement_reads(name: str, empty: duckdb.DuckDBPyConnection) -> None:
    """A table that the head left out would be read whole, whatever the batch."""
    check = ALL[name]
    ((parsed,),) = empty.execute("SELECT json_serialize_sql(?)", [check.statement]).fetchall()
    assert set(re.findall(r'"type":"BASE_TABLE".*?"table_name":"(\w+)"', parsed)) == set(check.reads)
    assert check.level in ("error", "warning") and check.asks.endswith("?")
    assert check.table in {table.name for table in data_tables()}
    columns = [row[0] for row in empty.execute(f"DESCRIBE {check.statement}").fetchall()]
    assert columns == ["filing_id", "position", "detail"]


# What an error check finds, through the loader

TEXT, TAGS = "schedule-13g.txt", "schedule-13g.nc"  # two versions of one filing; the text is chosen
TWO_VERSIONS = "0009930001-24-000001"
BYSTANDERS = ["form-4-amendment.txt", "form-3.txt"]


def check_of(name: str, level: str, statement: str) -> Check:
    return Check(name, "Is it there?", level, "filing", ("filing",), statement)


TEXT_IS_WRONG = check_of(
    "text_is_wrong",
    "error",
    f"SELECT filing_id, NULL::INTEGER AS position, 'in the text dialect' AS detail FROM filing "
    f"WHERE filing_id = '{TWO_VERSIONS}' AND envelope IN ('sec_document', 'ims_document')",
)
BOTH_ARE_WRONG = check_of(
    "both_are_wrong",
    "error",
    f"SELECT filing_id, NULL::INTEGER AS position, 'wrong' AS detail FROM filing WHERE filing_id = '{TWO_VERSIONS}'",
)
ONLY_TELLS = check_of(
    "only_tells",
    "warning",
    "SELECT filing_id, NULL::INTEGER AS position, 'look at it' AS detail FROM filing WHERE form_type = '4/A'",
)


def load(warehouse: Path, batches: list[list[str]], asked: list[Check]) -> list[Loaded]:
    """Keep and load the files, a batch after the other, with these checks alone."""
    done = []
    with open_writer(warehouse, "test", print) as writer:
        loader = Loader(writer.database, writer.store, asked)
        for names in batches:
            kept = []
            for name in names:
                sighting = writer.store.put(
                    (EXAMPLES / name).read_bytes(), Facts("local_file", name, "2026-11-22T10:00:00.000000+00:00")
                )
                assert sighting
                kept.append(sighting)
            writer.store.flush()
            done.append(loader.load(kept))
        writer.store.seal()
        writer.snapshots.publish(writer.database)
    return done


def query(warehouse: Path, question: str) -> list[tuple[object, ...]]:
    with duckdb.connect(str(warehouse / "filings.duckdb"), read_only=True) as connection:
        return connection.execute(question).fetchall()


def test_only_the_filing_that_is_found_is_quarantined(tmp_path: Path) -> None:
    (done,) = load(tmp_path / "w", [[TEXT, *BYSTANDERS]], [TEXT_IS_WRONG])
    w = tmp_path / "w"
    assert {(one.filing_id == TWO_VERSIONS, one.status) for one in done.filings} == {
        (True, Status.QUARANTINED),
        (False, Status.LOADED),
    }
    ledger = query(w, "SELECT filing_id, status, reason_code, row_count, row_counts, issue_count FROM ops.ingest_log")
    assert [row for row in ledger if row[0] == TWO_VERSIONS] == [
        (TWO_VERSIONS, "quarantined", "check_failed", 0, "{}", 0)
    ]
    assert {row[1] for row in ledger if row[0] != TWO_VERSIONS} == {"loaded"}
    for table in data_tables():
        assert query(w, f"SELECT * FROM {table.name} WHERE filing_id = '{TWO_VERSIONS}'") == [], table
    assert query(w, f"SELECT * FROM ops.issue WHERE filing_id = '{TWO_VERSIONS}'") == []
    assert query(w, f"SELECT count(*) FROM ops.observation WHERE filing_id = '{TWO_VERSIONS}'") == [(1,)]
    assert query(w, "SELECT check_name, level, filing_id, detail, load_id FROM ops.check_result") == [
        ("text_is_wrong", "error", TWO_VERSIONS, "in the text dialect", 1)
    ]
    load(tmp_path / "bystanders", [BYSTANDERS], [])
    alone = contents(tmp_path / "bystanders" / "filings.duckdb")
    for name, rows in contents(w / "filings.duckdb").items():
        if name not in ("ops.check_result",):
            assert [row for row in rows if row[0] != TWO_VERSIONS] == alone[name], name
    assert verify(w) == [], "a quarantined filing is no finding"


@pytest.mark.parametrize(
    ("check", "stands"), [(TEXT_IS_WRONG, "submission"), (BOTH_ARE_WRONG, None)], ids=["one-wrong", "both-wrong"]
)
def test_the_other_version_stands_where_there_is_one_in_any_order(
    check: Check, stands: str | None, tmp_path: Path
) -> None:
    found = []
    names = [TEXT, TAGS, "schedule-13g-correction.txt"][: 2 if stands else 3]
    for nth, order in enumerate([*itertools.permutations(names)][:: len(names) - 1]):
        for batches in [[list(order)]] * (nth == 0) + [[[name] for name in order]]:
            warehouse = tmp_path / f"w{nth}-{len(batches)}"
            load(warehouse, batches, [check])
            found.append(contents(warehouse / "filings.duckdb"))
            assert differences(found[0], found[-1]) == [], f"{order} in {len(batches)} batches"
            assert verify(warehouse) == []
    w = tmp_path / "w0-1"
    assert query(w, f"SELECT envelope FROM filing WHERE filing_id = '{TWO_VERSIONS}'") == (
        [(stands,)] if stands else []
    )
    statuses = query(w, "SELECT status, reason_code FROM ops.ingest_log ORDER BY ALL")
    if stands:
        assert statuses == [("no_family", None), ("superseded", "damaged")]
        assert query(w, "SELECT DISTINCT check_name FROM ops.check_result") == [("text_is_wrong",)]
    else:
        assert [status for status, _ in statuses] == ["quarantined", "superseded", "superseded"]
        assert statuses[0] == ("quarantined", "check_failed")
        assert {row[0] for row in query(w, "SELECT filing_id FROM ops.check_result")} == {TWO_VERSIONS}


def test_a_warning_only_tells(tmp_path: Path) -> None:
    (done,) = load(tmp_path / "w", [[TEXT, *BYSTANDERS]], [ONLY_TELLS])
    load(tmp_path / "unasked", [[TEXT, *BYSTANDERS]], [])
    asked, unasked = (contents(tmp_path / name / "filings.duckdb") for name in ("w", "unasked"))
    assert len(done.warnings) == 1
    ((told,), nothing) = asked.pop("ops.check_result"), unasked.pop("ops.check_result")
    assert told[:2] == ("only_tells", "warning") and nothing == []
    assert differences(asked, unasked) == []
    assert verify(tmp_path / "w") == []


def test_what_a_check_said_of_older_rows_goes_with_them(tmp_path: Path) -> None:
    """The text comes later and is wrong; the tags stand again when nobody asks: of the last load alone is told."""
    load(tmp_path / "w", [[TAGS], [TEXT]], [TEXT_IS_WRONG])
    assert query(tmp_path / "w", "SELECT load_id FROM ops.check_result") == [(2,)]
    load(tmp_path / "w", [["schedule-13g-correction.txt"]], [])
    assert query(tmp_path / "w", "SELECT count(*) FROM ops.check_result") == [(0,)]
    assert query(tmp_path / "w", "SELECT DISTINCT load_id FROM ops.ingest_log") == [(3,)]


def test_a_check_that_names_a_filing_outside_the_batch_stops_the_load_and_nothing_is_written(tmp_path: Path) -> None:
    stranger = check_of("stranger", "error", "SELECT 'nobody' AS filing_id, 1 AS position, 'x' AS detail FROM filing")
    load(tmp_path / "w", [["form-3.txt"]], [])
    before = contents(tmp_path / "w" / "filings.duckdb")
    with pytest.raises(RuntimeError, match="names no filing of the batch"):
        load(tmp_path / "w", [["form-4-amendment.txt"]], [stranger])
    database = Database(tmp_path / "w" / "load" / "filings.duckdb")
    assert database.last_load_id() == 1
    database.close()
    assert differences(before, contents(tmp_path / "w" / "filings.duckdb")) == []


def test_nothing_shipped_finds_an_error_in_the_examples(tmp_path: Path) -> None:
    """Each error check is a promise of the readers; the examples hold a damaged filing as well."""
    names = [path.name for path in EXAMPLES.iterdir() if path.is_file()]
    load(tmp_path / "w", [sorted(names)], list(checks.shipped()))
    assert query(tmp_path / "w", "SELECT * FROM ops.check_result WHERE level = 'error'") == []
    assert query(tmp_path / "w", "SELECT * FROM ops.ingest_log WHERE reason_code = 'check_failed'") == []
