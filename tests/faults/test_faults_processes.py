"""The end of a writer is the end of the processes that read for it: after Ctrl-C, and after kill -9."""

from __future__ import annotations

import os
import shutil
import time
from pathlib import Path

import pytest
from interrupting import Start, interrupted_at

from filings.pipeline.ingest import ingest
from filings.pipeline.warehouse import DATABASE
from warehouses import contents, differences

EXAMPLES = Path(__file__).parents[2] / "examples"
SMALL = """
import os
import filings.pipeline.ahead as a, filings.pipeline.loading as l, filings.pipeline.rebuild as r
import filings.pipeline.readers as p
l.BATCH_FILINGS = r.BATCH_FILINGS = a.BATCH_FILINGS = 4
a.PART_FILINGS = a.LARGE_BATCHES = 1
start = p._Process.__init__
def noted(self, *words):
    start(self, *words)
    with open(os.environ["PIDS"], "a") as file:
        file.write(f"{self.pid}\\n")
p._Process.__init__ = noted
"""


def is_alive(pid: int) -> bool:
    """It runs; not where it has ended and nobody has asked how."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    try:
        return b") Z " not in Path(f"/proc/{pid}/stat").read_bytes()
    except OSError:
        return not Path("/proc/self").exists()


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    warehouse = tmp_path_factory.mktemp("made") / "w"
    ingest(warehouse, [EXAMPLES])
    return warehouse


@pytest.mark.parametrize("how", ["Ctrl-C", "kill -9"])
def test_no_process_outlives_the_writer(
    how: str, start: Start, made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    warehouse, pids = Path(shutil.copytree(made, tmp_path / "w", symlinks=True)), tmp_path / "pids"
    monkeypatch.setenv("FILINGS_PROCESSES", "2")
    monkeypatch.setenv("PIDS", str(pids))
    if how == "kill -9":
        monkeypatch.setenv("FILINGS_FAULT", "load.begin:2:kill")
    before = SMALL if how == "kill -9" else interrupted_at("load.begin", 2) + SMALL
    child = start("rebuild", "--warehouse", warehouse, before=before)
    _, wrong = child.communicate(timeout=120)
    assert child.returncode == (-9 if how == "kill -9" else 130), wrong
    assert "Traceback" not in wrong
    started = [int(line) for line in pids.read_text().split()]
    assert len(started) == 2
    deadline = time.monotonic() + 60
    while living := [pid for pid in started if is_alive(pid)]:
        assert time.monotonic() < deadline, living
        time.sleep(0.02)
    assert differences(contents(made / DATABASE), contents(warehouse / DATABASE)) == [], "what stood before stands"
