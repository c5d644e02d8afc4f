"""Bytes too many to hold are read as bytes at hand are: the same spans, contents, headers, descriptions and verdicts.

The limits are set so low that every file is one of these, and every window, piece and chunk cuts through lines and marks.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import astuple
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from filings import large
from filings.fetch.verdict import judge
from filings.large import Bytes, Large, gathered, hash_of, is_ascii, pieces, stretch
from filings.load.reading import read_documents, read_version
from filings.parse import lines, pem, uuencode
from filings.parse.envelope import split

EXAMPLES = Path(__file__).parents[2] / "examples"
GOLDEN = Path(__file__).parents[1] / "golden"


@pytest.fixture(autouse=True, scope="module")
def low_limits() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(large, "HELD", 64)
        patch.setattr(large, "_WINDOW", 61)
        patch.setattr(lines, "_SHORT", 7)
        patch.setattr(lines, "_LONG", 19)
        patch.setattr(pem, "_CHUNK", 1500)
        patch.setattr(uuencode, "_AT_ONCE", 128)
        yield


def as_large(data: bytes) -> Large:
    found = gathered(data[at : at + 1000] for at in range(0, len(data), 1000))
    return found if isinstance(found, Large) else gathered([data, b"\0" * 100]).part(0, len(data))  # type: ignore[union-attr]


def reading(data: Bytes) -> list[Any]:
    found = split(data)
    seen: list[Any] = [found.gaps]
    for version in found.versions:
        read = read_version(version)
        # Forms refuse XML that cannot be held, so the families are left out here: no form is asked for.
        part = read_documents(read, None, read.header)
        seen.append(
            {
                "place": (version.offset, version.length, version.envelope, version.is_pem, version.disseminated),
                "sha256": read.raw_sha256,
                "header": read.header and (read.header.rows, [astuple(issue) for issue in read.header.issues]),
                "header_at": (version.header, version.header_start, version.header_offset),
                "spans": version.spans,
                "issues": [astuple(issue) for issue in version.issues],
                "reason": read.reason,
                "documents": part.rows,
                "document_issues": [astuple(issue) for issue in part.issues],
                "contents": [bytes(document.content) for document in version.documents],
            }
        )
    return seen


def files(corpus: Path) -> Iterator[Path]:
    yield from (path for path in sorted(EXAMPLES.rglob("*")) if path.is_file())
    yield from (path for path in sorted(GOLDEN.rglob("filing.*")) if path.suffix != ".gz")
    folders = ("mangled", "truncated", "document_only", "http_errors", "headers")
    for folder in folders:
        yield from (path for path in sorted((corpus / "edgar" / folder).rglob("*")) if path.is_file())
    for folder in sorted((corpus / "edgar" / "submissions").iterdir()):
        yield from [path for path in sorted(folder.glob("*")) if path.stat().st_size < 150_000][:2]


def test_real_files_read_alike(corpus: Path) -> None:
    count = 0
    for path in files(corpus):
        data = path.read_bytes()
        if len(data) > 200_000:
            continue
        other = as_large(data)
        for from_network in (True, False):
            assert judge(data, from_network=from_network) == judge(other, from_network=from_network), path.name
        assert reading(data) == reading(other), path.name
        count += 1
    assert count > 200


PARTS = st.sampled_from(
    [
        b"<DOCUMENT>", b"</DOCUMENT>", b"<TEXT>", b"</TEXT>", b"<TYPE>4", b"<SEC-DOCUMENT>a : 20240101", b"</SEC-DOCUMENT>",
        b"<SEC-HEADER>", b"</SEC-HEADER>", b"<SUBMISSION>", b"<ACCESSION-NUMBER>0000320193-24-000012", pem.BEGIN, pem.END,
        b"ACCESSION NUMBER:\t0000320193-24-000012", b"<XML>", b"</XML>", b"begin 644 a.gif", b"end", b"- - x", b"..5",
        b"M" + b"!" * 60, b"x" * 1023, b"y" * 1022 + b"-", b" " * 90, b"", b"text \xe9", b"\xc3\xa9",
    ]
)  # fmt: skip
ENDS = st.sampled_from([b"\n", b"\r\n", b"\r", b"\n\n", b"", b" \n"])


@given(st.lists(st.tuples(PARTS, ENDS), max_size=40), st.booleans())
def test_any_file_reads_alike(parts: list[tuple[bytes, bytes]], wrapped: bool) -> None:
    data = b"".join(part + end for part, end in parts)
    if wrapped:
        data = pem.BEGIN + b"\nProc-Type: 2001,MIC-CLEAR\n\n" + data + b"\n" + pem.END + b"\n"
    assert reading(data) == reading(as_large(data))


@given(st.lists(PARTS, max_size=30).map(b"\n".join), PARTS, st.integers(-5, 3000), st.integers(-5, 3000))
def test_it_answers_as_bytes_do(data: bytes, wanted: bytes, start: int, end: int) -> None:
    other = as_large(data)
    assert (len(other), bytes(other), hash_of(other)) == (len(data), data, hash_of(data))
    assert other[start:end] == data[start:end]
    assert bytes(stretch(other, max(start, 0), max(start, end, 0))) == data[max(start, 0) : max(start, end, 0)]
    assert is_ascii(other) == data.isascii()
    assert b"".join(pieces(other, 37)) == b"".join(pieces(data, 37)) == data
    low, high = max(start, 0), max(end, 0)
    if wanted:
        assert other.startswith(wanted[:9], low) == data.startswith(wanted[:9], low)
        assert other.find(wanted, low, high) == data.find(wanted, low, high)
        assert other.rfind(wanted, low, high) == data.rfind(wanted, low, high)
        assert other.find(wanted) == data.find(wanted)
    for at in (low, -1):
        if -len(data) <= at < len(data):
            assert other[at] == data[at]
        else:
            with pytest.raises(IndexError):
                other[at]


@given(st.lists(st.tuples(PARTS, ENDS), max_size=60))
def test_pem_is_undone_alike(parts: list[tuple[bytes, bytes]]) -> None:
    data = b"".join(part + end for part, end in parts)
    undone, joined = pem.undo(as_large(data))
    assert (bytes(undone), joined) == pem.undo(data)
