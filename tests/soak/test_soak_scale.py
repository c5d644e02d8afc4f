"""Two million filings through the loader (10 rows each): does a batch cost what it costs in an empty warehouse?

Run by `make soak`; the figures go into docs/performance.md. A small run of the same is in `make test`.
"""

from __future__ import annotations

import json
import os
import random
import resource
import statistics
import subprocess
import sys
import time
from pathlib import Path

import pyarrow as pa
import pytest

from filings.load import checks
from filings.load.database import Database
from filings.load.ledger import LedgerIndex
from filings.load.snapshot import Snapshots
from filings.load.transaction import Batch, commit
from filings.pipeline.ingest import ingest
from filings.raw.state import open_state

EXAMPLE = Path(__file__).parents[2] / "tests" / "soak" / "ten-rows.txt"
FILINGS = 1000


class Generator:
    """Batches of a thousand filings, each a copy of one real reading under another accession number."""

    def __init__(self, folder: Path) -> None:
        ingest(folder, [EXAMPLE])
        database = Database(folder / "load" / "filings.duckdb")
        names = [
            row[0]
            for row in database.connection.execute(
                "SELECT CASE schema_name WHEN 'main' THEN table_name ELSE schema_name || '.' || table_name END "
                "FROM duckdb_tables() WHERE schema_name = 'main' OR table_name IN ('ingest_log', 'observation')"
            ).fetchall()
        ]
        self.one = {
            name: rows
            for name in names
            if (rows := database.connection.sql(f"SELECT * FROM {name}").to_arrow_table()).num_rows
        }
        database.close()
        self.rows = sum(rows.num_rows for name, rows in self.one.items() if not name.startswith("ops."))
        self.many = {name: pa.concat_tables([rows] * FILINGS).combine_chunks() for name, rows in self.one.items()}
        self.random = random.Random(1)

    def ids(self, load_id: int) -> list[str]:
        draw = self.random.randrange
        return [f"{draw(10**10):010}-24-{(load_id * FILINGS + n) % 10**6:06}" for n in range(FILINGS)]

    def batch(self, load_id: int, ids: list[str]) -> Batch:
        tables = {}
        for name, rows in self.many.items():
            each = self.one[name].num_rows
            column = pa.array([one for one in ids for _ in range(each)], pa.string())
            loads = pa.array([load_id] * rows.num_rows, pa.int64())
            rows = rows.set_column(rows.column_names.index("filing_id"), "filing_id", column)
            tables[name] = rows.set_column(rows.column_names.index("load_id"), "load_id", loads)
        return Batch(load_id, ids, tables)


def timed(database: Database, index: LedgerIndex, batch: Batch) -> float:
    """Seconds of the transaction, with the look-up of what the ledger knows."""
    asked = checks.shipped()
    started = time.perf_counter()
    known = [one for versions in index.known(batch.filing_ids).values() for one in versions]
    commit(database, index, batch, known, asked)
    return time.perf_counter() - started


def open_database(path: Path) -> tuple[Database, LedgerIndex]:
    path.parent.mkdir(parents=True, exist_ok=True)
    database = Database(path)
    return database, LedgerIndex(database.connection)


def measure(tmp_path: Path, batches: int) -> dict[str, float]:
    generator = Generator(tmp_path / "example")
    figures: dict[str, float] = {"filings": batches * FILINGS, "rows_per_filing": generator.rows}
    empty, empty_index = open_database(tmp_path / "empty" / "filings.duckdb")
    new_empty, replaced_alone = [], []
    for nth in range(1, 8):
        ids = generator.ids(nth)
        if nth > 1:  # a warehouse that holds nothing: made anew each time
            empty.close()
            (tmp_path / "empty" / "filings.duckdb").unlink()
            empty, empty_index = open_database(tmp_path / "empty" / "filings.duckdb")
        new_empty.append(timed(empty, empty_index, generator.batch(1, ids)))
        empty.checkpoint()
        replaced_alone.append(timed(empty, empty_index, generator.batch(2, ids)))
    empty.close()
    warehouse = tmp_path / "full"
    full, index = open_database(warehouse / "load" / "filings.duckdb")
    started = time.perf_counter()
    kept: dict[int, list[str]] = {}
    for load_id in range(1, batches + 1):
        kept[load_id] = generator.ids(load_id)
        commit(full, index, generator.batch(load_id, kept[load_id]), [], checks.shipped())
    figures["load_seconds"] = time.perf_counter() - started
    full.checkpoint()
    opened = time.perf_counter()
    index = LedgerIndex(full.connection)
    figures["index_seconds"] = time.perf_counter() - opened
    new_full, replaced_full, last = [], [], batches
    for nth in range(7):
        last += 1
        new_full.append(timed(full, index, generator.batch(last, generator.ids(last))))
        full.checkpoint()
        last += 1
        replaced_full.append(timed(full, index, generator.batch(last, kept[1 + nth * max(1, batches // 8)])))
        full.checkpoint()
    spread = [ids[n % FILINGS] for n, ids in enumerate(kept.values())]
    spread = list(dict.fromkeys(spread[: min(800, batches)] + kept[batches // 2][: FILINGS - min(800, batches)]))
    figures["spread_batches"] = min(800, batches)
    last += 1
    spread += generator.ids(last)[: FILINGS - len(spread)]
    figures["spread_seconds"] = timed(full, index, generator.batch(last, spread))
    figures["new_ratio"] = statistics.median(new_full) / statistics.median(new_empty)
    figures["replaced_ratio"] = statistics.median(replaced_full) / statistics.median(replaced_alone)
    figures["new_empty_seconds"], figures["new_full_seconds"] = (
        statistics.median(new_empty),
        statistics.median(new_full),
    )
    figures["replaced_alone_seconds"] = statistics.median(replaced_alone)
    figures["replaced_full_seconds"] = statistics.median(replaced_full)
    wanted = kept[batches // 3][7]
    (warehouse / "raw").mkdir()
    (warehouse / "snapshots").mkdir()
    state = open_state(warehouse / "state.sqlite")
    published = time.perf_counter()
    Snapshots(warehouse, state).publish(full)
    figures["snapshot_seconds"] = time.perf_counter() - published
    figures["snapshot_bytes"] = (warehouse / "filings.duckdb").resolve().stat().st_size
    full.close()
    state.dispose()
    questions = {
        "show": ["show", wanted],
        "count_by_cik": ["query", "SELECT count(*) FROM filing_party WHERE cik = '0000000001'"],
        "count_by_date": ["query", "SELECT filed_on, count(*) FROM filing GROUP BY ALL"],
    }
    for name, words in questions.items():
        figures[f"{name}_seconds"], figures[f"{name}_cpu"] = best_of([*words, "--warehouse", str(warehouse)])
    return figures


def best_of(words: list[str], times: int = 5) -> tuple[float, float]:
    walls, cpus = [], []
    for _ in range(times):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        started = time.perf_counter()
        subprocess.run([sys.executable, "-m", "filings", *words], check=True, capture_output=True)
        walls.append(time.perf_counter() - started)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        cpus.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    return min(walls), min(cpus)


@pytest.mark.soak
def test_two_million_filings(tmp_path: Path) -> None:
    figures = measure(tmp_path, int(os.environ.get("SOAK_BATCHES", "2000")))
    print(json.dumps(figures, indent=2))
    assert figures["rows_per_filing"] == 10
    assert figures["new_ratio"] <= 1.5
    assert figures["replaced_ratio"] <= 1.5
    assert figures["spread_seconds"] <= 5
    for name in ("show", "count_by_cik", "count_by_date"):
        assert figures[f"{name}_seconds"] < 0.5
