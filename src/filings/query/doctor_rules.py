"""By which rule a text as filed became a value, in words that stand on their own."""

from __future__ import annotations

import re
from typing import Any

from sqlalchemy import Column

from filings.parse import header_columns
from filings.schema.columns import Computed, Header, Ours, Rule, Xml
from filings.schema.derive import full_name, sql_type

_PAGE = re.compile(
    r"(?:; |, | )?(?:else )?(?:rule of |by rule )?\(?(?:edgar|tables|forms|form-6k-cover)\.md"
    r"(?: [A-Z0-9][A-Z0-9.]*)?(?:, (?:[A-Z]\.[0-9]+|form-6k-cover\.md [0-9.]+))*\)?"
)
"""A page of the specification: nobody who asks has it at hand."""

_RULES = {
    "filing.accession_number": "the first accession number of the header, with dashes; else that of the EDGAR path",
    "filing.form_type": "in upper case, single blanks; without a header the TYPE of the first document",
    "filing.accepted_at": "the Eastern wall clock in UTC; of the hour that comes twice in autumn the first",
    "filing.available_at_basis": "which evidence decided available_at",
    "filing.available_at": "the earliest moment that the evidence named by available_at_basis allows",
    "filing.envelope": "by the first mark in the file",
    "filing.is_pem": "whether the first line begins a PEM message",
    "filing.has_header": "whether a header was found",
    "filing.raw_sha256": "sha256 of the version that is chosen for its header",
    "filing_party.role": "the name of the block",
    "filing_party.is_owner_data": "whether the block says OWNER DATA",
    "filing_party.cik": "ten digits, zeros on the left; zeros alone are none",
    "filing_party.irs_number": "as stated; zeros alone are none",
    "filing_party.act": "the code of the tag dialect: 1934 Act is 34, Dodd Frank Act is DF",
    "filing_party.sic_code": "the digits in the brackets, or the bare number; 0000 is none",
    "filing_party.sic_name": "the words before the brackets",
    "party_address.kind": "the name of the block",
    "filing_merger.side": "the name of the block",
    "filing_item.item": "the number as stated; of a caption the number that it had on the day of acceptance",
    "filing_item.caption": "the caption as stated; of a number the caption that EDGAR writes for it",
    "document.raw_sha256": "sha256 of the version that is chosen for its documents",
    "document.byte_offset": "the first byte behind the line <TEXT>, and behind that of an inner wrapper",
    "document.byte_length": "from there to the closing line",
    "document.content_length": "of the content: in a PEM file after escapes and cut lines are undone",
    "document.sha256": "of the content: in a PEM file after escapes and cut lines are undone",
    "document.joined_lines": "in a PEM file, the lines of 1,023 bytes that were joined with the next",
    "document.inner_wrapper": "the first line of the body, where it is <PDF>, <XML> or <XBRL> and is closed",
    "document.kind": "by the first bytes of the content, of a uuencoded one by those that it stands for",
    "document.encoding": "ASCII where all is; else what the XML declares, UTF-8, cp1252, Latin-1, the first that fits",
    "document.is_uuencoded": "whether the body begins with a line `begin MODE NAME`",
    "document.decoded_length": "of the bytes for which the uuencode stands",
    "document.decoded_sha256": "of the bytes for which the uuencode stands",
    "document.is_main": "the document whose SEQUENCE is 1; where none or several say so, the first",
    "document.is_cut_off": "whether the file ends before the document does",
}
BASES = {
    "acceptance": "accepted, and not withheld: to 17:30 Eastern at once; later at once where the form may be filed until "
    "22:00 or was filed that day, else at 07:30 of the next day of filing",
    "release_date": "withheld at first: 22:00 Eastern of the day of release",
    "dissemination_line": "no acceptance known, or withheld: 22:00 Eastern of the earliest day on a version's first line",
    "first_daily_index": "no acceptance known, or withheld: 22:00 Eastern of the first daily index that lists it",
    "feed_entry": "no acceptance known, or withheld: 22:00 Eastern of the day of the feed archive that holds it, or the "
    "moment at which the feed of latest filings named it",
    "filed_date": "nothing else is known: 22:00 Eastern of the filing date",
    "first_seen": "nothing else is known, or all of it is later: when its bytes were first seen here",
}
"""What each `available_at_basis` says of the moment."""

_TEXTS = {
    "text": "the text, blanks at its ends trimmed",
    "prose": "the text, blanks at its ends trimmed",
    "name": "the text, blanks between words made one",
    "code": "the text, blanks between words made one",
    "file_number": "the text, blanks between words made one",
    "cik": "ten digits, zeros on the left",
    "accession": "the accession number with dashes",
}
_TYPES = {
    "TEXT[]": "every value, in the order filed",
    "BOOLEAN": "yes or no, by the words and digits that filers use for them",
    "DATE": "the calendar day; a zone is dropped, never applied",
    "TIMESTAMP": "the wall clock as stated; a zone is dropped, never applied",
    "SMALLINT": "the whole number",
    "INTEGER": "the whole number",
    "BIGINT": "the whole number",
}


def rule(column: Column[Any]) -> str:
    """By which rule the text becomes the value, in words; empty where nobody has written it down."""
    at, name = column.info["at"], f"{full_name(column.table)}.{column.name}"
    if name in _RULES:
        return _RULES[name]
    if column.name == "filing_id":
        return "the accession number with dashes; where none is known, sha256: and 24 digits of the bytes' sha256"
    if column.name == "file_number" and isinstance(at, Computed):
        return "3 digits, at least 5, a suffix of 2 or more"
    if isinstance(at, Rule | Computed | Ours):
        return _PAGE.sub("", str(at)).strip("; ")
    if not (isinstance(at, Xml) or at.labels or at.tag):
        return _PAGE.sub("", at.note).strip("; ")
    kind = sql_type(column)
    if kind == "TEXT":
        formed = {"filing": header_columns.FILING, "filing_party": header_columns.PARTY}.get(column.table.name, {})
        for each in formed.values():
            if each.name == column.name and each.form is not None and isinstance(at, Header):
                return (each.form.__doc__ or "").strip().splitlines()[0].replace("``", "")
        return _TEXTS[column.info["form"]]
    if kind.startswith("DECIMAL"):
        return "the exact number, rounded half even where the column has fewer digits"
    if column.name in header_columns.BARE and isinstance(at, Header):
        return "true where the label stands in the header, also without a value; false where it does not"
    return _TYPES[kind]


def place(column: Column[Any]) -> str:
    """Where the value stands: the kind of the place, and the label, path or columns that it names."""
    at = column.info["at"]
    said = _PAGE.sub("", str(at)).strip("; ")
    return f"{type(at).__name__}: {said}" if said and said != rule(column) else type(at).__name__
