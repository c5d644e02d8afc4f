"""A real server and a real runner, against the small EDGAR: what the other tests of this room take for granted."""

from __future__ import annotations

import fcntl
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from places import free_port

from backfills import loaded
from edgar.archive import Archive
from edgar.gate import Gate
from edgar.generator import generate
from edgar.server import SmallEdgar
from filings.pipeline.pages import PAGE
from filings.service.api import Api, deployments, flow_runs
from filings.service.deployments import DEPLOYMENTS
from filings.service.holds import holder
from filings.service.home import Home, url_of
from filings.service.living import AUTOMATION, living_runs

FILINGS = [sys.executable, "-c", "from filings.command.app import main; main()"]
EXAMPLES = Path(__file__).parents[3] / "examples"
PATIENCE = 300.0  # seconds, on a machine with other things to do


def until(holds: Callable[[], Any], what: str) -> Any:
    end = time.monotonic() + PATIENCE
    while not (found := holds()):
        assert time.monotonic() < end, f"it did not happen: {what}"
        time.sleep(0.2)
    return found


class Real:
    """The command in an environment of its own, and what its server says."""

    def __init__(self, folder: Path, small: SmallEdgar, start: date) -> None:
        self.start = start
        self.warehouse = folder / "w"
        self.home = Home.of(self.warehouse)
        self.port = free_port()
        self.api = Api(url_of(self.port), patience=60)
        self.environment = {
            name: value for name, value in os.environ.items() if not name.startswith(("FILINGS_", "PREFECT_"))
        } | {
            "FILINGS_WAREHOUSE": str(self.warehouse),
            "FILINGS_EDGAR_URL": small.url,
            "FILINGS_USER_NAME": "Test",
            "FILINGS_USER_EMAIL": "test@example.com",
            "FILINGS_REQUESTS_PER_SECOND": "1000",
            "FILINGS_PREFECT_PORT": str(self.port),
            "XDG_STATE_HOME": str(folder / "state"),
            "HOME": str(folder),
        }
        self.log = folder / "up.log"
        self.ups: list[subprocess.Popen[bytes]] = []

    def up(self) -> subprocess.Popen[bytes]:
        with self.log.open("ab") as log:
            self.ups.append(
                subprocess.Popen([*FILINGS, "up"], stdout=log, stderr=log, env=self.environment, cwd=self.log.parent)
            )
        served = {each.name for each in DEPLOYMENTS}
        until(lambda: holder(self.home.folder / "runner.lock"), self.said())
        until(lambda: served <= set(self.deployments()), "all deployments are there")
        return self.ups[-1]

    def deployments(self) -> dict[str, Any]:
        try:
            return deployments(self.api)
        except Exception:
            return {}

    def said(self) -> str:
        return self.log.read_text()

    def run(self, *arguments: str) -> str:
        done = subprocess.run(
            [*FILINGS, *arguments], env=self.environment, capture_output=True, text=True, check=True, timeout=PATIENCE
        )
        return done.stdout

    def trigger(self, name: str, **parameters: object) -> str:
        one = self.deployments()[name]
        made = self.api.post(f"deployments/{one['id']}/create_flow_run", {"parameters": parameters})
        return str(made["id"])

    def state(self, run_id: str) -> str:
        return str(self.api.get(f"flow_runs/{run_id}")["state_name"])

    def clear(self) -> None:
        for each in self.ups:
            if each.poll() is None:
                each.send_signal(signal.SIGKILL)
            each.wait()
        for name in ("runner", "server"):
            if found := holder(self.home.folder / f"{name}.lock"):
                os.killpg(found.pid, signal.SIGKILL)


@pytest.fixture
def real(tmp_path: Path) -> Iterator[Real]:
    start = datetime.now(ZoneInfo("America/New_York")).date() - timedelta(6)
    with SmallEdgar(Archive(generate(5, 4, start=start, scale=0.01)), gate=Gate(None)) as small:
        made = Real(tmp_path, small, start)
        yield made
        made.clear()


def nothing_is_left(home: Home) -> bool:
    return not any(holder(home.folder / f"{name}.lock") for name in ("up", "server", "runner"))


@pytest.mark.prefect
def test_up_then_a_daily_run_then_down(real: Real) -> None:
    real.up()
    daily = real.deployments()["daily"]
    assert {each["schedule"]["cron"] for each in daily["schedules"]} == {"30 22 * * *", "30 6 * * *"}
    assert {each["schedule"]["timezone"] for each in daily["schedules"]} == {"America/New_York"}
    assert daily["concurrency_options"]["collision_strategy"] == "CANCEL_NEW"
    assert daily["global_concurrency_limit"]["limit"] == 1
    assert [each["name"] for each in real.api.post("automations/filter", {})] == [AUTOMATION]
    until(lambda: flow_runs(real.api, ("SCHEDULED",), "NEXT_SCHEDULED_START_TIME_ASC"), "a run is planned")
    run = real.trigger("daily")
    until(lambda: real.state(run) in ("Completed", "Failed", "Crashed"), "the run ends")
    ended = real.api.get(f"flow_runs/{run}")
    assert ended["state_name"] == "Completed", real.said()
    assert "filings listed" in ended["state"]["message"]
    assert ended["name"].startswith("daily 20")
    assert len(loaded(real.warehouse)) > 0
    assert "pages: " + real.api.url in real.run("status")
    assert "daily 20" in real.run("status")
    changed = real.run("schedule", "change", "daily", "0 23 * * 1-5", "--timezone", "UTC")
    assert changed == "daily: 0 23 * * 1-5 UTC changed\n"
    (now,) = real.deployments()["daily"]["schedules"]
    assert (now["schedule"]["cron"], now["schedule"]["timezone"]) == ("0 23 * * 1-5", "UTC")
    real.run("down")
    assert real.ups[-1].wait(60) == 0
    assert nothing_is_left(real.home)
    assert "schedules    not up" in real.run("status")


@pytest.mark.prefect
def test_all_killed_in_the_middle_of_a_run_and_the_next_up_mends_it(real: Real) -> None:
    real.run("ingest", str(EXAMPLES / "form-3.txt"))
    real.run("index", str(real.start), str(real.start + timedelta(6)))
    first = real.up()
    real.run("schedule", "pause", "daily")
    with (real.warehouse / "load" / "writer.lock").open("w") as lock:  # somebody else writes: the run waits
        fcntl.flock(lock, fcntl.LOCK_EX)
        run = real.trigger("verify")
        until(lambda: run in living_runs(real.home), "the run lives")
        runner = holder(real.home.folder / "runner.lock")
        assert runner
        first.kill()
        first.wait()
        os.killpg(runner.pid, signal.SIGKILL)
    server = holder(real.home.folder / "server.lock")
    assert server
    assert real.state(run) == "Running", "nobody has told the server"
    real.up()
    until(lambda: real.state(run) == "Crashed", "the run is swept")
    assert holder(real.home.folder / "server.lock") == server, "the server was taken over"
    again = real.trigger("verify")
    until(lambda: real.state(again) in ("Completed", "Failed", "Crashed", "Cancelled"), "its place is free again")
    assert real.state(again) == "Completed"
    answer = "Not complete: "  # nothing of what the indexes list was fetched
    assert answer in (real.warehouse / PAGE).read_text(encoding="utf-8")
    (shown,) = real.api.post("artifacts/filter", {"artifacts": {"key": {"any_": ["completeness"]}}})
    assert shown["data"].startswith(answer) and str(real.warehouse / PAGE) in shown["data"]
    assert real.deployments()["daily"]["paused"], "what was paused stays so"
    real.ups[-1].send_signal(signal.SIGINT)
    assert real.ups[-1].wait(120) == 0
    assert nothing_is_left(real.home)
