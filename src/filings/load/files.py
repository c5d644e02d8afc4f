"""Raw files, split and read: which filings they are versions of (tables.md 1), and what a filing becomes by them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from filings.large import Bytes
from filings.load.assemble import Assembled, Observed, assemble
from filings.load.reading import VersionReading, read_version, stated_accession
from filings.parse.envelope import split
from filings.raw.store import Sighting

Place: TypeAlias = tuple[str, int, str, str, str]
"""What tells one observation of a version from another."""

Seen: TypeAlias = dict[str, dict[Place, Observed]]
"""Every observation of some filings, by filing and place."""


@dataclass(slots=True)
class RawFile:
    """A raw file, split and read: its versions by offset, and each of them at every place where the file was seen, with the
    filing that it is a version of."""

    sha256: str
    readings: list[VersionReading]
    observations: list[tuple[str, Observed]]

    def touched(self) -> set[str]:
        """The filings that it may change: those that it holds versions of, and the one that its bytes were if they were
        loaded when no source had claimed an accession for them."""
        before = {_nameless(self.sha256)} if len(self.readings) == 1 else set()
        return before | {filing_id for filing_id, _ in self.observations}


def read_raw(sha256: str, data: Bytes, sightings: Sequence[Sighting]) -> RawFile:
    """Split the bytes and read the header of each version; `sightings` are all the places where they were seen."""
    readings = [read_version(version) for version in split(data).versions]
    return RawFile(sha256, readings, _observations(sha256, readings, sightings))


def _observations(
    sha256: str, readings: Sequence[VersionReading], sightings: Sequence[Sighting]
) -> list[tuple[str, Observed]]:
    """A version whose header states an accession is that filing. Bytes without one belong to every accession that a
    trusted source claims for them; sightings without a claim then follow the least of these."""
    found = []
    for reading in readings:
        version = reading.version
        seen = [
            Observed(reading.raw_sha256, sha256, version.offset, version.length, sighting.facts)
            for sighting in sightings
        ]
        stated = stated_accession(reading)
        claims = sorted({claim for one in seen if (claim := one.trusted_claim)})
        fallback = claims[0] if claims else _nameless(reading.raw_sha256)
        found += [(stated or one.trusted_claim or fallback, one) for one in seen]
    return found


def gather(files: Iterable[RawFile]) -> Seen:
    """Every observation of these files, by filing."""
    found: Seen = {}
    for file in files:
        for filing_id, seen in file.observations:
            found.setdefault(filing_id, {})[_place(seen)] = seen
    return found


def put_together(
    filing_id: str,
    seen: Mapping[Place, Observed],
    readings: Mapping[str, VersionReading],
    failed: frozenset[str],
    text_forms: Collection[str],
) -> Assembled:
    """The rows of a filing from all that was observed of it. `readings` holds its versions by raw_sha256, `failed` those
    that an error check found wrong."""
    sightings = sorted(seen.values(), key=_place)
    own = {one.raw_sha256: readings[one.raw_sha256] for one in sorted(sightings, key=lambda each: each.raw_sha256)}
    return assemble(filing_id, own, sightings, failed, text_forms)


def _nameless(raw_sha256: str) -> str:
    return f"sha256:{raw_sha256[:24]}"


def _place(seen: Observed) -> Place:
    facts = seen.facts
    return seen.file_sha256, seen.byte_offset, facts.name, facts.url or "", facts.archive_member or ""
