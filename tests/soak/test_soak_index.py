"""The index of all of EDGAR from local files: 30 million lines into an empty table, and again into a full one.

Run by `make soak`, on a machine that does nothing else; the figures go into docs/performance.md. A small run of the same
is in `make test`.
"""

from __future__ import annotations

import resource
import time
from pathlib import Path

import pytest

from edgar import masters
from filings.pipeline.indexes import read_index_files
from filings.pipeline.verify import verify
from filings.pipeline.warehouse import open_writer

LINES = 30_000_000
LONGEST = 120.0  # seconds, the aim


def timed(warehouse: Path, folder: Path) -> dict[str, float]:
    """Seconds of one reading of a folder, until all of it is in the database's own file."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    before, began = used.ru_utime + used.ru_stime, time.perf_counter()
    with open_writer(warehouse, "index", print) as writer:
        report = read_index_files(writer, folder)
        writer.store.seal()
        writer.database.checkpoint()
    used = resource.getrusage(resource.RUSAGE_SELF)
    assert report.failed == [] and report.unread == []
    return {
        "seconds": time.perf_counter() - began,
        "cpu": used.ru_utime + used.ru_stime - before,
        "new": report.taken.new,
        "gone": report.taken.gone,
    }


def measure(folder: Path, years: range, lines: int) -> dict[str, dict[str, float]]:
    warehouse = folder / "w"
    found = {"empty": timed(warehouse, masters.write(folder / "mirror", years, lines))}
    found["equal"] = timed(warehouse, folder / "mirror")
    found["changed"] = timed(warehouse, masters.write(folder / "mirror", years, lines, changed=5))
    return found


@pytest.mark.soak
def test_all_of_edgar_in_two_minutes(tmp_path: Path) -> None:
    found = measure(tmp_path, range(1994, 2026), LINES)
    for name, figures in found.items():
        print(name, {key: round(value, 1) for key, value in figures.items()})
    assert found["empty"]["new"] >= LINES * 0.99
    assert found["equal"]["new"] == found["equal"]["gone"] == 0
    assert found["changed"]["new"] == found["changed"]["gone"] > 0
    assert all(figures["seconds"] < LONGEST for figures in found.values())


def test_a_small_run_of_the_same(tmp_path: Path) -> None:
    found = measure(tmp_path, range(2019, 2020), 12_000)
    assert (found["empty"]["new"], found["equal"]["new"]) == (12_000, 0)
    assert found["changed"]["new"] == found["changed"]["gone"] > 0
    assert [one.what for one in verify(tmp_path / "w")] == ["snapshot"]  # nothing was published
