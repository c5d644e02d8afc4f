"""`filings backfill` beside a server: handed over, followed, let go; or done here."""

from __future__ import annotations

import json
import signal
import subprocess
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from as_a_person import COMMAND, environment

from filings.pipeline.backfill_parts import together
from filings.pipeline.backfill_report import BackfillReport
from filings.pipeline.hours import EASTERN
from filings.pipeline.report import Report
from filings.service.handover import REPORT
from prefect_server import RUN, FakePrefect, seems_up

DONE = ("COMPLETED", "Completed", "all came")
Call = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def server() -> Iterator[FakePrefect]:
    made = FakePrefect(("RUNNING", "Running", None), DONE)
    made.artifacts[REPORT] = together([BackfillReport(loaded=Report(filings={"loaded": 3}, snapshot=2)).to_dict()])
    made.line("waiting for another run")
    yield made
    made.close()


@pytest.fixture
def call(server: FakePrefect, tmp_path: Path) -> Iterator[Call]:
    def run(*words: str, **named: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*COMMAND, "backfill", "2024-01", *words],
            capture_output=True, text=True, cwd=tmp_path, env=environment(**named), timeout=60, check=False,
        )  # fmt: skip

    with seems_up(tmp_path / "warehouse", server.port, {}):
        yield run


def test_the_run_is_handed_over_and_its_report_is_the_command_s(server: FakePrefect, call: Call) -> None:
    done = call("--form", "6-K,20-F", "--no-amendments", "--limit", "5", "--again")
    assert done.returncode == 0, done.stderr
    assert done.stdout.endswith("0 given up; 0 bytes in 0 s; snapshot 2.\n") and "3 loaded" in done.stdout
    assert f"{server.url}/runs/flow-run/{RUN}" in done.stderr
    assert "backfill 2024-01: running\nwaiting for another run\n" in done.stderr
    (order,) = server.asked
    assert (order["deployment"], order["name"]) == ("backfill", "backfill 2024-01-01…2024-01-31 6-K,20-F")
    assert order["parameters"] == {
        "start": "2024-01-01", "end": "2024-01-31", "forms": ["6-K,20-F"], "ciks": [], "tickers": [],
        "amendments": False, "route": "auto", "limit": 5, "again": True,
    }  # fmt: skip


def test_exit_codes_and_json_are_those_of_the_command(server: FakePrefect, call: Call) -> None:
    lacking = server.artifacts[REPORT]
    lacking["pending"] = [{"accession": "0000000001-24-000001", "attempts": 1, "reason": "no answer"}]
    done = call("--format", "json", "--quiet")
    assert (done.returncode, done.stderr) == (3, "")
    assert json.loads(done.stdout).keys() == BackfillReport().to_dict().keys()
    assert json.loads(done.stdout)["pending"] == lacking["pending"]
    server.states = [("FAILED", "Failed", "Flow run encountered an exception: UsageError: no name\n  Set user_name.")]
    done = call("--quiet")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith(
        "error: backfill 2024-01-01…2024-01-31 is failed: no name. Set user_name.\n  Its log: "
    )


def test_let_go_at_once(server: FakePrefect, call: Call) -> None:
    server.states = [("RUNNING", "Running", None)]
    done = call("--detach", "--format", "json")
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout) == {
        "flow_run_id": RUN, "name": "backfill 2024-01-01…2024-01-31", "url": f"{server.url}/runs/flow-run/{RUN}",
    }  # fmt: skip


def test_ctrl_c_lets_go_and_says_where_it_is(server: FakePrefect, call: Call, tmp_path: Path) -> None:
    server.states = [("RUNNING", "Running", None)]
    command = [*COMMAND, "backfill", "2024-01"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, cwd=tmp_path, env=environment()) as child:
        assert child.stderr
        while "waiting for" not in child.stderr.readline():
            pass
        child.send_signal(signal.SIGINT)
        said = child.stderr.read()
        assert child.wait(30) == 130
    assert f"It goes on as backfill 2024-01-01…2024-01-31. See it, or cancel it there: {server.url}" in said


@pytest.mark.parametrize(
    ("words", "said", "code"),
    [
        (["--dry-run"], "user_name", 2),
        (["--here", "--detach"], "--detach and --here", 2),
        (["--route", "x"], "--route is 'x'", 2),
    ],
)
def test_what_is_done_here_or_makes_no_sense_asks_no_server(
    server: FakePrefect, call: Call, words: list[str], said: str, code: int
) -> None:
    done = call(*words)
    assert done.returncode == code and said in done.stderr, done.stderr
    assert server.asked == []


def test_a_watch_is_handed_over_with_the_instant_at_which_it_ends(server: FakePrefect, tmp_path: Path) -> None:
    """By the time that the run reads it, half past six may be tomorrow's."""
    server.states = [("RUNNING", "Running", None), ("COMPLETED", "Incomplete", "12 polls, 1 did not come")]
    with seems_up(tmp_path / "warehouse", server.port, {}):
        done = subprocess.run(
            [*COMMAND, "watch", "--until", "18:30", "--every", "30"],
            capture_output=True, text=True, cwd=tmp_path, env=environment(), timeout=60, check=False,
        )  # fmt: skip
    assert (done.returncode, done.stdout) == (3, "12 polls, 1 did not come\n"), done.stderr
    (order,) = server.asked
    assert order["deployment"] == "watch" and order["parameters"].keys() == {"until", "every"}
    until = datetime.fromisoformat(order["parameters"]["until"])
    assert f"{until.astimezone(EASTERN):%H:%M}" == "18:30" and datetime.now(UTC) < until < datetime.now(
        UTC
    ) + timedelta(2)
    assert order["parameters"]["every"] == 30


def test_nobody_to_leave_it_to(tmp_path: Path) -> None:
    done = subprocess.run(
        [*COMMAND, "backfill", "2024-01", "--detach"],
        capture_output=True, text=True, cwd=tmp_path, env=environment(), timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 1
    assert "there is nobody to leave the run to\n  Start `filings up`" in done.stderr


def test_a_report_comes_out_of_its_plain_values_as_it_was() -> None:
    plain: dict[str, Any] = together(
        [
            BackfillReport().to_dict()
            | {
                "days": [
                    {"day": "2024-01-02", "route": "filings", "listed": 2, "wanted": 2, "fetched": 1, "failed": 1}
                    | {"requests": 1, "bytes": 10, "seconds": 1.0, "trouble": ""}
                ],
                "pending": [{"accession": "0000000001-24-000001", "attempts": 1, "reason": "no answer"}],
            }
        ],
        [("2024-02", "blocked")],
    )
    made = BackfillReport.of(json.loads(json.dumps(plain)))
    assert not made.is_clean
    assert made.to_dict() == plain | {"fetched": 1, "requests": 1, "bytes": 10, "failed": [("2024-02", "blocked")]}
