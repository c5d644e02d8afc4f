"""180 kills -9 at random moments, ten upon one warehouse before it may finish: the database equals the undisturbed one.

Twenty more are in `make test` (tests/faults). Where the corpus is there, its real filings are among the files.
"""

from __future__ import annotations

import os
import random
import shutil
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "faults"))

from forks import Forks

from filings.pipeline.verify import verify
from warehouses import contents, differences

EXAMPLES = Path(__file__).parents[2] / "examples"
ROUNDS, KILLS = 18, 10
FOLDERS = ("4", "4_A", "3", "8-K", "6-K", "485APOS", "SC_TO-T_A")


@pytest.fixture(scope="module")
def forks() -> Iterator[Forks]:
    started = Forks()
    yield started
    started.close()


@pytest.fixture(scope="module")
def files() -> list[Path]:
    found = sorted(path for path in EXAMPLES.rglob("*") if path.is_file())
    corpus = os.environ.get("FILINGS_CORPUS", "")
    for folder in FOLDERS:
        real = sorted(Path(corpus, "edgar", "submissions", folder).glob("*")) if corpus else []
        found += [path for path in real if path.stat().st_size < 400_000][:6]
    return found


@pytest.mark.soak
def test_killed_ten_times_and_then_left_alone(forks: Forks, files: list[Path], tmp_path: Path) -> None:
    started = time.monotonic()
    assert forks.run("ingest", tmp_path / "undisturbed", files)["error"] is None
    whole = time.monotonic() - started
    expected = contents(tmp_path / "undisturbed" / "filings.duckdb")
    ends: Counter[str] = Counter()
    for nth in range(ROUNDS):
        draw = random.Random(nth)
        warehouse = tmp_path / "w"
        shutil.rmtree(warehouse, ignore_errors=True)
        within, killed = whole, 0
        while killed < KILLS:
            do = "rebuild" if warehouse.exists() and draw.random() < 0.2 else "ingest"
            some = draw.sample(files, draw.randint(1, len(files)))
            error = forks.run(do, warehouse, some, kill_after=draw.uniform(0.01, within))["error"]
            killed += error == "killed"
            within = within if error == "killed" else max(0.1, within * 0.8)  # what is loaded already makes a run short
            ends[f"{do}: {'killed' if error == 'killed' else 'done' if error is None else error}"] += 1
        again = forks.run("ingest", warehouse, files)
        assert again["error"] is None, f"round {nth}: {again['error']}"
        found = differences(expected, contents(warehouse / "filings.duckdb"))
        assert found == [], f"round {nth}: {found}"
        assert verify(warehouse) == [], f"round {nth}"
    print(f"{len(files)} files, {whole:.1f} s undisturbed: {dict(ends)}")
    strange = [end for end in ends if not end.endswith(("killed", "done"))]
    assert all("there is no warehouse" in end for end in strange), strange
