"""The Commission's file number of the registrant, on the cover and elsewhere (form-6k-cover.md 4.4)."""

from __future__ import annotations

import re
from dataclasses import dataclass

from filings.identifiers import file_number

_ANCHOR = (
    r"(?:(?:commission|sec|s\.e\.c\.)\s*file|(?:19)?34\s+act\s+(?:registration|file)|exchange\s+act\s+file)"
    r"\s*(?:numbers?|nos?\b\.?|\#)?(?:\(s\))?"
)
_NUMBER = r"\d{1,3}\s?[-–]\s?\d{1,6}(?![\d-])"
_BEHIND = re.compile(rf"{_ANCHOR}\s*[:.;]?[\s:(]*(?P<number>{_NUMBER})", re.IGNORECASE)
_ABOVE = re.compile(rf"(?<![\d-])(?P<number>{_NUMBER})\s*\(\s*{_ANCHOR}\s*\)", re.IGNORECASE)
_MORE = re.compile(rf"\s*(?:,|;|/|&|\band\b)\s*(?P<number>{_NUMBER})", re.IGNORECASE)
_BRACKETS = re.compile(rf"[\s(\[;,]{{1,6}}(?:sec\s+file\s+no\.?\s*:?\s*)?(?P<number>{_NUMBER})\s*[)\]]", re.IGNORECASE)
_ELSEWHERE = re.compile(r"registration\s+statement|prospectus|\bform\s+[FSN]-\d", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class FileNumber:
    """A number in characters `start` to `end` (half-open), where its anchor begins and ends, and its canonical form."""

    start: int
    end: int
    anchor: int
    anchor_end: int
    canonical: str | None


def commission_file_numbers(text: str, start: int, limit: int) -> list[FileNumber]:
    """The numbers behind ``Commission File Number`` and its like, or above it in brackets (form-6k-cover.md 4.4).

    Joint filers state several. A number in a sentence on a registration statement is never one.
    """
    found: list[FileNumber] = []
    for pattern in (_BEHIND, _ABOVE):
        for match in pattern.finditer(text, start, limit):
            if not _is_elsewhere(text, match.start(), match.end()):
                found.append(_number(match, match.span()))
                at = match.end()
                while pattern is _BEHIND and (more := _MORE.match(text, at, limit)):
                    found.append(_number(more, more.span()))
                    at = more.end()
        if found:
            break
    return found


def number_behind_82(text: str, start: int, limit: int) -> FileNumber | None:
    """The number in brackets behind the 82- number: ``82-565 (0-26636)`` (form-6k-cover.md 4.4)."""
    found = _BRACKETS.match(text, start, limit)
    return _number(found, found.span()) if found else None


def _is_elsewhere(text: str, start: int, end: int) -> bool:
    line = text[max(text.rfind("\n", 0, start) + 1, start - 300) : end]
    return _ELSEWHERE.search(line) is not None


def _number(match: re.Match[str], anchor: tuple[int, int]) -> FileNumber:
    stated = re.sub(r"\s", "", match["number"]).replace("–", "-")
    return FileNumber(*match.span("number"), *anchor, file_number(stated))
