"""How every real file ends in a warehouse, against a reading of the folders by plain patterns.

The reading here shares no code with the product, and no number is written down: what a file is, how many submissions it
holds, whether it is cut, which form it says, all come from line patterns over its bytes, and which version of a filing
stands from the six lines of tables.md 2, written out a second time.
"""

from __future__ import annotations

import hashlib
import re
import sqlite3
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import duckdb
import pytest

OWNERSHIP = {"3", "3/A", "4", "4/A", "5", "5/A"}
XML_SINCE = "20030630"  # Forms 3, 4, 5 must be electronic, and are XML, from this day on
MARK = re.compile(
    rb"(?m)^[ \t]*(?:<(?:SEC-DOCUMENT|IMS-DOCUMENT|SUBMISSION|SEC-HEADER|IMS-HEADER|DOCUMENT)>|-----BEGIN PRIVACY)"
)
BEGIN = re.compile(
    rb"(?m)^(?:-----BEGIN PRIVACY-ENHANCED MESSAGE-----\n(?:\S.*\n| .*\n)+\n)?<(?:SEC-DOCUMENT|IMS-DOCUMENT|SUBMISSION)>"
)
CLOSE = re.compile(rb"(?m)^(?:</(?:SEC-DOCUMENT|IMS-DOCUMENT|SUBMISSION)>|-----END PRIVACY-ENHANCED MESSAGE-----).*\n?")
HEADER_LINE = re.compile(rb"(?:[A-Z0-9][A-Z0-9 /&().,'#-]*:.*|</?[A-Z][A-Z0-9_-]*>.*)?")
ERROR_PAGES = {
    "s3_access_denied": rb"<Error>\s*<Code>AccessDenied</Code>",
    "s3_no_such_key": rb"<Error>\s*<Code>NoSuchKey</Code>",
    "undeclared_tool": rb"Undeclared Automated Tool",
    "rate_blocked": rb"Request Rate Threshold Exceeded",
    "unavailable": rb"<title>\s*SEC\.gov \| File Unavailable",
}


@dataclass(frozen=True)
class Reading:
    """One submission as line patterns see it."""

    sha: str
    accession: str | None
    form: str | None
    form_by: str | None
    documents: int
    lacks_header: bool
    is_pem: bool
    is_tags: bool
    is_damaged: bool
    day: str
    status: str
    reason: str | None

    @property
    def filing_id(self) -> str:
        return self.accession or f"sha256:{self.sha[:24]}"


def lines_of(raw: bytes) -> list[bytes]:
    return [line.strip(b" \t") for line in raw.replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n")]


def first(pattern: bytes, text: bytes) -> str | None:
    found = re.search(pattern, text)
    return found[1].decode().strip() if found else None


def verdict(raw: bytes) -> str | None:
    """What kind of error page a file is; None where it is a filing."""
    if MARK.search(raw.replace(b"\r", b"\n")):
        return None
    return next((name for name, words in ERROR_PAGES.items() if re.search(words, raw)), None)


def submissions(raw: bytes) -> list[bytes]:
    """A file cut where submissions begin, if several do: each to the end of its last closing line."""
    starts = [found.start() for found in BEGIN.finditer(raw)]
    if len(starts) < 2:
        return [raw]
    pieces = [raw[start:end] for start, end in zip(starts, [*starts[1:], len(raw)], strict=True)]
    return [piece[: max(found.end() for found in CLOSE.finditer(piece))] for piece in pieces]


def ownership(raw: bytes, filed: str | None) -> tuple[str, str | None]:
    """How a Form 3, 4 or 5 ends: by whether an ownership document stands in it that another parser reads."""
    if raw.startswith(b"-----BEGIN PRIVACY"):
        raw = re.sub(rb"(?m)^- (?=-)", b"", raw)
        raw = re.sub(rb"(?m)^([^\n]{1023})\n", rb"\1", raw)
    bodies = re.findall(rb"(?ms)^<XML>\n(.*?)^</XML>", raw.replace(b"\r", b"\n"))
    bodies = [body for body in bodies if b"<ownershipDocument" in body]
    if not bodies:
        return "not_readable", "era_without_reader" if (filed or XML_SINCE) < XML_SINCE else "data_document_missing"
    try:
        ElementTree.fromstring(bodies[0].strip())
    except ElementTree.ParseError:
        return "not_readable", "xml_not_well_formed"
    return "loaded", None


def report_of_foreign_issuer(raw: bytes) -> str | None:
    """The form that a bare text or page names near its beginning, before anything but the SEC's name and its own."""
    if raw.split(b"\n", 1)[0].count(b"\t") > 3:
        return None  # a table of values that speaks of such reports
    shown = re.sub(
        rb"(?is)<ix:header.*?</ix:header>|<style.*?</style>|<title.*?</title>|<[^>]*>|&nbsp;|&#160;", b" ", raw
    )
    found = re.search(rb"\bform\s+6\s?-\s?k(\s?/\s?a)?\b", b" ".join(shown.split())[:600], re.IGNORECASE)
    return None if found is None else "6-K/A" if found[1] else "6-K"


def read(raw: bytes) -> Reading:
    lines = lines_of(raw)
    text = b"\n".join(lines)
    opens = [at for at, line in enumerate(lines) if line == b"<DOCUMENT>"]
    closes = [at for at, line in enumerate(lines) if line == b"</DOCUMENT>"]
    header = b"\n".join(lines[: opens[0]] if opens else lines)
    accession = first(rb"(?m)^(?:ACCESSION NUMBER:|<ACCESSION-NUMBER>)\s*(\d{10}-\d{2}-\d{6})", header)
    filed = first(rb"(?m)^(?:FILED AS OF DATE:|<FILING-DATE>)\s*(\d{8})", header)
    form = first(rb"(?m)^(?:CONFORMED SUBMISSION TYPE:\s*|<TYPE>)(.+)$", header) if accession else None
    form_by = "header" if form else None
    if form is None and opens:
        form = first(rb"(?m)^<TYPE>(.+)$", text)
        form_by = "document_type" if form else None
    damage, count = None, len(opens)
    if opens:
        damage = "cut_off" if not closes or closes[-1] < opens[-1] else None
    elif not accession:
        count = 1  # bare
        form = report_of_foreign_issuer(raw)
        form_by = "cover" if form else None
    elif re.search(rb"(?m)^<(?:SEC|IMS|SUBMISSION)", text):
        damage = None if re.search(rb"(?m)^</(?:SEC|IMS)-HEADER>$", text) else "cut_off"
    elif not all(HEADER_LINE.fullmatch(line) for line in lines):
        damage, count = "tags_stripped", 1
    status, reason = ("loaded", None) if not count else ("no_family", None)
    if damage:
        status, reason = "quarantined", damage
    elif count and form in OWNERSHIP:
        status, reason = ownership(raw, filed)
    elif count and form in ("6-K", "6-K/A"):
        status = "loaded"
    return Reading(
        sha=hashlib.sha256(raw).hexdigest(),
        accession=accession,
        form=form,
        form_by=form_by,
        documents=count,
        lacks_header=bool(opens) and accession is None,
        is_pem=raw.startswith(b"-----BEGIN PRIVACY"),
        is_tags=b"\n<ACCESSION-NUMBER>" in header,
        is_damaged=damage is not None,
        day=first(rb"(?m)^\S+ : (\d{8})$", b"\n".join(lines[:30])) or "0",
        status=status,
        reason=reason,
    )


ORDER: dict[str, Any] = {
    "damaged": lambda one: one.is_damaged,
    "header_only": lambda one: one.documents == 0,
    "older_dissemination": lambda one: -int(one.day),
    "tag_dialect": lambda one: one.is_tags,
    "fewer_documents": lambda one: -one.documents,
    "larger_sha256": lambda one: one.sha,
}


def endings(versions: set[Reading]) -> Iterator[tuple[Reading, str, str | None]]:
    """Each version of one filing with its status and reason; the first is the one that stands."""
    best, *others = sorted(versions, key=lambda one: [rule(one) for rule in ORDER.values()])
    yield best, best.status, best.reason
    for one in others:
        yield one, "superseded", next(code for code, rule in ORDER.items() if rule(one) != rule(best))


@pytest.fixture(scope="module")
def readings(real_files: dict[str, Path]) -> dict[str, list[Reading]]:
    """What each file holds that is no error page, by name."""
    raws = {name: path.read_bytes() for name, path in real_files.items()}
    return {name: [read(one) for one in submissions(raw)] for name, raw in raws.items() if verdict(raw) is None}


@pytest.fixture(scope="module")
def standing(readings: dict[str, list[Reading]]) -> dict[str, list[tuple[Reading, str, str | None]]]:
    """The endings of each filing's versions, the chosen one first."""
    filings: dict[str, set[Reading]] = defaultdict(set)
    for one in (one for several in readings.values() for one in several):
        filings[one.filing_id].add(one)
    return {filing_id: list(endings(versions)) for filing_id, versions in filings.items()}


def ask(warehouse: Path, question: str) -> list[tuple[Any, ...]]:
    with duckdb.connect(str(warehouse / "filings.duckdb"), read_only=True) as connection:
        return connection.execute(question).fetchall()


def test_each_file_is_a_filing_or_has_a_verdict(
    ingested: Path, real_files: dict[str, Path], readings: dict[str, list[Reading]]
) -> None:
    with closing(sqlite3.connect(ingested / "state.sqlite")) as state:
        refused = dict(state.execute("SELECT source, verdict FROM refusal").fetchall())
    pages = {name: verdict(real_files[name].read_bytes()) for name in real_files.keys() - readings.keys()}
    assert refused == pages
    assert any(name.startswith("http_errors/") for name in refused)
    kept = {row[0] for row in ask(ingested, "SELECT DISTINCT name FROM ops.observation")}
    assert kept == readings.keys()


def test_each_version_ends_as_it_must(
    ingested: Path, standing: dict[str, list[tuple[Reading, str, str | None]]]
) -> None:
    expected = {
        (filing_id, one.sha): (status, reason) for filing_id, ends in standing.items() for one, status, reason in ends
    }
    ledger = ask(ingested, "SELECT filing_id, raw_sha256, status, reason_code FROM ops.ingest_log")
    found = {(filing_id, sha): (status, reason) for filing_id, sha, status, reason in ledger}
    assert {key: (found.get(key), end) for key, end in expected.items() if found.get(key) != end} == {}
    assert found.keys() == expected.keys()
    assert len(found) == len(ledger)
    # So that none of the ways to end has vanished from the folders, or from the reading here.
    assert {"loaded", "no_family", "not_readable", "quarantined", "superseded"} == {end[0] for end in expected.values()}


def test_each_filing_is_what_its_version_says(
    ingested: Path, standing: dict[str, list[tuple[Reading, str, str | None]]]
) -> None:
    expected = {
        filing_id: (
            one.accession,
            one.form,
            one.form_by,
            one.documents,
            one.is_pem,
            one.accession is not None,
            date.fromisoformat(one.day) if one.day != "0" else None,
            one.sha,
        )
        for filing_id, ((one, *_), *_) in standing.items()
    }
    rows = ask(
        ingested,
        "SELECT filing_id, accession_number, form_type, form_type_basis, document_count, is_pem, has_header, "
        "disseminated_on, raw_sha256 FROM filing",
    )
    found = {row[0]: row[1:] for row in rows}
    assert {key: (found.get(key), said) for key, said in expected.items() if found.get(key) != said} == {}
    assert found.keys() == expected.keys()
    assert len(found) == len(rows)


def test_issues_of_the_envelope(ingested: Path, standing: dict[str, list[tuple[Reading, str, str | None]]]) -> None:
    whole = {filing_id: one for filing_id, ((one, *_), *_) in standing.items() if not one.is_damaged}
    expected = {(key, "header_only") for key, one in whole.items() if not one.documents}
    expected |= {(key, "header_missing") for key, one in whole.items() if one.lacks_header}
    codes = "('header_only', 'header_missing')"
    assert set(ask(ingested, f"SELECT filing_id, code FROM ops.issue WHERE code IN {codes}")) == expected


def test_versions_and_contents_lie_where_the_rows_say(ingested: Path, real_files: dict[str, Path]) -> None:
    """Versions tile each file; a content stands behind its mark, before its closing line, and has that sha256."""
    places: dict[str, dict[int, int]] = defaultdict(dict)
    at: dict[str, tuple[str, int, int]] = {}
    for name, sha, start, length in ask(
        ingested, "SELECT name, raw_sha256, byte_offset, byte_length FROM ops.observation ORDER BY name"
    ):
        places[name][start] = start + length
        at[sha] = (name, start, length)
    for name, spans in places.items():
        raw, end = real_files[name].read_bytes(), 0
        for start in sorted(spans):
            assert not raw[end:start].strip(), name
            end = spans[start]
        assert not raw[end:].strip(), name
    documents: dict[str, list[tuple[Any, ...]]] = defaultdict(list)
    for sha, *rest in ask(
        ingested,
        "SELECT raw_sha256, byte_offset, byte_length, content_length, document.sha256, inner_wrapper, is_cut_off, "
        "filing.envelope, filing.is_pem FROM document JOIN filing USING (filing_id, raw_sha256) ORDER BY ALL",
    ):
        documents[sha].append(tuple(rest))
    checked = Counter[str]()
    for sha, rows in documents.items():
        name, offset, length = at[sha]
        raw = real_files[name].read_bytes()[offset : offset + length]
        assert hashlib.sha256(raw).hexdigest() == sha
        for start, size, content_size, content_sha, wrapper, is_cut_off, envelope, is_pem in rows:
            content = raw[start : start + size]
            if not is_pem:
                assert (content_size, content_sha) == (size, hashlib.sha256(content).hexdigest()), name
                checked["contents"] += 1
            if envelope in ("bare", "header_text") or is_cut_off:
                continue
            opening, closing_line = (
                (b"<%s>" % wrapper.encode(), b"</%s>" % wrapper.encode()) if wrapper else (b"<TEXT>", b"</TEXT>")
            )
            assert raw[:start].rstrip(b"\r\n").endswith(opening), name
            assert raw[start + size :].lstrip(b" \t").startswith(closing_line), name
            checked["places"] += 1
    assert min(checked.values()) > 1000


def test_file_numbers_are_canonical(ingested: Path) -> None:
    """By a pattern of its own (edgar.md H.3); the number as filed stays beside it."""
    rows = [
        row
        for table in ("filing", "filing_party", "filing_reference")
        for row in ask(
            ingested,
            f"SELECT DISTINCT file_number_as_filed, file_number FROM {table} WHERE file_number_as_filed IS NOT NULL",
        )
    ]
    assert len(rows) > 300
    for stated, canonical in rows:
        found = re.fullmatch(r"(\w{1,3})-(\d{1,6})(?:-(\d+))?", stated)
        assert found, stated
        prefix, number, suffix = found.groups()
        assert canonical == f"{prefix:0>3}-{number:0>5}" + (f"-{suffix:0>2}" if suffix else ""), stated
