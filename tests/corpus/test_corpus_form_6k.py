"""Form 6-K on real files: the vectors, the seed to the byte, and the same rows in another dress."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
from form_6k_vectors import Compared, compared, read_excerpt, read_file

from filings.forms.form_6k.reader import Reading6K, form_on_cover, read
from filings.forms.text.section import covers_once
from filings.parse.envelope import split

_SHARE = 0.98
_MISSES = {"address_lines"}
"""Columns in which the reader differs from a vector on purpose (docs/form-6k.md)."""


@pytest.fixture(scope="module")
def vectors(corpus: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((corpus / "spec/form-6k-vectors.json").read_text(encoding="utf-8"))
    return found


def _all(corpus: Path, vectors: dict[str, Any]) -> list[Compared]:
    found = list(compared("seed", vectors["seed"]["expected"], read_file(corpus / vectors["seed"]["file"])))
    for vector in vectors["files"]:
        reading = read_file(corpus / "edgar/documents/6-K" / vector["file"])
        found += compared(vector["file"], vector["expected"], reading)
    for vector in vectors["excerpts"]:
        found += compared(vector["id"], vector["expected"], read_excerpt(vector))
    return found


def test_the_vectors(corpus: Path, vectors: dict[str, Any]) -> None:
    found = _all(corpus, vectors)
    wrong = [each for each in found if not each.is_right]
    said = "\n".join(f"{each.where}: wanted {each.wanted!r}, read {each.read!r}" for each in wrong)
    assert not [each for each in found if each.is_invented], said
    assert 1 - len(wrong) / len(found) >= _SHARE, said
    assert {each.where.rpartition(" ")[2] for each in wrong} <= _MISSES, said


def test_the_seed_exactly(corpus: Path, vectors: dict[str, Any]) -> None:
    path = corpus / vectors["seed"]["file"]
    reading = read_file(path)
    raw = path.read_bytes()
    assert hashlib.sha256(raw).hexdigest() == vectors["seed"]["sha256"]
    assert [each for each in compared("seed", vectors["seed"]["expected"], reading) if not each.is_right] == []
    rows = reading.text_rows(1)
    expected = vectors["seed"]["expected"]
    for row, wanted in zip(rows["section"], expected["sections"], strict=True):
        held = raw[row["start_byte"] : row["end_byte"]].decode()  # type: ignore[misc]
        assert held.startswith(wanted["start_text"])
        assert " ".join(held.split()).endswith(" ".join(wanted["end_text"].split()))
    assert len(rows["text_block"]) == expected["text_block_count"]
    release = str(rows["text_block"][2]["text"])
    assert len(release.split("\n\n")) == expected["release_paragraph_count"]
    quote = raw[expected["ceo_quote"]["start_char"] : expected["ceo_quote"]["end_char"]].decode()
    assert " ".join(quote.split()) in " ".join(release.split())
    assert reading.issues == []


def test_places_give_the_values_as_filed(corpus: Path, vectors: dict[str, Any]) -> None:
    raw = (corpus / vectors["seed"]["file"]).read_bytes()
    reading = read_file(corpus / vectors["seed"]["file"])
    row = reading.rows["report_6k"][0]
    places = {place.column: raw[place.start : place.end].decode() for place in reading.places}
    for column in (
        "form_as_filed",
        "period_as_filed",
        "registrant_name",
        "annual_report_form_as_filed",
        "release_headline",
    ):
        assert " ".join(places[column].split()) == row[column]
    for table in ("signature", "press_contact"):
        for each in reading.rows[table]:
            held = raw[each["start_byte"] : each["end_byte"]].decode()  # type: ignore[misc]
            assert str(each["name"]) in held


def _rows(reading: Reading6K) -> dict[str, list[dict[str, object]]]:
    rows = dict(reading.rows)
    for position in reading.sections:
        rows |= {"section": reading.text_rows(position)["section"]}
    places = {"start_byte", "end_byte", "cover_end_byte"}
    return {table: [{k: v for k, v in row.items() if k not in places} for row in held] for table, held in rows.items()}


_DRESSED = (
    "seeds/000_3c3cc2a74b250ec0.txt",
    "edgar/documents/6-K/philips_2023-01-30.htm",
    "edgar/documents/6-K/bitfufu_2025-12-05.htm",
)


@pytest.mark.parametrize("name", _DRESSED)
def test_the_same_rows_with_other_line_ends(corpus: Path, name: str) -> None:
    raw = (corpus / name).read_bytes().replace(b"\r\n", b"\n")
    plain = read(split(raw).versions[0].documents, None, None)
    assert _rows(read(split(raw.replace(b"\n", b"\r\n")).versions[0].documents, None, None)) == _rows(plain)


@pytest.mark.parametrize("name", _DRESSED)
def test_the_same_rows_with_and_without_a_wrapper(corpus: Path, name: str) -> None:
    documents = split((corpus / name).read_bytes()).versions[0].documents
    content = bytes(documents[0].content)
    bare = split(content).versions[0].documents
    wrapped = (
        split(b"<DOCUMENT>\n<TYPE>6-K\n<SEQUENCE>1\n<TEXT>\n" + content + b"\n</TEXT>\n</DOCUMENT>\n")
        .versions[0]
        .documents
    )
    assert form_on_cover(bare[0]) == "6-K"
    assert _rows(read(bare, None, None)) == _rows(read(wrapped, None, None)) == _rows(read(documents, None, None))


def test_sections_hold_every_character_once(corpus: Path) -> None:
    paths = sorted((corpus / "edgar/documents/6-K").glob("*.htm")) + sorted(
        (corpus / "edgar/submissions/6-K").glob("*.txt")
    )
    assert len(paths) > 40
    for path in paths:
        reading = read_file(path)
        assert reading.sections, path.name
        for position, found in reading.sections.items():
            assert covers_once(reading.lines[position], found), path.name
