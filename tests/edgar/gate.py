"""Who may ask, and how often (edgar.md A.2): a declared User-Agent, ten in any second, a block that asking prolongs."""

from __future__ import annotations

import re
import threading
import time
from collections import deque

_DECLARED = re.compile(r"[^@]*\S\s+\S+@\S+\.\S+")
_TOOLS = re.compile(r"mozilla|python-|urllib|curl|httpx|aiohttp|wget|java/", re.IGNORECASE)


class Gate:
    """`per_second` None lets everything through; `pause` is the block's length in seconds."""

    def __init__(self, per_second: int | None = 10, pause: float = 600.0) -> None:
        self.per_second = per_second
        self.pause = pause
        self.blocks = 0
        self._lock = threading.Lock()
        self._times: deque[float] = deque()
        self._until = 0.0

    def is_declared(self, agent: str) -> bool:
        return bool(_DECLARED.fullmatch(agent.strip())) and not _TOOLS.search(agent)

    def is_blocked(self, at: float) -> bool:
        """Count a request at this time (monotonic); whether it meets the block page."""
        if self.per_second is None:
            return at < self._until
        with self._lock:
            self._times.append(at)
            while self._times[0] <= at - 1:
                self._times.popleft()
            if at < self._until or len(self._times) > self.per_second:
                self.blocks += at >= self._until
                self._until = at + self.pause
                return True
            return False

    def block(self, seconds: float | None = None) -> None:
        """From now on everybody meets the block page."""
        self._until = time.monotonic() + (self.pause if seconds is None else seconds)

    def open(self) -> None:
        self._until = 0.0
        self._times.clear()
