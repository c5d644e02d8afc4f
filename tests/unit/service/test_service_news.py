"""What a terminal is told of a server's runs, and what `filings status` shows."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from filings.command.overview import overview
from filings.query.grid import PLAIN
from filings.service.api import Api
from filings.service.home import Home
from filings.service.living import living
from filings.service.news import News, last_and_next
from filings.service.status import read_service

NOW = datetime.now(UTC)


def run(kind: str, name: str, **more: Any) -> dict[str, Any]:
    return {
        "id": name,
        "name": name,
        "deployment_id": "d",
        "state_type": kind,
        "state_name": kind.title(),
        "state": {"message": None},
        **more,
    }


class Server(Api):
    """A server with these runs, of one deployment, `daily`."""

    def __init__(self) -> None:
        self.runs: list[dict[str, Any]] = []

    def post(self, path: str, body: Any = None) -> Any:
        if path == "deployments/filter":
            return [{"name": "daily", "id": "d"}]
        states = body["flow_runs"]["state"]["type"]["any_"]
        return [each for each in self.runs if each["state_type"] in states][: body["limit"]]


def test_each_thing_is_told_once(tmp_path: Path) -> None:
    server = Server()
    news = News(server)
    server.runs = [run("COMPLETED", "long ago", end_time=str(NOW - timedelta(days=1)))]
    assert list(news.look()) == []
    server.runs.append(run("SCHEDULED", "x", next_scheduled_start_time="2026-11-28T03:30:00+00:00"))
    (line,) = news.look()
    assert line.startswith("next: daily, ") and "2026-11-2" in line
    server.runs.append(run("RUNNING", "daily 2026-11-27", start_time=str(NOW)))
    assert list(news.look()) == ["running: daily 2026-11-27"]
    assert list(news.look()) == []
    ended = datetime.now(UTC) + timedelta(seconds=1)
    server.runs[-1] = run(
        "FAILED", "daily 2026-11-27", end_time=str(ended), total_run_time=65.0, state={"message": "it broke\nmend it"}
    )
    assert list(news.look()) == ["failed: daily 2026-11-27 in 1 min 5 s: it broke. mend it"]
    server.runs.append(run("CANCELLED", "shy-owl", end_time=str(ended)))
    assert list(news.look()) == ["cancelled: daily (shy-owl)"]


def test_that_nothing_is_scheduled_is_told_after_a_while() -> None:
    news = News(Server())
    told = [list(news.look()) for _ in range(8)]
    assert told == [[]] * 5 + [["nothing is scheduled: see `filings schedule show`"]] + [[]] * 2


def status(service: dict[str, Any]) -> str:
    rest = {"warehouse": "w", "filings": {}, "writer": None, "packs": None, "snapshots": [], "runs": [], "refusals": []}
    return "\n".join(overview({**rest, "alerts": [], "schedules": service}, PLAIN))


def test_status_says_whether_it_is_up(tmp_path: Path) -> None:
    found = read_service(Home(tmp_path))
    assert (found["up"], found["url"], found["next"]) == (None, None, [])
    assert "schedules    not up" in status(found)
    server = Server()
    server.runs = [
        run("SCHEDULED", "x", next_scheduled_start_time="2026-11-28T03:30:00+00:00"),
        run("COMPLETED", "daily 2026-11-27", start_time=str(NOW), end_time=str(NOW), state={"message": "all came"}),
    ]
    up = {"pid": 7, "since": "2026-11-27T19:56:37+00:00"}
    here = {**found, "up": up, "url": "http://127.0.0.1:4200", "server": True, "runner": True, **last_and_next(server)}
    page = status(here)
    assert "up since 2026-11-27 19:56:37+00, process 7; pages: http://127.0.0.1:4200" in page
    assert "2026-11-28 03:30:00+00" in page
    assert "all came" in page
    assert "it is just" in status({**here, "runner": False})
    assert "a killed `up` left its server" in status({**found, "server": True})
    assert "does not answer" in status({**here, "trouble": "the Prefect server does not answer"})


def test_a_run_of_no_server_writes_nothing(tmp_path: Path) -> None:
    with living(tmp_path, ""):
        assert not (tmp_path / "prefect").exists()
