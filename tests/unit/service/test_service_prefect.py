"""A real server and a real runner, against the small EDGAR: what the other tests of this room take for granted."""

from __future__ import annotations

import fcntl
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
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
from filings.service.schedules import change

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

    def __init__(self, folder: Path, small: SmallEdgar, days: str) -> None:
        self.days = days
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

    def ended(self, deployment: str) -> dict[str, Any] | None:
        """The last run of a deployment that is over."""
        one = self.deployments().get(deployment, {}).get("id")
        found = flow_runs(self.api, ("COMPLETED", "FAILED", "CRASHED"), "END_TIME_DESC", 1, one) if one else []
        return found[0] if found else None

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
    filings = list(generate(5, 4, start=start, scale=0.01))
    with SmallEdgar(Archive(filings), gate=Gate(None)) as small:
        made = Real(tmp_path, small, str(min(each.filed for each in filings)))
        change(made.home.schedules, "watch", is_paused=True)  # on a weekday `up` would ask for one by itself
        yield made
        made.clear()


@pytest.mark.prefect
def test_up_runs_what_is_due_or_handed_over_and_mends_what_was_killed(real: Real) -> None:
    """One server for all of it: each start of one costs half a minute."""
    real.run("ingest", str(EXAMPLES / "form-3.txt"))
    first = real.up()
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
    here = loaded(real.warehouse)
    verified = until(lambda: real.ended("verify"), "a verify follows it")
    assert (verified["name"], verified["state"]["message"]) == ("verify new", "All agrees.")
    (shown,) = real.api.post("artifacts/filter", {"artifacts": {"key": {"any_": ["completeness"]}}})
    answer, _, place = shown["data"].partition(":")
    assert answer in ("Complete", "Not complete") and str(real.warehouse / PAGE) in place
    assert f"{answer}: " in (real.warehouse / PAGE).read_text(encoding="utf-8")

    report = json.loads(real.run("backfill", real.days, "--format", "json"))
    assert (report["fetched"], report["pending"]) == (len(loaded(real.warehouse)) - len(here), [])
    assert report["fetched"] > 0, "the daily run looks at two days alone"
    assert real.ended("backfill")["name"] == f"backfill {real.days}"
    assert "pages: " + real.api.url in real.run("status")
    assert "completed" in real.run("schedule", "show")
    changed = real.run("schedule", "change", "daily", "0 23 * * 1-5", "--timezone", "UTC")
    assert changed == "daily: 0 23 * * 1-5 UTC changed\n"
    (now,) = real.deployments()["daily"]["schedules"]
    assert (now["schedule"]["cron"], now["schedule"]["timezone"]) == ("0 23 * * 1-5", "UTC")

    real.run("schedule", "pause", "daily")
    with (real.warehouse / "load" / "writer.lock").open("w") as lock:  # somebody else writes: the run waits
        fcntl.flock(lock, fcntl.LOCK_EX)
        run = real.trigger("upgrade")
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
    again = real.trigger("upgrade")
    until(lambda: real.state(again) in ("Completed", "Failed", "Crashed", "Cancelled"), "its place is free again")
    assert real.state(again) == "Completed"
    assert real.deployments()["daily"]["paused"], "what was paused stays so"
    real.run("down")
    assert real.ups[-1].wait(60) == 0
    assert not any(holder(real.home.folder / f"{name}.lock") for name in ("up", "server", "runner"))
    assert "schedules    not up" in real.run("status")
