"""A run that is handed over: who takes it, what is told of it, how it ends, and a server that goes away meanwhile."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from filings.errors import ServiceError
from filings.service.api import Api
from filings.service.handover import REPORT, Handed, Outcome, Pace, follow, hand_over, server_of
from filings.service.holds import Hold
from filings.service.home import Home, said_here
from filings.service.in_flow import ours, then
from filings.service.news import in_our_words
from prefect_server import RUN, FakePrefect, seems_up

QUICK = Pace(look=0.02, away=0.3)
HANDED = Handed(RUN, "backfill 2024-01", "page")
SCHEDULED, RUNNING = ("SCHEDULED", "Scheduled", None), ("RUNNING", "Running", None)
DONE = ("COMPLETED", "Completed", "all came")


@pytest.fixture
def server() -> Iterator[FakePrefect]:
    made = FakePrefect(SCHEDULED, SCHEDULED, RUNNING, RUNNING, DONE)
    yield made
    made.close()


def test_states_lines_and_percent_are_told_until_it_is_over(server: FakePrefect) -> None:
    server.line("12 of 100 filings")
    server.line("Finished in state Completed()", name="prefect.task_runs")
    retry = "Task run failed with exception: Blocked('too many') - Retry 1/3 will start 60 second(s) from now"
    server.line(retry, name="prefect.task_runs", level=40)
    server.line("Encountered exception during execution:\nTraceback …", name="prefect.task_runs", level=40)
    server.artifacts = {"progress": 40.0, REPORT: '{"fetched": 3}'}
    said: list[str] = []
    percent: list[float] = []
    outcome = follow(Api(server.url), HANDED, said.append, percent.append, QUICK)
    assert outcome == Outcome("COMPLETED", "Completed", "all came", {"fetched": 3})
    running = "backfill 2024-01: running"
    assert said == [
        "backfill 2024-01: scheduled",
        "12 of 100 filings",
        "Blocked('too many'); tried again in 1 min 0 s",
        running,
    ]
    assert set(percent) == {40.0}


def test_a_line_that_comes_late_is_told_and_none_twice(server: FakePrefect) -> None:
    server.states = [RUNNING]
    server.line("third", at=30)
    said: list[str] = []

    def say(text: str) -> None:
        said.append(text)
        if text == "third":
            server.line("first, of another process", at=10)
            for _ in range(250):
                server.line("page", at=31)
            server.states = [RUNNING, RUNNING, DONE]

    follow(Api(server.url), HANDED, say, pace=QUICK)
    assert said.count("third") == said.count("first, of another process") == 1
    assert said.count("page") == 250


def test_a_server_whose_database_is_locked_is_asked_again(server: FakePrefect) -> None:
    server.broken, server.error = 2, 503
    assert hand_over(Api(server.url), "backfill", "backfill", {}).flow_run_id == RUN
    server.broken = 10**6
    with pytest.raises(ServiceError, match="answers 503") as caught:
        Api(server.url, patience=0.1).get("health")
    assert "try again" in caught.value.hint


def test_a_server_that_comes_back_is_asked_on(server: FakePrefect) -> None:
    server.broken = 3
    said: list[str] = []
    assert follow(Api(server.url), HANDED, said.append, pace=Pace(0.02, 30)).state == "Completed"
    assert "it is asked again for 30 s" in said[0]
    assert said[1:3] == ["backfill 2024-01: scheduled", "the server answers again"]


def test_a_server_that_stays_away_ends_it_with_what_to_do(server: FakePrefect) -> None:
    server.broken = 10**6
    with pytest.raises(ServiceError, match=r"went away while it worked on backfill 2024-01") as caught:
        follow(Api(server.url), HANDED, lambda text: None, pace=QUICK)
    assert "run the same command again" in caught.value.hint


def test_a_run_is_asked_for_once_though_the_answer_was_lost(server: FakePrefect) -> None:
    answer, server_answer = [], server.answer

    def lost(path: str, body: dict[str, object]) -> object:  # the order arrives, its answer does not
        made = server_answer(path, body)
        if path.endswith("create_flow_run") and not answer:
            answer.append(made)
            raise ConnectionError
        return made

    server.answer = lost  # type: ignore[method-assign,assignment]
    handed = hand_over(Api(server.url), "backfill", "backfill 2024-01", {"start": "2024-01"})
    assert handed == Handed(RUN, "backfill 2024-01", f"{server.url}/runs/flow-run/{RUN}")
    first, second = server.asked
    assert first == second and first["parameters"] == {"start": "2024-01"} and first["idempotency_key"]
    with pytest.raises(ServiceError, match="knows no deployment rebuild"):
        hand_over(Api(server.url), "rebuild", "watch", {})


def test_who_takes_a_run(server: FakePrefect, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in said_here():
        monkeypatch.delenv(name)
    home = Home.of(tmp_path)
    said: list[str] = []
    assert server_of(home, said.append) is None
    assert said == [], "nothing is up: nothing to say"
    with seems_up(tmp_path, server.port, {"FILINGS_EDGAR_URL": "http://a", "FILINGS_USER_NAME": "x"}):
        assert server_of(home, said.append)
        monkeypatch.setenv("FILINGS_EDGAR_URL", "http://a")
        monkeypatch.setenv("FILINGS_FORMAT", "json")
        assert server_of(home, said.append)
        monkeypatch.setenv("FILINGS_EDGAR_URL", "http://b")
        assert server_of(home, said.append) is None
        assert said == ["`filings up` has another value of FILINGS_EDGAR_URL: the work is done here"]
        monkeypatch.delenv("FILINGS_EDGAR_URL")
        server.broken = 1
        assert server_of(home, said.append) is None
    with Hold.take(home.up) as hold:  # type: ignore[union-attr]
        hold.sign()
        assert server_of(home, said.append) is None
    assert said[1:] == ["`filings up` is just starting, or mends something: the work is done here"] * 2


def test_what_is_asked_for_behind_a_run(server: FakePrefect, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[str] = []
    then("verify", None, told.append, scope="new")
    monkeypatch.setenv("PREFECT_API_URL", f"{server.url}/api")
    then("verify", "a deployment", told.append, scope="new")
    (order,) = server.asked
    assert (order["deployment"], order["name"], order["parameters"]) == ("verify", "verify new", {"scope": "new"})
    assert told == []
    monkeypatch.setenv("PREFECT_API_URL", "http://127.0.0.1:9/api")
    then("verify", "a deployment", told.append)
    assert told[0].startswith("verify could not be asked for: the Prefect server at http://127.0.0.1:9 does not answer")


def test_lines_of_ours_have_a_name_of_their_own() -> None:
    class Log:
        def getChild(self, name: str) -> str:  # noqa: N802
            return name

    assert ours(Log()) == "filings"


@pytest.mark.parametrize(
    ("message", "said"),
    [
        (
            "Flow run encountered an exception: UsageError: no name\n  Set user_name.",
            "no name. Set user_name.",
        ),
        ("Task run encountered an exception Full: packing: the disk is full", "packing: the disk is full"),
        ("3 filings: 2 came", "3 filings: 2 came"),
        (None, ""),
    ],
)
def test_a_state_s_message_is_the_error_s_own_words(message: str | None, said: str) -> None:
    assert in_our_words(message) == said
