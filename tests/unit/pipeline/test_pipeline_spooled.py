"""Batches in the spool: what is in them comes out, whole or not at all, however they were left."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, select

import filings.large
from filings.pipeline import spooled
from filings.raw.pack import Facts
from filings.raw.state import open_state
from filings.schema.state import spool_batch


@pytest.fixture
def state(tmp_path: Path) -> Iterator[Engine]:
    engine = open_state(tmp_path / "state.sqlite")
    yield engine
    engine.dispose()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "spool"
    made.mkdir()
    return made


def facts(name: str) -> Facts:
    return Facts("url", name, "2024-01-02T00:00:00.000000+00:00", url=f"https://x/{name}", claims={"form": "4"})


def test_what_goes_in_comes_out(folder: Path, state: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(filings.large, "HELD", 1000)
    batch = spooled.Batch(folder, state)
    files = {"a": b"one", "b": bytes(range(256)) * 100, "empty": b""}
    for name, data in files.items():
        batch.add(data, facts(name))
    assert spooled.waiting(folder) == [], "it is being written"
    assert [one.name for one in spooled.facts(folder)] == list(files)
    batch.close()
    (path,) = spooled.waiting(folder)
    assert {one.name: bytes(data) for data, one in spooled.read(path)} == files
    assert [one for _, one in spooled.read(path)] == [facts(name) for name in files]
    with state.connect() as connection:
        assert connection.execute(select(spool_batch.c.filings, spool_batch.c.state)).all() == [(3, "waiting")]
    spooled.remove(path, state)
    assert spooled.waiting(folder) == [] and not list(folder.iterdir())
    with state.connect() as connection:
        assert connection.execute(select(spool_batch)).all() == []


KILLED = """
import os, signal, sys
from pathlib import Path
from filings.pipeline import spooled
from filings.raw.pack import Facts
from filings.raw.state import open_state
folder = Path(sys.argv[1])
batch = spooled.Batch(folder, open_state(folder.parent / "state.sqlite"))
if sys.argv[2] == "full":
    batch.add(b"kept", Facts("url", "a", "2024-01-02T00:00:00+00:00"))
    batch.add(b"kept too", Facts("url", "b", "2024-01-02T00:00:00+00:00"))
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_the_batch_of_a_killed_process_is_taken_as_far_as_it_is_sound(folder: Path) -> None:
    subprocess.run([sys.executable, "-c", KILLED, str(folder), "full"], check=False)
    (path,) = spooled.waiting(folder)
    with path.open("r+b") as file:
        file.truncate(path.stat().st_size - 3)
    assert [(bytes(data), one.name) for data, one in spooled.read(path)] == [(b"kept", "a")]


def test_the_empty_batch_of_a_killed_process_goes_away(folder: Path) -> None:
    subprocess.run([sys.executable, "-c", KILLED, str(folder), "empty"], check=False)
    assert len(list(folder.iterdir())) == 1
    assert spooled.waiting(folder) == []
    assert not list(folder.iterdir())


def test_damaged_bytes_are_left_out(folder: Path, state: Engine) -> None:
    batch = spooled.Batch(folder, state)
    batch.add(b"x" * 1000, facts("a"))
    batch.add(b"y" * 1000, facts("b"))
    batch.close()
    (path,) = spooled.waiting(folder)
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.write_bytes(data)
    assert [one.name for _, one in spooled.read(path)] == ["a"]
