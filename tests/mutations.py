"""Files that nobody wrote: real ones, damaged in the ways in which files are damaged, and in worse ones."""

from __future__ import annotations

import hashlib
import re
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from random import Random

MARKS = (
    b"<SEC-DOCUMENT>a.txt : 20240101",
    b"</SEC-DOCUMENT>",
    b"<IMS-DOCUMENT>a.txt : 19940101",
    b"</IMS-DOCUMENT>",
    b"<SUBMISSION>",
    b"</SUBMISSION>",
    b"<SEC-HEADER>a : 20240101",
    b"</SEC-HEADER>",
    b"<IMS-HEADER>",
    b"</IMS-HEADER>",
    b"<DOCUMENT>",
    b"<DOCUMENT>\n<TYPE>EX-99",
    b"</DOCUMENT>",
    b"<TEXT>",
    b"</TEXT>",
    b"<PDF>",
    b"</PDF>",
    b"<XML>",
    b"</XML>",
    b"<XBRL>",
    b"</XBRL>",
    b"-----BEGIN PRIVACY-ENHANCED MESSAGE-----",
    b"Proc-Type: 2001,MIC-CLEAR",
    b"-----END PRIVACY-ENHANCED MESSAGE-----",
    b"ACCESSION NUMBER:\t0001234567-24-000001",
    b"<ACCESSION-NUMBER>0001234567-24-000001",
    b"CONFORMED SUBMISSION TYPE:\t4",
    b"<TYPE>4",
    b"FILER:",
    b"\tCOMPANY DATA:\t",
    b"<FILER>",
    b"</FILER>",
    b"<CORRECTION>",
    b"begin 644 a.pdf",
    b"end",
    b"`",
    b"M",
    b"- -----BEGIN",
    b"<ownershipDocument>",
    b"</ownershipDocument>",
    b"<!DOCTYPE a [<!ENTITY b 'c'>]>",
    b"<!--",
    b"-->",
    b"<![CDATA[",
    b"]]>",
    b"&b;",
    b"&#0;",
    b"<?xml version='1.0' encoding='UTF-16'?>",
    b"<html>",
    b"..",
    b"x" * 1023,
    b"x" * 1024,
)
ENDS = (b"\n", b"\r\n", b"\r", b"\n\n", b"\r\n\r\n", b" \n", b"\n\t")
BYTES = (
    b"\0",
    b"\r",
    b"\n",
    b"\x1a",
    b"\x85",
    b"\xa0",
    b"\xff",
    b"\xfe",
    b"\xef\xbb\xbf",
    b"\xc3\xa9",
    b"\xed\xa0\x80",
    b"<",
    b">",
    b":",
    b"&",
)
NUMBERS = (
    b"9" * 400,
    b"9" * 5000,
    "²".encode(),
    b"99991231",
    b"99991231235959",
    b"00010101000000",
    b"1e999999",
    b"-1e-9999",
    b"NaN",
    b"Infinity",
    b"99999999",
    b"00000000",
    b"0000000000",
    b"1.",
    b"0x10",
    b"(1)",
)

_VALUE = re.compile(rb"(?<=[>:\t])[^<>\r\n\t]+(?=[<\r\n])")
_DATA_LINE = re.compile(rb"(?m)^M.{20,60}$")
_ELEMENT = re.compile(rb"</?[A-Za-z][\w.:-]*(?:\s[^<>]*)?/?>")
_ANY_END = re.compile(rb"\r\n|\n|\r")


def flip_bits(data: bytes, others: Sequence[bytes], draw: Random) -> bytes:
    changed = bytearray(data)
    for _ in range(draw.choice((1, 1, 3, 30))):
        at = draw.randrange(len(changed))
        changed[at] ^= 1 << draw.randrange(8)
    return bytes(changed)


def cut(data: bytes, others: Sequence[bytes], draw: Random) -> bytes:
    at = draw.randrange(len(data))
    return data[:at] if draw.random() < 0.7 else data[at:]


def delete(data: bytes, others: Sequence[bytes], draw: Random) -> bytes:
    at = draw.randrange(len(data))
    return data[:at] + data[at + draw.choice((1, 2, 10, 100, 1000, 20_000)) :]


def splice(data: bytes, others: Sequence[bytes], draw: Random) -> bytes:
    other = draw.choice(others)
    return data[: draw.randrange(len(data))] + other[draw.randrange(len(other)) :]


def embed(data: bytes, others: Sequence[bytes], draw: Random) -> bytes:
    at, other = draw.randrange(len(data)), draw.choice(others)
    return data[:at] + draw.choice((b"", b"\n")) + other + data[at:]


def repeat_block(data: bytes, others: Sequence[bytes], draw: Random) -> bytes:
    at = draw.randrange(len(data))
    block = data[at : at + draw.choice((1, 30, 300, 3000))]
    return data[:at] + block * draw.choice((2, 5, 100)) + data[at:]


def repeat_file(data: bytes, others: Sequence[bytes], draw: Random) -> bytes:
    return draw.choice((b"", b"\n", b"junk\n")).join([data] * draw.choice((2, 3)))


def insert_mark(data: bytes, others: Sequence[bytes], draw: Random) -> bytes:
    for _ in range(draw.choice((1, 1, 2, 5))):
        at = data.find(b"\n", draw.randrange(len(data))) + 1
        if draw.random() < 0.2:
            at = draw.randrange(len(data))
        data = data[:at] + draw.choice(MARKS) + draw.choice(ENDS) + data[at:]
    return data


def delete_mark(data: bytes, others: Sequence[bytes], draw: Random) -> bytes:
    mark = draw.choice(MARKS)
    return data.replace(mark, b"", draw.choice((1, -1))) if mark in data else delete_line(data, others, draw)


def delete_line(data: bytes, others: Sequence[bytes], draw: Random) -> bytes:
    lines = data.splitlines(keepends=True)
    del lines[draw.randrange(len(lines))]
    return b"".join(lines)


def swap_lines(data: bytes, others: Sequence[bytes], draw: Random) -> bytes:
    lines = data.splitlines(keepends=True)
    one, other = draw.randrange(len(lines)), draw.randrange(len(lines))
    lines[one], lines[other] = lines[other], lines[one]
    return b"".join(lines)


def shuffle_head(data: bytes, others: Sequence[bytes], draw: Random) -> bytes:
    lines = data.splitlines(keepends=True)
    head = lines[:60]
    draw.shuffle(head)
    return b"".join(head + lines[60:])


def change_ends(data: bytes, others: Sequence[bytes], draw: Random) -> bytes:
    end = draw.choice(ENDS)
    return _ANY_END.sub(lambda _: end, data)


def mix_ends(data: bytes, others: Sequence[bytes], draw: Random) -> bytes:
    return _ANY_END.sub(lambda _: draw.choice(ENDS[:3]), data)


def double_lines(data: bytes, others: Sequence[bytes], draw: Random) -> bytes:
    return b"".join(line * 2 for line in data.splitlines(keepends=True))


def join_lines(data: bytes, others: Sequence[bytes], draw: Random) -> bytes:
    share = draw.choice((0.01, 0.5, 1.0))
    return _ANY_END.sub(lambda found: b"" if draw.random() < share else found[0], data)


def wrap_lines(data: bytes, others: Sequence[bytes], draw: Random) -> bytes:
    width = draw.choice((1, 40, 80, 1023))
    if width == 1:
        data = data[:20_000]
    return b"\n".join(line[at : at + width] for line in data.split(b"\n") for at in range(0, max(1, len(line)), width))


def long_line(data: bytes, others: Sequence[bytes], draw: Random) -> bytes:
    at = draw.randrange(len(data))
    return (
        data[:at]
        + draw.choice((b"x", b" ", b"\t", b"<", b">", b":", b"-", b"\r")) * draw.choice((1022, 1023, 1024, 60_000))
        + data[at:]
    )


def insert_bytes(data: bytes, others: Sequence[bytes], draw: Random) -> bytes:
    for _ in range(draw.choice((1, 3, 30))):
        at = draw.randrange(len(data))
        data = data[:at] + draw.choice(BYTES) + data[at:]
    return data


def random_bytes(data: bytes, others: Sequence[bytes], draw: Random) -> bytes:
    at, noise = draw.randrange(len(data)), draw.randbytes(draw.choice((1, 40, 4000)))
    return draw.choice((noise, data[:at] + noise + data[at + len(noise) :], noise + data, data + noise))


def change_value(data: bytes, others: Sequence[bytes], draw: Random) -> bytes:
    found = list(_VALUE.finditer(data, 0, 60_000))
    for one in sorted(draw.sample(found, min(len(found), draw.choice((1, 3, 20)))), key=lambda match: -match.start()):
        data = data[: one.start()] + draw.choice((*NUMBERS, *BYTES, b"", b"x" * 5000)) + data[one.end() :]
    return data


def uuencode_damage(data: bytes, others: Sequence[bytes], draw: Random) -> bytes:
    found = list(_DATA_LINE.finditer(data))
    if not found:
        at = data.find(b"<TEXT>\n") + 7
        return data[:at] + b"begin 644 a.gif\n" + draw.choice((b"M\n", b"~\n", b"!\n", b"end\n")) * 40 + data[at:]
    one = draw.choice(found)
    line = draw.choice(
        (b"M", b"~" * 61, b"M" + b"`" * 90, b"end", b"", b"..", b"begin 644 b.gif", one[0].lower(), one[0][:-9])
    )
    return data[: one.start()] + line + data[one.end() :]


def xml_damage(data: bytes, others: Sequence[bytes], draw: Random) -> bytes:
    found = list(_ELEMENT.finditer(data))
    if not found:
        return insert_mark(data, others, draw)
    one = draw.choice(found)
    tag = one[0]
    changed = draw.choice(
        (
            b"",
            tag * 2,
            tag[:-1],
            tag[1:],
            tag.replace(b">", b" a='1' a='2'>"),
            tag.upper(),
            tag * 200,
            b"<a>" * 300,
            tag + b"&b;",
            b"<!--" + tag,
        )
    )
    return data[: one.start()] + changed + data[one.end() :]


MUTATIONS: tuple[Callable[[bytes, Sequence[bytes], Random], bytes], ...] = (
    flip_bits,
    cut,
    delete,
    splice,
    embed,
    repeat_block,
    repeat_file,
    insert_mark,
    insert_mark,
    delete_mark,
    delete_line,
    swap_lines,
    shuffle_head,
    change_ends,
    mix_ends,
    double_lines,
    join_lines,
    wrap_lines,
    long_line,
    insert_bytes,
    random_bytes,
    change_value,
    change_value,
    uuencode_damage,
    xml_damage,
)

LONGEST = 2_000_000


def mutated(files: Sequence[bytes], draw: Random) -> tuple[bytes, list[str]]:
    """One of the files, changed in one to four ways, and their names."""
    data, names = draw.choice(files), []
    for _ in range(draw.choice((1, 1, 2, 2, 3, 4))):
        if not data:
            break
        change = draw.choice(MUTATIONS)
        data = change(data, files, draw)[:LONGEST]
        names.append(change.__name__)
    return data, names


EXAMPLES = Path(__file__).parents[1] / "examples"
FOLDERS = ("submissions", "mangled", "truncated", "headers", "http_errors", "document_only", "documents")


def sources(corpus: str, *, largest: int) -> list[bytes]:
    """What is mutated: the examples, and the real files of the corpus (`FILINGS_CORPUS`) where it is there."""
    paths = [path for path in sorted(EXAMPLES.rglob("*")) if path.is_file()]
    for folder in FOLDERS if corpus else ():
        paths += [path for path in sorted(Path(corpus, "edgar", folder).rglob("*")) if path.is_file()]
    return [path.read_bytes() for path in paths if 0 < path.stat().st_size <= largest]


@contextmanager
def failing_input(data: bytes, what: str) -> Iterator[None]:
    """Keep the bytes on which something fails, and say where they lie, and how they were made."""
    try:
        yield
    except Exception as error:  # also what the check itself asserts
        place = Path(tempfile.gettempdir(), f"filings-failing-{hashlib.sha256(data).hexdigest()[:12]}")
        place.write_bytes(data)
        raise AssertionError(f"{type(error).__name__} on {place} ({what}): {error}") from error
