"""Kind, encoding, uuencode and the main document of a content (edgar.md B.9–B.11)."""

from __future__ import annotations

import binascii
import hashlib

import pytest

from filings.parse import content, uuencode
from filings.parse.submission import Document


def document(body: bytes, position: int = 1, sequence: str | None = None) -> Document:
    return Document(position, None, sequence, None, None, 0, len(body), body)


def uuencoded(decoded: bytes, name: str = "a.jpg") -> bytes:
    lines = [binascii.b2a_uu(decoded[at : at + 45]) for at in range(0, len(decoded), 45)]
    return b"begin 644 " + name.encode() + b"\n" + b"".join(lines) + b"`\nend\n"


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("html", b"\n<HTML>\n<HEAD>"),
        ("html", b"<!-- made by hand -->\n<!DOCTYPE html PUBLIC>\n<html><p>x"),
        (
            "html",
            b'<?xml version="1.0" encoding="ASCII"?>\n<!-- Workiva -->\n<html xmlns="http://www.w3.org/1999/xhtml">',
        ),
        ("html", b"\xef\xbb\xbf<html><body>"),
        ("html", b"<table><tr><td>x</td></tr></table>"),
        ("html", b"<DIV STYLE='x'>text</DIV>"),
        ("xml", b'<?xml version="1.0"?>\n<ownershipDocument>'),
        ("xml", b"<ownershipDocument>\n<a>1</a></ownershipDocument>\n"),
        ("xml", b'<ns1:informationTable xmlns:ns1="http://www.sec.gov/x">'),
        ("text", b"<PAGE>   1\n\n  SECURITIES AND </PAGE> 10-K"),
        ("text", b"<TABLE> <S> <C>\n<ARTICLE> 5\n</TABLE>"),
        ("text", b"<ARTICLE> 5\n<CASH> 100\n"),
        ("text", b"POWER OF ATTORNEY\n\nKnow all { by these presents }"),
        ("text", b"[Asta Funding, Inc. logo]\n"),
        ("text", b"\x0cForm 8-K\x1a"),
        ("text", b""),
        ("pdf", b"%PDF-1.4\n%\xe2\xe3"),
        ("jpeg", b"\xff\xd8\xff\xe0\0\x10JFIF"),
        ("gif", b"GIF89a\1\0"),
        ("png", b"\x89PNG\r\n\x1a\n\0\0"),
        ("zip", b"PK\x03\x04\x14\0"),
        ("other", b"\x1f\x8b\x08\0\0"),
        ("other", bytes(range(20)) * 9),
        ("json", b'{\n "version": "2.1",'),
        ("json", b'[{"a": 1}]'),
        (
            "css",
            b"/* Updated 2009-11-04 */\n/* v2 */\n\n/* DefRef Styles */\n.report table.authRefData{\n  width: 1px;\n}",
        ),
        ("css", b"..report table { width: 1px }"),
        ("javascript", b"// Edgar(tm) Renderer was created by staff\nvar Show={};\nShow.x = function(a) { };"),
    ],
)
def test_kind(kind: str, body: bytes) -> None:
    assert content.kind(body) == kind
    assert content.is_text(body) == (kind not in {"pdf", "jpeg", "gif", "png", "zip", "other"} and body != b"")


@pytest.mark.parametrize(
    ("body", "name", "guessed"),
    [
        (b"plain", "ascii", False),
        (b'<?xml version="1.0" encoding="UTF-8"?><a/>', "ascii", False),
        ("caf\u00e9".encode(), "utf-8", False),
        (b"\xef\xbb\xbfx", "utf-8", False),
        (b"caf\xe9", "cp1252", True),
        (b"\x93quoted\x94", "cp1252", True),
        (b"\x81\xe9", "latin-1", True),
        (b'<?xml version="1.0" encoding="ISO-8859-1"?><a>\xe9</a>', "latin-1", False),
        (b"<?xml version='1.0' encoding='windows-1252'?><a>\x93</a>", "cp1252", False),
        (b'<?xml version="1.0" encoding="UTF-8"?><a>\xe9</a>', "cp1252", True),
        (b'<?xml version="1.0" encoding="ASCII"?><a>\xc3\xa9</a>', "utf-8", False),
        (b'<?xml version="1.0" encoding="hex"?><a>\xe9</a>', "cp1252", True),
        (b'<?xml version="1.0" encoding="unicode_escape"?><a>\xe9</a>', "cp1252", True),
        (b'<?xml version="1.0" encoding="no-such"?><a>\xe9</a>', "cp1252", True),
    ],
)
def test_encoding(body: bytes, name: str, guessed: bool) -> None:
    assert content.encoding(body) == (name, guessed)
    assert content.decode(body, name).encode(name) == body


@pytest.mark.parametrize(
    "body",
    [
        uuencoded(b"\xff\xd8\xff" + bytes(100)),
        b"\n" + uuencoded(b"\xff\xd8\xff" + bytes(100)).replace(b"\n", b"\r\n"),
        b"begin 644 image_001\nM\n`\nend\n",
        b"begin 644 empty\n`\nend\n",
        b"begin 0644 a b.zip\n$4$L#!`\n \nend\n",
    ],
)
def test_uuencoded(body: bytes) -> None:
    assert uuencode.is_uuencoded(body)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"begin 644\nM\n",
        b"begin 644 x",
        b"begin 644 the work\nand not the play of it\n",
        b"x begin 644 a\nM\n",
        b"begin 644 x\nn!!!\n",
        b"begin 644 x\n#abcd\n",
        b"begin 644 x\n#ABCDEF\n",
    ],
)
def test_not_uuencoded(body: bytes) -> None:
    assert not uuencode.is_uuencoded(body)


@pytest.mark.parametrize(
    ("decoded", "kind"),
    [(b"%PDF-1.4\n" + bytes(90), "pdf"), (b"GIF89a", "gif"), (b"PK\x03\x04", "zip"), (b"words", "text")],
)
def test_describe_looks_behind_the_uuencode(decoded: bytes, kind: str) -> None:
    body = uuencoded(decoded)
    columns, issues = content.describe(document(body))
    assert columns["is_uuencoded"] is True
    assert columns["kind"] == kind
    assert columns["encoding"] is None
    assert columns["sha256"] == hashlib.sha256(body).hexdigest()
    assert columns["content_length"] == columns["byte_length"] == len(body)
    assert issues == []


def test_first_line_with_padding_bits_cut_blanks_and_a_doubled_dot() -> None:
    # n = 4: the last group has padding bits set, which binascii refuses.
    with pytest.raises(binascii.Error):
        binascii.a2b_uu(b"$4$L#!/__\n")
    assert content.describe(document(b"begin 644 a.zip\n$4$L#!/__\nend\n"))[0]["kind"] == "zip"
    # 14 bytes: the length character is a dot, doubled in mailing.
    line = binascii.b2a_uu(b"GIF89a" + b"\1" * 8)
    assert line.startswith(b".")
    assert content.describe(document(b"begin 644 a.gif\n." + line + b"end\n"))[0]["kind"] == "gif"
    # Zero bytes at the end are blanks, and cut.
    assert content.describe(document(b"begin 644 a.jpg\nM_]C_\nend\n"))[0]["kind"] == "jpeg"


def test_describe_tells_of_a_guess() -> None:
    columns, issues = content.describe(document(b"caf\xe9", position=3))
    assert columns["encoding"] == "cp1252"
    assert [(issue.code, issue.document_position) for issue in issues] == [("encoding_guessed", 3)]


@pytest.mark.parametrize(
    ("sequences", "position"),
    [
        ([], None),
        (["1", "2"], 1),
        (["2", "1"], 2),
        (["3", "01"], 2),
        ([None, None], 1),
        (["2", "3"], 1),
        (["2", "1", "1"], 2),
        (["x", None], 1),
    ],
)
def test_main_position(sequences: list[str | None], position: int | None) -> None:
    assert content.main_position([document(b"", at, one) for at, one in enumerate(sequences, 1)]) == position
