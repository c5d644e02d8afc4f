"""A submission in which nothing is unusual, read without detours: what `envelope` makes of it, in half the time.

Nearly every file that the web serves is built alike: wrapper line, header, documents whose head, ``<TEXT>``, ``</TEXT>``
and ``</DOCUMENT>`` lines follow each other as they should, closing line. What is otherwise in any way, and every file in
which a word of structure stands anywhere else, is left to `envelope`, which reads both.
"""

from __future__ import annotations

import re

from filings.parse import documents, pem
from filings.parse.documents import Shape
from filings.parse.marks import ACCESSION, DOCUMENT, TEXT_END
from filings.parse.submission import Document, Span, Version

_PEM_HEAD = re.compile(re.escape(pem.BEGIN) + rb"\n(?:(?:[A-Za-z][A-Za-z-]*:|[ \t]+[^\s])[^\r\n]*\n)++\n")
_OPENING = re.compile(rb"<SEC-DOCUMENT>[^\r\n]* : (\d{8})\n(<SEC-HEADER>[^\r\n]*\n)")
_HEADER_END = b"\n</SEC-HEADER>\n"
_HEAD = re.compile(rb"<DOCUMENT>\n" + documents.USUAL_HEAD + rb"(<TEXT>\n)(\s*+<(?:PDF|XML|XBRL)>)?")
"""To where the content begins, and whether it begins with an inner wrapper."""
_CLOSING = b"</TEXT>\n</DOCUMENT>\n"
_TEXT_END = len(b"</TEXT>\n")
_END = re.compile(rb"</SEC-DOCUMENT>(?:\n?|\n(" + re.escape(pem.END) + rb"\n?))\Z")
_LONGEST_END = 64  # bytes; the longer of the two has 55


def read(raw: bytes) -> Version | None:
    """The only version of the file; None where something is unusual."""
    pem_head = _PEM_HEAD.match(raw)
    is_pem = pem_head is not None
    begin = pem_head.end() if pem_head else 0
    opening = _OPENING.match(raw, begin)
    closing = _END.search(raw, max(begin, len(raw) - _LONGEST_END))
    if opening is None or closing is None or (closing[1] is not None) != is_pem:
        return None
    start, last = opening.end(), closing.start()
    close = raw.find(_HEADER_END, start) + 1
    at = close + len(_HEADER_END) - 1
    if not close or raw.find(b"-HEADER>", start, at) < close or not raw.startswith(DOCUMENT, at):
        return None
    header = raw[start:close]
    version = Version(0, len(raw), raw, "sec_document", is_pem, opening[1].decode(), header, start)
    spans, wrapper = version.spans, opening.start(2)
    if is_pem:
        version.header = pem.undo(header)[0]
        spans.append(Span("pem", 0, begin))
    spans += (Span("mark", begin, wrapper), Span("mark", wrapper, start), Span("header", start, close))
    spans.append(Span("mark", close, at))
    count = 0
    while at < last:
        head = _HEAD.match(raw, at)
        if head is None:
            return None
        content = head.end(5)
        if is_pem and content - at >= pem.WIDTH:
            return None  # a line of it may be wrapped
        end = raw.find(TEXT_END, content)
        if not raw.startswith(_CLOSING, end) or raw[end - 1] != 10:
            return None
        count += 1
        text_end, after = end + _TEXT_END, end + len(_CLOSING)
        content_end, wrapper_end, inner_wrapper = end, end, None
        if head[6]:
            shape = Shape(at, at, content, content, end, end, end, text_end, None, None, True, False)
            documents.unwrap(raw, shape, is_whole=True)
            if shape.is_doubtful:
                return None
            content, content_end, wrapper_end = shape.content, shape.content_end, shape.wrapper_end
            inner_wrapper = shape.inner_wrapper
        spans.append(Span("document", at, content))
        if content < content_end:
            spans.append(Span("content", content, content_end))
        if content_end < wrapper_end:
            spans.append(Span("document", content_end, wrapper_end))
        if wrapper_end < end:
            spans.append(Span("gap", wrapper_end, end))
        spans += (Span("document", end, text_end), Span("document", text_end, after))
        stated = documents.stated(head)
        length = content_end - content
        version.documents.append(Document(count, *stated, content, length, raw, 0, is_pem, inner_wrapper))
        at = after
    # Two lines a document and two of the wrapper: then none stands in a content, nor does another submission.
    if at != last or raw.count(b"DOCUMENT>") != 2 * count + 2 or raw.find(ACCESSION) >= 0:
        return None
    stop = closing.start(1) if is_pem else len(raw)
    spans.append(Span("mark", at, stop))
    if is_pem:
        spans.append(Span("pem", stop, len(raw)))
    return version
