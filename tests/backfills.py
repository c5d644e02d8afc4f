"""Backfills for tests: a small EDGAR, settings that point to it, and what may have come in the end."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from pathlib import Path

import duckdb

from edgar.filing import Filing
from edgar.server import SmallEdgar
from filings.fetch.client import Patience
from filings.fetch.wire import Timeouts
from filings.settings import Settings
from filings.span import Span

HASTY = Patience(
    attempts=4, first=0.01, longest=0.02, blocks=9, timeouts=Timeouts(connect=2, read=2, stall=2, slowest=1000)
)
FIRST = date(2024, 1, 2)
SPAN = Span(FIRST, date(2024, 3, 31))


def settings_for(small: SmallEdgar, warehouse: Path, **more: object) -> Settings:
    """Settings for a warehouse that is filled from a small EDGAR, as fast as it answers."""
    return Settings(
        warehouse=warehouse,
        user_name="Test",
        user_email="test@example.com",
        edgar_url=small.url,
        **({"requests_per_second": 1000, "block_seconds": 1} | more),  # type: ignore[arg-type]
    )


def loaded(warehouse: Path) -> set[str]:
    """The filings of the newest snapshot."""
    with duckdb.connect(str((warehouse / "filings.duckdb").resolve()), read_only=True) as connection:
        return {row[0] for row in connection.execute("SELECT filing_id FROM filing").fetchall()}


def accessions(filings: Iterable[Filing]) -> set[str]:
    """Their accession numbers."""
    return {each.accession for each in filings}


def bodies_asked(small: SmallEdgar) -> list[str]:
    """The accession of each request for a submission that was answered with it, in order."""
    return [
        each.path.rpartition("/")[2].removesuffix(".txt")
        for each in small.log.requests
        if "/edgar/data/" in each.path and each.status == 200 and not each.trouble
    ]
