"""Filings made up from a seed: N days of M, forms and sizes as on the days that were counted (edgar.md I).

Nothing but the seed decides, and bytes are made when they are asked for, so a year of filings costs no room.
"""

from __future__ import annotations

import math
import random
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

from edgar.filing import Filing, Party
from edgar.writing import submission

FORMS: dict[str, tuple[float, int]] = {
    "4": (0.40, 7_400),
    "424B2": (0.11, 600_000),
    "144": (0.09, 6_200),
    "8-K": (0.09, 285_000),
    "3": (0.04, 7_700),
    "D": (0.05, 6_000),
    "6-K": (0.03, 120_000),
    "FWP": (0.03, 30_000),
    "497": (0.03, 100_000),
    "SC 13G/A": (0.03, 14_000),
    "SCHEDULE 13G": (0.02, 14_000),
    "13F-HR": (0.02, 60_000),
    "10-Q": (0.02, 8_100_000),
    "10-K": (0.01, 13_500_000),
    "UPLOAD": (0.01, 43_000),
    "4/A": (0.01, 7_400),
    "EFFECT": (0.01, 1_800),
}
"""Share of the filings, and the median of their sizes in bytes."""

LONGEST = 94_000_000
_WORDS = [
    "ALDER",
    "BASALT",
    "CINDER",
    "DELTA",
    "EMBER",
    "FJORD",
    "GROVE",
    "HARBOR",
    "INLET",
    "JUNIPER",
    "KELP",
    "LARCH",
    "MARSH",
    "NORTH",
    "ORCHARD",
    "PINE",
]
_NAMES = [
    "ADA",
    "BRAM",
    "CLEO",
    "DION",
    "EDDA",
    "FINN",
    "GRETA",
    "HUGO",
    "IDA",
    "JORIS",
    "KAIA",
    "LARS",
    "MILA",
    "NILS",
    "OLGA",
    "PIA",
]


def weekdays(start: date, count: int) -> Iterator[date]:
    day = start
    while count:
        if day.weekday() < 5:
            yield day
            count -= 1
        day += timedelta(1)


def generate(
    days: int, filings: int, *, start: date = date(2024, 1, 2), seed: int = 1, scale: float = 1.0
) -> Iterator[Filing]:
    """`scale` makes submissions of more than 20 kB smaller, so that a test need not move gigabytes."""
    companies = [_company(number) for number in range(1, max(20, filings // 3) + 1)]
    number = 0
    for day in weekdays(start, days):
        for _ in range(filings):
            number += 1
            yield _filing(number, day, companies, random.Random(f"{seed}:{number}"), scale)


def _company(number: int) -> Party:
    first, second = _WORDS[number % 16], _WORDS[number // 16 % 16]
    return Party(1_000_000 + number * 37, f"{first} {second} {'HOLDINGS' if number % 3 else '& SONS'} {number} CORP")


def _person(one: random.Random) -> Party:
    number = one.randrange(4096)
    return Party(
        1_800_000 + number,
        f"{_WORDS[number % 16]} {_NAMES[number // 16 % 16]} {_NAMES[number // 256]}",
        "REPORTING-OWNER",
    )


def _filing(number: int, day: date, companies: list[Party], one: random.Random, scale: float) -> Filing:
    form = one.choices(list(FORMS), [share for share, _ in FORMS.values()])[0]
    company = one.choice(companies)
    match form:
        case "3" | "4" | "4/A":
            parties: tuple[Party, ...] = (_person(one), Party(company.cik, company.name, "ISSUER"))
        case "SC 13G/A" | "SCHEDULE 13G":
            other = one.choice(companies)
            parties = (
                Party(company.cik, company.name, "SUBJECT COMPANY"),
                Party(other.cik, other.name, "FILED BY"),
            )
        case _:
            # the same filer twice in one header makes equal rows
            parties = (company,) * (2 if one.random() < 0.02 else 1)
    accession = f"{one.choice((950170, 1193125, 1213900)):010d}-{day.year % 100:02d}-{number:06d}"
    latest = 22 * 3600 - 1 if form in FORMS and form[0] in "34" else 17 * 3600 + 1799
    accepted = datetime.combine(day, time()) + timedelta(seconds=one.randrange(6 * 3600, latest))
    size = min(LONGEST, int(FORMS[form][1] * math.exp(one.gauss(0, 0.7))))
    size = int(20_000 + (size - 20_000) * scale) if size > 20_000 else size

    def write(dialect: str) -> bytes:
        return submission(dialect, accession, form, day, accepted, parties, size)

    return Filing(accession, form, day, accepted, parties, lambda: write("text"), lambda: write("tags"))
