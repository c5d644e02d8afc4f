"""Files too large to hold in memory: a copy of our own, mapped, of which only what is being read stays in memory."""

from __future__ import annotations

import mmap
import os
import tempfile
from collections.abc import Iterable, Iterator
from hashlib import sha256
from pathlib import Path
from typing import IO, TYPE_CHECKING, SupportsIndex, overload

from filings.disk import disk

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

LARGE = 32 << 20
"""Files of more bytes than this are not held in memory."""

PIECE = 4 << 20
"""Bytes that are read at once of what is not held."""

_KEPT = 16 << 20
"""Bytes read of a giant before its pages are let go of; they come back from the disk when they are asked for again."""


class Giant(mmap.mmap):
    """Read-only bytes in a file without a name: as `bytes` to those who slice, search and ask how they start.

    A slice is `bytes`, so slice no more than is to be held. Searches run piece by piece; regular expressions and
    memoryviews work on it too, but what they read is not counted.
    """

    _read = 0

    def find(self, sub: ReadableBuffer, start: int | None = 0, stop: int | None = None, /) -> int:
        """As `bytes.find`."""
        start, stop, _ = slice(start, stop).indices(len(self))
        more = len(memoryview(sub)) - 1
        while start < stop:
            end = min(start + PIECE, stop)
            found = super().find(sub, start, min(end + more, stop))
            self._was_read((found if found >= 0 else end) - start)
            if found >= 0:
                return found
            start = end
        return -1

    def rfind(self, sub: ReadableBuffer, start: int | None = 0, stop: int | None = None, /) -> int:
        """As `bytes.rfind`."""
        start, stop, _ = slice(start, stop).indices(len(self))
        more = len(memoryview(sub)) - 1
        end = stop
        while start < end:
            low = max(start, end - PIECE)
            found = super().rfind(sub, low, min(end + more, stop))
            self._was_read(end - (found if found >= 0 else low))
            if found >= 0:
                return found
            end = low
        return -1

    def startswith(self, prefix: bytes | tuple[bytes, ...], start: int = 0, stop: int | None = None, /) -> bool:
        """As `bytes.startswith`."""
        each = prefix if isinstance(prefix, tuple) else (prefix,)
        end = len(self) if stop is None else stop
        return self[start : min(end, start + max(map(len, each)))].startswith(prefix)

    @overload
    def __getitem__(self, key: SupportsIndex, /) -> int: ...
    @overload
    def __getitem__(self, key: slice, /) -> bytes: ...
    def __getitem__(self, key: SupportsIndex | slice, /) -> int | bytes:
        found = super().__getitem__(key)
        if isinstance(found, bytes):
            self._was_read(len(found))
        return found

    def _was_read(self, length: int) -> None:
        self._read += length
        if self._read > _KEPT:
            self._read = 0
            if hasattr(mmap, "MADV_DONTNEED"):
                self.madvise(mmap.MADV_DONTNEED)


Held = bytes | Giant
"""The bytes of a file, small or large."""


def hold(path: Path, folder: Path) -> Held:
    """The bytes of a file; of a large one a copy in `folder`, since the file may change while we read it.

    Raises OSError where it cannot be read, Full and StoreError where it cannot be copied.
    """
    with path.open("rb", buffering=0) as file:
        if os.fstat(file.fileno()).st_size <= LARGE:
            return file.read()
        return gather(iter(lambda: file.read(PIECE), b""), folder)


def gather(pieces: Iterable[bytes], folder: Path) -> Giant:
    """These bytes, of which there is at least one, in a file of `folder` that has no name. Raises Full, StoreError."""
    with scratch(folder) as copy:
        for piece in pieces:
            write(copy, piece)
        return Giant(copy.fileno(), 0, access=mmap.ACCESS_READ)


def scratch(folder: Path) -> IO[bytes]:
    """A file without a name, which is gone when it is closed. Raises Full, StoreError."""
    with disk("opening a file for what is too large for memory"):
        return tempfile.TemporaryFile(dir=folder, buffering=0)


def write(file: IO[bytes], piece: bytes) -> None:
    """All of `piece`. Raises Full, StoreError."""
    with disk("copying a large file"):
        left = memoryview(piece)
        while left:
            left = left[file.write(left) :]


def pieces(data: Held, start: int = 0, end: int | None = None, size: int = PIECE) -> Iterator[memoryview]:
    """The bytes from `start` to `end`, `size` at a time and not copied: use each before you ask for the next."""
    end = len(data) if end is None else end
    with memoryview(data) as view:
        for at in range(start, end, size):
            with view[at : min(at + size, end)] as piece:
                yield piece
                if isinstance(data, Giant):
                    data._was_read(len(piece))


def digest(data: Held, start: int = 0, end: int | None = None) -> str:
    """The sha256 of the bytes from `start` to `end`, in hex."""
    found = sha256()
    for piece in pieces(data, start, end):
        found.update(piece)
    return found.hexdigest()
