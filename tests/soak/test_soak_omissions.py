"""Omissions, truncations and block pages, seeded at the server and in the warehouse: each is named, and nothing else is.

`make test` seeds 30 of each; the long run as many as ``SOAK_OMISSIONS`` says, from ``SOAK_OMISSIONS_SEED`` on.
"""

from __future__ import annotations

import os
import random
import re
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb
import pytest

from backfills import HASTY, SPAN, accessions, loaded, settings_for
from edgar import pages
from edgar.archive import Archive, Content
from edgar.filing import Filing
from edgar.gate import Gate
from edgar.generator import generate
from edgar.server import SmallEdgar
from edgar.trouble import Trouble
from filings.identifiers import accession_in_name
from filings.load.database import data_tables
from filings.pipeline.backfill import Options, backfill
from filings.pipeline.plan import Route
from filings.pipeline.verify import verify
from filings.pipeline.warehouse import DATABASE, STATE
from filings.query.completeness import prove
from filings.query.connect import connect
from filings.raw.pack import Record, scan
from filings.raw.state import open_state
from filings.raw.store import RawStore
from filings.schema.derive import full_name
from warehouses import contents, differences, publish_as_it_is

MANY = int(os.environ.get("SOAK_OMISSIONS", "1000"))
SEED = int(os.environ.get("SOAK_OMISSIONS_SEED", "20261127"))
SIZES = [30, pytest.param(MANY, marks=pytest.mark.soak)]

GONE = "no_such_key"
OMITTED = (GONE, "not_found", "access_denied")
TRUNCATED = ("cut", "cut_chunked", "cut_gzip", "cut_quietly", "empty")
PAGES = ("wrong", "block")
ACCESSION = re.compile(r"\d{10}-\d{2}-\d{6}")


@pytest.fixture(autouse=True)
def state_home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path_factory.mktemp("state")))


class Seeded(Trouble):
    """Named filings meet their trouble each time they are asked for. A block page comes once; then the filing is gone."""

    def __init__(self) -> None:
        super().__init__()
        self.faults: dict[str, str] = {}

    def _next(self, path: str) -> str | None:
        accession = accession_in_name(path) if "/edgar/data/" in path else None
        kind = self.faults.get(accession or "")
        if accession and kind == "block":
            self.faults[accession] = GONE
        return kind


class Holed(Archive):
    """An archive whose days' feed archives lack some filings, and have others cut or as a page."""

    def __init__(self, filings: Iterable[Filing]) -> None:
        super().__init__(filings)
        self.faults: dict[str, str] = {}

    def heal(self) -> None:
        with self._lock:
            self.faults = {}
            self._made.clear()

    def _feed(self, days: Any) -> dict[str, Content]:
        holed = {
            day: [self._spoilt(each) for each in filings if not self._lacks(each)] for day, filings in days.items()
        }
        return super()._feed(holed)

    def _lacks(self, filing: Filing) -> bool:
        return self.faults.get(filing.accession) in OMITTED

    def _spoilt(self, filing: Filing) -> Filing:
        kind = self.faults.get(filing.accession)
        if kind in PAGES:
            return replace(filing, tags=pages.rate_exceeded if kind == "block" else pages.something_else)
        if kind in TRUNCATED:
            return replace(
                filing, tags=lambda: b"" if kind == "empty" else filing.tags()[: len(filing.tags()) * 2 // 3]
            )
        return filing


def made_up(faults: int) -> list[Filing]:
    """Twice as many filings as faults, in days of 20 to 100."""
    a_day = max(20, min(100, faults // 10))
    return list(generate(2 * faults // a_day, a_day, scale=0.002))


def run(small: SmallEdgar, warehouse: Path, route: Route) -> Any:
    # a block ends at once, else a thousand would take hours
    settings, patience = settings_for(small, warehouse, block_seconds=0), replace(HASTY, attempts=2, blocks=1000)
    return backfill(settings, SPAN, options=Options(route=route), patience=patience)


def asked(warehouse: Path, sql: str) -> list[tuple[Any, ...]]:
    with duckdb.connect(str((warehouse / "filings.duckdb").resolve()), read_only=True) as connection:
        return connection.execute(sql).fetchall()


def in_state(warehouse: Path, state: str) -> set[str]:
    """Accession numbers in this state, by the view."""
    return {row[0] for row in asked(warehouse, f"SELECT accession_number FROM listed_filing WHERE state = '{state}'")}


def kept(warehouse: Path) -> set[str]:
    """Accession numbers of the filings in the packs."""
    engine = open_state(warehouse / STATE)
    store = RawStore(warehouse / "raw", engine)
    try:
        records = [one.facts for one in store.scan() if one.facts.record_kind == "filing"]
        return {accession_in_name(one.archive_member or one.name) or "" for one in records}
    finally:
        store.close()
        engine.dispose()


def of_filings(warehouse: Path) -> dict[str, list[tuple[Any, ...]]]:
    found = contents(warehouse / "filings.duckdb")
    return {name: rows for name, rows in found.items() if not name.startswith("ops.index")}


@pytest.mark.parametrize("faults", SIZES)
@pytest.mark.parametrize("route", [Route.FILINGS, Route.ARCHIVE])
def test_what_the_server_omits_cuts_or_blocks_is_pending_and_nothing_else(
    route: Route, faults: int, tmp_path: Path
) -> None:
    filings = made_up(faults)
    draw = random.Random(f"{SEED} {route}")
    kinds = [*draw.choices(OMITTED, k=faults // 3), *draw.choices(TRUNCATED, k=faults // 3)]
    kinds += draw.choices(PAGES, weights=(1, 3), k=faults - len(kinds))
    seeded = dict(zip(draw.sample(sorted(accessions(filings)), faults), kinds, strict=True))
    troubles, archive, warehouse = Seeded(), Holed(filings), tmp_path / "w"
    with SmallEdgar(archive, gate=Gate(None), trouble=troubles) as small:
        run(small, tmp_path / "undisturbed", route)
        expected = of_filings(tmp_path / "undisturbed")
        troubles.faults, archive.faults = dict(seeded), dict(seeded)
        archive._made.clear()

        report = run(small, warehouse, route)
        met = Counter(troubles.met)
        assert set(report.pending) == seeded.keys() and not report.given_up
        assert in_state(warehouse, "pending") == seeded.keys()
        assert asked(warehouse, "SELECT sum(listed), sum(pending), sum(missing + quarantined) FROM completeness") == [
            (len(filings), faults, 0)
        ]
        assert loaded(warehouse) == kept(warehouse) == accessions(filings) - seeded.keys()
        assert verify(warehouse) == []
        with connect(warehouse) as connection:
            proof = prove(connection, SPAN)
        assert not proof.is_green and proof.total("pending") == faults

        troubles.faults = {}
        archive.heal()
        again = run(small, warehouse, route)
    assert again.is_clean and again.fetched == faults
    assert in_state(warehouse, "loaded") == accessions(filings)
    assert differences(expected, of_filings(warehouse)) == []
    assert verify(warehouse) == []
    print(
        f"{route}: {faults} of {len(filings)} filings pending, named by SQL, and complete by a rerun; met {dict(met)}"
    )


# In the warehouse


def rows_of(connection: duckdb.DuckDBPyConnection, tables: Iterable[str], some: list[str]) -> None:
    for table in tables:
        connection.execute(f"DELETE FROM {table} WHERE filing_id IN (SELECT unnest(?))", [some])


def every_table() -> list[str]:
    return [full_name(table) for table in data_tables()]


ROWS: dict[str, Callable[[duckdb.DuckDBPyConnection, list[str]], None]] = {
    "its filing's row": lambda c, some: rows_of(c, ["filing"], some),
    "its documents": lambda c, some: rows_of(c, ["document"], some),
    "its parties": lambda c, some: rows_of(c, ["filing_party"], some),
    "all rows": lambda c, some: rows_of(c, every_table(), some),
    "all rows and its ledger": lambda c, some: rows_of(c, [*every_table(), "ops.ingest_log"], some),
    "its ledger": lambda c, some: rows_of(c, ["ops.ingest_log"], some),
    "where it was seen": lambda c, some: rows_of(c, ["ops.observation"], some),
    "every trace": lambda c, some: rows_of(c, [*every_table(), "ops.ingest_log", "ops.observation"], some),
}


def flipped(data: bytearray, start: int, end: int, draw: random.Random) -> None:
    data[draw.randrange(start, end)] ^= 1 << draw.randrange(8)


BYTES: dict[str, Callable[[bytearray, Record, random.Random], None]] = {
    "a bit of its frames": lambda data, one, draw: flipped(data, one.frame_offset, one.end, draw),
    "a bit of its head": lambda data, one, draw: flipped(data, one.offset, one.offset + 48, draw),
    "a bit of its facts": lambda data, one, draw: flipped(data, one.offset + 48, one.frame_offset, draw),
    "all its bytes": lambda data, one, draw: data.__setitem__(slice(one.offset, one.end), bytes(one.end - one.offset)),
}


def take_rows(warehouse: Path, seeded: dict[str, str]) -> None:
    with duckdb.connect(str(warehouse / DATABASE)) as connection:
        for kind, take in ROWS.items():
            take(connection, [one for one, its in seeded.items() if its == kind])
    publish_as_it_is(warehouse)


def spoil_packs(warehouse: Path, seeded: dict[str, str], draw: random.Random) -> None:
    for path in sorted((warehouse / "raw" / "packs").iterdir()):
        file = os.open(path, os.O_RDONLY)
        records = [one for one in scan(file, path.stat().st_size) if isinstance(one, Record)]
        os.close(file)
        data = bytearray(path.read_bytes())
        for one in records:
            name = accession_in_name(one.facts.archive_member or one.facts.name) if one.facts else None
            if spoil := BYTES.get(seeded.get(name or "", "")):
                spoil(data, one, draw)
        path.chmod(0o644)
        path.write_bytes(data)


@pytest.mark.parametrize("faults", SIZES)
def test_what_is_taken_from_a_warehouse_is_named(faults: int, tmp_path: Path) -> None:
    filings, warehouse = made_up(faults), tmp_path / "w"
    with SmallEdgar(Archive(filings), gate=Gate(None)) as small:
        assert run(small, warehouse, Route.FILINGS).is_clean
    assert verify(warehouse) == []
    draw = random.Random(f"{SEED} warehouse")
    kinds = [*ROWS, *BYTES]
    seeded = {one: kinds[nth % len(kinds)] for nth, one in enumerate(draw.sample(sorted(accessions(filings)), faults))}
    spoil_packs(warehouse, seeded, draw)
    take_rows(warehouse, seeded)

    findings = verify(warehouse)
    by_verify = {name for one in findings for name in ACCESSION.findall(f"{one.where} {one.detail}")}
    by_completeness = in_state(warehouse, "pending") | in_state(warehouse, "missing")
    unseen = Counter(kind for one, kind in seeded.items() if one not in by_verify)
    assert not unseen, f"verify does not name: {dict(unseen)}"
    assert by_verify | by_completeness == seeded.keys(), "something is named that is whole"
    gone = {"its filing's row", "all rows", "all rows and its ledger", "its ledger", "every trace"}
    assert by_completeness == {one for one, kind in seeded.items() if kind in gone}
    print(
        f"{faults} taken from {len(filings)}: verify names {len(by_verify)}, completeness {len(by_completeness)}; "
        f"taken: {dict(Counter(seeded.values()))}"
    )
