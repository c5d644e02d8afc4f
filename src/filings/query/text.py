"""The text of a filing, section by section, for people who read it."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterator, Sequence

from filings.errors import FilingsError, UsageError
from filings.query.answer import rows_of
from filings.query.compiled import duckdb
from filings.query.grid import Look, visible
from filings.query.sheet import narrow, number, words
from filings.query.show import Row, missing

COLUMNS = ("position", "document_position", "level", "kind", "item", "heading", "character_count", "text")
_NUMBERS = ("position", "document_position", "level", "character_count")


def sections(connection: duckdb.DuckDBPyConnection, filing_id: str, wanted: str | None = None) -> list[Row]:
    """The filing's sections with their text, in their order: all, or those that `wanted` names.

    `wanted` is an item's number (2.02), else the number of a section, else a kind (release, signature), else words of a
    heading. Raises UsageError where it names none, FilingsError where the warehouse holds no such filing or no text of it.
    """
    batches = rows_of(connection, ["load_id"], "ops.ingest_log WHERE filing_id = ?", [filing_id])
    if not batches:
        raise missing(filing_id)
    among = ", ".join(sorted({str(row["load_id"]) for row in batches}))
    place = f"section_text WHERE load_id IN ({among}) AND filing_id = ? ORDER BY position"
    found = rows_of(connection, COLUMNS, place, [filing_id])
    if not found:
        raise FilingsError(
            f"No text of {filing_id} is loaded.",
            f"Text is read of some forms alone; filings document {filing_id} 1 gives the first document as filed.",
        )
    chosen = found if wanted is None else _named(found, wanted)
    if not chosen:
        raise UsageError(
            f"{filing_id} has no section {wanted!r}.",
            f"filings text {filing_id} --list names its {len(found)} sections.",
        )
    return chosen


def _named(found: Sequence[Row], wanted: str) -> list[Row]:
    asked = " ".join(wanted.lower().split())
    item = asked.removeprefix("item").strip()
    kind = asked.replace(" ", "_")
    return (
        [row for row in found if row["item"] and row["item"].lower() == item]
        or [row for row in found if row["position"] == asked]
        or [row for row in found if row["kind"] == kind]
        or [row for row in found if asked in (row["heading"] or "").lower()]
    )


def list_of(rows: Sequence[Row], look: Look) -> Iterator[str]:
    """The sections in a grid, without their text."""
    columns = ["section", "document", "kind", "item", "heading", "characters"]
    values = [
        (
            row["position"],
            row["document_position"],
            ("  " if row["level"] == "2" else "") + words(row["kind"]),
            row["item"],
            row["heading"],
            number(row["character_count"]),
        )
        for row in rows
    ]
    yield from narrow(columns, values, {0, 1, 5}, look)


def pages(rows: Sequence[Row], look: Look) -> Iterator[str]:
    """The text line by line: an empty line between sections, a title where another document begins.

    In a terminal headings are bold, and lines longer than it is wide are broken between words.
    """
    several = len({row["document_position"] for row in rows}) > 1
    before: str | None = None
    for nth, row in enumerate(rows):
        if nth:
            yield ""
        if several and row["document_position"] != before:
            before = row["document_position"]
            yield look.faint(f"-- document {before} --")
            yield ""
        heading = row["heading"]
        for line in (row["text"] or "").split("\n"):
            is_heading = heading is not None and bool(line) and heading.startswith(line.replace("\t", " "))
            for piece in _fitted(line, look.width):
                yield look.bold(piece) if is_heading else piece
            if heading is not None and line:
                heading = heading[len(line) :].lstrip() if is_heading else None


def _fitted(line: str, width: int | None) -> list[str]:
    text = "\t".join(visible(cell) for cell in line.split("\t"))
    if width is None:
        return [text]
    return textwrap.wrap(text.replace("\t", "   "), width, break_long_words=False, break_on_hyphens=False) or [""]


def to_json(filing_id: str, rows: Sequence[Row]) -> str:
    """The sections as one JSON object."""
    told = [
        {name: int(value) if value is not None and name in _NUMBERS else value for name, value in row.items()}
        for row in rows
    ]
    return json.dumps({"filing_id": filing_id, "sections": told}, ensure_ascii=False, indent=1)
