"""The envelope by hand: small submissions of every outer form, and the ways in which they break (edgar.md B)."""

from __future__ import annotations

import pytest

from filings.parse.envelope import LARGEST, split
from filings.parse.submission import Version

HEAD = b"<SEC-DOCUMENT>0001234567-24-000001.txt : 20240105\n<SEC-HEADER>0001234567-24-000001.hdr.sgml : 20240104\n"
LABELS = b"ACCESSION NUMBER:\t\t0001234567-24-000001\nCONFORMED SUBMISSION TYPE:\t8-K\n"
TAIL = b"</SEC-DOCUMENT>\n"


def document(body: bytes, kind: bytes = b"8-K", more: bytes = b"") -> bytes:
    return b"<DOCUMENT>\n<TYPE>" + kind + b"\n<SEQUENCE>1\n" + more + b"<TEXT>\n" + body + b"</TEXT>\n</DOCUMENT>\n"


def submission(*documents: bytes, tail: bytes = TAIL) -> bytes:
    return HEAD + LABELS + b"</SEC-HEADER>\n" + b"".join(documents) + tail


def only(data: bytes) -> Version:
    found = split(data)
    assert found.gaps == []
    (version,) = found.versions
    assert (version.offset, version.length, version.raw) == (0, len(data), data)
    assert b"".join(version.raw[span.start : span.end] for span in version.spans) == data
    assert all(span.start < span.end for span in version.spans)
    return version


def codes(version: Version) -> list[str]:
    return sorted(issue.code for issue in version.issues)


def contents(version: Version) -> list[bytes]:
    return [one.content for one in version.documents]


def test_text_dialect() -> None:
    more = b"<FILENAME>a.htm\n<DESCRIPTION>A > B <C>\n<FLAWED>\n"
    version = only(submission(document(b"one\n", more=more), document(b"two\n", b"EX-99.(A) (1)")))
    assert version.envelope == "sec_document"
    assert version.disseminated == "20240105"
    assert version.header == LABELS
    assert version.raw[version.header_start :].startswith(LABELS)
    assert contents(version) == [b"one\n", b"two\n"]
    first, second = version.documents
    assert (first.type, first.sequence, first.filename, first.description) == ("8-K", "1", "a.htm", "A > B <C>")
    assert first.extra == [("FLAWED", None)]
    assert (second.type, second.filename) == ("EX-99.(A) (1)", None)
    assert version.raw[second.start : second.start + second.length] == b"two\n"
    assert version.reason is None
    assert codes(version) == []
    assert not version.is_pem
    assert first.joined_lines is None


def test_spans_say_what_the_bytes_are() -> None:
    version = only(submission(document(b"<XML>\n<a/>\n</XML>\n")) + b"\n\n")
    kinds = [(span.kind, version.raw[span.start : span.end]) for span in version.spans]
    assert kinds == [
        ("mark", HEAD.splitlines(keepends=True)[0]),
        ("mark", HEAD.splitlines(keepends=True)[1]),
        ("header", LABELS),
        ("mark", b"</SEC-HEADER>\n"),
        ("document", b"<DOCUMENT>\n<TYPE>8-K\n<SEQUENCE>1\n<TEXT>\n<XML>\n"),
        ("content", b"<a/>\n"),
        ("document", b"</XML>\n"),
        ("document", b"</TEXT>\n"),
        ("document", b"</DOCUMENT>\n"),
        ("mark", TAIL),
        ("gap", b"\n\n"),
    ]


@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r"])
def test_line_ends_change_nothing_but_themselves(end: bytes) -> None:
    data = submission(document(b"one\n\ntwo\n"), document(b"<PDF>\nx\n</PDF>\n"))
    version = only(data.replace(b"\n", end))
    assert [one.replace(end, b"\n") for one in contents(version)] == [b"one\n\ntwo\n", b"x\n"]
    assert version.documents[1].inner_wrapper == "PDF"
    assert (version.header or b"").replace(end, b"\n") == LABELS
    assert (codes(version), version.reason) == ([], None)


def test_first_line_in_lf_and_the_rest_in_cr() -> None:
    data = b"<SUBMISSION>\n" + b"<ACCESSION-NUMBER>1\n<TYPE>D\n".replace(b"\n", b"\r")
    data += document(b"x\n").replace(b"\n", b"\r") + b"</SUBMISSION>\r"
    version = only(data)
    assert version.envelope == "submission"
    assert version.header == b"<ACCESSION-NUMBER>1\r<TYPE>D\r"
    assert contents(version) == [b"x\r"]


def test_indented_marks_count_and_marks_inside_a_line_do_not() -> None:
    data = submission(document(b"see <DOCUMENT> and </TEXT> here\n<TEXT> too\n"))
    plain = only(data)
    assert contents(plain) == [b"see <DOCUMENT> and </TEXT> here\n<TEXT> too\n"]
    lines = data.splitlines(keepends=True)
    version = only(lines[0] + b"".join(b"    " + line for line in lines[1:]))
    assert contents(version) == [b"    see <DOCUMENT> and </TEXT> here\n    <TEXT> too\n"]
    assert version.documents[0].type == "8-K"
    assert version.envelope == "sec_document"
    assert (codes(version), version.reason) == ([], None)


def test_form_feeds_are_no_line_ends() -> None:
    body = b"a\x0c</TEXT>\x0c\nb\x0b</DOCUMENT>\n\x1c</TEXT>\n"
    assert contents(only(submission(document(body)))) == [body]


@pytest.mark.parametrize("name", [b"PDF", b"XML", b"XBRL"])
def test_inner_wrapper(name: bytes) -> None:
    version = only(submission(document(b"\n<%b>\nx\n</%b>\n" % (name, name))))
    assert contents(version) == [b"x\n"]
    assert version.documents[0].inner_wrapper == name.decode()
    assert version.documents[0].length == 2


@pytest.mark.parametrize(
    "body",
    [
        b"<XML> \nno end\n",
        b"first\n<XML>\nx\n</XML>\n",
        b"<xml>\nx\n</xml>\n",
        b"<XML>x\n</XML>\n",
        b"<JSON>\n{}\n</JSON>\n",
    ],
)
def test_no_inner_wrapper(body: bytes) -> None:
    version = only(submission(document(body)))
    assert contents(version) == [body]
    assert version.documents[0].inner_wrapper is None


def test_text_behind_the_inner_wrapper_is_a_gap_and_an_issue() -> None:
    version = only(submission(document(b"<XML>\nx\n</XML>\nstray\n")))
    assert contents(version) == [b"x\n"]
    assert [version.raw[s.start : s.end] for s in version.spans if s.kind == "gap"] == [b"stray\n"]
    assert codes(version) == ["structure_doubtful"]


def test_last_text_end_ends_the_document() -> None:
    pasted = b"a\n</TEXT>\nb\n"
    version = only(submission(document(pasted), document(b"next\n")))
    assert contents(version) == [pasted, b"next\n"]
    assert codes(version) == ["structure_doubtful"]


def test_pasted_document_line_begins_a_document_only_with_a_type() -> None:
    version = only(submission(document(b"a\n<DOCUMENT>\nb\n")))
    assert contents(version) == [b"a\n<DOCUMENT>\nb\n"]
    assert codes(version) == ["structure_doubtful"]
    version = only(submission(document(b"a\n<DOCUMENT>\n\n<TYPE>EX-1\n<TEXT>\nb\n")))
    assert [one.type for one in version.documents] == ["8-K", "EX-1"]
    assert contents(version) == [b"a\n", b"b\n"]
    assert codes(version) == ["document_not_closed"]


def test_pasted_outer_end_mark() -> None:
    version = only(submission(document(b"a\n</SEC-DOCUMENT>\nb\n")))
    assert contents(version) == [b"a\n</SEC-DOCUMENT>\nb\n"]
    assert codes(version) == ["structure_doubtful"]
    version = only(submission(b"<DOCUMENT>\n<TYPE>8-K\n<TEXT>\na\n</SEC-DOCUMENT>\nb\n", tail=b""))
    assert contents(version) == [b"a\n</SEC-DOCUMENT>\nb\n"]
    assert version.is_cut_off


@pytest.mark.parametrize("missing", [b"</TEXT>\n", b"</DOCUMENT>\n", b"</TEXT>\n</DOCUMENT>\n"])
def test_document_not_closed_before_the_next(missing: bytes) -> None:
    version = only(submission(document(b"one\n").replace(missing, b""), document(b"two\n")))
    assert contents(version) == [b"one\n", b"two\n"]
    assert codes(version) == ["document_not_closed"]
    assert version.reason is None


def test_document_without_text_line_keeps_its_words() -> None:
    version = only(submission(b"<DOCUMENT>\n<TYPE>EX-1\n<FILENAME>a.txt\nwords\n</DOCUMENT>\n", document(b"two\n")))
    assert contents(version) == [b"words\n", b"two\n"]
    assert version.documents[0].filename == "a.txt"
    assert codes(version) == ["document_not_closed"]


def test_head_lines_that_have_no_column() -> None:
    version = only(submission(document(b"x\n", more=b"<TYPE>again\nstray line\n<NOTE>kept\n")))
    assert version.documents[0].type == "8-K"
    assert version.documents[0].extra == [("TYPE", "again"), ("", "stray line"), ("NOTE", "kept")]


def test_empty_head_values_are_none() -> None:
    version = only(
        submission(b"<DOCUMENT>\n<TYPE>\n<SEQUENCE>  \n<FILENAME>\n<DESCRIPTION>\n<TEXT>\n</TEXT>\n</DOCUMENT>\n")
    )
    one = version.documents[0]
    assert (one.type, one.sequence, one.filename, one.description, one.content) == (None, None, None, None, b"")


def test_outer_end_mark_missing_is_a_defect() -> None:
    version = only(submission(document(b"x\n"), tail=b""))
    assert codes(version) == ["end_mark_missing"]
    assert version.reason is None


def test_open_document_at_the_end_is_cut_off() -> None:
    version = only(submission(document(b"one\n"), document(b"<XML>\ntwo\n")[:-20], tail=b""))
    assert version.is_cut_off
    assert [one.is_cut_off for one in version.documents] == [False, True]
    assert version.documents[1].inner_wrapper == "XML"
    assert contents(version) == [b"one\n", b"two\n"]


def test_cut_inside_the_head_of_a_document() -> None:
    version = only(submission(b"<DOCUMENT>\n<TYPE>8-K\n<SEQ", tail=b""))
    (one,) = version.documents
    assert (one.type, one.sequence, one.content, one.extra, one.is_cut_off) == ("8-K", None, b"", [], True)


def test_file_that_ends_in_the_header_is_cut_off_with_what_is_there() -> None:
    version = only(HEAD + LABELS[:30])
    assert version.is_cut_off
    assert version.header == LABELS[:30]
    assert (version.documents, version.disseminated) == ([], "20240105")


@pytest.mark.parametrize(
    ("data", "envelope", "header"),
    [
        (HEAD + LABELS + b"</SEC-HEADER>\n" + TAIL, "sec_document", LABELS),
        (HEAD.split(b"\n", 1)[1] + LABELS + b"</SEC-HEADER>\n", "header_text", LABELS),
        (
            b"<SEC-HEADER>\n<ACCEPTANCE-DATETIME>1\n" + LABELS + b"</SEC-HEADER>",
            "header_text",
            b"<ACCEPTANCE-DATETIME>1\n" + LABELS,
        ),
        (
            b"<SEC-HEADER>x\n<ACCESSION-NUMBER>1\n<TYPE>D\n</SEC-HEADER>\n",
            "header_tags",
            b"<ACCESSION-NUMBER>1\n<TYPE>D\n",
        ),
        (
            b"<SUBMISSION>\n<ACCESSION-NUMBER>1\n<TYPE>D\n</SUBMISSION>\n",
            "submission",
            b"<ACCESSION-NUMBER>1\n<TYPE>D\n",
        ),
        (b"\n<ACCEPTANCE-DATETIME>1\n\n" + LABELS, "header_text", b"<ACCEPTANCE-DATETIME>1\n\n" + LABELS),
        (
            b"<ACCESSION-NUMBER>1\n<TYPE>D\n<FILER>\n</FILER>",
            "header_tags",
            b"<ACCESSION-NUMBER>1\n<TYPE>D\n<FILER>\n</FILER>",
        ),
    ],
)
def test_header_only(data: bytes, envelope: str, header: bytes) -> None:
    version = only(data)
    assert (version.envelope, version.header) == (envelope, header)
    assert version.is_header_only
    assert codes(version) == ["header_only"]
    assert version.reason is None


def test_header_without_wrapper_and_documents() -> None:
    version = only(LABELS + document(b"x\n"))
    assert (version.envelope, version.header, contents(version)) == ("header_text", LABELS, [b"x\n"])
    assert codes(version) == []


def test_documents_without_header() -> None:
    version = only(b"\n" + document(b"one\n", b"S-3/A") + document(b"two\n"))
    assert (version.envelope, version.header) == ("documents", None)
    assert contents(version) == [b"one\n", b"two\n"]
    assert codes(version) == ["header_missing"]


@pytest.mark.parametrize("data", [b"FORM 6-K\n\n  Report\n", b"<html><body>x</body></html>", b"a\n<DOCUMENT>\nb\n"])
def test_bare(data: bytes) -> None:
    version = only(data)
    assert version.envelope == "bare"
    (one,) = version.documents
    assert (one.content, one.start, one.length, one.type) == (data, 0, len(data), None)
    assert (codes(version), version.reason) == ([], None)


@pytest.mark.parametrize("data", [b"", b"  \n", b"PK\x03\x04rest", b"\x1f\x8b\x08 gz", b"%PDF-1.4\n", b"a\0b" * 9])
def test_not_text(data: bytes) -> None:
    version = only(data)
    assert version.reason is not None
    assert version.reason.code == "not_text"


def test_tags_stripped() -> None:
    body = b"10-K\n1\nFORM 10-K\nNote: text\n"
    version = only(
        b"0001234567-24-000001.txt : 20240105\n20240104171155\n" + LABELS + b"\n\nFILER:\n\tCITY:\tX\n" + body
    )
    assert version.reason is not None
    assert version.reason.code == "tags_stripped"
    assert version.header == LABELS + b"\n\nFILER:\n\tCITY:\tX\n"
    assert contents(version) == [body]
    assert version.disseminated == "20240105"


def test_text_that_mentions_an_accession_number_is_bare() -> None:
    assert only(b"ACCESSION NUMBER: see below\nDear Sir\n").envelope == "bare"


def test_several_submissions_are_versions_with_gaps_between() -> None:
    one, two = submission(document(b"one\n")), submission(document(b"two\n"))
    found = split(b"junk\n" + one + b"\n\n" + two + b"end")
    assert [version.raw for version in found.versions] == [one, two]
    assert [version.offset for version in found.versions] == [5, 7 + len(one)]
    assert found.gaps == [(0, 5), (5 + len(one), 7 + len(one)), (7 + len(one + two), 10 + len(one + two))]
    assert [contents(version) for version in found.versions] == [[b"one\n"], [b"two\n"]]
    assert all(version.spans[-1].end == version.length for version in found.versions)


def test_headers_one_after_another() -> None:
    one = b"<SEC-HEADER>a\n" + LABELS + b"</SEC-HEADER>\n"
    found = split(one + one + submission(document(b"x\n")) + one)
    assert [version.envelope for version in found.versions] == [
        "header_text",
        "header_text",
        "sec_document",
        "header_text",
    ]
    assert found.gaps == []


def test_a_new_submission_cuts_off_an_open_one() -> None:
    opened = submission(b"<DOCUMENT>\n<TYPE>8-K\n<TEXT>\nhalf\n", tail=b"")
    for second in (
        submission(document(b"x\n")),
        b"<SUBMISSION>\n<ACCESSION-NUMBER>1\n" + document(b"x\n") + b"</SUBMISSION>\n",
    ):
        found = split(opened + second)
        assert [version.raw for version in found.versions] == [opened, second]
        assert [version.is_cut_off for version in found.versions] == [True, False]
        assert contents(found.versions[0]) == [b"half\n"]


@pytest.mark.parametrize(
    "pasted",
    [
        b"<SEC-DOCUMENT>x.txt : 20240101\nbut no header\n",
        b"<SUBMISSION>\n<TYPE>\n",
        b"-----BEGIN PRIVACY-ENHANCED MESSAGE-----\n",
    ],
)
def test_pasted_openings_open_nothing(pasted: bytes) -> None:
    body = b"a\n" + pasted + b"b\n"
    assert contents(only(submission(document(body)))) == [body]


def test_larger_than_the_guard() -> None:
    version = split(bytes(LARGEST + 1)).versions[0]
    assert version.reason is not None
    assert version.reason.code == "too_large"
    assert version.spans == [("gap", 0, LARGEST + 1)]
