"""Every named fault point fails, for every n of a small run, as an error and as kill -9; then the run is repeated.

The database must equal the undisturbed one. The points are one list in the code (`filings.faults.Point`), and a point that
no run reaches fails the test: a step on disk without a test is a step that may lose.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from forks import Forks

from filings.faults import Point
from warehouses import contents, differences, make_older

EXAMPLES = Path(__file__).parents[2] / "examples"


class Scenario:
    """A state of a warehouse, and one run upon it."""

    def __init__(
        self,
        name: str,
        do: str,
        before: list[list[Path]],
        paths: list[Path],
        age: Callable[[Path], None] = lambda warehouse: None,
    ) -> None:
        self.name, self.do, self.before, self.paths, self.age = name, do, before, paths, age

    def prepare(self, forks: Forks, warehouse: Path) -> Path:
        for paths in self.before:
            assert forks.run("ingest", warehouse, paths)["error"] is None
        self.age(warehouse)
        return warehouse


def scenarios() -> list[Scenario]:
    names = (
        "schedule-13g.nc",
        "schedule-13g.txt",
        "schedule-13g-correction.txt",
        "form-4-amendment.txt",
    )
    # Two dialects, a correction, ownership rows, a bare text: few tables, since each is a step that fails twice.
    files = [*(EXAMPLES / name for name in names), Path(__file__).with_name("bare-words.txt")]
    return [
        Scenario("first-run", "ingest", [], files),
        Scenario("third-run", "ingest", [files[:1], files[3:4]], files),  # replaces filings, removes a snapshot
        Scenario("rebuild", "rebuild", [files[:2], files[2:]], []),
        Scenario("upgrade", "upgrade", [files], [], make_older),
    ]


def count_points(forks: Forks, scenario: Scenario, folder: Path) -> tuple[dict[str, int], dict[str, Any]]:
    warehouse = scenario.prepare(forks, folder / "undisturbed")
    said = forks.run(scenario.do, warehouse, scenario.paths)
    assert said["error"] is None, said
    return said["reached"], contents(warehouse / "filings.duckdb")


@pytest.mark.parametrize("mode", ["error", "kill"])
@pytest.mark.parametrize("scenario", scenarios(), ids=lambda scenario: scenario.name)
def test_every_point_fails_and_nothing_is_lost(forks: Forks, scenario: Scenario, mode: str, tmp_path: Path) -> None:
    reached, expected = count_points(forks, scenario, tmp_path)
    prepared = scenario.prepare(forks, tmp_path / "prepared")
    wrong = []
    for point, times in sorted(reached.items()):
        for nth in range(1, times + 1):
            warehouse = tmp_path / "w"
            shutil.rmtree(warehouse, ignore_errors=True)
            if prepared.exists():
                shutil.copytree(prepared, warehouse, symlinks=True)
            fault = f"{point}:{nth}:{mode}"
            said = forks.run(scenario.do, warehouse, scenario.paths, fault)
            if said["error"] is None:
                wrong.append(f"{fault}: the run did not fail")
            elif mode == "error" and not said["error"].startswith("ours: "):
                wrong.append(f"{fault}: no error of ours: {said['error']}")
            again = forks.run(scenario.do, warehouse, scenario.paths)
            if again["error"]:
                wrong.append(f"{fault}: the next run failed: {again['error']}")
                continue
            found = differences(expected, contents(warehouse / "filings.duckdb"))
            wrong += [f"{fault}: {line}" for line in found]
    assert not wrong, "\n".join(wrong[:20])


FETCHING = ("claim.", "download.", "spool.append", "spool.close", "spool.remove")  # test_faults_backfill
TELLING = ("alert.",)  # test_faults_alerts
TORN = {Point.RAW_TRUNCATE}  # reached only where a tail is torn: by the next test


def test_every_point_is_reached_by_some_scenario(forks: Forks, tmp_path: Path) -> None:
    reached: set[str] = set()
    for scenario in scenarios():
        reached |= count_points(forks, scenario, tmp_path / scenario.name)[0].keys()
    reached |= forks.run("schedule", tmp_path / "schedule", [])["reached"].keys()  # their failures: tests/unit/service
    reached |= forks.run("page", tmp_path / "page", [])["reached"].keys()  # their failures: tests/unit/command
    torn = tmp_path / "torn"
    files = scenarios()[0].paths
    assert forks.run("ingest", torn, files, "load.begin:1:kill")["error"] == "killed"
    (pack,) = (torn / "raw" / "packs").glob("*.part")
    with pack.open("ab") as file:
        file.write(b"EPK2 and the power went off")
    reached |= forks.run("ingest", torn, files)["reached"].keys()
    assert reached == {str(point) for point in Point if not str(point).startswith(FETCHING + TELLING)}


def test_killed_at_random_moments(forks: Forks, tmp_path: Path) -> None:
    """Twenty here; two hundred in `make soak`."""
    scenario = scenarios()[0]
    _, expected = count_points(forks, scenario, tmp_path)
    warehouse = tmp_path / "w"
    killed = 0
    for nth in range(20):
        shutil.rmtree(warehouse, ignore_errors=True)
        said = forks.run("ingest", warehouse, scenario.paths, kill_after=0.02 + 0.04 * nth)
        killed += said["error"] == "killed"
        again = forks.run("ingest", warehouse, scenario.paths)
        assert again["error"] is None
        assert differences(expected, contents(warehouse / "filings.duckdb")) == []
    assert killed >= 3, "the kills came too late to test anything"
