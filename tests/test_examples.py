"""The examples: what their page says of them is so."""

from __future__ import annotations

import re
from pathlib import Path

import duckdb
import pytest

ROOT = Path(__file__).parent.parent
EXAMPLES = ROOT / "examples"
PAGE = (ROOT / "docs" / "examples.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def connection(tmp_path_factory: pytest.TempPathFactory) -> duckdb.DuckDBPyConnection:
    from filings.pipeline.ingest import ingest

    warehouse = tmp_path_factory.mktemp("examples") / "warehouse"
    ingest(warehouse, [EXAMPLES])
    return duckdb.connect(str(warehouse / "filings.duckdb"), read_only=True)


def test_the_page_names_every_file() -> None:
    files = {path.relative_to(EXAMPLES).as_posix() for path in EXAMPLES.rglob("*") if path.is_file()}
    named = set(re.findall(r"`([\w/-]+\.(?:txt|nc))`", PAGE))
    assert named == files


def test_fifteen_files_are_thirteen_filings(connection: duckdb.DuckDBPyConnection) -> None:
    count = connection.execute("SELECT count(*), count(DISTINCT filing_id) FROM filing").fetchone()
    assert count == (13, 13)
    assert connection.execute("SELECT count(*) FROM ops.observation").fetchone() == (15,)


def test_one_is_quarantined_one_superseded_none_unreadable(connection: duckdb.DuckDBPyConnection) -> None:
    told = connection.execute(
        "SELECT filing_id, status, reason_code FROM ops.ingest_log WHERE status NOT IN ('loaded', 'no_family') ORDER BY 1"
    ).fetchall()
    assert told == [
        ("0009910004-24-000027", "quarantined", "cut_off"),
        ("0009930001-24-000001", "superseded", "older_dissemination"),
    ]


def test_the_correction_changes_the_header_and_leaves_the_document(connection: duckdb.DuckDBPyConnection) -> None:
    row = connection.execute(
        "SELECT p.file_number, f.is_correction, f.correction_at::VARCHAR, f.raw_sha256 = d.raw_sha256, "
        "d.content_length > 1000 FROM filing f JOIN filing_party p USING (filing_id) JOIN document d USING (filing_id) "
        "WHERE f.filing_id = '0009930001-24-000001' AND p.role = 'subject_company'"
    ).fetchall()
    assert row == [("005-99110", True, "2024-02-20 17:15:02", False, True)]


def test_the_path_states_the_accession(connection: duckdb.DuckDBPyConnection) -> None:
    claims = connection.execute(
        "SELECT accession_claim, accession_claim_by FROM ops.observation WHERE accession_claim IS NOT NULL"
    ).fetchall()
    assert claims == [("0009990001-24-000101", "edgar_path")]


def test_the_statements_of_the_page_answer(connection: duckdb.DuckDBPyConnection) -> None:
    statements = re.findall(r"```sql\n(.*?)```", PAGE, re.DOTALL)[0].split(";\n")
    answers = [connection.execute(statement).fetchall() for statement in statements if statement.strip()]
    about, sale = answers
    assert {row[1] for row in about} == {"10-Q", "3", "4", "4/A", "5", "8-K", "SC 13G"}
    assert [(row[0], str(row[4])) for row in sale] == [("4", "41.3782"), ("4/A", "41.3728")]
    assert "corrects the weighted average price" in sale[1][5]
