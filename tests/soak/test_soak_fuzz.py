"""Half an hour of mutated and random bytes through the whole chain of readers: no crash, no hang, nothing lost.

``SOAK_FUZZ_SECONDS`` sets the time, ``SOAK_FUZZ_SEED`` the first seed; both are printed. An input that fails is written to
a file, and the message names it.
"""

from __future__ import annotations

import os
import time
from collections import Counter
from random import Random

import pytest

from hostile import HOSTILE
from mutations import failing_input, mutated, sources
from reading_chain import check

SECONDS = float(os.environ.get("SOAK_FUZZ_SECONDS", "1800"))
SEED = int(os.environ.get("SOAK_FUZZ_SEED", "20261122"))
LARGEST = 400_000


@pytest.mark.soak
def test_mutated_and_random_bytes_for_half_an_hour() -> None:
    files = sources(os.environ.get("FILINGS_CORPUS", ""), largest=LARGEST)
    small = [data for one in HOSTILE if not one.is_heavy and 0 < len(data := one.bytes()) <= LARGEST]
    print(f"\n{len(files)} files, {len(small)} hostile ones, seed {SEED}, {SECONDS:.0f} s")
    draw = Random(SEED)
    ends = time.monotonic() + SECONDS
    done: Counter[str] = Counter()
    length = 0
    slowest = (0.0, 0, "")
    failed: dict[str, str] = {}
    while time.monotonic() < ends:
        kind = draw.random()
        if kind < 0.05:
            data, names = draw.randbytes(draw.choice((0, 1, 30, 3000, 100_000))), ["random bytes alone"]
        else:
            data, names = mutated(small if kind < 0.2 else files, draw)
        done.update(names)
        length += len(data)
        try:
            with failing_input(data, f"seed {SEED}, input {done.total()}: {names}"):
                seconds = check(data)
        except AssertionError as error:
            # One of each kind is enough to look at, and the others may be something else.
            failed.setdefault(_kind(error), str(error))
            continue
        slowest = max(slowest, (seconds / (len(data) + 20_000), len(data), " ".join(names)))
    rate, size, how = slowest
    print(f"{done.total()} changes, {length / 1e6:.0f} MB; slowest {rate * 1e6:.2f} s a MB, on {size} bytes ({how})")
    assert not failed, "\n\n".join(failed.values())
    assert done.total() > SECONDS, "fewer than one input a second: this tested little"


def _kind(error: BaseException) -> str:
    """Where it failed: the innermost line of code."""
    while error.__cause__ is not None:
        error = error.__cause__
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}" if trace else ""
