"""The long runs of a backfill: a month complete, five minutes of two at once, fifty kills -9."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import duckdb
import pytest

from backfills import HASTY, SPAN, accessions, bodies_asked, loaded, settings_for
from edgar.archive import Archive
from edgar.folder import read
from edgar.gate import Gate
from edgar.generator import generate
from edgar.request_log import most_in_a_second
from edgar.server import SmallEdgar
from edgar.trouble import KINDS
from filings.errors import Blocked, Undeclared
from filings.pipeline.backfill import Options, backfill
from filings.pipeline.verify import verify
from warehouses import differences, filings_of

Start = Callable[..., "subprocess.Popen[str]"]
KILLS = 50


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Start a backfill of all days of a small EDGAR; what still runs at the end of the test is killed."""
    running = []

    def begin(small: SmallEdgar, warehouse: Path, *words: str, per_second: int = 8) -> subprocess.Popen[str]:
        environment = os.environ | {
            "XDG_STATE_HOME": str(tmp_path / "state"),
            "FILINGS_EDGAR_URL": small.url,
            "FILINGS_USER_NAME": "Test",
            "FILINGS_USER_EMAIL": "test@example.com",
            "FILINGS_WAREHOUSE": str(warehouse),
            "FILINGS_REQUESTS_PER_SECOND": str(per_second),
            "FILINGS_BLOCK_SECONDS": "2",
        }
        child = subprocess.Popen(
            [sys.executable, "-m", "filings", "backfill", "1993", "2026", *words],
            env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        running.append(child)
        return child

    yield begin
    for child in running:
        if child.poll() is None:
            child.kill()
        child.communicate()


@pytest.mark.soak
def test_twenty_days_of_five_hundred_and_the_corpus_are_complete(start: Start, tmp_path: Path) -> None:
    folder = os.environ.get("FILINGS_CORPUS", "")
    real = list(read(Path(folder, "edgar", "submissions"))) if folder else []
    filings = [*real, *generate(20, 500, scale=0.02)]
    with SmallEdgar(Archive(filings), gate=Gate(None)) as small:
        began = time.monotonic()
        child = start(small, tmp_path / "w", "--route", "filings", per_second=1000)
        out, wrong = child.communicate(timeout=3600)
        assert child.returncode == 0, out + wrong
        print(f"{len(small.archive.filings)} filings in {time.monotonic() - began:.0f} s: {out.splitlines()[-1]}")
        assert accessions(filings) <= loaded(tmp_path / "w")
        assert max(Counter(bodies_asked(small)).values()) == 1
    with duckdb.connect(str((tmp_path / "w" / "filings.duckdb").resolve()), read_only=True) as connection:
        asked = connection.execute("SELECT sum(listed) > 0, sum(pending), sum(missing) FROM completeness")
        assert asked.fetchall() == [(True, 0, 0)]
    assert verify(tmp_path / "w") == []


@pytest.mark.soak
def test_every_fault_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nine answers of ten are wrong in one way or another. After each run what never came right is pending, nothing else;
    runs that EDGAR turns away end early, and the next one goes on."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    warehouse = tmp_path / "w"
    with SmallEdgar(Archive(generate(3, 60, scale=0.01)), gate=Gate(None)) as small:
        everything = set(small.archive.filings)
        small.trouble.shares = dict.fromkeys(KINDS, 0.05)
        small.trouble.slow = 0.1
        ends: Counter[str] = Counter()
        asked, is_clean = 0, False
        while not is_clean:
            assert sum(ends.values()) < 400, ends
            asked += len(small.log.requests)
            small.log.requests.clear()
            try:
                report = backfill(settings_for(small, warehouse), SPAN, None, Options(again=True), patience=HASTY)
            except (Blocked, Undeclared) as error:
                ends[type(error).__name__] += 1  # what was on the wire then is asked for again
                continue
            ends["complete" if report.is_clean else "incomplete"] += 1
            right = {
                one.path.rpartition("/")[2].removesuffix(".txt")
                for one in small.log.requests
                if "/edgar/data/" in one.path and one.status == 200 and one.trouble in (None, "", "slow")
            }
            here = loaded(warehouse)
            assert right <= here
            if not report.index_failed:
                assert report.pending.keys() | report.given_up.keys() == everything - here
            is_clean = report.is_clean
        print(
            f"{len(everything)} filings, {len(small.log.requests)} requests, {dict(small.trouble.met)}, runs: {dict(ends)}"
        )
        assert loaded(warehouse) == everything and small.trouble.met.keys() == set(KINDS)
    assert verify(warehouse) == []


@pytest.mark.soak
def test_two_at_once_for_five_minutes(start: Start, tmp_path: Path) -> None:
    with SmallEdgar(Archive(generate(24, 100, scale=0.01)), gate=Gate(10, pause=5)) as small:
        children = [start(small, tmp_path / "w", "--route", "filings") for _ in range(2)]
        said = [child.communicate(timeout=1200) for child in children]
        assert [child.returncode for child in children] == [0, 0], said
        times = [one.at for one in small.log.requests if "/edgar/data/" in one.path]
        rate = (len(times) - 1) / (max(times) - min(times))
        most = most_in_a_second(small.log.times())
        print(f"{len(times)} submissions in {max(times) - min(times):.0f} s: {rate:.2f} a second, at most {most}")
        assert most <= 10 and small.gate.blocks == 0
        assert rate >= 7
        assert max(Counter(bodies_asked(small)).values()) == 1
        assert loaded(tmp_path / "w") == set(small.archive.filings)
    assert verify(tmp_path / "w") == []


@pytest.mark.soak
def test_fifty_kills(start: Start, tmp_path: Path) -> None:
    with SmallEdgar(Archive(generate(6, 40, scale=0.01)), gate=Gate(None)) as small:
        for route in ("filings", "archive"):
            whole = start(small, tmp_path / f"undisturbed-{route}", "--route", route, per_second=200)
            whole.communicate(timeout=600)
            expected = filings_of(tmp_path / f"undisturbed-{route}")
            small.log.requests.clear()
            warehouse, draw, killed = tmp_path / route, random.Random(route), 0
            while killed < KILLS // 2:
                children = [
                    start(small, warehouse, "--route", route, per_second=40) for _ in range(draw.choice((1, 2)))
                ]
                for child in children:
                    try:
                        child.wait(draw.uniform(0.5, 6))
                    except subprocess.TimeoutExpired:
                        child.kill()
                        child.wait()
                        killed += 1
            last = start(small, warehouse, "--route", route, per_second=200)
            out, wrong = last.communicate(timeout=600)
            assert last.returncode == 0, out + wrong
            assert differences(expected, filings_of(warehouse)) == []
            assert verify(warehouse) == []
            assert not list((warehouse / "spool").iterdir())
            twice = sum(count - 1 for count in Counter(bodies_asked(small)).values())
            print(f"{route}: {killed} kills, {twice} bodies asked for again")
            assert twice <= 6 * killed, "more than what was on the wire"
