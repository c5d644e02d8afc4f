"""Sightings of raw files → loaded filings. Knows which filings a file touches, and reads all their versions again."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import pyarrow as pa

from filings.large import Bytes
from filings.load import checks
from filings.load.assemble import Assembled, Observed, assemble
from filings.load.checks import Check, Found
from filings.load.database import Database
from filings.load.ledger import Known, LedgerIndex
from filings.load.reading import VersionReading, read_version, stated_accession
from filings.load.transaction import Batch, Rejected, build, commit
from filings.parse.envelope import split
from filings.raw.store import RawStore, Sighting

_PIECE = 2000
"""Filings whose rows are held at once. Usual batches have a thousand."""


@dataclass(slots=True)
class Loaded:
    """What one batch did: the filings as they stand now (without their rows), rows written a table, and what the checks
    warn of."""

    filings: list[Assembled] = field(default_factory=list)
    rows: dict[str, int] = field(default_factory=dict)
    warnings: list[Found] = field(default_factory=list)


@dataclass(slots=True)
class _File:
    """A raw file, split and read: its versions by offset, and every place where its bytes were seen."""

    readings: list[VersionReading]
    sightings: list[Sighting]


_Place = tuple[str, int, str, str, str]
_Seen = Mapping[_Place, Observed]


class Loader:
    """Loads sightings, exactly once, in whatever order they come. One a process, under the writer's lock."""

    def __init__(
        self,
        database: Database,
        store: RawStore,
        asked: Sequence[Check] | None = None,
        *,
        after: int = 0,
        text_forms: Collection[str] = (),
    ) -> None:
        """`asked` are the checks (all that ship, unless given); batches are numbered on from `after` at least;
        `text_forms` are the forms whose text is read."""
        self._database = database
        self._store = store
        self._asked = checks.shipped() if asked is None else asked
        self._text_forms = text_forms
        self._index = LedgerIndex(database.connection)
        self._after = after

    @property
    def last_load_id(self) -> int:
        """The number of the newest batch, whatever it loaded; 0 before the first."""
        return max(self._database.last_load_id(), self._after)

    def pending(self, sightings: Iterable[Sighting]) -> list[Sighting]:
        """Those that no observation records yet. Reads one column of `ops.observation`: for what a killed run left."""
        wanted = list(sightings)
        if not wanted:
            return []
        connection = self._database.connection
        connection.register("_shas", pa.table({"sha": pa.array({one.file_sha256 for one in wanted}, pa.string())}))
        seen = set(
            connection.execute(
                "SELECT file_sha256, name, url, archive_member FROM ops.observation "
                "WHERE file_sha256 IN (SELECT sha FROM _shas)"
            ).fetchall()
        )
        connection.unregister("_shas")
        return [
            one
            for one in wanted
            if (one.file_sha256, one.facts.name, one.facts.url, one.facts.archive_member) not in seen
        ]

    def load(self, sightings: Sequence[Sighting], contents: Mapping[str, Bytes] | None = None) -> Loaded:
        """Load what these sightings bring, and every filing that they touch again.

        `contents` are bytes at hand by sha256; others are read from the raw store.
        """
        if not sightings:
            return Loaded()
        files: dict[str, _File] = {}
        at_hand = contents or {}
        by_bytes: dict[str, list[Sighting]] = {}
        for one in sightings:
            by_bytes.setdefault(one.file_sha256, []).append(one)
        for sha, here in by_bytes.items():
            # bytes that came new with this batch were seen nowhere else
            is_new = sha in at_hand and any(one.holds_bytes for one in here)
            files[sha] = self._read(sha, at_hand, here if is_new else None)
        observed: dict[str, dict[_Place, Observed]] = {}
        touched: set[str] = set()
        for sha, file in files.items():
            for filing_id, seen in _observations(sha, file):
                observed.setdefault(filing_id, {})[_place(seen)] = seen
            touched |= {_nameless(sha)} if len(file.readings) == 1 else set()
        known = self._index.known(sorted(touched | set(observed)))
        for sha in self._files_of(known) - files.keys():
            files[sha] = self._read(sha, {}, None)
            for filing_id, seen in _observations(sha, files[sha]):
                if filing_id in observed:
                    observed[filing_id][_place(seen)] = seen
        readings = {one.raw_sha256: one for file in files.values() for one in file.readings}
        return self._commit(observed, readings, [one for versions in known.values() for one in versions])

    def _read(self, sha: str, contents: Mapping[str, Bytes], seen: list[Sighting] | None) -> _File:
        data = contents[sha] if sha in contents else self._store.read(sha)
        return _File([read_version(version) for version in split(data).versions], seen or self._store.sightings(sha))

    def _files_of(self, known: Mapping[str, Sequence[Known]]) -> set[str]:
        """The raw files that hold versions of filings which the ledger knows."""
        if not known:
            return set()
        loads = ", ".join(str(one) for one in sorted({one.load_id for own in known.values() for one in own}))
        connection = self._database.connection
        connection.register("_ids", pa.table({"filing_id": pa.array(list(known), pa.string())}))
        rows = connection.execute(
            f"SELECT DISTINCT file_sha256 FROM ops.observation WHERE load_id IN ({loads}) "
            "AND filing_id IN (SELECT filing_id FROM _ids)"
        ).fetchall()
        connection.unregister("_ids")
        return {row[0] for row in rows}

    def _commit(
        self,
        observed: Mapping[str, _Seen],
        readings: Mapping[str, VersionReading],
        known: list[Known],
    ) -> Loaded:
        first_loaded: dict[tuple[str, str], datetime] = {
            (one.filing_id, one.raw_sha256): one.first_loaded_at for one in known
        }
        failed: dict[str, frozenset[str]] = {}
        refused: list[Found] = []
        load_id = self.last_load_id + 1
        while True:
            loaded = Loaded()
            pieces = self._pieces(observed, readings, failed, load_id, first_loaded, loaded)
            try:
                loaded.warnings = commit(
                    self._database, self._index, next(pieces), known, self._asked, refused, more=pieces
                )
            except Rejected as rejected:
                standing = {one.filing_id: one.chosen for one in loaded.filings}
                wrong = {one.filing_id for one in rejected.found if one.check.level == "error" and one.filing_id}
                if not wrong or not standing.keys() >= wrong:
                    raise RuntimeError(f"a check names no filing of the batch: {rejected.found[:3]}") from rejected
                for key in wrong:
                    failed[key] = failed.get(key, frozenset()) | {standing[key]}
                refused += [one for one in rejected.found if one.filing_id in wrong]
                continue
            return loaded

    def _pieces(
        self,
        observed: Mapping[str, _Seen],
        readings: Mapping[str, VersionReading],
        failed: Mapping[str, frozenset[str]],
        load_id: int,
        first_loaded: dict[tuple[str, str], datetime],
        loaded: Loaded,
    ) -> Iterator[Batch]:
        """The rows of the filings, so many filings at a time: a file may hold a hundred thousand. What was made of them
        goes into `loaded`, without the rows."""
        keys = sorted(observed)
        for at in range(0, max(1, len(keys)), _PIECE):
            assembled = [
                self._assemble(key, observed[key], readings, failed.get(key, frozenset()))
                for key in keys[at : at + _PIECE]
            ]
            batch = build(assembled, load_id, first_loaded)
            for name, count in batch.row_counts.items():
                loaded.rows[name] = loaded.rows.get(name, 0) + count
            loaded.filings += [one.without_rows() for one in assembled]
            del assembled
            yield batch

    def _assemble(
        self, filing_id: str, seen: _Seen, readings: Mapping[str, VersionReading], failed: frozenset[str]
    ) -> Assembled:
        sightings = sorted(seen.values(), key=_place)
        own = {one.raw_sha256: readings[one.raw_sha256] for one in sorted(sightings, key=lambda s: s.raw_sha256)}
        return assemble(filing_id, own, sightings, failed, self._text_forms)


def _place(seen: Observed) -> _Place:
    facts = seen.facts
    return seen.file_sha256, seen.byte_offset, facts.name, facts.url or "", facts.archive_member or ""


def _nameless(raw_sha256: str) -> str:
    return f"sha256:{raw_sha256[:24]}"


def _observations(sha: str, file: _File) -> list[tuple[str, Observed]]:
    """Each version of a file at each place, under the filing that it is a version of (tables.md 1).

    A version whose header states an accession is that filing. Bytes without one belong to every accession that a
    trusted source claims for them; sightings without a claim then follow the least of these.
    """
    found = []
    for reading in file.readings:
        version = reading.version
        seen = [
            Observed(reading.raw_sha256, sha, version.offset, version.length, sighting.facts)
            for sighting in file.sightings
        ]
        stated = stated_accession(reading)
        claims = sorted({claim for one in seen if (claim := one.trusted_claim)})
        fallback = claims[0] if claims else _nameless(reading.raw_sha256)
        found += [(stated or one.trusted_claim or fallback, one) for one in seen]
    return found
