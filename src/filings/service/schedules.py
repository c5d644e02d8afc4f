"""What was changed of the schedules, and how it reaches a server that runs.

The changes stand in `prefect/schedules.json` beside the server's own database. They are not in `settings.toml`, which
people write by hand: a program cannot change that file and keep its comments. The server's database would be the other
place; but each start of the runner declares all deployments anew, and each stop pauses them.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from filings.disk import disk, write_whole
from filings.errors import ServiceError, UsageError
from filings.faults import Point
from filings.service.api import Api, deployments
from filings.service.deployments import DEPLOYMENTS, Deployment, Schedule, deployment, schedule
from filings.service.holds import Hold

_HINT = "Delete it: the schedules are then the usual ones."


@dataclass(frozen=True, slots=True)
class Planned:
    """A deployment as it shall run here; `is_changed` where that is not as the table says."""

    deployment: Deployment
    schedules: tuple[Schedule, ...]
    is_paused: bool

    @property
    def is_changed(self) -> bool:
        """Whether its times are others than those it comes with."""
        return self.schedules != self.deployment.schedules


def planned(path: Path) -> list[Planned]:
    """All deployments, with the changes of that file. Raises UsageError where the file makes no sense, StoreError."""
    changes = _read(path)
    return [_planned(each, changes.get(each.name, {}), path) for each in DEPLOYMENTS]


def change(path: Path, name: str, *, crons: list[Schedule] | None = None, is_paused: bool | None = None) -> Planned:
    """Change the times of a deployment, or pause or resume it; written so that a kill leaves the old file or the new one.

    Raises UsageError for a name that there is not, ServiceError while somebody else changes them, StoreError.
    """
    one = deployment(name)
    hold = Hold.take(path.with_suffix(".lock"))
    if hold is None:
        raise ServiceError("somebody else is just changing the schedules", "Try again.")
    with hold:
        return _change(path, one, crons, is_paused)


def _change(path: Path, one: Deployment, crons: list[Schedule] | None, is_paused: bool | None) -> Planned:
    name = one.name
    changes = _read(path)
    new = _planned(one, changes.get(name, {}), path)
    if crons is not None:
        new = replace(new, schedules=tuple(crons))
    if is_paused is not None:
        new = replace(new, is_paused=is_paused)
    entry: dict[str, Any] = {"paused": True} if new.is_paused else {}
    if new.is_changed:
        entry["schedules"] = [asdict(each) for each in new.schedules]
    changes.pop(name, None)
    _write(path, changes | ({name: entry} if entry else {}))
    return new


def apply(api: Api, one: Planned) -> bool:
    """Let a server that runs follow at once; False where it does not know the deployment. Raises ServiceError."""
    found = deployments(api).get(one.deployment.name)
    if found is None:
        return False
    place = f"deployments/{found['id']}"
    old = api.get(f"{place}/schedules")
    stated = [_of_prefect(each["schedule"]) for each in old]
    if sorted(stated) != sorted(one.schedules):
        if one.schedules:  # the new ones first: a kill in between leaves a time too many rather than none
            api.post(f"{place}/schedules", [{"schedule": asdict(each), "active": True} for each in one.schedules])
        for each in old:
            api.delete(f"{place}/schedules/{each['id']}")
    api.post(f"{place}/{'pause' if one.is_paused else 'resume'}_deployment")
    return True


def take_back(api: Api) -> None:
    """Free our deployments of a work pool that `prefect deploy` gave them to: here the runner does the work, and a worker
    beside it would take some of the runs. Raises ServiceError."""
    ours = {each.name for each in DEPLOYMENTS}
    for name, one in deployments(api).items():
        if name in ours and one.get("work_pool_name"):
            api.patch(f"deployments/{one['id']}", {"work_pool_name": None, "work_queue_name": None})


def _of_prefect(stated: dict[str, Any]) -> Schedule:
    return Schedule(str(stated.get("cron") or ""), str(stated.get("timezone") or "UTC"))


def _planned(one: Deployment, entry: Any, path: Path) -> Planned:
    try:
        stated = entry.get("schedules")
        times = one.schedules if stated is None else tuple(schedule(each["cron"], each["timezone"]) for each in stated)
        return Planned(one, times, bool(entry.get("paused", False)))
    except (AttributeError, KeyError, TypeError) as error:
        raise UsageError(f"{path} holds nonsense under {one.name}", _HINT) from error


def _read(path: Path) -> dict[str, Any]:
    try:
        with disk(f"reading {path.name}"):
            found = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    except ValueError as error:
        raise UsageError(f"{path} is no JSON: {error}", _HINT) from error
    if not isinstance(found, dict):
        raise UsageError(f"{path} holds nonsense", _HINT)
    return found


def _write(path: Path, changes: dict[str, Any]) -> None:
    with disk(f"writing {path.name}"):
        path.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps(changes, indent=1, sort_keys=True) + "\n"
    write_whole(path, text.encode(), Point.SCHEDULE_WRITE, Point.SCHEDULE_RENAME)
