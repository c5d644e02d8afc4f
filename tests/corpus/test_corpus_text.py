"""The text of every real 6-K, 8-K and EX-99, against another library's visible text (docs/text.md)."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from visible_text import visible_words

from filings.large import Large
from filings.parse.content import encoding, kind
from filings.parse.dots import are_doubled
from filings.parse.envelope import split
from filings.parse.text.reader import is_html, lines
from filings.parse.uuencode import is_uuencoded

FOLDERS = ("edgar/submissions", "edgar/documents/6-K", "edgar/document_only", "edgar/mangled", "seeds")
WANTED = re.compile(r"6-K|8-K|EX-99")
ASCII_TAGS = re.compile(r"<(?:/?TABLE|/?CAPTION|S|C|/?FN|F\d{1,3}|PAGE)>", re.IGNORECASE)
SHARES = 4
"""The files are read in so many tests, which run side by side."""

C1 = {at: bytes([at]).decode("cp1252", "ignore") or None for at in range(0x80, 0xA0)}
"""Another class: controls that a browser leaves out and that were cp1252."""
SYMBOLS = str.maketrans("xoþýü¨qnRT£S", "☒☐☑☒✓☐☐■☑☒☐☒")


def texts(corpus: Path, share: int) -> Iterator[tuple[str, bytes, str, bool]]:
    """Name, content, encoding, and whether dots are doubled."""
    paths = [path for folder in FOLDERS for path in sorted((corpus / folder).rglob("*")) if path.is_file()]
    for path in paths[share::SHARES]:
        if path.suffix in (".tsv", ".json"):
            continue
        for version in split(path.read_bytes()).versions:
            dots_doubled = are_doubled(version.documents)
            for document in version.documents:
                content = document.content
                assert not isinstance(content, Large)
                is_wanted = WANTED.match(document.type or "6-K") and kind(content) in ("html", "text")
                if not is_wanted or is_uuencoded(content):
                    continue
                yield f"{path.name} {document.position}", content, encoding(content)[0] or "ascii", dots_doubled


def expected(content: bytes, encoding: str) -> list[str]:
    text = re.sub(r"\A\s*<(XBRL|XML)>|</(XBRL|XML)>\s*\Z", "", content.decode(encoding)).translate(C1)
    if is_html(content):
        return visible_words(text)
    return ASCII_TAGS.sub("", text.replace("\x1a", "")).split()


@pytest.mark.parametrize("share", range(SHARES))
def test_the_words_are_those_of_another_library(corpus: Path, share: int) -> None:
    words = differing = 0
    unexplained: list[str] = []
    for name, content, code, _ in texts(corpus, share):
        ours = [word for line in lines(content, code) for word in line.text.split()]
        theirs = expected(content, code)
        words += len(theirs)
        if ours == theirs:
            continue
        missing, surplus = Counter(theirs) - Counter(ours), Counter(ours) - Counter(theirs)
        differing += max(missing.total(), surplus.total())
        # A class of docs/text.md: marks in a symbol font.
        seen = Counter({word.translate(SYMBOLS): 0 for word in missing})
        for word, count in missing.items():
            seen[word.translate(SYMBOLS)] += count
        if seen != surplus:
            unexplained.append(f"{name}: {list(missing)[:5]} {list(surplus)[:5]}")
    assert words > 50_000
    assert differing < 0.001 * words
    assert unexplained == []


@pytest.mark.parametrize("share", range(SHARES))
def test_spans_hold_what_they_gave(corpus: Path, share: int) -> None:
    for name, content, code, dots_doubled in texts(corpus, share):
        before = 0
        for line in lines(content, code, dots_doubled=dots_doubled):
            assert before <= line.start <= line.end, name
            before = line.end
            if line.text and line.text.isalnum():
                given = content[line.start : line.end].decode(code)
                assert given[0] == line.text[0] or given[0] == "&", (name, line)
        assert before <= len(content)
