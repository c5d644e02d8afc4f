"""The bytes of a record, out of its pack: without the index, and so also for processes that only read."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from filings.errors import Damaged
from filings.large import Bytes, gathered, hash_of
from filings.raw.folder import PackFolder
from filings.raw.pack import FRAME, Record, decompress, frame_lengths, record_at


def read_record(
    folder: PackFolder,
    pack: str,
    record: Record,
    start: int = 0,
    end: int | None = None,
    frame_length: int = FRAME,
    spool: Path | None = None,
) -> Bytes:
    """Bytes `start` to `end` (without it) of what a record holds; only the frames wanted are read.

    Each frame is checked, and the whole against its sha256 where the whole is asked for. Bytes that are too many to hold
    go into a private file in `spool`. Raises Damaged, StoreError, Full.
    """
    end = record.raw_length if end is None else min(end, record.raw_length)
    found = gathered(_frames(folder, pack, record, max(start, 0), end, frame_length), spool)
    if len(found) == record.raw_length and hash_of(found) != record.file_sha256:
        raise damaged(pack, record.frame_offset, "the bytes have another sha256")
    return found


def read_at(folder: PackFolder, pack: str, offset: int, file_sha256: str) -> Bytes:
    """The bytes with this sha256, of the record that begins at `offset`. Raises Damaged where they are not there."""
    with folder.reading(pack) as file:
        record = record_at(file, offset)
    if not record or record.file_sha256 != file_sha256 or not record.has_bytes:
        raise damaged(pack, offset, "the head of a record is not what was written")
    return read_record(folder, pack, record)


def damaged(pack: str, offset: int, what: str) -> Damaged:
    """What is wrong at that offset of a pack, as an error."""
    return Damaged(f"pack {pack} at {offset}: {what}", "Put the pack back from a backup, or fetch its filings again.")


def _frames(folder: PackFolder, pack: str, record: Record, start: int, end: int, frame_length: int) -> Iterator[bytes]:
    raw_at, stored_at = 0, record.frame_offset
    with folder.reading(pack) as file:
        for raw_length, stored_length in frame_lengths(record, frame_length):
            if raw_at < end and raw_at + raw_length > start:
                try:
                    raw = decompress(os.pread(file, stored_length, stored_at), raw_length)
                except Damaged as error:
                    raise damaged(pack, stored_at, error.message) from error
                yield raw[max(start - raw_at, 0) : end - raw_at]
            raw_at, stored_at = raw_at + raw_length, stored_at + stored_length
