"""The writer's side of keeping: bytes go into the raw store, and are loaded when a batch is full."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from filings.large import Bytes, Large, hash_of
from filings.load.loader import Loaded
from filings.load.readings import Reading, read
from filings.pipeline.ahead import BATCH_BYTES, BATCH_FILINGS, Ahead
from filings.pipeline.progress import Progress
from filings.pipeline.report import Report
from filings.pipeline.warehouse import Writer
from filings.raw.store import Facts, Sighting
from filings.schema.codes import Status


class Tally:
    """Counts what loading did, filing by filing: a filing that a run loads twice counts once, as it stands in the end."""

    def __init__(self, report: Report) -> None:
        self._report = report
        self._statuses: dict[str, str] = {}
        self._reasons: dict[str, tuple[str, str, str]] = {}
        self._rows: Counter[str] = Counter()

    def add(self, _: Sequence[Sighting], loaded: Loaded) -> None:
        """Take in one batch: what came of these sightings."""
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

    def status(self, filing_id: str) -> str | None:
        """How a filing that was loaded by this run stands; None where it loaded none of that name."""
        return self._statuses.get(filing_id)

    def __len__(self) -> int:
        return len(self._statuses)


@dataclass(slots=True)
class _Waiting:
    """Sightings kept and not yet loaded, with their bytes at hand."""

    sightings: list[Sighting] = field(default_factory=list)
    contents: dict[str, Bytes] = field(default_factory=dict)
    readings: list[Reading] = field(default_factory=list)
    size: int = 0

    def add(self, sighting: Sighting, data: Bytes) -> None:
        self.sightings.append(sighting)
        if sighting.file_sha256 not in self.contents:
            self.contents[sighting.file_sha256] = data
            self.size += len(data)

    @property
    def is_full(self) -> bool:
        return len(self.sightings) >= BATCH_FILINGS or self.size >= BATCH_BYTES


class Loading:
    """Keeps bytes in the raw store of an open warehouse and loads them batch by batch: `bytes` so far, in `seconds`."""

    def __init__(self, writer: Writer, tally: Tally, shown: Progress) -> None:
        self._writer = writer
        self._ahead = Ahead(writer.loader, writer.store, writer.readers, tally.add, shown.say)
        self._waiting = _Waiting()
        self.bytes = 0
        self.seconds = 0.0

    def keep(self, data: Bytes, facts: Facts) -> bool:
        """Keep the bytes of a filing, or of a page of the feed; False where the same bytes at the same place are kept
        already.

        Loads when there is enough for a batch; a giant is loaded alone. Raises Full, StoreError, LoadError.
        """
        if isinstance(data, Large):
            self._load()
        sighting = self._writer.store.put(data, facts)
        if sighting is not None and facts.record_kind == "filing":
            self._waiting.add(sighting, data)
        elif sighting is not None:
            self._waiting.readings.append(read(facts, hash_of(data), data))
        if self._waiting.is_full:
            self._load()
        return sighting is not None

    def settle(self) -> None:
        """Load everything that was kept: then it outlasts whatever comes. What made us fetch a filing comes before it."""
        self._load()
        began = time.monotonic()
        self._ahead.finish()
        self.seconds += time.monotonic() - began

    def _load(self) -> None:
        waiting, self._waiting = self._waiting, _Waiting()
        if waiting.readings:
            self._writer.readings.take(sorted(waiting.readings, key=lambda one: one.order))
        if waiting.sightings:
            began = time.monotonic()
            self._writer.store.flush()
            self._ahead.add(waiting.sightings, waiting.contents)
            self.bytes += waiting.size
            self.seconds += time.monotonic() - began


def load_leftovers(writer: Writer, tally: Tally, shown: Progress) -> None:
    """Load what a killed run kept and did not load: its packs are not sealed."""
    unsealed = writer.store.unsealed()
    if readings := writer.readings.pending(unsealed):
        shown.say(f"taking in {len(readings)} indexes that an interrupted run had kept")
        writer.readings.take(writer.readings.kept(readings))
    left = writer.loader.pending(one for one in unsealed if one.facts.record_kind == "filing")
    if left:
        shown.say(f"loading {len(left)} files that an interrupted run had kept")
    ahead = Ahead(writer.loader, writer.store, writer.readers, tally.add, shown.say)
    for at in range(0, len(left), BATCH_FILINGS):
        ahead.add(left[at : at + BATCH_FILINGS])
    ahead.finish()
