"""Runs that the server takes for running and that nobody works on: told by locks alone."""

from __future__ import annotations

import os
import signal
from pathlib import Path
from typing import Any

import pytest
from stage import until

from filings.service.api import Api
from filings.service.home import SERVED, Home
from filings.service.living import AUTOMATION, Suspects, ensure_automation, living, living_runs, sweep


class Server(Api):
    """A server with some flow runs."""

    def __init__(self, *runs: dict[str, Any]) -> None:
        self.runs = [
            {"deployment_id": "d", "work_pool_name": None, "name": "calm-owl", "state_name": "Running", **run}
            for run in runs
        ]
        self.states: dict[str, dict[str, Any]] = {}
        self.automations: list[dict[str, Any]] = []

    def post(self, path: str, body: Any = None) -> Any:
        if path == "flow_runs/filter":
            return [run for run in self.runs if run["id"] not in self.states]
        if path == "automations/filter":
            return self.automations
        if path == "automations/":
            self.automations.append(body)
            return {"id": "a"}
        assert path.startswith("flow_runs/") and path.endswith("/set_state")
        assert body["force"] is True
        self.states[path.split("/")[1]] = body["state"]
        return {}


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path)


def test_a_run_lives_as_long_as_its_process(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(SERVED, "1")
    child = os.fork()
    if child == 0:
        with living(home.warehouse, "one"):
            signal.pause()
        os._exit(0)
    until(lambda: living_runs(home).get("one") and living_runs(home)["one"].pid == child)
    assert living_runs(home)["one"].facts == {"served": True}
    api = Server({"id": "one"}, {"id": "two"})
    assert sweep(api, home, print, "gone", settle=0) == 1
    assert list(api.states) == ["two"]
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    assert sweep(api, home, print, "gone", settle=0) == 1
    assert api.states["one"] == {"type": "CRASHED", "name": "Crashed", "message": "gone"}
    assert not list(home.runs.iterdir()), "what it left is cleared away"


def test_a_run_that_is_over_leaves_nothing(home: Home) -> None:
    with living(home.warehouse, "one"):
        assert list(living_runs(home)) == ["one"]
    with living(home.warehouse, None):
        assert not living_runs(home)
    assert not list(home.runs.iterdir())


def test_runs_of_others_are_left_to_their_heartbeats(home: Home) -> None:
    api = Server({"id": "by-hand", "deployment_id": None}, {"id": "of-a-worker", "work_pool_name": "local"})
    assert sweep(api, home, print, "gone", settle=0) == 0


def test_between_the_server_s_note_and_the_first_line_of_the_flow_a_run_is_only_suspected(home: Home) -> None:
    api = Server({"id": "one"}, {"id": "two"})
    suspects = Suspects(api, home, patience=0.2)
    assert suspects.look() == []
    with living(home.warehouse, "one"):
        said: list[str] = []
        until(lambda: said.extend(suspects.look()) or "two" in api.states)
        assert said == ["calm-owl"]
        assert "one" not in api.states


def test_the_automation_is_made_once_and_waits_longer_than_prefect_s_own_heartbeat() -> None:
    api = Server()
    ensure_automation(api)
    ensure_automation(api)
    (made,) = api.automations
    assert made["name"] == AUTOMATION
    assert made["trigger"]["within"] > 180
