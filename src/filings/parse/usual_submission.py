"""A submission in which nothing is unusual, read without detours: what `envelope` makes of it, in half the time.

Nearly every file that the web serves is built alike: wrapper line, header, documents whose head, ``<TEXT>``, ``</TEXT>``
and ``</DOCUMENT>`` lines follow each other as they should, closing line. What is otherwise in any way, and every file in
which a word of structure stands anywhere else, is left to `envelope`, which reads both.
"""

from __future__ import annotations

import re

from filings.parse import documents
from filings.parse.documents import Shape
from filings.parse.marks import ACCESSION, DOCUMENT, TEXT_END
from filings.parse.submission import Document, Span, Version

_OPENING = re.compile(rb"<SEC-DOCUMENT>[^\r\n]* : (\d{8})\n(<SEC-HEADER>[^\r\n]*\n)")
_HEADER_END = b"\n</SEC-HEADER>\n"
_HEAD = re.compile(rb"<DOCUMENT>\n" + documents.USUAL_HEAD + rb"<TEXT>\n")
_CLOSING = b"</TEXT>\n</DOCUMENT>\n"
_TEXT_END = len(b"</TEXT>\n")
_END = b"</SEC-DOCUMENT>\n"


def read(raw: bytes) -> Version | None:
    """The only version of the file; None where something is unusual."""
    opening = _OPENING.match(raw)
    if opening is None or not raw.endswith(_END):
        return None
    start = opening.end()
    close = raw.find(_HEADER_END, start) + 1
    at = close + len(_HEADER_END) - 1
    if not close or raw.find(b"-HEADER>", start, at) < close or not raw.startswith(DOCUMENT, at):
        return None
    version = Version(0, len(raw), raw, "sec_document", False, opening[1].decode(), raw[start:close], start)
    spans, wrapper = version.spans, opening.start(2)
    spans += (Span("mark", 0, wrapper), Span("mark", wrapper, start), Span("header", start, close))
    spans.append(Span("mark", close, at))
    count, last = 0, len(raw) - len(_END)
    while at < last:
        head = _HEAD.match(raw, at)
        if head is None:
            return None
        content = head.end()
        end = raw.find(TEXT_END, content)
        if not raw.startswith(_CLOSING, end) or raw[end - 1] != 10:
            return None
        count += 1
        text_end, after = end + _TEXT_END, end + len(_CLOSING)
        shape = Shape(at, at, content, content, end, end, end, text_end, None, None, True, False)
        documents.unwrap(raw, shape, is_whole=True)
        if shape.is_doubtful:
            return None
        content, content_end = shape.content, shape.content_end
        spans.append(Span("document", at, content))
        if content < content_end:
            spans.append(Span("content", content, content_end))
        if content_end < shape.wrapper_end:
            spans.append(Span("document", content_end, shape.wrapper_end))
        if shape.wrapper_end < end:
            spans.append(Span("gap", shape.wrapper_end, end))
        spans += (Span("document", end, text_end), Span("document", text_end, after))
        stated = documents.stated(head)
        length = content_end - content
        version.documents.append(Document(count, *stated, content, length, raw, inner_wrapper=shape.inner_wrapper))
        at = after
    # Two lines a document and two of the wrapper: then none stands in a content, nor does another submission.
    if at != last or raw.count(b"DOCUMENT>") != 2 * count + 2 or raw.find(ACCESSION) >= 0:
        return None
    spans.append(Span("mark", at, len(raw)))
    return version
