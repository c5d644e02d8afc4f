"""Who lives: a file whose lock is held for as long as its process lives, and which says who that is.

The kernel frees the lock however the process ends, so nothing here trusts a process number that was written by somebody
who is gone. A lock that `Hold.take` took may be given to a child, which then holds it alone.
"""

from __future__ import annotations

import fcntl
import json
import os
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from filings.disk import disk
from filings.faults import Point, reach

_PROBE = 0.5  # seconds in which a lock may be held by somebody who only looks
_LOOK = 0.02


@dataclass(frozen=True, slots=True)
class Holder:
    """A process that lives: since when (UTC, ISO 8601), and what it wrote beside that. `pid` 0: it is just starting."""

    pid: int
    since: str
    facts: Mapping[str, Any] = field(default_factory=dict)


def holder(path: Path) -> Holder | None:
    """Who holds the file; None where nobody does. Raises StoreError."""
    with disk(f"looking at {path.name}"):
        try:
            file = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        except FileNotFoundError:
            return None
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return _read(file)
        finally:
            os.close(file)
    return None


def _open(path: Path) -> int:
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)


def _lock(file: int) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _read(file: int) -> Holder:
    try:
        facts = json.loads(os.pread(file, 65536, 0))
        return Holder(int(facts.pop("pid")), str(facts.pop("since")), facts)
    except (ValueError, KeyError, TypeError, AttributeError):  # between taking it and saying who took it
        return Holder(0, "")


class Hold:
    """A file that this process holds. Use as a context, or `release` it."""

    def __init__(self, path: Path, file: int) -> None:
        self.path = path
        self.file = file

    @classmethod
    def take(cls, path: Path) -> Hold | None:
        """Hold the file; None where somebody else does. It says nobody's name until `sign`. Raises StoreError."""
        with disk(f"taking {path.name}"):
            path.parent.mkdir(parents=True, exist_ok=True)
            until = time.monotonic() + _PROBE
            file = _open(path)
            while not _lock(file) or not os.fstat(file).st_nlink:  # held, or taken away before it was locked
                os.close(file)
                if time.monotonic() > until:
                    return None
                time.sleep(_LOOK)
                file = _open(path)
            os.ftruncate(file, 0)
        return cls(path, file)

    def sign(self, **facts: Any) -> None:
        """Write who holds it: this process, now, and `facts`. Raises StoreError."""
        now = datetime.now(UTC).isoformat(timespec="seconds")
        text = json.dumps({"pid": os.getpid(), "since": now, **facts}).encode()
        with disk(f"writing {self.path.name}"):
            reach(Point.SERVICE_SIGN)
            os.ftruncate(self.file, 0)
            os.pwrite(self.file, text, 0)

    def release(self) -> None:
        """Let go; a child that was given the file holds it on."""
        if self.file >= 0:
            os.close(self.file)
            self.file = -1

    def __enter__(self) -> Hold:
        return self

    def __exit__(self, *_: object) -> None:
        self.release()
