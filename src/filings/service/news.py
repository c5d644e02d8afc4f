"""What runs, what ended, what comes next: as lines for a terminal, and as plain values for `filings status`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from filings.pipeline.progress import duration
from filings.service.api import Api, deployments, flow_runs

_ENDED = ("COMPLETED", "FAILED", "CRASHED", "CANCELLED")
_PLANNED = 200  # that the server has planned, of all deployments together
_PATIENT = 6  # looks without anything scheduled
_BEFORE = re.compile(r"(?:Flow|Task) run encountered an exception:? (?:\w+: )?")


class News:
    """What is new since the last look at a server."""

    def __init__(self, api: Api) -> None:
        self._api = api
        self._began = datetime.now(UTC)
        self._running: set[str] = set()
        self._ended: set[str] = set()
        self._next = ""
        self._empty = 0

    def look(self) -> Iterator[str]:
        """A line for each run that began or ended, and one when another run is the next. Raises ServiceError."""
        names = {each["id"]: name for name, each in deployments(self._api).items()}
        for run in flow_runs(self._api, ("RUNNING",), "START_TIME_ASC"):
            if run["id"] not in self._running:
                self._running.add(run["id"])
                yield f"running: {title(run, names)}"
        for run in reversed(flow_runs(self._api, _ENDED, "END_TIME_DESC", 20)):
            is_new = (ended := instant(run.get("end_time"))) is not None and ended >= self._began
            if run["id"] not in self._ended and (is_new or run["id"] in self._running):
                self._ended.add(run["id"])
                self._running.discard(run["id"])
                yield f"{str(run['state_name']).lower()}: {title(run, names)}{_how(run)}"
        coming = flow_runs(self._api, ("SCHEDULED",), "NEXT_SCHEDULED_START_TIME_ASC", 1)
        line = _coming(coming[0], names) if coming else "nothing is scheduled: see `filings schedule show`"
        self._empty = 0 if coming else self._empty + 1
        if line != self._next and self._empty in (0, _PATIENT):  # a server that has just begun plans its runs soon
            self._next = line
            yield line


def title(run: dict[str, Any], names: dict[str, str]) -> str:
    """A run by its deployment and its own name, once where the latter begins with the former."""
    own, of = str(run["name"]), names.get(run.get("deployment_id") or "", "")
    return own if not of or own.startswith(of) else f"{of} ({own})"


def _how(run: dict[str, Any]) -> str:
    message = _message(run)
    took = run.get("total_run_time")
    return (f" in {duration(took)}" if took else "") + (f": {message}" if message else "")


def _message(run: dict[str, Any]) -> str:
    return in_our_words((run.get("state") or {}).get("message"))


def _coming(run: dict[str, Any], names: dict[str, str]) -> str:
    moment = instant(run.get("next_scheduled_start_time") or run.get("expected_start_time"))
    when = f"{moment.astimezone():%a %Y-%m-%d %H:%M %Z}" if moment else "at once"
    return f"next: {names.get(run.get('deployment_id') or '', run['name'])}, {when}"


def last_and_next(api: Api) -> dict[str, Any]:
    """The runs that are on, the last ones, and the next one of each deployment, as plain values; times UTC.

    Raises ServiceError.
    """
    names = {each["id"]: name for name, each in deployments(api).items()}
    ended = flow_runs(api, _ENDED, "END_TIME_DESC", 5)
    coming: dict[Any, dict[str, Any]] = {}
    for run in flow_runs(api, ("SCHEDULED",), "NEXT_SCHEDULED_START_TIME_ASC", _PLANNED):
        coming.setdefault(run.get("deployment_id"), run)
    return {
        "running": [_plain(run, names) for run in flow_runs(api, ("RUNNING", "PENDING"), "START_TIME_ASC")],
        "last": [_plain(run, names) for run in ended],
        "next": [_plain(run, names) for run in coming.values()],
    }


def of_each(api: Api) -> dict[str, dict[str, Any]]:
    """For each deployment by its name its `last` run and its `next`, as plain values; None where there is none."""
    found = {}
    for name, one in deployments(api).items():
        last = flow_runs(api, _ENDED, "END_TIME_DESC", 1, one["id"])
        coming = flow_runs(api, ("SCHEDULED",), "NEXT_SCHEDULED_START_TIME_ASC", 1, one["id"])
        names = {one["id"]: name}
        found[name] = {
            "last": _plain(last[0], names) if last else None,
            "next": _plain(coming[0], names) if coming else None,
        }
    return found


def _plain(run: dict[str, Any], names: dict[str, str]) -> dict[str, Any]:
    return {
        "deployment": names.get(run.get("deployment_id") or ""),
        "name": run["name"],
        "state": str(run["state_name"]).lower(),
        "message": _message(run) or None,
        "scheduled_at": _iso(run.get("next_scheduled_start_time") or run.get("expected_start_time")),
        "started_at": _iso(run.get("start_time")),
        "ended_at": _iso(run.get("end_time")),
    }


def in_our_words(message: Any) -> str:
    """A state's message without what Prefect puts before an error's own words; on one line, what to do behind it."""
    what, _, to_do = _BEFORE.sub("", str(message or "")).strip().partition("\n")
    stop = "" if not to_do or what.endswith((".", ":", ";", "!", "?")) else "."
    return " ".join(f"{what}{stop} {to_do}".split())


def instant(text: Any) -> datetime | None:
    """A time of the API."""
    return datetime.fromisoformat(str(text)) if text else None


def _iso(text: Any) -> str | None:
    found = instant(text)
    return found.astimezone(UTC).isoformat(timespec="seconds") if found else None
