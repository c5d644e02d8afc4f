"""One filing found, read and written out; its documents byte for byte."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

import uuencoding
from filings.errors import Busy, Damaged, FilingsError, UsageError
from filings.pipeline.ingest import ingest
from filings.query import show
from filings.query.connect import connect
from filings.query.document import content
from filings.query.grid import Look, width_of
from filings.query.page import page

EXAMPLES = Path(__file__).parents[3] / "examples"
FORM_4A = "0009990001-24-000114"


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("show") / "w"
    ingest(place, [EXAMPLES])
    return place


@pytest.fixture(scope="module")
def connection(warehouse: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with connect(warehouse) as opened:
        yield opened


def all_ids(connection: duckdb.DuckDBPyConnection) -> list[str]:
    return [row[0] for row in connection.execute("SELECT DISTINCT filing_id FROM ops.ingest_log").fetchall()]


@pytest.mark.parametrize("asked", [FORM_4A, FORM_4A.replace("-", ""), f"  {FORM_4A} "])
def test_an_accession_number_in_any_spelling(connection: duckdb.DuckDBPyConnection, asked: str) -> None:
    assert show.find(connection, asked) == FORM_4A


def test_a_hash_by_its_first_digits(connection: duckdb.DuckDBPyConnection) -> None:
    raw = hashlib.sha256((EXAMPLES / "bare-6-k.txt").read_bytes()).hexdigest()
    wanted = f"sha256:{raw[:24]}"
    for asked in (wanted, wanted[:12], raw[:6], raw, f"SHA256:{raw[:8].upper()}"):
        assert show.find(connection, asked) == wanted


@pytest.mark.parametrize("asked", ["", "sha256:", "abc", "0009990001-24", "xyz", "'; DROP TABLE filing; --", "%"])
def test_what_names_no_filing_is_wrong_use(connection: duckdb.DuckDBPyConnection, asked: str) -> None:
    with pytest.raises(UsageError, match="is no filing"):
        show.find(connection, asked)


@pytest.mark.parametrize("asked", ["0009990001-24-999999", "sha256:0000000000"])
def test_a_filing_that_is_not_here(connection: duckdb.DuckDBPyConnection, asked: str) -> None:
    with pytest.raises(FilingsError, match="holds no filing") as caught:
        show.read(connection, show.find(connection, asked))
    assert caught.value.exit_code == 1


def test_a_prefix_of_several_asks_for_more(tmp_path: Path) -> None:
    digests: dict[str, str] = {}
    for number in range(10_000):
        text = f"A notice to nobody, number {number}.\n"
        digest = hashlib.sha256(text.encode()).hexdigest()
        if digest[:4] in digests:
            break
        digests[digest[:4]] = text
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.txt").write_text(text)
    (tmp_path / "in" / "b.txt").write_text(digests[digest[:4]])
    ingest(tmp_path / "w", [tmp_path / "in"])
    with connect(tmp_path / "w") as connection:
        with pytest.raises(UsageError, match="names several filings") as caught:
            show.find(connection, digest[:4])
        assert digest[:24] in caught.value.message
        assert show.find(connection, digest[:24]) == f"sha256:{digest[:24]}"


def test_every_row_of_every_filing_is_shown(connection: duckdb.DuckDBPyConnection) -> None:
    tables = [
        row[0]
        for row in connection.execute(
            "SELECT table_name FROM duckdb_columns() JOIN duckdb_tables() USING (table_name) WHERE column_name = 'filing_id'"
            " AND duckdb_columns.schema_name = 'main' AND duckdb_tables.database_name = 'filings'"
        ).fetchall()
    ]
    for filing_id in all_ids(connection):
        shown = show.read(connection, filing_id)
        for table in tables:
            count = connection.execute(f'SELECT count(*) FROM "{table}" WHERE filing_id = ?', [filing_id]).fetchone()
            assert count == (len(shown.tables.get(table, [])),), (filing_id, table)
        assert shown.standing["status"] != "superseded"
        assert sum(int(row["row_count"] or 0) for row in shown.ledger) == sum(map(len, shown.tables.values()))


def test_the_json_holds_every_value(connection: duckdb.DuckDBPyConnection) -> None:
    found = json.loads(show.to_json(show.read(connection, FORM_4A)), parse_float=Decimal)
    assert found["filing_id"] == FORM_4A
    rows = connection.execute(
        "SELECT position, shares, price_per_share, is_derivative FROM ownership_transaction WHERE filing_id = ? ORDER BY 1",
        [FORM_4A],
    ).fetchall()
    written = found["ownership_transaction"]
    assert [(r["position"], r["shares"], r["price_per_share"], r["is_derivative"]) for r in written] == rows
    assert found["ops.ingest_log"][0]["status"] == "loaded"


def test_the_page_says_what_a_person_wants_to_know(connection: duckdb.DuckDBPyConnection) -> None:
    text = "\n".join(page(show.read(connection, FORM_4A), Look()))
    for said in (
        f"4/A  {FORM_4A}",
        "HOLLOWAY MARINE ROBOTICS INC (HMRX), CIK 0009910001",
        "officer: Chief Financial Officer",
        "2024-03-12  S sale                    -  12,000  41.3728       46,310  direct  Common Stock  F1 F2",
        "Stock Option (Right to Buy)           14.25  Common Stock             12,000",
        "seen ",
    ):
        assert said in text
    assert "\x1b" not in text


def test_the_page_of_a_damaged_filing_says_why(connection: duckdb.DuckDBPyConnection) -> None:
    (filing_id,) = connection.execute(
        "SELECT filing_id FROM ops.ingest_log WHERE status = 'quarantined'"
    ).fetchone() or ("",)
    text = "\n".join(page(show.read(connection, filing_id), Look()))
    assert "quarantined: A document is open at the end of the file" in text
    assert "cut off" in text


@pytest.mark.parametrize("width", [60, 100, 250])
def test_every_page_fits_a_terminal_but_for_paths_and_hashes(connection: duckdb.DuckDBPyConnection, width: int) -> None:
    for filing_id in all_ids(connection):
        for line in page(show.read(connection, filing_id), Look(width=width)):
            assert width_of(line) <= max(width, 150)


def test_a_document_is_the_bytes_of_the_file(connection: duckdb.DuckDBPyConnection, warehouse: Path) -> None:
    raw = (EXAMPLES / "form-8-k-results.txt").read_bytes()
    filing_id = "0009910001-24-000012"
    for position in (1, 2):
        data = content(connection, warehouse, filing_id, position)
        assert len(data) > 1000
        assert b"<TEXT>\n" + data in raw or data.strip() in raw
        assert data.startswith(b"<HTML>") or data.startswith(b"<html>")
    bare = EXAMPLES / "bare-6-k.txt"
    assert content(connection, warehouse, show.find(connection, "sha256:7ba0"), 1) == bare.read_bytes()


def test_every_document_can_be_had_and_is_what_was_loaded(
    connection: duckdb.DuckDBPyConnection, warehouse: Path
) -> None:
    rows = connection.execute(
        "SELECT filing_id, position, sha256, content_length, decoded_sha256, decoded_length FROM document"
    ).fetchall()
    assert len(rows) > 15
    assert any(row[4] for row in rows), "the examples hold no uuencoded document"
    for filing_id, position, sha256, length, decoded_sha256, decoded_length in rows:
        filed = content(connection, warehouse, filing_id, position, as_filed=True)
        assert (hashlib.sha256(filed).hexdigest(), len(filed)) == (sha256, length)
        data = content(connection, warehouse, filing_id, position)
        if decoded_sha256 is None:
            assert data == filed
        else:
            assert (hashlib.sha256(data).hexdigest(), len(data)) == (decoded_sha256, decoded_length)
            assert data == uuencoding.decode(filed)


@pytest.mark.parametrize("position", [0, -1, 3, 10**9])
def test_a_document_that_is_not_there(connection: duckdb.DuckDBPyConnection, warehouse: Path, position: int) -> None:
    with pytest.raises(UsageError, match="it has documents 1 to 2"):
        content(connection, warehouse, "0009910001-24-000012", position)


def test_a_submission_inside_a_file_of_several(tmp_path: Path) -> None:
    both = (EXAMPLES / "form-3.txt").read_bytes() + (EXAMPLES / "form-5.txt").read_bytes()
    (tmp_path / "two.txt").write_bytes(both)
    ingest(tmp_path / "w", [tmp_path / "two.txt"])
    with connect(tmp_path / "w") as connection:
        data = content(connection, tmp_path / "w", "0009990001-25-000033", 1)
    assert b"<documentType>5</documentType>" in data


def test_bytes_that_are_not_what_was_loaded_are_never_given(tmp_path: Path) -> None:
    ingest(tmp_path / "w", [EXAMPLES / "form-3.txt"])
    (pack,) = (tmp_path / "w" / "raw").rglob("*.pack")
    data = bytearray(pack.read_bytes())
    data[len(data) // 2] ^= 0xFF
    pack.chmod(0o644)
    pack.write_bytes(data)
    with connect(tmp_path / "w") as connection, pytest.raises(Damaged):
        content(connection, tmp_path / "w", show.find(connection, "0009990001-24-000017"), 1)


def test_a_folder_without_a_warehouse(tmp_path: Path) -> None:
    for place in (tmp_path, tmp_path / "nowhere"):
        with pytest.raises(UsageError, match="no warehouse"):
            connect(place)
    (tmp_path / "raw").mkdir()
    with pytest.raises(FilingsError, match="no snapshot yet") as caught:
        connect(tmp_path)
    assert caught.value.exit_code == 1


def test_a_snapshot_that_somebody_writes_to_says_who(tmp_path: Path) -> None:
    import subprocess
    import sys

    ingest(tmp_path / "w", [EXAMPLES / "form-3.txt"])
    place = (tmp_path / "w" / "filings.duckdb").resolve()
    place.chmod(0o644)
    code = f"import duckdb; c = duckdb.connect({str(place)!r}); print('open', flush=True); input()"
    with subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "open\n"
        with pytest.raises(Busy, match=f"process {other.pid}"):
            connect(tmp_path / "w")
        other.communicate("\n")


def test_a_snapshot_can_only_be_read(connection: duckdb.DuckDBPyConnection) -> None:
    from filings.query.answer import ask

    for sql in (
        "DELETE FROM filing",
        "CREATE TABLE t (i INTEGER)",
        "DROP TABLE filing",
        "UPDATE filing SET form_type = ''",
    ):
        with pytest.raises(UsageError, match="can only be read"):
            ask(connection, sql)
