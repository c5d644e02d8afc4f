"""The PEM wrapper of 1993 to 2011: dash escapes and lines wrapped at 1,023 bytes (edgar.md B.1).

EDGAR wrapped first and escaped after, so the escapes are undone first. A natural line of exactly 1,023 bytes cannot be
told from a wrapped one: it is joined too, and the joins are counted.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import overload

from filings.large import Bytes, Large, gathered
from filings.parse.lines import each_line, line_after

BEGIN = b"-----BEGIN PRIVACY-ENHANCED MESSAGE-----"
END = b"-----END PRIVACY-ENHANCED MESSAGE-----"
WIDTH = 1023
"""Bytes of a wrapped line, without its terminator and without a dash escape."""

_HEAD_LINE = re.compile(rb"[A-Za-z][A-Za-z-]*:|[ \t]+\S")
_ESCAPE = b"- "
_CHUNK = 4 << 20


def head_end(raw: Bytes, start: int, end: int) -> int:
    """Where the PEM head ends: the BEGIN line at `start`, its fields with their continuations, one blank line."""
    for number, (at, after) in enumerate(each_line(raw, start, end)):
        if number == 0 or _HEAD_LINE.match(raw[at : min(after, at + WIDTH)]):
            continue
        return after if raw[at:after].isspace() else at
    return end


def is_continuation(raw: Bytes, start: int) -> bool:
    """The line at `start` continues a line of 1,023 bytes."""
    end = start
    if end and raw[end - 1] == 10:
        end -= 1
        if end and raw[end - 1] == 13:
            end -= 1
    elif end:
        end -= 1
    low = max(0, end - WIDTH - len(_ESCAPE) - 1)
    before = max(raw.rfind(b"\n", low, end), raw.rfind(b"\r", low, end))
    if before < 0 and low:
        return False  # longer than any wrapped line
    begin = before + 1
    escape = len(_ESCAPE) if raw.startswith(b"- -", begin) else 0
    return end - begin - escape == WIDTH


@overload
def undo(text: bytes) -> tuple[bytes, int]: ...
@overload
def undo(text: Bytes) -> tuple[Bytes, int]: ...
def undo(text: Bytes) -> tuple[Bytes, int]:
    """The text without dash escapes, its wrapped lines joined, and how many joins there were."""
    if isinstance(text, bytes):
        return _undo(text, is_last=True)
    joins = 0

    def undone(large: Large) -> Iterator[bytes]:
        nonlocal joins
        for chunk, is_lines, is_last in _chunks(large):
            if is_lines:
                chunk, joined = _undo(chunk, is_last=is_last)
                joins += joined
            yield chunk

    return gathered(undone(text), text.folder), joins


def _chunks(text: Large) -> Iterator[tuple[bytes, bool, bool]]:
    """The text in pieces: whole lines, or a part of a line too long to be wrapped; whether it is lines, and the last."""
    at, length = 0, len(text)
    is_start = True  # a line begins at `at`
    while at < length:
        chunk = text[at : at + _CHUNK]
        is_last = at + len(chunk) == length
        if is_start:
            end = len(chunk) if is_last else max(chunk.rfind(b"\n"), chunk.rfind(b"\r", 0, -1)) + 1
        else:
            end = line_after(chunk, 0)
            is_start = end < len(chunk) or chunk.endswith(b"\n")
            yield chunk[:end], False, is_last and end == len(chunk)
            at += end
            continue
        if end == 0:
            yield chunk, False, is_last
            is_start, end = False, len(chunk)
        else:
            yield chunk[:end], True, is_last
        at += end


def _undo(text: bytes, *, is_last: bool) -> tuple[bytes, int]:
    """The same of whole lines; `is_last`: nothing follows them."""
    if text.startswith(b"- -"):
        text = text[len(_ESCAPE) :]
    # Two searches rather than one regular expression: each runs at the speed of bytes.replace.
    text = text.replace(b"\n- -", b"\n-").replace(b"\r- -", b"\r-")
    cuts = (_cuts if b"\r" not in text else _cuts_of_any_line_end)(text, len(text) + (not is_last))
    if not cuts:
        return text, 0
    pieces = []
    at = 0
    for end, after in cuts:
        pieces.append(text[at:end])
        at = after
    pieces.append(text[at:])
    return b"".join(pieces), len(cuts)


def _cuts(text: bytes, stop: int) -> list[tuple[int, int]]:
    """Terminators (start, end) of the lines of 1,023 bytes that end before `stop`, where all line ends are LF.

    Leaps by the last line end within 1,024 bytes: no line that begins between two leaps can be long enough.
    """
    found = []
    start, length = 0, len(text)
    while start < length:
        end = text.rfind(b"\n", start, start + WIDTH + 1)
        if end < 0:
            end = text.find(b"\n", start + WIDTH + 1)
            if end < 0:
                break
        elif end == start + WIDTH and end + 1 < stop and text.find(b"\n", start, end) < 0:
            found.append((end, end + 1))
        start = end + 1
    return found


def _cuts_of_any_line_end(text: bytes, stop: int) -> list[tuple[int, int]]:
    found = []
    for start, after in each_line(text, 0, len(text)):
        end = start + len(text[start:after].rstrip(b"\r\n"))
        if end - start == WIDTH and end < after < stop:
            found.append((end, after))
    return found
