"""Form 6-K never raises, whatever the bytes, and needs time in proportion to their number."""

from __future__ import annotations

import time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from filings.forms.form_6k.reader import read
from filings.parse.submission import Document

_PHRASES = [
    b"FORM 6-K\n", b"REPORT OF FOREIGN PRIVATE ISSUER\n", b"PURSUANT TO RULE 13a-16 OR 15d-16\n", b"For the month of ", b"July, 2004\n",
    b"Commission File Number ", b"001-41972\n", b"X AG\n", b"(Translation of registrant's name into English)\n",
    b"(Exact name of registrant as specified in its charter)\n", b"(Address of principal executive offices)\n", b"+1 212 555 0100\n",
    b"Indicate by check mark whether the registrant files or will file annual reports under cover of Form 20-F or Form 40-F.\n",
    b"Form 20-F X Form 40-F o\n", b"Yes [ ] No [X]\n", b"82-565 (0-26636)\n", b"EXHIBIT INDEX\n", b"Exhibit 99.1\n", b"99.1\n", b"Press Release\n",
    b"This report is incorporated by reference into the registration statement on Form F-3 (No. 333-12345).\n", b"1 July 2004\n", b"CONTACT:\n",
    b"Jane Doe\n", b"Tel: +44 20 7390 3681\n", b"jane@doe.com\n", b"About X\n", b"SIGNATURES\n",
    b"Pursuant to the requirements of the Securities Exchange Act of 1934, the registrant has duly caused this report to be signed "
    b"on its behalf by the undersigned, thereunto duly authorized.\n",
    b"By: ", b"/s/ Jane Doe\n", b"Name: ", b"Title: ", b"Director\n", b"Date: ", b"03/04/2005\n", b"(Registrant)\n", b"\n", b"   ", b"____",
    b"<p>", b"<table><tr><td>", b"<td>", b"</table>", b"<b>", b"</b>", b"<br>", b"<hr>", b"&nbsp;", b"\x0c", b"<PAGE>\n",
]  # fmt: skip


def _read(content: bytes) -> None:
    document = Document(1, "6-K", None, None, None, 0, len(content), content)
    reading = read([document], None, None)
    for position in reading.sections:
        reading.text_rows(position)
    for place in reading.places:
        assert 0 <= place.start <= place.end <= len(content)
    for issue in reading.issues:
        assert (issue.start is None) == (issue.end is None)


@given(st.binary(max_size=400))
def test_arbitrary_bytes(content: bytes) -> None:
    _read(content)


@given(st.lists(st.one_of(st.sampled_from(_PHRASES), st.binary(max_size=6)), max_size=60).map(b"".join))
@example(b"")
@example(b"FORM 6-K")
@example(b"\n\n\n")
def test_pieces_of_a_report_in_any_order(content: bytes) -> None:
    _read(content)


@pytest.mark.parametrize(
    ("unit", "size"),
    [
        (b"a ", 4 << 20),
        (b"_", 1 << 20),
        (b"incorporated by reference into Form S-8 (333-12345), ", 1 << 20),
        (b"For the month of ", 1 << 20),
    ],
)
def test_megabytes_of_one_line(unit: bytes, size: int) -> None:
    start = time.process_time()
    _read(unit * (size // len(unit)))
    assert time.process_time() - start < 60  # a few seconds; what is quadratic needs hours


@pytest.mark.parametrize("unit", [b"Form 6-K\n", b"CONTACT:\n", b"\n", b"SECOND QUARTER\n\n", b"EXHIBIT INDEX\n99.1\n"])
def test_lines_without_end(unit: bytes) -> None:
    taken = []
    for size in (1 << 14, 1 << 16):
        start = time.process_time()
        _read(unit * (size // len(unit)))
        taken.append(time.process_time() - start)
    assert taken[1] < 12 * max(taken[0], 0.05)  # four times the size: sixteen times the time would be quadratic
