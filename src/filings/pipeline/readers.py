"""Processes that read files beside the writer (prefect.md 4): started as parts come, ended with the writer.

A process of theirs may die at any moment: what it had is given back unread, and another takes its place.
"""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Collection
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from multiprocessing import Pipe
from pathlib import Path
from queue import LifoQueue
from types import TracebackType

from filings.load.beforehand import Beforehand, Part
from filings.raw.folder import PackFolder

_DEATHS = 8
"""When so many have died no more are started: something is wrong that another one does not mend."""


class _Process:
    """One reading process. It reads one part at a time."""

    def __init__(self, folder: PackFolder, text_forms: Collection[str]) -> None:
        self._connection, theirs = Pipe()
        with theirs:
            # A group of its own, since Ctrl-C in a terminal is the writer's affair. -P, since the folder where somebody
            # stands is none of ours.
            command = [sys.executable, "-P", "-m", "filings.pipeline.reader", str(theirs.fileno())]
            self._process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, pass_fds=[theirs.fileno()], process_group=0
            )
        with suppress(OSError):  # it may be dead already: the first part tells
            self._connection.send((folder, text_forms))

    @property
    def pid(self) -> int:
        """Its number."""
        return self._process.pid

    def read(self, part: Part) -> Beforehand | None:
        """What its files become; None where they could not be read. Raises EOFError or OSError where it is dead."""
        self._connection.send(part)
        answer: Beforehand | None = self._connection.recv()
        return answer

    def kill(self) -> None:
        """End it; whoever waits for its answer is told."""
        self._process.kill()

    def bury(self) -> str:
        """How it ended, in words; killed if it had not."""
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(0.2)  # it closes the connection a moment before
        self._process.kill()
        code = self._process.wait()
        self._connection.close()
        return f"by signal {-code}" if code < 0 else f"with exit code {code}"


class Readers:
    """At most `count` reading processes over the packs of a raw store, for one thread. Use as a context."""

    def __init__(self, raw: Path, count: int, text_forms: Collection[str]) -> None:
        """`raw` is the raw store's folder, `text_forms` are the forms whose text is read. Nothing is started yet."""
        self.count = count
        self._folder = PackFolder((raw / "packs").absolute())
        self._text_forms = frozenset(text_forms)
        self._threads: ThreadPoolExecutor | None = None
        self._free: LifoQueue[_Process | None] = (
            LifoQueue()
        )  # the last first: who waits longest may not be needed at all
        self._lock = threading.Lock()
        self._living: list[_Process] = []
        self._deaths: list[str] = []
        self._told = 0
        self._is_closed = False

    def __enter__(self) -> Readers:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def pids(self) -> list[int]:
        """The numbers of those that run."""
        with self._lock:
            return [one.pid for one in self._living]

    def read(self, part: Part) -> Future[Beforehand | None]:
        """What the files of a part become; None where they could not be read, so that whoever asks reads them itself."""
        if self._threads is None:
            self._threads = ThreadPoolExecutor(self.count, "reader")  # they wait for answers, one a process
            for _ in range(self.count):
                self._free.put(None)
        return self._threads.submit(self._read, part)

    def deaths(self) -> list[str]:
        """How each of those ended that died since this was asked last."""
        with self._lock:
            told, self._told = self._told, len(self._deaths)
            return self._deaths[told:]

    def close(self) -> None:
        """End them all, whatever they do."""
        with self._lock:
            self._is_closed = True
            for one in self._living:
                one.kill()
        if self._threads:
            self._threads.shutdown(cancel_futures=True)
        while self._living:
            self._living.pop().bury()

    def _read(self, part: Part) -> Beforehand | None:
        process = self._free.get()
        try:
            process = process or self._start()
            return process.read(part) if process else None
        except (EOFError, OSError) as error:
            self._bury(process, error)
            process = None
            return None
        finally:
            self._free.put(process)

    def _start(self) -> _Process | None:
        with self._lock:
            if self._is_closed or len(self._deaths) >= _DEATHS:
                return None
            process = _Process(self._folder, self._text_forms)
            self._living.append(process)
            return process

    def _bury(self, process: _Process | None, error: Exception) -> None:
        with self._lock:
            if self._is_closed:  # it was ended, and is buried by who did that
                return
            if process:
                self._living.remove(process)
            self._deaths.append(process.bury() if process else str(error))
