"""Company history and ticker files → rows (edgar.md F.2, F.3). All of it is today's state, not the state at filing."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from filings.errors import SourceError
from filings.identifiers import cik as canonical_cik
from filings.large import Bytes


class CompanyFiling(NamedTuple):
    """A filing in a company's history. `size` is the bytes of the `.txt`.

    The acceptance time is left out on purpose: for many companies it is the Eastern clock with a false Z (F.2).
    """

    accession_number: str
    form_type: str
    filed_on: date | None
    size: int | None
    primary_document: str


class FormerName(NamedTuple):
    """A former name, with the first and last moment as stated (UTC midnights of Eastern days)."""

    name: str
    first: str | None
    last: str | None


@dataclass(frozen=True, slots=True)
class Company:
    """A company's page. `stated` is everything outside `filings`, as it came; `parts` the names of the older pages."""

    cik: str
    name: str
    former_names: tuple[FormerName, ...]
    tickers: tuple[tuple[str, str | None], ...]
    stated: Mapping[str, Any]
    filings: tuple[CompanyFiling, ...]
    parts: tuple[str, ...]


class Ticker(NamedTuple):
    """A ticker. `exchange` is None where it is not stated; `series_id` and `class_id` are those of a fund."""

    cik: str
    ticker: str
    name: str | None = None
    exchange: str | None = None
    series_id: str | None = None
    class_id: str | None = None


def read_company(body: Bytes) -> Company:
    """The first page of a company. Raises SourceError for what is none."""
    page = _json(body)
    try:
        stated = {name: value for name, value in page.items() if name != "filings"}
        number = canonical_cik(str(page["cik"]))  # with and without zeros, by year
        if not number:
            raise KeyError("cik")
        exchanges = list(page.get("exchanges") or [])
        tickers = [str(each) for each in page.get("tickers") or []]
        return Company(
            cik=number,
            name=str(page.get("name") or ""),
            former_names=tuple(
                FormerName(str(each["name"]), each.get("from"), each.get("to"))
                for each in page.get("formerNames") or []
            ),
            tickers=tuple((each, exchanges[at] if at < len(exchanges) else None) for at, each in enumerate(tickers)),
            stated=stated,
            filings=_filings(page["filings"]["recent"]),
            parts=tuple(str(each["name"]) for each in page["filings"].get("files") or []),
        )
    except (KeyError, TypeError, AttributeError) as error:
        raise SourceError(f"A company's page lacks {error}", "Ask for it again.") from error


def read_company_part(body: Bytes) -> tuple[CompanyFiling, ...]:
    """An older page of a company: the columns alone, without a wrapper. Raises SourceError for what is none."""
    try:
        return _filings(_json(body))
    except (KeyError, TypeError, AttributeError) as error:
        raise SourceError(f"A part of a company's history lacks {error}", "Ask for it again.") from error


def _filings(columns: Mapping[str, Any]) -> tuple[CompanyFiling, ...]:
    numbers = columns["accessionNumber"]
    none: list[None] = [None] * len(numbers)
    wanted = [columns.get(name, none) for name in ("form", "filingDate", "size", "primaryDocument")]
    if any(len(column) != len(numbers) for column in wanted):
        raise KeyError("columns of one length")
    return tuple(
        CompanyFiling(str(number), str(form or ""), _day(day), size if isinstance(size, int) else None, str(name or ""))
        for number, form, day, size, name in zip(numbers, *wanted, strict=True)
    )


def _day(text: Any) -> date | None:
    try:
        return date.fromisoformat(str(text))
    except ValueError:
        return None


def read_tickers(body: Bytes) -> tuple[Ticker, ...]:
    """The rows of a ticker file: by number, by columns (exchanges, funds), or lines. Raises SourceError for others."""
    data = bytes(body)
    if data.lstrip()[:1] != b"{":
        pairs = [line.split("\t") for line in data.decode("latin-1").splitlines() if line.strip()]
        if not pairs or any(len(pair) != 2 for pair in pairs):
            raise SourceError("A ticker file is neither JSON nor lines of two", "Ask for it again.")
        return tuple(Ticker(_cik(number), ticker.upper()) for ticker, number in pairs)
    page = _json(data)
    try:
        if "fields" not in page:
            return tuple(Ticker(_cik(row["cik_str"]), str(row["ticker"]), row.get("title")) for row in page.values())
        rows = [dict(zip(page["fields"], row, strict=True)) for row in page["data"]]
        return tuple(
            Ticker(
                _cik(row["cik"]),
                str(row["ticker"] if "ticker" in row else row["symbol"]),
                row.get("name"),
                row.get("exchange"),
                row.get("seriesId"),
                row.get("classId"),
            )
            for row in rows
        )
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise SourceError(f"A ticker file cannot be read: {error!r}", "Ask for it again.") from error


def _cik(number: Any) -> str:
    found = canonical_cik(str(number))
    if not found:
        raise SourceError(f"A ticker file has the CIK {number!r}", "Ask for it again.")
    return found


def _json(body: Bytes) -> dict[str, Any]:
    try:
        page = json.loads(bytes(body))
    except ValueError as error:
        raise SourceError(f"It is no JSON: {error}", "Ask for it again.") from error
    if not isinstance(page, dict):
        raise SourceError("It is JSON of another shape", "Ask for it again.")
    return page
