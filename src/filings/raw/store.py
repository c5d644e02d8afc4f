"""The raw store: bytes as received, kept once, never changed, found by their sha256 (house.md 5, storage.md 8).

Order on disk: records are appended, `flush` syncs them and only then tells the index. A pack stays ``.part`` until
`seal`, which the pipeline calls when everything in it is loaded; so after a crash `unsealed` is what may wait for that.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path, PureWindowsPath

import sqlalchemy

from filings.disk import disk
from filings.errors import Damaged, StoreError
from filings.large import HELD, Bytes, gathered, hash_of, pieces
from filings.raw.folder import PackFile, PackFolder, append, sync
from filings.raw.index import PackRow, RecordIndex, RecordRow
from filings.raw.pack import FRAME, Facts, Frames, Record, encode, record_before, scan, stored_is_sound
from filings.raw.reading import damaged, read_record
from filings.raw.verify import Problem, verify

__all__ = ["Facts", "Problem", "RawStore", "Sighting"]

PACK = 256 << 20
"""A pack that would grow beyond this many bytes is closed first; a larger record has a pack of its own."""


@dataclass(frozen=True, slots=True)
class Sighting:
    """One record of a pack, which begins at `offset` of it. `holds_bytes`: it holds them itself, and does not point to an
    equal one."""

    file_sha256: str
    raw_length: int
    pack: str
    offset: int
    facts: Facts
    holds_bytes: bool


@dataclass(slots=True)
class _OpenPack:
    """The pack that is appended to: `length` bytes and `records` records of it are whole, `pending` (by sha256) not yet
    indexed."""

    pack: PackFile
    file: int
    length: int = 0
    records: int = 0
    is_torn: bool = False
    pending: dict[str, list[Record]] = field(default_factory=dict)


class RawStore:
    """The raw store of a warehouse. Threads may share it; one process at a time puts, reading is always allowed."""

    def __init__(
        self,
        folder: Path,
        state: sqlalchemy.Engine,
        *,
        spool: Path | None = None,
        frame_length: int = FRAME,
        pack_length: int = PACK,
    ) -> None:
        """`spool` is a folder for bytes that are too many to hold while they are kept or read; None for the system's."""
        self._folder = PackFolder(folder / "packs")
        self._index = RecordIndex(state)
        self._spool = spool
        self._frame_length = frame_length
        self._pack_length = pack_length
        self._lock = threading.RLock()
        self._open: _OpenPack | None = None

    # Keeping

    def put(self, data: Bytes, facts: Facts) -> Sighting | None:
        """Keeps `data`; it is safe after the next `flush`.

        None where the same bytes at the same place are kept already. Equal bytes met elsewhere become a record with its
        own facts and no frames. Raises ValueError for an absolute path, Full, StoreError.
        """
        _refuse_absolute(facts)
        file_sha256 = hash_of(data)
        with self._lock:
            is_held, is_known = self._kept(file_sha256, facts)
            if is_held and is_known:
                return None
            return _sighting(*self._append(file_sha256, len(data), b"" if is_held else data, facts))

    def flush(self) -> None:
        """What was put outlasts a crash, and the index knows it. Raises Full, StoreError."""
        with self._lock:
            current = self._open
            if not current or not current.pending:
                return
            name = current.pack.name
            try:
                with disk(f"syncing pack {name}"):
                    sync(current.file)
            except StoreError:
                # What a failed fsync leaves on the disk is unknown, and a second one may say that all is well.
                self.close()
                raise
            records = [record for same in current.pending.values() for record in same]
            self._index.extend(PackRow(name, "open", current.length, current.records), records)
            current.pending.clear()

    def seal(self) -> None:
        """Every ``.part`` pack whose records are all in the index becomes an immutable ``.pack``. Raises StoreError."""
        with self._lock:
            if self._open and not self._open.pending:
                self.close()
            known = self._index.packs()
            with disk("sealing packs"):
                whole = {name: row.byte_length for name, row in known.items()}
                parts = [p for p in self._folder.files() if not p.is_sealed]
                packs = [p for p in parts if p.path.stat().st_size == whole.get(p.name)]
            if self._open:
                packs = [p for p in packs if p != self._open.pack]
            if packs:
                self._folder.seal(packs)
                self._index.mark_sealed([pack.name for pack in packs])

    def close(self) -> None:
        """Lets go of the open pack. What was not flushed is found by the next `recover`."""
        with self._lock:
            if self._open:
                os.close(self._open.file)
                self._open = None

    def _kept(self, file_sha256: str, facts: Facts) -> tuple[bool, bool]:
        """Whether the bytes are held somewhere, and whether this place of theirs is known."""
        waiting = self._open.pending.get(file_sha256, []) if self._open else []
        is_held = any(record.has_bytes for record in waiting)
        is_known = any(record.facts.place == facts.place for record in waiting)
        for row in self._index.of_bytes(file_sha256):
            if row.may_be(facts):
                try:
                    is_known = is_known or self._record(row).facts.place == facts.place
                except Damaged:
                    continue  # then the bytes are kept once more
            is_held = is_held or row.has_bytes
        return is_held, is_known

    def _append(self, file_sha256: str, raw_length: int, data: Bytes, facts: Facts) -> tuple[str, Record]:
        frames = Frames(data, self._frame_length)
        stored = gathered(frames, self._spool)
        current = self._open_for(len(stored))
        record, head = encode(current.length, file_sha256, raw_length, frames.lengths, frames.stored_sha256, facts)
        with disk(f"writing pack {current.pack.name}"):
            current.is_torn = True  # until all of it is written
            append(current.file, head)
            for piece in pieces(stored, HELD):
                append(current.file, piece)
            current.is_torn = False
        current.length = record.end
        current.records += 1
        current.pending.setdefault(file_sha256, []).append(record)
        return current.pack.name, record

    def _open_for(self, stored_length: int) -> _OpenPack:
        """The pack that takes so many bytes more."""
        current = self._open
        if current and (current.is_torn or (current.length and current.length + stored_length > self._pack_length)):
            self.flush()
            self.close()
        if not self._open:
            self._open = _OpenPack(*self._folder.create())
        return self._open

    # Reading

    def read(self, file_sha256: str, start: int = 0, end: int | None = None) -> Bytes:
        """Bytes `start` to `end` (without it) of the bytes with this sha256; only the frames wanted are read.

        Each frame is checked, and the whole against the sha256 where the whole is asked for. Raises Damaged where they
        are not what was written, StoreError where they are not kept, Full where too many to hold find no room.
        """
        damage: Damaged | None = None
        for pack, record in self._records(file_sha256, with_bytes=True):
            if isinstance(record, Damaged):
                damage = record
                continue
            try:
                end_of_it = record.raw_length if end is None else end
                return read_record(self._folder, pack, record, start, end_of_it, self._frame_length, self._spool)
            except Damaged as error:
                damage = error  # another record may hold the same bytes
        raise damage or StoreError(f"no bytes with sha256 {file_sha256} are kept", "Fetch or ingest the file again.")

    def sightings(self, file_sha256: str) -> list[Sighting]:
        """All records of these bytes, in the order of packs. Raises Damaged, StoreError."""
        found = []
        for pack, record in self._records(file_sha256):
            if isinstance(record, Damaged):
                raise record
            found.append(_sighting(pack, record))
        return found

    def with_all_others(self, sightings: Iterable[Sighting]) -> dict[str, list[Sighting]]:
        """All records of the bytes of these sightings, by sha256; what was put must be flushed. Raises StoreError."""
        found: dict[str, list[Sighting]] = {}
        for one in sightings:
            found.setdefault(one.file_sha256, []).append(one)
        for file_sha256 in self._index.seen_again(found):
            found[file_sha256] = self.sightings(file_sha256)
        return found

    def unsealed(self) -> list[Sighting]:
        """The records of ``.part`` packs: what a killed run may have kept and not loaded. Raises StoreError."""
        return [s for pack in self._folder.files() if not pack.is_sealed for s in self._scan(pack)]

    def scan(self, after: str = "") -> Iterator[Sighting]:
        """Every record of every pack begun after the one named, in order, from the packs alone; whether its bytes are
        sound, `verify` asks."""
        for pack in self._folder.files():
            if pack.name > after:
                yield from self._scan(pack)

    def verify(self, advance: Callable[[int], object] = lambda _: None, after: str = "") -> Iterator[Problem]:
        """Reads every byte of every pack begun after the one named and yields what is wrong; `advance` is told how many
        bytes more are read. Packs that are gone it names whenever they were begun.

        Writes nothing, and may run beside a writer. Raises StoreError.
        """
        return verify(self._folder, self._index, self._frame_length, advance, after)

    def size(self, after: str = "") -> int:
        """Bytes of all packs on the disk that were begun after the one named."""
        with disk("looking at the packs"):
            return sum(pack.path.stat().st_size for pack in self._folder.files() if pack.name > after)

    def sealed_through(self) -> str:
        """The name of the last pack that will not change, nor any begun before it; empty where there is none."""
        last = ""
        with disk("looking at the packs"):
            for pack in self._folder.files():
                if not pack.is_sealed:
                    break
                last = pack.name
        return last

    def count(self) -> int:
        """Records in the index."""
        return sum(row.records for row in self._index.packs().values())

    def _scan(self, pack: PackFile) -> Iterator[Sighting]:
        with self._folder.reading(pack.name) as file:
            for found in scan(file, os.fstat(file).st_size):
                if isinstance(found, Record):
                    yield _sighting(pack.name, found)

    def _records(self, file_sha256: str, *, with_bytes: bool = False) -> Iterator[tuple[str, Record | Damaged]]:
        """The records of these bytes, each with its pack; Damaged in place of one whose head cannot be read."""
        with self._lock:
            waiting = list(self._open.pending.get(file_sha256, [])) if self._open else []
            open_pack = self._open.pack.name if self._open else ""
        for row in self._index.of_bytes(file_sha256):
            if row.has_bytes or not with_bytes:
                try:
                    yield row.pack, self._record(row)
                except Damaged as error:
                    yield row.pack, error
        yield from ((open_pack, record) for record in waiting if record.has_bytes or not with_bytes)

    def _record(self, row: RecordRow) -> Record:
        """The record of a row of the index, as its pack tells it. Raises Damaged."""
        with self._folder.reading(row.pack) as file:
            record = record_before(file, row.frame_offset, row.not_before)
        if not record:
            raise damaged(row.pack, row.frame_offset, "the head of a record is not what was written")
        return record

    # After a crash

    def recover(self) -> None:
        """At start, under the writer's lock: packs and index agree again. Raises Full, StoreError.

        Torn tails of ``.part`` packs are cut off, records that the index lacks are entered, packs that are gone are
        forgotten. `state.sqlite` may be new, or older than the packs. What an index knew is never cut off.
        """
        with self._lock:
            self.close()
            known, packs = self._index.packs(), self._folder.files()
            if gone := sorted(set(known) - {pack.name for pack in packs}):
                self._index.forget(gone)
            for pack in packs:
                self._recover(pack, known.get(pack.name))

    def _recover(self, pack: PackFile, row: PackRow | None) -> None:
        with self._folder.reading(pack.name) as file:
            size = os.fstat(file).st_size
            if row and pack.is_sealed and row.byte_length == size:
                if row.state != "sealed":
                    self._index.mark_sealed([pack.name])
                return
            start = row.byte_length if row and not pack.is_sealed and row.byte_length <= size else 0
            records = [found for found in scan(file, size, start) if isinstance(found, Record)]
            whole = size if pack.is_sealed else _sound_end(file, records, start)
        is_empty = whole == 0 and not pack.is_sealed
        if whole < size or is_empty:
            self._folder.cut(pack, whole)
            records = [record for record in records if record.end <= whole]
        if is_empty:
            if row:
                self._index.forget([pack.name])
        elif records or start == 0:
            count = len(records) + (row.records if row and start else 0)
            state = "sealed" if pack.is_sealed else "open"
            self._index.extend(PackRow(pack.name, state, whole, count), records, anew=start == 0)


def _sound_end(file: int, records: list[Record], start: int) -> int:
    """The end of the last record that is whole.

    After a power failure a later one may have come to the disk and an earlier one not: that stays, as a damaged record,
    since nobody can tell when it was damaged.
    """
    return next((record.end for record in reversed(records) if stored_is_sound(file, record)), start)


def _sighting(pack: str, record: Record) -> Sighting:
    return Sighting(record.file_sha256, record.raw_length, pack, record.offset, record.facts, record.has_bytes)


def _refuse_absolute(facts: Facts) -> None:
    """A member's name is the archive's affair, and may begin with a slash."""
    for path in (facts.archive, facts.name if facts.source_kind == "local_file" else None):
        if path and (path.startswith("/") or PureWindowsPath(path).drive):
            raise ValueError(f"an absolute path is not kept: {path}")
