"""The command in a process that a person interrupts: with Ctrl-C at a named step, or a moment after it."""

from __future__ import annotations

import subprocess
from collections.abc import Callable

Start = Callable[..., "subprocess.Popen[str]"]
"""The fixture `start`: the words of the command, and with `before` what its process runs first."""

_INTERRUPTED_AT = """
import os, signal
import filings.faults
reached = {{}}
def interrupt(*_):
    raise KeyboardInterrupt
def reach(point):
    reached[point] = reached.get(point, 0) + 1
    if (point, reached[point]) == ({point!r}, {nth}):
        if not {delay}:
            os.kill(os.getpid(), signal.SIGINT)
        signal.signal(signal.SIGALRM, interrupt)
        signal.setitimer(signal.ITIMER_REAL, {delay})
filings.faults.reach = reach
import filings.pipeline.loading as l, filings.pipeline.rebuild as r
l.BATCH_FILINGS = r.BATCH_FILINGS = 1
"""


def interrupted_at(point: str, nth: int, delay: float = 0) -> str:
    """Ctrl-C the n-th time that a point is reached, or so many seconds later; each batch is one file."""
    return _INTERRUPTED_AT.format(point=point, nth=nth, delay=delay)
