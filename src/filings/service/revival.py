"""A watch that died, or that nobody began since the machine was off at six: asked for again while EDGAR is open.

One long run a weekday does the watching (prefect.md 0.8), and Prefect begins it once. Whoever cancels it, pauses it, or
gives it other times has his way.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from filings.errors import UsageError
from filings.pipeline import hours
from filings.service.api import Api, deployments
from filings.service.home import Home
from filings.service.news import instant
from filings.service.schedules import planned

WATCH = "watch"
_ON = ("RUNNING", "PENDING", "CANCELLING", "PAUSED")
_ENDED = ("FAILED", "CRASHED", "CANCELLED")
"""Ends that say something of the day. One that completed while EDGAR is open was a shorter one, asked for beside it."""

_LIMIT = "concurrency limit"
_SOON = timedelta(minutes=10)
_WAITS = {"CRASHED": timedelta(minutes=1), "FAILED": timedelta(minutes=10)}
"""How long after its end a run that died is asked for again. What fails by itself would most likely fail at once."""


class Revival:
    """Looks whether a watch should run and none does, and asks the server for one."""

    def __init__(self, api: Api, home: Home) -> None:
        self._api, self._home = api, home

    def look(self, now: datetime | None = None) -> list[str]:
        """What was asked for, as lines to tell; mostly nothing. Raises ServiceError, StoreError."""
        now = now or datetime.now(UTC)
        if not hours.is_open(now) or not (planned_times := self._times()):
            return []
        found = deployments(self._api).get(WATCH)
        if found is None or found.get("paused"):
            return []
        runs = self._runs(str(found["id"]))
        if any(each["state_type"] in _ON or _is_soon(each, now) for each in runs):
            return []
        last = max((each for each in runs if _says_something(each)), key=_end, default=None)
        if last is None or hours.day_of(_end(last)) != hours.day_of(now):
            if planned_times != "usual":  # whether it should have begun, only the server knows, and it tells of no past
                return []
            why, key = "no watch has run today", f"watch {hours.day_of(now)}"
        else:
            wait = _WAITS.get(last["state_type"])
            if wait is None or now - _end(last) < wait:
                return []
            why, key = f"{last['name']} is {str(last['state_name']).lower()}", f"watch after {last['id']}"
        self._api.post(f"deployments/{found['id']}/create_flow_run", {"idempotency_key": key})
        return [f"{why}: another one is asked for"]

    def _times(self) -> str:
        """Whether it runs by itself at its usual times or at other ones; empty where it does not."""
        try:
            one = next(each for each in planned(self._home.schedules) if each.deployment.name == WATCH)
        except UsageError:  # the runner tells that the file makes no sense
            return ""
        if one.is_paused or not one.schedules:
            return ""
        return "changed" if one.is_changed else "usual"

    def _runs(self, deployment_id: str) -> list[dict[str, Any]]:
        """The runs of today, and those that are on or planned."""
        question = {"deployments": {"id": {"any_": [deployment_id]}}, "limit": 50}
        ended = {"flow_runs": {"state": {"type": {"any_": list(_ENDED)}}}, "sort": "END_TIME_DESC"}
        other = {"flow_runs": {"state": {"type": {"any_": [*_ON, "SCHEDULED"]}}}, "sort": "EXPECTED_START_TIME_ASC"}
        return [each for more in (ended, other) for each in self._api.post("flow_runs/filter", question | more)]


def _is_soon(run: dict[str, Any], now: datetime) -> bool:
    """A run that is planned for the next minutes, or late."""
    at = instant(run.get("next_scheduled_start_time") or run.get("expected_start_time"))
    return run["state_type"] == "SCHEDULED" and (at is None or at <= now + _SOON)


def _says_something(run: dict[str, Any]) -> bool:
    """Not one that was cancelled since a shorter one was on at its time."""
    message = (run.get("state") or {}).get("message") or ""
    return run["state_type"] in _ENDED and not (run["state_type"] == "CANCELLED" and _LIMIT in message)


def _end(run: dict[str, Any]) -> datetime:
    """When it ended; of one that was cancelled before its time, the time that it would have begun."""
    end, planned = instant(run.get("end_time")), instant(run.get("expected_start_time"))
    of_both = [moment for moment in (end, planned) if moment]
    if run["state_type"] == "CANCELLED" and of_both:
        return max(of_both)
    return end or planned or datetime.min.replace(tzinfo=UTC)
