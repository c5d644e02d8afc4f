"""The traps of edgar.md B.10, one by one."""

from __future__ import annotations

import binascii
import time
import tracemalloc

import pytest

import uuencoding
from filings.load.reading import read_documents, read_version
from filings.parse import content, dots, uuencode
from filings.parse.envelope import split
from filings.parse.submission import Document
from filings.schema.codes import Issue

FULL = bytes(range(45))
FULL_LINE = binascii.b2a_uu(FULL).rstrip(b"\n")


def block(*lines: bytes, end: bytes = b"\nend\n") -> bytes:
    return b"begin 644 a.bin\n" + b"\n".join(lines) + b"\n" + end


def document(body: bytes, filename: str | None = None) -> Document:
    return Document(1, None, None, filename, None, 0, len(body), body)


def read(body: bytes, *, dots_doubled: bool = False) -> tuple[bytes, list[Issue]]:
    decoder = uuencode.Decoder(body, dots_doubled=dots_doubled)
    return b"".join(decoder), decoder.issues(1)


@pytest.mark.parametrize(
    ("lines", "decoded"),
    [
        ([], b""),
        ([b"#86)C"], b"abc"),
        ([b"!80"], b"a"),
        ([b'"86('], b"ab"),
        ([b"!8?__"], b"a"),  # bits behind the last byte: binascii refuses them
        ([b'"86)_'], b"ab"),
        ([b"M"], bytes(45)),  # every blank cut
        ([b"M", b"M", b"M"], bytes(135)),
        ([FULL_LINE, b"#86)C"], FULL + b"abc"),
        ([FULL_LINE.replace(b" ", b"`"), b"#86)C"], FULL + b"abc"),  # backticks for blanks
        ([b"&`  ` `", b"#86)C"], bytes(6) + b"abc"),  # mixed
        ([b"#86)C", b"", b"`", b" ", b"#86)C"], b"abcabc"),  # blank lines, which binascii reads as 42 NULs
        ([b"#86)C   "], b"abc"),
        ([b"- Z63^+FOKVF  (/_V0$!"], bytes.fromhex("03a593f8b9afaf69800083ffd9")),  # 13 bytes; no dash escape
    ],
)
def test_lines(lines: list[bytes], decoded: bytes) -> None:
    assert read(block(*lines)) == (decoded, [])
    assert uuencoding.decode(block(*lines)) == decoded


def test_binascii_alone_would_not_do() -> None:
    with pytest.raises(binascii.Error):
        binascii.a2b_uu(b"!8?__\n")
    assert len(binascii.a2b_uu(b"\n")) == 42


@pytest.mark.parametrize("line_end", [b"\n", b"\r\n", b"\r", b"\n\n", b"\r\r"])
def test_line_ends_do_not_matter(line_end: bytes) -> None:
    data = bytes(range(256)) * 60
    assert read(uuencoding.encode(data).replace(b"\n", line_end)) == (data, [])


def test_end_counts_only_as_a_whole_line() -> None:
    assert read(block(b"#86)C", end=b"end  \n")) == (b"abc", [])
    found, issues = read(block(b"#86)C", b"end of it", b"#86)C"))
    assert found == b"abcabc"
    assert [issue.code for issue in issues] == ["uuencode_damaged"]


@pytest.mark.parametrize(
    ("body", "decoded", "place"),
    [
        (b"begin 644 a\n#86)C\n", b"abc", b""),  # no end line
        (b"begin 644 a\n#86)C\n`\n", b"abc", b""),
        (b"begin 644 a\n#86)C\nnot uuencode\nend\n", b"abc", b"not uuencode"),
        (b"begin 644 a\n#86)C\nN" + b"!" * 64 + b"\nend\n", b"abc", b"N" + b"!" * 64),  # 46 bytes: more than a line has
        (b"begin 644 a\n#86)C\n#86\x01C\n#86)C\nend\n", b"abcabc", b"#86\x01C"),
        (b"begin 644 a\n#86)C\n#86)CXY\nend\n", b"abc", b"#86)CXY"),
        (b"begin 644 a\n#86)C\n#86)CX\nend\n", b"abcabc", b"#86)CX"),  # one character too many: its bytes are clear
        (b"begin 644 a\n#86)C\nend\nbegin 644 b\n#86)C\nend\n", b"abc", b"begin 644 b\n#86)C\nend\n"),  # a second block
        (b"begin 644 a\n#86)C\nend\n\nA page of text.\n", b"abc", b"A page of text.\n"),
        (b"begin 644 a\nM86)C\x00\nend\n", b"", b"M86)C\x00"),
    ],
)
def test_damage_is_told_and_the_rest_is_kept(body: bytes, decoded: bytes, place: bytes) -> None:
    if not decoded:
        assert not uuencode.is_uuencoded(body)
        return
    found, (issue,) = read(body)
    assert found == decoded
    assert issue.code == "uuencode_damaged"
    assert issue.document_position == 1
    assert issue.start is not None
    assert body[issue.start : issue.end] == place


def test_a_line_that_the_file_cuts_is_not_filled_with_zeros() -> None:
    whole = uuencoding.encode(bytes(range(1, 91)))
    at = whole.index(b"\n", 30) + 1 + 11  # within the second line, behind ten codes
    found, issues = read(whole[:at])
    assert found == bytes(range(1, 91))[: 45 + 7]
    assert [issue.code for issue in issues] == ["uuencode_damaged"]


FOURTEEN = b"%%EOF" + b"\1" * 9
ZEROS = b"PK\5\6" + bytes(10)


def test_a_doubled_dot_that_proves_itself() -> None:
    (line,) = uuencoding.lines_of(FOURTEEN, bits=lambda _: 0, is_backtick=lambda: False, is_cut=False)
    body = block(FULL_LINE, b"." + line)
    found, (issue,) = read(body)
    assert found == FULL + FOURTEEN
    assert uuencode.has_doubled_dot(body)
    assert (issue.code, body[issue.start : issue.end]) == ("dot_doubled", b"." + line)


def test_a_doubled_dot_whose_line_lost_its_blanks_needs_another_proof() -> None:
    (line,) = uuencoding.lines_of(ZEROS, bits=lambda _: 0, is_backtick=lambda: False, is_cut=True)
    assert len(line) < 21
    body = block(b"." + line)
    assert not uuencode.has_doubled_dot(body)
    assert read(body)[0] != ZEROS
    assert read(body, dots_doubled=True)[0] == ZEROS
    styles = document(b"..report table.authRefData{\n", "report.css")
    assert dots.are_doubled([document(body), styles])
    assert not dots.are_doubled([document(body), document(b".report {\n", "report.css")])
    assert not dots.are_doubled([document(body), document(b"..report {\n", "other.css")])


def test_two_dots_that_were_filed_stay_two() -> None:
    data = b"8" + bytes(13)  # its first six bits are a dot
    (line,) = uuencoding.lines_of(data, bits=lambda _: 0, is_backtick=lambda: False, is_cut=True)
    assert line.startswith(b"..")
    assert read(block(line)) == (data, [])
    (line,) = uuencoding.lines_of(b"8" + b"\xff" * 13, bits=lambda _: 0, is_backtick=lambda: False, is_cut=True)
    assert read(block(line)) == (b"8" + b"\xff" * 13, [])


@pytest.mark.parametrize(
    ("text", "proved", "place"),
    [
        (b"a\n..08% of net loans\n..5\n", False, 2),
        (b"..5", False, 0),
        (b"a\r..5\r", False, 2),
        (b"a\n...... 12\n", False, None),
        (b"a\n...... 12\n", True, 2),
        (b"a..5\n. .5", True, None),
    ],
)
def test_doubled_dots_in_text(text: bytes, proved: bool, place: int | None) -> None:
    _, issues = content.describe(document(text), dots_doubled=proved)
    assert [(issue.code, issue.start) for issue in issues] == ([] if place is None else [("dot_doubled", place)])


def pem_submission(body: bytes) -> bytes:
    escaped = b"\n".join(b"- " + line if line.startswith(b"-") else line for line in body.split(b"\n"))
    return (
        b"-----BEGIN PRIVACY-ENHANCED MESSAGE-----\nProc-Type: 2001,MIC-CLEAR\n\n"
        b"<SEC-DOCUMENT>0000000001-05-000001.txt : 20050103\n<SEC-HEADER>0000000001-05-000001.hdr.sgml : 20050103\n"
        b"ACCESSION NUMBER:\t\t0000000001-05-000001\n</SEC-HEADER>\n"
        b"<DOCUMENT>\n<TYPE>GRAPHIC\n<SEQUENCE>1\n<FILENAME>a.jpg\n<TEXT>\n"
        + escaped
        + b"</TEXT>\n</DOCUMENT>\n</SEC-DOCUMENT>\n-----END PRIVACY-ENHANCED MESSAGE-----\n"
    )


def test_dash_escapes_are_undone_before() -> None:
    data = FULL + b"\xff\xd8 13 bytes.."
    body = uuencoding.encode(data)
    assert b"\n-" in body
    raw = pem_submission(body)
    assert b"\n- -" in raw
    (version,) = split(raw).versions
    assert read(version.documents[0].content) == (data, [])


def test_a_name_is_a_label_and_nothing_else() -> None:
    for name in (b"../../etc/passwd", b"/etc/passwd", b"a\0b", b"-rf", b" ", b"x" * 3000):
        assert read(uuencoding.encode(b"abc", name)) == (b"abc", [])


def test_only_a_uuencoded_content_is_decoded() -> None:
    for body in (b"", b"begin", b"text\nbegin 644 a\n#86)C\nend\n", b"begin 644 a\nA word, and another.\n"):
        with pytest.raises(ValueError, match="not uuencoded"):
            uuencode.Decoder(body)


def test_beyond_the_guard_the_filing_is_quarantined(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uuencode, "LARGEST", 450_000)
    for lines, is_too_large in ((10_000, False), (10_001, True)):
        decoder = uuencode.Decoder(block(*[b"M"] * lines))
        assert len(b"".join(decoder)) <= 450_000
        assert decoder.is_too_large is is_too_large
        (version,) = split(pem_submission(block(*[b"M"] * lines))).versions
        part = read_documents(read_version(version), None, None)
        (row,) = part.rows["document"]
        assert row["decoded_length"] == (None if is_too_large else 450_000)
        assert (part.reason.code if part.reason else None) == ("inflates_too_far" if is_too_large else None)


def test_a_large_one_is_described_in_little_room_and_time() -> None:
    body = block(*[b"M"] * 400_000)  # 0.8 MB that stand for 18 MB
    started = time.process_time()
    tracemalloc.start()
    columns, issues = content.describe(document(body))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert columns["decoded_length"] == 18_000_000
    assert issues == []
    assert peak < 2_000_000
    assert time.process_time() - started < 10
