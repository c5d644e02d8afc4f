"""The same filing in another dress: line ends, doubled lines, cuts, from memory or from a pack. The rows are equal (edgar.md B.7).

On real files, through the whole chain of readers; generated headers stand in test_property_header.py.
"""

from __future__ import annotations

import re
import shutil
from collections import Counter
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from random import Random
from typing import Any

import pytest

from filings.load.reading import read_version
from filings.parse.envelope import split
from filings.pipeline.ingest import ingest
from filings.pipeline.rebuild import rebuild
from filings.pipeline.verify import verify
from mutations import mutated
from raw_packs import Stores, facts
from reading_chain import read
from warehouses import contents, differences

EXAMPLES = Path(__file__).parents[2] / "examples"
FOLDERS = ("submissions", "mangled", "truncated", "headers")
# What counts bytes, or hashes them: line ends change it, and nothing else.
OF_BYTES = {"raw_sha256", "sha256", "byte_offset", "byte_length", "content_length"}
OF_BYTES |= {"start_byte", "end_byte", "cover_end_byte"}
_END = re.compile(rb"\r\n|\n|\r")
Told = list[dict[str, Any]]


def small_files(corpus: Path, each: int, largest: int = 120_000) -> Iterator[tuple[str, bytes]]:
    """One of so many real files of every folder, and all the examples."""
    found = [path for path in sorted(EXAMPLES.rglob("*")) if path.is_file()]
    for folder in FOLDERS:
        paths = [path for path in sorted((corpus / "edgar" / folder).rglob("*")) if path.is_file()]
        found += [path for path in paths if path.stat().st_size <= largest][::each]
    assert len(found) > 40
    for path in found:
        yield path.name, path.read_bytes()


def told(data: bytes, *, only: set[str] | None = None) -> Told:
    """What the readers say of a file, filing by filing, but for what counts or hashes its bytes."""
    _, assembled, _ = read(data)
    return [
        {
            "status": (one.status, one.reason and one.reason.code),
            "issues": Counter((issue.code, issue.table, issue.column, issue.position) for issue in one.issues),
            **{
                name: [{key: value for key, value in row.items() if key not in OF_BYTES} for row in rows]
                for name, rows in sorted(one.rows.items())
                if only is None or name in only
            },
        }
        for one in assembled
    ]


def with_ends(data: bytes, end: bytes) -> bytes:
    return _END.sub(lambda _: end, data)


def compared(name: str, one: Told, other: Told) -> None:
    assert len(one) == len(other), name
    # Filings without an accession are called by their hash, so their order may be another one.
    for first, second in zip(sorted(one, key=repr), sorted(other, key=repr), strict=True):
        for part in first.keys() | second.keys():
            assert first.get(part) == second.get(part), f"{name}: {part}"


@pytest.mark.parametrize("end", [b"\r\n", b"\r"], ids=["crlf", "cr"])
def test_line_ends_of_real_files_change_no_row(corpus: Path, end: bytes) -> None:
    for name, data in small_files(corpus, each=9):
        plain = with_ends(data, b"\n")
        compared(name, told(plain), told(with_ends(plain, end)))


@pytest.mark.parametrize("end", [b"\r\n", b"\r"], ids=["crlf", "cr"])
def test_line_ends_of_real_files_change_no_document_but_for_themselves(corpus: Path, end: bytes) -> None:
    seen = 0
    for name, data in small_files(corpus, each=9):
        plain = with_ends(data, b"\n")
        ours, theirs = split(plain).versions, split(with_ends(plain, end)).versions
        assert len(ours) == len(theirs), name
        for one, other in zip(ours, theirs, strict=True):
            assert [with_ends(document.content, b"\n") for document in other.documents] == [
                document.content for document in one.documents
            ], name
            assert with_ends(other.header or b"", b"\n") == (one.header or b""), name
            seen += len(one.documents)
    assert seen > 60


def headers_doubled(data: bytes) -> bytes:
    """The file with every line end of its headers doubled, as re-disseminated filings have it."""
    pieces, at = [], 0
    for version in split(data).versions:
        for span in version.spans:
            if span.kind == "header":
                start, end = version.offset + span.start, version.offset + span.end
                pieces += [data[at:start], _END.sub(lambda found: found[0] * 2, data[start:end])]
                at = end
    return b"".join([*pieces, data[at:]])


def test_doubled_lines_in_headers_of_real_files_change_no_row(corpus: Path) -> None:
    doubled = 0
    for name, data in small_files(corpus, each=7):
        other = headers_doubled(data)
        doubled += len(other) > len(data) + 10
        compared(name, told(data), told(other))
    assert doubled > 30


HEADER_TABLES = {
    "filing",
    "filing_party",
    "party_address",
    "party_former_name",
    "filing_item",
    "group_member",
    "filing_series",
    "filing_class",
    "header_extra",
}


def test_doubled_lines_everywhere_change_neither_header_nor_heads_of_documents(corpus: Path) -> None:
    """Of a PEM file they do: its wrapped lines of 1,023 bytes cannot be told any more."""
    for name, data in small_files(corpus, each=9):
        if b"-----BEGIN PRIVACY" in data:
            continue
        one, other = (told(each, only=HEADER_TABLES) for each in (data, _END.sub(lambda found: found[0] * 2, data)))
        for filing in (*one, *other):
            del filing["issues"]  # how much of a damaged document is left may differ
        compared(name, one, other)
        heads = [
            [
                (each.type, each.sequence, each.filename, each.description)
                for version in split(file).versions
                for each in version.documents
            ]
            for file in (data, _END.sub(lambda found: found[0] * 2, data))
        ]
        assert heads[0] == heads[1], name


CUT = (
    "edgar/submissions/13F-HR/9999999997-05-015654.txt",
    "edgar/submissions/EFFECT/9999999995-20-000098.txt",
    "edgar/submissions/ATS-N-W/0000019617-24-000664.txt",
    "edgar/mangled/0001562180-25-000280.cr.nc",
)


@pytest.mark.parametrize("name", CUT)
def test_what_stands_whole_before_a_cut_is_read_as_in_the_whole_file(corpus: Path, name: str) -> None:
    """At every byte: the header once its end is there, and each document once it is closed."""
    data = (corpus / name).read_bytes()
    (whole,) = split(data).versions
    header = next(span for span in whole.spans if span.kind == "header")
    behind = next(span.end for span in whole.spans if span.start >= header.end)
    expected = read_version(whole).header
    assert expected and whole.documents
    closed = [
        span.end for span in whole.spans if span.kind == "document" and b"</DOCUMENT>" in data[span.start : span.end]
    ]
    assert len(closed) == len(whole.documents)
    for length in range(behind, len(data)):
        (version,) = split(data[:length]).versions
        found = read_version(version).header
        assert found is not None and found.rows == expected.rows and found.accession == expected.accession, length
        for document, end in zip(whole.documents, closed, strict=True):
            if length >= end:
                read_again = version.documents[document.position - 1]
                assert read_again.content == document.content, length
                assert (read_again.type, read_again.filename) == (document.type, document.filename), length


def test_real_files_from_a_pack_are_the_bytes_that_memory_held(corpus: Path, tmp_path: Path) -> None:
    """Frames of 997 bytes, so that marks, lines and values lie across their borders."""
    stores = Stores(tmp_path)
    store = stores(frame_length=997, pack_length=300_000)
    files = dict(small_files(corpus, each=9, largest=30_000))
    for name, data in files.items():
        store.put(data, facts(name))
    store.flush()
    for name, data in files.items():
        again = store.read(sha256(data).hexdigest())
        assert again == data, name
        at = len(data) // 3
        assert store.read(sha256(data).hexdigest(), at, at + 1500) == data[at : at + 1500], name
    stores.close()


def test_files_loaded_from_memory_and_from_packs_give_one_database(corpus: Path, tmp_path: Path) -> None:
    """`ingest` has the bytes at hand, `rebuild` reads packs: also of cut, mixed, doubled and otherwise damaged files."""
    folder = tmp_path / "files"
    folder.mkdir()
    files = list(small_files(corpus, each=25, largest=40_000))
    draw = Random(7)
    kept = [data for _, data in files]
    for number, (name, data) in enumerate(files):
        (folder / f"{number:03}-{name}").write_bytes(data)
        (folder / f"{number:03}-cut-{name}").write_bytes(data[: draw.randrange(len(data))])
        (folder / f"{number:03}-cr-{name}").write_bytes(with_ends(data, b"\r"))
        (folder / f"{number:03}-mutated-{name}").write_bytes(mutated(kept, draw)[0])
    ingest(tmp_path / "w", [folder])
    expected = contents(tmp_path / "w" / "filings.duckdb")
    assert len(expected["main.filing"]) > 50
    for leftover in [*(tmp_path / "w").glob("state.sqlite*"), *(tmp_path / "w" / "load").glob("filings.duckdb*")]:
        leftover.unlink()
    shutil.rmtree(tmp_path / "w" / "snapshots")
    (tmp_path / "w" / "snapshots").mkdir()
    rebuild(tmp_path / "w")
    assert differences(expected, contents(tmp_path / "w" / "filings.duckdb")) == []
    assert verify(tmp_path / "w") == []
