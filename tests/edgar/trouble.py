"""Misbehaviour on demand: on named paths a number of times, or in a share of all answers, decided by a seed."""

from __future__ import annotations

import random
import re
import threading
from collections import Counter
from collections.abc import Mapping

KINDS = (
    "reset",  # the connection breaks before an answer
    "slow",  # the answer comes late
    "stall",  # it begins and stops coming
    "empty",  # 200 and nothing
    "cut",  # fewer bytes than announced
    "cut_chunked",  # no last chunk
    "cut_gzip",  # the length is right and the gzip stops early
    "cut_quietly",  # the length is right and the content stops early
    "wrong",  # 200 and a page of something else
    "429",
    "503",
    "500",
    "not_found",  # a page, not the store's word
    "access_denied",
    "no_such_key",
    "block",  # the page for too many requests, to this one alone
    "undeclared",
    "redirect",
)


class Trouble:
    """What goes wrong next. `slow` seconds a slow answer takes."""

    def __init__(self, shares: Mapping[str, float] | None = None, seed: int = 1, slow: float = 1.0) -> None:
        self.shares = dict(shares or {})
        self.seed = seed
        self.slow = slow
        self.met: Counter[str] = Counter()
        self._planned: list[tuple[re.Pattern[str], str, int]] = []
        self._asked: Counter[str] = Counter()
        self._lock = threading.Lock()

    def plan(self, pattern: str, kind: str, times: int = 1) -> None:
        """The next so many requests whose path has the pattern meet this."""
        if kind not in KINDS:
            raise ValueError(kind)
        self._planned.append((re.compile(pattern), kind, times))

    def clear(self) -> None:
        self._planned.clear()
        self.shares.clear()

    def next(self, path: str) -> str | None:
        with self._lock:
            self._asked[path] += 1
            kind = self._next(path)
            if kind:
                self.met[kind] += 1
            return kind

    def _next(self, path: str) -> str | None:
        for at, (pattern, kind, times) in enumerate(self._planned):
            if pattern.search(path):
                if times == 1:
                    del self._planned[at]
                else:
                    self._planned[at] = (pattern, kind, times - 1)
                return kind
        if not self.shares:
            return None
        # the same for the same path and the same number of asking, whatever order requests come in
        drawn = random.Random(f"{self.seed}:{path}:{self._asked[path]}").random()
        for kind, share in self.shares.items():
            if drawn < share:
                return kind
            drawn -= share
        return None
