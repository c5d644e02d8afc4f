"""Whether a time grows with its input, on a machine that also does other things."""

from __future__ import annotations

from collections.abc import Callable

SMALL, LARGE = 8_000, 40_000
_TRIES = 4


def is_linear(seconds: Callable[[int], float]) -> bool:
    """`seconds` gives the time that an input of so many bytes takes. Five times the input takes five times as long, not
    twenty-five times; a machine that is busy just then is asked again."""
    for _ in range(_TRIES):
        small = max(min(seconds(SMALL), seconds(SMALL)), 0.001)
        if seconds(LARGE) < 12 * small + 0.1:
            return True
    return False
