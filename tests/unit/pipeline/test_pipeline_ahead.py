"""Processes that read ahead of the writer: the same rows by any number, whatever becomes of them."""

from __future__ import annotations

import itertools
import pickle
import shutil
import subprocess
import sys
from collections.abc import Collection
from pathlib import Path
from typing import Any

import pytest

from filings.load.beforehand import Beforehand, Part, read_beforehand
from filings.pipeline import ahead, loading, readers
from filings.pipeline import rebuild as rebuilding
from filings.pipeline.ingest import ingest
from filings.pipeline.progress import Silent
from filings.pipeline.rebuild import rebuild
from filings.pipeline.upgrade import upgrade
from filings.pipeline.verify import verify
from filings.raw.folder import PackFolder
from warehouses import contents, differences, make_older

EXAMPLES = Path(__file__).parents[3] / "examples"
Contents = dict[str, list[tuple[Any, ...]]]


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Batches of four filings, each filing a part of its own, and two processes from the first batch on."""
    for module in (loading, rebuilding, ahead):
        monkeypatch.setattr(module, "BATCH_FILINGS", 4)
    monkeypatch.setattr(ahead, "PART_FILINGS", 1)
    monkeypatch.setattr(ahead, "LARGE_BATCHES", 1)
    monkeypatch.setenv("FILINGS_PROCESSES", "2")


class Standin:
    """In the place of a process: reads in this one. What it gives is pickled, as between processes."""

    started = itertools.count(1)

    def __init__(self, folder: PackFolder, text_forms: Collection[str]) -> None:
        self.pid = -next(self.started)
        self._folder, self._text_forms = folder, text_forms
        self._is_dead = False

    def read(self, part: Part) -> Beforehand | None:
        if self._is_dead:
            raise EOFError
        return pickle.loads(pickle.dumps(read_beforehand(self._folder, part, self._text_forms)))  # type: ignore[no-any-return]

    def kill(self) -> None:
        self._is_dead = True

    def bury(self) -> str:
        return "by signal 9"


@pytest.fixture
def standins(monkeypatch: pytest.MonkeyPatch) -> None:
    """A process takes a second to start."""
    monkeypatch.setattr(readers, "_Process", Standin)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    warehouse = tmp_path_factory.mktemp("made") / "w"
    ingest(warehouse, [EXAMPLES])
    return warehouse


@pytest.fixture(scope="module")
def whole(made: Path) -> Contents:
    return contents(made / "filings.duckdb")


@pytest.fixture
def warehouse(made: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(made, tmp_path / "w", symlinks=True))


class Asked:
    """How many parts processes read, and which processes; every `killed`-th is killed before it answers."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, killed: int = 0) -> None:
        self.answers = 0
        self.pids: set[int] = set()
        count = itertools.count(1)
        process = readers._Process
        read = process.read

        def watched(one: readers._Process, part: Part) -> Beforehand | None:
            self.pids.add(one.pid)
            if killed and next(count) % killed == 0:
                one.kill()
            answer = read(one, part)
            self.answers += answer is not None
            return answer

        monkeypatch.setattr(process, "read", watched)


class Listening(Silent):
    def __init__(self) -> None:
        self.said: list[str] = []

    def say(self, text: str) -> None:
        self.said.append(text)


def test_the_same_rows_whoever_reads_and_dies_meanwhile(
    small: None, warehouse: Path, whole: Contents, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With true processes, of which one is killed."""
    asked, listening = Asked(monkeypatch, killed=9), Listening()
    report = rebuild(warehouse, progress=listening)
    assert differences(whole, contents(warehouse / "filings.duckdb")) == []
    assert (sum(report.filings.values()), report.files) == (13, 15)
    assert asked.answers >= 8 and len(asked.pids) == 3
    assert listening.said == ["a process that reads files ended by signal 9; what it had is read again"]


def test_every_way_of_loading_gives_the_same_rows(
    small: None, standins: None, whole: Contents, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = Asked(monkeypatch)
    ingest(tmp_path / "w", [EXAMPLES])
    assert asked.answers >= 8
    assert differences(whole, contents(tmp_path / "w" / "filings.duckdb")) == []
    make_older(tmp_path / "w")
    asked.answers = 0
    upgrade(tmp_path / "w")
    assert asked.answers >= 2
    assert differences(whole, contents(tmp_path / "w" / "filings.duckdb")) == []
    assert verify(tmp_path / "w") == []


def test_when_all_die_no_more_are_started(
    small: None, standins: None, warehouse: Path, whole: Contents, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(readers, "_DEATHS", 3)
    asked, listening = Asked(monkeypatch, killed=1), Listening()
    rebuild(warehouse, progress=listening)
    assert differences(whole, contents(warehouse / "filings.duckdb")) == []
    assert not asked.answers and 3 <= len(asked.pids) <= 4, "two may die at once"
    assert len(listening.said) == len(asked.pids)


def test_a_process_that_cannot_start_hinders_nobody(
    small: None, warehouse: Path, whole: Contents, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "executable", str(warehouse / "no-such-program"))
    listening = Listening()
    rebuild(warehouse, progress=listening)
    assert differences(whole, contents(warehouse / "filings.duckdb")) == []
    assert "No such file" in listening.said[0]


def test_small_work_starts_none(warehouse: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FILINGS_PROCESSES", "3")
    asked = Asked(monkeypatch)
    rebuild(warehouse)
    monkeypatch.setattr(ahead, "LARGE_BATCHES", 1)
    monkeypatch.setattr(ahead, "PART_FILINGS", 1)
    monkeypatch.setenv("FILINGS_PROCESSES", "1")
    rebuild(warehouse)
    assert not asked.pids


def test_a_process_knows_nothing_of_prefect() -> None:
    """Nor of what opens databases and draws lines in a terminal: it starts quickly and stays small."""
    asked = "import sys, filings.pipeline.reader; print(sorted({'prefect', 'typer', 'urllib3'} & sys.modules.keys()))"
    done = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
