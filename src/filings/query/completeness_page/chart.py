"""The chart of waiting: a bar a day, or a month, from the median to the 95th percentile, on a scale of time by powers."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date

from filings.query.completeness_page.waiting import IN_TIME, Wait, Waiting
from filings.span import Span

WIDTH, HEIGHT = 1000, 100
"""Units of the drawing; the page stretches it."""

_LEAST = 10.0  # seconds at the foot of the scale: less is drawn as this
_MOST = float(IN_TIME)
_LINES = ((60, "1 min"), (600, "10 min"), (3600, "1 h"), (6 * 3600, "6 h"), (24 * 3600, "24 h"))


@dataclass(frozen=True, slots=True)
class Bar:
    """One stretch: its left edge and width, the heights of median and 95th percentile from the top, and that in words."""

    x: float
    width: float
    median: float
    most: float
    words: str


@dataclass(frozen=True, slots=True)
class Chart:
    """The bars; the lines of the scale: how far from the top, and what they stand for; the beginnings of months or years
    (of days, where there are few): how far from the left, and their names. Both in percent."""

    bars: tuple[Bar, ...]
    lines: tuple[tuple[float, str], ...]
    ticks: tuple[tuple[float, str], ...]


def chart(waiting: Waiting, span: Span) -> Chart:
    """Each stretch that has filings in time, at its place in the span."""
    unit = waiting.chart_unit
    step = WIDTH / max(_place(span.last, span, unit) + 1, 14)  # few days do not become walls
    bars = tuple(
        Bar(
            round(_place(wait.begins, span, unit) * step + step * 0.15, 2),
            round(step * 0.7, 2),
            _height(wait.loaded[0]),
            _height(wait.loaded[1]),
            _words(wait, unit),
        )
        for wait in waiting.chart
        if wait.loaded
    )
    scale = tuple((_height(seconds), name) for seconds, name in _LINES)
    ticks = tuple((round(_place(day, span, unit) * step / 10, 2), name) for day, name in _ticks(span))
    return Chart(bars, scale, ticks)


def _ticks(span: Span) -> list[tuple[date, str]]:
    """At most a dozen days with a name: every day, Monday, month, quarter or year, or every so many years."""
    days = list(span.days())
    if len(days) <= 14:
        return [(day, f"{day:%d %b}") for day in days[:: 1 if len(days) <= 7 else 2]]
    if len(days) <= 62:
        return [(day, f"{day:%d %b}") for day in days if day.weekday() == 0]
    months = [day for day in days if day.day == 1]
    if len(months) <= 12:
        return [(day, f"{day:%b}" if day.month > 1 else f"{day:%Y}") for day in months]
    years = [day for day in months if day.month == 1]
    return [(day, f"{day:%Y}") for day in years[:: len(years) // 12 + 1]]


def _place(day: date, span: Span, unit: str) -> int:
    if unit == "day":
        return (day - span.first).days
    return (day.year - span.first.year) * 12 + day.month - span.first.month


def _height(seconds: float) -> float:
    bounded = min(max(seconds, _LEAST), _MOST)
    return round(HEIGHT * (1 - math.log(bounded / _LEAST) / math.log(_MOST / _LEAST)), 2)


def stretch(begins: date, unit: str) -> str:
    """The name of a stretch: a day, a month, a year."""
    return f"{begins:%Y-%m-%d}" if unit == "day" else f"{begins:%Y-%m}" if unit == "month" else f"{begins:%Y}"


def _words(wait: Wait, unit: str) -> str:
    assert wait.loaded
    half, most = map(duration, wait.loaded)
    return f"{stretch(wait.begins, unit)}: half within {half}, 95 % within {most}; {wait.filings:,} filings"


def duration(seconds: float) -> str:
    """A time for people, of two units at most: 42 s, 12 min, 3 h 20 min, 4 days."""
    whole = round(seconds)
    if abs(whole) < 100:
        return f"{whole} s"
    minutes = round(seconds / 60)
    if abs(minutes) < 60:
        return f"{minutes} min"
    hours, rest = divmod(minutes, 60)
    if hours < 48:
        return f"{hours} h {rest} min" if rest else f"{hours} h"
    return f"{round(seconds / 86400):,} days"
