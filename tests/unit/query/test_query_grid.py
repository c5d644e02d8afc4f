from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from filings.query.grid import Look, lines, visible, width_of

anything = st.text(max_size=30)


@given(anything)
def test_nothing_in_a_filing_can_steer_a_terminal(text: str) -> None:
    shown = visible(text)
    assert all(sign.isprintable() or sign in text for sign in shown)
    assert not any(ord(sign) < 32 or 0x7F <= ord(sign) < 0xA0 for sign in shown)
    assert not set(shown) & set("\u202a\u202b\u202d\u202e\u2066\u2067\u2069\u200e\u200f")
    assert len(shown.splitlines()) <= 1


def test_control_characters_are_spelled_out() -> None:
    assert visible("a\nb\t\x1b[31mred\u202e") == "a\\nb\\t\\u001b[31mred\\u202e"


@given(st.lists(st.tuples(anything, anything, anything), max_size=5), st.integers(30, 120))
def test_a_grid_fits_its_terminal(rows: list[tuple[str, str, str]], width: int) -> None:
    found = list(lines(["a", "b", "c"], rows, look=Look(width=width)))
    assert len(found) == len(rows) + 2
    assert all(width_of(line) <= width for line in found)


@given(st.lists(st.tuples(anything, anything), min_size=1, max_size=5))
def test_without_a_terminal_nothing_is_cut(rows: list[tuple[str, str]]) -> None:
    found = list(lines(["a", "b"], rows))
    for row, line in zip(rows, found[2:], strict=True):
        assert visible(row[0]) in line
        assert visible(row[1]).rstrip() in line


def test_too_many_columns_become_records() -> None:
    names = [f"column{number}" for number in range(20)]
    found = list(lines(names, [["x" * 20] * 20, [None] * 20], look=Look(width=80)))
    assert found[0] == "-- row 1"
    assert found[1] == f"column0   {'x' * 20}"
    assert found[21] == "-- row 2"
    assert found[22] == "column0   NULL"


def test_numbers_are_never_cut() -> None:
    found = list(lines(["n", "text"], [["123456789012345", "y" * 200]], is_number=[True, False], look=Look(width=40)))
    assert found[2].startswith("123456789012345  yyyy")
    assert found[2].endswith("…")


def test_a_later_wider_value_widens_its_column() -> None:
    rows = [["a", "1"]] * 1_000 + [["longer than before", "22"]]
    found = list(lines(["k", "n"], rows, is_number=[False, True]))
    assert found[2] == "a  1"
    assert found[-1] == "longer than before  22"
