"""The rows of `section`, `text_block`, `exhibit` and `signature` of a filing (tables.md 6.2)."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from types import MappingProxyType

from filings.forms.family import Row
from filings.forms.text.blocks import blocks
from filings.forms.text.headings import by_headings
from filings.forms.text.items import by_items
from filings.forms.text.main_document import read_main
from filings.forms.text.section import Section, whole
from filings.parse.content import kind
from filings.parse.submission import Document
from filings.parse.text import reader
from filings.parse.text.line import CELL, Line
from filings.parse.uuencode import is_uuencoded
from filings.schema import text as tables
from filings.schema.codes import Issue
from filings.schema.derive import reading_fingerprint

FORMS = ("6-K", "8-K", "10-K", "10-Q", "20-F", "40-F")
"""The forms whose text is read, and their amendments, where the settings choose no others."""

VERSION = 2
"""Rises by hand when rows would differ."""

LARGEST = 32 << 20
"""Bytes of a document, and of all those of a submission, whose text is read: lines take some ten times as many."""

_EXHIBITS = re.compile(r"EX-(?:99|13)(?:\b|[.\dA-Z])")
_TEXTUAL = frozenset(("html", "text"))

Rows = dict[str, list[Row]]


def fingerprint() -> str:
    """Of what makes the rows: 16 hex digits."""
    return reading_fingerprint(
        VERSION, [tables.section, tables.text_block, tables.exhibit, tables.signature], reader.VERSION
    )


def is_chosen(form_type: str | None, forms: Collection[str]) -> bool:
    """The form, or the form that it amends, is among `forms`."""
    return _bare(form_type) in forms


def has_text(document: Document, form_type: str | None, *, is_main: bool, forms: Collection[str] = FORMS) -> bool:
    """The document's text is read: the main document of one of the forms, or its EX-99 or EX-13, and text or HTML."""
    if not is_chosen(form_type, forms) or not (is_main or _EXHIBITS.match((document.type or "").upper().strip())):
        return False
    content = document.content
    return kind(content) in _TEXTUAL and not is_uuencoded(content)


def sections_of(lines: Sequence[Line], form_type: str | None, *, is_main: bool) -> list[Section]:
    """The sections of a document: an exhibit by the default rules, Form 8-K by its items, other forms as a whole."""
    if not is_main:
        return by_headings(lines)
    return by_items(lines) if _bare(form_type) == "8-K" else whole(lines)


def read_texts(
    documents: Sequence[Document],
    main_position: int | None,
    form_type: str | None,
    forms: Collection[str],
    lines: Callable[[Document], Sequence[Line]],
    found_by_form: Mapping[int, Sequence[Section]] = MappingProxyType({}),
) -> tuple[Rows, list[Issue]]:
    """The rows of all documents of a filing that have text, as `forms.engine` gives rows: positions over all of them.

    `lines` reads a document; `found_by_form` has the sections that a family of words found by rules of its own, by
    document position. A document beyond `LARGEST` is left out, with an issue. Linear; never raises on what they hold.
    """
    rows: Rows = {"section": [], "text_block": []}
    issues: list[Issue] = []
    room = LARGEST
    for document in documents:
        is_main = document.position == main_position
        if not has_text(document, form_type, is_main=is_main, forms=forms):
            continue
        if document.length > room:
            detail = f"Of a submission the text of {LARGEST} bytes is read at most."
            issues.append(Issue("leaves_left_out", "text_block", document_position=document.position, detail=detail))
            continue
        room -= document.length
        read = lines(document)
        by_form = found_by_form.get(document.position)
        sections = by_form or sections_of(read, form_type, is_main=is_main)
        if is_main and not by_form:  # a family of words reads exhibits and signatures itself
            ends, odd = read_main(document, documents, read, sections, _bare(form_type))
            rows |= {table: held for table, held in ends.items() if held}
            issues += odd
        found = rows_of(document.position, read, sections, len(rows["section"]), len(rows["text_block"]))
        for table, more in found.items():
            rows[table] += more
    return rows, issues


def rows_of(
    document_position: int,
    lines: Sequence[Line],
    sections: Sequence[Section],
    sections_before: int = 0,
    blocks_before: int = 0,
) -> Rows:
    """The rows of sections that somebody found in the lines of a document."""
    section_rows: list[Row] = []
    block_rows: list[Row] = []
    for section_position, section in enumerate(sections, sections_before + 1):
        own = [line for line in lines[section.first : section.end] if line.text]
        section_rows.append(
            {
                "position": section_position,
                "document_position": document_position,
                "level": section.level,
                "kind": section.kind,
                "item": section.item,
                "heading": section.heading,
                "character_count": visible_characters(own),
                "start_byte": own[0].start,
                "end_byte": own[-1].end,
            }
        )
        for block in blocks(own):
            block_rows.append(
                {
                    "position": blocks_before + len(block_rows) + 1,
                    "document_position": document_position,
                    "section_position": section_position,
                    "text": block.text,
                    "byte_count": len(block.text.encode()),
                    "start_byte": block.start,
                    "end_byte": block.end,
                }
            )
    return {"section": section_rows, "text_block": block_rows}


def visible_characters(lines: Sequence[Line]) -> int:
    """Characters of lines that are no blank."""
    return sum(len(line.text) - line.text.count(" ") - line.text.count(CELL) for line in lines)


def _bare(form_type: str | None) -> str:
    """The form type without ``/A``, spelled as in `FORMS`."""
    return " ".join((form_type or "").upper().split()).removesuffix("/A")
