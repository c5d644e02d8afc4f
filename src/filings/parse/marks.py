"""The structural marks of a file: lines that are just a tag (edgar.md B), and the openings of submissions among them.

Marks are found with ``bytes.find`` and each hit's line is looked at; the lines of bodies are never walked.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from operator import itemgetter
from typing import NamedTuple

from filings.large import Bytes
from filings.parse import pem
from filings.parse.lines import is_blank, line_after, line_start, next_text, whole_line

DOCUMENT, DOCUMENT_END = b"<DOCUMENT>", b"</DOCUMENT>"
TEXT, TEXT_END = b"<TEXT>", b"</TEXT>"
SEC, IMS, SUBMISSION = b"<SEC-DOCUMENT>", b"<IMS-DOCUMENT>", b"<SUBMISSION>"
SEC_HEADER, IMS_HEADER = b"<SEC-HEADER>", b"<IMS-HEADER>"
ACCESSION = b"<ACCESSION-NUMBER>"
TYPE = b"<TYPE>"

END_OF = {SEC: b"</SEC-DOCUMENT>", IMS: b"</IMS-DOCUMENT>", SUBMISSION: b"</SUBMISSION>"}
"""The closing mark of each outer form."""

OUTER_END = frozenset(END_OF.values())
_NEEDLES = {
    b"DOCUMENT>": {DOCUMENT, DOCUMENT_END, SEC, IMS, END_OF[SEC], END_OF[IMS]},
    b"TEXT>": {TEXT, TEXT_END},
    b"SUBMISSION>": {SUBMISSION, END_OF[SUBMISSION]},
}
"""One search finds the marks that end alike."""

MOST_MARKS = 1_500_000
"""Lines of structure that are read at most; a submission with a hundred documents has some six hundred."""

_LONGEST = len("</SEC-")
_LF, _LESS = b"\n<"
_START = itemgetter(1)
_BOM = b"\xef\xbb\xbf"


class Mark(NamedTuple):
    """A structural line: its tag, where the line starts, and where the next one does."""

    tag: bytes
    start: int
    end: int


@dataclass(slots=True)
class Region:
    """The marks of one submission: how it opens, its documents with the marks inside each, its closing marks.

    `opening` is None for a file without an outer form. `rejected` counts the ``<DOCUMENT>`` lines that begin none.
    """

    start: int
    opening: Mark | None
    documents: list[list[Mark]] = field(default_factory=list)
    ends: list[Mark] = field(default_factory=list)
    rejected: int = 0

    def moved(self, offset: int) -> Region:
        """The same marks counted from `offset`."""
        if not offset:
            return self

        def move(mark: Mark) -> Mark:
            return Mark(mark.tag, mark.start - offset, mark.end - offset)

        return Region(
            self.start - offset,
            self.opening and move(self.opening),
            [[move(mark) for mark in marks] for marks in self.documents],
            [move(mark) for mark in self.ends],
            self.rejected,
        )


def find_marks(raw: Bytes) -> list[Mark]:
    """All lines of the file that are a mark, in their order. The wrapper lines may carry a name and a date."""
    marks = []
    last = len(raw) - 1
    for needle, tags in _NEEDLES.items():
        width = len(needle)
        at = raw.find(needle)
        while at >= 0:
            after = at + width
            begin = at - 1 if raw[at - 1] == _LESS else raw.rfind(b"<", max(0, at - _LONGEST), at)
            tag = raw[begin:after]
            if begin >= 0 and tag in tags:
                if begin and raw[begin - 1] == _LF and after < last and raw[after] == _LF:
                    marks.append(Mark(tag, begin, after + 1))  # nearly all: nothing else in the line, and LF
                elif tag in (SEC, IMS):
                    start = line_start(raw, begin)
                    if start is not None:
                        marks.append(Mark(tag, start, line_after(raw, after)))
                elif line := whole_line(raw, begin, tag):
                    marks.append(Mark(tag, *line))
            at = raw.find(needle, after) if len(marks) <= MOST_MARKS else -1
    marks.sort(key=_START)
    return marks


def find_regions(raw: Bytes) -> list[Region]:
    """The submissions of a file, each with its marks; bytes before the first opening belong to none.

    Outside of documents every opening mark opens. Inside an open one only a genuine submission does: a wrapper line
    followed by a header line, ``<SUBMISSION>`` by ``<ACCESSION-NUMBER>``; and a ``<DOCUMENT>`` line only with
    ``<TYPE>`` on the next (edgar.md B.9). A PEM line alone never opens anything. None where there are more than
    `MOST_MARKS`.
    """
    marks = find_marks(raw)
    if len(marks) > MOST_MARKS:
        return []
    wrapped = raw.startswith(pem.BEGIN, next_text(raw, 0))
    first = next_text(raw, len(_BOM) if raw.startswith(_BOM) else 0)
    begun = wrapped or raw.startswith((SEC_HEADER, IMS_HEADER), first)
    inside = bool(marks) and not begun and first < marks[0].start
    region = Region(first, None)
    regions = [region]
    loose = 0  # where the stretch outside of documents begins
    for mark in marks:
        tag = mark.tag
        if wrapped and pem.is_continuation(raw, mark.start) and not _closes(raw, mark):
            continue
        if tag == DOCUMENT:
            if inside and not raw.startswith(TYPE, next_text(raw, mark.end)):
                region.rejected += 1
                continue
            if not inside:
                region = _open_headers(raw, loose, mark.start, regions)
            region.documents.append([mark])
            inside = True
        elif tag in OUTER_END:
            if not inside:
                region, loose = _open_headers(raw, loose, mark.start, regions), mark.end
            region.ends.append(mark)
        elif tag in (DOCUMENT_END, TEXT, TEXT_END):
            if region.documents:
                region.documents[-1].append(mark)
            if tag == DOCUMENT_END:
                inside, loose = False, mark.end
        elif not inside or _is_genuine(raw, mark):
            if not inside:
                _open_headers(raw, loose, mark.start, regions)
            start = _with_pem_head(raw, loose if not inside else 0, mark)
            wrapped = start < mark.start or (wrapped and len(regions) == 1)
            region = Region(start, mark)
            regions.append(region)
            inside, loose = False, mark.end
    if not inside:
        _open_headers(raw, loose, len(raw), regions)
    return regions if len(regions) == 1 or regions[0].documents else regions[1:]


def _is_genuine(raw: Bytes, mark: Mark) -> bool:
    follows = {SEC: SEC_HEADER, IMS: IMS_HEADER, SUBMISSION: ACCESSION}[mark.tag]
    return raw.startswith(follows, next_text(raw, mark.end))


def _closes(raw: Bytes, mark: Mark) -> bool:
    """A ``</TEXT>`` line right before ``</DOCUMENT>`` is a mark, also after a natural line of 1,023 bytes."""
    return mark.tag == TEXT_END and raw.startswith(DOCUMENT_END, next_text(raw, mark.end))


def _with_pem_head(raw: Bytes, low: int, mark: Mark) -> int:
    """Where a submission starts whose wrapper line is `mark`: at the PEM head right before it, or at the mark."""
    at = raw.rfind(pem.BEGIN, max(low, mark.start - 4096), mark.start)
    start = line_start(raw, at) if at >= 0 else None
    if start is None or not is_blank(raw, pem.head_end(raw, start, mark.start), mark.start):
        return mark.start
    return start


def _open_headers(raw: Bytes, start: int, end: int, regions: list[Region]) -> Region:
    """Open a region at each header that stands outside of documents and without a wrapper line (edgar.md B.5)."""
    at = raw.find(b"-HEADER>", start, end)
    while at >= 0:
        begin = at - len("<SEC")
        tag = raw[max(begin, 0) : at + len("-HEADER>")]
        if tag in (SEC_HEADER, IMS_HEADER):
            line = line_start(raw, begin)
            if line is not None and line >= start and not _belongs(regions[-1], start, line):
                regions.append(Region(line, Mark(tag, line, line_after(raw, at))))
            start = at
        at = raw.find(b"-HEADER>", at + 1, end)
    return regions[-1]


def _belongs(region: Region, start: int, line: int) -> bool:
    """The header line is the first behind the region's wrapper line, or stands in text that nothing opened."""
    if region.opening is None:
        return not region.documents and region.start < line
    return region.opening.tag in END_OF and region.opening.end == start
