"""A document's bytes as an XML tree, or why not: the only place of the forms that parses (forms.md 0.2)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from lxml import etree

from filings.large import Bytes, Large
from filings.parse.content import decode, encoding

BLANKS = " \t\r\n"
"""White space of XML: all that is trimmed from a value. A no-break space is text."""

LARGEST = 32 << 20
"""Bytes of a document that becomes a tree; a tree takes some ten times as many."""
DEPTH = 128
_LONGEST_TAG = 4096
_MANY = 100
PATH_LENGTH = 1_000
"""Characters of a path. The longest of EDGAR has some 200; hostile names beyond that would make every leaf large."""

_XSI = "{http://www.w3.org/2001/XMLSchema-instance}"
_PLACES_OF_SCHEMAS = frozenset((f"{_XSI}schemaLocation", f"{_XSI}noNamespaceSchemaLocation"))
_FIRST_TAG = re.compile(rb"<(?:[\w.-]+:)?([\w.-]+)")
_DOCTYPE = re.compile(rb"<!DOCTYPE\s*([\w.-]*)", re.IGNORECASE)
_SETTINGS: dict[str, Any] = {
    "encoding": "utf-8",  # decided from the bytes (edgar.md B.11); what the document declares may be wrong
    "resolve_entities": False,
    "load_dtd": False,
    "no_network": True,
    "huge_tree": False,
    "remove_comments": True,
    "remove_pis": True,
}


@dataclass(frozen=True, slots=True)
class Fault:
    """Why there is no tree: a reason code of status not_readable, and what the parser said."""

    code: str
    detail: str


def normal(content: Bytes) -> Bytes:
    """The content in UTF-8, without the byte order mark and the blanks that may stand before the prolog.

    One of more than `LARGEST` bytes stays as it is, and `parse` refuses it.
    """
    if len(content) > LARGEST:
        return content
    found = bytes(content)
    if not found.isascii():
        found = decode(found, encoding(found)[0] or "latin-1").encode()
    return found.removeprefix(b"\xef\xbb\xbf").lstrip()


def _behind_prolog(xml: Bytes) -> int:
    """Where the first thing stands that is no declaration, processing instruction, comment or blank."""
    at = 0
    while True:
        while xml[at : at + 1].isspace():
            at += 1
        if xml.startswith(b"<?", at):
            end = xml.find(b"?>", at)
        elif xml.startswith(b"<!--", at):
            end = xml.find(b"-->", at) + 1
        else:
            return at
        if end <= 0:
            return len(xml)
        at = end + 2


def first_name(xml: Bytes) -> str:
    """Local name of the first element of normal bytes; empty where something else stands there.

    Of a document type declaration it is the name declared, with a ``!`` before it.
    """
    at = _behind_prolog(xml)
    tag = xml[at : at + _LONGEST_TAG]
    if declared := _DOCTYPE.match(tag):
        return "!" + declared[1].decode("latin-1")
    found = _FIRST_TAG.match(tag)
    return found[1].decode("latin-1") if found else ""


def parse(xml: Bytes) -> etree._Element | Fault:
    """The root element of normal bytes. No document type, entities or network; comments and instructions left out."""
    if len(xml) > LARGEST or isinstance(xml, Large):
        return Fault("xml_refused", f"The document has {len(xml)} bytes; {LARGEST} are read at most.")
    if first_name(xml).startswith("!"):
        return Fault("xml_refused", "The document has a document type declaration.")
    try:
        return etree.fromstring(xml, etree.XMLParser(**_SETTINGS))
    except etree.XMLSyntaxError as error:
        # The code of this error; its error_log also holds what other documents did before.
        is_limit = getattr(error, "code", None) == etree.ErrorTypes.ERR_RESOURCE_LIMIT
        return Fault("xml_refused" if is_limit else "xml_not_well_formed", " ".join(str(error.msg).split()))


def local(tag: str) -> str:
    """The name without its namespace."""
    return tag[tag.rindex("}") + 1 :] if tag[0] == "{" else tag


def namespace(tag: str) -> str | None:
    """The namespace of a tag; None where it has none."""
    return tag[1 : tag.rindex("}")] if tag[0] == "{" else None


def attributes(element: etree._Element) -> Sequence[tuple[str, str]]:
    """Local name and value of each attribute that does not speak of schemas."""
    items: Any  # of text both; the stubs allow bytes
    if len(element.attrib) <= _MANY:
        items = element.items()
    else:
        found: Any = element.xpath("@*")  # in a time that does not grow with the square of their number
        items = [(value.attrname, str(value)) for value in found]
    return [(local(name), value) for name, value in items if name not in _PLACES_OF_SCHEMAS] if items else ()


def text(element: etree._Element) -> str:
    """The element's own text, also what stands between and behind its children; blanks trimmed."""
    return "".join([element.text or "", *(child.tail or "" for child in element)]).strip(BLANKS)


def leaf_count(element: etree._Element) -> int:
    """How many leaves stand in an element and below it."""
    return sum(
        bool(text(each)) + sum(bool(value.strip(BLANKS)) for _, value in attributes(each)) for each in element.iter()
    )


def leaves_before_error(xml: bytes) -> Iterator[tuple[str, str]]:
    """Path and text of the leaves that ended before the parser stopped, in the order of their ends."""
    parser = etree.XMLPullParser(("start", "end"), **_SETTINGS)
    with suppress(etree.XMLSyntaxError):
        parser.feed(xml)
    paths: list[str] = []
    events: Iterable[tuple[Any, Any]] = parser.read_events()
    for event, element in events:
        if event == "start":
            name = local(element.tag)
            path = f"{paths[-1]}/{name}" if paths else name
            if len(path) > PATH_LENGTH:
                return
            paths.append(path)
            yield from ((f"{path}/@{name}", value) for name, value in attributes(element))
        else:
            yield paths.pop(), text(element)
