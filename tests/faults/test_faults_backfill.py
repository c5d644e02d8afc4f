"""Each step of a backfill on disk fails, as an error and as kill -9, while it writes and while it fetches beside a writer.

Then the backfill is run again. The database equals that of an undisturbed one, and where a process was killed no body was
asked for twice: what had come was in a pack or in the spool.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import socket
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from forks import Forks
from sqlalchemy import delete, insert

from backfills import bodies_asked
from edgar.archive import Archive
from edgar.gate import Gate
from edgar.generator import generate
from edgar.server import SmallEdgar
from filings.faults import Point
from filings.pipeline.warehouse import LOCK, STATE
from filings.raw.state import open_state
from filings.schema.state import work
from warehouses import differences, filings_of

WRITING = (
    "claim.take:1:kill",
    "raw.write:3:kill",
    "load.committed:1:kill",
    "load.committed:2:error",
    "state.commit:3:error",
    "claim.release:1:error",
    "claim.release:1:kill",
)
IN_ARCHIVES = (
    "download.write:1:error",
    "download.write:1:kill",
    "download.rename:1:kill",
    "raw.write:3:kill",
    "claim.release:1:kill",
)
BESIDE = (
    "claim.take:1:kill",
    "spool.append:1:error",
    "spool.append:3:kill",
    "spool.close:1:error",
    "spool.close:1:kill",
    "claim.release:1:kill",
)


@pytest.fixture(autouse=True)
def state_home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path_factory.mktemp("state")))


@pytest.fixture
def small() -> Iterator[SmallEdgar]:
    with SmallEdgar(Archive(generate(1, 5, scale=0.01)), gate=Gate(None)) as server:
        yield server


@contextmanager
def another_writer(warehouse: Path) -> Iterator[None]:
    """Somebody holds the writer's lock, and says that he has read the indexes."""
    since = datetime.now(UTC).isoformat(timespec="seconds")
    host = socket.gethostname()
    engine = open_state(warehouse / STATE)
    try:
        with engine.begin() as connection:
            connection.execute(delete(work).where(work.c.kind == "index"))
            row = {"kind": "index", "key": f"{host} {os.getpid()}", "state": "done", "reason": "2024-01-01 2024-12-31"}
            connection.execute(insert(work).values(row | {"next_try_at": datetime.now(UTC).isoformat()}))
    finally:
        engine.dispose()
    file = os.open(warehouse / LOCK, os.O_RDWR | os.O_CREAT)
    try:
        fcntl.flock(file, fcntl.LOCK_EX)
        os.ftruncate(file, 0)
        os.pwrite(file, json.dumps({"pid": os.getpid(), "host": host, "since": since, "what": "backfill"}).encode(), 0)
        yield
        os.ftruncate(file, 0)
    finally:
        os.close(file)


def again_and_compare(
    forks: Forks, small: SmallEdgar, warehouse: Path, expected: dict[str, list[Any]], fault: str, route: str
) -> list[str]:
    said = forks.run("backfill", warehouse, [], url=small.url, route=route)
    if said["error"]:
        return [f"{fault}: the next run failed: {said['error']}"]
    return [f"{fault}: {line}" for line in differences(expected, filings_of(warehouse))]


@pytest.mark.parametrize(("route", "faults"), [("filings", WRITING), ("archive", IN_ARCHIVES)])
def test_the_writer(forks: Forks, small: SmallEdgar, tmp_path: Path, route: str, faults: tuple[str, ...]) -> None:
    said = forks.run("backfill", tmp_path / "undisturbed", [], url=small.url, route=route)
    assert said["error"] is None, said
    expected = filings_of(tmp_path / "undisturbed")
    wrong = []
    for fault in faults:
        warehouse = tmp_path / "w"
        shutil.rmtree(warehouse, ignore_errors=True)
        small.log.requests.clear()
        wrong += failed(forks.run("backfill", warehouse, [], fault, url=small.url, route=route)["error"], fault)
        wrong += again_and_compare(forks, small, warehouse, expected, fault, route)
        twice = [name for name, count in Counter(bodies_asked(small)).items() if count > 1]
        if fault.startswith("claim.release") and twice:
            wrong.append(f"{fault}: asked for twice: {twice}")
    assert not wrong, "\n".join(wrong[:20])


def test_who_fetches_beside_a_writer(forks: Forks, small: SmallEdgar, tmp_path: Path) -> None:
    before, whole = tmp_path / "before", tmp_path / "undisturbed"
    assert forks.run("backfill", whole, [], url=small.url, route="filings")["error"] is None
    expected = filings_of(whole)
    listed = forks.run("backfill", before, [], "claim.take:1:kill", url=small.url, route="filings")
    assert listed["error"] == "killed"  # the indexes are read and published
    wrong = []
    for fault in BESIDE:
        warehouse = tmp_path / "w"
        shutil.rmtree(warehouse, ignore_errors=True)
        shutil.copytree(before, warehouse, symlinks=True)
        small.log.requests.clear()
        with another_writer(warehouse):
            said = forks.run("backfill", warehouse, [], fault, url=small.url, route="filings", kill_after=30)
        wrong += failed(said["error"], fault)
        came = bodies_asked(small)
        is_all = fault.startswith(("spool.close", "claim.release"))
        wrong += again_and_compare(forks, small, warehouse, expected, fault, "filings")
        if is_all and (set(came) != set(small.archive.filings) or bodies_asked(small) != came):
            wrong.append(f"{fault}: what the killed one had fetched was asked for again, or it was killed too early")
        left = [path.name for path in (warehouse / "spool").iterdir()]
        wrong += [f"{fault}: left in the spool: {left}"] if left else []
    assert not wrong, "\n".join(wrong[:20])


def failed(error: str | None, fault: str) -> list[str]:
    is_right = error == "killed" if fault.endswith("kill") else str(error).startswith("ours: ")
    return [] if is_right else [f"{fault}: {error}"]


def test_every_point_of_a_backfill_is_tested() -> None:
    tested = {each.split(":")[0] for each in (*WRITING, *BESIDE, *IN_ARCHIVES)} | {"spool.remove", "spool.write"}
    assert {str(each) for each in Point if each.startswith(("claim.", "spool.", "download."))} <= tested
