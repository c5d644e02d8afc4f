"""Are the bytes on the disk still those that were written: every byte of every pack is read."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from hashlib import sha256

from filings.errors import Damaged
from filings.raw.folder import PackFile, PackFolder
from filings.raw.index import PackRow, RecordIndex
from filings.raw.pack import Gap, Record, decompress, frame_lengths, scan


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong at an offset of a pack.

    `kind`: pack_gone (the index knows it, the disk does not) · pack_unindexed · not_a_record (bytes that belong to no
    record: a damaged head, a torn pack) · stored_damaged (frames are not what was written) · raw_damaged (what comes out of
    them has another sha256) · bytes_gone (a second sighting of bytes that no record holds) · index_differs. `name` is that
    under which the bytes came, where pack or index still say it: by it people know which filing is concerned.
    """

    kind: str
    pack: str
    offset: int
    detail: str
    file_sha256: str | None = None
    name: str | None = None


def verify(
    folder: PackFolder, index: RecordIndex, frame_length: int, advance: Callable[[int], object], after: str = ""
) -> Iterator[Problem]:
    """As `RawStore.verify`. A writer may be at work: what it has not flushed yet is nothing wrong."""
    known, packs = index.packs(), folder.files()
    for name in sorted(set(known) - {pack.name for pack in packs}):
        yield Problem("pack_gone", name, 0, f"{known[name].records} records of the index stand in it")
    for pack in packs:
        if pack.name <= after:
            continue
        for found in _verify_pack(folder, pack, known.get(pack.name), index, frame_length):
            if isinstance(found, Problem):
                yield found
            else:
                advance(found)


def _verify_pack(
    folder: PackFolder, pack: PackFile, row: PackRow | None, index: RecordIndex, frame_length: int
) -> Iterator[Problem | int]:
    """Problems of one pack, and the length of each stretch when it is read."""
    indexed = index.of_pack(pack.name)
    flushed = row.byte_length if row else 0
    with folder.reading(pack.name) as file:
        size = os.fstat(file).st_size
        if not row and pack.is_sealed:
            yield Problem("pack_unindexed", pack.name, 0, "`recover`, which every run begins with, enters it")
        elif flushed > size or (pack.is_sealed and flushed < size):
            yield Problem("index_differs", pack.name, size, f"{flushed} bytes in the index, {size} on the disk")
        for found in scan(file, size):
            if isinstance(found, Gap):
                if pack.is_sealed or found.offset < flushed:
                    detail = f"{found.length} bytes belong to no record"
                    yield Problem("not_a_record", pack.name, found.offset, detail)
                yield found.length
                continue
            yield from _verify_record(file, pack.name, found, index, frame_length)
            if found.end <= flushed and indexed.pop(found.frame_offset, None) != found.file_sha256:
                detail = "the index lacks the record, or takes it for another"
                yield Problem("index_differs", pack.name, found.offset, detail, found.file_sha256, _name(found))
    for offset, file_sha256 in sorted(indexed.items()):
        if offset <= flushed:  # else it was flushed while we read; a record without frames ends where they would begin
            rows = [row for row in index.of_bytes(file_sha256) if (row.pack, row.frame_offset) == (pack.name, offset)]
            name = rows[0].archive_member or rows[0].name if rows else None
            detail = "the index has a record that the pack lacks"
            yield Problem("index_differs", pack.name, offset, detail, file_sha256, name)


def _verify_record(
    file: int, pack: str, record: Record, index: RecordIndex, frame_length: int
) -> Iterator[Problem | int]:
    yield record.frame_offset - record.offset
    if not record.has_bytes:
        if not any(row.has_bytes for row in index.of_bytes(record.file_sha256)):
            detail = "no record holds these bytes"
            yield Problem("bytes_gone", pack, record.offset, detail, record.file_sha256, _name(record))
        return
    stored, raw, at = sha256(), sha256(), record.frame_offset
    try:
        for raw_length, stored_length in frame_lengths(record, frame_length):
            frame = os.pread(file, stored_length, at)
            stored.update(frame)
            raw.update(decompress(frame, raw_length))
            at += stored_length
            yield stored_length
    except Damaged as error:
        yield Problem("stored_damaged", pack, at, error.message, record.file_sha256, _name(record))
        yield record.end - at
        return
    if record.stored_sha256 not in (None, stored.hexdigest()):
        detail = "the frames are not what was written, though what comes out of them may be"
        yield Problem("stored_damaged", pack, record.frame_offset, detail, record.file_sha256, _name(record))
    if raw.hexdigest() != record.file_sha256:
        detail = "the bytes have another sha256"
        yield Problem("raw_damaged", pack, record.offset, detail, record.file_sha256, _name(record))


def _name(record: Record) -> str:
    return record.facts.archive_member or record.facts.name
