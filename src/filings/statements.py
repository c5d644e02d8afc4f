"""The SQL files that ship with the product: views, macros, checks, one statement a file, each with a head of comments."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from filings.errors import StoreError

_HEAD = re.compile(r"^--\s*(\w+):\s*(.*?)\s*$", re.MULTILINE)
_HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Statement:
    """One file: its kind (view, macro, check), its name, the other lines of its head, and its text."""

    kind: str
    name: str
    head: dict[str, str]
    text: str

    def line(self, key: str) -> str:
        """A line of the head. Raises StoreError where it is missing."""
        if key not in self.head:
            raise StoreError(f"sql/{self.kind}s/{self.name}.sql lacks the line `-- {key}:` in its head")
        return self.head[key]

    @property
    def names(self) -> tuple[str, ...]:
        """The tables and views that it reads."""
        return tuple(name.strip() for name in self.line("reads").split(",") if name.strip())


def folder() -> Path:
    """`sql/`: beside the package in a checkout, inside it in a wheel."""
    inside = _HERE / "sql"
    return inside if inside.is_dir() else _HERE.parents[1] / "sql"


def read(path: Path) -> Statement:
    """Read one file. Raises StoreError where its head does not name it as its file does."""
    text = path.read_text(encoding="utf-8").strip().rstrip(";")
    head = dict(_HEAD.findall(text))
    for kind in ("view", "macro", "check"):
        if head.get(kind) == path.stem:
            return Statement(kind, path.stem, head, text)
    raise StoreError(f"{path.name} must begin with `-- view: {path.stem}`, or macro, or check")


def read_all(directory: Path) -> list[Statement]:
    """Every file of a folder, in the order of their names; none where there is no folder."""
    return [read(path) for path in sorted(directory.glob("*.sql"))]


def in_order(statements: list[Statement]) -> list[Statement]:
    """The same, each after those that it reads: the order comes from the heads, not from numbers in names."""
    by_name = {one.name: one for one in statements}
    done: dict[str, Statement] = {}

    def visit(one: Statement, waiting: tuple[str, ...]) -> None:
        if one.name in done:
            return
        if one.name in waiting:
            raise StoreError(f"{' → '.join([*waiting, one.name])}: each reads the other")
        for name in one.names:
            if name in by_name:
                visit(by_name[name], (*waiting, one.name))
        done[one.name] = one

    for one in statements:
        visit(one, ())
    return list(done.values())
