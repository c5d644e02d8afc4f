"""Ingest: files on this machine → raw bytes kept → filings loaded → a sealed snapshot."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from filings.disk import interruptible
from filings.fetch.verdict import SENTENCES, is_filing, judge
from filings.identifiers import accession_in_name
from filings.large import Bytes, read_file
from filings.load.ledger import stale
from filings.pipeline import runs
from filings.pipeline.alerts import ready_alerts, send_alerts
from filings.pipeline.loading import Loading, Tally, load_leftovers
from filings.pipeline.progress import Progress, Silent
from filings.pipeline.report import Report
from filings.pipeline.sources import PassedOver, Source, find
from filings.pipeline.warehouse import Writer, open_writer, spool
from filings.raw.store import Facts


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
    ready_alerts(warehouse)
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
    told = send_alerts(warehouse, progress=shown)
    report.alerts, report.snapshot = told.to_dict(), told.snapshot or report.snapshot
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


def _load_sources(
    writer: Writer, sources: Sequence[Source], report: Report, tally: Tally, shown: Progress, claims: _Claims
) -> None:
    shown.start("ingest", len(sources), "files")
    loading = Loading(writer, tally, shown)
    for source in sources:
        data = _read(source, writer.warehouse, report)
        if data is not None:
            report.bytes += len(data)
            _keep(writer, source, data, claims, report, loading)
        shown.advance(1, filings=len(tally))
    loading.settle()


def _read(source: Source, warehouse: Path, report: Report) -> Bytes | None:
    try:
        return read_file(source.path, spool(warehouse))
    except OSError as error:
        passed = PassedOver(str(source.path), f"cannot be read: {error.strerror}")
        report.passed_over.append((passed.path, passed.why))
        return None


def _keep(writer: Writer, source: Source, data: Bytes, claims: _Claims, report: Report, loading: Loading) -> None:
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
    if loading.keep(data, facts):
        report.kept += 1
    else:
        report.known += 1
