"""A family's declaration compiled once: a trie of element names whose nodes hold the columns and begin the rows.

It knows nothing of how a document is parsed, so that every path through the bytes walks the same trie.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache

from sqlalchemy import ARRAY, Column, Table

from filings.forms.family import Family
from filings.schema.columns import RowAt, RowBelow, Xml
from filings.schema.derive import full_name


@dataclass(frozen=True, slots=True, eq=False)
class Claim:
    """A column that takes the leaf where it stands, into the row of its table that is open there."""

    slot: int
    table: str
    column: str
    many: bool


@dataclass(frozen=True, slots=True, eq=False)
class Start:
    """An element begins a row: of the table with this number, under these conditions, with these values.

    `below` are the elements that begin rows of other tables wherever they stand under this one; such a start `hangs`.
    """

    slot: int
    table: str
    node: Node
    having: str | None = None
    lacking: str | None = None
    values: tuple[tuple[str, object], ...] = ()
    kind: str = ""
    per_filing: bool = False
    hangs: bool = False
    below: dict[str, Start] = field(default_factory=dict)


@dataclass(slots=True, eq=False)
class Node:
    """An element (or, under a name that begins with @, an attribute) at one path."""

    children: dict[str, Node] = field(default_factory=dict)
    claims: tuple[Claim, ...] = ()
    starts: tuple[Start, ...] = ()
    skip: bool = False

    def at(self, path: str) -> Node:
        """The node at a path below this one, made where it is not there."""
        node = self
        for name in filter(None, path.split("/")):
            node = node.children.setdefault(name, Node())
        return node


@dataclass(frozen=True, slots=True, eq=False)
class Matcher:
    """`roots` by local name; `row_names` are the names of elements that begin rows, each with one of its tables; `slots`
    is the number of tables; `expected` lists, by table, the columns whose absence is an issue."""

    roots: dict[str, Node]
    row_names: dict[str, str]
    slots: int
    expected: dict[str, tuple[str, ...]]


def _claim(table: Table, slot: int, node: Node) -> None:
    for column in table.columns:
        place = column.info["at"]
        if isinstance(place, Xml):
            for path in place.paths:
                leaf = node.at(path)
                if all((claim.slot, claim.column) != (slot, column.name) for claim in leaf.claims):
                    leaf.claims = (
                        *leaf.claims,
                        Claim(slot, full_name(table), column.name, isinstance(column.type, ARRAY)),
                    )


def _nodes_at(roots: dict[str, Node], path: str) -> Iterator[Node]:
    if path.startswith("/"):
        name, _, rest = path[1:].partition("/")
        yield roots[name].at(rest)
    else:
        for root in roots.values():
            yield root.at(path)


def _below(table: Table, slot: int) -> Start:
    start = Start(slot, full_name(table), Node(), hangs=True)
    _claim(table, slot, start.node)
    return start


def _expected(columns: Iterator[Column[object]]) -> tuple[str, ...]:
    return tuple(column.name for column in columns if column.info["expected"])


@cache
def compiled(family: Family) -> Matcher:
    """The family's matcher. Raises KeyError where a path names a root that the family does not have."""
    roots = {name: Node() for name in family.roots}
    row_names: dict[str, str] = {}
    hanging: dict[str, dict[str, Start]] = {}
    for slot, table in enumerate(family.tables):
        for place in table.info["at"]:
            if isinstance(place, RowBelow):
                row_names.setdefault(place.element, full_name(table))
                for parent in place.tables:
                    hanging.setdefault(parent, {})[place.element] = _below(table, slot)
    for slot, table in enumerate(family.tables):
        name = full_name(table)
        for place in table.info["at"]:
            if not isinstance(place, RowAt):
                continue
            if element := place.path.rpartition("/")[2]:
                row_names.setdefault(element, name)
            for node in _nodes_at(roots, place.path):
                start = Start(
                    slot,
                    name,
                    node,
                    place.having,
                    place.lacking,
                    place.values,
                    place.kind,
                    table.info["per_filing"],
                    below=hanging.get(name, {}),
                )
                node.starts = (*node.starts, start)
                _claim(table, slot, node)
    for path in family.skip:
        for node in _nodes_at(roots, path):
            node.skip = True
    for root in roots:
        row_names.pop(root, None)
    expected = {full_name(table): _expected(iter(table.columns)) for table in family.tables}
    return Matcher(
        roots, row_names, len(family.tables), {name: columns for name, columns in expected.items() if columns}
    )
