"""Each request that came: in memory, and as a line of JSON where a file is named."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Request:
    """`at` is the monotonic clock of this machine, in seconds; `trouble` what was done on purpose."""

    at: float
    path: str
    agent: str
    status: int
    length: int
    trouble: str | None
    asked: str


class RequestLog:
    def __init__(self, place: Path | None = None) -> None:
        self.requests: list[Request] = []
        self._came = threading.Condition()
        self._file = place.open("a", encoding="utf-8", buffering=1) if place else None

    def add(self, request: Request) -> None:
        with self._came:
            self.requests.append(request)
            self._came.notify_all()
            if self._file:
                line = asdict(request) | {"time": time.time() - time.monotonic() + request.at}
                self._file.write(json.dumps(line) + "\n")

    def wait_for(self, part: str, count: int, timeout: float = 60) -> None:
        """Until so many requests have come whose path has this part."""
        with self._came:
            assert self._came.wait_for(lambda: sum(part in each.path for each in self.requests) >= count, timeout)

    def close(self) -> None:
        if self._file:
            self._file.close()

    def times(self) -> list[float]:
        return sorted(each.at for each in self.requests)


def most_in_a_second(times: Sequence[float]) -> int:
    """The most requests in any sliding second, its end not counted."""
    most = first = 0
    for last, at in enumerate(times):
        while times[first] <= at - 1:
            first += 1
        most = max(most, last - first + 1)
    return most
