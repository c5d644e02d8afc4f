"""Every column says where its value stands, what it means, and is made in the database as declared."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest
from sqlalchemy import Table

from filings.load.database import data_tables, tables
from filings.schema.codes import ISSUE_CODES, REASONS, STATUSES, Issue, Reason, Status
from filings.schema.columns import Computed, Header, Ours, Rule, Xml
from filings.schema.derive import arrow_schema, ddl, dictionary, full_name, reading_fingerprint, shape_fingerprint
from filings.schema.state import state

TABLES = tables()
NOT_DECLARED_YET = {
    "13F": {"form_13f_filing", "form_13f_other_manager", "form_13f_holding", "form_13f_holding_manager"},
}  # fmt: skip


@pytest.fixture(scope="module")
def spec(corpus: Path) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((corpus / "spec" / "tables.json").read_text(encoding="utf-8"))
    return loaded


@pytest.fixture
def database() -> Iterator[duckdb.DuckDBPyConnection]:
    """An empty database of all tables."""
    connection = duckdb.connect()
    connection.execute("CREATE SCHEMA ops")
    for table in TABLES:
        for statement in ddl(table):
            connection.execute(statement)
    yield connection
    connection.close()


@pytest.mark.parametrize("table", TABLES, ids=full_name)
def test_a_column_has_one_place_and_a_meaning(table: Table) -> None:
    for column in table.columns:
        assert type(column.info["at"]) in (Header, Xml, Rule, Computed, Ours), column
        assert str(column.info["at"]).strip(), f"{column}: a place that names nothing"
        said = (column.comment or "").strip().lower().replace("_", " ").rstrip(".")
        assert said and said != column.name.replace("_", " "), f"{column}: a comment that is the column's own name"


def test_meanings_stand_on_their_own() -> None:
    """Whoever has the product has neither the specification's pages nor the code at hand."""
    said = [(str(column), column.comment) for table in TABLES for column in table.columns]
    said += [(full_name(table), table.comment) for table in TABLES]
    said += [(str(code), text) for found in (ISSUE_CODES, STATUSES, *REASONS.values()) for code, text in found.items()]
    page = re.compile(r"\.md\b|\b[A-K]\.\d|\bfilings\.[a-z]+\.|\(U\)")
    assert [(where, text) for where, text in said if page.search(text or "")] == []


@pytest.mark.parametrize("table", TABLES, ids=full_name)
def test_shared_columns_stand_first_and_last(table: Table) -> None:
    assert (table.comment or "").strip() == table.info["grain"]
    if table not in data_tables():
        return
    names = [column.name for column in table.columns]
    first = (
        ["filing_id", "document_position"]
        if table.info["per_filing"]
        else ["filing_id", "position", "document_position"]
    )
    assert names[: len(first)] == first and names[-1] == "load_id"
    assert names.count("position") == (not table.info["per_filing"])
    assert len(names) == len(set(names))


def test_tables_and_columns_are_the_specifications_letter_for_letter(spec: dict[str, Any]) -> None:
    stated = spec["tables"]
    wrong = []
    for table in TABLES:
        name = full_name(table)
        assert name in stated, f"{name} is in no list of the specification"
        wanted = [(c["name"], c["sql_type"], c["nullable"]) for c in stated[name]["columns"]]
        rows = dictionary([table])
        ours = [(row["column_name"], row["sql_type"], row["is_nullable"]) for row in rows]
        wrong += [f"{name}: {pair}" for pair in zip(ours, wanted, strict=False) if pair[0] != pair[1]]
        wrong += [f"{name}: {len(ours)} columns against {len(wanted)}"] if len(ours) != len(wanted) else []
        kinds = {c["name"]: c["place_kind"] for c in stated[name]["columns"]}
        wrong += [
            f"{name}.{row['column_name']} stands in {row['place_kind']}, not {kinds[row['column_name']]}"
            for row in rows
            if kinds.get(row["column_name"]) != row["place_kind"]
        ]
        expected = {c["name"] for c in stated[name]["columns"] if c.get("expected")}
        told = {column.name for column in table.columns if column.info["expected"]}
        wrong += [f"{name}: expected are {sorted(told ^ expected)} in one only"] if told != expected else []
    assert not wrong, "\n".join(wrong)


def test_every_table_of_the_specification_is_declared_or_named_as_missing(spec: dict[str, Any]) -> None:
    missing = set().union(*NOT_DECLARED_YET.values())
    assert {full_name(table) for table in TABLES} == set(spec["tables"]) - missing


def test_codes_are_the_specifications(spec: dict[str, Any]) -> None:
    assert [str(one) for one in STATUSES] == spec["statuses"]
    assert set(ISSUE_CODES) == set(spec["issue_codes"])
    assert {str(status): set(codes) for status, codes in REASONS.items()} == {
        status: set(codes) for status, codes in spec["reason_codes"].items()
    }


def test_codes_of_the_page_and_of_its_twin_agree(corpus: Path) -> None:
    """The twin may lag behind the page for people: each code of ours stands in the page as well."""
    page = (corpus / "spec" / "tables.md").read_text(encoding="utf-8").split("## 7.")[1].split("## 8.")[0]
    codes = {*ISSUE_CODES, *(code for found in REASONS.values() for code in found), *(str(one) for one in STATUSES)}
    assert {code for code in codes if f"`{code}`" not in page} == set()


def test_control_state_is_the_specifications(spec: dict[str, Any]) -> None:
    ours = {table.name: [column.name for column in table.columns] for table in state.sorted_tables}
    assert ours == {name: table["columns"] for name, table in spec["state_sqlite"].items()}


def test_a_code_outside_the_list_is_refused() -> None:
    with pytest.raises(ValueError, match="no issue code"):
        Issue("made_up")
    with pytest.raises(ValueError, match="no reason"):
        Reason(Status.SUPERSEDED, "cut_off", "a reason of another status")


def test_the_database_has_what_is_declared(database: duckdb.DuckDBPyConnection) -> None:
    found = database.execute(
        "SELECT CASE schema_name WHEN 'main' THEN table_name ELSE schema_name || '.' || table_name END, column_name, "
        "data_type, is_nullable, comment FROM duckdb_columns() WHERE NOT internal ORDER BY table_oid, column_index"
    ).fetchall()
    spelled = {"VARCHAR": "TEXT", "VARCHAR[]": "TEXT[]", "TIMESTAMP WITH TIME ZONE": "TIMESTAMPTZ"}
    declared = [
        (row["table_name"], row["column_name"], row["sql_type"], row["is_nullable"], row["meaning"])
        for row in dictionary(TABLES)
    ]
    assert [(t, c, spelled.get(kind, kind), null, said) for t, c, kind, null, said in found] == declared
    comments = database.execute("SELECT table_name, comment FROM duckdb_tables() WHERE schema_name = 'main'").fetchall()
    assert dict(comments) == {table.name: table.comment for table in TABLES if table.schema is None}


def test_no_key_but_one_is_declared(database: duckdb.DuckDBPyConnection) -> None:
    kept = database.execute(
        "SELECT table_name, constraint_type FROM duckdb_constraints() WHERE constraint_type <> 'NOT NULL'"
    ).fetchall()
    assert kept == [("schema_version", "PRIMARY KEY")]
    assert database.execute("SELECT count(*) FROM duckdb_sequences()").fetchone() == (0,)
    defaults = database.execute(
        "SELECT count(*) FROM duckdb_columns() WHERE NOT internal AND column_default IS NOT NULL"
    )
    assert defaults.fetchone() == (0,)


def test_ddl_twice_is_ddl_once(database: duckdb.DuckDBPyConnection) -> None:
    before = database.execute("SELECT * EXCLUDE (column_default) FROM duckdb_columns() WHERE NOT internal").fetchall()
    for table in TABLES:
        for statement in ddl(table):
            database.execute(statement)
    assert (
        database.execute("SELECT * EXCLUDE (column_default) FROM duckdb_columns() WHERE NOT internal").fetchall()
        == before
    )


def test_arrow_carries_every_table_whole(database: duckdb.DuckDBPyConnection) -> None:
    """The database's own opinion of the Arrow types: an empty batch goes in, and what comes out has the same types."""
    for table in TABLES:
        schema = arrow_schema(table)
        database.register("_batch", schema.empty_table())
        described = "SELECT column_name, column_type FROM (DESCRIBE SELECT * FROM {})"
        batch = database.execute(described.format("_batch")).fetchall()
        assert batch == database.execute(described.format(full_name(table))).fetchall(), table
        database.unregister("_batch")


def test_a_sentence_mended_makes_nothing_stale_and_a_type_changed_does() -> None:
    from sqlalchemy import MetaData

    from filings.schema.core import filing

    before = shape_fingerprint([filing]), reading_fingerprint(1, [filing])
    mended = filing.to_metadata(MetaData())
    mended.columns["form_type"].comment = "another sentence"
    assert (shape_fingerprint([mended]), reading_fingerprint(1, [mended])) == before
    moved = filing.to_metadata(MetaData())
    moved.columns["form_type"].info = {**moved.columns["form_type"].info, "at": Ours("elsewhere")}
    assert shape_fingerprint([moved]) == before[0] and reading_fingerprint(1, [moved]) != before[1]
    loose = filing.to_metadata(MetaData())
    loose.columns["filing_id"].nullable = True
    assert shape_fingerprint([loose]) != before[0]
    assert reading_fingerprint(2, [filing]) != before[1]
