"""The folder of packs: every step of the raw store on the disk, each behind its fault point.

A pack is named ``<utc>-<uuid>.pack``. While it is open, and until all it holds is loaded, its file ends in ``.part``.
"""

from __future__ import annotations

import os
import re
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from filings.disk import disk
from filings.errors import Damaged
from filings.faults import Point, reach

_FILE = re.compile(r"(\d{8}T\d{12}Z-[0-9a-f]{32})\.(pack|part)")


@dataclass(frozen=True, slots=True)
class PackFile:
    """One pack on the disk: its name, its file, and whether it is sealed."""

    name: str
    path: Path
    is_sealed: bool


class PackFolder:
    """The packs of one raw store. Nothing here knows what a record is."""

    def __init__(self, folder: Path) -> None:
        self.path = folder

    def files(self) -> list[PackFile]:
        """All packs, in the order in which they were begun."""
        if not self.path.is_dir():
            return []
        found = [(path, _FILE.fullmatch(path.name)) for path in self.path.iterdir()]
        packs = [PackFile(f"{name[1]}.pack", path, name[2] == "pack") for path, name in found if name]
        return sorted(packs, key=lambda pack: pack.name)

    @contextmanager
    def reading(self, name: str) -> Iterator[int]:
        """The open file of a pack, sealed or not. Raises Damaged where it is gone, StoreError."""
        with disk(f"reading pack {name}"):
            file = self._open(name)
            try:
                yield file
            finally:
                os.close(file)

    def _open(self, name: str) -> int:
        path = self.path / name
        for each in (path, path.with_suffix(".part"), path):  # the last, since it may be sealed between the first two
            try:
                return os.open(each, os.O_RDONLY)
            except FileNotFoundError:
                continue
        raise Damaged(f"pack {name} is gone", "Put it back from a backup, or fetch its filings again.")

    def create(self) -> tuple[PackFile, int]:
        """A new pack and its file, open for appending; its name will outlast a power failure."""
        with disk("beginning a pack"):
            is_new = not self.path.is_dir()
            name = f"{datetime.now(UTC):%Y%m%dT%H%M%S%f}Z-{uuid.uuid4().hex}"
            pack = PackFile(f"{name}.pack", self.path / f"{name}.part", False)
            reach(Point.RAW_OPEN)
            self.path.mkdir(parents=True, exist_ok=True)
            file = os.open(pack.path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND, 0o644)
            try:
                for folder in (self.path, self.path.parent, self.path.parent.parent) if is_new else (self.path,):
                    _sync_folder(folder)
            except OSError:
                os.close(file)
                raise
            return pack, file

    def seal(self, packs: list[PackFile]) -> None:
        """From now on these packs cannot be changed, and have their own names."""
        with disk("sealing packs"):
            for pack in packs:
                reach(Point.RAW_SEAL)
                pack.path.chmod(0o444)
                pack.path.rename(self.path / pack.name)
            if packs:
                _sync_folder(self.path)

    def cut(self, pack: PackFile, length: int) -> None:
        """The pack ends after `length` bytes; one that would be empty goes away."""
        with disk(f"cutting the torn tail of {pack.path.name}"):
            reach(Point.RAW_TRUNCATE)
            if length == 0:
                pack.path.unlink()
                _sync_folder(self.path)
                return
            file = os.open(pack.path, os.O_WRONLY)
            try:
                os.ftruncate(file, length)
                os.fsync(file)
            finally:
                os.close(file)


def append(file: int, piece: bytes) -> None:
    """All of `piece`, behind what the file holds."""
    reach(Point.RAW_WRITE)
    left = memoryview(piece)
    while left:
        left = left[os.write(file, left) :]


def sync(file: int) -> None:
    """What was appended outlasts a power failure."""
    reach(Point.RAW_FSYNC)
    os.fsync(file)


def _sync_folder(folder: Path) -> None:
    reach(Point.RAW_FSYNC)
    file = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(file)
    finally:
        os.close(file)
