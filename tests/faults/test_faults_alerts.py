"""Kills and failing disks between sending an alert and writing down that it was sent: at least once, and once more at most."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from forks import Forks

from alerts import accession, filing, told_of, with_rules, written
from filings.pipeline.ingest import ingest

RULES = '[alerts.results]\nforms = "8-K"\nsince = 2000-01-01\ncommand = {tell}\n'
CASES = [
    ("state.commit:1:kill", None),  # the rule was not even begun
    ("state.commit:2:kill", []),
    ("alert.note:1:kill", [1]),
    ("alert.note:2:kill", [2]),
    ("load.commit:1:kill", []),
    ("load.committed:1:kill", []),
    ("alert.note:1:error", [1]),
    ("load.commit:1:error", []),
]
"""A fault, and of which filings is told once more; the points of a snapshot: test_faults_points."""


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("alerts")
    ingest(folder / "w", [filing(folder / "in", number) for number in (1, 2)])
    return with_rules(folder / "w", RULES)


@pytest.mark.parametrize(("fault", "twice"), CASES)
def test_at_least_once_and_once_more_at_most(
    prepared: Path, forks: Forks, fault: str, twice: list[int] | None, tmp_path: Path
) -> None:
    both = [("results", accession(1)), ("results", accession(2))]
    w = shutil.copytree(prepared, tmp_path / "w", symlinks=True)
    said = forks.run("tell", w, [], fault)
    assert said["error"] == ("killed" if fault.endswith("kill") else None), "what goes wrong with alerts fails no run"
    assert bool(told_of(w)) == (twice is not None and fault != "state.commit:2:kill")
    assert forks.run("tell", w, [])["error"] is None
    assert sorted(told_of(w)) == sorted([*both, *(both[number - 1] for number in twice or [])])
    assert written(w) == [(*one, "sent") for one in both]
