from __future__ import annotations

import re
import time
from collections import Counter
from dataclasses import replace
from datetime import date
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from filings.forms import engine
from filings.forms.family import FamilyReading
from filings.forms.matcher import Node, compiled
from filings.forms.ownership import FAMILY
from filings.load.values import type_rows
from filings.parse.submission import Document
from filings.schema.columns import Xml, metadata

_BLANKS = " \t\r\n"


def _read(content: bytes, form: str = "4") -> FamilyReading:
    document = Document(1, form, "1", "a.xml", None, 0, len(content), content, inner_wrapper="XML")
    return engine.read(FAMILY, form, date(2024, 5, 1), [document], frozenset(("0000000001",)))


def _check(reading: FamilyReading) -> None:
    """What holds of any reading of one document, whatever its bytes."""
    leaves = reading.rows.get("xml_leaf", [])
    assert (
        len(leaves) == min(reading.unclaimed_leaf_count, 100_000) and reading.unclaimed_leaf_count <= reading.leaf_count
    )
    assert len({(row["path"], row["occurrence"]) for row in leaves}) == len(leaves)
    if reading.reason is not None:
        assert reading.rows.keys() <= {"xml_leaf"}
    else:
        assert len(reading.rows["ownership_filing"]) == 1
    for name, rows in reading.rows.items():
        table = metadata.tables[name]
        if not table.info["per_filing"]:
            assert [row["position"] for row in rows] == list(range(1, len(rows) + 1))
        batch, _ = type_rows(table, [{**row, "filing_id": "f", "load_id": 1} for row in rows])
        assert batch.num_rows == len(rows)


def _names(node: Node) -> set[str]:
    return {name for name, below in node.children.items() for name in {name, *_names(below)}}


_KNOWN = sorted(name for name in _names(compiled(FAMILY).roots["ownershipDocument"]) if not name.startswith("@"))
_TEXT = st.text(alphabet=st.characters(min_codepoint=32, max_codepoint=0x2FF, exclude_characters="\x7f"), max_size=8)
_TEXT |= st.sampled_from(["", "1", "2024-01-01", "F1", "\n  "])


@st.composite
def _elements(draw: st.DrawFn, depth: int = 3) -> str:
    name = draw(st.sampled_from([*_KNOWN, "footnoteId", "foo"]))
    id_ = f" id={quoteattr(draw(_TEXT))}" if draw(st.booleans()) else ""
    inner = escape(draw(_TEXT))
    for child in draw(st.lists(_elements(depth - 1), max_size=3)) if depth else []:
        inner += child + escape(draw(st.sampled_from(["", "\n ", "tail"])))
    return f"<{name}{id_}>{inner}</{name}>"


@given(st.lists(_elements(), max_size=4))
def test_every_leaf_is_in_a_column_or_in_xml_leaf(elements: list[str]) -> None:
    xml = "<ownershipDocument>" + "".join(elements) + "</ownershipDocument>"
    leaves: Counter[str] = Counter()
    root = etree.fromstring(xml.encode())
    for element in root.iter():
        own = (element.text or "") + "".join(child.tail or "" for child in element)
        leaves.update(
            text for text in (own.strip(_BLANKS), *(value.strip(_BLANKS) for value in element.attrib.values())) if text
        )
    reading = _read(xml.encode())
    _check(reading)
    kept: Counter[str] = Counter()
    for name, rows in reading.rows.items():
        places = metadata.tables[name].columns
        for row in rows:
            values = (
                ["value"]
                if name == "xml_leaf"
                else [column for column in row if isinstance(places[column].info["at"], Xml)]
            )
            kept.update(str(row[column]) for column in values)
    assert kept == leaves and reading.leaf_count == leaves.total()


@given(
    st.binary(max_size=400)
    | st.binary(max_size=200).map(lambda found: b"<?xml version='1.0'?><ownershipDocument>" + found)
)
def test_arbitrary_bytes_never_raise(content: bytes) -> None:
    _check(_read(content))


@pytest.fixture(scope="module")
def real(corpus: Path) -> list[bytes]:
    """A few documents of different years, with tables of both kinds and footnotes."""
    paths = sorted((corpus / "edgar" / "submissions" / "4").iterdir())[:400:40]
    matches = [re.search(rb"<XML>\n(.*?)</XML>", path.read_bytes(), re.DOTALL) for path in paths]
    found = [match[1] for match in matches if match]
    assert len(found) >= 8
    return found


_PATCHES = (b"", b"<", b">", b"&", b"<footnote>", b"</footnotes>", b"\x00", b"\xff", b"<!DOCTYPE")


@given(st.integers(0), st.floats(0, 1), st.floats(0, 1), st.sampled_from(_PATCHES), st.booleans())
def test_damaged_real_documents_never_raise_and_never_count_wrong(
    real: list[bytes], which: int, start: float, end: float, patch: bytes, is_inserted: bool
) -> None:
    content = real[which % len(real)]
    at, until = sorted((int(start * len(content)), int(end * len(content))))
    _check(_read(content[:at] + patch + content[at if is_inserted else until :]))


@given(st.data())
def test_every_cut_keeps_the_leaves_that_stand_before_it(real: list[bytes], data: st.DataObject) -> None:
    content = data.draw(st.sampled_from(real))
    at = data.draw(st.integers(60, len(content.rstrip()) - 2))
    reading = _read(content[:at])
    assert reading.reason is not None and reading.reason.code == "xml_not_well_formed"
    values = {str(row["value"]) for row in reading.rows.get("xml_leaf", ())}
    for closed in re.findall(rb"<(\w+)>([^<>&]+)</\1>", content[:at]):
        if text := closed[1].decode().strip(_BLANKS):
            assert text in values


@given(st.data())
def test_prefixes_change_nothing(real: list[bytes], data: st.DataObject) -> None:
    """The same document with a prefix on every element (forms.md 0.2) gives the same rows, where the namespace is known."""
    content = data.draw(st.sampled_from(real))
    prefixed = re.sub(rb"<(/?)(\w)", rb"<\1n:\2", content).replace(
        b"<n:ownershipDocument", b'<n:ownershipDocument xmlns:n="urn:n"'
    )
    family = replace(FAMILY, roots={"ownershipDocument": (None, "urn:n")})
    documents = [
        Document(1, "4", "1", None, None, 0, len(each), each, inner_wrapper="XML") for each in (content, prefixed)
    ]
    plain, other = (engine.read(family, "4", None, [document]) for document in documents)
    assert plain.reason is None and plain.rows == other.rows and plain.leaf_count == other.leaf_count


def _seconds(xml: bytes) -> float:
    best = 9e9
    for _ in range(3):
        started = time.process_time()
        _read(xml)
        best = min(best, time.process_time() - started)
    return best


@pytest.mark.parametrize(
    "unit",
    [
        b"<footnotes><footnote id='F1'>a</footnote></footnotes>",
        b"<remarks>a</remarks>",
        b"<a>" * 100 + b"1" + b"</a>" * 100,
        b"<derivativeTable><derivativeHolding><x><footnoteId id='F1'/></x></derivativeHolding></derivativeTable>",
        b"text<a/>",
        b"<!-- <?x ",
        b"<a",
    ],
)
def test_time_is_linear_in_the_length(unit: bytes) -> None:
    count = 100_000 // len(unit)
    short, long = (b"<ownershipDocument>" + unit * n + b"</ownershipDocument>" for n in (count, 4 * count))
    assert _seconds(long) < 12 * max(_seconds(short), 0.005)
