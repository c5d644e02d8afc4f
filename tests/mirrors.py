"""Folders like EDGAR's trees, of made-up filings: indexes and submissions that `filings index --from` and `ingest` read."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path

from edgar import index_files
from edgar.filing import Filing, quarter


def write_indexes(folder: Path, filings: Sequence[Filing], days: Iterable[date]) -> Path:
    """The daily master index of each day."""
    for day in days:
        place = folder / "daily-index" / str(day.year) / f"QTR{quarter(day)}"
        place.mkdir(parents=True, exist_ok=True)
        rows = [row for each in filings if each.filed == day for row in each.rows()]
        (place / f"master.{day:%Y%m%d}.idx").write_bytes(index_files.daily("master", day, rows))
    return folder


def write_filings(folder: Path, filings: Iterable[Filing], cut: int = 0) -> Path:
    """The submissions; without their last `cut` bytes."""
    for each in filings:
        place = folder / "edgar" / "data" / str(each.parties[0].cik) / f"{each.accession}.txt"
        place.parent.mkdir(parents=True, exist_ok=True)
        text = each.text()
        place.write_bytes(text[: len(text) - cut])
    return folder
