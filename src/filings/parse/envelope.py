"""The envelope of a submission: versions, headers, documents, spans that tile the file (edgar.md B, tables.md 1, 2, 5).

Bytes in, spans and contents out; never raises. What is wrong inside is an issue or a reason.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from filings.large import Bytes, stretch
from filings.parse import bare_header, content, documents, pem, usual_submission
from filings.parse.lines import find_last_line, find_line, is_blank, line_after, next_text
from filings.parse.marks import (
    END_OF,
    IMS,
    IMS_HEADER,
    MOST_MARKS,
    SEC,
    SEC_HEADER,
    SUBMISSION,
    Mark,
    Region,
    find_regions,
)
from filings.parse.submission import Document, Span, Version
from filings.schema.codes import Issue, Reason, Status

VERSION = 3
"""Declared version of this reader: part of its fingerprint."""

LARGEST = 1 << 30
"""Bytes of a file that are read at most (edgar.md I)."""

LONGEST_HEADER = 4 << 20
"""Bytes of a header that are read at most; the longest known has 143,000."""

_ENVELOPE = {SEC: "sec_document", IMS: "ims_document", SUBMISSION: "submission"}
_DISSEMINATED = re.compile(rb" : (\d{8})[ \t]*[\r\n]*$")
_HEADER_END = {SEC_HEADER: b"</SEC-HEADER>", IMS_HEADER: b"</IMS-HEADER>"}
_OPENINGS = (SEC, IMS, SUBMISSION, SEC_HEADER, IMS_HEADER, pem.BEGIN)
_LONGEST_OPENING = len(pem.BEGIN)
_SAMPLE = 8192
"""Bytes by which text is told from an archive or a binary."""


@dataclass(slots=True)
class SplitFile:
    """The submissions of one file. `gaps` are the bytes between several of them: (start, end) in the file."""

    versions: list[Version]
    gaps: list[tuple[int, int]]


def split(data: Bytes) -> SplitFile:
    """The submissions in a file, each a version of its own (tables.md 1).

    One submission, or a bare file: the version is the whole file. Several: each from its opening mark to the end of its
    closing mark's line, and what lies between them is a gap. Versions and gaps tile the file.
    """
    if len(data) > LARGEST:
        return SplitFile([_too_large(data, f"{len(data)} bytes, more than {LARGEST}.")], [])
    if isinstance(data, bytes) and (usual := usual_submission.read(data)):
        return SplitFile([usual], [])
    regions = find_regions(data)
    if not regions:
        return SplitFile([_too_large(data, f"More than {MOST_MARKS} lines of structure.")], [])
    if len(regions) == 1:
        return SplitFile([_Reader(data, data, regions[0], 0).version()], [])
    versions, gaps = [], []
    at = 0
    for number, region in enumerate(regions):
        end = regions[number + 1].start if number + 1 < len(regions) else len(data)
        version = _Reader(data, stretch(data, region.start, end), region, region.start).version()
        closed = _closed_at(version)
        if closed < version.length:
            version.length = closed
            version.spans = [span for span in version.spans if span.start < closed]
        if at < region.start:
            gaps.append((at, region.start))
        versions.append(version)
        at = region.start + version.length
    if at < len(data):
        gaps.append((at, len(data)))
    return SplitFile(versions, gaps)


def _closed_at(version: Version) -> int:
    """Where the version's closing mark's line ends; its whole length where it has none."""
    if version.reason is not None or any(issue.code == "end_mark_missing" for issue in version.issues):
        return version.length
    return max((span.end for span in version.spans if span.kind != "gap"), default=version.length)


def _too_large(data: Bytes, what: str) -> Version:
    reason = Reason(Status.QUARANTINED, "too_large", what)
    return Version(0, len(data), data, "bare", spans=[Span("gap", 0, len(data))], reason=reason)


class _Reader:
    """Reads one version from its bytes and its marks; each step moves `at` on, and what it leaves out becomes a gap."""

    def __init__(self, source: Bytes, raw: Bytes, region: Region, offset: int) -> None:
        self.raw = raw
        self.region = region.moved(offset)
        self.at = 0
        self.found = Version(offset, len(raw), source, "bare")
        self.spans = self.found.spans

    def version(self) -> Version:
        found, raw = self.found, self.raw
        begin = next_text(raw, 0)
        found.is_pem = raw.startswith(pem.BEGIN, begin)
        if found.is_pem:
            self.span("pem", begin, pem.head_end(raw, begin, len(raw)))
        opening = self.region.opening
        if opening is None:
            self._without_opening()
        else:
            self._with_opening(opening)
        self.span("gap", len(raw), len(raw))
        return found

    def span(self, kind: str, start: int, end: int) -> None:
        """A stretch from `start` to `end`; whatever lies between the last one and it is a gap."""
        if start > self.at:
            self.spans.append(Span("gap", self.at, start))
            self.at = start
        if end > self.at:
            self.spans.append(Span(kind, self.at, end))
            self.at = end

    def issue(self, code: str, detail: str, start: int | None = None, end: int | None = None) -> None:
        self.found.issues.append(Issue(code, start=start, end=end, detail=detail))

    def cut_off(self, detail: str) -> None:
        if self.found.reason is None:
            self.found.reason = Reason(Status.QUARANTINED, "cut_off", detail)

    def _with_opening(self, opening: Mark) -> None:
        found, raw = self.found, self.raw
        self.span("mark", opening.start, opening.end)
        found.disseminated = _date(raw, opening.start, opening.end)
        end, tail = self._end(opening)
        limit = end.start if end else tail
        segments = self.region.documents
        self._header(opening, segments[0][0].start if segments else limit, is_open=end is None and not segments)
        # The outermost mark names the form: a header alone in its wrapper is still a sec_document (tables.md 6.1).
        if opening.tag in END_OF:
            found.envelope = _ENVELOPE[opening.tag]
        else:
            found.envelope = "header_tags" if bare_header.is_tag_dialect(found.header or b"") else "header_text"
        if segments and limit < segments[-1][0].start:
            limit = tail  # the closing mark stands before the last document
        self._documents(limit, is_ended=limit < len(raw))
        if end is not None:
            self.span("mark", end.start, end.end)
        if tail < len(raw):
            self.span("pem", *(find_line(raw, pem.END, tail, len(raw)) or (tail, tail)))
        is_ended = end is not None or opening.tag not in END_OF
        self._judge(is_complete=is_ended and (tail < len(raw) or not found.is_pem))

    def _end(self, opening: Mark) -> tuple[Mark | None, int]:
        """The closing mark, and where the PEM end line starts (the length of the version where there is none)."""
        raw, segments = self.raw, self.region.documents
        ends = [mark for mark in self.region.ends if mark.tag == END_OF.get(opening.tag)]
        end = ends[-1] if ends else None
        last = max([opening.end, *(mark.end for mark in segments[-1])] if segments else [opening.end])
        tail = self._pem_end(max(last, end.end if end else 0))
        if end and segments and end.start > segments[-1][0].start:
            is_open = not any(mark.start < end.start and mark.tag == b"</DOCUMENT>" for mark in segments[-1])
            if is_open and not is_blank(raw, end.end, tail):
                end = None  # text goes on behind it: somebody's words in an open document
        if len(ends) > 1 or (ends and end is None) or (end and segments and segments[-1][0].start > end.start):
            self.issue("structure_doubtful", "A closing mark of the submission stands before the end of its documents.")
        return end, tail

    def _pem_end(self, start: int) -> int:
        line = find_last_line(self.raw, pem.END, start, len(self.raw)) if self.found.is_pem else None
        return line[0] if line else len(self.raw)

    def _header(self, opening: Mark, limit: int, *, is_open: bool) -> None:
        """The header between the opening mark and `limit`; `is_open`: no mark stands behind it."""
        found, raw = self.found, self.raw
        tag = opening.tag
        start = opening.end
        if tag in END_OF:
            at = next_text(raw, start, limit)
            tag = next((tag for tag in _HEADER_END if raw.startswith(tag, at)), b"")
            if tag:
                after = line_after(raw, at, limit)
                self.span("mark", at, after)
                found.disseminated = found.disseminated or _date(raw, at, after)
                start = after
        close = find_line(raw, _HEADER_END.get(tag, b"</SEC-HEADER>"), start, limit)
        end = close[0] if close else limit
        if tag or close or not is_blank(raw, start, end):
            self._take_header(start, end)
        if close:
            self.span("mark", *close)
        elif is_open:
            self.cut_off("The file ends inside the header.")

    def _take_header(self, start: int, end: int) -> None:
        self.span("header", start, end)
        self.found.header_start = start
        if end - start > LONGEST_HEADER:
            detail = f"The header has {end - start} bytes, more than {LONGEST_HEADER}."
            self.found.reason = Reason(Status.QUARANTINED, "too_large", detail)
            end = start
        text = self.raw[start:end]
        self.found.header = pem.undo(text)[0] if self.found.is_pem else text

    def _documents(self, limit: int, *, is_ended: bool) -> None:
        found, segments = self.found, self.region.documents
        for number, marks in enumerate(segments, 1):
            is_last = number == len(segments)
            stop = limit if is_last else segments[number][0].start
            shape = documents.shape(self.raw, marks, stop, is_last=is_last and not is_ended)
            is_cut_off = is_last and not is_ended and shape.closing is None
            found.documents.append(documents.read(self.raw, shape, number, found, is_cut_off=is_cut_off))
            self.span("document", shape.start, shape.content)
            self.span("content", shape.content, shape.content_end)
            self.span("document", shape.content_end, shape.wrapper_end)
            self.span("document", shape.body_end, shape.text_end)
            if shape.closing:
                self.span("document", shape.closing.start, shape.closing.end)
            if is_cut_off:
                self.cut_off(f"Document {number} is open at the end of the file.")
            elif not shape.is_closed:
                self._on(number, "document_not_closed", shape.start, shape.text_end)
            if shape.is_doubtful:
                self._on(number, "structure_doubtful", shape.start, shape.text_end)
        if self.region.rejected:
            self.issue("structure_doubtful", f"{self.region.rejected} <DOCUMENT> lines in open documents begin none.")

    def _on(self, number: int, code: str, start: int, end: int) -> None:
        self.issue(code, f"Document {number}.", start, end)

    def _judge(self, *, is_complete: bool) -> None:
        found = self.found
        if found.header is None and found.documents:
            self.issue("header_missing", "No header stands before the documents.")
        if found.is_header_only and found.reason is None:
            self.issue("header_only", "A header without documents.")
        if not is_complete and found.reason is None:
            self.issue("end_mark_missing", "The outer end mark is missing; every document is closed.")

    def _without_opening(self) -> None:
        found, raw = self.found, self.raw
        segments = self.region.documents
        first = segments[0][0].start if segments else len(raw)
        tail = self._pem_end(segments[-1][-1].end if segments else self.at)
        is_complete = not found.is_pem or tail < len(raw)
        header = bare_header.find(raw, self.at, min(first, tail))
        if header:
            found.envelope = "header_tags" if header.is_tags else "header_text"
            found.disseminated = bare_header.disseminated(raw, self.at, header.start)
            self.span("gap" if is_blank(raw, self.at, header.start) else "mark", self.at, header.start)
            close = find_line(raw, b"</SEC-HEADER>", header.start, header.end)
            self._take_header(header.start, close[0] if close else header.end)
            if close:
                self.span("mark", *close)
        if segments:
            found.envelope = found.envelope if header else "documents"
            self._documents(tail, is_ended=tail < len(raw))
        elif not header:
            self._bare(tail)
        elif not is_blank(raw, self.at, tail):
            self._whole(tail)
            found.reason = Reason(
                Status.QUARANTINED, "tags_stripped", "Header labels without any mark of an envelope; text follows them."
            )
        if tail < len(raw):
            self.span("pem", *(find_line(raw, pem.END, tail, len(raw)) or (tail, tail)))
        if segments or header:
            self._judge(is_complete=is_complete)

    def _bare(self, tail: int) -> None:
        """A text or page that came without its envelope (edgar.md B.8); or no filing at all."""
        found, raw = self.found, self.raw
        head = raw[self.at : min(tail, self.at + _LONGEST_OPENING)].strip()
        is_cut_mark = tail - self.at < _LONGEST_OPENING and any(mark.startswith(head) for mark in _OPENINGS)
        if found.is_pem and tail == len(raw):
            self.cut_off("The file ends inside the PEM message.")
        elif head and is_cut_mark:
            self.cut_off("The file ends inside its opening mark.")
        if not is_cut_mark or found.reason is None:
            begin = next_text(raw, self.at, tail)
            self._whole(tail)
            if found.reason is None and not content.is_text(raw[begin : min(tail, begin + _SAMPLE)]):
                found.reason = Reason(Status.QUARANTINED, "not_text", "Neither a mark of an envelope nor text.")

    def _whole(self, end: int) -> None:
        """All that is left, to `end`, as one document of no stated type."""
        found, length = self.found, end - self.at
        document = Document(1, None, None, None, None, self.at, length, found.source, found.offset, found.is_pem)
        found.documents.append(document)
        self.span("content", self.at, end)


def _date(raw: Bytes, start: int, end: int) -> str | None:
    found = _DISSEMINATED.search(raw[max(start, end - _SAMPLE) : end])
    return found[1].decode() if found else None
