"""Ctrl-C and SIGTERM as a wish that is looked at between two steps, so that going down is a thing that is done in order."""

from __future__ import annotations

import os
import select
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Wish:
    """How often somebody wished it to end: once is with patience, twice without."""

    def __init__(self, waking: int) -> None:
        self._waking = waking
        self.times = 0

    @property
    def is_there(self) -> bool:
        """Whether somebody wishes it to end."""
        return self.times > 0

    @property
    def is_urgent(self) -> bool:
        """Whether somebody said so twice."""
        return self.times > 1

    def wait(self, seconds: float) -> bool:
        """Sleep so long, or until a signal comes; whether somebody wishes it to end."""
        if not self.is_there:
            ready, _, _ = select.select([self._waking], [], [], seconds)
            if ready:
                os.read(self._waking, 4096)
        return self.is_there


@contextmanager
def wishes() -> Iterator[Wish]:
    """Inside, the signals that end a program are wishes; the end of a child, too, ends a wait."""
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    wish = Wish(reading)

    def note(number: int, frame: FrameType | None) -> None:
        wish.times += 1

    # SIGHUP stays ignored where nohup ignores it; SIGINT is taken also where a shell's & had it ignored, so that the
    # children, who inherit that, can be asked by it
    wanted = [each for each in _SIGNALS if each != signal.SIGHUP or signal.getsignal(each) != signal.SIG_IGN]
    before = {each: signal.signal(each, note) for each in wanted}
    before[signal.SIGCHLD] = signal.signal(signal.SIGCHLD, lambda number, frame: None)
    woken = signal.set_wakeup_fd(writing, warn_on_full_buffer=False)
    try:
        yield wish
    finally:
        signal.set_wakeup_fd(woken)
        for each, handler in before.items():
            signal.signal(each, handler)
        os.close(reading)
        os.close(writing)
