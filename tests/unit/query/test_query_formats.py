"""Every format is read back by somebody else's reader."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from filings.errors import FilingsError, UsageError
from filings.query.answer import ask, kind_of
from filings.query.formats import write, write_parquet
from filings.query.grid import Look


@pytest.fixture(scope="module")
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as opened:
        opened.execute("SET TimeZone = 'UTC'")
        opened.execute("SET python_enable_replacements = false")
        yield opened


def written(connection: duckdb.DuckDBPyConnection, sql: str, form: str, look: Look | None = None) -> str:
    stream = io.StringIO()
    write(ask(connection, sql, nested_as_json=form.startswith("json")), stream, form, look or Look())
    return stream.getvalue()


def literal(text: str | None) -> str:
    return "NULL::TEXT" if text is None else "'" + text.replace("'", "''") + "'"


texts = st.none() | st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=12)


@given(st.lists(st.tuples(texts, texts), min_size=1, max_size=6))
def test_csv_and_json_give_every_text_as_it_is(rows: list[tuple[str | None, str | None]]) -> None:
    values = ", ".join(f"({number}, {literal(a)}, {literal(b)})" for number, (a, b) in enumerate(rows))
    sql = f"SELECT a, b FROM (VALUES {values}) AS v(n, a, b) ORDER BY n"
    with duckdb.connect() as connection:
        lines = written(connection, sql, "csv")
        found = list(csv.reader(io.StringIO(lines, newline="")))
        assert found == [["a", "b"], *[[a or "", b or ""] for a, b in rows]]
        objects = [{"a": a, "b": b} for a, b in rows]
        assert json.loads(written(connection, sql, "json")) == objects
        assert [json.loads(line) for line in written(connection, sql, "jsonl").split("\n")[:-1]] == objects


def test_csv_tells_null_from_an_empty_text(connection: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    place = tmp_path / "a.csv"
    sql = "SELECT * FROM (VALUES (1, NULL, ''), (2, '', NULL)) AS v(n, a, b)"
    place.write_text(written(connection, sql, "csv"), encoding="utf-8")
    read = connection.execute(f"FROM read_csv('{place}', allow_quoted_nulls = false, all_varchar = true)").fetchall()
    assert read == [("1", None, ""), ("2", "", None)]


def test_numbers_keep_all_their_digits_in_json(connection: duckdb.DuckDBPyConnection) -> None:
    sql = "SELECT 12345678901234567890.1230::DECIMAL(24, 4) AS d, 9007199254740993 AS i, 1e300::DOUBLE AS f, 'nan'::DOUBLE"
    text = written(connection, sql, "json")
    assert '"d": 12345678901234567890.1230' in text
    found = json.loads(text, parse_float=Decimal)[0]
    assert found["d"] == Decimal("12345678901234567890.1230")
    assert found["i"] == 9007199254740993
    assert found["f"] == Decimal("1e300")
    assert list(found.values())[3] == "nan"  # JSON has no such number


def test_json_of_every_kind_of_type(connection: duckdb.DuckDBPyConnection) -> None:
    sql = (
        "SELECT true AS t, NULL AS n, DATE '2024-02-29' AS d, TIMESTAMPTZ '2024-01-01 12:00:00+02' AS z, "
        "['a', NULL] AS l, {'x': 1} AS s, MAP {'k': 2} AS m, '{\"y\": [1]}'::JSON AS j, 'a' AS same, 'b' AS same"
    )
    assert json.loads(written(connection, sql, "json")) == [
        {
            "t": True,
            "n": None,
            "d": "2024-02-29",
            "z": "2024-01-01 10:00:00+00",
            "l": ["a", None],
            "s": {"x": 1},
            "m": {"k": 2},
            "j": {"y": [1]},
            "same": "a",
            "same_2": "b",
        }
    ]
    assert written(connection, "SELECT 1 WHERE false", "json") == "[]\n"
    assert written(connection, "SELECT 1 WHERE false", "jsonl") == ""


def test_a_table_is_aligned_and_counts_its_rows(connection: duckdb.DuckDBPyConnection) -> None:
    sql = "SELECT * FROM (VALUES ('8-K', 12, NULL), ('日本', 1234, 'x')) AS v(form, filings, note)"
    assert written(connection, sql, "table").splitlines() == [
        "form  filings  note",
        "----  -------  ----",
        "8-K        12  NULL",
        "日本     1234  x",
        "(2 rows)",
    ]


def test_markdown_is_one_line_a_row(connection: duckdb.DuckDBPyConnection) -> None:
    assert written(connection, "SELECT 1 AS n, e'a|b\\nc' AS t, NULL::INTEGER AS u", "markdown").splitlines() == [
        "| n | t | u |",
        "| ---: | --- | ---: |",
        "| 1 | a\\|b<br>c | NULL |",
    ]


def test_parquet_is_typed(connection: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    place = tmp_path / "it's.parquet"
    write_parquet(
        connection, "SET threads = 2; SELECT 1.50::DECIMAL(9, 2) AS d, DATE '2024-01-01' AS day -- end", place
    )
    name = str(place).replace("'", "''")
    assert connection.execute(f"FROM '{name}'").fetchall() == [(Decimal("1.50"), date(2024, 1, 1))]
    with pytest.raises(UsageError, match="rows of a SELECT"):
        write_parquet(connection, "SET threads = 2", place)


def test_all_statements_run_and_the_last_answers(connection: duckdb.DuckDBPyConnection) -> None:
    sql = "CREATE OR REPLACE TEMP TABLE t AS SELECT 'x' AS k; SELECT 1; SELECT k FROM t; -- é; done"
    assert written(connection, sql, "csv") == "k\nx\n"


@pytest.mark.parametrize(
    ("sql", "columns"),
    [
        ("SHOW TABLES", ["name"]),
        ("EXPLAIN SELECT 1", ["explain_key", "explain_value"]),
        ("PIVOT (SELECT 'a' AS k, now() AS v) ON k USING max(v)", ["a"]),
        ("SET threads = 2", []),
        ("SELECT 1 AS a, 2 AS a", ["a", "a"]),
    ],
)
def test_statements_of_every_kind_answer(connection: duckdb.DuckDBPyConnection, sql: str, columns: list[str]) -> None:
    answer = ask(connection, sql)
    assert answer.columns == columns
    assert all(len(row) == len(columns) for row in answer.rows)


def test_order_and_count_hold_over_many_blocks(connection: duckdb.DuckDBPyConnection) -> None:
    answer = ask(connection, "SELECT i FROM range(25000) AS r(i) ORDER BY i DESC")
    assert [row[0] for row in answer.rows] == [str(number) for number in range(24999, -1, -1)]


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        ("SELEC 1", 'syntax error at or near "SELEC"'),
        ("SELECT nope FROM range(1)", "nope"),
        ("SELECT * FROM nope", "Table with name nope does not exist"),
        ("SELECT 'a'::INTEGER", "Could not convert"),
        ("SELECT CASE WHEN i = 20000 THEN error('late') END FROM range(30000) AS r(i)", "late"),
        ("  ;  ", "no SQL"),
    ],
)
def test_wrong_sql_is_wrong_use_in_duckdb_s_words(connection: duckdb.DuckDBPyConnection, sql: str, said: str) -> None:
    with pytest.raises(UsageError) as caught:
        list(ask(connection, sql).rows)
    assert said in caught.value.message


def test_python_variables_are_no_tables(connection: duckdb.DuckDBPyConnection) -> None:
    secret = duckdb.sql("SELECT 1 AS i")
    with pytest.raises(UsageError, match="does not exist"):
        ask(connection, "SELECT * FROM secret")
    assert secret.fetchall() == [(1,)]


def test_too_little_memory_is_no_wrong_use() -> None:
    with duckdb.connect() as connection:
        connection.execute("SET memory_limit = '20MB'; SET temp_directory = ''")
        with pytest.raises(FilingsError, match="memory") as caught:
            list(ask(connection, "SELECT list(i) FROM range(50_000_000) AS r(i)").rows)
    assert caught.value.exit_code == 1
    assert "--memory-limit" in caught.value.hint


def test_kinds_of_types() -> None:
    assert [kind_of(each) for each in ("DECIMAL(24,4)", "HUGEINT", "DECIMAL(3,1)[]", "STRUCT(a INTEGER)", "DATE")] == [
        "number", "number", "nested", "nested", "text",
    ]  # fmt: skip
