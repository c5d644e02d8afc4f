"""The bare loop, and how fast something is beside it; nothing of ours, since the peers' interpreter runs it too."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path


def pin() -> None:
    """One core, the first that we may use; not every system can pin."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})


def submissions(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def bare(data: bytes) -> int:
    """The bare loop: at each ``<DOCUMENT>`` the ``<TEXT>`` and the ``</DOCUMENT>`` behind it. Says how many there are."""
    count = 0
    at = data.find(b"<DOCUMENT>")
    while at >= 0:
        data.find(b"<TEXT>", at)
        data.find(b"</DOCUMENT>", at)
        count += 1
        at = data.find(b"<DOCUMENT>", at + 1)
    return count


def walk(data: bytes) -> int:
    """The same from mark to mark, so that no byte is looked at twice: it misses what stands inside a document."""
    count = 0
    at = data.find(b"<DOCUMENT>")
    while at >= 0:
        text = data.find(b"<TEXT>", at)
        end = data.find(b"</DOCUMENT>", max(at, text))
        count += 1
        at = data.find(b"<DOCUMENT>", max(at + 1, end))
    return count


def anywhere(data: bytes) -> int:
    """Each of the marks by itself, wherever it stands."""
    count = 0
    for mark in (b"<DOCUMENT>", b"<TEXT>", b"</DOCUMENT>"):
        at = data.find(mark)
        while at >= 0:
            count += 1
            at = data.find(mark, at + len(mark))
    return count


def best(
    paths: list[Path],
    jobs: dict[str, Callable[[bytes], object]],
    rounds: int,
    before: Callable[[], object] = lambda: None,
) -> dict[str, float]:
    """CPU seconds of each job over all files, reading included; the best of several rounds, in turns.

    `before` is called ahead of each pass, and not timed.
    """
    found: dict[str, float] = {}
    for _ in range(rounds):
        for name, job in jobs.items():
            before()
            began = time.process_time()
            for path in paths:
                job(path.read_bytes())
            found[name] = min(found.get(name, float("inf")), time.process_time() - began)
    return found
