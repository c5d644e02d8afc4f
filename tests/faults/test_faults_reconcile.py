"""A reconciliation is killed in the middle and run again: the database equals that of an undisturbed one."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import date
from itertools import islice
from pathlib import Path

import pytest
from forks import Forks

from backfills import HASTY, SPAN, settings_for
from edgar.archive import Archive
from edgar.gate import Gate
from edgar.generator import generate
from edgar.server import SmallEdgar
from filings.pipeline.backfill import backfill
from warehouses import differences, filings_of

KILLS = ("raw.write:2:kill", "load.committed:1:kill", "raw.write:6:kill", "claim.release:1:kill")
"""While it reads quarters, when lines are taken in and nothing is noted, while it fetches, when a day is done."""


@pytest.fixture(autouse=True)
def state_home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path_factory.mktemp("state")))


@pytest.fixture
def small() -> Iterator[SmallEdgar]:
    with SmallEdgar(Archive(generate(2, 4, scale=0.01)), gate=Gate(None)) as server:
        yield server


def test_killed_in_the_middle_and_run_again(forks: Forks, small: SmallEdgar, tmp_path: Path) -> None:
    before, whole = tmp_path / "before", tmp_path / "undisturbed"
    backfill(settings_for(small, before), SPAN, patience=HASTY)
    for late in islice(generate(2, 8, seed=9, scale=0.01), 8, 12):  # of the second day, other numbers than are there
        small.archive.add(late, date(2024, 4, 15))
    small.archive.unlist(sorted(small.archive.filings)[0])
    shutil.copytree(before, whole, symlinks=True)
    assert forks.run("reconcile", whole, [], url=small.url)["error"] is None
    expected = filings_of(whole)
    assert len(expected["main.filing"]) > len(filings_of(before)["main.filing"])
    wrong = []
    for fault in KILLS:
        warehouse = tmp_path / "w"
        shutil.rmtree(warehouse, ignore_errors=True)
        shutil.copytree(before, warehouse, symlinks=True)
        killed = forks.run("reconcile", warehouse, [], fault, url=small.url)["error"]
        again = forks.run("reconcile", warehouse, [], url=small.url)["error"]
        if (killed, again) != ("killed", None):
            wrong.append(f"{fault}: {killed}, then {again}")
        wrong += [f"{fault}: {line}" for line in differences(expected, filings_of(warehouse))]
    assert not wrong, "\n".join(wrong[:20])
