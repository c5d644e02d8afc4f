"""Lines of plain text (form-6k-cover.md 3.1, 3.5; edgar.md B.12)."""

from __future__ import annotations

import pytest

from filings.parse.text.line import Line
from filings.parse.text.reader import lines


def read(text: str) -> list[Line]:
    return lines(text.encode(), "utf-8")


def test_lines_as_they_are() -> None:
    found = read("\n  FORM\t 6-K  \nDate:    Name\n\nR&amp;D   <x\n")
    assert [line.text for line in found] == ["", "FORM 6-K", "Date: Name", "", "R&amp;D <x"]
    assert [line.layout for line in found] == ["", "  FORM   6-K", "Date:    Name", "", "R&amp;D   <x"]
    assert [line.begins_paragraph for line in found] == [False, True, False, False, True]
    assert [(line.start, line.end) for line in found] == [(0, 0), (3, 12), (15, 28), (29, 29), (30, 42)]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_whatever_ends_the_lines(end: str) -> None:
    text = "a\n\n b\f3\n<PAGE>   4\nc\n".replace("\n", end)
    found = read(text)
    assert [line.text for line in found] == ["a", "", "b", "3", "4", "c"]
    assert [line.follows_page_break for line in found] == [False, False, False, True, True, False]
    assert [line.is_furniture for line in found] == [False, False, False, True, True, False]
    for line in found:
        assert text.encode()[line.start : line.end].decode() == line.text


def test_tags_of_ascii_filings() -> None:
    found = read("<TABLE>\n<CAPTION>\n          1999\n<S>       <C>\nRevenue     5<F1>\n</TABLE>\nafter\n")
    assert [(line.text, line.table, line.row) for line in found] == [
        ("1999", 1, 1),
        ("Revenue 5", 1, 2),
        ("after", 0, 0),
    ]
    assert read("ab<F1>  cd")[0].layout == "ab      cd"


def test_furniture() -> None:
    text = "12\n\n_____ ____\n7\nbody\n- - -\n\n\n1,234\nPage 3 of 9\n=====\n=====a\n\n 999 \n\n"
    assert [line.text for line in read(text) if line.is_furniture] == [
        "12",
        "_____ ____",
        "7",
        "- - -",
        "Page 3 of 9",
        "=====",
        "999",
    ]


def test_characters_of_more_than_one_byte() -> None:
    content = "é — ü\u00ad—\u00a0x".encode()
    (line,) = lines(content, "utf-8")
    assert line.text == "é — ü— x"
    assert [content[slice(*line.span(at, at + 1))].decode() for at in (0, 2, 4, 5, 7)] == ["é", "—", "ü", "—", "x"]
    japanese = "東 京".encode("shift_jis")
    (line,) = lines(japanese, "shift_jis")
    assert [japanese[slice(*line.span(at, at + 1))].decode("shift_jis") for at in (0, 2)] == ["東", "京"]


def test_misread_bytes_mean_cp1252() -> None:
    assert read("Company\x92s")[0].text == "Company’s"


def test_an_encoding_that_does_not_fit() -> None:
    assert lines(b"caf\xe9", "utf-8")[0].text == lines(b"caf\xe9", "no such")[0].text == "café"


def test_doubled_dots() -> None:
    content = b"..5%\na ..\n"
    assert [line.text for line in lines(content, "ascii")] == ["..5%", "a .."]
    found = lines(content, "ascii", dots_doubled=True)
    assert [line.text for line in found] == [".5%", "a .."]
    assert (found[0].start, found[0].end, found[0].layout) == (1, 4, ".5%")


def test_span() -> None:
    (line,) = read("  a   bc ")
    assert line.text == "a bc"
    assert (line.span(0, 1), line.span(2, 4), line.span(0, 4), line.span(2, 2)) == ((2, 3), (6, 8), (2, 8), (6, 6))
    assert (line.span(4, 4), list(line.offsets), line.offsets[-1], line.offsets[1:3]) == (
        (8, 8),
        [2, 3, 6, 7],
        7,
        [3, 6],
    )
    with pytest.raises(IndexError):
        line.span(3, 9)
