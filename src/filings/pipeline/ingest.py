"""Ingest: files on this machine → raw bytes kept → filings loaded → a sealed snapshot."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from filings.disk import interruptible
from filings.fetch.verdict import SENTENCES, is_filing, judge
from filings.identifiers import accession_in_name
from filings.large import Bytes, Large, read_file
from filings.load.ledger import stale
from filings.load.loader import Loaded
from filings.pipeline import runs
from filings.pipeline.progress import Progress, Silent
from filings.pipeline.report import Report
from filings.pipeline.sources import PassedOver, Source, find
from filings.pipeline.warehouse import Writer, open_writer, spool
from filings.raw.store import Facts, Sighting
from filings.schema.codes import Status

BATCH_FILINGS = 1000
BATCH_BYTES = 48 * 1024 * 1024


@dataclass(slots=True)
class _Pending:
    """Sightings kept and not yet loaded, with their bytes at hand."""

    sightings: list[Sighting] = field(default_factory=list)
    contents: dict[str, Bytes] = field(default_factory=dict)
    size: int = 0

    def add(self, sighting: Sighting, data: Bytes) -> None:
        self.sightings.append(sighting)
        if sighting.file_sha256 not in self.contents:
            self.contents[sighting.file_sha256] = data
            self.size += len(data)

    @property
    def is_full(self) -> bool:
        return len(self.sightings) >= BATCH_FILINGS or self.size >= BATCH_BYTES


class Tally:
    """Counts what loading did, filing by filing: a filing that a run loads twice counts once, as it stands in the end."""

    def __init__(self, report: Report) -> None:
        self._report = report
        self._statuses: dict[str, str] = {}
        self._reasons: dict[str, tuple[str, str, str]] = {}
        self._rows: Counter[str] = Counter()

    def add(self, loaded: Loaded) -> None:
        """Take in one batch."""
        for one in loaded.filings:
            self._statuses[one.filing_id] = str(one.status)
            self._reasons.pop(one.filing_id, None)
            if one.status == Status.QUARANTINED and one.reason:
                self._reasons[one.filing_id] = (one.filing_id, one.reason.code, one.reason.detail)
        self._rows.update(loaded.rows)
        self._report.warnings += len(loaded.warnings)

    def close(self) -> None:
        """Write the sums into the report."""
        self._report.filings = dict(sorted(Counter(self._statuses.values()).items()))
        self._report.quarantined = sorted(self._reasons.values())
        self._report.rows = dict(sorted(self._rows.items()))

    def __len__(self) -> int:
        return len(self._statuses)


def ingest(
    warehouse: Path,
    paths: Sequence[Path],
    *,
    trust_names: bool = False,
    form: str | None = None,
    progress: Progress | None = None,
) -> Report:
    """Keep and load every file of `paths` (house 6): exactly once, whatever was there before.

    `trust_names`: an accession number in a file's name may be trusted. `form`: the form of files that do not state one.
    Ctrl-C keeps and publishes what was loaded, and raises KeyboardInterrupt. Raises UsageError, StoreError, LoadError.
    """
    shown = progress or Silent()
    report = Report()
    started = time.monotonic()
    found = list(find(paths))
    sources = [one for one in found if isinstance(one, Source)]
    report.passed_over = [(one.path, one.why) for one in found if isinstance(one, PassedOver)]
    report.files = len(sources)
    with open_writer(warehouse, "ingest", shown.say) as writer, runs.record(writer.state, "ingest", report):
        tally = Tally(report)
        interrupted = False
        _tell_stale(writer, shown)
        try:
            with interruptible():
                load_leftovers(writer, tally, shown)
                _load_sources(writer, sources, report, tally, shown, _Claims(trust_names, form))
                writer.store.seal()  # only now: a sealed pack says that all its records are loaded
        except KeyboardInterrupt:
            interrupted = True
        finally:
            shown.finish()
            tally.close()
        shown.start("publish a snapshot", None, "")
        report.snapshot = writer.publish_if_behind()
        shown.finish()
        report.seconds = time.monotonic() - started
        if interrupted:
            raise KeyboardInterrupt
    return report


@dataclass(frozen=True, slots=True)
class _Claims:
    """What the caller vouches for."""

    trust_names: bool
    form: str | None

    def of(self, source: Source) -> dict[str, str]:
        claims = {"form": self.form} if self.form else {}
        if self.trust_names and (named := accession_in_name(source.name)):
            claims["accession"] = named
        return claims


def _tell_stale(writer: Writer, shown: Progress) -> None:
    """Filings that an older reader loaded stay as they are; say so."""
    if found := stale(writer.database.connection, writer.text_forms):
        readers = ", ".join(f"{count:,} by another {reader} reader" for reader, count in sorted(found.items()))
        shown.say(f"some filings here were loaded by older readers ({readers}); `filings upgrade` reads them again")


def load_leftovers(writer: Writer, tally: Tally, shown: Progress) -> None:
    """Load what a killed run kept and did not load: its packs are not sealed."""
    unsealed = writer.store.unsealed()
    if readings := writer.readings.pending(unsealed):
        shown.say(f"taking in {len(readings)} indexes that an interrupted run had kept")
        writer.readings.take(writer.readings.kept(readings))
    left = writer.loader.pending(one for one in unsealed if one.facts.record_kind == "filing")
    if left:
        shown.say(f"loading {len(left)} files that an interrupted run had kept")
    for at in range(0, len(left), BATCH_FILINGS):
        tally.add(writer.loader.load(left[at : at + BATCH_FILINGS]))


def _load_sources(
    writer: Writer, sources: Sequence[Source], report: Report, tally: Tally, shown: Progress, claims: _Claims
) -> None:
    shown.start("ingest", len(sources), "files")
    waiting = _Pending()
    for source in sources:
        data = _read(source, writer.warehouse, report)
        if data is not None:
            report.bytes += len(data)
            if isinstance(data, Large):  # a giant is loaded alone
                waiting = _load(writer, waiting, tally)
            _keep(writer, source, data, claims, report, waiting)
        if waiting.is_full:
            waiting = _load(writer, waiting, tally)
        shown.advance(1, filings=len(tally))
    _load(writer, waiting, tally)


def _read(source: Source, warehouse: Path, report: Report) -> Bytes | None:
    try:
        return read_file(source.path, spool(warehouse))
    except OSError as error:
        passed = PassedOver(str(source.path), f"cannot be read: {error.strerror}")
        report.passed_over.append((passed.path, passed.why))
        return None


def _keep(writer: Writer, source: Source, data: Bytes, claims: _Claims, report: Report, waiting: _Pending) -> None:
    """Judge the bytes, and keep them where they are a filing's and not kept from this place before."""
    verdict = judge(data, from_network=False)
    if not is_filing(verdict):
        sentence = SENTENCES[verdict]
        report.refused.append((source.name, str(verdict), sentence))
        runs.refuse(writer.state, source.name, str(verdict), sentence)
        return
    facts = Facts(
        source_kind="local_file",
        name=source.name,
        fetched_at=datetime.now(UTC).isoformat(timespec="microseconds"),
        claims=claims.of(source),
    )
    sighting = writer.store.put(data, facts)
    if sighting is None:
        report.known += 1
    else:
        report.kept += 1
        waiting.add(sighting, data)


def _load(writer: Writer, waiting: _Pending, tally: Tally) -> _Pending:
    if waiting.sightings:
        writer.store.flush()
        tally.add(writer.loader.load(waiting.sightings, waiting.contents))
    return _Pending()
