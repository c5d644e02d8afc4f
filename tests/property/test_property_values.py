from __future__ import annotations

from datetime import date, datetime
from decimal import ROUND_HALF_EVEN, Decimal, localcontext

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import MetaData, Table

from filings.load.values import parse_date, parse_decimal, parse_flag, parse_timestamp, type_rows
from filings.schema import columns
from filings.schema.columns import Xml

_DAYS = st.dates(min_value=date(1, 1, 1))
_ZONES = st.sampled_from(["", "Z", "-05:00", "+14:00", "-0500"])
_TEXTS = st.text() | st.text(alphabet="0123456789-/.:TZ $%(),+eEna", max_size=24)
_TABLE = Table(
    "anything",
    MetaData(),
    columns.text("title", "text", at=Xml("x")),
    columns.text("name", "text", at=Xml("x"), form="name"),
    columns.text("cik", "text", at=Xml("x"), form="cik"),
    columns.smallint("small", "number", at=Xml("x")),
    columns.bigint("big", "number", at=Xml("x")),
    columns.flag("flag", "box", at=Xml("x")),
    columns.date("day", "day", at=Xml("x")),
    columns.wall_clock("clock", "clock", at=Xml("x")),
    columns.decimal("money", "money", at=Xml("x"), digits=(24, 4)),
)


@given(_DAYS, _ZONES)
def test_a_day_is_read_back_from_every_shape(day: date, zone: str) -> None:
    year = f"{day.year:04}"
    shapes = [f"{year}-{day:%m-%d}{zone}", f"{day:%m-%d}-{year}", f"{day:%m/%d}/{year}", f"{year}{day:%m%d}"]
    shapes += [f"{day.month}/{day.day}/{year}", f" {year}-{day:%m-%d}T23:59:59{zone} "]
    assert {parse_date(shape) for shape in shapes} == {day}
    assert {parse_date(f"{day:%m}{sign}{year}") for sign in "/-"} == {day.replace(day=1)}


@given(st.datetimes(), _ZONES)
def test_a_wall_clock_is_read_back_and_never_shifted(clock: datetime, zone: str) -> None:
    whole = clock.replace(microsecond=0)
    assert parse_timestamp(f"{clock.year:04}{clock:%m%d%H%M%S}") == whole
    assert parse_timestamp(whole.isoformat() + zone) == whole
    assert parse_timestamp(clock.isoformat(timespec="microseconds") + zone) == clock


@given(st.decimals(allow_nan=False, allow_infinity=False, places=6, min_value=-(10**18), max_value=10**18))
def test_a_number_is_read_back_exactly_from_every_shape(number: Decimal) -> None:
    size = abs(number)
    shapes = {f"{number:f}", f"{number:,f}", f"{number:E}", f"{number:f}%", f" {number:f} ", f"{number:f}000"}
    shapes |= {f"(${size:,f})", f"-{size:f}", f"$-{size:f}"} if number < 0 else {f"${size:,f}", f"+{size:f}"}
    assert {parse_decimal(shape) for shape in shapes} == {number}


@given(st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**19), max_value=10**19))
def test_a_decimal_column_is_never_off_by_more_than_half_a_unit_and_says_so(number: Decimal) -> None:
    batch, issues = type_rows(_TABLE, [{"money": f"{number:f}"}])
    with localcontext() as context:
        context.prec = 400
        expected = number.quantize(Decimal("0.0001"), ROUND_HALF_EVEN)
        assert batch["money"].to_pylist() == [expected]
        assert [issue.code for _, issue in issues] == (["digits_beyond_scale"] if expected != number else [])


@given(st.integers(min_value=-(2**70), max_value=2**70))
def test_whole_numbers_fit_or_are_told(number: int) -> None:
    batch, issues = type_rows(_TABLE, [{"big": str(number), "small": str(number)}])
    assert batch["big"].to_pylist() == [number if abs(number) < 2**63 else None]
    assert batch["small"].to_pylist() == [number if abs(number) < 2**15 else None]
    assert {issue.column for _, issue in issues} == {
        name for name, limit in (("big", 2**63), ("small", 2**15)) if abs(number) >= limit
    }


@given(st.lists(_TEXTS, max_size=8))
def test_no_text_raises_and_none_is_lost_in_silence(texts: list[str]) -> None:
    for text in texts:
        for parse in (parse_date, parse_timestamp, parse_decimal, parse_flag):
            parse(text)
    rows = [{column.name: text for column in _TABLE.columns} for text in texts]
    batch, issues = type_rows(_TABLE, rows)
    told = {(index, issue.column) for index, issue in issues}
    typed = batch.to_pylist()
    nothing = {"", "n/a", "na", "none"}
    for index, text in enumerate(texts):
        assert typed[index]["title"] == (text.strip(" \t\r\n") or None)
        assert typed[index]["name"] == (" ".join(text.split()) or None)
        for name in ("cik", "small", "big", "day", "clock", "money", "flag"):
            if typed[index][name] is None:
                assert (index, name) in told or text.strip().lower() in nothing


@pytest.mark.parametrize(
    "text", ["1" * 2_000_000, "1," * 1_000_000, " " * 2_000_000 + "x", "(" * 1_000_000, "1 234" * 400_000]
)
def test_long_texts_take_linear_time(text: str) -> None:
    batch, _ = type_rows(_TABLE, [{column.name: text for column in _TABLE.columns}])
    assert batch["money"].to_pylist() == [None]
