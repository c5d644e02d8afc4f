"""The period on the cover, and the number of the report behind it (form-6k-cover.md 4.3)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from filings.forms.text.days import MONTH, YEAR, Day, day_at, find_day, find_month, month_days, month_number

_FOR_THE_MONTH = re.compile(r"for\s+the\s+months?(?:\s+of|\s+ended|\s+ending)?(?P<rest>[\s:,]*)", re.IGNORECASE)
_TWO_MONTHS = re.compile(
    rf"(?P<first>{MONTH})\s?[.,]?\s*(?P<first_year>{YEAR})?\s*(?:and|to|through|&|[-–—])\s*"
    rf"(?P<last>{MONTH})\s?[.,]?\s*(?P<year>{YEAR})\s?\.?",
    re.IGNORECASE,
)
_DATED = re.compile(
    r"(?<![A-Za-z])(?:dated?(?:\s+of\s+(?:this\s+)?report(?:\s*\([^()\n]{0,60}\))?)?)(?![A-Za-z])\s*(?:as\s+of)?\s*:?\s*",
    re.IGNORECASE,
)
_ENDED = re.compile(
    r"for\s+the\s+(?:[\w-]+\s+){0,5}?(?:quarters?|periods?|years?|months)\s+(?:period\s+)?end(?:ed|ing)\s*:?\s*(?=\w)",
    re.IGNORECASE,
)
_RANGE = re.compile(
    rf"(?:for\s+the\s+period\s+)?(?:from\s+)?(?<!\d)(?P<first>\d{{1,2}})\s*(?:[-–—]|to)\s*(?P<last>\d{{1,2}})\s+"
    rf"(?P<month>{MONTH})\s?,?\s*(?P<year>{YEAR})",
    re.IGNORECASE,
)
_FROM_TO = re.compile(r"(?:for\s+the\s+period\s+)?from\s+(?=\w)", re.IGNORECASE)
_TO = re.compile(r"\s*(?:to|through|until|[-–—])\s*(?=\w)", re.IGNORECASE)
_REPORT_NUMBER = re.compile(
    r"\s*\(?\s*report\s+(?:no\.?|number)\s*(?P<number>\d{1,4}(?:[-/]\d{1,4})?)\s*\)?", re.IGNORECASE
)
_SHORT_LINE = re.compile(r"(?<![^\n\x1f])[^\n\x1f]{3,40}(?![^\n\x1f])")
_STOP = re.compile(r"\s?\.(?=\s|$)")


@dataclass(frozen=True, slots=True)
class Period:
    """The period in characters `start` to `end` (half-open); both days None where the text cannot be read."""

    kind: str
    start: int
    end: int
    first: date | None
    last: date | None
    has_day_in_month: bool = False
    is_unparsed: bool = False
    is_ambiguous: bool = False


def period(text: str, start: int, limit: int) -> Period | None:
    """The period between the rule citation and the name block (form-6k-cover.md 4.3). Kinds are tried in its order."""
    for rule in (_of_the_month, _ended, _dated, _range, _bare):
        if found := rule(text, start, limit):
            return found
    return None


def _with_stop(text: str, end: int) -> int:
    """A full stop behind the year belongs to the period: ``For the month of November 2023.``"""
    found = _STOP.match(text, end)
    return found.end() if found else end


def _of_the_month(text: str, start: int, limit: int) -> Period | None:
    """``For the month of July, 2004``, ``For the Month Ended May 2001``, ``For the month of April 4, 2007``."""
    found = _FOR_THE_MONTH.search(text, start, limit)
    if not found:
        return None
    at = found.end()
    if two := _TWO_MONTHS.match(text, at, limit):
        return _months(two, found.start())
    if (day := day_at(text, at, limit)) and day.on:
        kind = "period_ended" if "end" in found.group().lower() else "date"
        first = None if kind == "period_ended" else day.on
        return Period(kind, found.start(), _with_stop(text, day.end), first, day.on, kind == "date")
    if (month := find_month(text, at, min(limit, at + 60))) and month[0].start() == at:
        return Period("month", found.start(), _with_stop(text, month[0].end()), month[1], month[2])
    line_end = text.find("\n", at, limit)
    return Period("none", found.start(), line_end if line_end >= 0 else limit, None, None, is_unparsed=True)


def _months(two: re.Match[str], start: int) -> Period:
    """``For the months of July and August 2004``."""
    year = int(two["year"])
    first, _ = month_days(int(two["first_year"] or year), month_number(two["first"]))
    _, last = month_days(year, month_number(two["last"]))
    return Period("months", start, two.end(), first, last)


def _ended(text: str, start: int, limit: int) -> Period | None:
    """``For the Quarter Ended June 30, 2020``: its end alone is known."""
    found = _ENDED.search(text, start, limit)
    if not found or not (day := day_at(text, found.end(), limit)):
        return None
    return Period("period_ended", found.start(), day.end, None, day.on, is_unparsed=day.on is None)


def _dated(text: str, start: int, limit: int) -> Period | None:
    """``Dated November 13, 2006``, ``Date of Report: December 10, 2002``."""
    for found in _DATED.finditer(text, start, limit):
        if day := day_at(text, found.end(), limit):
            return _on(text, found.start(), day)
    return None


def _on(text: str, start: int, day: Day) -> Period:
    if day.on is None:
        return Period(
            "none", start, day.end, None, None, is_unparsed=not day.is_ambiguous, is_ambiguous=day.is_ambiguous
        )
    return Period("date", start, _with_stop(text, day.end), day.on, day.on)


def _range(text: str, start: int, limit: int) -> Period | None:
    """``1 – 31 July 2006``, ``from July 1, 2006 to July 31, 2006``."""
    if found := _RANGE.search(text, start, limit):
        first, last = (
            day_at(f"{found['first']} {found['month']} {found['year']}", 0),
            find_day(text, found.start("last")),
        )
        if first and last and first.on and last.on and first.on <= last.on:
            return Period("date_range", found.start(), found.end(), first.on, last.on)
    for begun in _FROM_TO.finditer(text, start, limit):
        one = day_at(text, begun.end(), limit)
        to = _TO.match(text, one.end, limit) if one else None
        other = day_at(text, to.end(), limit) if to else None
        if one and other and one.on and other.on:
            return Period("date_range", begun.start(), other.end, one.on, other.on)
    return None


def _bare(text: str, start: int, limit: int) -> Period | None:
    """A line, or a cell, that is only a day or only a month with its year: ``25 March 2003``, ``April, 2009``."""
    for begin, end in _lines(text, start, limit):
        if (two := _TWO_MONTHS.match(text, begin, end)) and two.end() == end:
            return _months(two, begin)
        if (day := day_at(text, begin, end)) and _with_stop(text, day.end) >= end:
            return _on(text, begin, day)
        if (
            (month := find_month(text, begin, end))
            and month[0].start() == begin
            and _with_stop(text, month[0].end()) >= end
        ):
            return Period("month", begin, end, month[1], month[2])
    return None


def _lines(text: str, start: int, limit: int) -> Iterator[tuple[int, int]]:
    for found in _SHORT_LINE.finditer(text[start:limit]):
        held = found.group()
        left = len(held) - len(held.lstrip())
        yield start + found.start() + left, start + found.start() + len(held.rstrip())


@dataclass(frozen=True, slots=True)
class ReportNumber:
    """The number of a report, and its characters `start` to `end` (half-open), brackets included."""

    number: str
    start: int
    end: int


def report_number(text: str, start: int, limit: int) -> ReportNumber | None:
    """The number behind the period: ``(Report No. 5)`` (form-6k-cover.md 4.3)."""
    found = _REPORT_NUMBER.match(text, start, limit)
    return ReportNumber(found["number"], *found.span()) if found else None
