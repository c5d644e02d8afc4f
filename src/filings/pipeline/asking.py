"""Asks EDGAR for readings: indexes, listings, company data, ticker files. What says something new is kept as raw bytes."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime

from filings.errors import Absent, SourceError, Unanswered
from filings.fetch.addresses import Address
from filings.fetch.client import Client, Known
from filings.fetch.index_name import reading_name
from filings.large import Bytes, hash_of
from filings.load.readings import Newest, Reading, Taken, read
from filings.pipeline.progress import Progress
from filings.pipeline.warehouse import Writer
from filings.raw.store import Facts


@dataclass(slots=True)
class IndexReport:
    """What a reading of indexes or of company data did.

    `asked` were looked at; of them `taken.readings` said something new, `unchanged` nothing, `absent` are not there.
    `failed` gave no right answer, and are asked for by the next run. `passed_over` are files that are no master index.
    `unread` are lines that are no rows: the index, how many, the first of them.
    """

    asked: int = 0
    unchanged: int = 0
    absent: int = 0
    bytes: int = 0
    seconds: float = 0.0
    snapshot: int | None = None
    taken: Taken = field(default_factory=Taken)
    failed: list[tuple[str, str]] = field(default_factory=list)
    passed_over: list[tuple[str, str]] = field(default_factory=list)
    unread: list[tuple[str, int, str]] = field(default_factory=list)

    def counts(self) -> dict[str, object]:
        """The numbers alone: what the control state keeps of a run."""
        return {
            "files": self.asked,
            "readings": self.taken.readings,
            "lines_new": self.taken.new,
            "lines_gone": self.taken.gone,
            "failed": len(self.failed),
            "bytes": self.bytes,
            "snapshot": self.snapshot,
        }


@dataclass(frozen=True, slots=True)
class Asked:
    """What came of a question: a `reading` that says something new and is kept, if it does; the `body` as it is now, empty
    where nothing lies there; `is_answered` is false where no right answer came."""

    reading: Reading | None = None
    body: Bytes = b""
    is_answered: bool = True


class Asking:
    """Asks one thing after the other, and counts into a report."""

    def __init__(self, writer: Writer, client: Client, report: IndexReport, shown: Progress) -> None:
        self._writer, self._client, self._report, self._shown = writer, client, report, shown

    def ask(self, where: Address, record_kind: str) -> Asked:
        """The thing at an address, by the raw record's kind that it becomes.

        Raises Blocked, Undeclared, TooLong, StoreError, Full: nothing goes on then.
        """
        path = where.path.lstrip("/").removeprefix("Archives/edgar/")
        named = reading_name(record_kind, path)
        if named is None:
            raise ValueError(f"{path} is no reading of kind {record_kind}")
        newest = self._writer.readings.newest(named.name)
        self._report.asked += 1
        try:
            answer = self._client.get(where, known=_known(newest))
        except Absent as error:
            self._report.absent += 1
            facts = Facts(
                "url", path, _now(), record_kind, url=self._client.url(where), claims={"verdict": error.verdict}
            )
            return Asked(keep(self._writer, read(facts, hash_of(b""), b""), b"", self._report))
        except Unanswered as error:
            self._report.failed.append((path, error.message))
            return Asked(is_answered=False)
        finally:
            self._shown.advance(1)
        if answer.is_unchanged:
            self._report.unchanged += 1
            same = self._writer.store.read(newest.sha256) if newest and newest.sha256 else b""
            return Asked(body=same)
        self._report.bytes += len(answer.body)
        facts = Facts(
            source_kind="url",
            name=path,
            fetched_at=answer.fetched_at.isoformat(timespec="microseconds"),
            record_kind=record_kind,
            url=answer.url,
            etag=answer.etag,
            last_modified=answer.modified_at,
            claims={"verdict": str(answer.verdict)},
        )
        try:
            reading = read(facts, hash_of(answer.body), answer.body)
        except SourceError as error:
            self._report.failed.append((path, error.message))
            return Asked(is_answered=False)
        return Asked(keep(self._writer, reading, answer.body, self._report), answer.body)


def keep(writer: Writer, reading: Reading, body: Bytes, report: IndexReport) -> Reading | None:
    """Keep the bytes of a reading where it says something new; gives it then, and nothing otherwise."""
    if not writer.readings.is_new(reading):
        report.unchanged += bool(len(body))
        return None
    if reading.lines and (unread := reading.lines.unread):
        report.unread.append((reading.named.name, len(unread), unread[0]))
    writer.store.put(body, reading.facts)
    return reading


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="microseconds")


def _known(newest: Newest | None) -> Known | None:
    """What the last answer said of itself, if it was one."""
    if not newest or not newest.sha256:
        return None
    modified = format_datetime(newest.last_modified.astimezone(UTC), usegmt=True) if newest.last_modified else None
    return Known(newest.etag, modified)
