"""Whatever the document: its sections hold every visible character once, their spans and blocks hold their text."""

from __future__ import annotations

import re
import time
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from filings.forms.text.blocks import blocks, text_of
from filings.forms.text.headings import by_headings
from filings.forms.text.items import by_items
from filings.forms.text.reading import rows_of
from filings.forms.text.section import covers_once, whole
from filings.parse.text import reader
from filings.parse.text.reader import lines
from linear import is_linear

PIECES = st.sampled_from(
    [
        *(
            "<p>",
            "</p>",
            "<b>",
            "</b>",
            "<u>",
            "<br>",
            "<table>",
            "<tr>",
            "<td>",
            "</table>",
            "<h2>",
            "</h2>",
            "\n",
            "\n\n",
        ),
        *(
            "Item 2.02 Results of Operations",
            "ITEM 5.",
            "Item 9.01",
            "SIGNATURES",
            "About Acme",
            "HEADING",
            "A Title",
            "a sentence. ",
        ),
        *(
            "Exhibit Index",
            "1 July 2004",
            "_____",
            "12",
            "é—",
            "&nbsp;",
            "forward-looking statements",
            "words and more words ",
        ),
    ]
)


@given(st.lists(PIECES, max_size=40).map("".join), st.booleans(), st.integers(8, 60))
def test_sections_and_blocks(text: str, is_html: bool, largest: int) -> None:
    content = (("<html>" if is_html else "") + text).encode()
    found = lines(content, "utf-8")
    of_html = reader.is_html(content)
    for sections in (by_headings(found), by_items(found), whole(found)):
        assert covers_once(found, sections)
        counted = 0
        for section in sections:
            own = found[section.first : section.end]
            pieces = blocks(own, largest)
            assert "".join(piece.text for piece in pieces) == text_of(own)
            assert all(len(piece.text.encode()) <= largest for piece in pieces)
            assert all(before.end <= after.start for before, after in pairwise(pieces))
            words = content[pieces[0].start : pieces[-1].end].decode()
            words = re.sub("<[^>]*>" if of_html else "</?table>", "", words)  # a tag may stand in a word
            assert all(
                word in words for line in own if "&" not in words for word in line.text.replace("\x1f", " ").split()
            )
        for row in rows_of(1, found, sections)["section"]:
            counted += int(str(row["character_count"]))
        assert counted == sum(len("".join(line.text.replace("\x1f", " ").split())) for line in found)


NASTY = {
    "one line": b"word " * 20,
    "one word": b"wordword",
    "dots": b"Item 1.01 ........",
    "items": b"\n\nItem 1.01 Entry into",
    "item paragraphs": b"<p>Item 1.01 Entry into</p>",
    "titles": b"\n\nA TITLE\nOF TWO LINES",
    "headings": b"<p><b>Heading</b></p>",
    "runs": b"<b>Aa Bb, </b>",
    "dates": b"Aa Bb, Cc. Dd, ",
    "signatures": b"<p>SIGNATURE</p>",
    "commas": b"Item 1.01, 1.02, 1.03, ",
    "sentences": b"a. b) ! ",
}


@pytest.mark.parametrize("name", NASTY)
@pytest.mark.parametrize("prefix", [b"<html>", b"Item 1.01 "])
def test_time_is_linear(name: str, prefix: bytes) -> None:
    def seconds(size: int) -> float:
        found = lines(prefix + NASTY[name] * (size // len(NASTY[name])), "ascii")
        before = time.process_time()
        for sections in (by_headings(found), by_items(found)):
            rows_of(1, found, sections)
        return time.process_time() - before

    assert is_linear(seconds)
