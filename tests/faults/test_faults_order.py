"""One database whatever the order: shuffled, repeated, in one run or in several (tables.md 2)."""

from __future__ import annotations

import random
import re
from pathlib import Path

import pytest
from forks import Forks

from warehouses import contents, differences, fingerprint

ORDERS, IN_EVERY_RUN = 50, 15


def correction_of(filing: bytes) -> bytes:
    """A header-only correction, made from a real filing: `<CORRECTION>`, a later wrapper date, another period."""
    header = filing[: filing.index(b"</SEC-HEADER>")] + b"</SEC-HEADER>\n</SEC-DOCUMENT>\n"
    header = re.sub(rb"(?m)^(<SEC-(?:DOCUMENT|HEADER)>\S+ : )\d{8}", rb"\g<1>20991231", header)
    header = re.sub(rb"(CONFORMED PERIOD OF REPORT:\s+)\d{8}", rb"\g<1>19990101", header)
    return header.replace(b"ACCESSION NUMBER:", b"<CORRECTION>\n<TIMESTAMP>20991231120000\nACCESSION NUMBER:", 1)


@pytest.fixture(scope="module")
def hard_set(corpus: Path, tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """The hardest files together: see the issue of versions in docs/architecture.md."""
    edgar = corpus / "edgar"
    folder = tmp_path_factory.mktemp("hard")
    submissions = edgar / "submissions"
    good = (submissions / "4" / "0001209191-21-057620.txt").read_bytes()
    seed = next((corpus / "seeds").glob("*.txt")).read_bytes()
    made = {
        "good.txt": good,
        "again-under-another-name.txt": good,
        "cut-off.txt": good[: len(good) * 2 // 3],
        "correction.txt": correction_of(good),
        "485.nc": (submissions / "485APOS" / "0001193125-24-100942.nc").read_bytes(),
        "485.txt": (submissions / "485APOS" / "0001193125-24-100942.txt").read_bytes(),
        "to.nc": (edgar / "mangled" / "0001104659-25-002604.cr.nc").read_bytes(),
        "to.txt": (submissions / "SC_TO-T_A" / "0001104659-25-002604.txt").read_bytes(),
        "five.txt": (edgar / "mangled" / "0000912057-00-023442.x5.txt").read_bytes(),
        "bare.txt": seed,
        "edgar/data/1046257/0000950123-04-009999.txt": seed,
    }
    paths = []
    for name, data in made.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        paths.append(path)
    return paths


@pytest.mark.parametrize(
    "orders",
    [
        pytest.param(range(IN_EVERY_RUN), id="some"),
        pytest.param(range(IN_EVERY_RUN, ORDERS), id="the rest of fifty", marks=pytest.mark.soak),
    ],
)
def test_fifty_orders_give_one_database(forks: Forks, hard_set: list[Path], tmp_path: Path, orders: range) -> None:
    assert forks.run("ingest", tmp_path / "w", hard_set)["error"] is None
    expected = contents(tmp_path / "w" / "filings.duckdb")
    statuses = {(row[0], row[2]) for row in expected["ops.ingest_log"]}
    assert ("0001209191-21-057620", "superseded") in statuses
    assert not any(filing_id.startswith("sha256:") for filing_id, _ in statuses), "the bare bytes have an accession"
    (filing,) = [row for row in expected["main.filing"] if row[0] == "0001209191-21-057620"]
    assert True in filing, "is_correction: the correction gives the header"
    for nth in orders:
        shuffle = random.Random(nth)
        order = hard_set + shuffle.sample(hard_set, 3)
        shuffle.shuffle(order)
        cuts = sorted(shuffle.sample(range(1, len(order)), shuffle.choice([0, 1, 3])))
        warehouse = tmp_path / f"w{nth}"
        for start, end in zip([0, *cuts], [*cuts, len(order)], strict=True):
            assert forks.run("ingest", warehouse, order[start:end])["error"] is None
        names = [path.name for path in order]
        assert differences(expected, contents(warehouse / "filings.duckdb")) == [], (
            f"order {nth}: {names}, cut at {cuts}"
        )


def test_the_second_run_writes_nothing(forks: Forks, hard_set: list[Path], tmp_path: Path) -> None:
    warehouse = tmp_path / "w"
    assert forks.run("ingest", warehouse, hard_set)["error"] is None
    before = fingerprint(warehouse)
    state_before = state_rows(warehouse)
    assert forks.run("ingest", warehouse, hard_set + hard_set[:2])["error"] is None
    after = fingerprint(warehouse)
    changed = {name for name in before.keys() | after.keys() if before.get(name) != after.get(name)}
    assert {name for name in changed if not name.startswith("state.sqlite")} == set()
    state_after = state_rows(warehouse)
    assert {name for name in state_before if state_before[name] != state_after[name]} == {"run"}


def state_rows(warehouse: Path) -> dict[str, list[object]]:
    import sqlite3
    from contextlib import closing

    with closing(sqlite3.connect(warehouse / "state.sqlite")) as connection:
        names = [row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return {name: connection.execute(f"SELECT * FROM {name}").fetchall() for name in names}


def test_rebuild_from_packs_alone_gives_the_same(forks: Forks, hard_set: list[Path], tmp_path: Path) -> None:
    warehouse = tmp_path / "w"
    assert forks.run("ingest", warehouse, hard_set[:6])["error"] is None
    assert forks.run("ingest", warehouse, hard_set[6:])["error"] is None
    expected = contents(warehouse / "filings.duckdb")
    for leftover in [*warehouse.glob("state.sqlite*"), *(warehouse / "load").glob("filings.duckdb*")]:
        leftover.unlink()
    assert "rebuild" in forks.run("ingest", warehouse, hard_set)["error"], "loading on would lose what the packs hold"
    assert forks.run("rebuild", warehouse, [])["error"] is None
    assert differences(expected, contents(warehouse / "filings.duckdb")) == []
    assert forks.run("ingest", warehouse, hard_set)["error"] is None
    assert differences(expected, contents(warehouse / "filings.duckdb")) == []
