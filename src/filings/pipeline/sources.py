"""Files on this machine as sources: which ones, in which order, under which name."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from filings.errors import UsageError

_EDGAR_TREE = re.compile(r"(?:^|/)(edgar/data/\d{1,10}/.+)$")


@dataclass(frozen=True, slots=True)
class Source:
    """A regular file, and the name under which it is kept: never an absolute path.

    The name is the path below the folder that was given, with that folder's own name in front; of a mirror of EDGAR's
    tree it begins at ``edgar/data/``, since that part states the accession.
    """

    path: Path
    name: str


@dataclass(frozen=True, slots=True)
class PassedOver:
    """A file that is not read, and why."""

    path: str
    why: str

    def __post_init__(self) -> None:
        object.__setattr__(self, "path", _storable(self.path))


def _storable(name: str) -> str:
    """A name may hold bytes that are no UTF-8, which no database takes and no terminal shows."""
    return os.fsencode(name).decode("utf-8", "backslashreplace")


def _name(path: Path, given: Path) -> str:
    return _storable(_name_as_it_is(path, given))


def _name_as_it_is(path: Path, given: Path) -> str:
    whole = path.absolute().as_posix()
    if tree := _EDGAR_TREE.search(whole):
        return tree.group(1)
    if path == given:
        return path.name
    top = given.absolute().name
    return f"{top}/{path.relative_to(given).as_posix()}" if top else path.relative_to(given).as_posix()


def find(given: Sequence[Path]) -> Iterator[Source | PassedOver]:
    """Every regular file of the paths given, a folder's in byte order of path.

    Hidden files and links that lead out of the folder, or round, are named and passed over. Raises UsageError for a path
    that is not there.
    """
    for path in given:
        if not path.exists():
            raise UsageError(f"there is no file or folder {path}", "Check the path; it is read as given.")
    for path in given:
        if path.is_dir():
            yield from _walk(path, path, (path.resolve(),))
        elif path.is_file():
            yield Source(path, _name(path, path))
        else:
            yield PassedOver(str(path), "not a regular file")


def _byte_order(entry: os.DirEntry[str]) -> bytes:
    try:
        return os.fsencode(entry.name + "/" * entry.is_dir())
    except OSError:  # a link to itself
        return os.fsencode(entry.name)


def _target(link: Path) -> Path | None:
    """Where a link leads in the end; None where it leads nowhere, or to itself."""
    try:
        return link.resolve(strict=True)
    except (OSError, RuntimeError):
        return None


def _walk(folder: Path, given: Path, above: tuple[Path, ...]) -> Iterator[Source | PassedOver]:
    top = above[0]
    try:
        entries = sorted(os.scandir(folder), key=_byte_order)
    except OSError as error:
        yield PassedOver(str(folder), f"cannot be read: {error.strerror}")
        return
    for entry in entries:
        path = folder / entry.name
        if entry.name.startswith("."):
            yield PassedOver(str(path), "hidden")
            continue
        if entry.is_symlink():
            target = _target(path)
            if target is None:
                yield PassedOver(str(path), "a link to nothing")
                continue
            if not target.is_relative_to(top):
                yield PassedOver(str(path), "a link that leads out of the folder")
                continue
            if target.is_dir() and target in above:
                yield PassedOver(str(path), "a link that leads round")
                continue
        if path.is_dir():
            real = path.resolve()
            yield from _walk(path, given, (*above, real))
        elif path.is_file():
            yield Source(path, _name(path, given))
        else:
            yield PassedOver(str(path), "not a regular file")
