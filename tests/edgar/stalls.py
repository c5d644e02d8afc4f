"""How long this process was kept from running: a busy machine must not be taken for a burst of requests."""

from __future__ import annotations

import threading
import time
from types import TracebackType

_TICK = 0.005


class Stalls:
    """While it is open, `longest` is the longest time in seconds that a thread of this process overslept."""

    def __init__(self) -> None:
        self.longest = 0.0
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def _watch(self) -> None:
        last = time.monotonic()
        while not self._end.wait(_TICK):
            now = time.monotonic()
            self.longest = max(self.longest, now - last - _TICK)
            last = now

    def __enter__(self) -> Stalls:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end.set()
        self._thread.join()
