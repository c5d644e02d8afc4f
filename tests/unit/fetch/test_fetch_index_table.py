"""The quick reading of a master index equals the slow one, for right files and for changed ones."""

from __future__ import annotations

import gzip
from collections import Counter
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edgar import index_files
from edgar.generator import generate
from filings.errors import SourceError
from filings.fetch.index import IndexRow, read_index
from filings.fetch.index_table import _at_once, index_table

ROWS = [row for each in generate(2, 60, scale=0.001) for row in each.rows()]
DAILY = index_files.daily("master", date(2024, 1, 2), ROWS)
QUARTERLY = index_files.quarterly("master", date(2024, 1, 3), ROWS)
EMPTY = index_files.daily("master", date(2024, 1, 2), [])


def as_before(body: bytes) -> None:
    try:
        index = read_index(body)
    except SourceError:
        with pytest.raises(SourceError):
            index_table(body)
        return
    table = index_table(body)
    found: Counter[IndexRow] = Counter()
    for row in table.rows.to_pylist():
        copies = row.pop("copies")
        found[IndexRow(**row)] += copies
    assert found == index.rows
    assert table.unread == index.unread


@pytest.mark.parametrize(
    "body", [DAILY, QUARTERLY, EMPTY, DAILY[:-1], DAILY.replace(b"\n", b"\r\n"), QUARTERLY + b"\n \n"]
)
def test_both_readings_are_equal(body: bytes) -> None:
    as_before(body)


def test_a_usual_file_is_read_at_once() -> None:
    for body in (DAILY, QUARTERLY, EMPTY):
        assert _at_once(body) is not None
    for kind in ("company", "form", "crawler"):
        body = index_files.daily(kind, date(2024, 1, 2), ROWS)
        assert _at_once(body) is None
        as_before(body)


@given(st.data())
def test_changed_files_are_read_alike(data: st.DataObject) -> None:
    body = bytearray(data.draw(st.sampled_from([DAILY[:1500], QUARTERLY[:1500], EMPTY])))
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(body)))
        new = data.draw(
            st.one_of(
                st.sampled_from([b"|", b"\n", b"\r", b'"', b" ", b"0", b"\xe9", b"\0", b"-" * 12]),
                st.binary(max_size=4),
            )
        )
        body[at : at + data.draw(st.integers(0, 6))] = new
    as_before(bytes(body))


@pytest.mark.parametrize(
    ("stated", "expected"),
    [("Jan  2, 2024", date(2024, 1, 2)), ("March 31, 1999", date(1999, 3, 31)), ("Smarch 3, 2024", None), ("", None)],
)
def test_the_last_day_that_an_index_states(stated: str, expected: date | None) -> None:
    for kind in ("master", "form"):  # at once, and row by row
        body = index_files.daily(kind, date(2024, 1, 2), ROWS).replace(b"Jan  2, 2024", stated.encode())
        assert index_table(body).last_received == expected
        assert index_table(gzip.compress(body)).last_received == expected


def test_a_packed_index_is_read_at_once_too() -> None:
    assert index_table(gzip.compress(DAILY)).rows.equals(index_table(DAILY).rows)
    with pytest.raises(SourceError, match="stops before its end"):
        index_table(gzip.compress(DAILY)[:-9])
