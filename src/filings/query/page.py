"""A filing as a person reads it: facts, parties, documents, the family's rows, what is odd, and where it came from."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence

from filings.query.form_6k import DRAWN, form_6k
from filings.query.grid import Look, visible
from filings.query.ownership import ownership
from filings.query.sheet import WIDTH, facts, narrow, number, plain, section, words
from filings.query.show import FilingRows, Row
from filings.query.text import list_of
from filings.schema.codes import ISSUE_CODES, REASONS, STATUSES, Status

_OF_THE_ROW = {"filing_id", "load_id", "document_position"}
_SAID_ABOVE = {
    "accession_number", "form_type", "form_type_basis", "filed_on", "accepted_at_eastern", "accepted_at",
    "period_of_report", "available_at", "available_at_basis", "document_count", "document_count_stated", "raw_sha256",
    "source",
}  # fmt: skip


def page(shown: FilingRows, look: Look) -> Iterator[str]:
    """The lines of the page."""
    filing = (shown.tables.get("filing") or [{}])[0]
    yield look.bold(f"{filing.get('form_type') or 'Form unknown'}  {shown.filing_id}")
    standing = shown.standing
    yield from textwrap.wrap(f"{standing['status']}: {visible(reason(standing))}", look.width or WIDTH)
    yield ""
    yield from facts(_head(filing), look)
    yield from section("Parties", _parties(shown, look), look)
    yield from section("Items", _grid(shown, "filing_item", look, ["item", "caption"]), look)
    yield from section("Documents", _documents(shown, look), look)
    yield from section("Sections", _sections(shown, look), look)
    yield from ownership(shown, look)
    yield from form_6k(shown, look)
    for table in shown.tables:
        if table not in _DRAWN and table not in DRAWN and not table.startswith("ownership_"):
            yield from section(table, _grid(shown, table, look), look)
    yield from section("Worth knowing", _issues(shown, look), look)
    yield from section("Versions", _versions(shown, look), look)


_DRAWN = {
    "filing",
    "filing_party",
    "party_address",
    "party_former_name",
    "filing_item",
    "document",
    "section",
    "text_block",
}


def reason(row: Row) -> str:
    """Why a version has its status, in words: the list of tables.md 7, then the facts of this filing."""
    status = Status(str(row["status"]))
    code, detail = row.get("reason_code"), row.get("reason_detail")
    sentence = REASONS.get(status, {}).get(code or "") or STATUSES[status]
    return f"{sentence} ({detail})" if detail else sentence


def _head(filing: Row) -> Iterator[tuple[str, str | None]]:
    accepted, instant = filing.get("accepted_at_eastern"), filing.get("accepted_at")
    stated = filing.get("document_count_stated")
    yield "filed", filing.get("filed_on")
    yield "accepted", accepted and f"{accepted} Eastern, {instant}"
    yield "period", filing.get("period_of_report")
    yield (
        "public since",
        f"{filing.get('available_at')} (by {words(filing.get('available_at_basis'))})" if filing else None,
    )
    yield (
        "documents",
        filing.get("document_count")
        and (
            f"{number(filing['document_count'])}"
            + (f", the header says {stated}" if stated not in (None, filing["document_count"]) else "")
        ),
    )
    if filing.get("form_type_basis") not in (None, "header"):
        yield "form taken from", words(filing.get("form_type_basis"))
    yield "source", filing.get("source")
    yield "sha256", filing.get("raw_sha256")
    for name, value in filing.items():
        if name not in _SAID_ABOVE | _OF_THE_ROW and value not in (None, "false"):
            yield words(name), plain(value)


def _parties(shown: FilingRows, look: Look) -> Iterator[str]:
    places = {}
    for row in shown.tables.get("party_address", []):
        if row["kind"] == "business" or row["party_position"] not in places:
            parts = (row["city"], row["state_code"] or row["province_country"])
            places[row["party_position"]] = ", ".join(part for part in parts if part)
    columns = ["role", "cik", "name", "file number", "act", "sic", "incorporated", "place"]
    rows = [
        (
            words(row["role"]),
            row["cik"],
            row["conformed_name"],
            row["file_number"] or row["file_number_as_filed"],
            row["act"],
            row["sic_code"],
            row["state_of_incorporation"],
            places.get(row["position"]),
        )
        for row in shown.tables.get("filing_party", [])
    ]
    yield from narrow(columns, rows, (), look)
    former = shown.tables.get("party_former_name", [])
    if former:
        yield ""
    for row in former:
        yield f"party {row['party_position']} was {visible(row['name'] or '')} until {row['changed_on']}"


def _documents(shown: FilingRows, look: Look) -> Iterator[str]:
    def remarks(row: Row) -> str:
        flags = (("is_main", "main"), ("is_cut_off", "cut off"), ("is_uuencoded", "uuencoded"))
        return ", ".join(word for name, word in flags if row[name] == "true")

    rows = [
        (
            row["position"],
            row["type"],
            number(row["content_length"]),
            row["kind"],
            row["filename"],
            row["description"],
            remarks(row) or None,
        )
        for row in shown.tables.get("document", [])
    ]
    yield from narrow(["n", "type", "bytes", "kind", "file name", "description", "remarks"], rows, {0, 2}, look)


def _sections(shown: FilingRows, look: Look) -> Iterator[str]:
    yield from list_of(shown.tables.get("section", []), look)


def _grid(shown: FilingRows, table: str, look: Look, only: Sequence[str] = ()) -> Iterator[str]:
    """Rows of any table, without the columns that are empty in all of them."""
    rows = shown.tables.get(table, [])
    if not rows:
        return
    kinds = shown.kinds[table]
    columns = [name for name in only or kinds if name not in _OF_THE_ROW]
    if len(rows) == 1:
        pairs = ((name, rows[0][name]) for name in columns if name != "position")
        yield from (line[2:] for line in facts(((words(n), v and plain(v)) for n, v in pairs), look))
        return
    numeric = {place for place, name in enumerate(columns) if kinds[name] == "number"}
    values = [[number(row[name]) if kinds[name] == "number" else row[name] for name in columns] for row in rows]
    yield from narrow(columns, values, numeric, look)


def _issues(shown: FilingRows, look: Look) -> Iterator[str]:
    for row in shown.issues:
        places = [
            row["table_name"] and ".".join(part for part in (row["table_name"], row["column_name"]) if part),
            row["position"] and f"row {row['position']}",
            row["document_position"] and f"document {row['document_position']}",
            row["start_byte"] and f"bytes {row['start_byte']}–{row['end_byte']}",
        ]
        place = ", ".join(part for part in places if part)
        yield f"{row['code']}" + (f" ({place})" if place else "")
        said = [ISSUE_CODES.get(str(row["code"]), "")]
        said += [f"Filed was: {_short(row['text_as_filed'])}"] if row["text_as_filed"] else []
        said += [visible(row["detail"])] if row["detail"] else []
        for sentence in said:
            yield from (f"  {line}" for line in textwrap.wrap(sentence, (look.width or WIDTH) - 4))


def _short(text: str) -> str:
    text = visible(text)
    return text if len(text) <= 200 else text[:199] + "…"


def _versions(shown: FilingRows, look: Look) -> Iterator[str]:
    for row in shown.ledger:
        seen = [each for each in shown.observations if each["raw_sha256"] == row["raw_sha256"]]
        parts = sorted({each["chosen_part"] for each in seen if each["chosen_part"]})
        chosen = "" if not parts else " (chosen)" if parts == ["whole"] else f" (chosen for its {parts[0]})"
        yield f"{row['raw_sha256']}  {row['status']}{chosen}"
        yield from (f"  {line}" for line in textwrap.wrap(visible(reason(row)), (look.width or WIDTH) - 4))
        for each in seen:
            member = f", member {each['archive_member']}" if each["archive_member"] else ""
            yield f"  seen {each['seen_at']} as {visible(each['url'] or each['name'] or '')}{visible(member)}"
