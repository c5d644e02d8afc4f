"""`filings doctor split`: what the envelope reader makes of some bytes, with every offset (edgar.md B)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from typing import Any

from filings.fetch.verdict import SENTENCES, is_filing, judge
from filings.large import Bytes
from filings.parse import content, dots
from filings.parse.submission import Version
from filings.query.doctor_source import Source
from filings.query.grid import Look, visible
from filings.query.sheet import facts, narrow, section
from filings.schema.codes import Issue

_OF_A_DOCUMENT = (
    "byte_offset", "byte_length", "content_length", "sha256", "joined_lines", "inner_wrapper", "kind", "encoding",
    "is_uuencoded", "decoded_length", "decoded_sha256", "is_cut_off",
)  # fmt: skip
_MOST_WORDS = 50


def described(source: Source) -> dict[str, Any]:
    """A source as plain values, for JSON.

    All offsets are bytes of the source, half-open, but for an issue with a `document_position`: those count in the
    document's content.
    """
    verdict = judge(source.data, from_network=False)
    return {
        "source": source.name,
        "note": source.note or None,
        "byte_length": len(source.data),
        "verdict": str(verdict),
        "verdict_sentence": SENTENCES[verdict],
        "is_filing": is_filing(verdict),
        "versions": [_version(version) for version in source.versions],
        "gaps": [list(gap) for gap in source.gaps],
    }


def _version(version: Version) -> dict[str, Any]:
    issues = list(version.issues)
    documents = []
    dots_doubled = dots.are_doubled(version.documents)
    for document in version.documents:
        columns, found = content.describe(document, dots_doubled=dots_doubled)
        issues += found
        stated = {
            "position": document.position,
            "type": document.type,
            "sequence": document.sequence,
            "filename": document.filename,
            "description": document.description,
        }
        described = {name: columns[name] for name in _OF_A_DOCUMENT}
        described["byte_offset"] = version.offset + document.start
        extra = [[label, value] for label, value in document.extra]
        documents.append({**stated, **described, "extra": extra})
    reason = version.reason
    return {
        "byte_offset": version.offset,
        "byte_length": version.length,
        "envelope": version.envelope,
        "is_pem": version.is_pem,
        "disseminated": version.disseminated,
        "reason": {"status": str(reason.status), "code": reason.code, "detail": reason.detail} if reason else None,
        "spans": [[span.kind, version.offset + span.start, version.offset + span.end] for span in version.spans],
        "documents": documents,
        "issues": [_issue(issue, version.offset) for issue in issues],
    }


def _issue(issue: Issue, offset: int) -> dict[str, Any]:
    if issue.document_position is not None:
        offset = 0
    return {
        "code": issue.code,
        "document_position": issue.document_position,
        "start": None if issue.start is None else issue.start + offset,
        "end": None if issue.end is None else issue.end + offset,
        "detail": issue.detail,
    }


def to_json(sources: Sequence[Source]) -> str:
    """All sources as a JSON array."""
    return json.dumps([described(source) for source in sources], indent=1, ensure_ascii=False)


def page(source: Source, look: Look) -> Iterator[str]:
    """The lines of the page of one source."""
    found = described(source)
    count = len(found["versions"])
    yield look.bold(visible(source.name) + (f" ({source.note})" if source.note else ""))
    submissions = "one submission" if count == 1 else f"{count:,} submissions"
    if not found["is_filing"]:
        yield f"{found['byte_length']:,} bytes. {found['verdict_sentence']}"
        yield f"ingest refuses such a file ({found['verdict']})."
        return
    yield f"{found['byte_length']:,} bytes, {submissions}."
    for start, end in source.gaps:
        yield f"gap between submissions: bytes {start:,}–{end:,}"
    for number, version in enumerate(found["versions"], 1):
        yield ""
        yield look.bold(f"Submission {number} of {count}" if count > 1 else "Submission")
        yield from facts(_facts(version), look)
        yield from section("Spans", _spans(source.data, version["spans"], look), look)
        yield from section("Documents", _documents(version["documents"], look), look)
        yield from section("Issues", _issues(version["issues"], look), look)


def _facts(version: dict[str, Any]) -> Iterator[tuple[str, str | None]]:
    start, length = version["byte_offset"], version["byte_length"]
    yield "bytes", f"{start:,}–{start + length:,}"
    yield "envelope", version["envelope"] + (" in PEM" if version["is_pem"] else "")
    yield "disseminated", version["disseminated"]
    reason = version["reason"]
    yield "reason", reason and f"{reason['status']}, {reason['code']}: {reason['detail']}"


def _spans(data: Bytes, spans: list[list[Any]], look: Look) -> Iterator[str]:
    """Each stretch, of which document it is, and how it begins: what a reader of the bytes would look for first."""
    rows = []
    number = 0
    for kind, start, end in spans:
        begin = data[start : min(end, start + 8 * _MOST_WORDS)].strip()
        number += begin.startswith(b"<DOCUMENT>") if kind == "document" else kind == "content" and not number
        of = str(number) if kind in ("document", "content") else None
        rows.append((kind, of, f"{start:,}", f"{end:,}", f"{end - start:,}", _first_words(begin)))
    yield from narrow(["span", "of", "start", "end", "bytes", "begins"], rows, {1, 2, 3, 4}, look)


def _first_words(data: bytes) -> str:
    """The first line that is not blank, cut where it gets long."""
    if not data:
        return "(blank)"
    line = visible(re.split(rb"[\r\n]", data, maxsplit=1)[0].rstrip().decode("latin-1"))
    return line if len(line) <= _MOST_WORDS else line[: _MOST_WORDS - 1] + "…"


def _documents(documents: list[dict[str, Any]], look: Look) -> Iterator[str]:
    rows = [
        (
            str(each["position"]),
            each["sequence"],
            each["type"],
            each["filename"],
            f"{each['content_length']:,}",
            each["kind"],
            _decoded(each),
            _remarks(each) or None,
        )
        for each in documents
    ]
    columns = ["n", "sequence", "type", "file name", "bytes", "kind", "decoded", "remarks"]
    yield from narrow(columns, rows, {0, 1, 4, 6}, look)


def _decoded(document: dict[str, Any]) -> str | None:
    if not document["is_uuencoded"]:
        return None
    return "too large" if document["decoded_length"] is None else f"{document['decoded_length']:,}"


def _remarks(document: dict[str, Any]) -> str:
    said = []
    if document["inner_wrapper"]:
        said.append(f"in <{document['inner_wrapper']}>")
    if document["content_length"] != document["byte_length"]:
        said.append(f"{document['byte_length']:,} as filed")
    if document["joined_lines"]:
        said.append(f"{document['joined_lines']:,} lines joined")
    if document["is_cut_off"]:
        said.append("cut off")
    return ", ".join(said)


def _issues(issues: list[dict[str, Any]], look: Look) -> Iterator[str]:
    for each in issues:
        position = each["document_position"]
        where = [
            f"document {position}" if position else "",
            f"bytes {each['start']:,}–{each['end']:,}" + (" of its content" if position else "")
            if each["start"] is not None
            else "",
        ]
        place = ", ".join(filter(None, where))
        yield each["code"] + (f" ({place})" if place else "")
        if each["detail"]:
            yield f"  {visible(each['detail'])}"
