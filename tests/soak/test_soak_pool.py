"""A work pool with two workers, and `prefect.yaml` as it is: two backfills at once, of spans that overlap by a day."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from backfills import bodies_asked, loaded
from edgar.archive import Archive
from edgar.gate import Gate
from edgar.generator import generate
from edgar.server import SmallEdgar
from filings.errors import FilingsError
from filings.service.api import Api, deployments

ROOT = Path(__file__).parents[2]
PORT = 4370
PATIENCE = 300.0
SPANS = (("2024-01-02", "2024-01-08"), ("2024-01-08", "2024-01-12"))


def until(holds: Callable[[], Any], what: str) -> Any:
    end = time.monotonic() + PATIENCE
    while not (found := holds()):
        assert time.monotonic() < end, f"it did not happen: {what}"
        time.sleep(0.2)
    return found


@pytest.fixture
def small() -> Iterator[SmallEdgar]:
    filings = generate(9, 40, start=date(2024, 1, 2), scale=0.01)
    with SmallEdgar(Archive(filings), gate=Gate(10)) as server:
        yield server


@pytest.mark.soak
def test_two_workers_share_two_backfills(small: SmallEdgar, tmp_path: Path) -> None:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("FILINGS_", "PREFECT_"))}
    environment = kept | {
        "FILINGS_WAREHOUSE": str(tmp_path / "w"),
        "FILINGS_EDGAR_URL": small.url,
        "FILINGS_USER_NAME": "Test",
        "FILINGS_USER_EMAIL": "test@example.com",
        "XDG_STATE_HOME": str(tmp_path / "state"),
        "HOME": str(tmp_path),
        "PREFECT_HOME": str(tmp_path / "prefect"),
        "PREFECT_API_URL": f"http://127.0.0.1:{PORT}/api",
        "PREFECT_SERVER_ALLOW_EPHEMERAL_MODE": "false",
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "DO_NOT_TRACK": "1",
    }
    place = tmp_path / "checkout"
    place.mkdir()
    shutil.copy(ROOT / "prefect.yaml", place)
    shutil.copytree(ROOT / "flows", place / "flows", ignore=shutil.ignore_patterns("__pycache__"))
    prefect = [sys.executable, "-m", "prefect"]
    api = Api(f"http://127.0.0.1:{PORT}", patience=60)

    def run(*words: str) -> None:
        subprocess.run(
            [*prefect, *words], cwd=place, env=environment, check=True, capture_output=True, timeout=PATIENCE
        )

    with ExitStack() as stack:

        def start(name: str, *words: str) -> None:
            log = stack.enter_context((tmp_path / f"{name}.log").open("wb"))
            child = subprocess.Popen([*prefect, *words], cwd=place, env=environment, stdout=log, stderr=log)
            stack.callback(child.wait, 60)
            stack.callback(child.terminate)

        start("server", "server", "start", "--host", "127.0.0.1", "--port", str(PORT))
        until(api.is_healthy, "the server answers")
        run("work-pool", "create", "local", "--type", "process")
        run("--no-prompt", "deploy", "--all")
        for name in ("one", "two"):
            start(name, "worker", "start", "--pool", "local", "--name", name, "--limit", "1")
        backfill = deployments(api)["backfill"]["id"]
        runs = []
        for first, last in SPANS:
            asked = {"parameters": {"start": first, "end": last, "route": "filings"}}
            runs.append(api.post(f"deployments/{backfill}/create_flow_run", asked)["id"])
        together = 0

        def states() -> list[str]:
            with suppress(FilingsError):
                return [api.get(f"flow_runs/{one}")["state_name"] for one in runs]
            return []

        def are_over() -> bool:
            nonlocal together
            found = states()
            together += found == ["Running", "Running"]
            return bool(found) and all(one in ("Completed", "Incomplete", "Failed", "Crashed") for one in found)

        until(are_over, "both runs end")
        ended = [api.get(f"flow_runs/{one}") for one in runs]
        for one in ended:
            print(one["name"], one["state_name"], one["state"]["message"], one["start_time"], one["end_time"])
        assert [one["state_name"] for one in ended] == ["Completed", "Completed"]
        assert together, "both ran at the same time"
    bodies = Counter(bodies_asked(small))
    print(f"{len(bodies)} bodies, {sum(bodies.values())} times; both ran at once in {together} looks")
    assert set(bodies.values()) == {1}, "a body was asked for twice"
    assert loaded(tmp_path / "w") == set(bodies) == {one.accession for one in small.archive.filings.values()}
