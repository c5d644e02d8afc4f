"""A section of a document: a stretch of its lines (form-6k-cover.md 9)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from filings.parse.text.line import CELL, Line


@dataclass(frozen=True, slots=True)
class Section:
    """Lines `first` to `end` (half-open) of a document, and what table `section` says of them.

    The sections of a document follow each other without gaps, so that every visible character lies in exactly one.
    """

    first: int
    end: int
    kind: str = "other"
    level: int = 1
    heading: str | None = None
    item: str | None = None


def cut(lines: Sequence[Line], heads: Iterable[Section], before: str = "other") -> list[Section]:
    """Sections that begin where `heads` do (their `end` is not read) and reach to the next.

    What stands before the first of them is a section without heading, of kind `before`; it and the others are left out
    where no visible character is in them.
    """
    begun = sorted(heads, key=lambda head: head.first)
    if not begun or begun[0].first:
        begun.insert(0, Section(0, 0, before))
    ends = [*(head.first for head in begun[1:]), len(lines)]
    return [
        Section(head.first, end, head.kind, head.level, head.heading, head.item)
        for head, end in zip(begun, ends, strict=True)
        if any(line.text for line in lines[head.first : end])
    ]


def whole(lines: Sequence[Line]) -> list[Section]:
    """The whole text as one section without heading; none where there is no text."""
    return cut(lines, ())


def shown(text: str) -> str:
    """A line's text with a blank for each mark between cells."""
    return text.replace(CELL, " ")


def covers_once(lines: Sequence[Line], sections: Sequence[Section]) -> bool:
    """The sections follow each other, and leave out no line with text."""
    if not sections:
        return not any(line.text for line in lines)
    gaps = [(0, sections[0].first), *((one.end, after.first) for one, after in pairwise(sections))]
    gaps.append((sections[-1].end, len(lines)))
    return all(end >= start and not any(line.text for line in lines[start:end]) for start, end in gaps)
