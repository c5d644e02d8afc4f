"""Bytes too many to hold: a private file, read in windows by the operations of `bytes` that the readers need.

What is at most `HELD` bytes is `bytes` everywhere; more is a `Large`, and the readers take both. A slice of a `Large` is
`bytes`, since the stretches that readers look at are short; `stretch` gives those that may be long.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable, Iterator
from hashlib import sha256
from pathlib import Path
from typing import TypeAlias, overload

from filings.disk import disk
from filings.faults import Point, reach

HELD = 32 << 20
"""Bytes of a file, or of what is made of it, that are held in memory at most."""

_WINDOW = 1 << 20
_PIECE = 4 << 20


class _PrivateFile:
    """A file without a name, which nobody else can change; it goes away with the last reference to it.

    Or a file of ours under its name, which nobody changes; it stays.
    """

    def __init__(self, folder: Path | None, named: Path | None = None) -> None:
        if named:
            self.descriptor = os.open(named, os.O_RDONLY | os.O_CLOEXEC)
            return
        self.descriptor, name = tempfile.mkstemp(dir=folder)
        os.unlink(name)  # noqa: PTH108

    def __del__(self) -> None:
        os.close(self.descriptor)

    def append(self, piece: bytes) -> None:
        left = memoryview(piece)
        while left:
            left = left[os.write(self.descriptor, left) :]


class Large:
    """A stretch of a private file, which goes away with the last stretch of it.

    Offsets count from the stretch's own beginning and behave as those of `bytes`. Nothing is mapped: each operation reads
    what it needs, so that neither a file that somebody else cuts nor its size matters.
    """

    __slots__ = ("_file", "_length", "_start", "_window", "_window_at", "folder")

    def __init__(self, file: _PrivateFile, start: int, length: int, folder: Path | None) -> None:
        """`folder` is where the file lies, for others that are made of it; None for the system's own."""
        self.folder = folder
        self._file = file
        self._start = start
        self._length = length
        self._window = b""
        self._window_at = 0

    def __len__(self) -> int:
        return self._length

    def __bytes__(self) -> bytes:
        return self[:]

    @overload
    def __getitem__(self, at: int) -> int: ...
    @overload
    def __getitem__(self, at: slice) -> bytes: ...
    def __getitem__(self, at: int | slice) -> int | bytes:
        if isinstance(at, slice):
            start, end, _ = at.indices(self._length)
            return self._read(start, end)
        if not -self._length <= at < self._length:
            raise IndexError(at)
        at %= self._length
        return self._read(at, at + 1)[0]

    def part(self, start: int, end: int) -> Large:
        """The stretch from `start` to `end`, not read."""
        start, end, _ = slice(start, end).indices(self._length)
        return Large(self._file, self._start + start, max(0, end - start), self.folder)

    def startswith(self, prefix: bytes | tuple[bytes, ...], start: int = 0, end: int | None = None) -> bool:
        """As of `bytes`."""
        longest = len(prefix) if isinstance(prefix, bytes) else max(map(len, prefix))
        end = self._length if end is None else end
        return self[start : min(end, start + longest)].startswith(prefix)

    def find(self, wanted: bytes, start: int = 0, end: int | None = None) -> int:
        """As of `bytes`. Many short searches, one behind the other, read each window once."""
        start, end, _ = slice(start, end).indices(self._length)
        while end - start >= len(wanted):
            low = self._window_at
            if not low <= start <= start + len(wanted) <= low + len(self._window):
                self._window = self._pread(start, min(max(_WINDOW, len(wanted)), self._length - start))
                self._window_at = low = start
            found = self._window.find(wanted, start - low, end - low)
            if found >= 0:
                return low + found
            start = low + len(self._window) - len(wanted) + 1
        return -1

    def rfind(self, wanted: bytes, start: int = 0, end: int | None = None) -> int:
        """As of `bytes`."""
        start, end, _ = slice(start, end).indices(self._length)
        while end - start >= len(wanted):
            low = max(start, end - max(_WINDOW, len(wanted)))
            found = self._read(low, end).rfind(wanted)
            if found >= 0:
                return low + found
            if low == start:
                return -1
            end = low + len(wanted) - 1
        return -1

    def _read(self, start: int, end: int) -> bytes:
        low = start - self._window_at
        if low >= 0 and end - self._window_at <= len(self._window):
            return self._window[low : end - self._window_at]
        return self._pread(start, max(0, end - start))

    def _pread(self, start: int, length: int) -> bytes:
        with disk("reading the spool"):
            return os.pread(self._file.descriptor, length, self._start + start)


Bytes: TypeAlias = bytes | Large
"""What a reader takes: bytes at hand, or a file too large to hold."""


def stretch(of: Bytes, start: int, end: int) -> Bytes:
    """The bytes from `start` to `end`; held where they are few enough."""
    return of.part(start, end) if isinstance(of, Large) and end - start > HELD else of[start:end]


def pieces(of: Bytes, size: int = _PIECE) -> Iterator[bytes]:
    """The bytes in pieces of `size`, the last one the rest."""
    if isinstance(of, bytes) and len(of) <= size:
        yield from (of,) if of else ()
        return
    for at in range(0, len(of), size):
        yield of[at : at + size]


def hash_of(of: Bytes) -> str:
    """The sha256, as hexadecimal digits."""
    digest = sha256()
    for piece in pieces(of):
        digest.update(piece)
    return digest.hexdigest()


def is_ascii(of: Bytes) -> bool:
    """As `bytes.isascii`."""
    return of.isascii() if isinstance(of, bytes) else all(piece.isascii() for piece in pieces(of))


def gathered(each: Iterable[bytes], folder: Path | None = None) -> Bytes:
    """All the pieces together: `bytes` up to `HELD`, beyond that a private file in `folder`. Raises Full, StoreError."""
    held: list[bytes] = []
    file: _PrivateFile | None = None
    length = 0
    for piece in each:
        length += len(piece)
        held.append(piece)
        if length > HELD:
            with disk("writing the spool"):
                reach(Point.SPOOL_WRITE)
                file = file or _PrivateFile(folder)
                for one in held:
                    file.append(one)
            held.clear()
    if file is None:
        return held[0] if len(held) == 1 else b"".join(held)
    return Large(file, 0, length, folder)


def read_file(path: Path, folder: Path | None = None) -> Bytes:
    """The bytes of somebody's file as they are now; a large one is copied, since it may change. Raises OSError."""
    with path.open("rb") as file:
        return gathered(iter(lambda: file.read(_PIECE), b""), folder)


def our_file(path: Path) -> Large:
    """The bytes of a file that only we write, and wrote to its end: read where it lies. Raises OSError."""
    file = _PrivateFile(None, named=path)
    return Large(file, 0, os.fstat(file.descriptor).st_size, path.parent)
