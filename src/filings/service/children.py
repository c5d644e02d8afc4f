"""The programs below `filings up`: started in a session of their own, found again after a kill, stopped with patience.

Each holds a file of its own (`holds.py`) from before its first instruction to its end, so it is never lost sight of: not
between its start and the note about it, and not when whoever started it was killed.
"""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from filings.disk import disk
from filings.errors import ServiceError
from filings.service.holds import Hold, holder

_LOG = 10 << 20
"""Bytes after which a log is put aside at the next start; one such is kept."""

_LOOK = 0.05
_TAIL = 4096


@dataclass(frozen=True, slots=True)
class Program:
    """A program to run: `hold` and `log` are its files, `facts` stand in the former.

    It ends by itself within `patience` seconds after the signal `stop_by`; else it is killed, with all of its session.
    """

    name: str
    command: tuple[str, ...]
    environment: Mapping[str, str]
    folder: Path
    hold: Path
    log: Path
    stop_by: signal.Signals = signal.SIGTERM
    patience: float = 30.0
    facts: Mapping[str, Any] = field(default_factory=dict)


class Child:
    """A program that runs, whoever started it."""

    def __init__(
        self, program: Program, pid: int, facts: Mapping[str, Any], process: subprocess.Popen[bytes] | None = None
    ) -> None:
        self.program = program
        self.pid = pid
        self.facts = facts
        self._process = process

    @property
    def is_alive(self) -> bool:
        """Whether it has not ended yet."""
        return self._process.poll() is None if self._process else holder(self.program.hold) is not None

    @property
    def ending(self) -> str:
        """How it ended, in words."""
        code = self._process.returncode if self._process else None
        if code is None:
            return "it is gone"
        if code < 0:
            return f"killed by {signal.Signals(-code).name}"
        return f"exit code {code}"

    def stop(self, is_hurried: Callable[[], bool] = lambda: False) -> bool:
        """Ask it to end, wait, kill what is left of its session. True where it ended by itself.

        `is_hurried` is asked while it waits: no more patience then.
        """
        until = time.monotonic() + self.program.patience
        _signal(os.kill, self.pid, self.program.stop_by)
        while self._is_there() and time.monotonic() < until and not is_hurried():
            time.sleep(_LOOK)
        by_itself = not self._is_there()
        # What it started and left behind, too. Its number cannot be another's: it is not reaped yet, or only just ended.
        _signal(os.killpg, self.pid, signal.SIGKILL)
        while self._is_there():
            time.sleep(_LOOK)
        if self._process:
            self._process.wait()
        return by_itself

    def _is_there(self) -> bool:
        """Without taking note of its end: until then the system gives its number to nobody else."""
        return holder(self.program.hold) is not None


def _signal(send: Callable[[int, int], None], pid: int, number: int) -> None:
    with suppress(ProcessLookupError, PermissionError):
        send(pid, number)


def start(program: Program) -> Child:
    """Start it. Raises ServiceError where it cannot be, or another one of its kind lives; StoreError."""
    log = open_log(program.log)
    hold = Hold.take(program.hold)
    if hold is None:
        log.close()
        raise ServiceError(f"another {program.name} of this warehouse lives", "See `filings status`, `filings down`.")
    with hold, log:
        try:
            process = subprocess.Popen(
                program.command,
                cwd=program.folder,
                env=dict(program.environment),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # else Ctrl-C in the terminal ends server and runner at the same moment
                pass_fds=(hold.file,),
                preexec_fn=lambda: hold.sign(**program.facts),  # by the child itself: a kill here loses no trace of it
            )
        except (OSError, subprocess.SubprocessError) as error:
            raise ServiceError(f"the {program.name} cannot be started: {error}", f"See {program.log}.") from error
    return Child(program, process.pid, program.facts, process)


def open_log(path: Path) -> IO[bytes]:
    """A log to append to; a long one is put aside first. Raises StoreError."""
    with disk(f"opening {path.name}"):
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.exists() and path.stat().st_size > _LOG:
            path.replace(path.with_suffix(".old.log"))
        return path.open("ab")


def find(program: Program) -> Child | None:
    """The one of its kind that lives, whoever started it; None where none does. Raises StoreError."""
    until = time.monotonic() + 5
    while (found := holder(program.hold)) and not found.pid and time.monotonic() < until:
        time.sleep(_LOOK)
    return Child(program, found.pid, found.facts) if found and found.pid else None


def tail(log: Path, lines: int = 12) -> str:
    """The last lines of a log."""
    try:
        with log.open("rb") as file:
            file.seek(max(0, log.stat().st_size - _TAIL))
            text = file.read().decode("utf-8", "replace")
    except OSError:
        return ""
    return "\n".join(text.rstrip().splitlines()[-lines:])


def ask(pid: int) -> None:
    """Ask a process to end."""
    _signal(os.kill, pid, signal.SIGTERM)


def end_process(pid: int, hold: Path, is_hurried: Callable[[], bool], patience: float = 20.0) -> None:
    """End a process that holds a file and has no session of its own: it is asked, then killed."""
    ask(pid)
    until = time.monotonic() + patience
    while holder(hold) and time.monotonic() < until and not is_hurried():
        time.sleep(_LOOK)
    while (still := holder(hold)) and still.pid == pid:
        _signal(os.kill, pid, signal.SIGKILL)
        time.sleep(_LOOK)
