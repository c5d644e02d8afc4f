"""A form family: which documents it reads, into which tables, and what it leaves out on purpose."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any

from sqlalchemy import Column, Table

from filings.forms.text.section import Section
from filings.parse.submission import Document
from filings.parse.text import reader
from filings.parse.text.line import Line
from filings.schema.codes import Issue, Reason
from filings.schema.derive import reading_fingerprint

Row = dict[str, object]


@dataclass(frozen=True, slots=True)
class Below:
    """A row that began below a row of another table (`RowBelow`): which row that was, and in which of its cells.

    `cell` is the path of the element that holds this one, below the parent's element; empty for the parent's itself.
    """

    row: Row
    parent_table: str
    parent: Row
    cell: str


@dataclass(slots=True)
class FamilyReading:
    """What a family read in one version of a filing: rows by table as filed, not yet typed.

    `leaf_count` counts the non-empty leaves met, `unclaimed_leaf_count` those of them in no column and on no skip list;
    they are rows of `xml_leaf`. `reason` is set where the family gave up (status not_readable); then its tables have no
    rows. `below` is for the functions that a family runs after its rows are there. `sections` are those that a family of
    words found by rules of its own, by document position; their rows are made with those of all other text.
    """

    rows: dict[str, list[Row]] = field(default_factory=dict)
    issues: list[Issue] = field(default_factory=list)
    leaf_count: int = 0
    unclaimed_leaf_count: int = 0
    reason: Reason | None = None
    below: dict[str, list[Below]] = field(default_factory=dict)
    sections: dict[int, list[Section]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class HeaderFacts:
    """What the header says of the filers, for a family to compare with: canonical file numbers, and names."""

    file_numbers: Collection[str] = ()
    names: Sequence[str] = ()


ReadLines = Callable[[Document], Sequence[Line]]
"""Gives the lines of a textual document."""

ReadWords = Callable[[Sequence[Document], str | None, HeaderFacts | None, ReadLines], FamilyReading]
"""Reads the documents of a filing of that form; without a header there are no facts of it. Never raises."""


@dataclass(frozen=True, eq=False)
class Family:
    """The declaration of a family.

    `forms` are form types as in `filing.form_type`. `roots` gives for each root element (local name) the namespaces it
    may have; None is no namespace. `parts` are the TYPEs of further data documents, any number of each (``INFORMATION
    TABLE``); of the form's own TYPE there is one. `skip` maps a path, as in `RowAt`, to the reason why what stands there
    is left out. `after` are functions over the rows, run once a filing. `xml_since` is the day from which the form had
    to be XML: without XML before it, there is nothing we could read. `form_type_column` and `cik_columns` are compared
    with the header. `words` reads a form that is words and no XML; the engine is not asked then. `cover` tells
    the form type of a document without an envelope from what it says. `version` rises by hand when rows would differ.
    """

    name: str
    version: int
    forms: tuple[str, ...]
    roots: Mapping[str, tuple[str | None, ...]]
    tables: tuple[Table, ...]
    parts: tuple[str, ...] = ()
    skip: Mapping[str, str] = field(default_factory=dict)
    after: tuple[Callable[[FamilyReading], None], ...] = ()
    xml_since: date | None = None
    form_type_column: Column[Any] | None = None
    cik_columns: tuple[Column[Any], ...] = ()
    words: ReadWords | None = None
    cover: Callable[[Document], str | None] | None = None

    @cached_property
    def fingerprint(self) -> str:
        """Of the declaration without comments, and its version (house, 6): 16 hex digits."""
        return reading_fingerprint(
            self.version,
            self.tables,
            self.name,
            self.forms,
            sorted(self.roots.items()),
            self.parts,
            sorted(self.skip),
            self.xml_since,
            *((reader.VERSION,) if self.words else ()),
        )


def issue_of(code: str, table: str, column: str, row: Row, text: str | None = None, detail: str | None = None) -> Issue:
    """An issue about a value of a row that the engine made."""
    position, document = row.get("position"), row.get("document_position")
    return Issue(
        code,
        table,
        column,
        position if isinstance(position, int) else None,
        document if isinstance(document, int) else None,
        text,
        detail=detail,
    )
