"""An archive whose feed moves while it is read: with each page that somebody asks for, more filings have come."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping

from edgar.archive import Archive, Content
from edgar.filing import Filing


class Moving(Archive):
    """`coming` are added, so many with each page of the feed that is asked for, before it is made."""

    def __init__(self, filings: Iterable[Filing], coming: Iterable[Filing], each: int) -> None:
        super().__init__(filings)
        self.coming = deque(coming)
        self.each = each

    def find(self, path: str, query: Mapping[str, str]) -> Content | None:
        if query.get("action") == "getcurrent":
            for _ in range(min(self.each, len(self.coming))):
                self.add(self.coming.popleft())
        return super().find(path, query)
