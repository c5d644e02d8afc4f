"""The most memory that a process and all its children held at once, in proportional set size: mapped files counted.

Proportional: a page that n processes share counts a n-th in each. Looked at every 20 ms through /proc (Linux).
"""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

MB = 1 << 20
IS_MEASURABLE = Path("/proc/self/smaps_rollup").exists()
WHY_NOT = "memory was not measured: /proc/PID/smaps_rollup is Linux's"

_EVERY = 0.02


@dataclass(slots=True)
class Ended:
    """How a command ended, what it said, and the most that it held at one time."""

    code: int
    said: str
    complained: str
    peak: int
    samples: int
    seconds: float

    @property
    def peak_mb(self) -> int:
        return round(self.peak / MB)


def run(
    command: Sequence[str],
    folder: Path,
    environment: Mapping[str, str],
    *,
    timeout: float,
    meanwhile: Callable[[], object] = lambda: None,
) -> Ended:
    """Run a command in `folder` and look at its memory until it ends; `meanwhile` is called at each look.

    Raises TimeoutError, having killed it, where it takes longer than `timeout` seconds of wall time.
    """
    started = time.monotonic()
    peak = samples = 0
    said, complained = folder / "said.txt", folder / "complained.txt"
    with said.open("wb") as out, complained.open("wb") as err:
        process = subprocess.Popen(command, cwd=folder, env=dict(environment), stdout=out, stderr=err)
        try:
            while process.poll() is None:
                peak, samples = max(peak, held(process.pid)), samples + 1
                meanwhile()
                if time.monotonic() - started > timeout:
                    raise TimeoutError(
                        f"{' '.join(command[-6:])}: still running after {timeout:.0f} s, {peak / MB:.0f} MB"
                    )
                time.sleep(_EVERY)
        finally:
            if process.poll() is None:
                process.kill()
                process.wait()
    return Ended(
        process.returncode,
        _head(said),
        _head(complained),
        peak,
        samples,
        time.monotonic() - started,
    )


def _head(place: Path) -> str:
    with place.open("rb") as file:
        return file.read(MB).decode("utf-8", "replace")


def held(pid: int) -> int:
    """Bytes that a process and its children hold now; 0 where it has ended."""
    children: dict[int, list[int]] = {}
    for each in Path("/proc").iterdir():
        if each.name.isdigit() and (parent := _parent(each)):
            children.setdefault(parent, []).append(int(each.name))
    family = [pid]
    for one in family:
        family += children.get(one, ())
    return sum(map(_pss, family))


def _parent(process: Path) -> int:
    try:
        stat = (process / "stat").read_bytes()
    except OSError:  # it has ended
        return 0
    return int(stat[stat.rindex(b")") + 2 :].split()[1])


def _pss(pid: int) -> int:
    try:
        with Path(f"/proc/{pid}/smaps_rollup").open("rb") as lines:
            for line in lines:
                if line.startswith(b"Pss:"):
                    return int(line.split()[1]) * 1024
    except OSError:  # it has ended, or is another user's
        return 0
    return 0
