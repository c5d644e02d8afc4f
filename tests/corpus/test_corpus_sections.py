"""Sections and blocks of real documents: nothing lost, nothing twice, spans that hold; items against the header's."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from test_corpus_text import SHARES, texts

from filings.forms.text.blocks import text_of
from filings.forms.text.items import by_items
from filings.forms.text.reading import rows_of, sections_of
from filings.forms.text.section import covers_once
from filings.parse.content import main_position
from filings.parse.envelope import split
from filings.parse.header_rows import read
from filings.parse.text.reader import lines

KNOWN = {
    "0000320193-96-000027.txt",  # item 5 stands in the text, the header names 7 alone
    "0000774352-01-000002.nc",  # item 7 too
    "0000939057-08-000013.txt",  # one heading for two items: Items 1.01(a) and 5.02(e)
    "0001004963-96-000018.txt",  # item 5; the header says 1
    "0001213900-09-002194.txt",  # the text has no item 9.01
}


@pytest.mark.parametrize("share", range(SHARES))
def test_sections_hold_every_character_once(corpus: Path, share: int) -> None:
    for nth, (name, content, code, dots_doubled) in enumerate(texts(corpus, share)):
        found = lines(content, code, dots_doubled=dots_doubled)
        form = ("8-K", "10-K")[nth % 2]
        sections = sections_of(found, form, is_main=name.endswith(" 1"))
        assert covers_once(found, sections), name
        rows = rows_of(1, found, sections)
        blocks: dict[int, str] = {}
        for row in rows["text_block"]:
            at, text = int(str(row["section_position"])), str(row["text"])
            assert int(str(row["byte_count"])) == len(text.encode()) <= 32 << 10
            blocks[at] = blocks.get(at, "") + text
        before = 0
        for row, section in zip(rows["section"], sections, strict=True):
            text = blocks[int(str(row["position"]))]
            assert text == text_of(found[section.first : section.end]), name
            start, end = int(str(row["start_byte"])), int(str(row["end_byte"]))
            assert before <= start < end <= len(content), name
            before = end
            assert row["character_count"] == len("".join(text.split())), name


def test_the_items_of_every_8_k_are_those_of_its_header(corpus: Path) -> None:
    counted: Counter[bool] = Counter()
    differing = set()
    for path in sorted((corpus / "edgar/submissions").glob("8-K*/*")):
        for version in split(path.read_bytes()).versions:
            assert version.header is not None
            stated = {row.get("item") for row in read(version.header).rows.get("filing_item", [])}
            main = main_position(version.documents)
            document = next(one for one in version.documents if one.position == main)
            found = [one.item for one in by_items(lines(bytes(document.content), "utf-8")) if one.item]
            assert len(found) == len(set(found)), path.name
            is_same = None in stated or stated == set(found)
            counted[is_same] += 1
            if not is_same:
                differing.add(path.name)
    assert differing == KNOWN
    assert counted[True] > 130
