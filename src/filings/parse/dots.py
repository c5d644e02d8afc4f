"""Dots that mailing doubled at the start of lines, up to 2023 (edgar.md B.10).

Whether a submission went through that mailing is proved by a line of uuencode that is one character too long, or by
EDGAR's own `report.css`, which begins with one dot. The content of a document keeps its bytes as filed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from filings.large import Bytes
from filings.parse import uuencode
from filings.parse.submission import Document
from filings.schema.codes import Issue

_STYLES = "report.css"
_STARTS = (b"\n..", b"\r..")


def are_doubled(documents: Sequence[Document]) -> bool:
    """One of the documents of a submission proves that dots at the start of its lines were doubled."""
    return any(_proves(document.content, document.filename or "") for document in documents)


def _proves(content: Bytes, filename: str) -> bool:
    if uuencode.is_uuencoded(content):
        return uuencode.has_doubled_dot(content)
    return filename.lower() == _STYLES and content.startswith(b"..")


def issues(text: Bytes, document_position: int, *, dots_doubled: bool) -> list[Issue]:
    """``dot_doubled``, once, for the lines of a text that begin with two dots.

    Where the doubling is not proved only for those that go on with a digit, since a lost point would change a number.
    """
    first, count = len(text), 0
    for start in _lines_with_dots(text):
        if dots_doubled or text[start + 2 : start + 3].isdigit():
            first = min(first, start)
            count += 1
    if not count:
        return []
    proof = "proves" if dots_doubled else "does not prove"
    detail = f"Lines that begin so: {count}. The submission {proof} the doubling; the content keeps the dots as filed."
    return [Issue("dot_doubled", document_position=document_position, start=first, end=first + 2, detail=detail)]


def _lines_with_dots(text: Bytes) -> Iterator[int]:
    if text.startswith(b".."):
        yield 0
    for start in _STARTS if text.find(b"\r") >= 0 else _STARTS[:1]:
        at = text.find(start)
        while at >= 0:
            yield at + 1
            at = text.find(start, at + len(start))
