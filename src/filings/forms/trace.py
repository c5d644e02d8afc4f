"""Which element each value of a family's rows comes from: the walk of the engine, watched.

For people who ask (`filings doctor`), never on the path of a load.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from lxml import etree

from filings.forms import engine
from filings.forms.family import Family, FamilyReading
from filings.forms.matcher import Matcher, Node
from filings.forms.walk import Walk, _Scope
from filings.large import Bytes
from filings.parse.lines import next_text
from filings.parse.submission import Document

_BOM = b"\xef\xbb\xbf"


class Leaf(NamedTuple):
    """A text that a column claimed: its document, the path of its element or attribute, the line of the document's
    content (1 is the first) on which that element's tag ends, and the text as filed."""

    document_position: int
    path: str
    line: int
    text: str


Places = Mapping[tuple[str, int | None, str], Sequence[Leaf]]
"""Table, position (None in a table with one row a filing) and column → the leaves that it claimed, in their order."""


def trace(family: Family, form_type: str | None, documents: Sequence[Document]) -> tuple[FamilyReading, Places]:
    """What `engine.read` gives, and where each value of its rows stands. Never raises on what the documents hold."""
    walks: list[_WatchedWalk] = []
    skipped = {document.position: _lines_before(document.content) for document in documents}

    def walking(reading: FamilyReading, matcher: Matcher) -> Walk:
        walks.append(_WatchedWalk(reading, matcher, skipped))
        return walks[-1]

    return engine.read(family, form_type, None, documents, walking=walking), walks[-1].places


def _lines_before(content: Bytes) -> int:
    """Lines before the first tag, which the parser never sees."""
    start = len(_BOM) if content.startswith(_BOM) else 0
    return content[start : next_text(content, start)].count(b"\n")


class _WatchedWalk(Walk):
    def __init__(self, reading: FamilyReading, matcher: Matcher, skipped: Mapping[int, int]) -> None:
        self.places: dict[tuple[str, int | None, str], list[Leaf]] = {}
        self._elements: list[etree._Element] = []
        self._path = ""
        self._skipped = skipped
        super().__init__(reading, matcher)

    def _element(
        self, element: etree._Element, name: str, node: Node | None, scope: _Scope, path: str, depth: int
    ) -> None:
        self._elements.append(element)
        super()._element(element, name, node, scope, path, depth)
        self._elements.pop()

    def _leaf(self, node: Node | None, path: str, text: str) -> None:
        self._path = path
        super()._leaf(node, path, text)

    def _is_claimed(self, node: Node, text: str) -> bool:
        for claim in node.claims:
            if (row := self._open[claim.slot]) is not None:
                position = row.get("position")
                key = claim.table, position if isinstance(position, int) else None, claim.column
                line = self._line()
                self.places.setdefault(key, []).append(Leaf(self._document, self._path, line, text))
        return super()._is_claimed(node, text)

    def _line(self) -> int:
        found: Any = self._elements[-1].sourceline
        return int(found or 1) + self._skipped.get(self._document, 0)
