"""A span of days, as people write it: `2024-01-02`, a month `2024-01`, a quarter `2024-Q1`, a year `2024`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from filings.errors import UsageError

_WRITTEN = re.compile(r"(\d{4})(?:-?Q([1-4])|-(\d\d)(?:-(\d\d))?)?", re.IGNORECASE | re.ASCII)
_BEGINNING = date(1993, 1, 1)  # EDGAR's first index
_HOW = "Write a day as 2024-01-02, a month as 2024-01, a quarter as 2024-Q1, a year as 2024."


@dataclass(frozen=True, slots=True)
class Span:
    """From the first day to the last, both included."""

    first: date
    last: date

    def days(self) -> Iterator[date]:
        """Each day, in order."""
        for number in range((self.last - self.first).days + 1):
            yield self.first + timedelta(number)

    def __str__(self) -> str:
        return str(self.first) if self.first == self.last else f"{self.first} to {self.last}"


def span(start: str, end: str | None = None) -> Span:
    """From the beginning of `start` to the end of `end`; `start` alone is all of itself.

    Raises UsageError for what is no day, month, quarter or year, for an end before its start, and for days before 1993,
    when EDGAR began.
    """
    found = Span(_stretch(start).first, _stretch(end or start).last)
    if found.first > found.last:
        raise UsageError(f"{start} comes after {end}", "Write the earlier day first.")
    if found.first < _BEGINNING:
        raise UsageError(f"{start} is before {_BEGINNING}, when EDGAR began", "Begin with 1993 or later.")
    return found


def _stretch(text: str) -> Span:
    found = _WRITTEN.fullmatch(text.strip())
    try:
        if not found:
            raise ValueError(text)
        year = int(found[1])
        if found[4]:
            day = date(year, int(found[3]), int(found[4]))
            return Span(day, day)
        first, months = (int(found[3]), 1) if found[3] else (int(found[2]) * 3 - 2, 3) if found[2] else (1, 12)
        after = first + months
        end = date(year + 1, 1, 1) if after > 12 else date(year, after, 1)
        return Span(date(year, first, 1), end - timedelta(1))
    except (ValueError, OverflowError):
        raise UsageError(f"{text!r} is no day", _HOW) from None
