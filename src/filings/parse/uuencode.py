"""Decoding uuencode as it stands in EDGAR's files (edgar.md B.10).

A uuencoded content is a line ``begin 644 NAME``, lines of data, each with its number of bytes first, and a line ``end``.
Blanks at the ends of lines were cut; zero is the blank or the backtick; what a line holds beyond its bytes means nothing;
blank lines mean nothing; a dot at the start of a line may have been doubled in mailing. The name is never used.
"""

from __future__ import annotations

import re
from binascii import Error, a2b_uu
from collections.abc import Iterator

from filings.large import Bytes, pieces
from filings.parse.lines import each_line, line_after, next_text
from filings.schema.codes import Issue

LARGEST = 2 << 30
"""Bytes that are decoded at most (edgar.md I)."""

_FULL = 45
"""Bytes of a full line of data; a larger number is no uuencode."""
_LONGEST = 100
"""Characters of a line that are looked at; 61 are needed."""
_AT_ONCE = 1 << 12
"""Bytes of the content for one step; only the last of a content, as a rule, holds other lines than full ones."""
_FARTHEST_BEGIN = 4096

_BEGIN = re.compile(rb"\s*begin [0-7]{3,4} [^\r\n]+(?:\r\n|\n|\r)")
_EMPTY_LINES = re.compile(rb"(?:[ \t`]*+[\r\n])*+")
_ZEROS = b" `"
_DOT_LINE = 21
"""Characters of a line of 14 bytes, the only one that begins with a dot."""
_DOUBLED_DOT = re.compile(rb"\.\.[ -`]{20}(?=[\r\n])")
"""Such a line with its dot doubled: one character longer than it can be."""


def is_uuencoded(content: Bytes) -> bool:
    """The content begins with a uuencode ``begin`` line; data, ``end`` or nothing follows it."""
    return _data_start(content) is not None


def has_doubled_dot(content: Bytes) -> bool:
    """A line of this uuencoded content proves that dots at the start of lines were doubled in mailing."""
    before = b""
    for piece in pieces(content):
        text = before + piece
        if any(text[found.start() - 1 : found.start()] in (b"\n", b"\r") for found in _DOUBLED_DOT.finditer(text)):
            return True
        before = text[-_DOT_LINE - 3 :]  # a line that the piece cuts, with the line end before it
    return False


def decode(content: Bytes, *, dots_doubled: bool = False) -> bytes:
    """The bytes that a uuencoded content stands for, as far as they can be decoded; see `Decoder`."""
    return b"".join(Decoder(content, dots_doubled=dots_doubled))


class Decoder:
    """Decodes a uuencoded content piece by piece; iterate once. Never raises on its lines, linear in their number.

    `dots_doubled` says that the submission proves the doubling of dots, so that a line with blanks cut, whose own length
    proves nothing, loses one too. After the iteration `length` is the number of bytes given, `is_too_large` says that
    the decoding stopped since there are more than `LARGEST`, and `issues()` what is wrong. Raises ValueError for a
    content that is not uuencoded.
    """

    def __init__(self, content: Bytes, *, dots_doubled: bool = False) -> None:
        start = _data_start(content)
        if start is None:
            raise ValueError("the content is not uuencoded")
        self.length = 0
        self.is_too_large = False
        self._content = content
        self._start = start
        self._dots_doubled = dots_doubled
        self._is_ended = False
        self._said: list[str] = []
        self._damage: _Place | None = None
        self._doubled: _Place | None = None
        self._bad_lines = 0

    def __iter__(self) -> Iterator[bytes]:
        """The decoded bytes, in pieces of at most 92,160 bytes (a lone ``M`` is 45 bytes of zero)."""
        content, at = self._content, self._start
        while at < len(content) and not self._is_ended:
            stop = _step(content, at)
            piece = _full_lines(content[at:stop])
            if piece is None:
                piece = b"".join(self._lines(at, stop))
            if self.length + len(piece) > LARGEST:
                self.is_too_large = True
                return
            self.length += len(piece)
            yield piece
            at = stop
        if not self._is_ended:
            self._damaged(len(content), len(content), "The end line is missing.")

    def issues(self, document_position: int) -> list[Issue]:
        """What is wrong, with places in the content: ``uuencode_damaged`` and ``dot_doubled``, each once."""
        found = []
        if self._damage:
            bad = [f"Lines that are no uuencode: {self._bad_lines}."] if self._bad_lines else []
            found.append(_issue("uuencode_damaged", document_position, self._damage, " ".join([*bad, *self._said])))
        if self._doubled:
            detail = "A line of uuencode; the first dot was dropped before it was decoded."
            found.append(_issue("dot_doubled", document_position, self._doubled, detail))
        return found

    def _lines(self, at: int, stop: int) -> Iterator[bytes]:
        """The bytes of the lines between `at` and `stop`, up to the end line, each read by itself."""
        content = self._content
        for start, after in each_line(content, at, stop):
            line = content[start : min(after, start + _LONGEST)].rstrip(b"\r\n")
            end = start + len(line)
            if line.rstrip() == b"end":
                self._end(after)
                return
            if not line.strip(_ZEROS):
                continue
            if line.startswith(b"..") and (self._dots_doubled or len(line) == _DOT_LINE + 1):
                line = line[1:]
                self._doubled = self._doubled or (start, end)
            is_cut = end == after == len(content)
            decoded, is_good = _line(line, is_cut=is_cut)
            if not is_good:
                self._bad_lines += 1
                self._damaged(start, end)
            if decoded is not None:
                yield decoded

    def _end(self, at: int) -> None:
        self._is_ended = True
        rest = next_text(self._content, at)
        if rest < len(self._content):
            self._damaged(rest, len(self._content), f"{len(self._content) - rest} bytes stand behind the end line.")

    def _damaged(self, start: int, end: int, what: str | None = None) -> None:
        self._damage = self._damage or (start, end)
        if what:
            self._said.append(what)


_Place = tuple[int, int]


def _issue(code: str, document_position: int, place: _Place, detail: str) -> Issue:
    start, end = place
    return Issue(code, document_position=document_position, start=start, end=end, detail=detail)


def _data_start(content: Bytes) -> int | None:
    """Where the first line that is not blank begins behind ``begin``; None where this is no uuencode."""
    found = _BEGIN.match(content[:_FARTHEST_BEGIN])
    if found is None:
        return None
    start = found.end()
    while (blank := _EMPTY_LINES.match(content[start : start + _AT_ONCE])) and blank.end():
        start += blank.end()
    line = content[start : min(line_after(content, start), start + _LONGEST)]
    first = line.rstrip(b"\r\n")
    is_data = (
        not first.strip(_ZEROS) or first.rstrip() == b"end" or _line(_undoubled(first), is_cut=False)[0] is not None
    )
    return start if is_data else None


def _undoubled(line: bytes) -> bytes:
    return line[1:] if line.startswith(b"..") and len(line) == _DOT_LINE + 1 else line


def _step(content: Bytes, at: int) -> int:
    """Where the step that begins at `at` stops: behind a line end, so that it holds whole lines."""
    low, high = at, at + _AT_ONCE
    if high >= len(content):
        return len(content)
    found = content.rfind(b"\n", low, high) + 1 or content.rfind(b"\r", low, high) + 1
    return found or line_after(content, high)


def _full_lines(lines: bytes) -> bytes | None:
    """The bytes of lines that all are full ones, decoded by `binascii`, which is exact for these; None for others."""
    if b"\r" in lines:
        lines = lines.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    each = lines.split(b"\n")
    if each.pop() or not lines.startswith(b"M") or lines.count(b"\nM") != len(each) - 1:
        return None
    try:
        return b"".join(map(a2b_uu, each))
    except Error:
        return None


def _line(line: bytes, *, is_cut: bool) -> tuple[bytes | None, bool]:
    """The bytes of one line of data, which is not empty, and whether all of it is uuencode; None where none of it is.

    `binascii` refuses what stands behind the last byte, so it gets whole groups of three bytes. Of a line that the end
    of the file cuts nothing is filled up with zeros: what is missing there were no blanks.
    """
    count = (line[0] - 32) & 63
    if not 32 <= line[0] <= 96 or count > _FULL:
        return None, False
    groups = -(-count // 3)
    codes, more = line[1 : 1 + 4 * groups], line[1 + 4 * groups :].strip(_ZEROS)
    if len(more) > 1:
        return None, False
    if is_cut:
        count = min(count, len(codes) * 6 // 8)
    try:
        return a2b_uu(bytes((32 + 3 * groups,)) + codes)[:count], not more
    except Error:
        return None, False
