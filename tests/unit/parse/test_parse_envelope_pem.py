"""PEM undone: dash escapes first, joins at 1,023 bytes after (edgar.md B.1)."""

from __future__ import annotations

import pytest

from filings.parse import pem
from filings.parse.envelope import split

HEAD = (
    b"-----BEGIN PRIVACY-ENHANCED MESSAGE-----\nProc-Type: 2001,MIC-CLEAR\nOriginator-Name: webmaster@www.sec.gov\n"
    b"Originator-Key-Asymmetric:\n MFgw\n TWSM\nMIC-Info: RSA-MD5,RSA,\n R8Nf==\n\n"
)
END = b"-----END PRIVACY-ENHANCED MESSAGE-----\n"


def message(body: bytes, header: bytes = b"ACCESSION NUMBER:\t1\n") -> bytes:
    return (
        HEAD + b"<SEC-DOCUMENT>a.txt : 19960102\n<SEC-HEADER>a.hdr.sgml : 19960102\n" + header + b"</SEC-HEADER>\n"
        b"<DOCUMENT>\n<TYPE>10-K\n<TEXT>\n" + body + b"</TEXT>\n</DOCUMENT>\n</SEC-DOCUMENT>\n" + END
    )


def content(data: bytes) -> tuple[bytes, int | None]:
    (version,) = split(data).versions
    assert version.is_pem
    (document,) = version.documents
    return document.content, document.joined_lines


def test_head_and_end_are_spans() -> None:
    data = message(b"x\n")
    (version,) = split(data).versions
    assert [data[s.start : s.end] for s in version.spans if s.kind == "pem"] == [HEAD, END]
    assert (version.issues, version.reason) == ([], None)


def test_only_the_prefix_before_a_dash_is_undone() -> None:
    assert content(message(b"- -- x\n- item\n - -\na - -b\n-----\n")) == (b"-- x\n- item\n - -\na - -b\n-----\n", 0)


@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r"])
def test_joins(end: bytes) -> None:
    long = b"x" * 1023
    body = long + end + b"- -tail" + end + b"- -" + b"y" * 1022 + end + long + end + b"end" + end
    assert content(message(body)) == (long + b"-tail" + end + b"-" + b"y" * 1022 + long + b"end" + end, 3)


@pytest.mark.parametrize("length", [1022, 1024, 2046])
def test_other_lengths_are_not_joined(length: int) -> None:
    body = b"a\n" + b"x" * length + b"\ny\n"
    assert content(message(body)) == (body, 0)


def test_short_lines_that_end_at_the_column_are_not_joined() -> None:
    body = b"a" * 500 + b"\n" + b"b" * 522 + b"\nc\n"
    assert content(message(body)) == (body, 0)


def test_nothing_is_undone_outside_of_pem() -> None:
    body = b"- -x\n" + b"y" * 1023 + b"\nz\n"
    data = message(body)[len(HEAD) : -len(END)]
    (version,) = split(data).versions
    assert not version.is_pem
    assert (version.documents[0].content, version.documents[0].joined_lines) == (body, None)


def test_a_mark_that_continues_a_line_is_no_mark() -> None:
    for mark in (b"</TEXT>", b"</DOCUMENT>", b"<DOCUMENT>", b"</SEC-DOCUMENT>"):
        body = b"x" * 1023 + b"\n" + mark + b"\nrest\n"
        assert content(message(body)) == (b"x" * 1023 + mark + b"\nrest\n", 1)
        escaped = b"- -" + b"x" * 1022 + b"\n" + mark + b"\nrest\n"
        assert content(message(escaped)) == (b"-" + b"x" * 1022 + mark + b"\nrest\n", 1)


def test_a_natural_line_of_1023_bytes_may_end_a_document() -> None:
    assert content(message(b"x" * 1023 + b"\n")) == (b"x" * 1023 + b"\n", 0)


def test_header_is_undone_too() -> None:
    (version,) = split(
        message(b"x\n", b"A:\t" + b"v" * 1021 + b"\n" + b"w\n- -B:\t1\n".replace(b"- -", b"- -"))
    ).versions
    assert version.header == b"A:\t" + b"v" * 1021 + b"\nw\n-B:\t1\n"
    (version,) = split(message(b"x\n", b"A:\t" + b"v" * 1020 + b"\n" + b"w\n")).versions
    assert version.header == b"A:\t" + b"v" * 1020 + b"w\n"


def test_missing_pem_end_is_a_missing_end_mark() -> None:
    (version,) = split(message(b"x\n")[: -len(END)]).versions
    assert [issue.code for issue in version.issues] == ["end_mark_missing"]
    assert version.reason is None


def test_several_messages_in_one_file() -> None:
    one, two = message(b"one\n"), message(b"- -two\n")
    found = split(one + two + two)
    assert [version.raw for version in found.versions] == [one, two, two]
    assert [version.documents[0].content for version in found.versions] == [b"one\n", b"-two\n", b"-two\n"]
    assert found.gaps == []


def test_an_open_message_before_another_is_cut_off() -> None:
    opened = message(b"half\n").split(b"</TEXT>")[0]
    found = split(opened + message(b"x\n"))
    assert [version.raw for version in found.versions] == [opened, message(b"x\n")]
    assert found.versions[0].is_cut_off


def test_cut_inside_the_pem_head() -> None:
    for length in range(len(pem.BEGIN), len(HEAD) + 10):
        (version,) = split((HEAD + b"<SEC-DOCUMENT>")[:length]).versions
        assert version.is_cut_off, length
        assert version.is_pem
