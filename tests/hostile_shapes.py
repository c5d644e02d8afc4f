"""Shapes that repeat: bytes as long as one likes, on which a reader that looks back or starts anew takes far too long.

For each the time for twice the length is at most some three times the time (``doubling``). What is not linear takes four
times, or what an exponent takes.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from hostile import FILER, OWNER, OWNERSHIP, document, submission, uuencoded
from reading_chain import cpu_limit, read

Shape = Callable[[int], bytes]
ACCESSION = "0009990073-24-000001"


def _in_document(line: bytes, kind: bytes = b"8-K") -> Shape:
    return lambda length: submission(ACCESSION, document(line * (length // len(line)), kind))


def _in_header(line: bytes) -> Shape:
    return lambda length: submission(ACCESSION, more=line * (length // len(line)) + b"\n")


def _as_file(piece: bytes, before: bytes = b"", behind: bytes = b"") -> Shape:
    return lambda length: before + piece * (length // len(piece)) + behind


def _in_xml(piece: bytes, behind: bytes = b"") -> Shape:
    def made(length: int) -> bytes:
        xml = OWNERSHIP % (b"", b"", b"1", b"1", piece * (length // len(piece)) + behind)
        return submission(ACCESSION, document(b"<XML>\n" + xml + b"\n</XML>", b"4"), form=b"4", parties=OWNER)

    return made


def _in_pem(line: bytes) -> Shape:
    begin, end = b"-----BEGIN PRIVACY-ENHANCED MESSAGE-----\n\n", b"-----END PRIVACY-ENHANCED MESSAGE-----\n"
    return lambda length: begin + submission(ACCESSION, document(line * (length // len(line)))) + end


SHAPES: dict[str, Shape] = {
    # the verdict
    "comments": _as_file(b"<!---->", behind=b"x"),
    "comments that do not end": _as_file(b"<!--"),
    "titles": _as_file(b"<title", before=b"<html>"),
    "blanks in a title": _as_file(b" ", before=b"<html><title>"),
    "blanks behind 404": _as_file(b" ", before=b"<html><title>404", behind=b"x</title>"),
    "blanks behind error": _as_file(b"error ", before=b"<html><title>", behind=b"</title>"),
    "instructions": _as_file(b"<?xml ?>"),
    "blank lines": _as_file(b" \n", behind=b"x"),
    "blanks in one line": _as_file(b" ", behind=b"<DOCUMENT>"),
    "descriptions": _as_file(b"Description:"),
    # the envelope
    "documents": _as_file(b"<DOCUMENT>\n"),
    "documents and types": _as_file(b"<DOCUMENT>\n<TYPE>4\n"),
    "documents in one line": _as_file(b"<DOCUMENT> "),
    "documents in a document": _in_document(b"<DOCUMENT>\n"),
    "typed documents in a document": _in_document(b"<DOCUMENT>\n<TYPE>4\n"),
    "ends of documents": _in_document(b"</DOCUMENT>\n"),
    "ends of text": _in_document(b"</TEXT>\n"),
    "ends of text, indented": _in_document(b"    </TEXT>    \n"),
    "texts": _in_document(b"<TEXT>\n"),
    "wrappers": _in_document(b"<XML>\n"),
    "ends of wrappers": lambda length: submission(ACCESSION, document(b"<XML>\n" + b"</XML> </XML>\n" * (length // 14))),
    "wrapper lines": _in_document(b"<SEC-DOCUMENT>a.txt : 20240101\n"),
    "submissions": _as_file(b"<SUBMISSION>\n<ACCESSION-NUMBER>1\n"),
    "headers": _as_file(b"<SEC-HEADER>\n"),
    "headers in one line": _as_file(b"<SEC-HEADER>"),
    "closed headers": _as_file(b"<SEC-HEADER>\nACCESSION NUMBER:\t1\n</SEC-HEADER>\n"),
    "ends of submissions": _as_file(b"</SEC-DOCUMENT>\n"),
    "whole submissions": _as_file(submission(ACCESSION)),
    "head lines": lambda length: submission(ACCESSION, b"<DOCUMENT>\n" + b"<FLAWED>\n" * (length // 9) + b"<TEXT>\nx\n</TEXT>\n</DOCUMENT>\n"),
    "lines of 1,023 in PEM": _in_pem(b"x" * 1023 + b"\n"),
    "dashes in PEM": _in_pem(b"- -\n"),
    "beginnings of PEM": _in_pem(b"- -----BEGIN PRIVACY-ENHANCED MESSAGE-----\n"),
    "heads of PEM": _as_file(b" folded\n", before=b"-----BEGIN PRIVACY-ENHANCED MESSAGE-----\n"),
    "returns": _in_document(b"\r"),
    # the header
    "unknown labels": _in_header(b"A:b\n"),
    "labels without a value": _in_header(b"A:\n"),
    "deeper labels": lambda length: submission(ACCESSION, more=b"".join(b"\t" * (n % 60) + b"A:\n" for n in range(length // 30))),
    "one field": _in_header(b"FILED AS OF DATE:\t20240105\n"),
    "one field in tags": _in_header(b"<FILING-DATE>20240105\n"),
    "parties": _in_header(FILER),
    "roles": _in_header(b"<FILER>\n"),
    "closed roles": _in_header(b"<FILER>\n</FILER>\n"),
    "parts": _in_header(b"\tCOMPANY DATA:\n"),
    "closing tags": _in_header(b"</A>\n"),
    "sections in sections": _in_header(b"<SERIES>\n"),
    "members": _in_header(b"GROUP MEMBERS:\tA\n"),
    "items": _in_header(b"ITEM INFORMATION:\tOther Events\n"),
    "series": _in_header(b"<SERIES>\n<OWNER-CIK>1\n</SERIES>\n"),
    "new series": lambda length: submission(ACCESSION, more=b"<NEW-SERIES-AND-CLASSES-CONTRACTS>\n" + b"<OWNER-CIK>1\n" * (length // 13) + b"</NEW-SERIES-AND-CLASSES-CONTRACTS>\n"),
    "brackets": _in_header(b"STANDARD INDUSTRIAL CLASSIFICATION: [1\n]\n"),
    "one long value": _in_header(b"["),
    "one long label": _in_header(b"L"),
    "less-than signs": _in_header(b"<"),
    "slashes": _in_header(b"</"),
    "blank header": _in_header(b" \t\n"),
    "characters that are no ASCII": _in_header("LABÉL:\té\n".encode()),
    "bytes that are no UTF-8": _in_header(b"LAB\xe9L:\t\xe9\n"),
    "a header without marks": _as_file(b"A: b\n", before=b"ACCESSION NUMBER:\t0009990073-24-000001\nCONFORMED SUBMISSION TYPE:\t4\n"),
    # contents
    "lone lines of uuencode": lambda length: submission(ACCESSION, document(b"begin 644 a.zip\n" + b"M\n" * (length // 20) + b"`\nend")),
    "uuencode": lambda length: submission(ACCESSION, document(uuencoded(b"abc" * (length // 3)))),
    "beginnings of uuencode": _in_document(b"begin 644 a.zip\n"),
    "uuencode of blanks": lambda length: submission(ACCESSION, document(b"begin 644 a.zip\n" + b" \n" * (length // 2))),
    "uuencode of noise": lambda length: submission(ACCESSION, document(b"begin 644 a.zip\nM" + b"!" * 60 + b"\n" + b"~\n" * (length // 2))),
    "doubled dots": lambda length: submission(ACCESSION, document(b"begin 644 a.zip\n" + b"..`P````````````````\n" * (length // 21) + b"`\nend")),
    "dots": _in_document(b"..1\n"),
    "a page of comments": _in_document(b"<!-- -->"),
    "code": _in_document(b"/* */{"),
    "json": _in_document(b"{["),
    # XML
    "leaves": _in_xml(b"<remarks>a</remarks>"),
    "footnotes": _in_xml(b"<footnotes><footnote id='F1'>a</footnote></footnotes>"),
    "unknown leaves": _in_xml(b"<a>1</a>"),
    "attributes": lambda length: _in_xml(b"<a" + b"".join(b' a%d="1"' % n for n in range(length // 10)) + b"/>")(length),
    "one attribute": _in_xml(b"<a a='1'/>"),
    "text and elements": _in_xml(b"text<a/>"),
    "comments in XML": _in_xml(b"<!-- x -->"),
    "instructions in XML": _in_xml(b"<?x y?>"),
    "CDATA": _in_xml(b"<![CDATA[x]]>"),
    "references": _in_xml(b"&#65;"),
    "ampersands": _in_xml(b"&amp;", behind=b"&"),
    "elements that do not end": _in_xml(b"<a>"),
    "damage at the end": _in_xml(b"<remarks>a</remarks>", behind=b"<"),
    "blanks before the root": lambda length: submission(ACCESSION, document(b"<XML>\n<?xml version='1.0'?>" + b" " * length + b"<ownershipDocument/>\n</XML>", b"4"), form=b"4", parties=OWNER),
}  # fmt: skip


def doubling(shape: Shape, length: int) -> tuple[float, float]:
    """CPU seconds for `length` bytes and for twice as many, each the best of three; the second may be cut off."""
    once, twice = shape(length), shape(2 * length)
    first = _best(once, 3, 60.0)
    return first, _best(twice, 3, max(5.0, 10 * first))


def is_linear(once: float, twice: float, least: float) -> bool:
    """Below `least` seconds nothing is told: then the parts that do not depend on the length are most of it."""
    return twice <= max(least, 3.0 * once)


def _best(data: bytes, times: int, limit: float) -> float:
    best = limit
    for _ in range(times):
        with cpu_limit(limit):
            started = time.process_time()
            read(data)
            best = min(best, time.process_time() - started)
    return best
