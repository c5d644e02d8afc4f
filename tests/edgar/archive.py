"""All that the small EDGAR holds, by its true paths (edgar.md A.1). It may change while it is served."""

from __future__ import annotations

import gzip
import io
import json
import re
import tarfile
import threading
import zipfile
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from functools import partial
from html import escape

from edgar import company_files, index_files
from edgar.filing import Filing, Party, quarter

_DATA = re.compile(
    r"/Archives/edgar/data/(\d+)/(?:(\d{18})/)?(\d{10}-\d{2}-\d{6})(\.txt|\.hdr\.sgml|-index\.html?|-index-headers\.html)"
)
_FOLDER = re.compile(r"/Archives/edgar/data/(\d+)/(\d{18})/index\.json")
_TREE = re.compile(r"/Archives/edgar/(daily-index|full-index|Feed)/(\d{4})/QTR([1-4])/(.*)")
_CURRENT = re.compile(r"/Archives/edgar/full-index/([^/]*)")
_COMPANY = re.compile(r"/submissions/CIK(\d{10})(?:-submissions-(\d{3}))?\.json")


@dataclass(frozen=True, slots=True)
class Content:
    """What lies at a path. `make` gives its bytes; a large one is never made twice at once."""

    make: Callable[[], bytes]
    media: str
    modified: datetime | None = None
    has_etag: bool = True
    takes_ranges: bool = False
    is_packed: bool = False


class Archive:
    """Filings by accession, and every path that follows from them."""

    def __init__(self, filings: Iterable[Filing] = ()) -> None:
        self._lock = threading.RLock()
        self.filings: dict[str, Filing] = {}
        self.unlisted: set[str] = set()
        self.closed: set[date] = set()
        self.members: dict[date, list[tuple[str, bytes]]] = {}
        self.changed: dict[str, datetime] = {}
        self.listed: dict[str, date] = {}
        self.rewritten: dict[date, datetime] = {}
        self._made: dict[tuple[str, ...], bytes] = {}
        for each in filings:
            self.filings[each.accession] = each

    # what happens to an archive while people read it

    def add(self, filing: Filing, listed: date | None = None) -> None:
        """A filing that comes late: from now on it is listed on the day of its date, or in the daily index of the day
        `listed` as one that was released has it, with its old date (edgar.md A.3)."""
        with self._lock:
            self.filings[filing.accession] = filing
            if listed:
                self.listed[filing.accession] = listed
            self._made.clear()

    def rewrite(self, day: date) -> None:
        """The daily index of a day was written again: its time in the listing is now."""
        with self._lock:
            self.rewritten[day] = datetime.now(UTC).replace(microsecond=0)

    def unlist(self, accession: str) -> None:
        """Its rows vanish from the indexes; the file stays."""
        with self._lock:
            self.unlisted.add(accession)
            self._made.clear()

    def list_again(self, accession: str) -> None:
        with self._lock:
            self.unlisted.discard(accession)
            self._made.clear()

    def withdraw(self, accession: str) -> None:
        """Rows and file are gone."""
        with self._lock:
            self.filings.pop(accession)
            self._made.clear()

    def correct(self, accession: str, text: bytes) -> None:
        """Other bytes under the same accession, disseminated now; the day's archive keeps the old ones (edgar.md A.3)."""
        with self._lock:
            self.filings[accession] = replace(self.filings[accession], text=lambda: text)
            self.changed[accession] = datetime.now(UTC).replace(microsecond=0)
            self._made.clear()

    def disseminate(self, day: date, name: str, data: bytes) -> None:
        """One more member in the archive of a day, as ``….corr01``."""
        with self._lock:
            self.members.setdefault(day, []).append((name, data))
            self._made.clear()

    def close(self, day: date) -> None:
        """The day has no files of its own, as a day of mourning has none."""
        with self._lock:
            self.closed.add(day)
            self._made.clear()

    # what lies where

    def find(self, path: str, query: Mapping[str, str]) -> Content | None:
        """What lies at a path, or None."""
        with self._lock:
            if found := _DATA.fullmatch(path):
                return self._filing(int(found[1]), found[2], found[3], found[4])
            if found := _FOLDER.fullmatch(path):
                return self._filing_folder(int(found[1]), found[2])
            if found := _CURRENT.fullmatch(path):
                last = max((each.filed for each in self.filings.values()), default=date(1993, 1, 1))
                return self._tree("full-index", last.year, quarter(last), found[1])
            if found := _TREE.fullmatch(path):
                return self._tree(found[1], int(found[2]), int(found[3]), found[4])
            if found := _COMPANY.fullmatch(path):
                return self._company(int(found[1]), int(found[2] or 0))
            if path == "/cgi-bin/browse-edgar" and query.get("action") == "getcurrent":
                return self._latest(query)
            return self._list(path)

    def paths(self) -> list[str]:
        """The path of each filing under each of its parties, as index rows name them."""
        return [f"/Archives/{row[4]}" for each in self.filings.values() for row in each.rows()]

    def _filing(self, cik: int, folder: str | None, accession: str, ending: str) -> Content | None:
        filing = self.filings.get(accession)
        if not filing or cik not in {party.cik for party in filing.parties}:
            return None  # the number in front of the accession is not the folder (edgar.md A.1)
        if folder not in (None, accession.replace("-", "")):
            return None
        modified = self.changed.get(accession) or _written(filing.accepted)
        if ending == ".txt":
            return Content(filing.text, "text/plain", modified)
        if ending == ".hdr.sgml":
            return Content(lambda: _header(filing), "text/plain", modified)
        if ending == "-index-headers.html":
            if filing.filed.year < 2014:
                return None
            return Content(lambda: _header_page(filing), "text/html", modified, has_etag=False)
        return Content(lambda: _page(filing), "text/html", modified, has_etag=False)

    def _filing_folder(self, cik: int, folder: str) -> Content | None:
        for each in self.filings.values():
            if each.accession.replace("-", "") == folder and cik in {party.cik for party in each.parties}:
                names = [f"{each.accession}-index.html", f"{each.accession}.txt", f"{each.accession}.hdr.sgml"]
                sizes = dict.fromkeys(names, "")  # empty for files that the system makes
                written = dict.fromkeys(names, _written(each.accepted))
                listing = _listing(f"/Archives/edgar/data/{cik}/{folder}", sizes, written)
                return Content(partial(bytes, listing), "application/json", has_etag=False)
        return None

    def _days(self, tree: str, year: int, number: int) -> dict[date, list[Filing]]:
        """The quarterly index goes by the date filed, daily ones and archives by the day on which it came."""
        days: dict[date, list[Filing]] = {}
        for each in self.filings.values():
            day = each.filed if tree == "full-index" else self.listed.get(each.accession, each.filed)
            if day.year == year and quarter(day) == number:
                days.setdefault(day, []).append(each)
        return {day: days[day] for day in sorted(days) if day not in self.closed}

    def _tree(self, tree: str, year: int, number: int, name: str) -> Content | None:
        days = self._days(tree, year, number)
        if not days:
            return None
        made = {"daily-index": self._daily, "full-index": self._quarterly, "Feed": self._feed}[tree](days)
        if name in ("", "index.json", "index.html"):
            folder = f"/Archives/edgar/{tree}/{year}/QTR{number}"
            # sizes of the feed would need every archive made; a test looks at names
            sizes = {
                each: "" if tree == "Feed" else f"{max(1, len(content.make()) // 1024)} KB"
                for each, content in made.items()
            }
            written = {each: content.modified for each, content in made.items() if content.modified}
            if name == "index.json":
                return Content(lambda: _listing(folder, sizes, written), "application/json", has_etag=False)
            return Content(lambda: _html_listing(folder, sizes), "text/html", has_etag=False)
        return made.get(name)

    def _rows(self, filings: Iterable[Filing]) -> list[index_files.Row]:
        return [row for each in filings if each.accession not in self.unlisted for row in each.rows()]

    def _kept(self, key: tuple[str, ...], make: Callable[[], bytes]) -> Callable[[], bytes]:
        def kept() -> bytes:
            with self._lock:
                if key not in self._made:
                    self._made[key] = make()
                return self._made[key]

        return kept

    def _daily(self, days: Mapping[date, list[Filing]]) -> dict[str, Content]:
        made = {}
        for day, filings in days.items():
            written = self.rewritten.get(day) or _written(datetime(day.year, day.month, day.day, 22, 5))
            for kind in index_files.KINDS:
                name = f"{kind}.{index_files.day_in_name(day)}.idx"

                def make(kind: str = kind, day: date = day, filings: list[Filing] = filings) -> bytes:
                    return index_files.daily(kind, day, self._rows(filings))

                made[name] = Content(self._kept(("daily", name), make), "text/plain", written)
        return made

    def _quarterly(self, days: Mapping[date, list[Filing]]) -> dict[str, Content]:
        last = max(days)
        filings = [each for day in days.values() for each in day]
        written = _written(datetime(last.year, last.month, last.day) + timedelta((5 - last.weekday()) % 7, hours=3))
        made = {}
        for kind in index_files.KINDS:

            def plain(kind: str = kind) -> bytes:
                return index_files.quarterly(kind, last, self._rows(filings))

            where = ("full", str(last.year), str(quarter(last)), kind)
            text = self._kept(where, plain)
            made[f"{kind}.idx"] = Content(text, "text/plain", written)
            if kind != "crawler":
                packed = self._kept((*where, "gz"), lambda text=text: gzip.compress(text(), mtime=0))  # type: ignore[misc]
                zipped = self._kept((*where, "zip"), lambda text=text, kind=kind: _zip(kind, text()))  # type: ignore[misc]
                made[f"{kind}.gz"] = Content(packed, "application/gzip", written, is_packed=True)
                made[f"{kind}.zip"] = Content(zipped, "application/zip", written, is_packed=True)
        return made

    def _feed(self, days: Mapping[date, list[Filing]]) -> dict[str, Content]:
        made = {}
        for day, filings in days.items():
            name = f"{day:%Y%m%d}.nc.tar.gz"
            written = _written(datetime(day.year, day.month, day.day, 23, 0))
            more = self.members.get(day, [])
            make = self._kept(("feed", name), lambda filings=filings, more=more: feed_archive(filings, more))  # type: ignore[misc]
            made[name] = Content(make, "application/x-gzip", written, takes_ranges=True, is_packed=True)
        return made

    def parties(self) -> dict[int, Party]:
        return {party.cik: party for each in self.filings.values() for party in each.parties}

    def _company(self, cik: int, part: int) -> Content | None:
        party = self.parties().get(cik)
        mine = [each for each in self.filings.values() if cik in {one.cik for one in each.parties}]
        page = company_files.company_page(party, mine, part) if party else None
        return Content(lambda: page, "application/json", has_etag=False) if page is not None else None

    def _latest(self, query: Mapping[str, str]) -> Content | None:
        start, count = int(query.get("start") or 0), int(query.get("count") or 40)
        if start > company_files.LAST_START:
            return None
        page = company_files.latest(list(self.filings.values()), start, count, query.get("type", ""))
        return Content(lambda: page, "application/atom+xml", has_etag=False)

    def _list(self, path: str) -> Content | None:
        writers = {
            "/files/company_tickers.json": company_files.tickers,
            "/files/company_tickers_exchange.json": company_files.tickers_by_exchange,
            "/files/company_tickers_mf.json": company_files.tickers_of_funds,
            "/include/ticker.txt": company_files.ticker_lines,
            "/Archives/edgar/cik-lookup-data.txt": company_files.names,
        }
        if path not in writers:
            return None
        parties = [party for party in self.parties().values() if party.role != "REPORTING-OWNER"]
        newest = max((each.accepted for each in self.filings.values()), default=datetime(2024, 1, 1))
        media = "application/json" if path.endswith(".json") else "text/plain"
        return Content(lambda: writers[path](parties), media, _written(newest))


def feed_archive(filings: Iterable[Filing], more: Iterable[tuple[str, bytes]] = ()) -> bytes:
    """A day's tar of tag-dialect submissions, packed; the same filings give the same bytes. `more` are other members."""
    tarred = io.BytesIO()
    with tarfile.open(fileobj=tarred, mode="w", format=tarfile.USTAR_FORMAT) as tar:
        for each in filings:
            data = each.tags()
            member = tarfile.TarInfo(f"{each.accession}.nc")
            member.size, member.mtime = len(data), int(_written(each.accepted).timestamp())
            tar.addfile(member, io.BytesIO(data))
        for name, data in more:
            member = tarfile.TarInfo(name)
            member.size = len(data)
            tar.addfile(member, io.BytesIO(data))
    return gzip.compress(tarred.getvalue(), 1, mtime=0)


def _zip(kind: str, text: bytes) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr(zipfile.ZipInfo(f"{kind}.idx"), text)
    return packed.getvalue()


def _written(eastern: datetime) -> datetime:
    """A moment in UTC, as if it were winter in New York all the year: headers need some true second, no more."""
    return (eastern + timedelta(hours=5, seconds=20)).replace(tzinfo=UTC)


def _header(filing: Filing) -> bytes:
    text = filing.text()
    start, end = text.find(b"<SEC-HEADER>"), text.find(b"</SEC-HEADER>")
    return text[max(0, start) : end] + b"</SEC-HEADER>\n"


def _page(filing: Filing) -> bytes:
    return (
        f"<!DOCTYPE html>\n<html><head><title>EDGAR Filing Documents for {filing.accession}</title></head><body>\n"
        f'<div id="formHeader"><strong>Form {filing.form}</strong></div>\n<div class="infoHead">Filing Date</div>'
        f'<div class="info">{filing.filed}</div>\n<div class="infoHead">Accepted</div><div class="info">{filing.accepted}'
        "</div>\n</body></html>\n"
    ).encode()


def _header_page(filing: Filing) -> bytes:
    return b"<HTML><HEAD>\n<TITLE>Index</TITLE></HEAD>\n<BODY>\n<PRE>\n%b</PRE></BODY></HTML>\n" % _header(filing)


def _listing(folder: str, sizes: Mapping[str, str], written: Mapping[str, datetime]) -> bytes:
    items = [
        {
            "last-modified": f"{written[name] - timedelta(hours=5):%m/%d/%Y %I:%M:%S %p}",
            "name": name,
            "type": "file",
            "href": name,
            "size": size,
        }
        for name, size in sizes.items()
    ]
    parent = folder.rpartition("/")[0].removeprefix("/Archives/")
    return json.dumps(
        {"directory": {"item": items, "name": folder.removeprefix("/Archives/") + "/", "parent-dir": parent}}
    ).encode()


def _html_listing(folder: str, sizes: Mapping[str, str]) -> bytes:
    rows = "".join(
        f'<tr><td><a href="{escape(name)}"><img alt="">{escape(name)}</a></td><td>{size}</td></tr>\n'
        for name, size in sizes.items()
    )
    return (
        f"<!DOCTYPE html>\n<html><head><title>Index of {folder}</title></head><body><table>\n"
        f"<tr><th>Name</th><th>Size</th></tr>\n{rows}</table></body></html>\n"
    ).encode()
