"""An `up` of a warehouse in a process of its own, with fake children."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from places import free_port
from stage import Stage

HERE = Path(__file__).parent


@pytest.fixture(scope="session")
def forks() -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, str(HERE / "forking_up.py")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as started:
        yield started
        assert started.stdin
        started.stdin.close()


@pytest.fixture
def stage(tmp_path: Path, forks: subprocess.Popen[str]) -> Iterator[Stage]:
    made = Stage(tmp_path / "w", free_port(), forks)
    made.folder.mkdir()
    yield made
    made.clear()
