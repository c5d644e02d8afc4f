"""One transaction a batch: a filing is replaced as a whole, in every table, and the ledger counts what stands."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from filings.errors import LoadError
from filings.load.assemble import Assembled
from filings.load.database import Database, data_tables
from filings.load.ledger import Known, LedgerIndex
from filings.load.transaction import Rejected, build, commit
from filings.schema.codes import Issue, Status
from filings.schema.derive import full_name

SHA = "a" * 64
LEDGER = {
    "status": "loaded",
    "reason_code": None,
    "form_type": "4",
    "family": "ownership",
    "core_fingerprint": "c",
    "envelope_fingerprint": "e",
    "header_fingerprint": "h",
}
FILING = {
    "document_count": 0,
    "available_at": datetime(2024, 1, 1, tzinfo=UTC),
    "available_at_basis": "first_seen",
    "first_seen_at": datetime(2024, 1, 1, tzinfo=UTC),
    "envelope": "sec_document",
    "is_pem": False,
    "has_header": True,
    "raw_sha256": SHA,
    "source": "test",
}


def observation(sha: str) -> dict[str, object]:
    return {
        "raw_sha256": sha,
        "file_sha256": sha,
        "byte_offset": 0,
        "byte_length": 1,
        "source_kind": "local_file",
        "name": "one.txt",
        "seen_at": datetime(2024, 1, 1, tzinfo=UTC),
        "envelope": "sec_document",
        "is_header_only": False,
        "is_correction": False,
        "is_cut_off": False,
        "document_count": 0,
        "is_chosen": True,
    }


def filing(filing_id: str, issues: int = 0, versions: tuple[str, ...] = (SHA,), **counts: int) -> Assembled:
    """A filing with so many rows in each table named; the first version is chosen."""
    made: dict[str, list[dict[str, object]]] = {"filing": [dict(FILING)]}
    more: dict[str, dict[str, object]] = {
        "filing_party": {"role": "issuer", "conformed_name": "A"},
        "xml_leaf": {"document_position": 1, "path": "a/b", "occurrence": 1, "value": "v"},
        "ownership_footnote": {"document_position": 1, "footnote_id": "F1"},
    }
    for table, count in counts.items():
        made[table] = [{"position": n, **more[table]} for n in range(1, count + 1)]
    return Assembled(
        filing_id=filing_id,
        rows=made,
        issues=[Issue("value_missing", "filing", "form_type", detail=str(n)) for n in range(issues)],
        ledger=[{**LEDGER, "raw_sha256": sha, "status": "loaded" if sha == versions[0] else "superseded"} for sha in versions],
        observations=[observation(sha) for sha in versions],
        status=Status.LOADED,
        reason=None,
        chosen=versions[0],
        filed_on=date(2024, 1, 1),
    )  # fmt: skip


class Batches:
    """A database that batches are committed to, one number after the other."""

    def __init__(self, path: Path) -> None:
        self.database = Database(path)
        self.index = LedgerIndex(self.database.connection)
        self.last = self.database.last_load_id()

    def known(self, *filing_ids: str) -> list[Known]:
        return [one for versions in self.index.known(list(filing_ids)).values() for one in versions]

    def load(self, *filings: Assembled) -> None:
        known = self.known(*(one.filing_id for one in filings))
        first = {(one.filing_id, one.raw_sha256): one.first_loaded_at for one in known}
        commit(self.database, self.index, build(filings, self.last + 1, first), known, [])
        self.last += 1

    def ask(self, question: str) -> list[tuple[Any, ...]]:
        return self.database.connection.execute(question).fetchall()

    def counts(self, filing_id: str) -> dict[str, int]:
        """Rows that stand, a table; tables without any are left out."""
        found = {
            full_name(table): self.ask(f"SELECT count(*) FROM {table.name} WHERE filing_id = '{filing_id}'")[0][0]
            for table in data_tables()
        }
        return {name: count for name, count in found.items() if count}

    def everything(self) -> dict[str, list[tuple[Any, ...]]]:
        names = [full_name(table) for table in data_tables()] + ["ops.ingest_log", "ops.observation", "ops.issue"]
        return {name: sorted(self.ask(f"SELECT * FROM {name}"), key=repr) for name in names}


@pytest.fixture
def batches(tmp_path: Path) -> Iterator[Batches]:
    made = Batches(tmp_path / "w.duckdb")
    yield made
    made.database.close()


def test_a_filing_with_fewer_rows_leaves_none_of_the_old(batches: Batches) -> None:
    batches.load(filing("a", filing_party=3, xml_leaf=5, ownership_footnote=2), filing("b", filing_party=3, xml_leaf=5))
    stranger = batches.counts("b")
    batches.load(filing("a", filing_party=1, xml_leaf=4))
    assert batches.counts("a") == {"filing": 1, "filing_party": 1, "xml_leaf": 4}
    assert batches.counts("b") == stranger
    assert set(batches.ask("SELECT DISTINCT load_id FROM xml_leaf WHERE filing_id = 'a'")) == {(2,)}
    batches.load(filing("a"))
    assert batches.counts("a") == {"filing": 1}


def test_a_table_that_no_filing_of_the_new_batch_has_is_emptied_of_the_old_rows(batches: Batches) -> None:
    """The batch has no row of the table, so nothing is inserted there: the delete goes by the ledger, not by the batch."""
    batches.load(filing("a", xml_leaf=2))
    batches.load(filing("a", filing_party=1))
    assert batches.ask("SELECT * FROM xml_leaf") == []


def test_issues_are_replaced_as_a_whole(batches: Batches) -> None:
    batches.load(filing("a", issues=3), filing("b", issues=1))
    batches.load(filing("a", issues=1))
    assert batches.ask("SELECT filing_id, load_id, detail FROM ops.issue ORDER BY ALL") == [
        ("a", 2, "0"),
        ("b", 1, "0"),
    ]
    batches.load(filing("a"))
    assert batches.ask("SELECT filing_id FROM ops.issue") == [("b",)]
    assert batches.ask("SELECT issue_count FROM ops.ingest_log WHERE filing_id = 'a'") == [(0,)]


def test_versions_that_are_there_no_more_leave_the_ledger(batches: Batches) -> None:
    batches.load(filing("a", versions=(SHA, "b" * 64)))
    batches.load(filing("a", versions=("b" * 64,)))
    assert batches.ask("SELECT raw_sha256, status FROM ops.ingest_log") == [("b" * 64, "loaded")]
    assert batches.ask("SELECT raw_sha256 FROM ops.observation") == [("b" * 64,)]


def test_the_ledger_counts_the_rows_that_stand(batches: Batches) -> None:
    batches.load(
        filing("a", versions=(SHA, "b" * 64), issues=2, filing_party=2, xml_leaf=3), filing("b", ownership_footnote=1)
    )
    batches.load(filing("b", ownership_footnote=2, xml_leaf=7))
    for filing_id in ("a", "b"):
        ledger = batches.ask(
            "SELECT row_counts, row_count, issue_count, status FROM ops.ingest_log "
            f"WHERE filing_id = '{filing_id}' ORDER BY status"
        )
        standing = batches.counts(filing_id)
        assert json.loads(ledger[0][0]) == standing and ledger[0][1] == sum(standing.values())
        issues = batches.ask(f"SELECT count(*) FROM ops.issue WHERE filing_id = '{filing_id}'")[0][0]
        assert ledger[0][2] == issues
        assert [row[:3] for row in ledger[1:]] == [("{}", 0, 0)] * (len(ledger) - 1), "counted twice"


def test_load_ids_rise_and_a_filing_lies_in_one_batch(batches: Batches, tmp_path: Path) -> None:
    batches.load(filing("a"), filing("b", xml_leaf=2))
    batches.load(filing("c"))
    batches.load(filing("a", filing_party=2), filing("d"))
    assert batches.ask("SELECT filing_id, load_id FROM ops.ingest_log ORDER BY ALL") == [
        ("a", 3),
        ("b", 1),
        ("c", 2),
        ("d", 3),
    ]
    batches.database.close()
    again = Batches(tmp_path / "w.duckdb")
    assert again.last == 3
    again.load(filing("c", filing_party=1))
    assert again.ask("SELECT load_id FROM filing_party WHERE filing_id = 'c'") == [(4,)]
    assert again.ask("SELECT load_id FROM filing WHERE filing_id = 'c'") == [(4,)]
    again.database.close()


def test_first_loaded_at_stays_and_loaded_at_moves(batches: Batches) -> None:
    batches.load(filing("a"))
    ((first, loaded),) = batches.ask("SELECT first_loaded_at, loaded_at FROM ops.ingest_log")
    assert first == loaded
    batches.load(filing("a", versions=(SHA, "b" * 64)))
    rows = batches.ask("SELECT raw_sha256, first_loaded_at, loaded_at FROM ops.ingest_log ORDER BY raw_sha256")
    assert rows[0][1] == first and rows[0][2] > loaded, "the old version keeps its first time"
    assert rows[1][1] == rows[1][2] > first, "the new version has its own"


def test_what_fails_in_the_middle_leaves_everything_as_it_was(batches: Batches) -> None:
    """The last table of the batch is wrong; the deletes and the inserts before it are undone."""
    batches.load(filing("a", filing_party=2, xml_leaf=2, issues=1))
    before = batches.everything()
    known = batches.known("a")
    batch = build([filing("a", filing_party=1), filing("n")], 2, {})
    broken = batch.tables["ops.observation"]
    batch.tables["ops.observation"] = broken.append_column("no_such_column", broken.column("name"))
    with pytest.raises(LoadError, match="no_such_column"):
        commit(batches.database, batches.index, batch, known, [])
    assert batches.everything() == before
    batches.load(filing("a", filing_party=1))
    assert batches.counts("a") == {"filing": 1, "filing_party": 1}


def test_positions_with_a_gap_are_refused_and_undone(batches: Batches) -> None:
    batches.load(filing("a", xml_leaf=2))
    before = batches.everything()
    wrong = filing("a", xml_leaf=2)
    wrong.rows["xml_leaf"][1]["position"] = 3
    with pytest.raises(Rejected) as refused:
        commit(batches.database, batches.index, build([wrong, filing("n")], 2, {}), batches.known("a"), [])
    assert [(one.check.name, one.filing_id) for one in refused.value.found] == [("logical_key", "a")]
    assert batches.everything() == before


def test_a_reader_of_the_same_process_sees_the_old_rows_until_the_commit(batches: Batches) -> None:
    """A replace while somebody holds a snapshot of the database: old rows for him, new for all after (storage.md 14)."""
    batches.load(filing("a", xml_leaf=5))
    reader = batches.database.connection.cursor()
    reader.execute("USE warehouse")
    reader.execute("BEGIN")
    question = "SELECT count(*) FROM xml_leaf WHERE filing_id = 'a'"
    assert reader.execute(question).fetchone() == (5,)
    batches.load(filing("a", xml_leaf=1))
    assert reader.execute(question).fetchone() == (5,)
    reader.execute("COMMIT")
    assert reader.execute(question).fetchone() == (1,)
    reader.close()


def test_ids_that_look_alike_are_kept_apart(batches: Batches) -> None:
    ids = ["a", "A", "a ", "sha256:0", "0000000001-24-000001", "0000000001-24-000010", "it's"]
    batches.load(*(filing(one, xml_leaf=2) for one in ids))
    for one in ids:
        batches.load(filing(one, filing_party=1))
    quoted = {one: batches.counts(one.replace("'", "''")) for one in ids}
    assert quoted == {one: {"filing": 1, "filing_party": 1} for one in ids}
    assert batches.ask("SELECT count(*) FROM filing") == [(len(ids),)]
