"""What an index is called, whatever the form in which it is packed: its place in EDGAR's tree, and the days it covers.

The same index comes from a server as ``master.gz``, from another as ``master.idx``, and from a mirror on a disk: these are
readings of one index, and what the newer one lacks has vanished.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import PurePosixPath

from filings.fetch.listing import day_of_name

_TREE = re.compile(r"(?:^|/)(daily-index|full-index|Feed)/(\d{4})/(?:QTR|Q)([1-4])/([^/?#]+)$", re.IGNORECASE)
_DAY_ALONE = re.compile(r"(?:^|[/_])(master)\.(\d{4})(\d\d)\d\d\.idx(?:\.gz|\.Z)?$")
_PACKED = re.compile(r"\.(?:gz|Z|zip)$")
_TREES = {"daily-index": "daily", "full-index": "quarterly", "feed": "feed_archive"}
_SPELLED = {"daily-index": "daily-index", "full-index": "full-index", "feed": "Feed"}


@dataclass(frozen=True, slots=True)
class IndexName:
    """`name` is the path below ``/Archives/edgar/`` without a suffix of compression; `kind` as in `ops.index_file`.

    `covers_from` and `covers_to` are the days that the name promises: a day, or a quarter.
    """

    name: str
    kind: str
    covers_from: date | None
    covers_to: date | None


def index_name(path: str) -> IndexName | None:
    """What a path, URL or name in a mirror stands for; None where it is nothing of the index trees.

    A daily master with its day in eight digits is known without its folder, too.
    """
    found = _TREE.search(path)
    if not found:
        alone = _DAY_ALONE.search(path)
        if not alone:
            return None
        year, month = alone[2], int(alone[3])
        if not 1 <= month <= 12:
            return None
        name = PurePosixPath(path).name
        return index_name(f"daily-index/{year}/QTR{(month + 2) // 3}/{name[name.index('master') :]}")
    tree, year, quarter, name = found[1].lower(), int(found[2]), int(found[3]), found[4]
    folder = f"{_SPELLED[tree]}/{year}/QTR{quarter}"
    first, last = days_of_quarter(year, quarter)
    if name in ("index.json", "index.html", "index.xml"):
        return IndexName(f"{folder}/{name}", "listing", first, last)
    if tree == "feed":
        day = _day(name, year)
        return IndexName(f"{folder}/{name}", "feed_archive", day, day)
    plain = _PACKED.sub("", name)
    plain = plain if plain.endswith(".idx") else f"{plain}.idx"
    if tree == "full-index":
        return IndexName(f"{folder}/{plain}", "quarterly", first, last)
    day = _day(plain, year)
    return IndexName(f"{folder}/{plain}", "daily", day, day)


def _day(name: str, year: int) -> date | None:
    try:
        return date.fromisoformat(day_of_name(name, year) or "")
    except ValueError:
        return None


def quarter_of(day: date) -> tuple[int, int]:
    """The year and quarter of a day."""
    return day.year, (day.month + 2) // 3


def days_of_quarter(year: int, quarter: int) -> tuple[date, date]:
    """The first and the last day of a quarter."""
    first = date(year, 3 * quarter - 2, 1)
    after = date(year + quarter // 4, 3 * quarter % 12 + 1, 1)
    return first, after - timedelta(1)


def quarters(first: date, last: date) -> list[tuple[int, int]]:
    """The quarters that a span of days touches, in order."""
    found, (year, quarter) = [], quarter_of(first)
    while (year, quarter) <= quarter_of(last):
        found.append((year, quarter))
        year, quarter = (year, quarter + 1) if quarter < 4 else (year + 1, 1)
    return found


_COMPANY = re.compile(r"CIK\d{10}(?:-submissions-\d{3})?\.json$")
_TICKERS = re.compile(r"company_tickers(?:_exchange|_mf)?\.json$")


def reading_name(record_kind: str, path: str) -> IndexName | None:
    """What a raw record of that kind is a reading of, by its URL or its name on a disk; None where nobody can tell.

    An index, listing or archive by its place in the tree; company data, ticker files and feeds by their path on the host.
    """
    if record_kind in ("index", "listing", "feed_archive"):
        return index_name(path)
    if record_kind == "company_json":
        found = _COMPANY.search(path)
        return IndexName(f"submissions/{found[0]}", record_kind, None, None) if found else None
    if record_kind == "ticker_file":
        found = _TICKERS.search(path)
        return IndexName(f"files/{found[0]}", record_kind, None, None) if found else None
    return IndexName("latest", "latest_feed", None, None) if record_kind == "feed_page" else None
