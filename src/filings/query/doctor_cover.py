"""`filings doctor cover`: each value of a Form 6-K, the rule that found it, and the bytes that state it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from filings.forms.family import HeaderFacts
from filings.forms.form_6k import reader, tables
from filings.forms.form_6k.reader import Reading6K
from filings.identifiers import file_number
from filings.parse import header_rows
from filings.parse.submission import Version
from filings.query.doctor_source import Source
from filings.query.grid import Look, visible
from filings.query.sheet import narrow, section
from filings.schema import text
from filings.schema.columns import Rule

_TABLES = {
    table.name: table
    for table in (
        tables.report_6k,
        tables.incorporation_by_reference,
        text.exhibit,
        text.signature,
        tables.press_contact,
        text.section,
    )
}
_FUNCTIONS = {
    "exhibit": "exhibit_lists.exhibit_lists",
    "signature": "signatures.signature_block",
    "section": "sections.sections",
}
"""What fills the tables that other forms have too."""
_PLACES = ("position", "document_position", "start_byte", "end_byte")
_LONGEST = 160


def described(source: Source) -> dict[str, Any]:
    """A source as plain values, for JSON. Offsets are bytes of the document's content, half-open."""
    return {
        "source": source.name,
        "note": source.note or None,
        "versions": [_version(version) for version in source.versions],
    }


def header_facts(version: Version) -> tuple[str | None, HeaderFacts | None]:
    """The form type in the header, and what it says of the filer; None without a header."""
    if version.header is None:
        return None, None
    found = header_rows.read(version.header)
    parties = found.rows.get("filing_party", [])
    numbers = (file_number(str(party.get("file_number_as_filed") or "")) for party in parties)
    names = [str(party["conformed_name"]) for party in parties if party.get("conformed_name")]
    return found.form_type, HeaderFacts([number for number in numbers if number], names)


def _version(version: Version) -> dict[str, Any]:
    form_type, facts = header_facts(version)
    reading = reader.read(version.documents, form_type, facts)
    rows = {name: list(reading.rows.get(name, ())) for name in _TABLES}
    for position in reading.sections:
        rows["section"] += reading.text_rows(position, len(rows["section"]))["section"]
    return {
        "form_type": form_type,
        "documents": sorted(reading.sections),
        "values": [value for name in _TABLES for row in rows[name] for value in _values(reading, name, row)],
        "issues": [
            {
                "code": each.code,
                "table": each.table,
                "column": each.column,
                "position": each.position,
                "text": each.text,
                "start": each.start,
                "end": each.end,
                "detail": each.detail,
            }
            for each in reading.issues
        ],
    }


def _values(reading: Reading6K, table: str, row: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The values of a row, each with its rule; bytes are those of the value, or of its row."""
    places = {
        place.column: (place.start, place.end)
        for place in reading.places
        if (place.table, place.position) == (table, row["position"])
    }
    for column, value in row.items():
        if column in _PLACES or value is None:
            continue
        start, end = places.get(column, (row.get("start_byte"), row.get("end_byte")))
        at = _TABLES[table].c[column].info["at"]
        yield {
            "table": table,
            "position": row["position"],
            "document_position": row["document_position"],
            "column": column,
            "value": value if isinstance(value, (bool, int, list)) else str(value),
            "rule": (at.function or _FUNCTIONS.get(table, at.page)) if isinstance(at, Rule) else str(at),
            "start": start,
            "end": end,
        }


def to_json(sources: Sequence[Source]) -> str:
    """All sources as a JSON array."""
    return json.dumps([described(source) for source in sources], indent=1, ensure_ascii=False)


def page(source: Source, look: Look) -> Iterator[str]:
    """The lines of the page of one source."""
    found = described(source)
    yield look.bold(visible(source.name) + (f" ({source.note})" if source.note else ""))
    for number, version in enumerate(found["versions"], 1):
        if len(found["versions"]) > 1:
            yield ""
            yield look.bold(f"Submission {number} of {len(found['versions'])}")
        if not version["documents"]:
            yield "No document in it is a Form 6-K, by its TYPE or by its first lines."
            continue
        for name in _TABLES:
            values = [value for value in version["values"] if value["table"] == name]
            yield from section(name, _grid(values, look), look)
        yield from section("Issues", _issues(version["issues"]), look)


def _grid(values: list[dict[str, Any]], look: Look) -> Iterator[str]:
    """One line a value; a column of rows where the table has several."""
    last = max((value["position"] for value in values), default=1)
    rows = [
        (
            str(value["position"]) if last > 1 else None,
            value["column"],
            value["rule"],
            "" if value["start"] is None else f"{value['start']:,}–{value['end']:,}",
            _short(value["value"]),
        )
        for value in values
    ]
    yield from narrow(["row", "column", "rule", "bytes", "value"], rows, {0, 3}, look)


def _short(value: object) -> str:
    said = " · ".join(map(str, value)) if isinstance(value, list) else str(value)
    return visible(said if len(said) <= _LONGEST else said[: _LONGEST - 1] + "…")


def _issues(issues: list[dict[str, Any]]) -> Iterator[str]:
    for each in issues:
        where = ".".join(part for part in (each["table"], each["column"]) if part)
        place = f", bytes {each['start']:,}–{each['end']:,}" if each["start"] is not None else ""
        said = ", ".join(filter(None, (each["text"], each["detail"])))
        yield f"{each['code']} ({where}{place})" + (f": {_short(said)}" if said else "")
