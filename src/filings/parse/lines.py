"""Lines of raw bytes: terminators are CRLF, LF and CR, mixed as they come (edgar.md B.7).

Never ``splitlines()`` on text, which also splits at form feeds and other characters that stand inside lines.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from filings.large import Bytes, Large

BLANKS = b" \t"
"""What is trimmed from a line before it is compared with a mark."""

_END = re.compile(rb"\r\n|\n|\r")
_BLANK = re.compile(rb"\s*")
_LF, _CR = 10, 13
_SHORT, _LONG = 1 << 10, 1 << 18
"""Bytes that are looked at, first and at most, for the end of a line of a `Large`."""


def line_after(raw: Bytes, at: int, end: int | None = None) -> int:
    """The start of the line after the one that holds byte `at`: behind its terminator, or `end` where it has none."""
    end = len(raw) if end is None else end
    if isinstance(raw, Large):
        return _line_after(raw, at, end)
    found = _END.search(raw, at, end)
    return found.end() if found else end


def _line_after(raw: Large, at: int, end: int) -> int:
    size = _SHORT
    while at < end:
        window = raw[at : min(end, at + size)]
        found = _END.search(window)
        at += found.end() if found else len(window)
        if found:
            is_cut = found.end() == len(window) and window[-1] == _CR and at < end
            return at + 1 if is_cut and raw[at] == _LF else at
        size = min(2 * size, _LONG)
    return end


def line_start(raw: Bytes, at: int) -> int | None:
    """The start of the line whose first byte other than a blank is at `at`; None where something stands before it."""
    while at and raw[at - 1] in BLANKS:
        at -= 1
    return at if at == 0 or raw[at - 1] in (_LF, _CR) else None


def blank_end(raw: Bytes, at: int) -> int | None:
    """The start of the next line if nothing but blanks stands from `at` to the end of this one; otherwise None."""
    length = len(raw)
    while at < length and raw[at] in BLANKS:
        at += 1
    if at == length or raw[at] == _LF:
        return min(at + 1, length)
    if raw[at] == _CR:
        return at + 2 if raw[at + 1 : at + 2] == b"\n" else at + 1
    return None


def whole_line(raw: Bytes, at: int, tag: bytes) -> tuple[int, int] | None:
    """Start and end (with terminator) of the line that is just `tag`, which stands at `at`; None where it is more."""
    start = line_start(raw, at)
    end = blank_end(raw, at + len(tag)) if start is not None else None
    return None if start is None or end is None else (start, end)


def find_line(raw: Bytes, tag: bytes, start: int, end: int) -> tuple[int, int] | None:
    """The first line between `start` and `end` that is just `tag`, as (start, end)."""
    at = raw.find(tag, start, end)
    while at >= 0:
        if line := whole_line(raw, at, tag):
            return line
        at = raw.find(tag, at + len(tag), end)
    return None


def find_last_line(raw: Bytes, tag: bytes, start: int, end: int) -> tuple[int, int] | None:
    """The last line between `start` and `end` that is just `tag`, as (start, end)."""
    at = raw.rfind(tag, start, end)
    while at >= 0:
        if line := whole_line(raw, at, tag):
            return line
        at = raw.rfind(tag, start, at)
    return None


def next_text(raw: Bytes, at: int, end: int | None = None) -> int:
    """The first byte from `at` on that is no blank and no line end; `end` where there is none."""
    end = len(raw) if end is None else end
    if isinstance(raw, Large):
        while at < end:
            window = raw[at : min(end, at + _SHORT)]
            if rest := window.lstrip():
                return at + len(window) - len(rest)
            at += len(window)
        return end
    found = _BLANK.match(raw, at, end)
    return found.end() if found else end


def is_blank(raw: Bytes, start: int, end: int) -> bool:
    """Nothing but blanks and line ends stands between `start` and `end`."""
    return next_text(raw, start, end) >= end


def each_line(raw: Bytes, start: int, end: int) -> Iterator[tuple[int, int]]:
    """The lines between `start` and `end` as (start, end), each with its terminator."""
    while start < end:
        after = line_after(raw, start, end)
        yield start, after
        start = after
