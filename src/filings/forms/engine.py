"""The engine: a family's declaration over the documents of a filing gives its rows (forms.md 0)."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from lxml import etree
from sqlalchemy import Column

from filings.forms import tree
from filings.forms.family import Family, FamilyReading, Row, issue_of
from filings.forms.matcher import Matcher, compiled
from filings.forms.walk import Walk
from filings.identifiers import cik
from filings.large import Bytes
from filings.parse.submission import Document
from filings.schema.codes import Issue, Reason, Status
from filings.schema.derive import full_name


@dataclass(frozen=True, slots=True)
class _Xml:
    """A document that holds XML: its normal bytes, and the name of its first element."""

    document: Document
    normal: Bytes
    name: str


def read(
    family: Family,
    form_type: str | None,
    filed_on: date | None,
    documents: Sequence[Document],
    ciks: Collection[str] | None = None,
    walking: Callable[[FamilyReading, Matcher], Walk] = Walk,
) -> FamilyReading:
    """Read a filing's data documents. Never raises on what they hold; linear in their length.

    `form_type` and `filed_on` are the header's, `ciks` all those that it names, to compare with. Values of columns with
    an `Xml` place are text as filed, blanks at the ends trimmed; an empty value is left out. `walking` lets somebody look
    on (`forms.trace`).
    """
    reading = FamilyReading()
    chosen, others = _data_documents(family, form_type, documents, reading)
    matcher = compiled(family)
    walk = walking(reading, matcher)
    if not chosen:
        reading.reason = _nothing_to_read(family, filed_on)
    else:
        issues = list(reading.issues)
        _read_chosen(family, matcher, chosen, reading, walk)
        if reading.reason and reading.reason.code == "xml_refused":
            reading = FamilyReading(issues=issues, reason=reading.reason)
            walk = walking(reading, matcher)
    for other in others:
        if _spelled(other.document.type) not in family.parts:
            reading.issues.append(Issue("second_data_document", document_position=other.document.position))
        _read_leaves(other, tree.parse(other.normal), reading, walk)
    if reading.reason is None:
        _look_for_missing(matcher, reading)
        _compare_with_header(family, form_type, ciks, reading)
        for function in family.after:
            function(reading)
    return reading


def read_without_family(documents: Sequence[Document]) -> FamilyReading:
    """Every leaf of every XML document, for a form that nobody here reads; damaged ones up to the damage."""
    reading = FamilyReading()
    walk = Walk(reading, Matcher({}, {}, 0, {}))
    for document in documents:
        if document.inner_wrapper == "XML":
            normal = tree.normal(document.content)
            _read_leaves(_Xml(document, normal, ""), tree.parse(normal), reading, walk)
    return reading


def _data_documents(
    family: Family, form_type: str | None, documents: Sequence[Document], reading: FamilyReading
) -> tuple[list[_Xml], list[_Xml]]:
    """The data documents to read, by TYPE, then by root (forms.md 0.1), and those whose leaves alone are kept."""
    mains: list[_Xml] = []
    parts: list[_Xml] = []
    for document in documents:
        kind = _spelled(document.type)
        if kind in family.parts:
            parts += _xml(family, document, reading)
        elif kind in family.forms:
            mains += _xml(family, document, reading)
    if not mains:
        others = [document for document in documents if _spelled(document.type) not in (*family.forms, *family.parts)]
        mains = [xml for other in others for xml in _xml(family, other, reading) if xml.name in family.roots]
    # The header's own form first, then any of the family's; of several the first with a root that we know.
    mains.sort(key=lambda xml: (xml.name not in family.roots, _spelled(xml.document.type) != _spelled(form_type)))
    chosen = sorted([*mains[:1], *parts], key=lambda xml: xml.document.position)
    return (chosen, mains[1:]) if mains else ([], parts)


def _xml(family: Family, document: Document, reading: FamilyReading) -> Iterator[_Xml]:
    """The document, if it holds XML: within ``<XML>``, after a declaration, or by one of the family's roots."""
    normal = tree.normal(document.content)
    name = tree.first_name(normal)
    if name.lower().lstrip("!") == "html":
        if _spelled(document.type) in (*family.forms, *family.parts):
            reading.issues.append(Issue("styled_copy", document_position=document.position))
    elif document.inner_wrapper == "XML" or normal.startswith(b"<?xml") or name in family.roots:
        yield _Xml(document, normal, name)


def _read_chosen(family: Family, matcher: Matcher, chosen: list[_Xml], reading: FamilyReading, walk: Walk) -> None:
    """Read all of them, or none: where one cannot be read, the leaves of all are unclaimed."""
    parsed = [(xml, tree.parse(xml.normal)) for xml in chosen]
    for xml, root in parsed:
        if reading.reason is not None:
            break
        if isinstance(root, tree.Fault):
            reading.reason = _not_readable(root.code, _where(xml, root.detail))
        elif not _is_known(family, root):
            reading.reason = _not_readable("root_unknown", _where(xml, f"its root is {root.tag}"))
    for xml, root in parsed:
        if reading.reason is not None or isinstance(root, tree.Fault):
            _read_leaves(xml, root, reading, walk)
        elif refusal := walk.document(xml.document.position, root, matcher.roots[tree.local(root.tag)]):
            reading.reason = _not_readable("xml_refused", _where(xml, refusal))
            return


def _read_leaves(xml: _Xml, root: etree._Element | tree.Fault, reading: FamilyReading, walk: Walk) -> None:
    if not isinstance(root, tree.Fault):
        if refusal := walk.document(xml.document.position, root, None):
            reading.issues.append(Issue("leaves_left_out", document_position=xml.document.position, detail=refusal))
    elif root.code == "xml_not_well_formed":
        reading.issues.append(Issue("xml_not_well_formed", document_position=xml.document.position, detail=root.detail))
        walk.leaves(xml.document.position, tree.leaves_before_error(bytes(xml.normal)))


def _is_known(family: Family, root: etree._Element) -> bool:
    return tree.namespace(root.tag) in family.roots.get(tree.local(root.tag), ())


def _spelled(form_type: str | None) -> str:
    return " ".join((form_type or "").upper().split())


def _where(xml: _Xml, what: str) -> str:
    return f"Document {xml.document.position}: {what}"


def _not_readable(code: str, detail: str) -> Reason:
    return Reason(Status.NOT_READABLE, code, detail)


def _nothing_to_read(family: Family, filed_on: date | None) -> Reason:
    if family.xml_since and filed_on and filed_on < family.xml_since:
        return _not_readable(
            "era_without_reader", f"Filed on {filed_on}; the form is XML since {family.xml_since}, and no XML is here."
        )
    return _not_readable("data_document_missing", "No document of the form's type holds XML.")


def _look_for_missing(matcher: Matcher, reading: FamilyReading) -> None:
    for table, columns in matcher.expected.items():
        for row in reading.rows.get(table, ()):
            reading.issues += [issue_of("value_missing", table, name, row) for name in columns if name not in row]


def _values(column: Column[Any], reading: FamilyReading) -> Iterator[tuple[str, Row, str]]:
    table = full_name(column.table)
    for row in reading.rows.get(table, ()):
        if isinstance(value := row.get(column.name), str):
            yield table, row, value


def _compare_with_header(
    family: Family, form_type: str | None, ciks: Collection[str] | None, reading: FamilyReading
) -> None:
    if form_type and family.form_type_column is not None:
        for table, row, value in _values(family.form_type_column, reading):
            if _spelled(value) != _spelled(form_type):
                name = family.form_type_column.name
                detail = f"the header says {form_type}"
                reading.issues.append(issue_of("document_form_type_differs", table, name, row, value, detail))
    if ciks is None:
        return
    stated = {cik(each) for each in ciks}
    for column in family.cik_columns:
        for table, row, value in _values(column, reading):
            if (number := cik(value)) and number not in stated:
                reading.issues.append(issue_of("document_cik_differs", table, column.name, row, value))
