"""What there is: the indexes of a span of days read, from EDGAR or from files on this machine, and taken in.

Listings say which days have an index, never a calendar (edgar.md A.3). Each index is asked for with what the last answer
said of itself; what is as it was writes nothing. A quarter that is over is asked for again, since none is ever final.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import UTC, date, datetime
from pathlib import Path
from threading import Event

from filings.errors import SourceError
from filings.fetch.addresses import address
from filings.fetch.client import Client
from filings.fetch.index_name import IndexName, index_name, quarters
from filings.fetch.listing import Listed, day_of_name, read_listing
from filings.fetch.verdict import judge
from filings.large import hash_of, read_file
from filings.load.readings import Reading, read
from filings.pipeline.asking import Asking, IndexReport, keep
from filings.pipeline.progress import Progress, Silent
from filings.pipeline.warehouse import Writer, spool
from filings.raw.store import Facts
from filings.span import Span

_ENDINGS = (".idx", ".idx.gz", ".gz")
"""Of the forms in which a daily index may lie in its folder, the first that is there is asked for."""
_AHEAD = 2  # readings held beside the batch that is being loaded


def read_indexes(
    writer: Writer, client: Client, span: Span, *, report: IndexReport | None = None, progress: Progress | None = None
) -> IndexReport:
    """Read the indexes of a span of days from EDGAR: of each quarter the listing of daily indexes, the daily masters of
    these days, and the quarterly master. Counts into `report`.

    A missing one is a reading too. One that gives no right answer is told in `failed`; the rest goes on. Publishes
    nothing. Raises Blocked, Undeclared, TooLong, StoreError, LoadError; what was read before is taken in then.
    """
    report = report or IndexReport()
    shown = progress or Silent()
    began = time.monotonic()
    shown.start("read indexes", None, "indexes")
    try:
        report.taken.add(writer.readings.take(_asked(Asking(writer, client, report, shown), span)))
    finally:
        shown.finish()
        report.seconds += time.monotonic() - began
    return report


def _asked(asking: Asking, span: Span) -> Iterator[Reading]:
    """The readings of a span that say something new, in the order in which they were made."""
    for year, quarter in quarters(span.first, span.last):
        listing = asking.ask(address("daily_listing", year=year, quarter=quarter), "listing")
        if listing.reading:
            yield listing.reading
        masters = daily_masters(read_listing(listing.body) if listing.body else [], year)
        for day in sorted(masters):
            if not str(span.first) <= day <= str(span.last):
                continue
            found = asking.ask(address("daily_index", year=year, quarter=quarter, name=masters[day].name), "index")
            if found.reading:
                yield found.reading
        found = asking.ask(address("quarterly_index", year=year, quarter=quarter, name="master.gz"), "index")
        if found.reading:
            yield found.reading


def daily_masters(listed: Sequence[Listed], year: int) -> dict[str, Listed]:
    """Of the names in a folder the daily masters, each in one form, by day (`YYYY-MM-DD`)."""
    found: dict[str, Listed] = {}
    for ending in reversed(_ENDINGS):  # the first of them last, so that it stays
        for one in listed:
            if one.name.startswith("master.") and one.name.endswith(ending) and (day := day_of_name(one.name, year)):
                found[day] = one
    return found


def read_index_files(
    writer: Writer,
    folder: Path,
    span: Span | None = None,
    *,
    report: IndexReport | None = None,
    progress: Progress | None = None,
) -> IndexReport:
    """Read the master indexes below a folder that mirrors EDGAR's trees, as ``full-index/2024/QTR1/master.idx`` (or
    ``.gz``) and ``daily-index/2024/QTR1/master.20240102.idx``: those that touch a span, or all. Counts into `report`.

    A file that is no index is told in `failed`; other files are passed over. Publishes nothing. Raises StoreError,
    LoadError.
    """
    report = report or IndexReport()
    shown = progress or Silent()
    began = time.monotonic()
    files = list(_files(folder, span, report))
    shown.start("read indexes", len(files), "indexes")
    try:
        report.taken.add(writer.readings.take(_read(writer, folder, files, report, shown)))
    finally:
        shown.finish()
        report.seconds += time.monotonic() - began
    return report


def _files(folder: Path, span: Span | None, report: IndexReport) -> Iterator[tuple[Path, IndexName]]:
    """The master indexes below a folder by their names, each once: where it lies in two forms, the plain one."""
    found: dict[str, tuple[Path, IndexName]] = {}
    for path in sorted(folder.rglob("*"), key=lambda path: (not path.name.endswith(".idx"), path)):
        if not path.is_file():
            continue
        named = index_name(path.relative_to(folder.parent).as_posix())
        if not named or named.kind not in ("daily", "quarterly") or "/master." not in named.name:
            report.passed_over.append((path.name, "no master index of EDGAR's trees"))
        elif named.name in found:
            report.passed_over.append((path.name, f"{found[named.name][0].name} is the same index"))
        elif span is None or _touches(named, span):
            found[named.name] = path, named
    return iter(sorted(found.values(), key=lambda one: one[1].name))


def _touches(named: IndexName, span: Span) -> bool:
    first, last = named.covers_from or date.min, named.covers_to or date.max
    return first <= span.last and span.first <= last


def _read(
    writer: Writer, folder: Path, files: Sequence[tuple[Path, IndexName]], report: IndexReport, shown: Progress
) -> Iterator[Reading]:
    """The readings that say something new. The next files are read and kept while those before them are loaded: each is
    about half of the work, and the libraries that do it let the other thread run."""
    failed = Event()  # then nothing that comes later is kept before it: the order of reading stays that of the names

    def one(path: Path, named: IndexName) -> Reading | None:
        if failed.is_set():
            return None
        try:
            return _read_one(writer, folder, path, named, report)
        except BaseException:
            failed.set()
            raise

    with ThreadPoolExecutor(1) as reader:
        ahead: deque[Future[Reading | None]] = deque()
        for path, named in files:
            ahead.append(reader.submit(one, path, named))
            if len(ahead) > _AHEAD and (reading := ahead.popleft().result()):
                yield reading
            shown.advance(1)
        while ahead:
            if reading := ahead.popleft().result():
                yield reading


def _read_one(writer: Writer, folder: Path, path: Path, named: IndexName, report: IndexReport) -> Reading | None:
    report.asked += 1
    name = path.relative_to(folder.parent).as_posix()
    try:
        body = read_file(path, spool(writer.warehouse))
        sha256 = hash_of(body)
        newest = writer.readings.newest(named.name)
        if newest and newest.sha256 == sha256:
            report.unchanged += 1
            return None
        moment = datetime.now(UTC).isoformat(timespec="microseconds")
        verdict = str(judge(body, from_network=False))
        facts = Facts("local_file", name, moment, "index", claims={"verdict": verdict})
        reading = read(facts, sha256, body)
    except OSError as error:
        report.failed.append((name, f"cannot be read: {error.strerror}"))
        return None
    except SourceError as error:
        report.failed.append((name, error.message))
        return None
    report.bytes += len(body)
    return keep(writer, reading, body, report)
