"""One rate limit for all processes of this machine, and the pause after a block page (edgar.md A.2, prefect.md 8).

The SEC counts by address, whatever warehouse or program asks. So the state lies outside every warehouse, in the user's
state folder: ``$XDG_STATE_HOME/filings`` or ``~/.local/state/filings``, two small files for each server:

    sec.gov.turn    the time of the last turn; its lock is the queue
    sec.gov.block   until when nobody may ask

Who wants to send takes the lock, waits until the last turn is an eighth of a second ago, sends while it holds the lock,
and lets go. The system frees the lock of a process that dies, and at most its one turn is lost. Turns that were given
out ahead would be cheaper and wrong: after a stall of the machine all who had overslept would send at the same time.
"""

from __future__ import annotations

import fcntl
import os
import re
import struct
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

from filings.disk import disk
from filings.errors import UsageError
from filings.fetch.addresses import is_of_the_sec

SEC_PER_SECOND = 10
"""Requests a second that the SEC allows one user, over all machines and hosts (edgar.md A.2)."""

SEC_PAUSE = 600.0
"""Seconds after which the SEC lets in again who has kept still."""

LOOK = 0.25
"""Seconds after which those who wait look again whether the pause is over."""

_TURN = struct.Struct("<d")


class Paused(Exception):
    """Nobody may ask now; `until` is the end of it, seconds since 1970 UTC."""

    def __init__(self, until: float) -> None:
        super().__init__(until)
        self.until = until


class Limit:
    """The limit of one server, shared by every process and thread of this user on this machine."""

    def __init__(self, folder: Path, name: str, per_second: float, pause: float) -> None:
        """`per_second` requests at most; `pause` is the length of a pause in seconds."""
        self.folder = folder
        self.turn_file = folder / f"{name}.turn"
        self.block_file = folder / f"{name}.block"
        self.gap = 1 / per_second
        self.pause_seconds = pause
        with disk(f"making {folder}"):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Wait for a turn and hold it: send inside, and nothing else. Raises Paused, StoreError."""
        with disk(f"the rate limit in {self.folder}"):
            file = os.open(self.turn_file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            with disk(f"the rate limit in {self.folder}"):
                fcntl.flock(file, fcntl.LOCK_EX)
                written = os.pread(file, _TURN.size, 0)
            self._refuse()
            slot = self._next(written)
            if (wait := slot - time.monotonic()) > 0:
                time.sleep(wait)
            self._refuse()  # a block page that came to somebody else meanwhile
            with disk(f"the rate limit in {self.folder}"):
                os.pwrite(file, _TURN.pack(slot), 0)
            yield
        finally:
            fcntl.flock(file, fcntl.LOCK_UN)  # closing is not enough where a fork has the file open too
            os.close(file)

    def _next(self, written: bytes) -> float:
        """The time of the next turn, on the clock that all processes of the machine share.

        A turn counts from when it was due, not from when its holder woke, so that oversleeping does not slow the rate;
        but at most half a gap is made good, so that any second sees at most 1 + 8.5 turns at 8 a second.
        """
        now = time.monotonic()
        last = _TURN.unpack(written)[0] if len(written) == _TURN.size else now - self.gap
        if not last <= now + self.gap:  # written before the machine was started again
            last = now
        return max(float(last) + self.gap, now - self.gap / 2)

    def _refuse(self) -> None:
        until = self.blocked_until()
        if until is not None:
            raise Paused(until)

    def block(self, seconds: float | None = None) -> float:
        """A block page came: nobody asks for `pause_seconds`, or `seconds` where that is longer. The time it ends."""
        now = time.time()
        until = max(now + max(self.pause_seconds, seconds or 0.0), self.blocked_until() or 0.0)
        new = self.block_file.with_name(f"{self.block_file.name}.{os.getpid()}.{time.monotonic_ns()}")
        with disk(f"the rate limit in {self.folder}"):
            new.write_text(f"{until:.3f} {until - now:.3f}\n", encoding="ascii")
            new.replace(self.block_file)  # whoever reads sees the old one or the new one
        return until

    def blocked_until(self) -> float | None:
        """The end of the pause, seconds since 1970 UTC; None where there is none.

        A pause is never longer than it was meant, also where the clock was set back.
        """
        try:
            until, length = map(float, self.block_file.read_text(encoding="ascii").split())
        except FileNotFoundError:
            return None
        except (OSError, ValueError):  # not ours: keep still, for as long as a pause takes
            with disk(f"the rate limit in {self.folder}"):
                until, length = self.block_file.stat().st_mtime + self.pause_seconds, self.pause_seconds
        now = time.time()
        return min(until, now + length) if until > now else None


def clock(until: float) -> str:
    """A time for people, with the offset of their zone."""
    return datetime.fromtimestamp(until).astimezone().strftime("%H:%M:%S %z")


def state_folder(environment: Mapping[str, str] | None = None) -> Path:
    """Where the limit's files lie. Raises UsageError where there is no home folder."""
    environment = os.environ if environment is None else environment
    chosen = environment.get("XDG_STATE_HOME", "")
    try:
        # a relative path there is to be ignored, says the XDG Base Directory Specification
        home = Path(chosen) if Path(chosen).is_absolute() else Path.home() / ".local" / "state"
    except RuntimeError as error:
        raise UsageError("There is no home folder for the rate limit", "Set XDG_STATE_HOME to a folder.") from error
    return home / "filings"


def limit_for(url: str, per_second: float, pause: float, folder: Path | None = None) -> Limit:
    """The limit of the server at `url`; the SEC's hosts share one. Raises UsageError for what the SEC does not allow."""
    name = re.sub(r"[^0-9a-z.-]", "_", urlsplit(url).netloc.lower())
    if is_of_the_sec(url):
        name = "sec.gov"
        if per_second > SEC_PER_SECOND:
            raise UsageError(
                f"requests_per_second is {per_second:g}; the SEC allows {SEC_PER_SECOND}",
                "Leave it at 8: steady requests at 9.7 a second have been blocked.",
            )
        if pause < SEC_PAUSE:
            raise UsageError(
                f"A pause of {pause:g} s after a block page is too short for the SEC's hosts",
                "It lets in again who has kept still for 10 minutes; asking earlier prolongs the block.",
            )
    if per_second <= 0:
        raise UsageError(f"requests_per_second is {per_second:g}; it must be more than 0")
    return Limit(folder or state_folder(), name, per_second, pause)
