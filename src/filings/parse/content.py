"""What the content of a document is: kind by first bytes, encoding, what its uuencode stands for (edgar.md B.9–11)."""

from __future__ import annotations

import hashlib
import re
from codecs import getincrementaldecoder, lookup
from collections.abc import Sequence

from filings.large import Bytes, hash_of, is_ascii, pieces
from filings.parse import dots, uuencode
from filings.parse.lines import next_text
from filings.parse.submission import Document
from filings.schema.codes import Issue

_HEAD = 4096
"""Bytes that are looked at to tell the kind of a text."""
_TAIL = 1024
"""Bytes at the end among which the end tag of an XML document without a declaration stands."""

_MAGIC = (
    (b"%PDF-", "pdf"),
    (b"\xff\xd8\xff", "jpeg"),
    (b"GIF8", "gif"),
    (b"\x89PNG\r\n\x1a\n", "png"),
    (b"PK\x03\x04", "zip"),
    (b"PK\x05\x06", "zip"),
    (b"\x1f\x8b", "other"),
)
_BINARY = frozenset(("pdf", "jpeg", "gif", "png", "zip", "other"))
_BOM = b"\xef\xbb\xbf"
_PRINTABLE = bytes(range(32, 256)) + b"\t\n\x0b\x0c\r\x1a\x1b"
_CONTROLS_AT_MOST = 0.1
"""Share of control characters above which bytes are no text; a stray one occurs in old text."""

_PROLOG = re.compile(rb"\s*(?:<\?[^>]*>|<!--.*?-->|<!DOCTYPE[^>\[]*(?:\[[^\]]*\]\s*)?>)", re.DOTALL | re.IGNORECASE)
_ELEMENT = re.compile(rb"\s*<((?:[\w.-]+:)?[A-Za-z_][\w.-]*)([^<>]*)>")
_HTML_PAGE = re.compile(rb"<(?:!doctype\s+)?html[\s>]", re.IGNORECASE)
_HTML_ELEMENTS = frozenset(
    b"html head body title meta link script style div p br font center b i u a h1 h2 h3 h4 h5 h6 hr img span "
    b"pre".split()
)
_HTML_CELL = re.compile(rb"<t[rdh][\s>]", re.IGNORECASE)
_JSON = re.compile(rb'(?:\{\s*(?:"|\}\s*$)|\[\s*(?:[{"\[]|\]\s*$))')
_COMMENT = re.compile(rb"\s*(?:/\*.*?(?:\*/|$)|//[^\r\n]*)", re.DOTALL)
_JAVASCRIPT = re.compile(
    rb"\s*(?:function\b|var\s|let\s|const\s|\(function\b|[\"']use strict|[\w.$]+\s*=\s*function\b|if\s*\()"
)
_CSS = re.compile(rb"\s*(?:@(?:import|charset|media|font-face)\b|[^{};<]{1,300}\{\s*(?:[a-z-]+\s*:|\}|/\*))")
_DECLARED = re.compile(rb"\s*<\?xml\s[^>]*?\bencoding\s*=\s*[\"']([A-Za-z][\w.-]{0,39})[\"']")
_CODES = {"iso8859-1": "latin-1"}
_CHARSET = re.compile(r"ascii|utf-8|cp125\d|iso8859-\d+|koi8-r|shift_jis|euc_jp|gb2312|gbk|gb18030|big5|euc_kr")


def kind(content: Bytes) -> str:
    """The kind of a content by its first bytes; of a uuencoded document give the decoded ones.

    One of html, xml, text, pdf, jpeg, gif, png, zip, json, css, javascript, other. An XHTML page is html also behind an
    XML declaration. Decided on the first 4 KiB and the last 1 KiB (tables.md 6.1).
    """
    head = content[:_HEAD]
    for magic, name in _MAGIC:
        if head.startswith(magic):
            return name
    if _is_binary(head):
        return "other"
    head = head.removeprefix(_BOM).lstrip()
    if head.startswith(b"<"):
        return _markup(head, content[-_TAIL:])
    if _HTML_PAGE.search(head, 0, 1024):
        return "html"
    if _JSON.match(head):
        return "json"
    return _script(head)


def is_text(content: Bytes) -> bool:
    """Text of some kind: not empty, no archive, no binary (tables.md 7, `not_text`)."""
    return next_text(content, 0) < len(content) and kind(content) not in _BINARY


def _is_binary(head: bytes) -> bool:
    return b"\0" in head or len(head.translate(None, _PRINTABLE)) > _CONTROLS_AT_MOST * len(head)


def _markup(head: bytes, tail: bytes) -> str:
    at = 0
    while found := _PROLOG.match(head, at):
        at = found.end()
    element = _ELEMENT.match(head, at)
    name = element[1] if element else b""
    if name.lower() == b"page":
        return "text"
    if name.lower() == b"table":
        return "html" if _HTML_CELL.search(head) else "text"
    if name.lower() in _HTML_ELEMENTS or _HTML_PAGE.search(head, 0, 1024):
        return "html"
    if head.startswith(b"<?xml") or (element and b"xmlns" in element[2]):
        return "xml"
    # A tag line of the ASCII filings (<PAGE>, <S>, <ARTICLE>) is never closed (edgar.md B.12).
    return "xml" if name and b"</" + name + b">" in tail else "text"


def _script(head: bytes) -> str:
    at = 0
    while found := _COMMENT.match(head, at):
        at = found.end()
    if not _is_code(head, at):
        return "text"
    if _JAVASCRIPT.match(head, at):
        return "javascript"
    return "css" if _CSS.match(head, at) else "javascript" if head.startswith(b"//") else "text"


def _is_code(head: bytes, at: int) -> bool:
    return b"{" in head[at:] and (b"}" in head[at:] or b";" in head[at:])


def encoding(content: Bytes) -> tuple[str | None, bool]:
    """The encoding of a text, and whether it was guessed (issue ``encoding_guessed``); by edgar.md B.11.

    ASCII; what an XML declaration says, if all bytes fit it; UTF-8; cp1252; Latin-1. ISO-8859-1 is called latin-1.
    """
    if is_ascii(content):
        return "ascii", False
    if (declared := _declared(content[:_HEAD])) and _fits(content, declared):
        return declared, False
    if _fits(content, "utf-8"):
        return "utf-8", False
    return ("cp1252" if _fits(content, "cp1252") else "latin-1"), True


def _declared(head: bytes) -> str | None:
    found = _DECLARED.match(head.removeprefix(_BOM), 0, 1024)
    if not found:
        return None
    try:
        name = lookup(found[1].decode("ascii")).name
    except (LookupError, UnicodeError):
        return None
    return _CODES.get(name, name) if _CHARSET.fullmatch(name) else None


def _fits(content: Bytes, encoding: str) -> bool:
    decoder = getincrementaldecoder(encoding)()
    try:
        for piece in pieces(content):
            decoder.decode(piece)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def decode(content: bytes, encoding: str) -> str:
    """The text of a content in the encoding that `encoding()` gave; never with replacements."""
    return content.decode(encoding)


def main_position(documents: Sequence[Document]) -> int | None:
    """The position of the main document by edgar.md B.9.

    SEQUENCE 1; of several the first in the file; where none states it, the first of all. None without documents.
    """
    for document in documents:
        if (document.sequence or "").lstrip("0") == "1":
            return document.position
    return documents[0].position if documents else None


def describe(document: Document, *, dots_doubled: bool = False) -> tuple[dict[str, object], list[Issue]]:
    """The Computed columns of table `document` (tables.md 6.1), and what was seen on the way.

    `dots_doubled`: the submission proves that dots at the start of lines were doubled (`dots.are_doubled`). A uuencoded
    document has no `decoded_length` where it stands for more than `uuencode.LARGEST` bytes.
    """
    content, position = document.content, document.position
    columns: dict[str, object] = {
        "byte_offset": document.start,
        "byte_length": document.length,
        "content_length": len(content),
        "sha256": hash_of(content),
        "joined_lines": document.joined_lines,
        "inner_wrapper": document.inner_wrapper,
        "kind": "other",
        "encoding": None,
        "is_uuencoded": uuencode.is_uuencoded(content),
        "decoded_length": None,
        "decoded_sha256": None,
        "is_cut_off": document.is_cut_off,
    }
    if columns["is_uuencoded"]:
        return columns, _describe_decoded(uuencode.Decoder(content, dots_doubled=dots_doubled), position, columns)
    columns["kind"] = found = kind(content)
    if found in _BINARY:
        return columns, []
    columns["encoding"], is_guessed = encoding(content)
    issues = dots.issues(content, position, dots_doubled=dots_doubled)
    if is_guessed:
        detail = f"Read as {columns['encoding']}."
        issues.append(Issue("encoding_guessed", document_position=position, detail=detail))
    return columns, issues


def _describe_decoded(decoder: uuencode.Decoder, position: int, columns: dict[str, object]) -> list[Issue]:
    """Hash and kind of what a uuencode stands for, which is never held as a whole."""
    digest = hashlib.sha256()
    head = tail = b""
    for piece in decoder:
        digest.update(piece)
        if len(head) < _HEAD:
            head += piece[: _HEAD - len(head)]
        tail = (tail + piece)[-_TAIL:] if len(piece) < _TAIL else piece[-_TAIL:]
    if not decoder.is_too_large:
        columns["decoded_length"], columns["decoded_sha256"] = decoder.length, digest.hexdigest()
    columns["kind"] = kind(head if decoder.length <= _HEAD else head + tail)
    return decoder.issues(position)
