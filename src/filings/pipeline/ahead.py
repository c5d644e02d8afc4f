"""Batches loaded in the order in which they come; where there are many, other processes read ahead of the writer.

What they give is a help and never the truth: whatever they could not read, or may not have read whole, the loader reads.
So the same rows come of any number of processes.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass

from filings.large import HELD, Bytes
from filings.load.beforehand import Beforehand
from filings.load.loader import Loaded, Loader
from filings.pipeline.readers import Readers
from filings.raw.store import RawStore, Sighting

BATCH_FILINGS = 1000
BATCH_BYTES = 48 * 1024 * 1024

PART_FILINGS = 125
PART_BYTES = BATCH_BYTES // 8
"""What a process reads at once. The smaller, the less it holds, and the less the writer waits for the last one."""

LARGE_BATCHES = 2
"""So many batches must be more than half full before processes are started: a day, a watch is read by the writer alone."""

_AHEAD = 2
"""Batches that are read ahead of the one that is loaded."""

Told = Callable[[Sequence[Sighting], Loaded], None]


@dataclass(slots=True)
class _Begun:
    sightings: Sequence[Sighting]
    parts: list[Future[Beforehand | None]]


class Ahead:
    """Loads batches through one loader, whose files other processes read beforehand where it pays."""

    def __init__(
        self, loader: Loader, store: RawStore, readers: Readers, told: Told, say: Callable[[str], None] | None = None
    ) -> None:
        """`told` is called with each batch when it is loaded, `say` with what a person should know."""
        self._loader = loader
        self._store = store
        self._readers = readers
        self._told = told
        self._say = say
        self._begun: deque[_Begun] = deque()
        self._large = 0

    def add(self, sightings: Sequence[Sighting], contents: Mapping[str, Bytes] | None = None) -> None:
        """Load a batch, now or when what came before it is loaded. What was put into the raw store must be flushed.

        `contents` are bytes at hand by sha256. Raises StoreError, LoadError, also for batches that came before.
        """
        if self._is_for_readers(sightings):
            parts = [self._readers.read(part) for part in self._parts(sightings)]
            self._begun.append(_Begun(sightings, parts))
            while len(self._begun) > _AHEAD:
                self._load_next()
        else:
            self.finish()
            self._told(sightings, self._loader.load(sightings, contents))

    def finish(self) -> None:
        """Load all that came. Raises StoreError, LoadError."""
        while self._begun:
            self._load_next()

    def _is_for_readers(self, sightings: Sequence[Sighting]) -> bool:
        count, size = len(sightings), sum(one.raw_length for one in sightings)
        self._large += count > BATCH_FILINGS // 2 or (count > 1 and size > BATCH_BYTES // 2)
        is_divisible = count > PART_FILINGS or (count > 1 and size > PART_BYTES)
        return is_divisible and self._large >= LARGE_BATCHES and self._readers.count > 1

    def _parts(self, sightings: Sequence[Sighting]) -> Iterator[list[tuple[Sighting, list[Sighting]]]]:
        """The files of a batch in parts; a giant, and bytes that the batch has no record of, are left to the loader."""
        places = self._store.with_all_others(sightings)
        holding = {one.file_sha256: one for one in sightings if one.holds_bytes and one.raw_length <= HELD}
        part: list[tuple[Sighting, list[Sighting]]] = []
        size = 0
        for one in holding.values():
            if part and (len(part) >= PART_FILINGS or size + one.raw_length > PART_BYTES):
                yield part
                part, size = [], 0
            part.append((one, places[one.file_sha256]))
            size += one.raw_length
        if part:
            yield part

    def _load_next(self) -> None:
        begun = self._begun.popleft()
        found = [part.result() for part in begun.parts]
        if self._say:
            for how in self._readers.deaths():
                self._say(f"a process that reads files ended {how}; what it had is read again")
        loaded = self._loader.load(begun.sightings, beforehand=[one for one in found if one])
        self._told(begun.sightings, loaded)
