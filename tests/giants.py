"""Submissions of hundreds of megabytes, written piece by piece, with what their documents must give back."""

from __future__ import annotations

import binascii
import hashlib
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from filings.parse.pem import BEGIN, END
from hostile import header

MB = 1 << 20
ACCESSION = "0009990072-24-000001"


@dataclass(slots=True)
class Giant:
    """A file, and what of it is known: its length, its documents, and the hash of what document 1 gives."""

    length: int = 0
    documents: int = 0
    first: str = ""
    kind: str = "text"
    issues: set[str] = field(default_factory=set)


def _words(seed: int) -> Iterator[bytes]:
    """Lines of text without end, such as compress as text does."""
    draw = random.Random(seed)
    vocabulary = [draw.randbytes(draw.randint(1, 5)).hex().encode() for _ in range(5000)]
    while True:
        yield b" ".join(draw.choices(vocabulary, k=12)) + b"\n"


def _block(length: int, seed: int) -> bytes:
    held, lines = bytearray(), _words(seed)
    while len(held) < length:
        held += next(lines)
    return bytes(held)


def _opening(count: int) -> bytes:
    name = ACCESSION.encode()
    return b"<SEC-DOCUMENT>%b.txt : 20240105\n<SEC-HEADER>%b.hdr.sgml : 20240105\n%b</SEC-HEADER>\n" % (
        name,
        name,
        header(ACCESSION, count=count),
    )


def _head(number: int, filename: bytes) -> bytes:
    return b"<DOCUMENT>\n<TYPE>EX-99\n<SEQUENCE>%d\n<FILENAME>%b\n<TEXT>\n" % (number, filename)


_FOOT = b"</TEXT>\n</DOCUMENT>\n"
_CLOSING = b"</SEC-DOCUMENT>\n"


def one_text(place: Path, length: int) -> Giant:
    """One huge document of text."""
    block = _block(4 * MB, 1)
    digest, found = hashlib.sha256(), Giant(documents=1)
    with place.open("wb") as file:
        file.write(_opening(1) + _head(1, b"a.txt"))
        for number in range(length // len(block)):
            piece = b"part %d\n" % number + block
            digest.update(piece)
            file.write(piece)
        file.write(_FOOT + _CLOSING)
        found.length = file.tell()
    found.first = digest.hexdigest()
    return found


def one_uuencode(place: Path, length: int) -> Giant:
    """One huge uuencoded document as EDGAR writes it: blanks at the ends of lines cut, and a last line that is short."""
    draw = random.Random(2)
    digest, found = hashlib.sha256(b"%PDF-1.4"), Giant(documents=1, kind="pdf")
    raw = [draw.randbytes(45 * 20_000) for _ in range(4)]
    raw[1] = raw[1][: 45 * 10_000] + bytes(45 * 10_000)  # lone lines of M
    blocks = [
        b"".join(binascii.b2a_uu(one[at : at + 45]).rstrip() + b"\n" for at in range(0, len(one), 45)) for one in raw
    ]
    start = b"%PDF-1.4" + b"x" * 37
    digest = hashlib.sha256(start)
    with place.open("wb") as file:
        file.write(
            _opening(1) + _head(1, b"a.pdf") + b"<PDF>\nbegin 644 a.pdf\n" + binascii.b2a_uu(start).rstrip() + b"\n"
        )
        number = 0
        while file.tell() < length:
            digest.update(raw[number % 4])
            file.write(blocks[number % 4])
            number += 1
        digest.update(b"end.")
        file.write(binascii.b2a_uu(b"end.").rstrip() + b"\n`\nend\n</PDF>\n" + _FOOT + _CLOSING)
        found.length = file.tell()
    found.first = digest.hexdigest()
    return found


def many_documents(place: Path, length: int) -> Giant:
    """Documents of 100 kB, one behind the other."""
    block = _block(100_000, 3)
    count = length // len(block)
    found = Giant(documents=count)
    with place.open("wb") as file:
        file.write(_opening(count))
        for number in range(1, count + 1):
            file.write(_head(number, b"a%d.txt" % number))
            piece = b"document %d\n" % number + block
            if number == 1:
                found.first = hashlib.sha256(piece).hexdigest()
            file.write(piece + _FOOT)
        file.write(_CLOSING)
        found.length = file.tell()
    return found


def in_pem(place: Path, length: int) -> Giant:
    """A text in the PEM wrapper: lines that began with a dash are escaped, those of more than 1,023 bytes are wrapped."""
    block = _block(MB, 4)
    plain = b"-- a rule of dashes\n" + b"y" * 1023 + b"z" * 500 + b"\n" + block
    wrapped = b"- -- a rule of dashes\n" + b"y" * 1023 + b"\n" + b"z" * 500 + b"\n" + block
    digest, found = hashlib.sha256(), Giant(documents=1)
    with place.open("wb") as file:
        file.write(BEGIN + b"\nProc-Type: 2001,MIC-CLEAR\nOriginator-Name: a@b\n\n" + _opening(1) + _head(1, b"a.txt"))
        for _ in range(length // len(wrapped)):
            digest.update(plain)
            file.write(wrapped)
        file.write(_FOOT + _CLOSING + END + b"\n")
        found.length = file.tell()
    found.first = digest.hexdigest()
    return found


def in_returns(place: Path, length: int) -> Giant:
    """A text whose line ends are a bare CR each: to a reader by LF it is one line."""
    block = _block(4 * MB, 5).replace(b"\n", b"\r")
    digest, found = hashlib.sha256(), Giant(documents=1)
    with place.open("wb") as file:
        file.write((_opening(1) + _head(1, b"a.txt")).replace(b"\n", b"\r"))
        for _ in range(length // len(block)):
            digest.update(block)
            file.write(block)
        file.write((_FOOT + _CLOSING).replace(b"\n", b"\r"))
        found.length = file.tell()
    found.first = digest.hexdigest()
    return found


def in_one_line(place: Path, length: int) -> Giant:
    """A text without any line end."""
    digest, found = hashlib.sha256(), Giant(documents=1)
    block = _block(4 * MB, 6).replace(b"\n", b" ")
    with place.open("wb") as file:
        file.write(_opening(1) + _head(1, b"a.txt"))
        for _ in range(length // len(block)):
            digest.update(block)
            file.write(block)
        digest.update(b"\n")
        file.write(b"\n" + _FOOT + _CLOSING)
        found.length = file.tell()
    found.first = digest.hexdigest()
    return found


KINDS: dict[str, Callable[[Path, int], Giant]] = {
    "one text": one_text,
    "one uuencode": one_uuencode,
    "many documents": many_documents,
    "in PEM": in_pem,
    "in bare CR": in_returns,
    "in one line": in_one_line,
}
