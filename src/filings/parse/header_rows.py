"""The header's tree as rows of the header tables (tables.md 6.1).

Which label or tag fills which column is declared in `schema.core`; the code here knows only what a declaration cannot
say: which sections begin a row, which fields repeat, and which values mean none.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Literal

from filings import identifiers
from filings.parse import header_columns, header_shapes, items
from filings.parse import header_values as values
from filings.parse.header import Node, guessed_at, parse
from filings.parse.header_columns import HeaderColumn
from filings.parse.header_names import PARTS, ROLES
from filings.parse.header_shapes import Plan, Unusual
from filings.schema.codes import Issue
from filings.state_codes import NAMES as STATES

VERSION = 2
"""Rises when the same header would give other rows."""

Row = dict[str, object]

TABLES = (
    "filing",
    "filing_party",
    "party_address",
    "party_former_name",
    "group_member",
    "filing_item",
    "filing_series",
    "filing_class",
    "filing_merger",
    "filing_reference",
    "header_extra",
)
"""The tables that a header fills."""


@dataclass(slots=True)
class HeaderReading:
    """What a header says.

    `rows` holds each of `TABLES`, also the empty ones; `filing` has one row with only the columns that a header fills.
    Offsets of `issues` are bytes of the header. `accession` has dashes and is the filing's own; `form_type` is in upper
    case with single blanks; both are None where the header does not state them.
    """

    rows: dict[str, list[Row]]
    issues: list[Issue]
    accession: str | None
    form_type: str | None
    dialect: Literal["text", "tags"]


def read(header: bytes) -> HeaderReading:
    """The rows of a header, values as text as filed. Never raises on whatever bytes; linear in their number."""
    try:
        return _read_by_shapes(header)
    except Unusual:
        return _Reader(header).reading()


def _read_by_shapes(header: bytes) -> HeaderReading:
    rows: dict[str, list[Row]] = {table: [] for table in TABLES}
    rows["filing"].append(dict.fromkeys(header_columns.BARE, False))
    is_text = header_shapes.read(header, _plan, rows)
    if rows["filing_item"]:
        header_shapes.number_items(rows["filing_item"], *items.system(rows["filing"][0]))
    return _finished(rows, [], is_text=is_text)


@lru_cache(maxsize=512)
def _plan(shape: str) -> Plan | None:
    """The plan of a shape. All that are remembered take some 3 MB, and could not take more than 50."""
    if (marked := header_shapes.marked(shape)) is None:
        return None
    reading = _Reader(marked).reading()
    return header_shapes.plan(shape, reading.rows, reading.issues, is_text=reading.dialect == "text")


def _finished(rows: dict[str, list[Row]], issues: list[Issue], *, is_text: bool) -> HeaderReading:
    """The reading, with what is computed from the rows."""
    filing = rows["filing"][0]
    for row in (filing, *rows["filing_party"], *rows["filing_reference"]):
        stated = row.get("file_number_as_filed")
        if isinstance(stated, str) and (number := identifiers.file_number(stated)):
            row["file_number"] = number
    for position, row in enumerate(rows["filing_party"], 1):
        if "cik" not in row:
            issues.append(Issue("cik_missing", "filing_party", "cik", position))
    form_type, accession = filing.get("form_type"), filing.get("accession_number")
    return HeaderReading(
        rows,
        issues,
        identifiers.accession(accession) if isinstance(accession, str) else None,
        form_type if isinstance(form_type, str) else None,
        "text" if is_text else "tags",
    )


_ADDRESSES = {"BUSINESS ADDRESS": "business", "MAIL ADDRESS": "mail"}
_FORMER = frozenset({"FORMER COMPANY", "FORMER NAME"})
_NEW_SERIES = "NEW SERIES AND CLASSES CONTRACTS"
_SERIES_KINDS = {"SERIES": "existing", "NEW SERIES": "new", "NEW CLASSES CONTRACTS": "new_classes"}
_SIDES = {"ACQUIRING DATA": "acquiring", "TARGET DATA": "target"}
_LONGEST_TEXT = 4096


@dataclass(slots=True)
class _Scope:
    """Where a field stands: which columns its label may mean there, and the row that they fill.

    A label that means nothing here is looked up in `outer`; without one (a section that nobody knows) it means nothing.
    """

    table: str
    row: Row
    columns: dict[str, HeaderColumn]
    outer: _Scope | None
    party: int | None = None
    series: int | None = None
    merger: int | None = None
    side: str | None = None
    by_tag: set[str] = field(default_factory=set)

    def row_inside(self, table: str, row: Row, columns: dict[str, HeaderColumn]) -> _Scope:
        """The scope of a section that begins a row; without `columns`, of one that is foreign."""
        outer = self if columns else None
        return _Scope(table, row, columns, outer, self.party, self.series, self.merger, self.side)


class _Reader:
    def __init__(self, header: bytes) -> None:
        self.nodes = parse(header)
        self.rows: dict[str, list[Row]] = {table: [] for table in TABLES}
        self.issues: list[Issue] = []
        self.items: list[Node] = []
        self.mergers = 0
        self.labels: list[str] = []
        """Of the sections that are open, outermost first."""
        self.filing = _Scope("filing", dict.fromkeys(header_columns.BARE, False), header_columns.FILING, None)
        self.rows["filing"].append(self.filing.row)
        self.party: _Scope | None = None
        if (at := guessed_at(header)) is not None:
            self.issues.append(Issue("encoding_guessed", start=at, end=at + 1, detail="the header is not UTF-8"))

    def reading(self) -> HeaderReading:
        self.read_nodes(self.nodes, self.filing)
        self.number_items()
        is_text = any(not node.is_tag and (node.is_section or node.value) for node in self.nodes)
        return _finished(self.rows, self.issues, is_text=is_text)

    def add(self, table: str, **columns: object) -> Row:
        """A new row with those of the columns that are not None."""
        rows = self.rows[table]
        row: Row = {"position": len(rows) + 1}
        for name, value in columns.items():
            if value is not None:
                row[name] = value
        rows.append(row)
        return row

    def read_nodes(self, nodes: list[Node], scope: _Scope) -> None:
        for node in nodes:
            self.visit(node, scope)

    def visit(self, node: Node, scope: _Scope) -> None:
        if node.is_section:
            if node.value is not None:
                self.extra(node, scope)
            self.labels.append(node.label)
            self.section(node, scope)
            self.labels.pop()
        else:
            self.field(node, scope)

    # Sections

    def section(self, node: Node, scope: _Scope) -> None:
        if node.key in PARTS and scope.table == "filing_party":
            inner = self.part(node, scope)
        elif scope is self.filing and _is_party(node):
            inner = self.begin_party(node, scope)
        elif node.key in _SERIES_KINDS:
            self.read_series(node, scope)
            return
        elif node.key == _NEW_SERIES:
            self.read_new_series(node, scope)
            return
        elif node.key == "CLASS CONTRACT":
            row = self.add("filing_class", series_position=scope.series)
            inner = scope.row_inside("filing_class", row, header_columns.CLASS)
        elif node.key == "MERGER":
            self.mergers += 1
            inner = scope.row_inside("", {}, {})
        elif node.key in _SIDES:
            inner = self.begin_side(node, scope)
        elif node.key == "MULTI ACCESSION NUMBERS":
            self.read_other_accessions(node, scope)
            return
        else:
            inner = self.begin_unknown(node, scope)
        self.read_nodes(node.nodes, inner)

    def begin_party(self, node: Node, scope: _Scope) -> _Scope:
        row = self.add("filing_party", role=node.key.lower().replace(" ", "_"), is_owner_data=False, is_deletion=False)
        self.party = scope.row_inside("filing_party", row, header_columns.PARTY)
        self.party.party = len(self.rows["filing_party"])
        return self.party

    def part(self, node: Node, scope: _Scope) -> _Scope:
        if kind := _ADDRESSES.get(node.key):
            row = self.add("party_address", party_position=scope.party, kind=kind)
            return scope.row_inside("party_address", row, header_columns.ADDRESS)
        if node.key in _FORMER:
            row = self.add("party_former_name", party_position=scope.party)
            return scope.row_inside("party_former_name", row, header_columns.FORMER_NAME)
        if node.key == "OWNER DATA":
            scope.row["is_owner_data"] = True
        return scope

    def begin_side(self, node: Node, scope: _Scope) -> _Scope:
        side = _SIDES[node.key]
        row = self.add("filing_merger", merger_number=self.mergers or 1, side=side)
        inner = scope.row_inside("filing_merger", row, header_columns.MERGER)
        inner.side, inner.merger = side, len(self.rows["filing_merger"])
        return inner

    def read_series(self, node: Node, scope: _Scope) -> Row:
        kind = scope.side or _SERIES_KINDS[node.key]
        row = self.add("filing_series", kind=kind, merger_position=scope.merger)
        inner = scope.row_inside("filing_series", row, header_columns.SERIES)
        inner.series = len(self.rows["filing_series"])
        self.read_nodes(node.nodes, inner)
        return row

    def read_new_series(self, node: Node, scope: _Scope) -> None:
        """New series: their owner stands once, before them."""
        inner = scope.row_inside("", {}, {})
        owner, used = None, True
        for child in node.nodes:
            if child.key in _SERIES_KINDS and child.is_section:
                self.labels.append(child.label)
                row = self.read_series(child, inner)
                self.labels.pop()
                if owner is not None and row.setdefault("owner_cik", owner.value) == owner.value:
                    used = True
            elif child.key == "OWNER CIK" and child.value is not None:
                if owner is not None and not used:
                    self.extra(owner, inner)
                owner, used = child, False
            else:
                self.visit(child, inner)
        if owner is not None and not used:
            self.extra(owner, inner)

    def read_other_accessions(self, node: Node, scope: _Scope) -> None:
        """Accession numbers of other filings, under the label of the filing's own."""
        inner = scope.row_inside("", {}, {})
        for child in node.nodes:
            if child.key == "ACCESSION NUMBER" and not child.is_section:
                if child.value is not None:
                    self.add("filing_reference", kind="other_accession", accession_number=child.value)
            else:
                self.visit(child, inner)

    def begin_unknown(self, node: Node, scope: _Scope) -> _Scope:
        """What tags enclose is foreign; what only an indent encloses may be a slip, so its labels keep their meaning."""
        if node.value is None and (not node.nodes or node.key in scope.columns):
            self.labels.pop()
            self.field(node, scope)
            self.labels.append(node.label)
        return scope.row_inside("", {}, {}) if node.is_tag else replace(scope)  # its own: no party begins in it

    # Fields

    def field(self, node: Node, scope: _Scope) -> None:
        if column := scope.columns.get(node.key):
            self.put(node, scope, scope, column)
        elif not scope.columns:
            self.extra(node, scope)
        elif node.key in header_columns.ITEMS:
            self.items.append(node)
        elif node.key in header_columns.MEMBERS:
            if node.value is not None:
                self.add("group_member", name=node.value)
        elif node.key in header_columns.REFERENCES:
            kind, name = header_columns.REFERENCES[node.key]
            if node.value is not None:
                self.add("filing_reference", **{"kind": kind, name: node.value})
        else:
            self.put_outside(node, scope)

    def put_outside(self, node: Node, scope: _Scope) -> None:
        """A label that means nothing where it stands, but in a section around it, or in the party before it."""
        around = scope.outer if scope is not self.filing else self.party
        while around is not None:
            if column := around.columns.get(node.key):
                self.put(node, scope, around, column)
                return
            around = around.outer if scope is not self.filing else None
        self.extra(node, scope)

    def put(self, node: Node, scope: _Scope, owner: _Scope, column: HeaderColumn) -> None:
        """The field of `scope` into the row of `owner`; a second value into header_extra."""
        name, value, row = column.name, node.value, owner.row
        if name in header_columns.BARE:
            stated = values.flag(value)
            row[name] = row.get(name) or stated is not False
            if stated is None:
                self.extra(node, scope)
            return
        if value is None:
            return
        if name == "exchanges_stated":
            exchanges = row.setdefault(name, [])
            assert isinstance(exchanges, list)
            exchanges.append(value)
            return
        if name == "sic_code":
            code, industry = values.industry(value)
            if "sic_code" in row or "sic_name" in row:
                self.repeated(node, scope, owner, name, code)
                return
            if industry is not None:
                row["sic_name"] = industry
            text = code
        else:
            text = column.form(value) if column.form else value
            if name in row:
                self.repeated(node, scope, owner, name, text)
                return
        if text is not None:
            row[name] = text
            if node.is_tag:
                owner.by_tag.add(name)
            if name in header_columns.STATES and text.upper() not in STATES:
                self.issue("state_code_unknown", node, owner, name)

    def repeated(self, node: Node, scope: _Scope, owner: _Scope, name: str, value: str | None) -> None:
        in_both = (name in owner.by_tag) != node.is_tag
        code = "dialects_differ" if in_both and owner.row.get(name) != value else "header_value_repeated"
        self.issue(code, node, owner, name)
        self.extra(node, scope)

    def extra(self, node: Node, scope: _Scope) -> None:
        path: str | None = None
        for label in self.labels:
            path = f"{path}/{label}" if path else label
        self.add(
            "header_extra",
            party_position=scope.party,
            section_path=path,
            level=len(self.labels),
            label=node.label,
            value=node.value,
        )

    def issue(self, code: str, node: Node, owner: _Scope, column: str) -> None:
        position = owner.row.get("position")
        self.issues.append(
            Issue(
                code,
                owner.table,
                column,
                position if isinstance(position, int) else None,
                text=(node.value or "")[:_LONGEST_TEXT],
                start=node.start,
                end=node.end,
            )
        )

    def number_items(self) -> None:
        """Item numbers and captions, the one from the other."""
        form_type, old = items.system(self.filing.row)
        for node in self.items:
            number, caption = None, None
            if node.value is not None:
                number, caption = items.read(node.value, old, form_type, is_number=node.key == "ITEMS")
            row = self.add("filing_item", item=number, caption=caption)
            if caption is not None and number is None:
                self.issue("item_caption_unknown", node, _Scope("filing_item", row, {}, None), "item")


def _is_party(node: Node) -> bool:
    """Whether a section of the submission is a party: by its name, or since it is built like one (edgar.md C.4)."""
    return node.key in ROLES or any(
        child.key in (PARTS if child.is_section else header_columns.IDENTITY) for child in node.nodes
    )
