"""Sightings of raw files → loaded filings. Knows which filings a file touches, and reads all their versions again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import pyarrow as pa

from filings.large import Bytes
from filings.load import checks
from filings.load.assemble import Assembled
from filings.load.beforehand import Beforehand
from filings.load.checks import Check, Found
from filings.load.database import Database
from filings.load.files import RawFile, Seen, gather, put_together, read_raw
from filings.load.ledger import Known, LedgerIndex
from filings.load.transaction import Batch, Rejected, build, commit, joined
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

    def add(self, filings: Sequence[Assembled], batch: Batch) -> Batch:
        """Count a piece of the batch; gives it back."""
        self.filings += filings
        for name, count in batch.row_counts.items():
            self.rows[name] = self.rows.get(name, 0) + count
        return batch


class _Work:
    """A batch on its way: what came, by sha256; what was made of it beforehand, and which filings are set aside of that;
    what is read here, of the batch and of others."""

    def __init__(
        self, sightings: Sequence[Sighting], contents: Mapping[str, Bytes], beforehand: Sequence[Beforehand]
    ) -> None:
        self.came: dict[str, list[Sighting]] = {}
        for one in sightings:
            self.came.setdefault(one.file_sha256, []).append(one)
        self.contents = contents
        self.beforehand = beforehand
        self.touches = {sha: touched for part in beforehand for sha, touched in part.touches.items()}
        self.aside: set[str] = set()
        self.files: dict[str, RawFile] = {}
        self.others: dict[str, RawFile] = {}
        self.failed: dict[str, frozenset[str]] = {}
        self.refused: list[Found] = []

    def wanted(self) -> list[str]:
        """The files that must be read here, and are not yet."""
        return [
            sha
            for sha in self.came
            if sha not in self.files and (sha not in self.touches or not self.aside.isdisjoint(self.touches[sha]))
        ]

    def refuse(self, found: Sequence[Found], loaded: Loaded) -> None:
        """Take note of the filings that an error check found wrong: the version that stood counts as damaged."""
        standing = {one.filing_id: one.chosen for one in loaded.filings}
        wrong = {one.filing_id for one in found if one.check.level == "error" and one.filing_id}
        if not wrong or not standing.keys() >= wrong:
            raise RuntimeError(f"a check names no filing of the batch: {found[:3]}")
        for key in wrong:
            self.failed[key] = self.failed.get(key, frozenset()) | {standing[key]}
        self.aside |= wrong
        self.refused += [one for one in found if one.filing_id in wrong]


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

    def load(
        self,
        sightings: Sequence[Sighting],
        contents: Mapping[str, Bytes] | None = None,
        beforehand: Sequence[Beforehand] = (),
    ) -> Loaded:
        """Load what these sightings bring, and every filing that they touch again.

        `contents` are bytes at hand by sha256; others are read from the raw store. `beforehand` is what other processes
        made of files of these sightings; it stands for the filings of which nothing else is known.
        """
        if not sightings:
            return Loaded()
        work = _Work(sightings, contents or {}, beforehand)
        work.aside |= self._elsewhere(beforehand)
        load_id = self.last_load_id + 1
        while True:
            self._read_here(work)
            touched = {filing_id for file in work.files.values() for filing_id in file.touched()}
            known = self._index.known(sorted(touched))
            observed = self._observed(work, known)
            loaded = Loaded()
            pieces = self._pieces(work, observed, known, load_id, loaded)
            of_ledger = [one for versions in known.values() for one in versions]
            try:
                loaded.warnings = commit(
                    self._database, self._index, next(pieces), of_ledger, self._asked, work.refused, more=pieces
                )
            except Rejected as rejected:
                work.refuse(rejected.found, loaded)
                continue
            return loaded

    def _elsewhere(self, beforehand: Sequence[Beforehand]) -> set[str]:
        """The filings of which the ledger knows, or more than one of the parts that were read beforehand."""
        parts = Counter(filing_id for part in beforehand for filing_id in set().union(*part.touches.values()))
        several = {filing_id for filing_id, count in parts.items() if count > 1}
        return several | self._index.known(sorted(parts)).keys()

    def _read_here(self, work: _Work) -> None:
        """Read the files that nobody read beforehand and those of filings that are set aside; what they touch is set aside
        too, and so on."""
        while wanted := work.wanted():
            places = self._store.with_all_others(one for sha in wanted for one in work.came[sha])
            for sha in wanted:
                data = work.contents[sha] if sha in work.contents else self._store.read(sha)
                work.files[sha] = read_raw(sha, data, places[sha])
                work.aside.update(work.files[sha].touched())

    def _observed(self, work: _Work, known: Mapping[str, Sequence[Known]]) -> Seen:
        """All that was observed of the filings of the files that are read here: also in other files, where the ledger knows
        of these."""
        observed = gather(work.files.values())
        for sha in sorted(self._files_of(known) - work.files.keys()):
            if sha not in work.others:
                work.others[sha] = read_raw(sha, self._store.read(sha), self._store.sightings(sha))
            for filing_id, seen in gather([work.others[sha]]).items():
                if filing_id in observed:
                    observed[filing_id] |= seen
        return observed

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

    def _pieces(
        self,
        work: _Work,
        observed: Seen,
        known: Mapping[str, Sequence[Known]],
        load_id: int,
        loaded: Loaded,
    ) -> Iterator[Batch]:
        """The rows of the filings, so many filings at a time: a file may hold a hundred thousand. What was made of them
        goes into `loaded`, without the rows."""
        standing = [part.standing(work.aside) for part in work.beforehand]
        if filings := [one for some, _ in standing for one in some]:
            yield loaded.add(filings, joined([batch for _, batch in standing], load_id))
        first_loaded = {
            (one.filing_id, one.raw_sha256): one.first_loaded_at for versions in known.values() for one in versions
        }
        readings = {
            one.raw_sha256: one for file in (*work.files.values(), *work.others.values()) for one in file.readings
        }
        keys = sorted(observed)
        for at in range(0, len(keys), _PIECE):
            assembled = [
                put_together(key, observed[key], readings, work.failed.get(key, frozenset()), self._text_forms)
                for key in keys[at : at + _PIECE]
            ]
            batch = build(assembled, load_id, first_loaded)
            filings = [one.without_rows() for one in assembled]
            del assembled
            yield loaded.add(filings, batch)
