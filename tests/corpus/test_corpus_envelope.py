"""Every real file, read a second time by plain line readings that know nothing of the reader (shared/edgar)."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from filings.parse.content import describe
from filings.parse.envelope import split
from filings.parse.submission import Document, Version

FOLDERS = (
    "edgar/submissions",
    "edgar/mangled",
    "edgar/truncated",
    "edgar/headers",
    "edgar/document_only",
    "edgar/http_errors",
    "edgar/documents",
    "seeds",
)
STATED = (b"TYPE", b"SEQUENCE", b"FILENAME", b"DESCRIPTION")


def files(corpus: Path, folder: str) -> list[Path]:
    found = [path for path in sorted((corpus / folder).rglob("*")) if path.is_file()]
    assert found
    return found


def lines_of(data: bytes) -> list[bytes]:
    return data.replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n")


def line_reading(data: bytes) -> list[tuple[dict[bytes, bytes], list[bytes]]]:
    """The documents as (head values, body lines), by walking over all lines with one state."""
    found: list[tuple[dict[bytes, bytes], list[bytes]]] = []
    state = "outside"
    for line in lines_of(data):
        word = line.strip(b" \t")
        if state == "outside" and word == b"<DOCUMENT>":
            found.append(({}, []))
            state = "head"
        elif state == "head" and word == b"<TEXT>":
            state = "body"
        elif state == "head" and word.startswith(b"<"):
            name, _, value = word[1:].partition(b">")
            found[-1][0][name] = value.strip()
        elif state == "body" and word == b"</TEXT>":
            state = "foot"
        elif state == "body":
            found[-1][1].append(line)
        elif word == b"</DOCUMENT>":
            state = "outside"
    return found


def stated(document: Document) -> dict[bytes, bytes]:
    values = {
        b"TYPE": document.type,
        b"SEQUENCE": document.sequence,
        b"FILENAME": document.filename,
        b"DESCRIPTION": document.description,
    }
    return {name: value.encode() for name, value in values.items() if value is not None}


@pytest.mark.parametrize("folder", FOLDERS)
def test_spans_tile_every_file(corpus: Path, folder: str) -> None:
    for path in files(corpus, folder):
        data = path.read_bytes()
        found = split(data)
        whole = b""
        for version in found.versions:
            assert version.offset == len(whole), path.name
            assert b"".join(version.raw[span.start : span.end] for span in version.spans) == version.raw, path.name
            assert sum(span.end - span.start for span in version.spans) == version.length, path.name
            whole += version.raw
        assert found.gaps == []
        assert whole == data, path.name


@pytest.mark.parametrize("folder", FOLDERS)
def test_documents_equal_a_line_reading(corpus: Path, folder: str) -> None:
    for path in files(corpus, folder):
        data = path.read_bytes()
        versions = split(data).versions
        if versions[0].envelope == "bare" or (versions[0].reason and versions[0].reason.code == "tags_stripped"):
            assert not re.search(rb"(?m)^<DOCUMENT>", data), path.name
            continue
        documents = [document for version in versions for document in version.documents]
        expected = line_reading(data)
        assert len(documents) == len(expected) == len(re.findall(rb"(?m)^ *<DOCUMENT>|\r<DOCUMENT>", data)), path.name
        for document, (head, body) in zip(documents, expected, strict=True):
            known = {name: head[name] for name in STATED if head.get(name)}
            if not document.is_cut_off:
                assert stated(document) == known, path.name
            assert [tag.encode() for tag, _ in document.extra if tag] == [
                name for name in head if name and name not in STATED
            ], path.name
            wrapper = next((line.strip() for line in body if line.strip()), b"")
            is_closed = wrapper.replace(b"<", b"</") in {line.strip() for line in body}
            if wrapper in (b"<PDF>", b"<XML>", b"<XBRL>") and (is_closed or document.is_cut_off):
                assert document.inner_wrapper == wrapper[1:-1].decode(), path.name
            else:
                assert document.inner_wrapper is None, path.name
            if document.joined_lines is None and document.inner_wrapper is None and not document.is_cut_off:
                assert lines_of(document.content) == [*body, b""], path.name


def test_whole_submissions_have_nothing_to_complain_of(corpus: Path) -> None:
    for path in files(corpus, "edgar/submissions"):
        data = path.read_bytes()
        (version,) = split(data).versions
        assert (version.issues, version.reason) == ([], None), path.name
        assert all(not data[s.start : s.end].strip() for s in version.spans if s.kind == "gap"), path.name
        assert version.is_pem == data.startswith(b"-----BEGIN"), path.name
        first = next(line for line in lines_of(data) if line.startswith((b"<SEC-D", b"<IMS-D", b"<SUBM")))
        names = {b"<SEC": "sec_document", b"<IMS": "ims_document", b"<SUB": "submission"}
        assert version.envelope == names[first[:4]], path.name
        assert version.disseminated == (first[-8:].decode() if b" : " in first else None), path.name
        header = version.header or b""
        assert path.stem.encode() in header, path.name
        assert not re.search(rb"(?m)^</?(SEC|IMS)-|^<DOCUMENT>", header), path.name


def test_pem_files_have_no_escape_left_and_no_line_at_the_width(corpus: Path) -> None:
    """An independent undoing by lines, and the facts of edgar.md B.1."""
    joined: dict[str, int] = {}
    messages = 0
    for path in files(corpus, "edgar/submissions"):
        data = path.read_bytes()
        if not data.startswith(b"-----BEGIN"):
            continue
        messages += 1
        (version,) = split(data).versions
        for document in version.documents:
            raw = data[document.start : document.start + document.length].split(b"\n")
            unescaped = [line[2:] if line.startswith(b"- -") else line for line in raw]
            text = b"".join(line if len(line) == 1023 else line + b"\n" for line in unescaped)[:-1]
            assert document.content == text, path.name
            joined[path.stem] = joined.get(path.stem, 0) + (document.joined_lines or 0)
    assert messages > 100
    assert joined["0001010412-10-000078"] == 257 + 4
    assert joined["0001225259-06-000003"] >= 1


def test_the_broken_end_tag_is_whole_again(corpus: Path) -> None:
    (path,) = (corpus / "edgar/submissions").rglob("0001225259-06-000003.txt")
    data = path.read_bytes()
    assert b"</fo\notnote>" in data
    (version,) = split(data).versions
    assert b"</footnote>" in version.documents[0].content
    assert b"</fo\n" not in version.documents[0].content
    assert version.documents[0].joined_lines == 1


def test_uuencoded_documents_equal_the_begin_lines(corpus: Path) -> None:
    found = 0
    for path in files(corpus, "edgar/submissions"):
        data = path.read_bytes()
        begins = re.findall(rb"(?m)^begin 644 (\S+)\n", data)
        described = [describe(one)[0] for version in split(data).versions for one in version.documents]
        assert sum(bool(columns["is_uuencoded"]) for columns in described) == len(begins), path.name
        found += len(begins)
    assert found > 190


def test_kinds_fit_the_file_names(corpus: Path) -> None:
    """The ending of a name is another witness than the first bytes."""
    expected = {
        "htm": {"html"},
        "xsd": {"xml"},
        "jpg": {"jpeg"},
        "gif": {"gif"},
        "pdf": {"pdf"},
        "zip": {"zip"},
        "xlsx": {"zip"},
        "json": {"json"},
        "css": {"css"},
        "js": {"javascript"},
        "xml": {"xml"},
        "txt": {"text"},
    }
    seen = set()
    for path in files(corpus, "edgar/submissions"):
        for version in split(path.read_bytes()).versions:
            for document in version.documents:
                ending = (document.filename or "").rpartition(".")[2].lower()
                columns, issues = describe(document)
                assert {issue.code for issue in issues} <= {"dot_doubled"}
                if ending in expected:
                    assert columns["kind"] in expected[ending], (path.name, document.filename)
                    seen.add(ending)
                is_binary = columns["kind"] in {"jpeg", "gif", "pdf", "zip"}
                assert columns["encoding"] == (None if is_binary else "ascii"), path.name
    assert seen == set(expected)


def by_name(corpus: Path, name: str) -> list[Version]:
    return split((corpus / "edgar" / name).read_bytes()).versions


def test_a_description_on_two_lines_loses_nothing(corpus: Path) -> None:
    last = by_name(corpus, "truncated/0000320193-97-000011.txt")[0].documents[-1]
    assert last.description == "ART. 5 FDS FOR FY97"
    assert last.extra == [("", "FORM 10-K"), ("FLAWED", None)]


def test_five_times_the_same_submission(corpus: Path) -> None:
    versions = by_name(corpus, "mangled/0000912057-00-023442.x5.txt")
    assert len(versions) == 5
    assert len({version.raw for version in versions}) == 1
    assert {len(version.documents) for version in versions} == {5}


def test_stripped_tags_leave_the_accession_readable(corpus: Path) -> None:
    paths = sorted((corpus / "edgar/mangled").glob("*.tags-stripped.txt"))
    assert len(paths) == 4
    for path in paths:
        data = path.read_bytes()
        (version,) = split(data).versions
        assert version.reason
        assert version.reason.code == "tags_stripped"
        assert (version.header or b"").startswith(b"ACCESSION NUMBER:\t\t" + path.name[:20].encode())
        (document,) = version.documents
        assert document.type is None
        assert data[document.start :].startswith(b"10-K\r\n1\r\n"), path.name
        assert (
            not data[document.start + document.length :].replace(b"-----END PRIVACY-ENHANCED MESSAGE-----", b"").strip()
        )


def test_headers_alone_are_headers(corpus: Path) -> None:
    for path in files(corpus, "edgar/headers"):
        (version,) = split(path.read_bytes()).versions
        assert version.is_header_only
        assert version.reason is None
        assert [issue.code for issue in version.issues] == ["header_only"]
        assert path.name[:20].encode() in (version.header or b"")


def test_cut_files(corpus: Path) -> None:
    cut = {path.name: split(path.read_bytes()).versions[0] for path in files(corpus, "edgar/truncated")}
    closed = cut.pop("0001172661-23-003414.6.txt")
    assert closed.is_header_only
    assert closed.reason is None
    assert closed.envelope == "header_text"
    assert all(version.is_cut_off and version.header for version in cut.values())
    assert len(cut["0000320193-97-000011.txt"].documents) == 6
    assert [one.is_cut_off for one in cut["0000320193-97-000011.txt"].documents] == [False] * 5 + [True]


def test_bare_carriage_returns_give_the_same_documents_as_the_web_copy(corpus: Path) -> None:
    (feed,) = by_name(corpus, "mangled/0001104659-25-002604.cr.nc")
    (web,) = by_name(corpus, "submissions/SC_TO-T_A/0001104659-25-002604.txt")
    assert feed.envelope == "submission"
    assert [one.content.replace(b"\r", b"\n") for one in feed.documents] == [one.content for one in web.documents]


def test_indented_file_gives_the_documents_of_the_plain_one(corpus: Path) -> None:
    (indented,) = by_name(corpus, "mangled/0001193125-19-278752.3.txt")
    (plain,) = by_name(corpus, "submissions/NPORT-EX/0001193125-19-278752.txt")
    assert [one.type for one in indented.documents] == [one.type for one in plain.documents]
    unindented = [line.strip() for line in (indented.header or b"").splitlines()]
    assert unindented == [line.strip() for line in (plain.header or b"").splitlines()]
    assert (indented.issues, indented.reason) == ([], None)
