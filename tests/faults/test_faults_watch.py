"""A watch is killed, or its disk fails, at each kind of step that it takes: the next one ends with the same database."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from forks import Forks

from backfills import bodies_asked
from edgar.archive import Archive
from edgar.gate import Gate
from edgar.generator import generate
from edgar.server import SmallEdgar
from filings.pipeline.verify import verify
from warehouses import differences, filings_of

FAULTS = (
    "raw.write:3:kill",
    "load.committed:1:kill",
    "claim.release:1:kill",
    "snapshot.link:1:kill",
    "raw.fsync:1:error",
)


@pytest.fixture(autouse=True)
def state_home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path_factory.mktemp("state")))


@pytest.fixture
def small() -> Iterator[SmallEdgar]:
    with SmallEdgar(Archive(generate(1, 5, scale=0.01)), gate=Gate(None)) as server:
        yield server


def test_the_next_watch_ends_with_the_same(forks: Forks, small: SmallEdgar, tmp_path: Path) -> None:
    said = forks.run("watch", tmp_path / "undisturbed", [], url=small.url)
    assert said["error"] is None, said
    expected = filings_of(tmp_path / "undisturbed")
    assert len(expected["main.filing"]) == 5
    wrong = []
    for fault in FAULTS:
        warehouse = tmp_path / "w"
        shutil.rmtree(warehouse, ignore_errors=True)
        small.log.requests.clear()
        error = forks.run("watch", warehouse, [], fault, url=small.url)["error"]
        is_right = error == "killed" if fault.endswith("kill") else str(error).startswith("ours: ")
        wrong += [] if is_right else [f"{fault}: {error}"]
        said = forks.run("watch", warehouse, [], url=small.url)
        wrong += [f"{fault}: the next one failed: {said['error']}"] if said["error"] else []
        wrong += [f"{fault}: {line}" for line in differences(expected, filings_of(warehouse))]
        wrong += [f"{fault}: {finding}" for finding in verify(warehouse)]
        twice = [name for name, count in Counter(bodies_asked(small)).items() if count > 1]
        if twice and fault.startswith("claim"):
            wrong.append(f"{fault}: asked for twice: {twice}")
    assert not wrong, "\n".join(wrong[:20])
