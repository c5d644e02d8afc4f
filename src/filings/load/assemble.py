"""All versions of a filing → the rows that stand for it, its ledger entries and its observations (tables.md 1, 2, 4).

A pure function of the versions and of where they were seen: whatever the order of arrival, the same rows.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Literal

from filings.forms.registry import form_on_cover
from filings.identifiers import accession, accession_in_name, accession_of_path
from filings.load.availability import Clocks, available_at, to_utc
from filings.load.choice import Candidate, Choice, choose, order
from filings.load.reading import (
    FINGERPRINTS,
    DocumentPart,
    HeaderPart,
    Row,
    Rows,
    VersionReading,
    read_documents,
    stated_accession,
)
from filings.load.values import parse_date, parse_timestamp
from filings.load.words import text_fingerprint
from filings.raw.store import Facts
from filings.schema.codes import Issue, Reason, Status

ClaimBy = Literal["caller", "url", "archive_member", "edgar_path", "file_name"]
_CORRECTION_MEMBER = re.compile(r"\.corr(\d+)$")
_NUMBER = re.compile(r"[0-9]{1,9}")
_SURPLUS_WITH_XBRL = (1, 2)  # EDGAR leaves some of its rendered files out of the submission (edgar.md B.2)


@dataclass(frozen=True, slots=True)
class Observed:
    """That a version was seen at a place: one row of `ops.observation`."""

    raw_sha256: str
    file_sha256: str
    byte_offset: int
    byte_length: int
    facts: Facts

    @property
    def claim(self) -> tuple[str, ClaimBy] | tuple[None, None]:
        """The accession that the source names, and by what."""
        facts = self.facts
        if by_caller := accession(facts.claims.get("accession")):
            return by_caller, "caller"
        if facts.url and (by_url := accession_of_path(facts.url)):
            return by_url, "url"
        if facts.archive_member and (by_member := accession_in_name(facts.archive_member)):
            return by_member, "archive_member"
        if by_path := accession_of_path(facts.name):
            return by_path, "edgar_path"
        if by_name := accession_in_name(facts.name):
            return by_name, "file_name"
        return None, None

    @property
    def trusted_claim(self) -> str | None:
        """The claim, unless it is a bare local file name (tables.md 1)."""
        named, by = self.claim
        return named if by != "file_name" else None

    @property
    def member_number(self) -> int:
        """The number of a correction member ``.corr##`` of a feed archive; 0 where it is none."""
        found = _CORRECTION_MEMBER.search(self.facts.archive_member or "")
        return int(found.group(1)) if found else 0


@dataclass(slots=True)
class Assembled:
    """What one filing becomes. Rows lack filing_id and load_id; ledger rows lack counts: the batch adds them."""

    filing_id: str
    rows: Rows
    issues: list[Issue]
    ledger: list[Row]
    observations: list[Row]
    status: Status
    reason: Reason | None
    chosen: str = ""
    filed_on: date | None = None

    def without_rows(self) -> Assembled:
        """What it became, and no more: rows are many."""
        return replace(self, rows={}, issues=[], ledger=[], observations=[])


def _archive_days(sightings: Sequence[Observed]) -> list[date]:
    return [day for seen in sightings if (day := parse_date(seen.facts.claims.get("archive_day") or ""))]


def _archive_day(sightings: Sequence[Observed]) -> date | None:
    return min(_archive_days(sightings), default=None)


def _candidate(reading: VersionReading, sightings: Sequence[Observed], failed: frozenset[str]) -> Candidate:
    header = reading.header
    correction_at = header.correction_at if header else None
    member = max((seen.member_number for seen in sightings), default=0)
    day = reading.disseminated_on or _archive_day(sightings) or (correction_at.date() if correction_at else None)
    return Candidate(
        raw_sha256=reading.raw_sha256,
        is_damaged=reading.reason is not None or reading.raw_sha256 in failed,
        document_count=len(reading.version.documents),
        envelope=reading.version.envelope,
        disseminated_on=day,
        is_header_only=reading.version.is_header_only,
        is_correction=bool(member or (header and header.is_correction)),
        correction_at=correction_at,
        member_number=member,
    )


def _form_type(
    header: HeaderPart | None, reading: VersionReading, seen: Sequence[Observed]
) -> tuple[str | None, str | None]:
    """The form and its basis: the header, else TYPE of the first document (edgar.md B.6), else the cover of a bare document
    (form-6k-cover.md 3), else what the caller said."""
    if header and header.form_type:
        return header.form_type, "header"
    documents = reading.version.documents
    if documents and documents[0].type:
        return " ".join(documents[0].type.upper().split()), "document_type"
    if reading.version.envelope == "bare" and documents and (form := form_on_cover(documents[0])):
        return form, "cover"
    said = sorted({form for one in seen if (form := one.facts.claims.get("form"))})
    return (" ".join(said[0].upper().split()), "caller") if said else (None, None)


def _source(facts: Facts) -> str:
    if facts.url:
        return facts.url
    return f"{facts.archive}!{facts.archive_member}" if facts.archive_member else facts.name


def _accepted_text(chosen: HeaderPart | None, others: Sequence[VersionReading]) -> str | None:
    """The acceptance time is a fact of the accession: where the header that stands has none, the best other states it."""
    texts = [chosen.accepted_text if chosen else None, *(o.header.accepted_text for o in others if o.header)]
    return next((text for text in texts if text), None)


def _first_seen(sightings: Sequence[Observed]) -> datetime:
    return min(datetime.fromisoformat(seen.facts.fetched_at) for seen in sightings)


def _feed_seen(sightings: Sequence[Observed]) -> list[datetime]:
    """When the feed of latest filings named it, as whoever fetched it for that has noted (`seen_in_feed_at`, ISO 8601)."""
    return [datetime.fromisoformat(text) for seen in sightings if (text := seen.facts.claims.get("seen_in_feed_at"))]


def _count_issue(header: HeaderPart | None, reading: VersionReading) -> list[Issue]:
    stated = header.rows["filing"][0].get("document_count_stated") if header else None
    if not isinstance(stated, str) or not _NUMBER.fullmatch(stated) or reading.version.is_header_only or reading.reason:
        return []
    surplus = int(stated) - len(reading.version.documents)
    if surplus == 0 or (surplus in _SURPLUS_WITH_XBRL and _has_xbrl(reading)):
        return []
    detail = f"{len(reading.version.documents)} documents found, {stated} stated"
    return [Issue("document_count_differs", "filing", "document_count_stated", text=stated, detail=detail)]


def _has_xbrl(reading: VersionReading) -> bool:
    return any(
        one.inner_wrapper == "XBRL" or (one.type or "").startswith(("EX-101", "EX-100"))
        for one in reading.version.documents
    )


def _filing_row(
    filing_id: str,
    header_reading: VersionReading,
    documents_reading: VersionReading,
    form: tuple[str | None, str | None],
    accepted_text: str | None,
    sightings: Sequence[Observed],
    all_days: Sequence[date],
) -> Row:
    header, version = header_reading.header, header_reading.version
    row: Row = dict(header.rows["filing"][0]) if header else {}
    own = [seen for seen in sightings if seen.raw_sha256 == header_reading.raw_sha256]
    accepted = parse_timestamp(accepted_text) if accepted_text else None
    release = row.get("public_release_on")
    first_seen = _first_seen(sightings)
    moment, basis = available_at(
        Clocks(
            form_type=form[0],
            accepted=accepted,
            filed_on=header.filed_on if header else None,
            public_release_on=parse_date(release) if isinstance(release, str) else None,
            is_private_to_public=bool(row.get("is_private_to_public")),
            disseminated_on=all_days,
            first_seen_at=first_seen,
            archive_days=_archive_days(sightings),
            feed_seen_at=_feed_seen(sightings),
        )
    )
    archive_day = _archive_day(own)
    row |= {
        "accession_number": accession(filing_id),
        "form_type": form[0],
        "form_type_basis": form[1],
        "document_count": len(documents_reading.version.documents),
        "accepted_at_eastern": accepted_text,
        "accepted_at": to_utc(accepted) if accepted else None,
        "disseminated_on": version.disseminated or (archive_day.isoformat() if archive_day else None),
        "available_at": moment,
        "available_at_basis": basis,
        "first_seen_at": first_seen,
        "envelope": version.envelope,
        "is_pem": version.is_pem,
        "has_header": header is not None,
        "raw_sha256": header_reading.raw_sha256,
        "source": min((_source(seen.facts) for seen in own), key=str.encode),
    }
    return row


def _ledger_row(
    reading: VersionReading,
    status: Status,
    reason: Reason | None,
    part: DocumentPart | None,
    form: str | None,
    text_forms: Collection[str],
) -> Row:
    return {
        "raw_sha256": reading.raw_sha256,
        "status": str(status),
        "reason_code": reason.code if reason else None,
        "reason_detail": reason.detail if reason else None,
        "form_type": form,
        "family": part.family if part else None,
        "core_fingerprint": FINGERPRINTS.core,
        "envelope_fingerprint": FINGERPRINTS.envelope,
        "header_fingerprint": FINGERPRINTS.header,
        "text_fingerprint": text_fingerprint(form, text_forms),
        "family_fingerprint": part.family_fingerprint if part else None,
        "leaf_count": part.leaf_count if part else None,
        "unclaimed_leaf_count": part.unclaimed_leaf_count if part else None,
    }


def _observation_row(seen: Observed, reading: VersionReading, candidate: Candidate, choice: Choice) -> Row:
    facts = seen.facts
    named, by = seen.claim
    day = reading.disseminated_on or _archive_day([seen])
    part = choice.part(seen.raw_sha256)
    return {
        "raw_sha256": seen.raw_sha256,
        "file_sha256": seen.file_sha256,
        "byte_offset": seen.byte_offset,
        "byte_length": seen.byte_length,
        "accession_stated": stated_accession(reading),
        "accession_claim": named,
        "accession_claim_by": by,
        "source_kind": facts.source_kind,
        "name": facts.name,
        "url": facts.url,
        "archive_member": facts.archive_member,
        "seen_at": datetime.fromisoformat(facts.fetched_at),
        "etag": facts.etag,
        "last_modified": datetime.fromisoformat(facts.last_modified) if facts.last_modified else None,
        "envelope": reading.version.envelope,
        "disseminated_on": day,
        "is_header_only": candidate.is_header_only,
        "is_correction": candidate.is_correction,
        "is_cut_off": reading.version.is_cut_off,
        "document_count": candidate.document_count,
        "is_chosen": part is not None,
        "chosen_part": part,
    }


def _status(
    reading: VersionReading, part: DocumentPart, form_type: str | None, failed: frozenset[str]
) -> tuple[Status, Reason | None]:
    if reading.raw_sha256 in failed:
        detail = "an error check found its rows wrong; see ops.check_result"
        return Status.QUARANTINED, Reason(Status.QUARANTINED, "check_failed", detail)
    reason = reading.reason or part.reason
    if reason:
        return reason.status, reason
    if part.family is None and not reading.version.is_header_only:
        return Status.NO_FAMILY, None
    return Status.LOADED, None


def assemble(
    filing_id: str,
    readings: Mapping[str, VersionReading],
    sightings: Sequence[Observed],
    failed: frozenset[str] = frozenset(),
    text_forms: Collection[str] = (),
) -> Assembled:
    """The rows of one filing.

    `readings` holds every version of the filing by raw_sha256, `sightings` every place where one was seen (at least one
    a version), `failed` the versions that an error check found wrong: they count as damaged. `text_forms` are
    the forms whose text is read.
    """
    by_version = {sha: [seen for seen in sightings if seen.raw_sha256 == sha] for sha in readings}
    candidates = {sha: _candidate(readings[sha], by_version[sha], failed) for sha in readings}
    choice = choose(candidates.values())
    ranked = [readings[c.raw_sha256] for c in sorted(candidates.values(), key=order)]
    header_reading, documents_reading = readings[choice.header], readings[choice.documents]
    header = header_reading.header
    form = _form_type(header, documents_reading, sightings)
    part = read_documents(documents_reading, form[0], header, text_forms)
    status, reason = _status(documents_reading, part, form[0], failed)
    days = [
        day
        for sha, one in readings.items()
        if (day := one.disseminated_on or _archive_day(by_version[sha])) is not None
    ]
    rows: Rows = {}
    issues: list[Issue] = []
    if not (reason and reason.code == "check_failed"):
        rows = dict(header.rows) if header else {}
        accepted = _accepted_text(header, [one for one in ranked if one is not header_reading])
        rows["filing"] = [_filing_row(filing_id, header_reading, documents_reading, form, accepted, sightings, days)]
        extra = [*rows.get("header_extra", []), *part.rows.pop("header_extra", [])]
        rows |= part.rows
        rows["header_extra"] = [{**row, "position": position} for position, row in enumerate(extra, 1)]
        issues = [
            *header_reading.version.issues,
            *([] if header_reading is documents_reading else documents_reading.version.issues),
            *(header.issues if header else []),
            *_count_issue(header, documents_reading),
            *part.issues,
        ]
        stated = stated_accession(header_reading)
        if header and header.accession_text and not stated:
            detail = "The header states no accession number of EDGAR's form."
            issues.append(
                Issue("value_untyped", "filing", "accession_number", text=header.accession_text, detail=detail)
            )
        for named in sorted({claim for seen in sightings if (claim := seen.trusted_claim)} - {stated}):
            if stated:
                detail = f"the source names {named}, the header {stated}"
                issues.append(Issue("accession_differs", "filing", "accession_number", text=named, detail=detail))
    ledger = []
    for sha, one in readings.items():
        own = one.header.form_type if one.header else None
        if sha in choice.superseded:
            ledger.append(_ledger_row(one, Status.SUPERSEDED, choice.superseded[sha], None, own, ()))
        elif sha == choice.documents:
            ledger.append(_ledger_row(one, status, reason, part, form[0], text_forms))
        else:
            ledger.append(_ledger_row(one, Status.LOADED, None, None, own, text_forms))
    return Assembled(
        filing_id=filing_id,
        rows={name: found for name, found in rows.items() if found},
        issues=issues,
        ledger=ledger,
        observations=[
            _observation_row(seen, readings[seen.raw_sha256], candidates[seen.raw_sha256], choice) for seen in sightings
        ],
        status=status,
        reason=reason,
        chosen=choice.documents,
        filed_on=header.filed_on if header else None,
    )
