"""The archive of a day: fetched into the spool, read member by member, and what is wanted of it kept (edgar.md E)."""

from __future__ import annotations

import time
from collections.abc import Collection, Iterator
from datetime import UTC, date, datetime

from filings.disk import disk
from filings.errors import SourceError
from filings.fetch.addresses import address
from filings.fetch.client import Client
from filings.fetch.feed import Member, members
from filings.fetch.verdict import SENTENCES, is_filing, judge
from filings.large import our_file
from filings.pipeline.backfill_report import BackfillReport, DayDone
from filings.pipeline.keeper import Keeper, Look
from filings.pipeline.missing import Asked, here, selected
from filings.raw.store import Facts

_AT_ONCE = 200
_BYTES_AT_ONCE = 16 << 20
"""Members that are looked up together."""


class Archive:
    """The archive of one day. Only who holds the claim on the day touches it."""

    def __init__(self, day: date, client: Client, keeper: Keeper, report: BackfillReport) -> None:
        self._day = day
        self._client = client
        self._keeper = keeper
        self._report = report
        quarter = (day.month + 2) // 3
        name = f"{day:%Y%m%d}.nc.tar.gz"
        self._address = address("feed_archive", year=day.year, quarter=quarter, name=name)
        self._name = f"edgar/Feed/{day.year}/QTR{quarter}/{name}"
        self._path = keeper.folder / name

    def download(self, done: DayDone) -> None:
        """Bring it into the spool; what came of it in an earlier run is not asked for again.

        Raises Absent where the day has none, and what `Client.download` raises.
        """
        if self._path.exists():
            return
        started = time.monotonic()
        answer = self._client.download(self._address, self._path)
        done.requests += answer.requests
        done.bytes += answer.received
        self._report.learned.add(self._report.learned.speed, answer.received, time.monotonic() - started)
        self._report.learned.archive(self._day, self._path.stat().st_size)

    def members(self, look: Look, wanted: Collection[str], asked: Asked) -> Iterator[tuple[str, str | None, int]]:
        """Keep what is `wanted`, what else the selection takes and is not here yet, and each correction of a filing that it
        takes. Gives accession number, form (None: not known here) and size of each filing that was kept.

        A damaged archive is taken away, so that the next attempt begins anew. Raises SourceError.
        """
        with disk("reading an archive in the spool"):
            body = our_file(self._path)
            fetched_at = datetime.fromtimestamp(self._path.stat().st_mtime, UTC).isoformat(timespec="microseconds")
        some: list[Member] = []
        size = 0
        try:
            for member in members(body, self._keeper.folder):
                some.append(member)
                size += len(member.body)
                if len(some) >= _AT_ONCE or size >= _BYTES_AT_ONCE:
                    yield from self._keep(some, look, wanted, asked, fetched_at)
                    some, size = [], 0
            yield from self._keep(some, look, wanted, asked, fetched_at)
        except SourceError:
            self.remove()
            raise

    def remove(self) -> None:
        """All that is wanted of it is kept."""
        with disk("taking an archive out of the spool"):
            self._path.unlink(missing_ok=True)

    def _keep(
        self, some: list[Member], look: Look, wanted: Collection[str], asked: Asked, fetched_at: str
    ) -> Iterator[tuple[str, str | None, int]]:
        named = {member.accession for member in some if member.accession}
        is_here, is_selected = here(look, named), selected(look.connection, named, asked)
        for member in some:
            accession = member.accession
            if accession is None:
                is_asked = asked.is_all  # only its header knows which filing it is
            elif member.kind == "nc":
                is_asked = accession in wanted or (accession in is_selected and accession not in is_here)
            else:
                is_asked = accession in is_selected
            if not is_asked:
                continue
            verdict = judge(member.body, from_network=True)
            if not is_filing(verdict):
                self._report.refused.append((f"{self._name}!{member.name}", SENTENCES[verdict]))
                continue
            facts = Facts(
                source_kind="archive",
                name=member.name,
                fetched_at=fetched_at,
                archive=self._name,
                archive_member=member.name,
                claims={"archive_day": f"{self._day:%Y%m%d}"},
            )
            self._keeper.keep(member.body, facts)
            if accession:
                yield accession, None, len(member.body)
        self._keeper.tick()
