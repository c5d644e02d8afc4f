"""What tests of faults share: the forking child, one a module; the command in a process of its own."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator

import pytest
from forks import Forks
from interrupting import Start


@pytest.fixture(scope="module")
def forks() -> Iterator[Forks]:
    started = Forks()
    yield started
    started.close()


@pytest.fixture
def start() -> Iterator[Start]:
    """Start the command in a process of its own; what still runs at the end of the test is killed."""
    running = []

    def begin(*words: object, before: str = "") -> subprocess.Popen[str]:
        child = subprocess.Popen(
            [sys.executable, "-c", before + "from filings.command.app import main; main()", *map(str, words)],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL, text=True,
        )  # fmt: skip
        running.append(child)
        return child

    yield begin
    for child in running:
        if child.poll() is None:
            child.kill()
        child.communicate()
