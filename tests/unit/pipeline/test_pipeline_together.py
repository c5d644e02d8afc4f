"""Several backfills at once, as processes of their own: they share the work, keep the rate, and ask for no body twice."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from backfills import bodies_asked, loaded
from edgar.archive import Archive
from edgar.gate import Gate
from edgar.generator import generate
from edgar.request_log import most_in_a_second
from edgar.server import SmallEdgar
from filings.pipeline.verify import verify

Start = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def small() -> Iterator[SmallEdgar]:
    with SmallEdgar(Archive(generate(6, 8, scale=0.01)), gate=Gate(10, pause=2)) as server:
        yield server


@pytest.fixture
def start(small: SmallEdgar, tmp_path: Path) -> Iterator[Start]:
    """Start a backfill; what still runs at the end of the test is killed."""
    running = []
    environment = os.environ | {
        "XDG_STATE_HOME": str(tmp_path / "state"),
        "FILINGS_EDGAR_URL": small.url,
        "FILINGS_USER_NAME": "Test",
        "FILINGS_USER_EMAIL": "test@example.com",
        "FILINGS_WAREHOUSE": str(tmp_path / "w"),
        "FILINGS_BLOCK_SECONDS": "2",
    }

    def begin(*words: str, **more: str) -> subprocess.Popen[str]:
        child = subprocess.Popen(
            [sys.executable, "-m", "filings", "backfill", "2024-01", "--route", "filings", *words],
            env=environment | more, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        running.append(child)
        return child

    yield begin
    for child in running:
        if child.poll() is None:
            child.kill()
        child.communicate()


def test_two_at_once_share_the_work(start: Start, small: SmallEdgar, tmp_path: Path) -> None:
    children = [start(), start()]
    said = [child.communicate(timeout=120) for child in children]
    assert [child.returncode for child in children] == [0, 0], said
    assert loaded(tmp_path / "w") == set(small.archive.filings)
    asked = bodies_asked(small)
    assert len(asked) == len(set(asked)) == 48
    assert most_in_a_second(small.log.times()) <= 10 and small.gate.blocks == 0
    assert verify(tmp_path / "w") == []
    assert not list((tmp_path / "w" / "spool").iterdir())
    fetched = [int(out.splitlines()[-1].split(" listed, ")[1].split(" fetched")[0]) for out, _ in said]
    assert sum(fetched) == 48 and min(fetched) > 0, "one of them did nothing"


def test_one_is_killed_and_the_other_finishes_its_days(start: Start, small: SmallEdgar, tmp_path: Path) -> None:
    first = start()
    small.log.wait_for("edgar/data/", 4)
    second = start()
    small.log.wait_for("edgar/data/", 20)
    first.kill()
    first.wait()
    _, wrong = second.communicate(timeout=120)
    assert second.returncode == 0, wrong
    assert loaded(tmp_path / "w") == set(small.archive.filings)
    assert verify(tmp_path / "w") == []
    assert not list((tmp_path / "w" / "spool").iterdir())
    asked = bodies_asked(small)
    assert len(asked) - len(set(asked)) <= 6, "more than what was on its way was asked for again"


def test_ctrl_c_keeps_what_came(start: Start, small: SmallEdgar, tmp_path: Path) -> None:
    first = start()
    small.log.wait_for("edgar/data/", 10)
    first.send_signal(signal.SIGINT)
    _, wrong = first.communicate(timeout=60)
    assert first.returncode == 130 and "Interrupted" in wrong and "Traceback" not in wrong
    second = start()
    second.communicate(timeout=120)
    assert second.returncode == 0
    assert loaded(tmp_path / "w") == set(small.archive.filings)
    asked = bodies_asked(small)
    assert len(asked) - len(set(asked)) <= 7
