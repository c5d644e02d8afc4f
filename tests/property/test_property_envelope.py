"""The envelope reader on bytes that nobody wrote: it never fails, loses nothing, and damage is told (edgar.md A.5, B)."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from filings.fetch.verdict import judge
from filings.parse import pem
from filings.parse.content import decode, describe, main_position
from filings.parse.envelope import SplitFile, split

SMALL = (
    "edgar/submissions/13F-HR/9999999997-05-015654.txt",
    "edgar/submissions/EFFECT/9999999995-20-000098.txt",
    "edgar/submissions/ATS-N-W/0000019617-24-000664.txt",
    "edgar/mangled/0001562180-25-000280.cr.nc",
    "edgar/headers/0001140361-25-045534.8.txt",
)

MARKS = [
    b"<SEC-DOCUMENT>a.txt : 20240101",
    b"<IMS-DOCUMENT>a.txt : 19940101",
    b"<SUBMISSION>",
    b"<SEC-HEADER>a : 20240101",
    b"<IMS-HEADER>",
    b"ACCESSION NUMBER:\t0001234567-24-000001",
    b"CONFORMED SUBMISSION TYPE:\t4",
    b"<ACCESSION-NUMBER>0001234567-24-000001",
    b"<TYPE>4",
    b"</SEC-HEADER>",
    b"</IMS-HEADER>",
    b"<DOCUMENT>",
    b"<SEQUENCE>1",
    b"<TEXT>",
    b"<XML>",
    b"</XML>",
    b"</TEXT>",
    b"</DOCUMENT>",
    b"</SEC-DOCUMENT>",
    b"</IMS-DOCUMENT>",
    b"</SUBMISSION>",
    pem.BEGIN,
    b"Proc-Type: 2001,MIC-CLEAR",
    pem.END,
    b"- -dash",
    b"x" * 1023,
    b"words",
    b"",
]
ENDS = [b"\n", b"\r\n", b"\r", b" \n", b""]
lines = st.lists(st.tuples(st.sampled_from(MARKS) | st.binary(max_size=9), st.sampled_from(ENDS)), max_size=40)


def tiled(data: bytes) -> SplitFile:
    """Split, having seen that versions and gaps tile the file, spans each version, and that values fit their places."""
    found = split(data)
    pieces = [(one.offset, one.offset + one.length) for one in found.versions] + found.gaps
    at = 0
    for start, end in sorted(pieces):
        assert start == at
        assert end >= start
        at = end
    assert at == len(data)
    for version in found.versions:
        assert version.raw == data[version.offset : version.offset + version.length]
        at = 0
        for span in version.spans:
            assert span.start == at
            assert span.end > at
            at = span.end
        assert at == version.length
        held = {(span.start, span.end) for span in version.spans if span.kind == "content"}
        for number, document in enumerate(version.documents, 1):
            assert document.position == number
            assert document.length == 0 or (document.start, document.start + document.length) in held
            raw = version.raw[document.start : document.start + document.length]
            assert document.content == (raw if document.joined_lines is None else pem.undo(raw)[0])
            columns, _ = describe(document)
            if columns["encoding"] is not None:
                assert isinstance(decode(document.content, str(columns["encoding"])), str)
        assert len(held) <= len(version.documents)
        assert (main_position(version.documents) is None) == (not version.documents)
        assert version.is_cut_off or not any(document.is_cut_off for document in version.documents)
    return found


@given(st.binary(max_size=300))
def test_any_bytes(data: bytes) -> None:
    tiled(data)
    for from_network in (False, True):
        judge(data, from_network=from_network)


@given(lines)
def test_any_order_of_marks(parts: list[tuple[bytes, bytes]]) -> None:
    data = b"".join(line + end for line, end in parts)
    found = tiled(data)
    for from_network in (False, True):
        judge(data, from_network=from_network)
    # Line ends decide nothing: the same file with LF has as many documents, of the same types.
    plain = tiled(re.sub(rb"\r\n?", b"\n", data))
    assert [[one.type for one in version.documents] for version in plain.versions] == [
        [one.type for one in version.documents] for version in found.versions
    ]


@pytest.mark.parametrize("name", SMALL)
@given(data=st.data())
def test_real_files_with_bytes_changed(corpus: Path, name: str, data: st.DataObject) -> None:
    raw = bytearray((corpus / name).read_bytes())
    for _ in range(data.draw(st.integers(1, 6))):
        at = data.draw(st.integers(0, len(raw)))
        until = data.draw(st.integers(at, min(len(raw), at + 200)))
        raw[at:until] = data.draw(st.sampled_from(MARKS) | st.binary(max_size=20))
    tiled(bytes(raw))


@pytest.mark.parametrize("name", SMALL)
@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r"])
def test_line_ends_change_nothing_but_themselves(corpus: Path, name: str, end: bytes) -> None:
    plain = re.sub(rb"\r\n?", b"\n", (corpus / name).read_bytes())
    (expected,) = tiled(plain).versions
    (version,) = tiled(plain.replace(b"\n", end)).versions
    assert [
        (one.type, one.sequence, one.filename, one.description, one.inner_wrapper, one.content.replace(end, b"\n"))
        for one in version.documents
    ] == [
        (one.type, one.sequence, one.filename, one.description, one.inner_wrapper, one.content)
        for one in expected.documents
    ]
    assert (version.header or b"").replace(end, b"\n") == (expected.header or b"")
    assert [issue.code for issue in version.issues] == [issue.code for issue in expected.issues]
    assert [span.kind for span in version.spans] == [span.kind for span in expected.spans]


@pytest.mark.parametrize("name", SMALL)
def test_cut_at_every_byte(corpus: Path, name: str) -> None:
    """What a cut leaves is cut off, unless only the outer end is gone, or the file is a header."""
    raw = (corpus / name).read_bytes()
    closed = raw.rindex(b"</DOCUMENT>") if b"</DOCUMENT>" in raw else len(raw)
    header = re.search(rb"</SEC-HEADER>|(?=<DOCUMENT>)", raw)
    assert header
    for length in range(1, len(raw.rstrip())):
        (version,) = tiled(raw[:length]).versions
        codes = {issue.code for issue in version.issues}
        if length >= closed + len(b"</DOCUMENT>"):
            assert version.reason is None, length
            assert "end_mark_missing" in codes or "header_only" in codes, length
        elif version.documents or length < header.end():
            assert version.is_cut_off, length
        else:
            assert version.is_cut_off or codes == {"header_only", "end_mark_missing"}, length
        assert raw.startswith((version.header or b"")[:20], version.header_start)


def test_work_grows_with_the_length() -> None:
    """Marks and blanks in their thousands: a step that looks back over all before it would take minutes here."""
    for line in (
        b"<DOCUMENT>",
        b"<SEC-DOCUMENT>",
        b"<SEC-HEADER>",
        b"</TEXT>",
        b"<XML>",
        b"<TEXT>",
        b"A:",
        b"<SUBMISSION>",
    ):
        for start in (
            b"",
            pem.BEGIN + b"\n",
            b" " * 50_000 + b"x\n",
            b"<DOCUMENT>\n<TYPE>4\n<TEXT>\n",
            b"ACCESSION NUMBER:\n",
        ):
            tiled(start + (line + b" " * 20 + b"\n") * 2_000)
