"""Every fault point of a reading of indexes fails, as an error and as kill -9; then it is repeated, and nothing differs."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import pytest
from forks import Forks

from edgar import index_files
from edgar.generator import generate
from filings.pipeline.verify import verify
from warehouses import contents, differences

FILINGS = list(generate(2, 6, scale=0.001))
DAYS = (date(2024, 1, 2), date(2024, 1, 3))


def mirror(folder: Path, without: int) -> Path:
    rows = [row for each in FILINGS[without:] for row in each.rows()]
    daily, full = (folder / tree / "2024" / "QTR1" for tree in ("daily-index", "full-index"))
    for place in (daily, full):
        place.mkdir(parents=True)
    for day in DAYS[:1]:
        (daily / f"master.{day:%Y%m%d}.idx").write_bytes(
            index_files.daily("master", day, [row for row in rows if row[3] == day])
        )
    (full / "master.idx").write_bytes(index_files.quarterly("master", DAYS[-1], rows))
    return folder


@pytest.mark.parametrize("mode", ["error", "kill"])
def test_every_point_fails_and_nothing_is_lost(forks: Forks, mode: str, tmp_path: Path) -> None:
    prepared, now = tmp_path / "prepared", mirror(tmp_path / "now", 3)
    assert forks.run("index", prepared, [mirror(tmp_path / "earlier" / "now", 0)])["error"] is None
    undisturbed = Path(shutil.copytree(prepared, tmp_path / "undisturbed", symlinks=True))
    said = forks.run("index", undisturbed, [now])
    assert said["error"] is None
    expected = contents(undisturbed / "filings.duckdb")
    assert any(row[1] for row in expected["ops.index_entry"]), "no line vanished"
    wrong = []
    for point, times in sorted(said["reached"].items()):
        for nth in range(1, times + 1):
            warehouse = tmp_path / "w"
            shutil.rmtree(warehouse, ignore_errors=True)
            shutil.copytree(prepared, warehouse, symlinks=True)
            fault = f"{point}:{nth}:{mode}"
            first = forks.run("index", warehouse, [now], fault)
            if first["error"] is None:
                wrong.append(f"{fault}: the run did not fail")
            elif mode == "error" and not first["error"].startswith("ours: "):
                wrong.append(f"{fault}: no error of ours: {first['error']}")
            again = forks.run("index", warehouse, [now])
            if again["error"]:
                wrong.append(f"{fault}: the next run failed: {again['error']}")
                continue
            wrong += [f"{fault}: {line}" for line in differences(expected, contents(warehouse / "filings.duckdb"))]
    assert not wrong, "\n".join(wrong[:20])
    assert verify(warehouse) == []
