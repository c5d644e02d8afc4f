"""The calendar of the page: where each day stands, in units of the drawing; what it looks like is the template's affair.

Up to two years are sheets, one a month, a row a week from Monday on. A longer span is a strip a year: a column a week, a
row a weekday, the months a little apart, so that thirty years are still read at a glance.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby

from filings.query.completeness import Day, Proof, State

SHEETS = 24
"""The months of the longest span that is shown as sheets."""
PITCH = 26
"""Units from one day of a sheet to the next."""
STRIP_PITCH = 12
"""The same in a strip."""

_APART = 6  # units between two months of a strip
_ABOVE = 30  # units for the names of months above a strip
_COUNTED = ("listed", "loaded", "quarantined", "pending", "missing", "extra")


@dataclass(frozen=True, slots=True)
class Cell:
    """A day: its place, how it stands, and that in words with its numbers. `state` is None outside the span."""

    x: int
    y: int
    day: int
    state: State | None
    words: str


@dataclass(frozen=True, slots=True)
class Block:
    """A month or a year: its name, what is here in words (`sum`) and with the days that were not read (`words`), the size
    of the drawing, its days, and names of months with their x."""

    name: str
    sum: str
    words: str
    width: int
    height: int
    cells: tuple[Cell, ...]
    labels: tuple[tuple[int, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Calendar:
    """All blocks; `kind` is sheets or strips."""

    kind: str
    blocks: tuple[Block, ...]


def calendar(proof: Proof) -> Calendar:
    """The days of a proof, each at its place."""
    first, last = proof.span.first, proof.span.last
    months = (last.year - first.year) * 12 + last.month - first.month + 1
    if months <= SHEETS:
        return Calendar("sheets", tuple(map(_sheet, _grouped(proof.days, "%Y-%m"))))
    return Calendar("strips", tuple(map(_strip, _grouped(proof.days, "%Y"))))


def _grouped(days: Sequence[Day], by: str) -> Iterator[list[Day]]:
    for _, group in groupby(days, key=lambda day: day.date.strftime(by)):
        yield list(group)


def _sheet(days: Sequence[Day]) -> Block:
    of_day = {day.date: day for day in days}
    one = days[0].date.replace(day=1)
    offset = one.weekday()
    cells = []
    at = one
    while at.month == one.month:
        place = offset + at.day - 1
        cells.append(_cell(place % 7 * PITCH, place // 7 * PITCH, at, of_day.get(at)))
        at += timedelta(1)
    weeks = (offset + cells[-1].day + 6) // 7
    return Block(f"{one:%B %Y}", *_sums(days), 7 * PITCH, weeks * PITCH, tuple(cells))


def _strip(days: Sequence[Day]) -> Block:
    of_day = {day.date: day for day in days}
    cells, labels = [], []
    year, x = days[0].date.year, 0
    for month in range(1, 13):
        at = date(year, month, 1)
        labels.append((x, f"{at:%b}"))
        while at.month == month:
            if day := of_day.get(at):
                cells.append(_cell(x, _ABOVE + at.weekday() * STRIP_PITCH, at, day))
            if at.weekday() == 6:
                x += STRIP_PITCH
            at += timedelta(1)
        x += _APART + (STRIP_PITCH if at.weekday() else 0)
    return Block(str(year), *_sums(days), STRIP_WIDTH, _ABOVE + 7 * STRIP_PITCH, tuple(cells), tuple(labels))


STRIP_WIDTH = 11 * _APART + 64 * STRIP_PITCH
"""Wide enough for any year: its months touch 64 weeks at most, counted for each month."""


def _cell(x: int, y: int, at: date, day: Day | None) -> Cell:
    return Cell(x, y, at.day, day.state if day else None, _words(day) if day else "")


def _words(day: Day) -> str:
    numbers = ", ".join(f"{count:,} {name}" for name in _COUNTED if (count := getattr(day, name)))
    return f"{day.date:%a} {day.date}: {day.state}" + (f"; {numbers}" if numbers else "")


def _sums(days: Sequence[Day]) -> tuple[str, str]:
    listed, here = sum(day.listed for day in days), sum(day.loaded + day.quarantined for day in days)
    unread = sum(day.state is State.NOT_READ for day in days)
    said = f"{here:,} of {listed:,} here" if listed else "nothing listed"
    return said, f"{said}, {unread:,} days not read" if unread else said
