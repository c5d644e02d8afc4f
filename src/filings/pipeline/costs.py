"""What fetching costs: the model by which a plan chooses between filings one by one and the day's archive.

One by one: a request each, at the limit's rate; its bytes at the speed of the line; reading and loading them. Whichever of
the three is slowest decides, since they run side by side.

    seconds = max(filings / rate, wire bytes / speed, bytes / load)

The archive: all bytes of the day, whatever is wanted of it, then reading it through, then loading what is wanted, one
behind the other.

    seconds = archive bytes / speed + archive bytes x packing / unpack + wanted bytes / load

`speed`, `load`, the size of a form's filings and the size of a year's archives are learned: each run records what it
saw (``run.counts``), and the last runs are averaged. Until then they are those of edgar.md E and I and of
docs/performance.md.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import Engine, select

from filings.disk import disk
from filings.schema.state import run

SPEED = 5_000_000.0
"""Bytes a second of the line, until a run has measured it (an assumption)."""

LOAD = 10_000_000.0
"""Bytes of submissions a second that are split, read and loaded (docs/performance.md)."""

UNPACK = 100_000_000.0
"""Bytes of submissions a second that are unpacked and judged (an assumption)."""

PACKING = 4.0
"""Bytes of submissions for each byte of an archive, or of a packed answer (edgar.md E: 32 GB are some 120 GB)."""

FORM_BYTES = {
    "3": 7_700, "4": 7_400, "5": 7_400, "144": 6_200, "SC 13G": 14_000, "SC 13G/A": 14_000, "8-K": 285_000, "6-K": 285_000,
    "10-Q": 8_100_000, "10-K": 13_500_000, "DEF 14A": 2_500_000, "424B5": 600_000, "424B2": 600_000, "S-1/A": 3_000_000,
    "ABS-15G/A": 23_000_000, "UPLOAD": 43_000, "13F-NT": 2_900, "EFFECT": 1_800, "D": 6_000,
}  # fmt: skip
"""Median bytes of a submission by form, of late years (edgar.md I)."""

OTHER_BYTES = 300_000
"""Bytes of a submission of any other form (an assumption between the medians of edgar.md I)."""

ARCHIVE_BYTES = {2010: 140e6, 2014: 450e6, 2019: 750e6, 2020: 1_100e6, 2023: 1_650e6, 2026: 1_600e6}
"""Bytes of a usual day's archive; the days of edgar.md E are high ones of their years, whose mean is 1,041 MB."""

FIRST_ARCHIVE = date(1995, 7, 1)
"""Before this there are no archives (edgar.md E)."""

_RUNS = 50


@dataclass(slots=True)
class Learned:
    """What a run saw: pairs of a sum and what it is divided by (bytes and seconds; filings and bytes)."""

    speed: list[float] = field(default_factory=lambda: [0.0, 0.0])
    load: list[float] = field(default_factory=lambda: [0.0, 0.0])
    forms: dict[str, list[float]] = field(default_factory=dict)
    archives: dict[str, list[float]] = field(default_factory=dict)

    def add(self, pair: list[float], over: float, under: float) -> None:
        """One more observation of a pair."""
        pair[0] += over
        pair[1] += under

    def form(self, form: str, size: int) -> None:
        """A filing of a form had so many bytes."""
        self.add(self.forms.setdefault(form, [0.0, 0.0]), 1, size)

    def archive(self, day: date, size: int) -> None:
        """The archive of a day had so many bytes."""
        self.add(self.archives.setdefault(str(day.year), [0.0, 0.0]), 1, size)

    def merge(self, other: Mapping[str, Any]) -> None:
        """Take in what another run recorded."""
        self.add(self.speed, *other.get("speed", (0, 0)))
        self.add(self.load, *other.get("load", (0, 0)))
        for mine, theirs in ((self.forms, other.get("forms", {})), (self.archives, other.get("archives", {}))):
            for name, pair in theirs.items():
                self.add(mine.setdefault(name, [0.0, 0.0]), *pair)


def learned(state: Engine) -> Learned:
    """What the last runs saw together. Raises StoreError."""
    found = Learned()
    asked = select(run.c.counts).where(run.c.kind == "backfill").order_by(run.c.run_id.desc()).limit(_RUNS)
    with disk("reading the runs"), state.connect() as connection:
        for (counts,) in connection.execute(asked):
            found.merge(json.loads(counts or "{}").get("learned", {}))
    return found


@dataclass(frozen=True, slots=True)
class Cost:
    """Of one way to get a day: requests, bytes over the line, seconds."""

    requests: int
    bytes: float
    seconds: float


class Costs:
    """The model with its figures. `rate` is requests a second."""

    def __init__(self, rate: float, seen: Learned | None = None) -> None:
        seen = seen or Learned()
        self.rate = rate
        self.speed = _ratio(seen.speed, SPEED, at_least=1_000_000)
        self.load = _ratio(seen.load, LOAD, at_least=1_000_000)
        self._forms = FORM_BYTES | {form: pair[1] / pair[0] for form, pair in seen.forms.items() if pair[0] >= 5}
        self._archives = {int(year): pair[1] / pair[0] for year, pair in seen.archives.items() if pair[0]}

    def one_by_one(self, forms: Mapping[str, float]) -> Cost:
        """So many filings of each form, a request each."""
        filings, size = sum(forms.values()), self._size(forms)
        wire = size / PACKING
        return Cost(round(filings), wire, max(filings / self.rate, wire / self.speed, size / self.load))

    def archive(self, day: date, forms: Mapping[str, float]) -> Cost | None:
        """The archive of the day, of which so many filings of each form are wanted; None where there can be none."""
        if day < FIRST_ARCHIVE:
            return None
        size = self._archives.get(day.year) or _between(ARCHIVE_BYTES, day.year)
        seconds = size / self.speed + size * PACKING / UNPACK + self._size(forms) / self.load
        return Cost(1, size, seconds)

    def _size(self, forms: Mapping[str, float]) -> float:
        return sum(count * self._forms.get(form, OTHER_BYTES) for form, count in forms.items())


def _ratio(pair: list[float], otherwise: float, *, at_least: float) -> float:
    """What was measured, where enough was."""
    return pair[0] / pair[1] if pair[0] >= at_least and pair[1] > 0 else otherwise


def _between(table: Mapping[int, float], year: int) -> float:
    """Of the year, on the line between the two years around it; before the first and behind the last as there."""
    years = sorted(table)
    if year <= years[0] or year >= years[-1]:
        return table[years[0] if year <= years[0] else years[-1]]
    after = next(each for each in years if each >= year)
    before = max(each for each in years if each <= year)
    share = (year - before) / (after - before) if after > before else 0.0
    return table[before] + (table[after] - table[before]) * share
