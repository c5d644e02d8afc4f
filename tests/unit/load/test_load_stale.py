"""A warehouse that older readers loaded says so, and drops nothing."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from filings.errors import Stale
from filings.load.database import Database
from filings.load.ledger import stale
from filings.pipeline.ingest import ingest
from filings.pipeline.warehouse import text_forms

EXAMPLES = Path(__file__).parents[3] / "examples"


class Told:
    def __init__(self) -> None:
        self.said: list[str] = []

    def start(self, what: str, total: int | None, unit: str) -> None: ...
    def advance(self, n: int, filings: int = 0) -> None: ...
    def finish(self) -> None: ...

    def say(self, text: str) -> None:
        self.said.append(text)


@pytest.fixture
def warehouse(tmp_path: Path) -> Path:
    ingest(tmp_path / "w", [EXAMPLES / "form-3.txt", EXAMPLES / "schedule-13g.txt"])
    return tmp_path / "w"


def change(warehouse: Path, statement: str) -> None:
    with duckdb.connect(str(warehouse / "load" / "filings.duckdb")) as connection:
        connection.execute(statement)


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        ("SELECT 1", {}),
        ("UPDATE ops.ingest_log SET header_fingerprint = 'older'", {"header": 2}),
        ("UPDATE ops.ingest_log SET family_fingerprint = 'older' WHERE family = 'ownership'", {"ownership": 1}),
        ("UPDATE ops.ingest_log SET form_type = '4' WHERE status = 'no_family'", {"ownership": 1}),
        ("UPDATE ops.ingest_log SET text_fingerprint = 'older' WHERE family = 'ownership'", {"text": 1}),
        ("UPDATE ops.ingest_log SET form_type = '10-K/A' WHERE status = 'no_family'", {"text": 1}),
    ],
)
def test_older_readers_are_counted(warehouse: Path, statement: str, expected: dict[str, int]) -> None:
    change(warehouse, statement)
    database = Database(warehouse / "load" / "filings.duckdb")
    assert stale(database.connection, text_forms(warehouse)) == expected
    database.close()
    told = Told()
    report = ingest(warehouse, [EXAMPLES / "form-3.txt"], progress=told)
    assert (report.known, report.rows) == (1, {})
    assert any("filings upgrade" in text for text in told.said) == bool(expected)


def test_another_shape_is_refused_with_what_to_do(warehouse: Path) -> None:
    change(warehouse, "UPDATE ops.schema_version SET fingerprint = 'other' WHERE table_name = 'filing_party'")
    with pytest.raises(Stale, match="filing_party") as refused:
        ingest(warehouse, [EXAMPLES / "form-3.txt"])
    assert "filings upgrade" in refused.value.hint
