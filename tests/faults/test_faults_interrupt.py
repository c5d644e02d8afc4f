"""Ctrl-C in rebuild and in upgrade: the old rows or the new ones, never a mixture, and the same command again finishes."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from interrupting import Start, interrupted_at

from filings.pipeline.ingest import ingest
from filings.pipeline.rebuild import rebuild
from filings.pipeline.state import read_status
from filings.pipeline.upgrade import upgrade
from filings.pipeline.verify import verify
from filings.pipeline.warehouse import DATABASE
from warehouses import contents, differences, make_older

EXAMPLES = Path(__file__).parents[2] / "examples"
FILES = [EXAMPLES / name for name in ("schedule-13g.nc", "schedule-13g.txt", "form-4-amendment.txt", "form-5.txt")]
Contents = dict[str, list[tuple[Any, ...]]]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    warehouse = tmp_path_factory.mktemp("made") / "w"
    ingest(warehouse, FILES)
    return warehouse


@pytest.fixture(scope="module")
def whole(made: Path) -> Contents:
    return contents(made / DATABASE)


@pytest.fixture(scope="module")
def aged(made: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    warehouse = Path(shutil.copytree(made, tmp_path_factory.mktemp("aged") / "w", symlinks=True))
    make_older(warehouse)
    return warehouse


def interrupt(start: Start, warehouse: Path, command: str, before: str) -> None:
    child = start(command, "--warehouse", warehouse, before=before)
    _, wrong = child.communicate()
    assert child.returncode == 130, wrong
    assert "Traceback" not in wrong and "Interrupted" in wrong
    status = read_status(warehouse)
    assert status["writer"] is None
    assert status["runs"][0]["state"] == "interrupted"
    assert not list((warehouse / "load").glob("beside*")), "its unfinished work takes room"


def finish(run: Callable[[Path], object], warehouse: Path, whole: Contents) -> None:
    run(warehouse)
    for database in (DATABASE, "filings.duckdb"):
        assert differences(whole, contents(warehouse / database)) == []
    assert verify(warehouse) == []


@pytest.mark.parametrize(
    ("point", "nth", "delay"),
    [
        ("load.begin", 3, 0.004),  # seconds later: in the middle of a query, as likely as not
        ("rebuild.swap", 1, 0),
        ("snapshot.rename", 1, 0),
    ],
)
def test_rebuild(point: str, nth: int, delay: float, start: Start, made: Path, whole: Contents, tmp_path: Path) -> None:
    warehouse = Path(shutil.copytree(made, tmp_path / "w", symlinks=True))
    interrupt(start, warehouse, "rebuild", interrupted_at(point, nth, delay))
    for database in (DATABASE, "filings.duckdb"):
        assert differences(whole, contents(warehouse / database)) == [], "what stood before stands"
    finish(rebuild, warehouse, whole)


@pytest.mark.parametrize(
    ("point", "nth", "delay", "is_swapped"),
    [
        ("upgrade.swap", 9, 0, False),
        ("upgrade.swap", 3, 0.002, None),  # seconds later: in the middle of a query, as likely as not
        ("snapshot.copy", 1, 0, True),
    ],
)
def test_upgrade(
    point: str,
    nth: int,
    delay: float,
    is_swapped: bool | None,
    start: Start,
    aged: Path,
    whole: Contents,
    tmp_path: Path,
) -> None:
    warehouse = Path(shutil.copytree(aged, tmp_path / "w", symlinks=True))
    old = contents(warehouse / DATABASE)
    interrupt(start, warehouse, "upgrade", interrupted_at(point, nth, delay))
    stands = contents(warehouse / DATABASE)
    either = {True: [whole], False: [old], None: [old, whole]}[is_swapped]
    assert [] in [differences(one, stands) for one in either]
    assert differences(old, contents(warehouse / "filings.duckdb")) == []
    finish(upgrade, warehouse, whole)


def test_an_upgrade_that_was_killed_before_it_was_published_is_published_by_the_next(
    start: Start, aged: Path, whole: Contents, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    warehouse = Path(shutil.copytree(aged, tmp_path / "w", symlinks=True))
    monkeypatch.setenv("FILINGS_FAULT", "snapshot.copy:1:kill")
    child = start("upgrade", "--warehouse", warehouse)
    child.communicate()
    assert child.returncode == -9
    monkeypatch.delenv("FILINGS_FAULT")
    assert differences(whole, contents(warehouse / DATABASE)) == [], "it was killed too early to test anything"
    finish(upgrade, warehouse, whole)
    before = (warehouse / "filings.duckdb").readlink()
    finish(upgrade, warehouse, whole)
    assert (warehouse / "filings.duckdb").readlink() == before, "nothing to do, nothing published"
