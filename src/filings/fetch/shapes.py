"""The shapes of right answers, and how one sees at its end that it is whole (edgar.md A.5).

A length alone proves nothing (`Content-Length` is unreliable after decoding, A.4), so each shape has a mark of its own at
its end, where there is one.
"""

from __future__ import annotations

import re
from enum import StrEnum

from filings.fetch.verdict import Verdict
from filings.large import Bytes

_TAIL = 4096
_ZIP_TAIL = 66_000  # the end record of a zip lies in the last 65,557 bytes
_ROW_END = re.compile(rb"(?:\.(?:txt|nc|html?|paper|xml)|-{10,})\s*\Z", re.IGNORECASE)


class Shape(StrEnum):
    """What was asked for."""

    SUBMISSION = "submission"
    INDEX = "index"
    GZIP = "gzip"
    COMPRESS = "compress"
    ZIP = "zip"
    JSON = "json"
    HTML = "html"
    ATOM = "atom"
    TEXT = "text"


LONGEST: dict[Shape, int] = dict.fromkeys(Shape, 1 << 30) | {
    Shape.SUBMISSION: 2 << 30,
    Shape.GZIP: 16 << 30,
    Shape.ZIP: 16 << 30,
}
"""Bytes that an answer may have, decoded, before it is taken for an attack (edgar.md I: the largest day had 2.6 GB)."""

_EXPECTED: dict[Shape, frozenset[Verdict]] = {
    Shape.SUBMISSION: frozenset({Verdict.SUBMISSION}),
    Shape.INDEX: frozenset({Verdict.INDEX}),
    Shape.GZIP: frozenset({Verdict.GZIP}),
    Shape.COMPRESS: frozenset({Verdict.HTML_OTHER}),
    Shape.ZIP: frozenset({Verdict.HTML_OTHER}),
    Shape.JSON: frozenset({Verdict.JSON}),
    # a page of headers quotes the marks of a submission, so that its verdict says submission, or a cut-off one
    Shape.HTML: frozenset({Verdict.HTML_OTHER, Verdict.SUBMISSION, Verdict.CUT_OFF}),
    Shape.ATOM: frozenset({Verdict.FEED_XML}),
    Shape.TEXT: frozenset({Verdict.HTML_OTHER}),
}

_BEGINNINGS = {Shape.COMPRESS: b"\x1f\x9d", Shape.ZIP: b"PK", Shape.HTML: b"<", Shape.GZIP: b"\x1f\x8b"}


def shape_of_name(name: str) -> Shape:
    """The shape of a file of an index folder, by the ending of its name (edgar.md D.1)."""
    ending = name.rpartition(".")[2]
    by_ending = {
        "gz": Shape.GZIP,
        "Z": Shape.COMPRESS,
        "zip": Shape.ZIP,
        "idx": Shape.INDEX,
        "json": Shape.JSON,
        "html": Shape.HTML,
        "htm": Shape.HTML,
        "txt": Shape.SUBMISSION,
        "nc": Shape.SUBMISSION,
        "sgml": Shape.SUBMISSION,
    }
    return by_ending.get(ending, Shape.TEXT)


def is_expected(shape: Shape, verdict: Verdict, body: Bytes) -> bool:
    """The answer is of the shape that was asked for, whole or not."""
    if verdict not in _EXPECTED[shape]:
        return False
    if shape is Shape.TEXT:
        return not body[:64].lstrip().startswith(b"<")
    return body[:64].lstrip().startswith(_BEGINNINGS.get(shape, b""))


def is_whole(shape: Shape, body: Bytes) -> bool:
    """The end of an expected answer is there.

    A submission's end is a part of its verdict, a gzip's is checked while it comes. An index may end without a newline
    (a real day of 2025 does), never within a row. `.Z` has no mark: the length alone speaks.
    """
    tail = body[-_TAIL:].rstrip()
    match shape:
        case Shape.JSON:
            return tail.endswith({b"{": b"}", b"[": b"]"}[body[:64].lstrip()[:1]])
        case Shape.HTML:
            return tail.lower().endswith(b"</html>")
        case Shape.ATOM:
            return tail.endswith(b"</feed>")
        case Shape.INDEX:
            return _ROW_END.search(tail) is not None
        case Shape.ZIP:
            return b"PK\x05\x06" in body[-_ZIP_TAIL:]
        case Shape.TEXT:
            return body[-1:] == b"\n"
        case _:
            return True
