"""The grammar of the header: both dialects, and every mixture of them, become one tree (edgar.md B.4, B.7, C.1).

A tag opens a section where its closing twin follows; a label with an empty value does so where the next line stands
deeper. Parts of a party (COMPANY DATA ...) hang on the latest role at whatever depth they stand, for the headers of
1998 to 2005 lost their indents and those of 2000 drift to the right. Blank lines mean nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
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
_INDENTS = " \t"
_BLANKS = " \t\f\v"
_LONGEST_REMEMBERED = LONGEST_NAME + 80  # with the blanks around it
_CLOSING = re.compile(r"(?:\A|[\r\n])[ \t]*</([^<>\r\n]+)>")
_TAG = re.compile(r"[ \t]*(<[^<>]+>)")
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


class _Name(NamedTuple):
    """A label as it stands in its line, blanks before and behind it: what it means, and how deep the line begins."""

    label: str
    key: str
    indent: int
    kind: int


_PART, _ROLE, _FIELD, _LONG, _BROKEN = 1, 2, 4, 8, 16
"""What a name may be, in `_Name.kind`: a part, a role, a field, text that strayed in, the end of the line before."""


def _name(stated: str) -> _Name:
    text = stated.lstrip(_INDENTS)
    label = text.strip(_BLANKS)
    spelling = key(label)
    kind = _kind(spelling) | (_LONG if len(text) > LONGEST_NAME else 0) | (_BROKEN if text.startswith("]") else 0)
    return _Name(label, spelling, len(stated[: len(stated) - len(text)].expandtabs()), kind)


def _kind(spelling: str) -> int:
    return (
        (_PART if spelling in PARTS else 0)
        | (_ROLE if spelling in ROLES else 0)
        | (_FIELD if spelling in FIELDS else 0)
    )


_remembered = lru_cache(maxsize=4096)(_name)
"""The same few labels stand in all headers, so what is made of them is remembered; but nothing long."""


def _named(stated: str) -> _Name:
    return _remembered(stated) if len(stated) <= _LONGEST_REMEMBERED else _name(stated)


def _tag_of(line: str) -> str | None:
    """The tag with which the line begins, with its brackets."""
    found = _TAG.match(line)
    return found[1] if found else None


class _Tree:
    """Reads line by line. A line's place is told by `start` and `end`, offsets in the header, without its terminator."""

    def __init__(self, header: bytes) -> None:
        self.text = text = header.decode("latin-1")  # one character a byte, so that places in it are offsets
        self.repair = _repair(header)
        self.twins = {key(match[1]): match.start() for match in _CLOSING.finditer(text)} if "</" in text else {}
        root = Node("", "", None, 0, len(header), False, True)
        self.nodes = root.nodes
        self.stack = [_Open(root, -1, False)]
        self.role: _Open | None = None
        self.last: tuple[Node, int] | None = None
        self.lines = (text.replace("\r", "\n") if "\r" in text else text).split("\n")
        self.read_lines()

    def read_lines(self) -> None:
        end = -1
        for number, line in enumerate(self.lines):
            end += 1 + len(line)
            if not line:
                continue
            if "<" in line and (tag := _tag_of(line)):
                if tag[1:2] != "/":
                    self.tag(line, tag, end)
                    continue
                line = self.behind_closings(line)
                if "<" in line and (tag := _tag_of(line)):
                    self.tag(line, tag, end)
                    continue
            stated, colon, value = line.partition(":")
            name = _named(stated)
            if colon or name.label:
                self.label(number, name, value.lstrip(_BLANKS) if colon else None, end)

    def behind_closings(self, line: str) -> str:
        """What stands behind the closing tags with which the line begins: nothing, where nobody joined two lines."""
        at = 0
        while (found := _TAG.match(line, at)) and found[1].startswith("</"):
            self.close(key(found[1][2:-1]))
            at = found.end()
        return line[at:]

    def tag(self, line: str, marked: str, end: int) -> None:
        indent = line.index("<")
        stated = line[indent + len(marked) :]
        start = end - len(stated.lstrip(_BLANKS))
        tag = marked[1:-1]
        if stated.endswith(f"</{tag}>"):
            stated = stated[: -len(tag) - 3]
        node = self.node(tag.strip(_BLANKS), key(tag), stated.strip(_BLANKS), start, end, True)
        indent = len(line[:indent].expandtabs())
        if len(tag) > LONGEST_NAME:
            self.field(node, indent)
        elif self.twins.get(node.key, -1) >= end or (node.value is None and node.key in _SURE):
            if node.key in PARTS:
                self.to_role()
            elif node.key in ROLES:
                del self.stack[1:]
            else:
                while self.stack[-1].indent >= 0:  # what a label opened ends where a tag opens something
                    del self.stack[-1]
            self.push(node, -1, False)
        else:
            self.field(node, indent)

    def label(self, number: int, name: _Name, stated: str | None, end: int) -> None:
        """A label line; `stated` is its value without the blanks before it, None without a colon."""
        indent = name.indent
        if name.kind & _BROKEN and self.last:
            # An SIC without a name breaks in the headers of 2000: "[6331", and on the next line "]" and the next label.
            broken, depth = self.last
            if broken.value and "[" in broken.value and "]" not in broken.value:
                broken.value += "]"
                name, indent = _named(name.label[1:]), depth
                if not name.label:
                    return
        value = (stated or "").rstrip(_BLANKS)
        node = self.node(name.label, name.key, value, end - len(stated or ""), end, False)
        if value or stated is None or name.kind & _LONG:
            self.field(node, indent)
            return
        # A repaired label may be another one.
        self.empty(number, node, indent, name.kind if node.key == name.key else _kind(node.key))

    def empty(self, number: int, node: Node, indent: int, kind: int) -> None:
        """A label with a colon and no value: the label of a section, if what follows says so."""
        depth, before_part, deeper = self.following(number)
        deeper = deeper and depth > indent
        before_part = before_part and depth >= indent
        if kind & _PART:
            self.to_role()
            self.push(node, indent, not deeper)
        elif kind & _ROLE or (before_part and not kind & _FIELD):
            del self.stack[1:]
            self.push(node, indent, before_part and not deeper)
        elif deeper and not kind & _FIELD:
            self.leave(indent)
            self.push(node, indent, False)
        else:
            self.field(node, indent)

    def following(self, number: int) -> tuple[int, bool, bool]:
        """Of the next line that is not blank: its indent, whether it is the label of a part, whether it may be deeper.

        A closing tag cannot, however far to the right it stands.
        """
        lines = self.lines
        for at in range(number + 1, len(lines)):
            line = lines[at]
            if not line:
                continue
            if "<" in line and (tag := _tag_of(line)):
                return len(line[: line.index("<")].expandtabs()), False, tag[1:2] != "/"
            stated, colon, _ = line.partition(":")
            label, _, indent, kind = _named(stated)
            if colon or label:
                return indent, kind & _PART != 0, True
        return 0, False, False

    def node(self, label: str, spelling: str, value: str, start: int, end: int, is_tag: bool) -> Node:
        """`start` is where the value begins, `end` the end of the line."""
        if value:
            end = start + len(value)
        else:
            start = self.text.rfind(label, 0, end)
            end = start + len(label)
        if self.repair:
            label, value = self.repair(label), self.repair(value)
            return Node(label, key(label), value or None, start, end, is_tag)
        return Node(label, spelling, value or None, start, end, is_tag)

    def field(self, node: Node, indent: int) -> None:
        self.leave(indent)
        self.stack[-1].node.nodes.append(node)
        self.last = node, indent

    def leave(self, indent: int) -> None:
        """Leave the sections whose labels stand as deep as this line, or deeper."""
        while (top := self.stack[-1]).indent > indent or (top.indent == indent and not top.flat):
            del self.stack[-1]

    def to_role(self) -> None:
        """Make the latest role the section to which the next part belongs."""
        stack, role = self.stack, self.role
        if role in stack:
            del stack[stack.index(role) + 1 :]
        elif len(stack) > 1 and stack[1].node.key not in PARTS:
            del stack[2:]
            self.role = stack[1]
        else:
            del stack[1:]
            if role:
                stack.append(role)

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

    def close(self, closed: str) -> None:
        for depth in range(len(self.stack) - 1, 0, -1):
            if self.stack[depth].node.key == closed:
                del self.stack[depth:]
                return


def _repair(header: bytes) -> Callable[[str], str] | None:
    """How a piece of the Latin-1 text becomes the text that is meant; None where all is ASCII (edgar.md B.11)."""
    if header.isascii():
        return None
    if guessed_at(header) is None:
        return lambda piece: piece.encode("latin-1").decode("utf-8")
    return lambda piece: piece.translate(_CP1252)
