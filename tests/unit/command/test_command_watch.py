"""`filings watch` as a person runs it: a line for each filing, totals at Ctrl-C, what was loaded stays."""

from __future__ import annotations

import json
import signal
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from as_a_person import COMMAND, Run, environment

from backfills import loaded
from edgar.archive import Archive
from edgar.gate import Gate
from edgar.generator import generate
from edgar.server import SmallEdgar
from filings.command.watch_summary import arrival_line, as_row, last_line, together
from filings.pipeline.watch_report import Arrival, WatchReport

NOON = datetime(2026, 11, 27, 17, tzinfo=UTC)


@pytest.fixture
def small() -> Iterator[SmallEdgar]:
    with SmallEdgar(Archive(generate(1, 8, scale=0.01)), gate=Gate(None)) as server:
        yield server


def test_ctrl_c_ends_it_with_its_totals(small: SmallEdgar, tmp_path: Path) -> None:
    named = environment(
        XDG_STATE_HOME=str(tmp_path / "state"),
        FILINGS_EDGAR_URL=small.url,
        FILINGS_USER_NAME="Test",
        FILINGS_USER_EMAIL="test@example.com",
        FILINGS_REQUESTS_PER_SECOND="1000",
    )
    with subprocess.Popen(
        [*COMMAND, "watch", "--every", "5", "--warehouse", str(tmp_path / "w")],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=named,
    ) as child:  # fmt: skip
        assert child.stdout
        lines = [child.stdout.readline() for _ in range(8)]  # they are in the snapshot now
        assert loaded(tmp_path / "w") == set(small.archive.filings)
        child.send_signal(signal.SIGINT)
        out, wrong = child.communicate(timeout=60)
    assert child.returncode == 130
    assert "Interrupted" in wrong and "Traceback" not in wrong
    assert all(line.startswith("2024-01-02  ") for line in lines)
    assert "8 filings not here before, 8 fetched, 8 loaded, 0 quarantined, 0 pending" in out.splitlines()[-1]


def test_what_makes_no_sense(run: Run) -> None:
    for words in (["--every", "nan"], ["--until", "noon"]):
        done = run("watch", *words, "--warehouse", "w")
        assert done.returncode == 2, done.stderr
        assert "error: " in done.stderr


def arrival(**more: object) -> Arrival:
    usual = {"accepted_at": NOON, "at": NOON + timedelta(seconds=24), "status": "loaded"}
    return Arrival("0001234567-26-000001", "8-K", "ACME CORP", **(usual | more))  # type: ignore[arg-type]


def test_a_line_says_when_what_who_and_how_soon() -> None:
    assert arrival_line(arrival()) == "12:00:00    8-K           0001234567-26-000001  ACME CORP  after 24 s"
    assert arrival_line(arrival(status="quarantined")).endswith("after 24 s  (quarantined)")
    assert arrival_line(arrival(is_handed_on=True)).endswith("(loaded by another run)")
    old = arrival_line(arrival(accepted_at=NOON - timedelta(3)))
    assert old.startswith("2026-11-24  8-K") and "after" not in old
    assert arrival_line(arrival(accepted_at=None)).startswith("            8-K ")


def test_the_hours_of_a_run_together() -> None:
    first, second = WatchReport(polls=240, fetched=10), WatchReport(polls=239, fetched=5)
    first.pending["a"] = "it does not come"
    second.latencies = [10.0, 20.0, 30.0]
    first.loaded.filings, second.loaded.filings = {"loaded": 9, "no_family": 1}, {"loaded": 5}
    parts = [{"hour": str(number), **each.to_dict()} for number, each in enumerate((first, second))]
    assert together(parts) == ("479 polls, 15 filings fetched, 15 loaded, 0 did not come", True)
    assert together(parts[:1]) == ("240 polls, 10 filings fetched, 10 loaded, 1 did not come", False)
    assert together([])[1]
    assert as_row(parts[1]) | {"hour": "1", "latency_p50": 20.0, "latency_p95": 30.0, "loaded": 5} == as_row(parts[1])
    assert json.dumps(parts)
    assert "in the snapshot 20 s after acceptance, 95 of 100 within 30 s" in last_line(second)
