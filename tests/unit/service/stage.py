"""An `up` of a warehouse in a process of its own, with fake children: what is done to it, and what is to be seen."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from filings.service.holds import holder
from filings.service.home import Home


def until(holds: Callable[[], object], seconds: float = 30) -> None:
    """Wait until it is so."""
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.01)


class Up:
    """An `up` that was started."""

    def __init__(self, pid: int, code: Path) -> None:
        self.pid = pid
        self._code = code

    @property
    def is_over(self) -> bool:
        """Whether its process is gone."""
        try:
            os.kill(self.pid, 0)
        except ProcessLookupError:
            return True
        return False

    def send(self, number: signal.Signals) -> None:
        """Send it a signal."""
        os.kill(self.pid, number)

    def wait(self) -> int:
        """Its exit code."""
        until(lambda: self.is_over)
        return int(self._code.read_text())

    def kill(self) -> None:
        """kill -9, and wait."""
        os.kill(self.pid, signal.SIGKILL)
        until(lambda: self.is_over)


class Stage:
    """A folder in which `up` runs with fake children, and what is to be seen of them."""

    def __init__(self, folder: Path, port: int, forks: subprocess.Popen[str]) -> None:
        self.folder = folder
        self.port = port
        self.home = Home(folder)
        self._forks = forks
        self._ups: list[Up] = []

    def do(self, name: str, *what: str) -> None:
        """From its next start on, the child does this."""
        (self.folder / f"{name}.do").write_text(" ".join(what))

    def up(self) -> Up:
        """Start an `up`."""
        number = len(self._ups)
        said, code = self.folder / f"said{number}", self.folder / f"code{number}"
        said.touch()
        order = {"folder": str(self.folder), "port": self.port, "said": str(said), "code": str(code)}
        assert self._forks.stdin and self._forks.stdout
        self._forks.stdin.write(json.dumps(order) + "\n")
        self._forks.stdin.flush()
        self._ups.append(Up(int(self._forks.stdout.readline()), code))
        return self._ups[-1]

    def said(self, number: int = -1) -> str:
        """What an `up` said."""
        return (self.folder / f"said{number % len(self._ups)}").read_text()

    def events(self) -> list[str]:
        """What happened to the children, in order, without their numbers."""
        path = self.folder / "events"
        lines = path.read_text().splitlines() if path.exists() else []
        return [" ".join(line.split()[:2]) for line in lines]

    def pid(self, name: str) -> int:
        """The process of a child that lives; 0 where none does."""
        found = holder(self.home.folder / f"{name}.lock")
        return found.pid if found else 0

    def is_up(self) -> bool:
        """Both children live and `up` has begun to watch them."""
        return self.began("server") and self.began("runner") and "the runner starts" in self.said()

    def began(self, name: str) -> bool:
        """The child that lives takes signals."""
        pid, path = self.pid(name), self.folder / "events"
        return bool(pid) and f"{name} began {pid}\n" in (path.read_text() if path.exists() else "")

    def nothing_is_left(self) -> bool:
        """No child lives."""
        return not self.pid("server") and not self.pid("runner")

    def clear(self) -> None:
        """End whatever still runs."""
        for each in self._ups:
            if not each.is_over:
                each.kill()
        for name in ("runner", "server"):
            if pid := self.pid(name):
                with suppress(ProcessLookupError):
                    os.killpg(pid, signal.SIGKILL)
        with suppress(OSError, ValueError):
            os.kill(int((self.folder / "grandchild").read_text()), signal.SIGKILL)
