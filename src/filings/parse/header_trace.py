"""Which column each label of a header fills: the reader of `header_rows`, watched while it reads.

For people who ask (`filings doctor`), never on the path of a load: the reader does not know that it is watched.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from filings.parse import header_rows
from filings.parse.header import Node
from filings.parse.header_rows import HeaderReading, Row

_FROM_A_NAME = frozenset({"role", "kind", "side"})
"""Columns that the name of a section fills, or the label of a reference."""


class Target(NamedTuple):
    """A column of a row that a value went to; `position` is None in a table with one row a filing."""

    table: str
    position: int | None
    column: str


@dataclass(slots=True)
class Traced:
    """A label or tag of the header: the sections that it stands in, outermost first, and the columns that it fills.

    `node` has what is stated, and where (bytes of the header). A value without a column goes to ``header_extra``. A
    label that only opens a section fills nothing, nor does one without a value that is no flag.
    """

    node: Node
    path: tuple[str, ...]
    targets: list[Target] = field(default_factory=list)


def trace(header: bytes) -> tuple[HeaderReading, list[Traced]]:
    """What `header_rows.read` gives, and every label in the order of the header. Never raises."""
    reader = _Watched(header)
    return reader.reading(), list(reader.traced.values())


class _Watched(header_rows._Reader):
    """A reader whose rows and sections tell who fills what.

    `current` is the label that is being read, `opened` the latest section: its name says what kind of row begins.
    """

    def __init__(self, header: bytes) -> None:
        super().__init__(header)
        self.traced: dict[int, Traced] = {}
        self.current: Node | None = None
        self.opened: Node | None = None
        self.by_value: dict[int, Node] = {}
        self.nodes = self._watch(self.nodes, ())
        row = _WatchedRow(self, "filing", self.filing.row)
        self.filing.row = self.rows["filing"][0] = row

    def _watch(self, nodes: list[Node], path: tuple[str, ...]) -> _Nodes:
        for node in nodes:
            self.traced[id(node)] = Traced(node, path)
            if node.value is not None:
                self.by_value[id(node.value)] = node
            node.nodes = self._watch(node.nodes, (*path, node.label))
        return _Nodes(self, nodes)

    def section(self, node: Node, scope: Any) -> None:
        self.current = self.opened = node
        super().section(node, scope)

    def read_series(self, node: Node, scope: Any) -> Row:
        self.current = self.opened = node
        return super().read_series(node, scope)

    def field(self, node: Node, scope: Any) -> None:
        self.current = node
        super().field(node, scope)

    def extra(self, node: Node, scope: Any) -> None:
        super().extra(node, scope)
        self._fill(node, Target("header_extra", len(self.rows["header_extra"]), "value"))

    def add(self, table: str, **columns: object) -> Row:
        row = super().add(table, **columns)
        watched = self.rows[table][-1] = _WatchedRow(self, table, row)
        for name, value in columns.items():
            if value is None or self.current is None:
                continue
            if value is self.current.value:
                self._fill(self.current, watched.target(name))
            elif name in _FROM_A_NAME:
                namer = self.current if table == "filing_reference" else self.opened
                self._fill(namer or self.current, watched.target(name))
        return watched

    def number_items(self) -> None:
        self.current = None  # what is put into rows from here on is computed
        super().number_items()
        for node, row in zip(self.items, self.rows["filing_item"], strict=True):
            for name in ("item", "caption"):
                if name in row and isinstance(row, _WatchedRow):
                    self._fill(node, row.target(name))

    def filled(self, target: Target, value: object) -> None:
        """A value was put into a row: by the current label, unless it is the very value of another."""
        current = self.current
        if current is not None:
            self._fill(current if current.value is value else self.by_value.get(id(value), current), target)

    def _fill(self, node: Node, target: Target) -> None:
        targets = self.traced[id(node)].targets
        if target not in targets and (target.table != "header_extra" or target.column == "value"):
            targets.append(target)


class _Nodes(list[Node]):
    """The labels of a section; they tell the watcher which of them is being read."""

    def __init__(self, watcher: _Watched, nodes: Iterable[Node]) -> None:
        super().__init__(nodes)
        self._watcher = watcher

    def __iter__(self) -> Iterator[Node]:
        for node in super().__iter__():
            self._watcher.current = node
            yield node


class _WatchedRow(dict[str, object]):
    """A row that tells the watcher what is put into it."""

    def __init__(self, watcher: _Watched, table: str, row: Row) -> None:
        super().__init__(row)
        self._watcher = watcher
        self._table = table

    def target(self, name: str) -> Target:
        position = self.get("position")
        return Target(self._table, position if isinstance(position, int) else None, name)

    def __setitem__(self, name: str, value: object) -> None:
        super().__setitem__(name, value)
        self._watcher.filled(self.target(name), value)

    def setdefault(self, name: str, default: Any = None) -> Any:
        found = super().setdefault(name, default)
        if isinstance(found, list) or found == default:
            self._watcher.filled(self.target(name), default)
        return found
