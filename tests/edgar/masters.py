"""Quarterly master indexes of any size in their true layout (edgar.md D.1): all of EDGAR's 30 million lines, made from a seed."""

from __future__ import annotations

import random
from datetime import date, timedelta
from pathlib import Path

from edgar import index_files
from edgar.generator import FORMS

_FIRST = ("ALDER", "BASALT CAPITAL", "CINDER", "NORTHERN TRUST", "SMITH JOHN", "HARBOR", "KELP & SONS", "MARSH")
_SECOND = ("HOLDINGS", "PARTNERS LP", "INC", "CORP /DE/", "EDWARD", "FUND II")
_NAMES = [f"{first} {second}" for first in _FIRST for second in _SECOND]
_PARTIES = 1.5  # lines a filing
_EQUAL = 2000  # one line of so many stands twice


def lines(year: int, quarter: int, count: int, changed: int = 0) -> list[str]:
    """So many lines of a quarter, sorted as EDGAR sorts them; of each thousand `changed` are other ones than without it."""
    draw = random.Random(f"{year}:{quarter}")
    first = date(year, 3 * quarter - 2, 1)
    days = [str(first + timedelta(number)) for number in range(89)]
    forms = draw.choices(list(FORMS), [share for share, _ in FORMS.values()], k=count)
    ciks = [draw.randrange(1000, 2_000_000) for _ in range(max(1, count // 6))]
    made = []
    for number, form in enumerate(forms):
        filing = int(number / _PARTIES)
        cik = ciks[(filing * 7919 + number) % len(ciks)]
        other = "/A" if number % 1000 < changed else ""
        made.append(
            f"{cik}|{_NAMES[cik % len(_NAMES)]} {cik % 977}|{form}{other}|{days[filing % 89]}|"
            f"edgar/data/{cik}/{950170 + filing % 50:010d}-{year % 100:02d}-{filing % 1_000_000:06d}.txt"
        )
    made += made[: count // _EQUAL]
    made.sort()
    return made


def write(folder: Path, years: range, count: int, changed: int = 0) -> Path:
    """A mirror of `full-index` with so many lines in all of its quarters together."""
    quarters = [(year, quarter) for year in years for quarter in (1, 2, 3, 4)]
    head = index_files.quarterly("master", date(2000, 1, 1), []).decode()
    for year, quarter in quarters:
        last = date(year, 3 * quarter, 30)
        place = folder / "full-index" / str(year) / f"QTR{quarter}" / "master.idx"
        place.parent.mkdir(parents=True, exist_ok=True)
        with place.open("w", encoding="ascii") as file:
            file.write(head.replace("January 1, 2000", f"{last:%B} {last.day}, {last.year}"))
            file.writelines(f"{line}\n" for line in lines(year, quarter, count // len(quarters), changed))
    return folder
