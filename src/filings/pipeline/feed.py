"""The feed of latest filings, read from its newest page on until there is nothing new (edgar.md F.1).

Its pages shift while they are read, since each new filing pushes the others on: so pages overlap, and an entry is known by
what it says. An entry may come late, with an old time, far behind the newest: so the whole feed is read at first, and again
each hour. It holds some 5,100 entries, about 1.2 business days; what it dropped before it was read is in the daily index.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeAlias

from filings.errors import Blocked, SourceError, Undeclared
from filings.fetch.addresses import address
from filings.fetch.client import Client
from filings.fetch.latest import Entry, read_latest
from filings.large import Bytes
from filings.load.readings import FEED_PAGE
from filings.raw.store import Facts

COUNT = 100
OVERLAP = 5
"""Entries that two pages share, so that a filing which vanishes meanwhile lets no other slip through."""

LAST = 5000
"""The start of the last page; beyond it the answer is always "File Unavailable"."""

WHOLE_SECONDS = 3600.0
"""How often the whole feed is read: some fifty requests."""

_Key: TypeAlias = tuple[str, str, str, str]


@dataclass(slots=True)
class Page:
    """A page as it was read. `is_kept`: its bytes are kept, since a filing was fetched that it tells of."""

    start: int
    body: Bytes
    facts: Facts
    entries: list[Entry]
    is_kept: bool = False

    @property
    def read_at(self) -> datetime:
        """When it was read, UTC."""
        return datetime.fromisoformat(self.facts.fetched_at)


@dataclass(slots=True)
class News:
    """What a look at the feed brought: its pages, and their entries that are new, each with its page.

    `trouble` says why it could not be read as far as was needed. `reaches_to`: where all of it was read and it was full,
    the time of acceptance from which on it holds everything.
    """

    pages: list[Page] = field(default_factory=list)
    entries: list[tuple[Entry, Page]] = field(default_factory=list)
    trouble: SourceError | None = None
    reaches_to: datetime | None = None


class Feed:
    """The feed as one process knows it."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._seen: set[_Key] = set()
        self._whole_at: float | None = None

    def look(self) -> News:
        """Read until a page has nothing new, or all of it where it is time. Raises Blocked, Undeclared, StoreError, Full.

        What is new stays new until `took` is called.
        """
        began = time.monotonic()
        is_whole = self._whole_at is None or began - self._whole_at >= WHOLE_SECONDS
        news, here, start = News(), set[_Key](), 0
        while True:
            try:
                page = self._page(start)
            except SourceError as error:
                if not _is_of_this_page(error):
                    raise
                news.trouble = error
                self._whole_at = None  # what lies behind it was not seen: the next look goes through to the end
                return news
            news.pages.append(page)
            fresh = [(each, page) for each in page.entries if _key(each) not in self._seen | here]
            news.entries += fresh
            here.update(_key(each) for each, _ in fresh)
            is_last = start >= LAST or not page.entries
            if is_last or not (fresh or is_whole):
                break
            start = min(start + COUNT - OVERLAP, LAST)
        if start >= LAST:
            news.reaches_to = max((each.accepted_at for each in page.entries if each.accepted_at), default=None)
        if is_whole:
            self._whole_at = began
        return news

    def took(self, news: News) -> None:
        """The entries of a look are known from now on."""
        self._seen.update(_key(each) for each, _ in news.entries)

    def _page(self, start: int) -> Page:
        where = address("latest", count=COUNT, start=start, form="")
        answer = self._client.get(where)
        facts = Facts(
            source_kind="url",
            name=where.path.lstrip("/"),
            fetched_at=answer.fetched_at.isoformat(timespec="microseconds"),
            record_kind=FEED_PAGE,
            url=answer.url,
            claims={"verdict": str(answer.verdict)},
        )
        return Page(start, answer.body, facts, read_latest(answer.body))


def _is_of_this_page(error: SourceError) -> bool:
    """Whether another look may bring the page, and nothing else is wrong: neither a block nor a refused User-Agent."""
    return not isinstance(error, Blocked | Undeclared)


def _key(entry: Entry) -> _Key:
    return entry.accession_number, entry.cik, entry.role, entry.form_type
