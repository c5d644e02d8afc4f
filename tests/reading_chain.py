"""The whole chain of readers on the bytes of one file, and what must hold of it whatever they are (edgar.md B, tables.md 5).

Used where bytes are mutated, at random, or hostile. What is asked here is asked of the results alone, by a second look at
the bytes that shares no code with the readers.
"""

from __future__ import annotations

import hashlib
import re
import signal
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from filings.fetch.verdict import judge
from filings.forms.text.reading import FORMS
from filings.load.assemble import Assembled, Observed, assemble
from filings.load.reading import VersionReading, read_version, stated_accession
from filings.load.transaction import Batch, build
from filings.parse import header_rows
from filings.parse.envelope import split
from filings.parse.submission import Version
from filings.raw.store import Facts

FACTS = Facts("local_file", "a.txt", "2026-11-22T10:00:00.000000+00:00")

SECONDS, SECONDS_PER_BYTE = 2.0, 8e-6
"""CPU time that a file may take: some fifty times what real ones take, so that only what is not linear passes it."""


class Hung(AssertionError):
    """The readers used more CPU time than a file of this length may take."""


@contextmanager
def cpu_limit(seconds: float) -> Iterator[None]:
    """Raise Hung in the main thread once the process has used so much CPU time; also within a regular expression."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def stop(*_: object) -> None:
        raise Hung(f"more than {seconds:.1f} s of CPU time")

    before = signal.signal(signal.SIGVTALRM, stop)
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


def limit(data: bytes) -> float:
    """The seconds that these bytes may take."""
    return SECONDS + SECONDS_PER_BYTE * len(data)


def read(data: bytes, facts: Facts = FACTS) -> tuple[list[VersionReading], list[Assembled], Batch]:
    """A file as an ingest reads it: verdict, versions, headers, documents, families, rows, types."""
    for from_network in (False, True):
        judge(data, from_network=from_network)
    found = split(data)
    pieces = sorted([(one.offset, one.offset + one.length) for one in found.versions] + list(found.gaps))
    _tile(pieces, len(data), "versions and gaps")
    readings = [read_version(version) for version in found.versions]
    file_sha256 = hashlib.sha256(data).hexdigest()
    filings: dict[str, dict[str, list[tuple[VersionReading, Observed]]]] = {}
    for reading in readings:
        version = reading.version
        seen = Observed(reading.raw_sha256, file_sha256, version.offset, version.length, facts)
        filing_id = stated_accession(reading) or f"sha256:{reading.raw_sha256[:24]}"
        filings.setdefault(filing_id, {}).setdefault(reading.raw_sha256, []).append((reading, seen))
    assembled = [
        assemble(
            filing_id,
            {sha: own[0][0] for sha, own in sorted(versions.items())},
            [seen for own in versions.values() for _, seen in own],
            text_forms=FORMS,
        )
        for filing_id, versions in sorted(filings.items())
    ]
    return readings, assembled, build(assembled, 1, {})


def check(data: bytes) -> float:
    """Read the bytes, assert what must hold, and return the CPU seconds that reading took."""
    with cpu_limit(limit(data)):
        started = time.process_time()
        readings, assembled, batch = read(data)
        seconds = time.process_time() - started
    for reading in readings:
        _check_version(reading.version)
        assert reading.failure is None, reading.failure.detail
    for one in assembled:
        assert one.reason is None or one.reason.code != "reader_failed", one.reason.detail
        _check_positions(one)
    filings = {filing.filing_id: filing for filing in assembled}
    alone = Counter(stated_accession(reading) for reading in readings)
    for reading in readings:
        stated = stated_accession(reading)
        # Of several versions of one accession only the header that stands has rows.
        if reading.version.header is not None and alone[stated] == 1:
            _check_header(reading.version.header, filings[stated or f"sha256:{reading.raw_sha256[:24]}"])
    for reading in readings:
        if (header := reading.version.header) is not None:
            # What is remembered of the shapes of other headers changes nothing: the long way says the same.
            assert header_rows.read(header) == header_rows._Reader(header).reading(), "a header by its shape"
    for name, table in batch.tables.items():
        if not name.startswith("ops."):
            assert table.num_rows == sum(len(one.rows.get(name, ())) for one in assembled), name
    assert batch.tables["ops.ingest_log"].num_rows >= len(assembled)
    return seconds


def _tile(pieces: list[tuple[int, int]], length: int, what: str) -> None:
    at = 0
    for start, end in pieces:
        assert start == at and end >= start, f"{what}: {start} to {end} does not begin at {at}"
        at = end
    assert at == length, f"{what} end at {at} of {length}"


def _check_version(version: Version) -> None:
    _tile([(span.start, span.end) for span in version.spans], version.length, "spans")
    contents = {(span.start, span.end) for span in version.spans if span.kind == "content"}
    for number, document in enumerate(version.documents, 1):
        assert document.position == number
        assert document.length == 0 or (document.start, document.start + document.length) in contents
    assert len(contents) <= len(version.documents)


def _check_positions(one: Assembled) -> None:
    for name, rows in one.rows.items():
        if rows and "position" in rows[0]:
            assert [row["position"] for row in rows] == list(range(1, len(rows) + 1)), name


_LINE_END = re.compile(rb"\r\n|\n|\r")
_CLOSED = re.compile(rb"(?:</[^<>]+>[ \t\f\v]*)+")
_TAG = re.compile(rb"<([^<>]+)>")
_WORD = re.compile(rb"[A-Za-z0-9]+")
_SIC_LINE = re.compile(rb"STANDARD.INDUSTRIAL.CLASSIFICATION|ASSIGNED.SIC", re.IGNORECASE)
# Words of a value that a column holds in another spelling: codes for acts, nothing for zeros, true and false for flags.
_RESPELLED = re.compile(rb"0+|(?:19)?[0-9]{2}|ACT|DODD|FRANK|N|NO|FALSE|Y|YES|TRUE|X|ITEMS", re.IGNORECASE)


def _check_header(header: bytes, filing: Assembled) -> None:
    """Every word that a header states behind a colon or a tag stands in its rows or issues, as often as it was stated."""
    stated: Counter[bytes] = Counter()
    for line in _LINE_END.split(header):
        if _SIC_LINE.search(line):
            continue  # its code may lose or get zeros, and its bracket may break over two lines
        text = line.strip(b" \t\f\v")
        if closed := _CLOSED.match(text):
            text = text[closed.end() :]  # a line of its own
        if tag := _TAG.match(text):
            value = text[tag.end() :].removesuffix(b"</" + tag[1] + b">")
        else:
            value = text.partition(b":")[2]
        stated.update(word.upper() for word in _WORD.findall(value) if not _RESPELLED.fullmatch(word))
    if not stated:
        return
    kept: Counter[bytes] = Counter()
    values = [value for rows in filing.rows.values() for row in rows for value in row.values()]
    for value in [*values, *(issue.text for issue in filing.issues)]:
        for text in value if isinstance(value, list) else [value]:
            if isinstance(text, str):
                kept.update(word.upper() for word in _WORD.findall(text.encode("utf-8", "surrogatepass")))
    missing = {word: count - kept[word] for word, count in stated.items() if count > kept[word]}
    assert not missing, f"stated in the header and in no row: {dict(list(missing.items())[:5])}"
