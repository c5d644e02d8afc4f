"""How a long run tells how far it is: one line that renews itself in a terminal, plain lines now and then elsewhere."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import IO, Protocol

_SHOW_AFTER = 1.0  # seconds: what is quicker says nothing
_RENEW = 0.2  # seconds between two looks of the line in a terminal
_REPEAT = 30.0  # seconds between two plain lines
_ERASE = "\r\x1b[K"


class Progress(Protocol):
    """What a stage tells while it works: from one thread, `start` first, `finish` last, again and again."""

    def start(self, what: str, total: int | None, unit: str) -> None:
        """A piece of work begins; `total` in `unit` (``bytes`` are shown as kB, MB, GB, ``%`` as such alone), None
        where nobody knows."""

    def advance(self, n: int, filings: int = 0) -> None:
        """`n` more units are done; `filings`: how many filings the work has given so far."""

    def say(self, text: str) -> None:
        """A word to the person: what it waits for."""

    def finish(self) -> None:
        """The piece of work is over."""


class Silent:
    """Says nothing."""

    def start(self, what: str, total: int | None, unit: str) -> None:
        """Nothing."""

    def advance(self, n: int, filings: int = 0) -> None:
        """Nothing."""

    def say(self, text: str) -> None:
        """Nothing."""

    def finish(self) -> None:
        """Nothing."""


class Line:
    """Progress on a stream. `is_live`: the stream is a terminal, where one line renews itself."""

    def __init__(
        self, stream: IO[str], *, is_live: bool, width: int = 80, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._stream = stream
        self._is_live = is_live
        self._width = width
        self._clock = clock
        self._is_shown = False
        self.start("", None, "")

    def start(self, what: str, total: int | None, unit: str) -> None:
        """Begin a piece of work; nothing is shown before a second has passed."""
        self._erase()
        self._what, self._total, self._unit = what, total, unit
        self._done = self._filings = 0
        self._begun = self._clock()
        self._next = self._begun + (_SHOW_AFTER if self._is_live else _REPEAT)

    def advance(self, n: int, filings: int = 0) -> None:
        """Count, and show it when it is time."""
        self._done += n
        self._filings = filings or self._filings
        now = self._clock()
        if now < self._next:
            return
        self._next = now + (_RENEW if self._is_live else _REPEAT)
        text = self._text(now - self._begun)
        if self._is_live:
            self._write(_ERASE + text[: self._width - 1])
            self._is_shown = True
        else:
            self._write(text + "\n")

    def say(self, text: str) -> None:
        """A line of its own."""
        self._erase()
        self._write(text + "\n")

    def finish(self) -> None:
        """Take the line away."""
        self._erase()

    def _text(self, seconds: float) -> str:
        rate = self._done / seconds if seconds > 0 else 0.0
        parts, is_share = [self._what], self._unit == "%"
        if self._total:
            parts.append(f"{min(self._done / self._total, 1):.0%}")
            parts += [] if is_share else [f"{amount(self._done, self._unit)} of {amount(self._total, self._unit)}"]
        else:
            parts.append(amount(self._done, self._unit))
        if self._filings and self._unit != "filings":
            parts.append(amount(self._filings, "filings"))
        if not is_share:
            parts.append(f"{amount(round(rate, 1) if rate < 10 else round(rate), self._unit)}/s")
        if self._total and rate:
            parts.append(f"{duration((self._total - self._done) / rate)} left")
        else:
            parts.append(duration(seconds))
        return "  ".join(parts)

    def _erase(self) -> None:
        if self._is_shown:
            self._write(_ERASE)
            self._is_shown = False

    def _write(self, text: str) -> None:
        try:
            self._stream.write(text)
            self._stream.flush()
        except (OSError, ValueError):  # a terminal that went away stops nothing
            self._is_live = False


def amount(number: float, unit: str) -> str:
    """A number with its unit: ``1,234 files``, ``12.3 MB``."""
    if unit != "bytes":
        return f"{number:,} {unit}".rstrip()
    size = float(number)
    for name in ("bytes", "kB", "MB", "GB"):
        if size < 1000 or name == "GB":
            break
        size /= 1000
    return f"{size:,.0f} {name}" if name == "bytes" else f"{size:,.1f} {name}"


def duration(seconds: float) -> str:
    """Seconds as a person says them: ``8 s``, ``3 min 20 s``, ``2 h 5 min``."""
    whole = max(0, round(seconds))
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s"
    return f"{whole // 3600} h {whole % 3600 // 60} min"
