"""The pack: a file of records, each a byte string and where it came from (storage.md 8).

    b"EPK2" | facts length u32 LE | stored length u64 LE | sha256 of the facts (32) | facts (JSON, UTF-8) | zstd frames

A frame holds `FRAME` raw bytes, the last one of a record the rest, so frame *i* begins at raw offset *i* × `FRAME` and
a piece of a giant is read alone. A record without frames says that bytes kept elsewhere were met here too. Beyond the
format's own keys the facts hold ``stored_sha256``, the hash of the frames as they lie: zstd's checksum covers what
comes out of a frame, and there are bits in a frame that change nothing of that.
"""

from __future__ import annotations

import json
import os
import struct
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field, fields
from hashlib import sha256
from typing import NamedTuple

import zstandard

from filings.errors import Damaged
from filings.large import Bytes, pieces

MAGIC = b"EPK2"
HEAD = struct.Struct("<4sLQ32s")
FRAME = 4 << 20
"""Raw bytes in a frame."""
FACTS_LIMIT = 1 << 20
"""More facts than this are no facts of ours: keeps a damaged length from being believed."""
_SEARCH = 4 << 20


@dataclass(frozen=True, slots=True)
class Facts:
    """Where bytes came from: what a record says beside its bytes (tables.md 6.8, `ops.observation`).

    `source_kind` is url, archive, local_file or caller; `name` a file name or relative path as given, never an absolute
    path; `fetched_at` ISO 8601 in UTC with microseconds; `record_kind` filing, index, listing, feed_page, feed_archive,
    company_json or ticker_file; `claims` what the source said of the bytes (accession, form, date, size …).
    """

    source_kind: str
    name: str
    fetched_at: str
    record_kind: str = "filing"
    url: str | None = None
    etag: str | None = None
    last_modified: str | None = None
    archive: str | None = None
    archive_member: str | None = None
    claims: dict[str, str] = field(default_factory=dict)

    @property
    def place(self) -> tuple[str | None, ...]:
        """The same bytes at the same place are one sighting. A reading of an index is one each time: that an index was as
        it had been before is another reading than the one before."""
        when = None if self.record_kind == "filing" else self.fetched_at
        return self.name, self.url, self.archive, self.archive_member, when


_FACTS = tuple(f.name for f in fields(Facts))


class Record(NamedTuple):
    """A record as its head tells it.

    `offset` is its own in the pack, `frame_offset` that of its first frame (where it would stand, if it has none);
    `frames` the stored length of each frame; `raw_length` that of the bytes it stands for.
    """

    offset: int
    frame_offset: int
    frames: tuple[int, ...]
    file_sha256: str
    raw_length: int
    stored_sha256: str | None
    facts: Facts

    @property
    def stored_length(self) -> int:
        """Bytes of all its frames."""
        return sum(self.frames)

    @property
    def end(self) -> int:
        """Offset in the pack of the first byte behind it."""
        return self.frame_offset + self.stored_length

    @property
    def has_bytes(self) -> bool:
        """Whether its bytes can be had from it; those of an empty file can from any record."""
        return bool(self.frames) or self.raw_length == 0


class Gap(NamedTuple):
    """Bytes of a pack that are no record: a torn tail, or damage."""

    offset: int
    length: int


class Frames:
    """The frames of `raw`: zstd level 3, each with its content checksum and length. Iterate once.

    Afterwards `lengths` are theirs, and `stored_sha256` is the hash of all of them as they lie in the pack.
    """

    def __init__(self, raw: Bytes, frame_length: int = FRAME) -> None:
        self.lengths: list[int] = []
        self._raw = raw
        self._frame_length = frame_length
        self._digest = sha256()

    def __iter__(self) -> Iterator[bytes]:
        compressor = zstandard.ZstdCompressor(level=3, write_checksum=True, write_content_size=True)
        for piece in pieces(self._raw, self._frame_length):
            frame = compressor.compress(piece)
            self.lengths.append(len(frame))
            self._digest.update(frame)
            yield frame

    @property
    def stored_sha256(self) -> str:
        """Of the frames so far."""
        return self._digest.hexdigest()


def decompress(frame: bytes, length: int) -> bytes:
    """The `length` raw bytes of one frame. Raises Damaged."""
    try:
        # Asked first, since the decompressor would make room for whatever a damaged frame says of itself.
        if zstandard.frame_content_size(frame) != length:
            raise Damaged("a frame states another length than its record")
        return zstandard.ZstdDecompressor().decompress(frame, max_output_size=length)
    except zstandard.ZstdError as error:
        raise Damaged(f"a frame cannot be decompressed: {error}") from error


def frame_lengths(record: Record, frame_length: int = FRAME) -> list[tuple[int, int]]:
    """Raw and stored length of each frame of a record that has its bytes. Raises Damaged."""
    whole, rest = divmod(record.raw_length, frame_length)
    raw = [frame_length] * whole + ([rest] if rest else [])
    if len(raw) != len(record.frames):
        raise Damaged(f"{record.raw_length} bytes stand in {len(record.frames)} frames")
    return list(zip(raw, record.frames, strict=True))


def encode(
    offset: int, file_sha256: str, raw_length: int, lengths: Sequence[int], stored_sha256: str, facts: Facts
) -> tuple[Record, bytes]:
    """The record that goes to `offset`, and its head as bytes; the frames come behind it. Raises ValueError.

    `lengths` and `stored_sha256` are those of its `Frames`.
    """
    stated = {
        **asdict(facts),
        "sha256": file_sha256,
        "raw_length": raw_length,
        "frames": list(lengths),
        "stored_sha256": stored_sha256,
    }
    text = json.dumps(stated, sort_keys=True).encode()
    if len(text) > FACTS_LIMIT:
        raise ValueError(f"{len(text)} bytes of facts about {facts.name[:80]}; {FACTS_LIMIT} are the limit")
    head = HEAD.pack(MAGIC, len(text), sum(lengths), sha256(text).digest()) + text
    return Record(offset, offset + len(head), tuple(lengths), file_sha256, raw_length, stored_sha256, facts), head


def decode(head: bytes, offset: int) -> Record | None:
    """The record whose head (all bytes before its frames) stands at `offset`; None where it is damaged."""
    if len(head) < HEAD.size:
        return None
    magic, facts_length, stored_length, digest = HEAD.unpack_from(head)
    text = head[HEAD.size :]
    if magic != MAGIC or len(text) != facts_length or sha256(text).digest() != digest:
        return None
    try:
        stated = json.loads(text)
        record = Record(
            offset,
            offset + len(head),
            tuple(stated["frames"]),
            stated["sha256"],
            stated["raw_length"],
            stated.get("stored_sha256"),
            Facts(**{name: stated[name] for name in _FACTS if name in stated}),
        )
        return record if record.stored_length == stored_length else None
    except (ValueError, KeyError, TypeError):
        return None  # the checksum holds, so somebody else wrote it


def record_at(file: int, offset: int) -> Record | None:
    """The record at `offset` of the open pack, its frames unread and perhaps cut off; None where none begins there."""
    start = os.pread(file, HEAD.size, offset)
    if len(start) < HEAD.size or not start.startswith(MAGIC):
        return None
    facts_length = HEAD.unpack(start)[1]
    return decode(start + os.pread(file, facts_length, offset + HEAD.size), offset) if _credible(facts_length) else None


def record_before(file: int, frame_offset: int, not_before: int) -> Record | None:
    """The record whose frames begin at `frame_offset`, where the record before it ends at `not_before`.

    Between the two stands its head and, in a damaged pack, what is left of others.
    """
    begin = max(not_before, frame_offset - HEAD.size - FACTS_LIMIT)
    between = os.pread(file, frame_offset - begin, begin)
    at = between.find(MAGIC)
    while at >= 0:
        if record := decode(between[at:], begin + at):
            return record
        at = between.find(MAGIC, at + 1)
    return None


def scan(file: int, size: int, start: int = 0) -> Iterator[Record | Gap]:
    """Every record of the first `size` bytes of an open pack, and every gap, in order: together they tile it.

    `start` is the offset of a record. A record whose frames are cut off is a gap, so is one with a damaged head. Frames
    are not looked at.
    """
    at = start
    while at < size:
        record = record_at(file, at)
        if record and record.end <= size:
            yield record
            at = record.end
            continue
        following = size if record else _following(file, at, size)
        yield Gap(at, following - at)
        at = following


def stored_is_sound(file: int, record: Record) -> bool:
    """Whether the frames lie in the pack as they were written."""
    digest, at = sha256(), record.frame_offset
    for length in record.frames:
        digest.update(os.pread(file, length, at))
        at += length
    return record.stored_sha256 in (None, digest.hexdigest())


def _credible(facts_length: int) -> bool:
    return facts_length <= FACTS_LIMIT


def _following(file: int, at: int, size: int) -> int:
    """Offset of the first record behind the damaged head at `at`; `size` where there is none."""
    start = os.pread(file, HEAD.size, at)
    if len(start) == HEAD.size:  # its lengths may be sound: then nothing that its frames hold is taken for a record
        _, facts_length, stored_length, _ = HEAD.unpack(start)
        end = at + HEAD.size + facts_length + stored_length
        if end == size or (end < size and record_at(file, end)):
            return int(end)
    at += 1
    while at < size:
        block = os.pread(file, min(_SEARCH, size - at) + len(MAGIC) - 1, at)
        found = block.find(MAGIC)
        while found >= 0:
            if at + found < size and record_at(file, at + found):
                return at + found
            found = block.find(MAGIC, found + 1)
        at += _SEARCH
    return size
