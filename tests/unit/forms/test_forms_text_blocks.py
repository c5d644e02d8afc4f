"""Blocks of a section's text, and the rows that they become (form-6k-cover.md 9; tables.md 6.2)."""

from __future__ import annotations

import re

import pytest

from filings.forms.text import reading
from filings.forms.text.blocks import LARGEST, blocks, text_of
from filings.forms.text.reading import FORMS, has_text, read_texts, rows_of, sections_of
from filings.parse.submission import Document
from filings.parse.text.line import Line
from filings.parse.text.reader import lines


def document(content: bytes, kind: str = "8-K") -> Document:
    return Document(1, kind, "1", None, None, 0, len(content), content)


def ascii_lines(document: Document) -> list[Line]:
    return lines(bytes(document.content), "ascii")


def test_text_of_lines() -> None:
    html = "<p>one<br>two</p><p>three</p><table><tr><td>a<td>b<tr><td>c</table><p>four"
    assert text_of(lines(html.encode(), "ascii")) == "one\ntwo\n\nthree\n\na\tb\nc\n\nfour"


def test_cut_at_paragraph_ends() -> None:
    found = lines(("a" * 10 + "\n\n" + "b" * 10 + "\nbb\n\n" + "c" * 30).encode(), "ascii")
    assert [block.text for block in blocks(found, 40)] == ["a" * 10 + "\n\n" + "b" * 10 + "\nbb\n\n", "c" * 30]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("One two. Three four. Five six seven", ["One two. Three four. ", "Five six seven"]),
        ("one two three four five six seven eight", ["one two three four five six ", "seven eight"]),
        ("x" * 40, ["x" * 28, "x" * 12]),
        ("é" * 20, ["é" * 14, "é" * 6]),
    ],
)
def test_a_longer_paragraph_is_cut_at_a_sentence_or_blank(text: str, expected: list[str]) -> None:
    found = blocks(lines(text.encode(), "utf-8"), 30)
    assert [block.text for block in found] == expected
    for block in found:
        assert re.sub(r"\s", "", text.encode()[block.start : block.end].decode()) == re.sub(r"\s", "", block.text)


def test_rows() -> None:
    content = b"FORM 8-K\n\nItem 5. Other Events\n\n" + b"A sentence here. " * 4000 + b"\n\nSIGNATURE\n"
    report = document(content)
    read = ascii_lines(report)
    rows = rows_of(1, read, sections_of(read, "8-K/A", is_main=True), sections_before=2, blocks_before=7)
    assert [(row["position"], row["kind"], row["item"], row["start_byte"]) for row in rows["section"]] == [
        (3, "cover", None, 0),
        (4, "item", "5", 10),
        (5, "signature", None, content.index(b"SIG")),
    ]
    found = rows["text_block"]
    assert [row["position"] for row in found] == list(range(8, 8 + len(found)))
    item = [row for row in found if row["section_position"] == 4]
    assert len(item) == 4 and all(row["byte_count"] == len(str(row["text"])) <= LARGEST for row in item)  # type: ignore[operator]
    assert (
        "".join(str(row["text"]) for row in item) == "Item 5. Other Events\n\n" + ("A sentence here. " * 4000).rstrip()
    )


def test_which_documents_have_text() -> None:
    text = b"words of a report\n"
    assert has_text(document(text), "8-K/A", is_main=True)
    assert not has_text(document(text), "4", is_main=True)
    assert has_text(document(text, "EX-99.1"), "6-K", is_main=False)
    assert has_text(document(text, "EX-13"), "10-K", is_main=False)
    assert not has_text(document(text, "EX-10.1"), "10-K", is_main=False)
    assert not has_text(document(b"begin 644 a.pdf\n#0V%T\n`\nend\n", "EX-99"), "8-K", is_main=False)
    assert not has_text(document(b"<?xml version='1.0'?><root/>"), "8-K", is_main=True)


def test_rows_of_a_filing() -> None:
    first, second, third = (document(text) for text in (b"FORM 8-K\n", b"HEAD\n\ntext\n", b"HEAD\n"))
    second.position, second.type, third.position, third.type = 2, "EX-99.1", 3, "EX-10"
    rows, issues = read_texts([first, second, third], 1, "8-K", FORMS, ascii_lines)
    assert [issue.code for issue in issues] == ["signature_missing"]
    assert [(row["number"], row["exhibit_document_position"], row["is_listed"]) for row in rows["exhibit"]] == [
        ("99.1", 2, False),
        ("10", 3, False),
    ]
    assert [(row["position"], row["document_position"], row["heading"]) for row in rows["section"]] == [
        (1, 1, None),
        (2, 2, "HEAD"),
    ]
    assert [(row["position"], row["section_position"]) for row in rows["text_block"]] == [(1, 1), (2, 2)]
    assert read_texts([first], 1, "4", FORMS, ascii_lines) == ({"section": [], "text_block": []}, [])


def test_what_is_too_large_is_left_out_and_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "LARGEST", 25)
    first, second, third = (document(text) for text in (b"FORM 8-K, of 20 byt\n", b"HEAD\n\ntext\n", b"HEAD\n"))
    second.position, second.type, third.position, third.type = 2, "EX-99.1", 3, "EX-99.2"
    rows, issues = read_texts([first, second, third], 1, "8-K", FORMS, ascii_lines)
    assert [row["document_position"] for row in rows["section"]] == [1, 3]
    told = [(issue.code, issue.document_position) for issue in issues]
    assert told == [("signature_missing", 1), ("leaves_left_out", 2)]
