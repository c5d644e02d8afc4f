"""One version of a filing, read by every reader: envelope, header, family. A pure function of its bytes."""

from __future__ import annotations

import traceback
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from filings.errors import FilingsError
from filings.forms import engine, registry
from filings.forms.family import Family, FamilyReading, HeaderFacts
from filings.forms.text.reading import read_texts
from filings.identifiers import accession
from filings.large import hash_of
from filings.load import words
from filings.load.values import parse_date, parse_timestamp
from filings.parse import content, dots, envelope, header_rows, uuencode
from filings.parse.submission import Document, Version
from filings.schema import core as core_tables
from filings.schema.codes import Issue, Reason, Status
from filings.schema.derive import reading_fingerprint, shape_fingerprint

Row = dict[str, object]
Rows = dict[str, list[Row]]


@dataclass(slots=True)
class HeaderPart:
    """What the header of a version gives: the rows of the header tables, and the facts that other rooms ask for."""

    rows: Rows
    issues: list[Issue]
    accession: str | None
    accession_text: str | None
    form_type: str | None
    filed_on: date | None
    accepted_text: str | None
    is_correction: bool
    correction_at: datetime | None
    ciks: frozenset[str]

    @property
    def facts(self) -> HeaderFacts:
        """What families of words compare with."""
        parties = self.rows.get("filing_party", ())
        numbers = [number for party in parties if isinstance(number := party.get("file_number"), str)]
        names = [name for party in parties if isinstance(name := party.get("conformed_name"), str)]
        return HeaderFacts(frozenset(numbers), names)


@dataclass(slots=True)
class DocumentPart:
    """What the documents of a version give: rows of `document` and of the family, and how the family fared."""

    rows: Rows
    issues: list[Issue]
    family: str | None = None
    family_fingerprint: str | None = None
    reason: Reason | None = None
    leaf_count: int | None = None
    unclaimed_leaf_count: int | None = None


@dataclass(slots=True)
class VersionReading:
    """A version with its header read. Documents are read when it is known which header stands (`read_documents`)."""

    version: Version
    raw_sha256: str
    header: HeaderPart | None
    failure: Reason | None = None

    @property
    def reason(self) -> Reason | None:
        """Why the version is damaged; None where it is intact."""
        return self.failure or self.version.reason

    @property
    def disseminated_on(self) -> date | None:
        """The date on the wrapper line."""
        return parse_date(self.version.disseminated) if self.version.disseminated else None


_HEADER = (
    core_tables.filing,
    core_tables.filing_party,
    core_tables.party_address,
    core_tables.party_former_name,
    core_tables.group_member,
    core_tables.filing_item,
    core_tables.filing_series,
    core_tables.filing_class,
    core_tables.filing_merger,
    core_tables.filing_reference,
    core_tables.header_extra,
)


@dataclass(frozen=True)
class Fingerprints:
    """One fingerprint a reader: what made the rows of a version (house, 6)."""

    core: str = shape_fingerprint([*_HEADER, core_tables.document, core_tables.xml_leaf])
    envelope: str = reading_fingerprint(envelope.VERSION, [core_tables.document])
    header: str = reading_fingerprint(header_rows.VERSION, _HEADER)


FINGERPRINTS = Fingerprints()


def _failed(what: str) -> Reason:
    return Reason(Status.QUARANTINED, "reader_failed", f"{what}: {traceback.format_exc(limit=-6)}")


def _inflates_too_far(document: Document) -> Reason:
    detail = f"Document {document.position} stands for more than {uuencode.LARGEST} bytes."
    return Reason(Status.QUARANTINED, "inflates_too_far", detail)


def _text(row: Row, name: str) -> str | None:
    value = row.get(name)
    return value if isinstance(value, str) else None


def _header_part(version: Version) -> HeaderPart | None:
    if version.header is None:
        return None
    reading = header_rows.read(version.header)
    row = reading.rows["filing"][0]
    moved = version.header_offset
    filed, correction = _text(row, "filed_on"), _text(row, "correction_at")
    return HeaderPart(
        rows=reading.rows,
        issues=[_in_version(issue, moved) for issue in reading.issues],
        accession=reading.accession,
        accession_text=_text(row, "accession_number"),
        form_type=reading.form_type,
        filed_on=parse_date(filed) if filed else None,
        accepted_text=_text(row, "accepted_at_eastern"),
        is_correction=bool(row.get("is_correction") or row.get("is_deletion")),
        correction_at=parse_timestamp(correction) if correction else None,
        ciks=frozenset(str(party["cik"]) for party in reading.rows.get("filing_party", ()) if party.get("cik")),
    )


def _in_version(issue: Issue, moved: int | None) -> Issue:
    """An issue of the header with offsets in the raw version; without any where PEM changed the header's bytes."""
    if issue.start is None or issue.end is None:
        return issue
    if moved is None:
        return replace(issue, start=None, end=None)
    return replace(issue, start=issue.start + moved, end=issue.end + moved)


def read_version(version: Version) -> VersionReading:
    """Hash the version and read its header. A fault of ours becomes the reason `reader_failed`, never an exception."""
    digest = hash_of(version.raw)
    try:
        return VersionReading(version, digest, _header_part(version))
    except FilingsError:
        raise  # of the disk: nothing is wrong with the filing
    except Exception:
        return VersionReading(version, digest, None, _failed("the header reader failed"))


def stated_accession(reading: VersionReading) -> str | None:
    """The accession in the header, canonical."""
    return accession(reading.header.accession) if reading.header else None


def _extra_rows(documents: Sequence[Document]) -> list[Row]:
    """Tags and lines in the head of a document that no column of `document` takes, as `<FLAWED>` (edgar.md B.9)."""
    return [
        {
            "document_position": document.position,
            "section_path": "DOCUMENT",
            "level": 1,
            "label": label or "DOCUMENT",
            "value": value,
        }
        for document in documents
        for label, value in document.extra
    ]


def _read_family(
    family: Family, documents: Sequence[Document], form_type: str | None, header: HeaderPart | None, lines: words.Lines
) -> FamilyReading:
    if family.words:
        return family.words(documents, form_type, header.facts if header else None, lines)
    filed_on, ciks = (header.filed_on, header.ciks) if header else (None, None)
    return engine.read(family, form_type or "", filed_on, documents, ciks)


def read_documents(
    reading: VersionReading, form_type: str | None, header: HeaderPart | None, text_forms: Collection[str] = ()
) -> DocumentPart:
    """The rows of the documents, of their text and of the form's family, under the header that stands for the filing.

    `form_type` decides the family, and with `text_forms` whether the text is read; `header` gives the filing date and the
    parties that the family checks against.
    """
    documents = reading.version.documents
    try:
        rows: list[Row] = []
        issues: list[Issue] = []
        too_large: Reason | None = None
        main = content.main_position(documents)
        dots_doubled = dots.are_doubled(documents)
        for document in documents:
            described, found = content.describe(document, dots_doubled=dots_doubled)
            if described["is_uuencoded"] and described["decoded_length"] is None:
                too_large = too_large or _inflates_too_far(document)
            rows.append(
                {
                    "position": document.position,
                    "document_position": document.position,
                    "raw_sha256": reading.raw_sha256,
                    "sequence": document.sequence,
                    "type": document.type,
                    "filename": document.filename,
                    "description": document.description,
                    "byte_offset": document.start,
                    "byte_length": document.length,
                    **described,
                    "is_main": document.position == main,
                    "is_cut_off": document.is_cut_off,
                }
            )
            issues += found
        part = DocumentPart({"document": rows, "header_extra": _extra_rows(documents)}, issues, reason=too_large)
        lines = words.Lines(
            {document.position: row for document, row in zip(documents, rows, strict=True)}, dots_doubled=dots_doubled
        )
        family = registry.family_of(form_type)
        found_by = _read_family(family, documents, form_type, header, lines) if family and documents else None
        sections = found_by.sections if found_by else {}
        texts, left_out = read_texts(documents, main, form_type, text_forms, lines, sections)
        part.rows |= texts
        part.issues += left_out
        if family is None or found_by is None:
            return part
    except FilingsError:
        raise
    except Exception:
        return DocumentPart({}, [], reason=_failed("a reader of documents failed"))
    part.rows |= found_by.rows
    part.issues += found_by.issues
    part.family, part.family_fingerprint = family.name, family.fingerprint
    part.reason = too_large or found_by.reason
    part.leaf_count, part.unclaimed_leaf_count = found_by.leaf_count, found_by.unclaimed_leaf_count
    return part
