"""`filings up` with a real Prefect server, killed at whatever moment of its start, its run and its stop."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from filings.errors import FilingsError
from filings.service.api import Api, deployments
from filings.service.deployments import DEPLOYMENTS
from filings.service.holds import holder
from filings.service.home import Home, url_of
from filings.service.supervisor import port_of

FILINGS = [sys.executable, "-c", "from filings.command.app import main; main()"]
KILLS = 20
PHASES = ("start", "up", "stop")
LONGEST = {"start": 25.0, "up": 3.0, "stop": 6.0}
"""Seconds after the beginning of a phase within which it is killed."""
PATIENCE = 300.0


def until(holds: Callable[[], object], what: str) -> None:
    end = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < end, f"it did not happen: {what}"
        time.sleep(0.1)


class Ups:
    """The command, and which processes of the warehouse there are by the system's own list."""

    def __init__(self, folder: Path) -> None:
        self.warehouse = folder / "warehouse-of-the-soak"
        self.home = Home.of(self.warehouse)
        self.log = folder / "up.log"
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("FILINGS_", "PREFECT_"))}
        self.environment = kept | {
            "FILINGS_WAREHOUSE": str(self.warehouse),
            "FILINGS_USER_NAME": "Test",
            "FILINGS_USER_EMAIL": "test@example.com",
            "FILINGS_EDGAR_URL": "http://127.0.0.1:9",
            "FILINGS_PREFECT_PORT": "4360",
            "HOME": str(folder),
        }
        self.running: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with self.log.open("ab") as log:
            self.running = subprocess.Popen([*FILINGS, "up"], stdout=log, stderr=log, env=self.environment)

    def kill(self) -> None:
        assert self.running
        self.running.kill()
        self.running.wait()

    def is_up(self) -> bool:
        assert self.running and self.running.poll() is None, f"up ended: {self.log.read_text()[-2000:]}"
        port, up = port_of(self.home), holder(self.home.up)
        if not port or not up or up.pid != self.running.pid or not holder(self.home.folder / "runner.lock"):
            return False
        try:
            return {each.name for each in DEPLOYMENTS} <= deployments(Api(url_of(port))).keys()
        except FilingsError:
            return False

    def processes(self, words: str) -> list[int]:
        """Those with these words in their command line that belong to this warehouse by their environment."""
        found = []
        for place in Path("/proc").glob("[0-9]*"):
            try:
                command = (place / "cmdline").read_bytes().replace(b"\0", b" ").decode()
                is_ours = str(self.warehouse).encode() in (place / "environ").read_bytes()
            except OSError:
                continue
            if is_ours and words in command:
                found.append(int(place.name))
        return found

    def clear(self) -> None:
        if self.running and self.running.poll() is None:
            self.running.kill()
            self.running.wait()
        for name in ("runner", "server"):
            if found := holder(self.home.folder / f"{name}.lock"):
                os.killpg(found.pid, signal.SIGKILL)


@pytest.fixture
def ups(tmp_path: Path) -> Iterator[Ups]:
    made = Ups(tmp_path)
    yield made
    made.clear()


@pytest.mark.soak
def test_up_killed_at_any_moment_and_the_next_one_comes_up_right(ups: Ups) -> None:
    chance = random.Random(10)
    for number in range(KILLS):
        phase = PHASES[number % len(PHASES)]
        wait = chance.uniform(0, LONGEST[phase])
        ups.start()
        if phase != "start":
            until(ups.is_up, "up comes up")
        if phase == "stop":
            assert ups.running
            ups.running.send_signal(signal.SIGTERM)
        time.sleep(wait)
        is_over = ups.running is not None and ups.running.poll() is not None
        ups.kill()
        left = [len(ups.processes(words)) for words in ("server start", "serve.py")]
        ups.start()
        began = time.monotonic()
        until(ups.is_up, "the next up comes up")
        took = time.monotonic() - began
        server, runner = ups.processes("server start"), ups.processes("serve.py")
        print(
            f"{number + 1:2}: killed {wait:4.1f} s into {phase}{' (it was over)' if is_over else ''}, "
            f"left {left[0]} server, {left[1]} runner; the next one is up after {took:.0f} s"
        )
        assert len(server) == len(runner) == 1, (server, runner)
        assert holder(ups.home.folder / "server.lock").pid == server[0]  # type: ignore[union-attr]
        assert holder(ups.home.folder / "runner.lock").pid == runner[0]  # type: ignore[union-attr]
        assert ups.running
        ups.running.send_signal(signal.SIGTERM)
        assert ups.running.wait(PATIENCE) == 0
        assert ups.processes("server start") == ups.processes("serve.py") == [], "an orphan"
