"""32 processes on one limit for ten minutes: the server's own log shows the rate. ``SOAK_RATE_SECONDS`` sets the time."""

from __future__ import annotations

import os
from collections import Counter
from pathlib import Path

import pytest

from edgar.archive import Archive
from edgar.askers import asking
from edgar.gate import Gate
from edgar.generator import generate
from edgar.request_log import most_in_a_second
from edgar.server import SmallEdgar
from edgar.stalls import Stalls

SECONDS = float(os.environ.get("SOAK_RATE_SECONDS", "600"))


@pytest.mark.soak
def test_32_processes_keep_to_eight_a_second(tmp_path: Path) -> None:
    with SmallEdgar(Archive(generate(1, 40, scale=0.01)), gate=Gate(None)) as small, Stalls() as stalls:
        with asking(small, tmp_path, 32, SECONDS) as process:
            said, _ = process.communicate(timeout=SECONDS + 60)
        times = small.log.times()
        rate = (len(times) - 1) / (times[-1] - times[0])
        most = most_in_a_second(times)
        each_second = Counter(int(at - times[0]) for at in times)
        least = min(each_second[second] for second in range(int(times[-1] - times[0])))
        print(
            f"{len(times)} requests in {times[-1] - times[0]:.1f} s: {rate:.2f} a second, most {most}, least {least}; stalled {stalls.longest:.2f} s"
        )
        assert said == ""
        assert most <= 10
        assert rate >= 7
