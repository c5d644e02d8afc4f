"""The grammar of the header: both dialects, and every mixture of them, become one tree (edgar.md B.4, B.7, C.1).

A tag opens a section where its closing twin follows; a label with an empty value does so where the next line stands
deeper. Parts of a party (COMPANY DATA ...) hang on the latest role at whatever depth they stand, for the headers of
1998 to 2005 lost their indents and those of 2000 drift to the right. Blank lines mean nothing.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple

from filings.parse.header_columns import FIELDS
from filings.parse.header_names import LONGEST_NAME, PARTS, ROLES, key

# These are sections even where their twin is missing, since the header was cut off before it. Everywhere else the twin
# alone decides: section names that nobody listed have broken every reader of these headers.
_SURE = frozenset(
    {
        *ROLES,
        *PARTS,
        "MULTI ACCESSION NUMBERS",
        "SERIES AND CLASSES CONTRACTS DATA",
        "NEW SERIES AND CLASSES CONTRACTS",
        "EXISTING SERIES AND CLASSES CONTRACTS",
        "MERGER SERIES AND CLASSES CONTRACTS",
        "NEW SERIES",
        "NEW CLASSES CONTRACTS",
        "SERIES",
        "CLASS CONTRACT",
        "MERGER",
        "ACQUIRING DATA",
        "TARGET DATA",
    }
)
_MOST_DEPTH = 40  # real headers have 5; a hostile one must not become a tower
_BLANKS = " \t\f\v"
_CLOSING = re.compile(r"(?:\A|[\r\n])[ \t]*</([^<>\r\n]+)>")
_LINE = re.compile(
    r"(?=[^\r\n])([ \t]*)"  # indent
    r"(?:<([^<>\r\n]+)>([^\r\n]*)"  # tag, value
    r"|([^:\r\n]*)(?::([^\r\n]*))?)"  # label, value
)
_CP1252 = {
    byte: bytes([byte]).decode("cp1252") for byte in range(0x80, 0xA0) if byte not in (0x81, 0x8D, 0x8F, 0x90, 0x9D)
}


@dataclass(slots=True)
class Node:
    """A field or a section of the header.

    `label` is the label or tag as stated, `key` the one spelling by which both dialects are compared. `value` is the
    text as stated, blanks trimmed, None where it is empty. `start` and `end` (half-open) are the bytes of the value in
    the header, of the label where there is no value. `nodes` are the fields and sections inside, in order.
    """

    label: str
    key: str
    value: str | None
    start: int
    end: int
    is_tag: bool
    is_section: bool = False
    nodes: list[Node] = field(default_factory=list)


def guessed_at(header: bytes) -> int | None:
    """The first byte for which an encoding had to be guessed, since the header is not UTF-8; None where it is."""
    try:
        header.decode("utf-8")
    except UnicodeDecodeError as error:
        return error.start
    return None


def parse(header: bytes) -> list[Node]:
    """The fields and sections of a header, outermost first in the order of the header (edgar.md B.4, C.1).

    `header` is the text between the header's marks, with line ends of any kind. Values split at the first colon or the
    first ``>``. Never raises; linear in the length of the header.
    """
    return _Tree(header).nodes


class _Open:
    """A section that is not closed yet. `indent` is -1 where only a tag or the end closes it.

    `flat`: its own lines stand no deeper than its label, so that a line at the same depth does not close it.
    """

    __slots__ = ("flat", "indent", "node")

    def __init__(self, node: Node, indent: int, flat: bool) -> None:
        self.node = node
        self.indent = indent
        self.flat = flat


class _Line(NamedTuple):
    """A line that is not blank. `tag` or `label` is None; `value` is None only where no colon stands."""

    indent: int
    tag: str | None
    label: str | None
    value: str | None
    end: int

    @property
    def is_part(self) -> bool:
        return self.label is not None and key(self.label) in PARTS

    @property
    def is_closing(self) -> bool:
        return self.tag is not None and self.tag[0] == "/"


def _lines(text: str) -> list[_Line]:
    widths: dict[str, int] = {}
    found = []
    for match in _LINE.finditer(text):
        indent, tag, stated, label, value = match.groups()
        if tag is None and value is None and not label.strip(_BLANKS):
            continue
        width = widths.get(indent)
        if width is None:
            width = widths[indent] = len(indent.expandtabs())
        found.append(_Line(width, tag, label, stated if tag is not None else value, match.end()))
    return found


class _Tree:
    def __init__(self, header: bytes) -> None:
        self.text = header.decode("latin-1")  # one character a byte, so that places in it are offsets
        self.repair = _repair(header)
        self.twins = {key(match[1]): match.start() for match in _CLOSING.finditer(self.text)}
        root = Node("", "", None, 0, len(header), False, True)
        self.nodes = root.nodes
        self.stack = [_Open(root, -1, False)]
        self.open_keys: Counter[str] = Counter()
        self.role: _Open | None = None
        self.last: tuple[Node, int] | None = None
        self.lines = _lines(self.text)
        for number, line in enumerate(self.lines):
            if line.tag is None:
                self.label(number, line)
            elif line.is_closing:
                self.close(key(line.tag[1:]))
            else:
                self.tag(line, line.tag)

    def tag(self, line: _Line, tag: str) -> None:
        stated = line.value or ""
        if stated.endswith(f"</{tag}>"):
            stated = stated[: -len(tag) - 3]
        node = self.node(tag.strip(_BLANKS), stated, line, True)
        if len(tag) > LONGEST_NAME:
            self.field(node, line.indent)
        elif self.twins.get(node.key, -1) >= line.end or (node.value is None and node.key in _SURE):
            if node.key in PARTS:
                self.to_role()
            elif node.key in ROLES:
                self.pop_to(1)
            else:
                while self.stack[-1].indent >= 0:  # what a label opened ends where a tag opens something
                    self.pop()
            self.push(node, -1, False)
        else:
            self.field(node, line.indent)

    def label(self, number: int, line: _Line) -> None:
        label, indent = line.label or "", line.indent
        if label[0:1] == "]" and self.last:
            # An SIC without a name breaks in the headers of 2000: "[6331", and on the next line "]" and the next label.
            broken, depth = self.last
            if broken.value and "[" in broken.value and "]" not in broken.value:
                broken.value += "]"
                label, indent = label[1:], depth
                if not label.strip(_BLANKS):
                    return
        node = self.node(label.strip(_BLANKS), line.value or "", line, False)
        if node.value is not None or line.value is None or len(label) > LONGEST_NAME:
            self.field(node, indent)
            return
        following = self.lines[number + 1] if number + 1 < len(self.lines) else None
        deeper = following is not None and following.indent > indent and not following.is_closing
        before_part = following is not None and following.is_part and following.indent >= indent
        if node.key in PARTS:
            self.to_role()
            self.push(node, indent, not deeper)
        elif node.key in ROLES or (before_part and node.key not in FIELDS):
            self.pop_to(1)
            self.push(node, indent, before_part and not deeper)
        elif deeper and node.key not in FIELDS:
            self.leave(indent)
            self.push(node, indent, False)
        else:
            self.field(node, indent)

    def node(self, label: str, stated: str, line: _Line, is_tag: bool) -> Node:
        value = stated.strip(_BLANKS)
        if value:
            start = line.end - len((line.value or "").lstrip(_BLANKS))
            end = start + len(value)
        else:
            start = self.text.rfind(label, 0, line.end)
            end = start + len(label)
        if self.repair:
            label, value = self.repair(label), self.repair(value)
        return Node(label, key(label), value or None, start, end, is_tag)

    def field(self, node: Node, indent: int) -> None:
        self.leave(indent)
        self.stack[-1].node.nodes.append(node)
        self.last = node, indent

    def leave(self, indent: int) -> None:
        """Leave the sections whose labels stand as deep as this line, or deeper."""
        while (top := self.stack[-1]).indent > indent or (top.indent == indent and not top.flat):
            self.pop()

    def to_role(self) -> None:
        """Make the latest role the section to which the next part belongs."""
        for depth, section in enumerate(self.stack):
            if section is self.role:
                self.pop_to(depth + 1)
                return
        if len(self.stack) > 1 and self.stack[1].node.key not in PARTS:
            self.pop_to(2)
            self.role = self.stack[1]
            return
        self.pop_to(1)
        if self.role:
            self.stack.append(self.role)
            self.open_keys[self.role.node.key] += 1

    def push(self, node: Node, indent: int, flat: bool) -> None:
        if len(self.stack) > _MOST_DEPTH:
            self.stack[-1].node.nodes.append(node)
            return
        node.is_section = True
        section = _Open(node, indent, flat)
        if node.key in ROLES:
            self.role = section
        self.stack[-1].node.nodes.append(node)
        self.stack.append(section)
        self.open_keys[node.key] += 1

    def pop(self) -> str:
        closed = self.stack.pop().node.key
        self.open_keys[closed] -= 1
        return closed

    def pop_to(self, depth: int) -> None:
        while len(self.stack) > depth:
            self.pop()

    def close(self, closed: str) -> None:
        if self.open_keys[closed] > 0:
            while self.pop() != closed:
                pass


def _repair(header: bytes) -> Callable[[str], str] | None:
    """How a piece of the Latin-1 text becomes the text that is meant; None where all is ASCII (edgar.md B.11)."""
    if header.isascii():
        return None
    if guessed_at(header) is None:
        return lambda piece: piece.encode("latin-1").decode("utf-8")
    return lambda piece: piece.translate(_CP1252)
