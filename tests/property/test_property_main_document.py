"""Exhibits and signatures of a main document: whatever the bytes nothing is raised, and time grows with their number."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from filings.forms.text.main_document import read_main
from filings.forms.text.reading import sections_of
from filings.parse.submission import Document
from filings.parse.text.reader import lines
from linear import is_linear

_PHRASES = [
    b"FORM 8-K\n\n", b"Item 9.01. Financial Statements and Exhibits\n\n", b"Item 7. Exhibits\n\n", b"(d) Exhibits\n", b"EXHIBIT INDEX\n\n",
    b"Exhibit Number   Description   Page\n", b"99.1   News   4\n", b"Exhibit 99.01      News.\n", b"10.A.49-1   Plan", b"4(a)  Notes . . . . . 3\n",
    b"27\n", b"(1) filed earlier\n", b"101.INS\n", b"SIGNATURES\n\n",
    b"Pursuant to the requirements of Section 13 or 15(d) of the Securities Exchange Act of 1934, the registrant has duly caused this "
    b"report to be signed on its behalf by the undersigned, thereunto duly authorized.\n\n",
    b"X CORP\n", b"Y COMPANY\n", b"(Registrant)\n", b"By:   ", b"By____\n", b"/s/", b"/s/ Jane Doe,\n", b"\\s\\ Jane Doe\n", b"Jane Doe\n",
    b"Treasurer\n", b"Date: May 1, 2004   ", b"Date\n", b"</PAGE>\n", b"POWER OF ATTORNEY\n", b"\n", b"      ", b"<p>", b"<table><tr><td>", b"<td>",
    b"</table>", b"\x0c",
]  # fmt: skip


def _read(content: bytes, form: str = "8-K") -> None:
    documents = [
        Document(1, form, None, None, None, 0, len(content), content),
        Document(2, "EX-99", None, None, None, 0, 1, b"x"),
    ]
    found = lines(content, "latin-1")
    rows, issues = read_main(documents[0], documents, found, sections_of(found, form, is_main=True), form)
    for row in [*rows["exhibit"], *rows["signature"]]:
        start, end = row.get("start_byte", 0), row.get("end_byte", 0)
        assert isinstance(start, int) and isinstance(end, int) and 0 <= start <= end <= len(content)
    assert all((issue.start is None) == (issue.end is None) for issue in issues)


@given(st.binary(max_size=400), st.sampled_from(["8-K", "10-Q"]))
def test_arbitrary_bytes(content: bytes, form: str) -> None:
    _read(content, form)


@given(st.lists(st.one_of(st.sampled_from(_PHRASES), st.binary(max_size=6)), max_size=60).map(b"".join))
def test_pieces_of_a_report_in_any_order(content: bytes) -> None:
    _read(content)


@pytest.mark.parametrize(
    "unit",
    [*_PHRASES[1:10], b". ", b"99.1 .", b"By: /s/ ", b"X CORP\nTreasurer\n", b"Exhibit 9 ", b"duly caused authorized "],
)
def test_time_grows_with_the_size(unit: bytes) -> None:
    def seconds(size: int) -> float:
        content = (
            b"FORM 8-K\n\nItem 9.01. Exhibits\n\n"
            + unit * (size // len(unit))
            + _PHRASES[14]
            + unit * (size // len(unit))
        )
        began = time.process_time()
        _read(content)
        return time.process_time() - began

    assert is_linear(seconds)
