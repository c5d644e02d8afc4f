"""Start many processes that ask a small EDGAR, under one limit in `state`."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from edgar.server import SmallEdgar

TESTS = Path(__file__).parents[1]


@contextmanager
def asking(small: SmallEdgar, state: Path, processes: int, seconds: float) -> Iterator[subprocess.Popen[str]]:
    """`processes` of them for `seconds`; what they say is on the standard output. None outlives the block."""
    paths = [each.removeprefix("/Archives/") for each in small.archive.paths()[:40]]
    command = [sys.executable, "-m", "edgar.asking", small.url, str(state), str(processes), str(seconds), *paths]
    process = subprocess.Popen(command, cwd=TESTS, stdout=subprocess.PIPE, text=True, start_new_session=True)
    try:
        yield process
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        if process.stdout:
            process.stdout.close()
