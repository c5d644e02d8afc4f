from __future__ import annotations

import time
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest
from sqlalchemy import MetaData, Table

from filings.load.values import parse_date, parse_decimal, parse_flag, parse_timestamp, type_rows
from filings.schema import columns
from filings.schema.columns import Computed, Xml
from filings.schema.derive import arrow_schema

_AT = Xml("x")
_TABLE = Table(
    "typed",
    MetaData(),
    columns.text("filing_id", "the filing", at=Computed("x"), null="no"),
    columns.integer("position", "order", at=Computed("x"), null="no"),
    columns.integer("document_position", "which", at=Computed("x")),
    columns.text("title", "trimmed", at=_AT),
    columns.text("name", "collapsed", at=_AT, form="name"),
    columns.text("prose", "kept", at=_AT, form="prose"),
    columns.text("cik", "ten digits", at=_AT, form="cik"),
    columns.text("accession", "with dashes", at=_AT, form="accession"),
    columns.texts("names", "a list", at=_AT),
    columns.smallint("small", "a small number", at=_AT),
    columns.integer("middle", "a number", at=_AT),
    columns.bigint("big", "a big number", at=_AT),
    columns.flag("flag", "a box", at=_AT),
    columns.date("day", "a day", at=_AT),
    columns.date("past_day", "a day that is over", at=_AT, past=True),
    columns.wall_clock("clock", "a wall clock", at=_AT),
    columns.instant("moment", "a moment", at=Computed("x")),
    columns.decimal("money", "dollars", at=_AT, digits=(10, 2)),
)


def _type(**values: object) -> tuple[dict[str, Any], list[tuple[str, str | None, str | None]]]:
    row = {"filing_id": "f", "position": 7, "document_position": 2, **values}
    batch, issues = type_rows(_TABLE, [row])
    assert all((index, issue.position, issue.document_position) == (0, 7, 2) for index, issue in issues)
    assert all(issue.table == "typed" for _, issue in issues)
    told = [(issue.code, issue.column, issue.text) for _, issue in issues]
    return {name: value for name, value in batch.to_pylist()[0].items() if name in values}, told


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2024-11-30", date(2024, 11, 30)),
        ("11-30-2024", date(2024, 11, 30)),
        ("11/30/2024", date(2024, 11, 30)),
        ("1/5/2024", date(2024, 1, 5)),
        ("11/2024", date(2024, 11, 1)),
        ("11-2024", date(2024, 11, 1)),
        ("20241130", date(2024, 11, 30)),
        ("2023-01-05-05:00", date(2023, 1, 5)),
        ("2023-01-05+14:00", date(2023, 1, 5)),
        ("2026-07-20Z", date(2026, 7, 20)),
        ("2024-07-19T23:59:59.000-05:00", date(2024, 7, 19)),
        (" \n2024-02-29\t", date(2024, 2, 29)),
        ("2023-02-29", None),
        ("0000-00-00", None),
        ("00000000", None),
        ("13/01/2024", None),
        ("13/2024", None),
        ("11/30-2024", None),
        ("11/30/24", None),
        ("2024-11-30x", None),
        ("٢٠٢٤-11-30", None),
        ("2024", None),
        ("", None),
    ],
)
def test_dates_of_all_shapes(text: str, day: date | None) -> None:
    assert parse_date(text) == day


@pytest.mark.parametrize(
    ("text", "clock"),
    [
        ("20240105173000", datetime(2024, 1, 5, 17, 30)),
        ("2024-01-05T17:30:01.25-05:00", datetime(2024, 1, 5, 17, 30, 1, 250_000)),
        ("2024-01-05 17:30", datetime(2024, 1, 5, 17, 30)),
        ("2024-01-05T17:30:01.123456789Z", datetime(2024, 1, 5, 17, 30, 1, 123_456)),
        ("20240105250000", None),
        ("20240105", None),
        ("00000000000000", None),
        ("", None),
    ],
)
def test_wall_clocks(text: str, clock: datetime | None) -> None:
    assert parse_timestamp(text) == clock


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("12", "12"),
        ("12.", "12"),
        (".5", "0.5"),
        ("+1", "1"),
        ("-1.50", "-1.50"),
        ("1,234,567.89", "1234567.89"),
        ("1 234.5", "1234.5"),
        ("$1,234.50", "1234.50"),
        ("$ 5", "5"),
        ("-$5", "-5"),
        ("$-5", "-5"),
        ("(5.25)", "-5.25"),
        ("($1,000)", "-1000"),
        ("8.4%", "8.4"),
        ("8.4 %", "8.4"),
        ("(8.4%)", "-8.4"),
        ("1.0E7", "10000000"),
        ("2e-3", "0.002"),
        ("41468995.880000000000", "41468995.88"),
        (" 0 ", "0"),
        ("-0", "0"),
    ],
)
def test_numbers_of_all_shapes(text: str, number: str) -> None:
    assert parse_decimal(text) == Decimal(number)


@pytest.mark.parametrize(
    "text",
    [
        "",
        ".",
        "-",
        "$",
        "%",
        "()",
        "1,23",
        "1,2345",
        "1 2345",
        "12,34,567",
        "1.2.3",
        "--1",
        "-(1)",
        "1e",
        "1e99999",
        "٣",
        "NaN",
        "inf",
        "0x1",
        "1/2",
        "5 shares",
    ],
)
def test_what_is_no_number(text: str) -> None:
    assert parse_decimal(text) is None


@pytest.mark.parametrize("text", ["1" * 1_000_000, "1," + "234," * 250_000, "1" * 500_000 + "." + "1" * 500_000])
def test_what_is_nearly_a_number_is_read_in_time(text: str) -> None:
    started = time.process_time()
    assert parse_decimal(f"{text}x") is None
    assert time.process_time() - started < 5  # a second look at each digit takes an hour


def test_flags_by_two_sets() -> None:
    assert {parse_flag(text) for text in ("1", "true", "True", "T", "y", " YES ", "x", "on")} == {True}
    assert {parse_flag(text) for text in ("0", "false", "F", "n", "No", "off")} == {False}
    assert {parse_flag(text) for text in ("", "2", "N/A", "yes no", "-1")} == {None}


def test_text_is_trimmed_names_are_collapsed_and_prose_keeps_its_paragraphs() -> None:
    text = "\n  BIGCOMMERCE HOLDINGS,\n\n  INC.\t"
    typed, issues = _type(title=text, name=text, prose=text)
    assert typed == {
        "title": "BIGCOMMERCE HOLDINGS,\n\n  INC.",
        "name": "BIGCOMMERCE HOLDINGS, INC.",
        "prose": "BIGCOMMERCE HOLDINGS,\n\n  INC.",
    }
    assert not issues


def test_words_for_nothing_are_text_in_text_and_null_elsewhere() -> None:
    for word in ("N/A", "NA", "None", "NONE", "n/a", " n/a "):
        typed, issues = _type(
            title=word, name=word, money=word, middle=word, day=word, clock=word, cik=word, accession=word
        )
        assert typed.pop("title") == typed.pop("name") == word.strip()
        assert set(typed.values()) == {None} and not issues
    for word in ("Not Applicable", "XXXX"):
        assert _type(money=word) == ({"money": None}, [("value_untyped", "money", word)])
    assert _type(flag="N/A") == ({"flag": None}, [("value_untyped", "flag", "N/A")])


def test_blank_is_null_everywhere_without_a_word() -> None:
    names = [
        column.name
        for column in _TABLE.columns
        if column.nullable and column.name not in ("names", "moment", "document_position")
    ]
    typed, issues = _type(**dict.fromkeys(names, " \n"))
    assert set(typed.values()) == {None} and not issues


def test_identifiers_are_canonical_or_null() -> None:
    assert _type(cik="320193")[0] == {"cik": "0000320193"}
    assert _type(accession="000117266123003414")[0] == {"accession": "0001172661-23-003414"}
    for bad in ("0000000000", "12345678901", "A1"):
        assert _type(cik=bad) == ({"cik": None}, [("value_untyped", "cik", bad)])
    assert _type(accession="1-2-3") == ({"accession": None}, [("value_untyped", "accession", "1-2-3")])


def test_digits_beyond_the_scale_are_rounded_half_even_and_told() -> None:
    assert _type(money="1.005") == ({"money": Decimal("1.00")}, [("digits_beyond_scale", "money", "1.005")])
    assert _type(money="1.015")[0] == {"money": Decimal("1.02")}
    assert _type(money="-1.0251")[0] == {"money": Decimal("-1.03")}
    assert _type(money="1.2300000000000000000000000000000000") == ({"money": Decimal("1.23")}, [])
    assert _type(money="1e-9999")[1] == [("digits_beyond_scale", "money", "1e-9999")]
    assert _type(middle="2.0") == ({"middle": 2}, [])
    assert _type(middle="2.5") == ({"middle": 2}, [("digits_beyond_scale", "middle", "2.5")])


@pytest.mark.parametrize(
    ("column", "most", "beyond"),
    [
        ("money", "99999999.99", "100000000"),
        ("money", "-99999999.99", "99999999.995"),
        ("money", "1E7", "1E9999"),
        ("small", "32767", "32768"),
        ("middle", "-2147483647", "2147483648"),
        ("big", "9223372036854775807", "9223372036854775808"),
        ("big", "1", "9" * 100_000),
    ],
)
def test_numbers_too_large_for_the_column_are_null_and_told(column: str, most: str, beyond: str) -> None:
    typed, issues = _type(**{column: most})
    assert typed == {column: Decimal(most) if column == "money" else int(most)} and not issues
    assert _type(**{column: beyond}) == ({column: None}, [("value_untyped", column, beyond[:4096])])


def test_a_date_that_cannot_be_meant_is_kept_and_told() -> None:
    assert _type(day="0203-01-05") == ({"day": date(203, 1, 5)}, [("date_out_of_range", "day", "0203-01-05")])
    assert _type(day="2203-01-05")[1] == [("date_out_of_range", "day", "2203-01-05")]
    assert _type(day="1988-08-08")[1] == _type(day="2099-12-31")[1] == []
    assert _type(day="0000-00-00") == ({"day": None}, [("value_untyped", "day", "0000-00-00")])


def test_a_day_of_the_past_does_not_lie_after_the_filing_date() -> None:
    rows = [
        {"filing_id": filing, "position": 1, "day": "2024-05-02", "past_day": text}
        for filing, text in [("a", "2024-05-01"), ("a", "2024-05-02"), ("b", "2024-05-02"), ("a", "2203-05-02")]
    ]
    batch, issues = type_rows(_TABLE, rows, {"a": date(2024, 5, 1)})
    assert [(index, issue.code, issue.text) for index, issue in issues] == [
        (1, "date_out_of_range", "2024-05-02"),
        (3, "date_out_of_range", "2203-05-02"),
    ]
    assert batch["past_day"].to_pylist()[1] == date(2024, 5, 2)


def test_what_is_typed_already_passes_through() -> None:
    values = {
        "names": ["a ", "", "b"],
        "middle": 3,
        "flag": False,
        "day": date(2024, 1, 1),
        "clock": datetime(2024, 1, 1, 12),
        "moment": datetime(2024, 1, 1, 12, tzinfo=UTC),
        "money": Decimal("1.50"),
    }
    assert _type(**values) == (values, [])


def test_text_and_typed_values_may_stand_in_one_column() -> None:
    rows = [
        {"filing_id": "f", "position": n, "flag": value} for n, value in enumerate([True, "0", None, "maybe", False])
    ]
    batch, issues = type_rows(_TABLE, rows)
    assert batch["flag"].to_pylist() == [True, False, None, None, False]
    assert [(index, issue.code) for index, issue in issues] == [(3, "value_untyped")]


def test_the_batch_has_the_tables_schema_also_without_rows() -> None:
    for rows in ([], [{"filing_id": "f", "position": 1}]):
        batch, issues = type_rows(_TABLE, rows)
        assert batch.schema == arrow_schema(_TABLE) and batch.num_rows == len(rows) and not issues
    assert batch.schema.field("money").type == pa.decimal128(10, 2)


def test_a_missing_value_where_none_may_be_is_a_bug_of_the_reader() -> None:
    with pytest.raises(ValueError, match=r"typed\.position has no value in row 1"):
        type_rows(_TABLE, [{"filing_id": "f", "position": 1}, {"filing_id": "f"}])
    with pytest.raises(ValueError, match=r"moment takes no text"):
        _type(moment="20240101000000")


def test_blanks_that_must_stand_are_kept() -> None:
    batch, _ = type_rows(_TABLE, [{"filing_id": " ", "position": 1}])
    assert batch["filing_id"].to_pylist() == [" "]


def test_issues_come_in_the_order_of_the_rows() -> None:
    rows = [{"filing_id": "f", "position": n, "money": "x", "day": "y"} for n in (1, 2)]
    _, issues = type_rows(_TABLE, rows)
    assert [(index, issue.column, issue.position) for index, issue in issues] == [
        (0, "day", 1),
        (0, "money", 1),
        (1, "day", 2),
        (1, "money", 2),
    ]
