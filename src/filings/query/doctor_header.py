"""`filings doctor header`: every label of a header, where it stands, and the column that it fills (edgar.md C)."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from textwrap import wrap
from typing import Any

from filings.parse.header_trace import Target, Traced, trace
from filings.parse.submission import Version
from filings.query.doctor_source import Source
from filings.query.grid import Look, visible, width_of
from filings.query.sheet import facts, narrow, section

_INDENT = "  "


def spelled(target: Target) -> str:
    """``filing_party[2].cik``: the row's position in brackets, where the table has several rows a filing."""
    row = "" if target.position is None else f"[{target.position}]"
    return f"{target.table}{row}.{target.column}"


def header_offset(version: Version) -> int | None:
    """Where byte 0 of the header stands in the source; None where PEM changed the header's bytes."""
    at = version.header_offset
    return None if at is None else version.offset + at


def described(source: Source) -> dict[str, Any]:
    """A source as plain values, for JSON. Offsets are bytes of the source, half-open."""
    return {
        "source": source.name,
        "note": source.note or None,
        "versions": [_version(version) for version in source.versions],
    }


def _version(version: Version) -> dict[str, Any]:
    found: dict[str, Any] = {"envelope": version.envelope, "dialect": None, "labels": [], "issues": []}
    if version.header is None:
        return found
    reading, labels = trace(version.header)
    offset = header_offset(version)
    found["dialect"] = reading.dialect
    found["accession"], found["form_type"] = reading.accession, reading.form_type
    found["labels"] = [_label(traced, offset) for traced in labels]
    found["issues"] = [
        {"code": each.code, "text": each.text, **_place(each.start, each.end, offset), "detail": each.detail}
        for each in reading.issues
    ]
    return found


def _label(traced: Traced, offset: int | None) -> dict[str, Any]:
    node = traced.node
    return {
        "path": list(traced.path),
        "label": node.label,
        "value": node.value,
        **_place(node.start, node.end, offset),
        "is_tag": node.is_tag,
        "is_section": node.is_section,
        "columns": [spelled(target) for target in traced.targets],
    }


def _place(start: int | None, end: int | None, offset: int | None) -> dict[str, int | None]:
    if start is None or end is None or offset is None:
        return {"start": None, "end": None}
    return {"start": start + offset, "end": end + offset}


def to_json(sources: Sequence[Source]) -> str:
    """All sources as a JSON array."""
    return json.dumps([described(source) for source in sources], indent=1, ensure_ascii=False)


def page(source: Source, look: Look) -> Iterator[str]:
    """The lines of the page of one source."""
    found = described(source)
    count = len(found["versions"])
    yield look.bold(visible(source.name) + (f" ({source.note})" if source.note else ""))
    for number, version in enumerate(found["versions"], 1):
        if count > 1:
            yield ""
            yield look.bold(f"Submission {number} of {count}")
        if not version["dialect"]:
            yield "There is no header; filings doctor split says what there is."
            continue
        yield from facts(
            (
                ("dialect", version["dialect"]),
                ("accession", version["accession"]),
                ("form", version["form_type"]),
                ("offsets", None if _has_places(version) else "none: PEM changed the bytes of the header"),
            ),
            look,
        )
        yield from section("Labels", _labels(version["labels"], look), look)
        yield from section("Issues", _issues(version["issues"]), look)


def _has_places(version: dict[str, Any]) -> bool:
    return not version["labels"] or version["labels"][0]["start"] is not None


def _labels(labels: list[dict[str, Any]], look: Look) -> Iterator[str]:
    rows = [
        (
            "" if each["start"] is None else f"{each['start']:,}–{each['end']:,}",
            _INDENT * len(each["path"]) + visible(f"<{each['label']}>" if each["is_tag"] else each["label"]),
            visible(each["value"] or ""),
            ", ".join(each["columns"]) or _no_column(each),
        )
        for each in labels
    ]
    widths = [max((width_of(row[place]) for row in rows), default=0) for place in range(4)]
    if look.width and sum(widths) + 2 * len(widths) > look.width:
        yield from _stacked(rows, widths[0], look.width - 2)
    else:
        yield from narrow(["bytes", "label", "value", "column"], rows, {0}, look)


def _stacked(rows: list[tuple[str, str, str, str]], width: int, room: int) -> Iterator[str]:
    """Label and value, the column below: for a terminal in which the grid has no room."""
    for place, label, value, column in rows:
        deep = " " * (width + 2 + len(label) - len(label.lstrip()))
        said = f"{place:>{width}}  {label}" + (f": {value}" if value else "")
        yield from wrap(said, room, subsequent_indent=f"{deep}  ", drop_whitespace=True)
        if column:
            yield from wrap(f"→ {column}", room, initial_indent=deep, subsequent_indent=f"{deep}  ")


def _no_column(label: dict[str, Any]) -> str:
    return "" if label["value"] is None else "none: it says that there is no value"


def _issues(issues: list[dict[str, Any]]) -> Iterator[str]:
    for each in issues:
        place = f" (bytes {each['start']:,}–{each['end']:,})" if each["start"] is not None else ""
        said = ", ".join(filter(None, (each["text"], each["detail"])))
        yield each["code"] + place + (f": {visible(said)}" if said else "")
