"""Fake children as programs."""

from __future__ import annotations

import os
import signal
import socket
import sys
from dataclasses import dataclass
from pathlib import Path

from filings.service.children import Program

FAKE = Path(__file__).with_name("fake_child.py")


@dataclass(frozen=True)
class Fakes:
    """A server and a runner that do as they are told; what stands in `FOLDER/version` is the server's version."""

    folder: Path

    def server(self, port: int) -> Program:
        return self._program("server", port, signal.SIGINT, {"port": port, "prefect": self._version()})

    def runner(self, port: int) -> Program:
        return self._program("runner", 0, signal.SIGTERM, {"port": port})

    def _version(self) -> str:
        path = self.folder / "version"
        return path.read_text() if path.exists() else "1"

    def _program(self, name: str, port: int, stop_by: signal.Signals, facts: dict[str, object]) -> Program:
        home = self.folder / "prefect"
        more = [str(port)] if name == "server" else []
        return Program(
            name=name,
            command=(sys.executable, "-I", "-S", str(FAKE), name, str(self.folder), *more),
            environment=dict(os.environ),
            folder=self.folder,
            hold=home / f"{name}.lock",
            log=home / f"{name}.log",
            stop_by=stop_by,
            patience=2,
            facts=facts,
        )


def free_port() -> int:
    """A port that nobody has."""
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        return int(trial.getsockname()[1])
