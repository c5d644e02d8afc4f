"""Days and months as filers write them (form-6k-cover.md 4.3 and 7)."""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")

MONTH = (
    r"(?<![A-Za-z])(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?"
    r"|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)(?![A-Za-z])"
)
"""A pattern for the name of a month, or its first three or four letters; use it with IGNORECASE."""

YEAR = r"(?:19|20)\d\d(?!\d)"
"""A pattern for a year of four digits."""

_ORDINAL = r"\d{1,2}\s?(?:st|nd|rd|th)?(?![A-Za-z0-9])"
_MONTH_FIRST = rf"{MONTH}\s*\.?,?\s*{_ORDINAL}\s*[,.]{{0,2}}\s*{YEAR}"
_DAY_FIRST = rf"(?<!\d){_ORDINAL}(?:\s+day)?(?:\s+of)?,?[\s.-]*{MONTH}\s?[.,-]{{0,2}}\s*{YEAR}"
_SHORT_YEAR = rf"(?<!\d)\d{{1,2}}-{MONTH}-\d\d(?!\d)"
_YEAR_FIRST = r"(?<![\d/.-])(?:19|20)\d\d\s?(?P<mark>[/.-])\s?\d{1,2}\s?(?P=mark)\s?\d{1,2}(?![\d/])"
_NUMBERS = r"(?<![\d/.-])\d{1,2}(?P<stroke>[/.-])\d{1,2}(?P=stroke)(?:\d{4}|\d\d)(?![\d/])"

_DAY = re.compile(
    rf"(?P<month_first>{_MONTH_FIRST})|(?P<day_first>{_DAY_FIRST})|(?P<short>{_SHORT_YEAR})"
    rf"|(?P<year_first>{_YEAR_FIRST})|(?P<numbers>{_NUMBERS})",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"\d+")
_NAME = re.compile(MONTH, re.IGNORECASE)
_MONTH_AND_YEAR = re.compile(
    rf"(?P<month>{MONTH})\s*[.,]?\s*(?:(?P<year>{YEAR})|-\s?(?P<short>\d\d)(?!\d)|'(?P<quoted>\d\d)(?!\d))",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Day:
    """A date in a text: characters `start` to `end` (half-open).

    `on` is None where the text is no day of any calendar (February 30), or where `is_ambiguous`: all numbers, and nothing
    tells day from month.
    """

    start: int
    end: int
    on: date | None
    is_ambiguous: bool = False


def find_day(text: str, start: int = 0, end: int | None = None) -> Day | None:
    """The first date in a stretch of a text, of any shape that a 6-K is known to have (form-6k-cover.md 7)."""
    found = _DAY.search(text, start, len(text) if end is None else end)
    return _read(found) if found else None


def day_at(text: str, start: int, end: int | None = None) -> Day | None:
    """The date that begins exactly there."""
    found = _DAY.match(text, start, len(text) if end is None else end)
    return _read(found) if found else None


def days_in(text: str, start: int, end: int) -> list[Day]:
    """Every date in a stretch of a text."""
    return [_read(found) for found in _DAY.finditer(text, start, end)]


def _read(found: re.Match[str]) -> Day:
    text = found.group()
    numbers = [int(number) for number in _NUMBER.findall(text)]
    is_ambiguous = False
    if found.lastgroup in ("month_first", "day_first", "short"):
        name = _NAME.search(text)
        month = month_number(name.group()) if name else 0
        day, year = numbers[0], _year(numbers[1])
    elif found["year_first"]:
        year, month, day = numbers
    else:
        # Day or month first is the filer's custom: only a part above 12 tells.
        one, other, year = numbers[0], numbers[1], _year(numbers[2])
        is_ambiguous = one <= 12 and other <= 12 and one != other
        month, day = (other, one) if one > 12 else (one, other)
    return Day(found.start(), found.end(), None if is_ambiguous else _date(year, month, day), is_ambiguous)


def _year(number: int) -> int:
    """Two digits: EDGAR began in 1993."""
    return number if number > 99 else 1900 + number if number >= 93 else 2000 + number


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def month_number(name: str) -> int:
    """1 to 12 for a month's name, or its first letters; 0 for anything else."""
    short = name[:3].lower()
    return _MONTHS.index(short) + 1 if short in _MONTHS else 0


def find_month(text: str, start: int, end: int) -> tuple[re.Match[str], date, date] | None:
    """The first month with its year in the stretch: the match, the month's first and its last day."""
    found = _MONTH_AND_YEAR.search(text, start, end)
    if not found:
        return None
    year = _year(int(found["year"] or found["short"] or found["quoted"]))
    month = month_number(found["month"])
    return found, *month_days(year, month)


def month_days(year: int, month: int) -> tuple[date, date]:
    """First and last day of a month."""
    return date(year, month, 1), date(year, month, monthrange(year, month)[1])
