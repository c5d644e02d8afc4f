"""The general path through a data document: its tree, walked down the family's trie (forms.md 0.2).

Every leaf goes into the column that claims it, is skipped with a reason, or becomes a row of `xml_leaf`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

from lxml import etree

from filings.forms import tree
from filings.forms.family import Below, FamilyReading, Row
from filings.forms.matcher import Matcher, Node, Start
from filings.schema.codes import Issue
from filings.schema.core import xml_leaf
from filings.schema.derive import full_name

LEAVES = 100_000
"""Rows of `xml_leaf` that one document may have (tables.md 6.6)."""
LEAVES_OF_A_FILING = 300_000
"""Rows of `xml_leaf` over all documents of a filing: they are in memory together."""

_LEAF = full_name(xml_leaf)
_NO_CHILDREN: Mapping[str, Node] = MappingProxyType({})


class _Scope(NamedTuple):
    """The innermost open row under which elements anywhere begin rows of other tables."""

    below: Mapping[str, Start]
    table: str
    row: Row
    path_length: int


_NO_SCOPE = _Scope(MappingProxyType({}), "", {}, 0)


class Walk:
    """Walks the data documents of one filing, in their order, into one reading."""

    def __init__(self, reading: FamilyReading, matcher: Matcher) -> None:
        self._reading = reading
        self._rows = reading.rows
        self._matcher = matcher
        self._open: list[Row | None] = [None] * matcher.slots
        self._kinds: Counter[str] = Counter()
        self._start_document(0)

    def document(self, position: int, root: etree._Element, node: Node | None) -> str | None:
        """Walk a document; without a node every leaf is unclaimed. Returns why it cannot be taken, if so."""
        self._start_document(position)
        name = tree.local(root.tag)
        self._element(root, name, node, _NO_SCOPE, name, 1)
        self._end_document()
        return self._refusal

    def leaves(self, position: int, leaves: Iterable[tuple[str, str]]) -> None:
        """Take path and text of a document's leaves that no tree holds together."""
        self._start_document(position)
        for path, text in leaves:
            if text := text.strip(tree.BLANKS):
                self._leaf(None, path, text)
        self._end_document()

    def _start_document(self, position: int) -> None:
        self._document = position
        self._refusal: str | None = None
        self._met: dict[str, int] = {}
        self._begun: Counter[str] = Counter()
        self._missed: Counter[str] = Counter()
        self._unclaimed = 0
        self._left_out = 0

    def _end_document(self) -> None:
        self._reading.unclaimed_leaf_count += self._unclaimed
        for name, missed in self._missed.items():
            begun = self._begun[name]
            detail = f"{name}: {begun + missed} elements in the document, {begun} rows"
            self._issue("row_count_differs", self._matcher.row_names[name], detail=detail)
        if self._left_out:
            self._issue("leaves_left_out", _LEAF, detail=f"{self._left_out} leaves are left out")

    def _issue(self, code: str, table: str, **facts: Any) -> None:
        self._reading.issues.append(Issue(code, table, document_position=self._document, **facts))

    def _element(
        self, element: etree._Element, name: str, node: Node | None, scope: _Scope, path: str, depth: int
    ) -> None:
        if depth > tree.DEPTH or len(path) > tree.PATH_LENGTH:
            self._refusal = f"Deeper than {tree.DEPTH} elements, or a path of more than {tree.PATH_LENGTH} characters."
            return
        if node is not None and node.skip:
            self._reading.leaf_count += tree.leaf_count(element)
            return
        start, outer = self._starting(element, name, node, scope), None
        if start is not None:
            row = self._begin(start, name, scope, path)
            outer, self._open[start.slot] = self._open[start.slot], row
            if start.below:
                scope = _Scope(start.below, start.table, row, len(path))
            node = start.node
        children = _NO_CHILDREN if node is None else node.children
        for attribute, value in tree.attributes(element):
            if value := value.strip(tree.BLANKS):
                self._leaf(children.get("@" + attribute), f"{path}/@{attribute}", value)
        is_mixed = False
        for child in element:
            child_name = tree.local(child.tag)
            self._element(child, child_name, children.get(child_name), scope, f"{path}/{child_name}", depth + 1)
            tail = child.tail
            if tail is not None and not is_mixed and tail.strip(tree.BLANKS):
                is_mixed = True
        own = tree.text(element) if is_mixed else element.text
        if own is not None and (own := own.strip(tree.BLANKS)):
            self._leaf(node, path, own)
        if start is not None:
            self._open[start.slot] = outer

    def _starting(self, element: etree._Element, name: str, node: Node | None, scope: _Scope) -> Start | None:
        for start in node.starts if node is not None else ():
            if (
                (start.having is None or _has(element, start.having))
                and (start.lacking is None or not _has(element, start.lacking))
                and not (start.per_filing and start.table in self._rows)
            ):
                return start
        hanging = scope.below.get(name)
        if hanging is None and name in self._matcher.row_names:
            self._missed[name] += 1
        return hanging

    def _begin(self, start: Start, name: str, scope: _Scope, path: str) -> Row:
        rows = self._rows.setdefault(start.table, [])
        row: Row = {"document_position": self._document}
        if not start.per_filing:
            row["position"] = len(rows) + 1
        row.update(start.values)
        if start.kind:
            self._kinds[start.kind] += 1
            row["part_position"] = self._kinds[start.kind]
            row["ordinal_in_form"] = self._kinds.total()
        rows.append(row)
        self._begun[name] += 1
        if start.hangs:
            cell = path[scope.path_length + 1 :].rpartition("/")[0]
            self._reading.below.setdefault(start.table, []).append(Below(row, scope.table, scope.row, cell))
        return row

    def _leaf(self, node: Node | None, path: str, text: str) -> None:
        self._reading.leaf_count += 1
        if node is not None and (node.skip or self._is_claimed(node, text)):
            self._met[path] = self._met.get(path, 0) + 1
            return
        self._unclaimed += 1
        rows = self._rows.setdefault(_LEAF, [])
        if self._unclaimed > LEAVES or len(rows) >= LEAVES_OF_A_FILING:
            self._left_out += 1
            return
        occurrence = self._met[path] = self._met.get(path, 0) + 1
        rows.append(
            {
                "position": len(rows) + 1,
                "document_position": self._document,
                "path": path,
                "occurrence": occurrence,
                "value": text,
            }
        )

    def _is_claimed(self, node: Node, text: str) -> bool:
        taken = False
        for claim in node.claims:
            row = self._open[claim.slot]
            if row is None:
                continue
            held = row.get(claim.column)
            if held is None:
                row[claim.column] = [text] if claim.many else text
            elif isinstance(held, list):
                held.append(text)
            else:
                if self._unclaimed < LEAVES:  # beyond the guard the count alone is told
                    position = row.get("position")
                    self._issue("value_repeated", claim.table, column=claim.column, position=position, text=text)
                continue
            taken = True
        return taken


def _has(element: etree._Element, name: str) -> bool:
    return any(tree.local(child.tag) == name for child in element)
