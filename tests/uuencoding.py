"""Uuencode by its definition, one character at a time: another reading, and a writer, to hold the decoder against."""

from __future__ import annotations

import re
from collections.abc import Callable

_LINE_END = re.compile(rb"\r\n|\n|\r")


def decode(block: bytes) -> bytes:
    """The bytes of a block from its `begin` line to its `end` line, by arithmetic on six bits at a time (edgar.md B.10)."""
    lines = _LINE_END.split(block)
    assert re.fullmatch(rb"begin [0-7]{3,4} .+", lines[0])
    decoded = bytearray()
    for line in lines[1 : lines.index(b"end")]:
        if line.strip(b" `") == b"":
            continue
        count = line[0] - 32
        assert 1 <= count <= 45, line
        needed = (count + 2) // 3 * 4
        line = line.rstrip(b" ")
        if len(line) == needed + 2 and line.startswith(b".."):
            line = line[1:]
        assert len(line) <= needed + 1, line
        bits = "".join(f"{0 if code == 96 else code - 32:06b}" for code in line[1:]).ljust(needed * 6, "0")
        decoded += bytes(int(bits[at : at + 8], 2) for at in range(0, count * 8, 8))
    return bytes(decoded)


def lines_of(data: bytes, *, bits: Callable[[int], int], is_backtick: Callable[[], bool], is_cut: bool) -> list[bytes]:
    """The lines of data for these bytes.

    `bits(n)` gives a number below n for what stands behind the last byte, `is_backtick()` says how the next zero is
    written, `is_cut` whether blanks at the ends of lines are left out.
    """
    lines = []
    for at in range(0, len(data), 45):
        piece = data[at : at + 45]
        missing = -len(piece) % 3
        number = int.from_bytes(piece, "big") << 8 * missing | bits(1 << 8 * missing)
        width = (len(piece) + missing) // 3 * 4
        codes = [number >> 6 * place & 63 for place in reversed(range(width))]
        line = bytes([32 + len(piece)]) + bytes(code + 32 if code or not is_backtick() else 96 for code in codes)
        lines.append(line.rstrip(b" ") if is_cut else line)
    return lines


def encode(data: bytes, name: bytes = b"a.bin") -> bytes:
    """The plainest block for these bytes, as EDGAR writes it: blanks, and those at the ends of lines cut."""
    lines = lines_of(data, bits=lambda _: 0, is_backtick=lambda: False, is_cut=True)
    return b"\n".join([b"begin 644 " + name, *lines, b"", b"end", b""])
