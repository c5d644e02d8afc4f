"""Flow runs that live, by locks: a run whose process is gone is told from one that works on, whatever the server believes.

While it works, the process of a flow run holds a file under `prefect/runs/`. The kernel frees it at a kill, and Prefect's
own record then still says Running, and its place in the deployment's limit is taken (prefect.md 6).
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from filings.disk import disk
from filings.errors import FilingsError, ServiceError
from filings.service.api import Api, flow_runs
from filings.service.holds import Hold, Holder, holder
from filings.service.home import SERVED, Home

_ENDING = ".lock"
_HELD_BY_SERVER = ("RUNNING", "PENDING", "CANCELLING")

AUTOMATION = "filings: a run without a heartbeat has crashed"
SILENCE = 300
"""Seconds without a heartbeat after which a run counts as crashed. More than Prefect's default heartbeat of 180, so that
a healthy run that somebody started with other settings is left alone."""


@contextmanager
def living(warehouse: Path, run_id: object) -> Iterator[None]:
    """Inside, the flow run of that id lives. Without an id (no run of a server) nothing is written."""
    hold = None
    if run_id:
        with suppress(FilingsError):  # on a full disk the run says so itself, of something that matters
            hold = Hold.take(Home.of(warehouse).runs / f"{run_id}{_ENDING}")
            if hold:
                hold.sign(served=SERVED in os.environ)
    try:
        yield
    finally:
        if hold:
            hold.path.unlink(missing_ok=True)
            hold.release()


def living_runs(home: Home) -> dict[str, Holder]:
    """The flow runs whose processes live, by their ids. What those left that are gone is taken away."""
    found = {}
    for path in sorted(home.runs.glob(f"*{_ENDING}")):
        if who := holder(path):
            found[path.name.removesuffix(_ENDING)] = who
        else:
            with disk("clearing away a run that is over"):
                path.unlink(missing_ok=True)
    return found


def dead_runs(api: Api, home: Home) -> dict[str, dict[str, Any]]:
    """The runs that the server takes for running and that no process works on, by their ids. Raises ServiceError.

    Only those of our deployments on this machine: what a worker of a work pool does, or a program of somebody else, is
    known by its heartbeat alone.
    """
    ours = {
        each["id"]: each
        for each in flow_runs(api, _HELD_BY_SERVER, "START_TIME_DESC", 200)
        if each.get("deployment_id") and not each.get("work_pool_name")
    }
    alive = living_runs(home)
    return {run_id: run for run_id, run in ours.items() if run_id not in alive}


def crash(api: Api, run: dict[str, Any], why: str) -> None:
    """Let the server know that a run is over; its place in the limit is free again. Raises ServiceError."""
    state = {"type": "CRASHED", "name": "Crashed", "message": why}
    api.post(f"flow_runs/{run['id']}/set_state", {"state": state, "force": True})


def sweep(api: Api, home: Home, say: Callable[[str], None], why: str, settle: float = 3.0) -> int:
    """Set the runs that no process works on to Crashed, and say which; gives how many. Raises ServiceError.

    It looks twice, `settle` seconds apart: a process that has just done its work may not have told the server yet.
    """
    dead = dead_runs(api, home)
    if dead and settle:
        time.sleep(settle)
        still = dead_runs(api, home)
        dead = {run_id: run for run_id, run in dead.items() if run_id in still}
    for run in dead.values():
        crash(api, run, why)
        say(f"run {run['name']} was {run['state_name']} and no process works on it: it is Crashed now")
    return len(dead)


class Suspects:
    """Runs that seemed dead at one look, and are so only when they still are `patience` seconds later: between the
    server's note that a run has begun and the first line of the flow lies the import of the flow."""

    def __init__(self, api: Api, home: Home, patience: float = 180.0) -> None:
        self._api, self._home, self._patience = api, home, patience
        self._since: dict[str, float] = {}

    def look(self) -> list[str]:
        """Set those that are dead to Crashed; gives their names. Raises ServiceError."""
        dead = dead_runs(self._api, self._home)
        now = time.monotonic()
        self._since = {run_id: self._since.get(run_id, now) for run_id in dead}
        over = [run_id for run_id, since in self._since.items() if now - since >= self._patience]
        for run_id in over:
            crash(self._api, dead[run_id], "The process of this run is gone. What it had loaded stays.")
            del self._since[run_id]
        return [str(dead[run_id]["name"]) for run_id in over]


def ensure_automation(api: Api) -> None:
    """The automation that sets runs without a heartbeat to Crashed, where it is missing. Raises ServiceError."""
    if any(each["name"] == AUTOMATION for each in api.post("automations/filter", {"limit": 200})):
        return
    ends = [f"prefect.flow-run.{state}" for state in ("Completed", "Failed", "Cancelled", "Crashed")]
    made = api.post(
        "automations/",
        {
            "name": AUTOMATION,
            "description": f"A flow run that gives no sign of life for {SILENCE} s has crashed.",
            "enabled": True,
            "trigger": {
                "type": "event",
                "posture": "Proactive",
                "after": ["prefect.flow-run.heartbeat"],
                "expect": ["prefect.flow-run.heartbeat", *ends],
                "match": {"prefect.resource.id": ["prefect.flow-run.*"]},
                "for_each": ["prefect.resource.id"],
                "threshold": 1,
                "within": SILENCE,
            },
            "actions": [
                {
                    "type": "change-flow-run-state",
                    "state": "CRASHED",
                    "message": f"No sign of life for {SILENCE} s. What the run had loaded stays.",
                }
            ],
        },
    )
    if not made or not made.get("id"):
        raise ServiceError("the server did not take the automation for runs that crash", f"It answered {made!r}.")
