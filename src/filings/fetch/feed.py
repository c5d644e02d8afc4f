"""A day's feed archive, member by member (edgar.md E). Nothing is unpacked by name, and no giant is held in memory."""

from __future__ import annotations

import re
import tarfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO, NamedTuple

from filings.errors import SourceError, TooLong
from filings.large import Bytes, gathered, pieces

LONGEST_MEMBER = 1 << 30
"""Bytes of one submission (edgar.md I)."""

_PIECE = 1 << 20
_NAME = re.compile(r"(\d{10}-\d{2}-\d{6})\.([A-Za-z]+)(\d*)")


class Member(NamedTuple):
    """A file of the archive. `name` is its last part alone, and only a claim.

    `accession` and `kind` (``nc``, ``corr``, ``pr``, ``pc``, with `number` of ``corr01``) are read from it; None where it
    has another form.
    """

    name: str
    accession: str | None
    kind: str | None
    number: int | None
    body: Bytes


class _Reader:
    """What `tarfile` asks of a file: bytes that come one after the other."""

    def __init__(self, body: Bytes) -> None:
        self._pieces = _unpacked(body)
        self._rest = b""

    def read(self, size: int) -> bytes:
        while len(self._rest) < size and (piece := next(self._pieces, b"")):
            self._rest += piece
        given, self._rest = self._rest[:size], self._rest[size:]
        return given


def _unpacked(body: Bytes) -> Iterator[bytes]:
    inflate = zlib.decompressobj(zlib.MAX_WBITS | 16)
    try:
        for piece in pieces(body, _PIECE):
            yield inflate.decompress(piece, _PIECE)
            while inflate.unconsumed_tail:
                yield inflate.decompress(inflate.unconsumed_tail, _PIECE)
    except zlib.error as error:
        raise SourceError(f"A feed archive is damaged: {error}", "Ask for it again.") from error
    if not inflate.eof:
        raise SourceError("A feed archive stops before its end", "Ask for it again.")


def _read(file: IO[bytes]) -> Iterator[bytes]:
    while piece := file.read(_PIECE):
        yield piece


def members(body: Bytes, spool: Path | None = None) -> Iterator[Member]:
    """The files of an archive, in its order; folders and links are passed over.

    `spool` is where large ones lie. Raises SourceError for a damaged archive, TooLong for a member beyond 1 GiB.
    """
    try:
        with tarfile.open(fileobj=_Reader(body), mode="r|", bufsize=_PIECE) as tar:  # type: ignore[call-overload]
            for entry in tar:
                if not entry.isreg():
                    continue
                name = entry.name.rpartition("/")[2]
                if entry.size > LONGEST_MEMBER:
                    raise TooLong(f"{name}: {entry.size:,} bytes in a feed archive", "Nothing of it was kept.")
                file = tar.extractfile(entry)
                data = gathered(_read(file), spool) if file else b""
                if len(data) != entry.size:
                    raise SourceError(f"{name}: cut off in its feed archive", "Ask for the archive again.")
                found = _NAME.fullmatch(name)
                number = int(found[3]) if found and found[3] else None
                yield Member(name, found[1] if found else None, found[2].lower() if found else None, number, data)
    except tarfile.TarError as error:
        raise SourceError(f"A feed archive cannot be read: {error}", "Ask for it again.") from error
