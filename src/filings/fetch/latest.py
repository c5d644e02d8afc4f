"""The feed of latest filings → entries, one for each party of a filing (edgar.md F.1)."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import NamedTuple

from lxml import etree

from filings.errors import SourceError
from filings.large import Bytes

_ATOM = "{http://www.w3.org/2005/Atom}"
_TITLE = re.compile(r"(?P<form>.*?) - (?P<name>.*) \((?P<cik>\d{10})\) \((?P<role>[^()]*)\)\s*", re.DOTALL)
_ACCESSION = re.compile(r"accession-number=(\d{10}-\d{2}-\d{6})")
_FILED = re.compile(r"Filed:</b>\s*(\d{4}-\d{2}-\d{2})")
_SIZE = re.compile(r"Size:</b>\s*([\d.]+ [KMG]?B)")
_FOLDER = re.compile(r"/data/(\d{1,10})/")


class Entry(NamedTuple):
    """A party of a filing as the feed has it. `accepted_at` has its offset; `size` is as stated (``14 KB``)."""

    accession_number: str
    form_type: str
    cik: str
    company_name: str
    role: str
    filed_on: date | None
    accepted_at: datetime | None
    size: str | None
    url: str | None


def read_latest(body: Bytes) -> list[Entry]:
    """The entries of a page, in its order.

    Where a title has another shape, form and party are taken from the category and the link, and the role is empty: one
    odd entry must not hide the others. Raises SourceError for what is no feed, or has an entry that names no filing.
    """
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(bytes(body), parser)
    except etree.XMLSyntaxError as error:
        raise SourceError(f"A page of the feed is no XML: {error}", "Ask for it again.") from error
    if root.tag != f"{_ATOM}feed":
        raise SourceError(f"A page of the feed begins with {root.tag}", "Ask for it again.")
    return [_entry(each) for each in root.iter(f"{_ATOM}entry")]


def _entry(element: etree._Element) -> Entry:
    def text(name: str) -> str:
        return (element.findtext(f"{_ATOM}{name}") or "").strip()

    title, number = _TITLE.fullmatch(text("title")), _ACCESSION.search(text("id"))
    category, link, summary = element.find(f"{_ATOM}category"), element.find(f"{_ATOM}link"), text("summary")
    url = link.get("href") if link is not None else None
    folder = _FOLDER.search(url or "")
    form = (category.get("term") if category is not None else None) or (title["form"] if title else "")
    if not number or not form or not (title or folder):
        raise SourceError(f"An entry of the feed has the title {text('title')!r}", "Ask for the page again.")
    filed, size = _FILED.search(summary), _SIZE.search(summary)
    return Entry(
        number[1],
        form,
        title["cik"] if title else folder[1].zfill(10) if folder else "",
        title["name"].strip() if title else text("title"),
        title["role"] if title else "",
        _day(filed[1]) if filed else None,
        _moment(text("updated")),
        size[1] if size else None,
        url,
    )


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _moment(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else None
