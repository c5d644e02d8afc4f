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
    before: dict[str, Callable[[], object]] | None = None,
) -> dict[str, float]:
    """CPU seconds of each job over all files, reading included; all jobs in turns, `rounds` times.

    What counts is each job's best over every ten files: on a machine with other work a whole round is never undisturbed.
    `before` is what is done ahead of each pass of a job, and not timed.
    """
    found: dict[tuple[str, int], float] = {}
    for _ in range(rounds):
        for name, job in jobs.items():
            if before and name in before:
                before[name]()
            for start in range(0, len(paths), 10):
                began = time.process_time()
                for path in paths[start : start + 10]:
                    job(path.read_bytes())
                took = time.process_time() - began
                found[name, start] = min(found.get((name, start), took), took)
    return {name: sum(took for (job, _), took in found.items() if job == name) for name in jobs}
