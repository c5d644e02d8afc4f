"""A watch that died is asked for again; one that somebody ended, paused or moved is not."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from filings.pipeline.hours import EASTERN
from filings.service.api import Api
from filings.service.deployments import schedule
from filings.service.home import Home
from filings.service.revival import Revival
from filings.service.schedules import change

NOON = datetime(2026, 11, 27, 12, tzinfo=EASTERN)


class Server(Api):
    """A server with runs of the deployment `watch`."""

    def __init__(self, *runs: dict[str, Any], **more: Any) -> None:
        self.runs = list(runs)
        self.more = more
        self.asked: list[dict[str, Any]] = []

    def post(self, path: str, body: Any = None) -> Any:
        if path == "deployments/filter":
            return [{"name": "watch", "id": "d", "paused": False, **self.more}]
        if path == "flow_runs/filter":
            assert body["deployments"] == {"id": {"any_": ["d"]}}
            return [each for each in self.runs if each["state_type"] in body["flow_runs"]["state"]["type"]["any_"]]
        assert path == "deployments/d/create_flow_run"
        self.asked.append(body)
        return {"id": "new"}


def run(kind: str, **more: Any) -> dict[str, Any]:
    return {"id": "r", "name": "watch 2026-11-27", "state_type": kind, "state_name": kind.title(), **more}


def ended(kind: str, minutes: float) -> dict[str, Any]:
    return run(kind, end_time=(NOON - timedelta(minutes=minutes)).isoformat())


def look(tmp_path: Path, server: Server, now: datetime = NOON) -> list[str]:
    return Revival(server, Home(tmp_path)).look(now)


def test_one_that_crashed_is_asked_for_again(tmp_path: Path) -> None:
    server = Server(ended("CRASHED", 2))
    assert look(tmp_path, server) == ["watch 2026-11-27 is crashed: another one is asked for"]
    assert server.asked == [{"idempotency_key": "watch after r"}]


def test_one_that_nobody_began_today_is_asked_for(tmp_path: Path) -> None:
    yesterday = run("COMPLETED", end_time=(NOON - timedelta(1)).isoformat())
    tomorrow = run("SCHEDULED", next_scheduled_start_time=(NOON + timedelta(3)).isoformat())
    server = Server(yesterday, tomorrow)
    assert look(tmp_path, server) == ["no watch has run today: another one is asked for"]
    assert server.asked == [{"idempotency_key": "watch 2026-11-27"}]


@pytest.mark.parametrize(
    "runs",
    [
        [ended("COMPLETED", 30)],  # a shorter one
        [
            ended("COMPLETED", 30),
            ended("CANCELLED", 60) | {"state": {"message": "Deployment concurrency limit reached."}},
        ],
    ],
)
def test_a_shorter_one_is_not_the_watch_of_the_day(tmp_path: Path, runs: list[dict[str, Any]]) -> None:
    server = Server(*runs)
    assert look(tmp_path, server) == ["no watch has run today: another one is asked for"]
    assert server.asked == [{"idempotency_key": "watch 2026-11-27"}]


@pytest.mark.parametrize(
    "runs",
    [
        [run("RUNNING")],
        [run("PENDING")],
        [run("SCHEDULED", expected_start_time=(NOON - timedelta(minutes=5)).isoformat())],  # late
        [run("SCHEDULED", next_scheduled_start_time=(NOON + timedelta(minutes=5)).isoformat())],
        [ended("CANCELLED", 30)],  # somebody did not want it
        [run("CANCELLED", end_time=(NOON - timedelta(1)).isoformat(), expected_start_time=NOON.isoformat())],
        [ended("CRASHED", 0.5)],
        [ended("FAILED", 5)],
    ],
)
def test_nothing_is_asked_for(tmp_path: Path, runs: list[dict[str, Any]]) -> None:
    server = Server(*runs)
    assert look(tmp_path, server) == []
    assert server.asked == []


@pytest.mark.parametrize("moment", ["2026-11-27 05:59", "2026-11-27 23:00", "2026-11-28 12:00"])
def test_not_while_edgar_is_closed(tmp_path: Path, moment: str) -> None:
    server = Server()
    assert look(tmp_path, server, datetime.fromisoformat(moment).replace(tzinfo=EASTERN).astimezone(UTC)) == []


def test_not_where_it_is_paused_or_unknown(tmp_path: Path) -> None:
    assert look(tmp_path, Server(paused=True)) == []
    assert look(tmp_path, Server(name="other")) == []
    change(tmp_path / "prefect" / "schedules.json", "watch", is_paused=True)
    assert look(tmp_path, Server()) == []


def test_at_other_times_only_one_that_died_is_asked_for_again(tmp_path: Path) -> None:
    change(tmp_path / "prefect" / "schedules.json", "watch", crons=[schedule("0 14 * * 1-5")])
    assert look(tmp_path, Server()) == []
    assert look(tmp_path, Server(ended("FAILED", 11))) != []
