"""What `filings doctor` looks at: bytes, and the submissions in them. A file needs no warehouse and no database."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from filings.errors import UsageError
from filings.large import Bytes, read_file
from filings.parse.envelope import split
from filings.parse.submission import Version


@dataclass(frozen=True, slots=True)
class Source:
    """Bytes, and how people call them.

    `note` says what of a filing they are; empty for a file. `versions` are the submissions in them, `gaps` the stretches
    between several (half-open, bytes of the source).
    """

    name: str
    data: Bytes
    note: str
    versions: Sequence[Version]
    gaps: Sequence[tuple[int, int]]


def source_of(name: str, data: Bytes, note: str = "") -> Source:
    """These bytes, split into submissions."""
    found = split(data)
    return Source(name, data, note, found.versions, found.gaps)


def of_file(asked: str) -> Source | None:
    """The file of this name; None where there is none. Raises UsageError for a folder, OSError for what cannot be read."""
    path = Path(asked)
    if path.is_dir():
        raise UsageError(f"There is a folder at {asked}, and no file.", "Name one file in it.")
    return source_of(asked, read_file(path)) if path.exists() else None
