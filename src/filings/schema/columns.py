"""A column says where its value stands.

A table is a SQLAlchemy Core ``Table``. Each column carries its type, its comment (meaning) and, in ``Column.info["at"]``,
its *place*: one of five kinds. From this one declaration derive the DDL, the Arrow schema, the readers, the typing, the
coverage figure, and the data dictionary (house, section 2).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import (
    ARRAY,
    TIMESTAMP,
    BigInteger,
    Boolean,
    Column,
    Date,
    Integer,
    MetaData,
    Numeric,
    SmallInteger,
    Table,
    Text,
)

metadata = MetaData()
"""Every table of a warehouse, whatever its form family."""


@dataclass(frozen=True)
class Header:
    """The value of a label of the text dialect, or of its twin in the tag dialect (edgar.md C.2).

    `labels` are the spellings of the label, newest first; empty where both dialects use the tag. `note` says which part
    of the header it stands in where the label alone does not tell.
    """

    labels: tuple[str, ...]
    tag: str | None
    note: str = ""

    def __str__(self) -> str:
        spellings = dict.fromkeys([*self.labels, *([self.tag] if self.tag else [])])
        return "; ".join(part for part in (" / ".join(spellings), self.note) if part)


@dataclass(frozen=True)
class Xml:
    """A path in the data document, below the row's element; alternatives by schema version, oldest first.

    Local names joined by ``/``; ``@name`` is an attribute; the empty path is the row's element itself.
    """

    paths: tuple[str, ...]

    def __init__(self, *paths: str) -> None:
        object.__setattr__(self, "paths", paths)

    def __str__(self) -> str:
        return "; ".join(path or "the row's element itself" for path in self.paths)


@dataclass(frozen=True)
class Rule:
    """A named function that follows a page of the specification."""

    page: str
    function: str = ""

    def __str__(self) -> str:
        return self.page + (f" ({self.function})" if self.function else "")


@dataclass(frozen=True)
class Computed:
    """From other columns, or from the shape of the file."""

    how: str

    def __str__(self) -> str:
        return self.how


@dataclass(frozen=True)
class Ours:
    """From the pipeline itself."""

    who: str

    def __str__(self) -> str:
        return self.who


Place = Header | Xml | Rule | Computed | Ours

Null = Literal["no", "expected", "yes"]
"""*no* is declared NOT NULL; *expected* is not, but NULL gives the issue ``value_missing``; *yes* may be NULL."""


@dataclass(frozen=True)
class RowAt:
    """An element that begins a row of a table, with what is known from the element alone.

    `path` is relative to the root, empty for the root itself; in a family with several roots it begins with ``/`` and
    the root's name. `having`/`lacking` name a child whose presence decides (X0101, forms.md 1). `values` are columns
    that the element itself fixes. `kind` names the element's own count for `part_position`; all elements with a kind
    are counted together for `ordinal_in_form`.
    """

    path: str
    having: str | None = None
    lacking: str | None = None
    values: tuple[tuple[str, Any], ...] = ()
    kind: str = ""


@dataclass(frozen=True)
class RowBelow:
    """An element that begins a row wherever it stands below a row of one of the `tables`; its parent row is known."""

    element: str
    tables: tuple[str, ...]


def _column(
    name: str, kind: Any, comment: str, at: Place, null: Null, unit: str | None, sec: str | None = None, **info: Any
) -> Column[Any]:
    facts = {"at": at, "expected": null == "expected", "unit": unit, "sec_name": sec, **info}
    return Column(name, kind, comment=comment, nullable=null != "no", info=facts)


def text(
    name: str,
    comment: str,
    *,
    at: Place,
    null: Null = "yes",
    unit: str | None = None,
    sec: str | None = None,
    form: str = "text",
    compression: str | None = None,
) -> Column[Any]:
    """TEXT. `form` is its canonical form: text (blanks trimmed), name (blanks collapsed), prose, cik, accession,
    file_number, code. `sec`, here and below, is the column's name in the SEC's own data sets, TABLE.COLUMN."""
    return _column(name, Text(), comment, at, null, unit, sec, form=form, compression=compression)


def texts(name: str, comment: str, *, at: Place, null: Null = "yes") -> Column[Any]:
    """TEXT[]: a list, as filed."""
    return _column(name, ARRAY(Text()), comment, at, null, None)


def smallint(
    name: str, comment: str, *, at: Place, null: Null = "yes", unit: str | None = None, sec: str | None = None
) -> Column[Any]:
    """SMALLINT."""
    return _column(name, SmallInteger(), comment, at, null, unit, sec)


def integer(
    name: str, comment: str, *, at: Place, null: Null = "yes", unit: str | None = None, sec: str | None = None
) -> Column[Any]:
    """INTEGER."""
    return _column(name, Integer(), comment, at, null, unit, sec)


def bigint(
    name: str, comment: str, *, at: Place, null: Null = "yes", unit: str | None = None, sec: str | None = None
) -> Column[Any]:
    """BIGINT."""
    return _column(name, BigInteger(), comment, at, null, unit, sec)


def flag(name: str, comment: str, *, at: Place, null: Null = "yes", sec: str | None = None) -> Column[Any]:
    """BOOLEAN; absent is NULL, never false (forms.md 0.3)."""
    return _column(name, Boolean(), comment, at, null, None, sec)


def date(
    name: str, comment: str, *, at: Place, null: Null = "yes", sec: str | None = None, past: bool = False
) -> Column[Any]:
    """DATE, as a calendar day without a zone; an offset in the text is dropped, never applied.

    `past` says that the day cannot lie after the filing date: a later one gives ``date_out_of_range`` (forms.md 0.3).
    """
    return _column(name, Date(), comment, at, null, None, sec, past=past)


def wall_clock(name: str, comment: str, *, at: Place, null: Null = "yes") -> Column[Any]:
    """TIMESTAMP: a wall clock whose zone is in the column's name or comment."""
    return _column(name, TIMESTAMP(), comment, at, null, None)


def instant(name: str, comment: str, *, at: Place, null: Null = "yes") -> Column[Any]:
    """TIMESTAMPTZ, UTC."""
    return _column(name, TIMESTAMP(timezone=True), comment, at, null, None)


def decimal(
    name: str,
    comment: str,
    *,
    at: Place,
    digits: tuple[int, int] = (24, 4),
    null: Null = "yes",
    unit: str | None = None,
    sec: str | None = None,
) -> Column[Any]:
    """DECIMAL(precision, scale); never a float on the way."""
    return _column(name, Numeric(*digits), comment, at, null, unit, sec)


def _shared(per_filing: bool) -> list[Column[Any]]:
    position = [
        integer("position", "1, 2, 3 … in this table within the filing, as filed", at=Computed("order"), null="no")
    ]
    return [
        text("filing_id", "the filing", at=Computed("tables.md 1"), null="no"),
        *([] if per_filing else position),
        integer(
            "document_position",
            "ordinal of the document in the submission; NULL in header tables",
            at=Computed("order"),
        ),
    ]


def _load_id() -> Column[Any]:
    return bigint("load_id", "the batch that wrote the row: replace and lookup go by it", at=Ours("loader"), null="no")


def _table(name: str, grain: str, columns: list[Column[Any]], **info: Any) -> Table:
    schema, _, bare = name.rpartition(".")
    return Table(bare, metadata, *columns, schema=schema or None, comment=grain, info={"grain": grain, **info})


def rows(
    name: str,
    grain: str,
    columns: list[Column[Any]],
    *,
    at: tuple[RowAt | RowBelow, ...] = (),
    family: str | None = None,
) -> Table:
    """A table with several rows a filing: the shared columns with ``position`` are added (tables.md 3)."""
    return _table(
        name, grain, [*_shared(False), *columns, _load_id()], at=at, family=family, per_filing=False, key="position"
    )


def one_row(
    name: str,
    grain: str,
    columns: list[Column[Any]],
    *,
    at: tuple[RowAt | RowBelow, ...] = (),
    family: str | None = None,
) -> Table:
    """A table with one row a filing: the shared columns without ``position`` are added (tables.md 3)."""
    return _table(
        name, grain, [*_shared(True), *columns, _load_id()], at=at, family=family, per_filing=True, key="filing_id"
    )


def plain(name: str, grain: str, columns: list[Column[Any]], **info: Any) -> Table:
    """A table of ``ops``: its columns are exactly those given."""
    return _table(name, grain, columns, family=None, **info)
