"""Hosts and paths of EDGAR, one table (edgar.md A.1): what lies where, in which shape, and who answers 304.

Another host takes the place of the SEC's by the settings ``edgar_url``, ``edgar_data_url`` and ``edgar_search_url``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import quote, urlsplit

from filings.errors import UsageError
from filings.fetch.shapes import Shape, shape_of_name
from filings.settings import Settings


class Host(StrEnum):
    """The hosts of EDGAR."""

    WWW = "www.sec.gov"
    DATA = "data.sec.gov"
    SEARCH = "efts.sec.gov"


@dataclass(frozen=True, slots=True)
class Place:
    """A kind of thing on EDGAR: its host, the pattern of its path, the shape of a right answer.

    `is_conditional` says that the server answers 304 there, or is expected to (edgar.md A.4). Where it never does, asking
    for it would only tell the server more than it needs.
    """

    host: Host
    path: str
    shape: Shape | None
    is_conditional: bool = True


_FOLDER = "/Archives/edgar/data/{cik}/{accession18}"
_QUARTER = "{year}/QTR{quarter}"

PLACES: Mapping[str, Place] = {
    "submission": Place(Host.WWW, "/Archives/edgar/data/{cik}/{accession}.txt", Shape.SUBMISSION),
    "submission_in_folder": Place(Host.WWW, f"{_FOLDER}/{{accession}}.txt", Shape.SUBMISSION),
    "archive_path": Place(Host.WWW, "/Archives/{path}", None),
    "header": Place(Host.WWW, f"{_FOLDER}/{{accession}}.hdr.sgml", Shape.SUBMISSION),
    "header_page": Place(Host.WWW, f"{_FOLDER}/{{accession}}-index-headers.html", Shape.HTML),
    "filing_page": Place(Host.WWW, f"{_FOLDER}/{{accession}}-index.html", Shape.HTML),
    "folder_listing": Place(Host.WWW, f"{_FOLDER}/index.json", Shape.JSON),
    "daily_index": Place(Host.WWW, f"/Archives/edgar/daily-index/{_QUARTER}/{{name}}", None),
    "daily_listing": Place(Host.WWW, f"/Archives/edgar/daily-index/{_QUARTER}/index.json", Shape.JSON),
    "quarterly_index": Place(Host.WWW, f"/Archives/edgar/full-index/{_QUARTER}/{{name}}", None),
    "quarterly_listing": Place(Host.WWW, f"/Archives/edgar/full-index/{_QUARTER}/index.json", Shape.JSON),
    "feed_archive": Place(Host.WWW, f"/Archives/edgar/Feed/{_QUARTER}/{{name}}", Shape.GZIP),
    "feed_listing": Place(Host.WWW, f"/Archives/edgar/Feed/{_QUARTER}/index.json", Shape.JSON),
    "company": Place(Host.DATA, "/submissions/CIK{cik10}.json", Shape.JSON, is_conditional=False),
    "company_part": Place(Host.DATA, "/submissions/{name}", Shape.JSON, is_conditional=False),
    "tickers": Place(Host.WWW, "/files/company_tickers.json", Shape.JSON),
    "tickers_by_exchange": Place(Host.WWW, "/files/company_tickers_exchange.json", Shape.JSON),
    "tickers_of_funds": Place(Host.WWW, "/files/company_tickers_mf.json", Shape.JSON),
    "ticker_lines": Place(Host.WWW, "/include/ticker.txt", Shape.TEXT),
    "company_names": Place(Host.WWW, "/Archives/edgar/cik-lookup-data.txt", Shape.TEXT),
    "latest": Place(
        Host.WWW,
        "/cgi-bin/browse-edgar?action=getcurrent&count={count}&start={start}&type={form}&owner=include&output=atom",
        Shape.ATOM,
        is_conditional=False,
    ),
    "search": Place(Host.SEARCH, "/LATEST/search-index?q={query}", Shape.JSON, is_conditional=False),
}
"""Each kind by its name. What stands in braces is given to `address`."""


@dataclass(frozen=True, slots=True)
class Address:
    """One thing on EDGAR: `place` names its kind in `PLACES`; `path` begins with a slash."""

    place: str
    host: Host
    path: str
    shape: Shape
    is_conditional: bool


def address(place: str, **parts: str | int) -> Address:
    """The address of one thing, by the table.

    ``cik`` may be given with or without zeros; the CIK of ten digits, the accession without dashes and the shape that
    hangs on a name's ending are made here. Names are quoted, since some of them come from files of others.
    """
    row = PLACES[place]
    texts = {name: str(value) for name, value in parts.items()}
    if cik := texts.get("cik"):
        texts |= {"cik": cik.lstrip("0"), "cik10": cik.zfill(10)}
    if accession := texts.get("accession"):
        texts["accession18"] = accession.replace("-", "")
    # a slash stays in a path alone; a blank or a plus in a form type must not end the query
    quoted = {name: quote(text, safe="/" if name == "path" else "") for name, text in texts.items()}
    shape = row.shape or shape_of_name(texts.get("name") or texts.get("path", ""))
    return Address(place, row.host, row.path.format_map(quoted), shape, row.is_conditional)


def is_of_the_sec(url: str) -> bool:
    """The host is one of the SEC's, whose limits are not ours to change."""
    host = (urlsplit(url).hostname or "").rstrip(".").lower()
    return host == "sec.gov" or host.endswith(".sec.gov")


def bases(settings: Settings) -> dict[Host, str]:
    """The beginning of each host's addresses, without a slash at its end.

    Where ``edgar_url`` names another server and nothing else is said, that server stands for all three hosts, so that
    nothing goes to the SEC by mistake. Raises UsageError for what is no address.
    """
    other = settings.edgar_url
    chosen = {
        Host.WWW: ("edgar_url", other or f"https://{Host.WWW}"),
        Host.DATA: ("edgar_data_url", settings.edgar_data_url or other or f"https://{Host.DATA}"),
        Host.SEARCH: ("edgar_search_url", settings.edgar_search_url or other or f"https://{Host.SEARCH}"),
    }
    return {host: _checked(name, url) for host, (name, url) in chosen.items()}


def _checked(name: str, url: str) -> str:
    hint = f"Set FILINGS_{name.upper()} to something like http://127.0.0.1:8090."
    try:
        split = urlsplit(url)
        is_right = split.scheme in ("http", "https") and bool(split.hostname) and (split.port or 1) > 0
    except ValueError:
        is_right = False
    if not is_right or split.query or split.fragment or split.username:
        raise UsageError(f"{name} is {url!r}; it must be an address of a host", hint)
    if split.scheme == "http" and is_of_the_sec(url):
        raise UsageError(f"{name} is {url!r}; the SEC is asked by https only", f"Write https://{split.hostname}.")
    return url.rstrip("/")
