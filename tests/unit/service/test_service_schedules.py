"""The table of deployments, what `filings schedule` changes of it, and that prefect.yaml says the same."""

from __future__ import annotations

import ast
import json
import os
import signal
from dataclasses import asdict
from pathlib import Path

import pytest
import yaml

from filings import faults
from filings.disk import disk
from filings.errors import FilingsError, StoreError, UsageError
from filings.service import schedules
from filings.service.api import Api
from filings.service.deployments import DEPLOYMENTS, Schedule, project, schedule
from filings.service.schedules import apply, change, planned, take_back

ROOT = Path(__file__).parents[3]


def test_prefect_yaml_declares_the_same_deployments() -> None:
    stated = yaml.safe_load((ROOT / "prefect.yaml").read_text())["deployments"]
    assert [each["name"] for each in stated] == [each.name for each in DEPLOYMENTS]
    for has, wanted in zip(stated, DEPLOYMENTS, strict=True):
        assert has["entrypoint"] == wanted.entrypoint
        assert has["description"] == wanted.about
        assert has["tags"] == list(wanted.tags)
        assert has.get("schedules", []) == [asdict(each) for each in wanted.schedules]
        limit = {"limit": 1, "collision_strategy": "CANCEL_NEW"} if wanted.is_single else None
        assert has.get("concurrency_limit") == limit
        assert has["work_pool"] == {"name": "local"}


@pytest.mark.parametrize("one", DEPLOYMENTS, ids=lambda one: one.name)
def test_each_flow_is_thin_and_says_what_its_parameters_are(one: object) -> None:
    name = one.name  # type: ignore[attr-defined]
    text = (project() / "flows" / f"{name}.py").read_text()
    assert "TYPE_CHECKING" not in text, "Prefect resolves the types of parameters at run time (prefect.md 12)"
    assert text.count("\n") < 150
    functions = {node.name: node for node in ast.parse(text).body if isinstance(node, ast.FunctionDef)}
    flow = functions[name]
    (decorator,) = [each for each in flow.decorator_list if isinstance(each, ast.Call)]
    options = {word.arg: ast.unparse(word.value) for word in decorator.keywords}
    assert options["name"] == repr(name)
    assert options["persist_result"] == "False"
    assert "timeout_seconds" in options
    assert "flow_run_name" in options
    described = (ast.get_docstring(flow) or "").partition("Args:")[2]
    for argument in flow.args.args:
        assert f"{argument.arg}: " in described, f"{argument.arg} is not described for the form of the page"
    tasks = [
        ast.unparse(each)
        for function in functions.values()
        for each in function.decorator_list
        if ast.unparse(each).startswith("task")
    ]
    assert tasks
    assert all("persist_result=False" in each and "cache_policy=NO_CACHE" in each for each in tasks)
    if "edgar" in one.tags:  # type: ignore[attr-defined]
        assert "retry_condition_fn=is_transient" in "".join(tasks)


@pytest.mark.parametrize(
    "cron", ["30 22 * * *", "*/5 6-22 * * mon-fri", "0 0 1,15 jan-jun *", "5 4 * * 7", "0 6-18/4 * * *"]
)
def test_cron_lines_that_are_right(cron: str) -> None:
    assert schedule(cron) == Schedule(cron, "America/New_York")


@pytest.mark.parametrize(
    ("cron", "zone"),
    [
        ("30 22 * *", None),
        ("60 * * * *", None),
        ("30 24 * * *", None),
        ("* * 0 * *", None),
        ("* * * 13 *", None),
        ("* * * * 8", None),
        ("*/0 * * * *", None),
        ("5-1 * * * *", None),
        ("a * * * *", None),
        ("@daily", None),
        ("30 22 * * *", "America/Newyork"),
        ("30 22 * * *", "../etc"),
    ],
)
def test_cron_lines_that_are_wrong(cron: str, zone: str | None) -> None:
    with pytest.raises(UsageError):
        schedule(cron, zone)


def daily(path: Path) -> schedules.Planned:
    return next(one for one in planned(path) if one.deployment.name == "daily")


def test_what_is_changed_stays_and_what_is_changed_back_leaves_nothing(tmp_path: Path) -> None:
    path = tmp_path / "prefect" / "schedules.json"
    usual = daily(path)
    assert not usual.is_paused
    assert not usual.is_changed
    change(path, "daily", crons=[schedule("0 23 * * *", "UTC")])
    change(path, "daily", is_paused=True)
    change(path, "verify", crons=[schedule("0 1 * * 6")])
    assert daily(path).schedules == (Schedule("0 23 * * *", "UTC"),)
    assert daily(path).is_paused
    change(path, "daily", is_paused=False)
    change(path, "daily", crons=list(usual.schedules))
    assert daily(path) == usual
    assert list(json.loads(path.read_text())) == ["verify"]
    with pytest.raises(UsageError, match="there is no deployment 'dayly'"):
        change(path, "dayly", is_paused=True)


@pytest.mark.parametrize("text", ["{", "[]", '{"daily": 1}', '{"daily": {"schedules": [{"cron": "x"}]}}'])
def test_a_file_that_makes_no_sense_is_named(tmp_path: Path, text: str) -> None:
    path = tmp_path / "schedules.json"
    path.write_text(text)
    with pytest.raises(UsageError, match=r"schedules\.json"):
        planned(path)


@pytest.mark.parametrize("point", ["schedule.write", "schedule.rename"])
def test_a_disk_that_fails_leaves_what_was(tmp_path: Path, point: str, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "schedules.json"
    change(path, "daily", is_paused=True)
    monkeypatch.setattr("filings.faults._armed", f"{point}:1:error")
    faults.reached().clear()
    with pytest.raises(StoreError):
        change(path, "daily", is_paused=False)
    assert daily(path).is_paused
    assert sorted(each.name for each in tmp_path.iterdir()) == ["schedules.json", "schedules.lock"]


@pytest.mark.parametrize("point", ["schedule.write", "schedule.rename"])
def test_a_kill_leaves_what_was_and_stands_in_nobody_s_way(
    tmp_path: Path, point: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "schedules.json"
    change(path, "daily", is_paused=True)
    child = os.fork()
    if child == 0:
        faults._armed = f"{point}:1:kill"
        faults._reached.clear()
        change(path, "daily", is_paused=False)
        os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL
    assert daily(path).is_paused
    change(path, "daily", is_paused=False)
    assert not daily(path).is_paused
    assert sorted(each.name for each in tmp_path.iterdir()) == ["schedules.json", "schedules.lock"]


class FakeApi(Api):
    """A server that knows one deployment."""

    def __init__(self, stated: list[dict[str, object]]) -> None:
        self.stated = stated
        self.asked: list[tuple[str, object]] = []

    def get(self, path: str) -> object:
        return [{"id": f"s{n}", "schedule": each} for n, each in enumerate(self.stated)]

    def post(self, path: str, body: object | None = None) -> object:
        self.asked.append((path, body))
        return [{"name": "daily", "id": "d"}] if path == "deployments/filter" else None

    def delete(self, path: str) -> None:
        self.asked.append((path, None))


def test_a_server_that_is_up_follows_new_times_first(tmp_path: Path) -> None:
    one = change(tmp_path / "s.json", "daily", crons=[schedule("0 23 * * *")])
    api = FakeApi([{"cron": "30 6 * * *", "timezone": "America/New_York"}])
    assert apply(api, one)
    assert api.asked[1:] == [
        (
            "deployments/d/schedules",
            [{"schedule": {"cron": "0 23 * * *", "timezone": "America/New_York"}, "active": True}],
        ),
        ("deployments/d/schedules/s0", None),
        ("deployments/d/resume_deployment", None),
    ]


def test_times_that_are_as_they_were_are_left_alone(tmp_path: Path) -> None:
    one = change(tmp_path / "s.json", "daily", is_paused=True)
    api = FakeApi([asdict(each) for each in reversed(one.schedules)])
    assert apply(api, one)
    assert api.asked[1:] == [("deployments/d/pause_deployment", None)]
    assert not apply(api, change(tmp_path / "s.json", "verify", is_paused=True))


def test_what_was_given_to_a_work_pool_is_taken_back() -> None:
    class Pool(FakeApi):
        def post(self, path: str, body: object | None = None) -> object:
            pools = {"daily": "local", "verify": None, "somebody-else-s": "local"}
            return [{"name": name, "id": name, "work_pool_name": pool} for name, pool in pools.items()]

        def patch(self, path: str, body: object) -> None:
            self.asked.append((path, body))

    api = Pool([])
    take_back(api)
    assert api.asked == [("deployments/daily", {"work_pool_name": None, "work_queue_name": None})]


def test_disk_errors_are_ours() -> None:
    with pytest.raises(FilingsError), disk("x"):
        raise OSError("y")
