"""What somebody wants, as words, and as a condition on rows of an index."""

from __future__ import annotations

from datetime import UTC, date, datetime

import duckdb
import pytest

from filings.errors import UsageError
from filings.selection import Selection, selection, since
from filings.span import Span

ROWS = [
    ("6-K", "0000000001"),
    ("6-K/A", "0000000001"),
    ("424B2", "0000000002"),
    ("424B5", "0000000002"),
    ("425", "0000000002"),
    ("SCHEDULE 1", "0000000003"),
    ("SCHEDULE 13D", "0000000003"),
    ("SCHEDULE 13G/A", "0000000003"),
    ("SEC STAFF", "0000000004"),
]


def taken(chosen: Selection, *tickers: str) -> list[str]:
    condition, values = chosen.condition(tickers)
    with duckdb.connect() as connection:
        connection.execute("CREATE TABLE entry (form_type TEXT, cik TEXT)")
        connection.executemany("INSERT INTO entry VALUES (?, ?)", ROWS)
        rows = connection.execute(f"SELECT form_type FROM entry WHERE {condition}", values).fetchall()
    return [row[0] for row in rows]


@pytest.mark.parametrize(
    ("forms", "amendments", "expected"),
    [
        (["6-k"], True, ["6-K", "6-K/A"]),
        (["6-K"], False, ["6-K"]),
        (["6-K/A"], True, ["6-K/A"]),
        (["424B*"], True, ["424B2", "424B5"]),
        (["425, 6-K/A"], True, ["6-K/A", "425"]),
        # a daily form or company index may have cut the type off: rather one too many than one too few
        (["SCHEDULE 13D"], True, ["SCHEDULE 1", "SCHEDULE 13D"]),
        (["SEC STAFF LETTER"], True, ["SEC STAFF"]),
        (["SCHEDULE 13*"], True, ["SCHEDULE 1", "SCHEDULE 13D", "SCHEDULE 13G/A"]),
        ([], False, ["6-K", "424B2", "424B5", "425", "SCHEDULE 1", "SCHEDULE 13D", "SEC STAFF"]),
    ],
)
def test_forms(forms: list[str], amendments: bool, expected: list[str]) -> None:
    assert taken(selection(forms, amendments=amendments)) == expected


def test_companies_by_number_and_by_ticker() -> None:
    assert taken(selection(ciks=["CIK0000000001", "2"], forms=["6-K", "425"])) == ["6-K", "6-K/A", "425"]
    assert taken(selection(tickers=["brk.b"]), "0000000004") == ["SEC STAFF"]
    assert taken(selection(tickers=["gone"])) == [], "a ticker that nobody has selects nothing, and not everything"


def test_nothing_said_is_everything() -> None:
    assert not selection()
    assert len(taken(selection())) == len(ROWS)


@pytest.mark.parametrize(
    "words", [{"ciks": ["x"]}, {"ciks": ["0"]}, {"tickers": ["A B"]}, {"forms": ["*"]}, {"forms": ["4*B"]}]
)
def test_what_makes_no_sense_is_said(words: dict[str, list[str]]) -> None:
    with pytest.raises(UsageError):
        selection(**words)  # type: ignore[arg-type]


def test_since_ends_today_in_new_york() -> None:
    assert since("2024-01", now=datetime(2024, 3, 2, 3, 0, tzinfo=UTC)) == Span(date(2024, 1, 1), date(2024, 3, 1))
