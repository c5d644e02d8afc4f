"""Views and macros over text: sections put together again, phrases found, also where a border of blocks cuts them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import duckdb
import pyarrow as pa
import pytest

from filings import statements
from filings.forms.text.reading import rows_of, sections_of
from filings.load.database import tables
from filings.load.values import type_rows
from filings.parse.text.reader import lines
from filings.schema.derive import ddl, full_name

FILLER = "A sentence that fills the block up. " * 1000
RELEASE = (
    "ACME WARNS\n\nAcme does not now believe that it will\nmeet market   expectations.\n\n"
    "FORWARD LOOKING STATEMENTS\n\nActual results may not meet market expectations.\n"
)
FILINGS = (
    ("0000000001-04-000001", "6-K", "2004-07-01", RELEASE, False),
    ("0000000001-05-000001", "6-K/A", "2005-07-01", RELEASE, False),
    (
        "0000000001-24-000002",
        "8-K",
        "2024-07-01",
        "FORM 8-K\n\nItem 8.01 Other Events\n\nNot to meet market expectations, we fear.\n",
        True,
    ),
)


@pytest.fixture(scope="module")
def database() -> Iterator[duckdb.DuckDBPyConnection]:
    connection = duckdb.connect()
    connection.execute("CREATE SCHEMA ops")
    for table in tables():
        for statement in ddl(table):
            connection.execute(statement)
    shipped = statements.folder()
    every = [*statements.read_all(shipped / "macros"), *statements.read_all(shipped / "views")]
    for one in statements.in_order(every):
        connection.execute(one.text)
    for filing_id, form, filed_on, text, is_main in FILINGS:
        add(connection, filing_id, form, filed_on, text, is_main=is_main)
    yield connection
    connection.close()


def add(
    connection: duckdb.DuckDBPyConnection, filing_id: str, form: str, filed_on: str, text: str, *, is_main: bool
) -> None:
    content = text.encode()
    read = lines(content, "utf-8")
    rows: dict[str, Any] = rows_of(2, read, sections_of(read, form, is_main=is_main))
    moment = f"{filed_on} 20:00:00+00"
    connection.execute(
        "INSERT INTO filing BY NAME SELECT ? AS filing_id, ? AS form_type, ?::DATE AS filed_on, 1 AS document_count, "
        "?::TIMESTAMPTZ AS available_at, 'x' AS available_at_basis, ?::TIMESTAMPTZ AS first_seen_at, 'x' AS envelope, "
        "false AS is_pem, true AS has_header, 'x' AS raw_sha256, 'x' AS source, 7 AS load_id",
        [filing_id, form, filed_on, moment, moment],
    )
    for table in tables():
        if found := rows.get(full_name(table)):
            batch, issues = type_rows(table, [{**row, "filing_id": filing_id, "load_id": 7} for row in found])
            assert issues == [] and isinstance(batch, pa.Table)
            connection.register("batch", batch)
            connection.execute(f"INSERT INTO {full_name(table)} BY NAME SELECT * FROM batch")
            connection.unregister("batch")


def found(connection: duckdb.DuckDBPyConnection, call: str) -> list[tuple[Any, ...]]:
    return connection.execute(f"SELECT filing_id, kind, block_position FROM {call} ORDER BY ALL").fetchall()


def test_a_phrase_is_found_over_line_ends_and_in_any_case(database: duckdb.DuckDBPyConnection) -> None:
    assert found(database, "search_text('Meet  MARKET expectations')") == [
        ("0000000001-04-000001", "forward_looking_statements", 2),
        ("0000000001-04-000001", "other", 1),
        ("0000000001-05-000001", "forward_looking_statements", 2),
        ("0000000001-05-000001", "other", 1),
        ("0000000001-24-000002", "item", 2),
    ]
    excerpt = "SELECT excerpt FROM search_text('meet market expectations', form := '8-K')"
    assert database.execute(excerpt).fetchall() == [
        ("Item 8.01 Other Events Not to meet market expectations, we fear.",)
    ]


def test_form_and_days_choose(database: duckdb.DuckDBPyConnection) -> None:
    call = "search_text('market expectations', form := '6-K', since := '2005-01-01', until := DATE '2023-12-31')"
    assert {row[0] for row in found(database, call)} == {"0000000001-05-000001"}
    assert found(database, "search_text('market expectations', form := '10-K')") == []


def test_a_phrase_is_no_pattern(database: duckdb.DuckDBPyConnection) -> None:
    assert found(database, "search_text('market.expectations')") == []
    pattern = "search_pattern('(?i)not (now )?believe[^.]{0,60}meet\\s+(market\\s+)?expectations')"
    assert [row[:2] for row in found(database, pattern)] == [
        ("0000000001-04-000001", "other"),
        ("0000000001-05-000001", "other"),
    ]


@pytest.mark.parametrize("at", range(32740, 32775, 5))
def test_a_phrase_that_a_border_cuts_is_found_once(database: duckdb.DuckDBPyConnection, at: int) -> None:
    form, filing_id = f"FORM {at}", f"0000000009-24-{at:06}"
    text = FILLER[: at - 1] + " the very rare phrase. " + FILLER
    add(database, filing_id, "20-F", "2024-01-01", text, is_main=True)
    database.execute("UPDATE filing SET form_type = ? WHERE filing_id = ?", [form, filing_id])
    ((whole, blocks),) = database.execute(
        "SELECT string_agg(text, '' ORDER BY position), count(*) FROM text_block WHERE filing_id = ?", [filing_id]
    ).fetchall()
    assert blocks > 1
    for phrase in ("the very rare phrase", "up. A sentence", "phrase. A", "sentence that"):
        counted = "SELECT sum(matches)::INTEGER FROM search_text(?, form := ?)"
        assert database.execute(counted, [phrase, form]).fetchall() == [(whole.count(phrase) or None,)]


def test_others_blocks_are_not_searched(database: duckdb.DuckDBPyConnection) -> None:
    plan = "EXPLAIN SELECT * FROM search_text('market expectations', form := '6-K', since := '2005-01-01')"
    ((_, told),) = database.execute(plan).fetchall()
    scan = told[told.index("text_block") :]
    scans = [part.split("Seq Scan")[0] for part in scan.split("text_block")[1:]]
    assert scans
    for part in scans:
        assert "regexp" not in part.split("rows")[0], "the search must stand above the join with the filings"


def test_a_section_and_a_document_put_together_again(database: duckdb.DuckDBPyConnection) -> None:
    text = "Head\n\n" + FILLER + "\n\nlast words\n"
    add(database, "0000000008-24-000008", "20-F", "2024-01-01", text, is_main=True)
    expected = "Head\n\n" + FILLER.strip() + "\n\nlast words"
    for view in ("section_text", "document_text"):
        (one,) = database.execute(f"SELECT text FROM {view} WHERE filing_id = '0000000008-24-000008'").fetchall()
        assert one == (expected,)
    (two,) = database.execute(
        "SELECT text, sections FROM document_text WHERE filing_id = '0000000001-24-000002'"
    ).fetchall()
    assert two == ("FORM 8-K\n\nItem 8.01 Other Events\n\nNot to meet market expectations, we fear.", 2)
    counted = "SELECT filing_id FROM section_text WHERE length(regexp_replace(text, '\\s', '', 'g')) <> character_count"
    assert database.execute(counted).fetchall() == []


def test_text_is_packed_by_zstd(database: duckdb.DuckDBPyConnection) -> None:
    told = [statement for table in tables() if table.name == "text_block" for statement in ddl(table)]
    assert '"text" TEXT NOT NULL USING COMPRESSION zstd' in told[0]
