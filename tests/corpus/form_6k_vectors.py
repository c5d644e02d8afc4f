"""Expected values of the 6-K vectors against what is read (spec/form-6k-vectors.json)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

from filings.forms.family import HeaderFacts
from filings.forms.form_6k.reader import Reading6K, read
from filings.identifiers import file_number
from filings.parse import header_rows
from filings.parse.envelope import split
from filings.parse.submission import Document
from form_6k_excerpts import excerpt

_TABLES = {
    "incorporation_by_reference": "incorporation_by_reference",
    "exhibits": "exhibit",
    "signatures": "signature",
    "press_contacts": "press_contact",
    "sections": "section",
}
_RENAMED = {
    ("exhibits", "document_ordinal"): "exhibit_document_position",
    ("press_contacts", "document_ordinal"): "document_position",
    ("sections", "start_char"): "start_byte",
    ("sections", "end_char"): "end_byte",
}
_OF_THE_VECTORS = {"header_conformed_name", "release_paragraph_count", "ceo_quote", "text_block_count"}


class Compared(NamedTuple):
    """One expected value: where it stands, what is wanted, what was read."""

    where: str
    wanted: object
    read: object

    @property
    def is_right(self) -> bool:
        return self.wanted == self.read

    @property
    def is_invented(self) -> bool:
        return self.wanted in (None, [], 0) and self.read not in (None, [], 0)


def read_file(path: Path) -> Reading6K:
    """The reading of a file's first submission."""
    version = split(path.read_bytes()).versions[0]
    return read(version.documents, None, facts(version.header))


def facts(header: bytes | None) -> HeaderFacts | None:
    """What a header says of its filers."""
    if header is None:
        return None
    parties = header_rows.read(header).rows.get("filing_party", [])
    numbers = [file_number(str(party.get("file_number_as_filed") or "")) for party in parties]
    names = [str(party["conformed_name"]) for party in parties if party.get("conformed_name")]
    return HeaderFacts([number for number in numbers if number], names)


def read_excerpt(vector: Mapping[str, Any]) -> Reading6K:
    """The reading of a cover quoted as text; an excerpt has no end, so that it lacks no signature."""
    running = excerpt(vector["text"], vector["id"])
    content = b"x" if running.is_plain else b"<p>x"
    kind = "6-K/A" if "6-K/A" in vector["text"] else "6-K"
    document = Document(1, kind, None, None, None, 0, len(content), content)
    reading = read([document], None, None, lambda _: running.lines)
    reading.issues = [issue for issue in reading.issues if issue.code != "signature_missing"]
    return reading


def compared(name: str, expected: Mapping[str, Any], reading: Reading6K) -> Iterator[Compared]:
    """Every expected value of one vector. A list of rows counts as a value of its own: its length."""
    rows = dict(reading.rows)
    rows["exhibit"] = [row for row in rows.get("exhibit", []) if row["is_listed"]]
    for position in reading.sections:
        rows |= reading.text_rows(position)
    report = rows["report_6k"][0]
    for key, wanted in expected.items():
        where = f"{name}: {key}"
        if key in _OF_THE_VECTORS:
            continue
        if key == "section_headings":
            yield Compared(
                where, _plain(wanted), _plain([row["heading"] for row in rows["section"] if row.get("heading")])
            )
        elif key == "section_kinds":
            yield Compared(where, wanted, [row["kind"] for row in rows["section"]])
        elif key == "issues":
            yield Compared(where, sorted(wanted), sorted({issue.code for issue in reading.issues}))
        elif key in _TABLES:
            yield from _of_rows(where, key, wanted, rows.get(_TABLES[key], []))
        else:
            yield Compared(where, _plain(wanted), _plain(report.get(key)))


def _of_rows(where: str, key: str, wanted: Sequence[Any], read_rows: Sequence[Mapping[str, Any]]) -> Iterator[Compared]:
    yield Compared(where, len(wanted), len(read_rows))
    for number, row in enumerate(wanted):
        found = read_rows[number] if number < len(read_rows) else {}
        values = dict(zip(("number", "description"), row, strict=True)) if isinstance(row, list) else row
        for column, value in values.items():
            if column not in ("start_text", "end_text"):
                got = found.get(_RENAMED.get((key, column), column))
                yield Compared(f"{where}[{number}].{column}", _plain(value), _plain(got))


def _plain(value: object) -> object:
    """As the vectors compare: blanks collapsed, U+2011 read as a hyphen, days as text."""
    if isinstance(value, str):
        return " ".join(value.replace("\u2011", "-").split())
    if isinstance(value, date):
        return str(value)
    return [_plain(each) for each in value] if isinstance(value, list) else value
