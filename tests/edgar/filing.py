"""What the small EDGAR holds of a filing, and the rows that its indexes make of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class Party:
    cik: int
    name: str
    role: str = "FILER"


@dataclass(frozen=True, slots=True)
class Filing:
    """`accepted` is Eastern, without a zone. `text` makes the bytes of the `.txt`, `tags` those of the feed's `.nc`."""

    accession: str
    form: str
    filed: date
    accepted: datetime
    parties: tuple[Party, ...]
    text: Callable[[], bytes]
    tags: Callable[[], bytes]

    def rows(self) -> list[tuple[int, str, str, date, str]]:
        """Index rows: one for each party, equal ones too where a party stands twice (edgar.md D.4)."""
        return [
            (party.cik, party.name, self.form, self.filed, f"edgar/data/{party.cik}/{self.accession}.txt")
            for party in self.parties
        ]


def quarter(day: date) -> int:
    return (day.month + 2) // 3
