"""A run handed over to the server of a warehouse's `filings up`, and followed until it is over.

As measured in prefect.md 9: a plain client suffices, and a run begins some 14 seconds after it was asked for. Lines of a
run's log come late and not in their order, so they are told apart by their ids, not by an offset.
"""

from __future__ import annotations

import json
import re
import time
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from filings.errors import ServiceError
from filings.pipeline.progress import duration
from filings.service.api import Api, deployments
from filings.service.holds import holder
from filings.service.home import Home, said_here, url_of
from filings.service.news import in_our_words
from filings.service.supervisor import port_of

OURS = "filings"
"""The last part of the name under which flows write lines that are meant for a person."""

REPORT = "filings-report"
"""The type of the artifact that holds a run's report as plain values. It has no key, so the list of artifacts lacks it."""

_ENDED = ("COMPLETED", "FAILED", "CRASHED", "CANCELLED")
_RETRY = re.compile(
    r"Task run failed with exception: (?P<error>.*) - Retry \d+/\d+ will start (?P<wait>[\d.]+)", re.DOTALL
)
_LATE = timedelta(minutes=1)
_PAGE = 200
_SETTLE = 1.0


@dataclass(frozen=True, slots=True)
class Handed:
    """A flow run that was asked for: its id, its name, its page."""

    flow_run_id: str
    name: str
    url: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a run ended: the type of its state, as COMPLETED, the state's name and message, the report where it made one."""

    kind: str
    state: str
    message: str
    report: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Pace:
    """In seconds: `look` between two questions, `away` without an answer until the server is given up."""

    look: float = 1.0
    away: float = 600.0


def server_of(home: Home, say: Callable[[str], None]) -> Api | None:
    """The server to which a run of this warehouse can be handed over; None where there is none.

    It is there when `filings up` is, with server and runner alive, and when nothing that this terminal sets is set
    otherwise there: a run is done under the settings of `up`. Where `up` is there and cannot be used, `say` hears why.
    """
    by, port = holder(home.up), port_of(home)
    if by is None:
        return None
    if not port or not holder(home.folder / "runner.lock") or not Api(url_of(port)).is_healthy():
        say("`filings up` is just starting, or mends something: the work is done here")
        return None
    there = by.facts.get("settings") or {}
    other = sorted(name for name, value in said_here().items() if there.get(name) != value)
    if other:
        say(f"`filings up` has another value of {', '.join(other)}: the work is done here")
        return None
    return Api(url_of(port))


def hand_over(api: Api, name: str, run_name: str, parameters: Mapping[str, Any]) -> Handed:
    """Ask for a run of a deployment. Parameters are to be checked before: the server takes nonsense, too.

    Asked twice at most, as one: a repeated key gives the run that was made. Raises ServiceError.
    """
    found = deployments(api).get(name)
    if found is None:
        raise ServiceError(
            f"the server knows no deployment {name} yet", "`filings up` is just starting: try again in a moment."
        )
    order = {"name": run_name, "parameters": dict(parameters), "idempotency_key": uuid.uuid4().hex}
    place = f"deployments/{found['id']}/create_flow_run"
    try:
        made = api.post(place, order)
    except ServiceError:
        made = api.post(place, order)
    return Handed(str(made["id"]), str(made["name"]), f"{api.url}/runs/flow-run/{made['id']}")


def follow(
    api: Api,
    handed: Handed,
    say: Callable[[str], None],
    moved: Callable[[float], None] = lambda percent: None,
    pace: Pace | None = None,
) -> Outcome:
    """Tell what becomes of a run until it is over: its states, the lines of its log, how many percent of it are done.

    While the server does not answer it is asked again and again. Raises ServiceError where it does not come back.
    """
    return _Following(api, handed, say, moved, pace or Pace()).go()


@dataclass(slots=True)
class _Following:
    api: Api
    handed: Handed
    say: Callable[[str], None]
    moved: Callable[[float], None]
    pace: Pace
    _state: str = ""
    _known: dict[str, datetime] = field(default_factory=dict)
    _answered: float = 0.0
    _is_away: bool = False

    def go(self) -> Outcome:
        self._answered = time.monotonic()
        while True:
            try:
                if (outcome := self._look()) is not None:
                    return outcome
                self._is_back()
            except ServiceError as error:
                self._wait_for(error)
            time.sleep(self.pace.look)

    def _look(self) -> Outcome | None:
        """One look; the outcome where the run is over."""
        run = self.api.get(f"flow_runs/{self.handed.flow_run_id}")
        if run["state_name"] != self._state:
            self._state = run["state_name"]
            if run["state_type"] not in _ENDED:
                self.say(f"{run['name']}: {self._state.lower()}")
        self._tell_lines()
        self._tell_progress()
        if run["state_type"] not in _ENDED:
            return None
        time.sleep(min(_SETTLE, self.pace.look))  # the last lines come behind the last state
        self._tell_lines()
        message = in_our_words((run.get("state") or {}).get("message"))
        return Outcome(run["state_type"], run["state_name"], message, self._report())

    def _tell_lines(self) -> None:
        newest = max(self._known.values(), default=None)
        question: dict[str, Any] = {"flow_run_id": {"any_": [self.handed.flow_run_id]}}
        if newest:
            question["timestamp"] = {"after_": (newest - _LATE).isoformat()}
        offset = 0
        while True:
            page = {"logs": question, "sort": "TIMESTAMP_ASC", "limit": _PAGE, "offset": offset}
            lines = self.api.post("logs/filter", page)
            for line in lines:
                if line["id"] not in self._known:
                    self._known[line["id"]] = datetime.fromisoformat(line["timestamp"])
                    self._tell_line(line)
            offset += len(lines)
            if len(lines) < _PAGE:
                break
        oldest = max(self._known.values(), default=datetime.now(UTC)) - 2 * _LATE
        self._known = {name: at for name, at in self._known.items() if at >= oldest}

    def _tell_line(self, line: dict[str, Any]) -> None:
        """Ours as they are; of Prefect's only that something is tried again: how the run ends, its state says."""
        if line["name"].endswith(f".{OURS}"):
            self.say(line["message"])
        elif found := _RETRY.match(line["message"]):
            self.say(f"{found['error']}; tried again in {duration(float(found['wait']))}")

    def _tell_progress(self) -> None:
        if (percent := self._artifact("progress")) is not None:
            self.moved(float(percent))

    def _report(self) -> dict[str, Any] | None:
        found = self._artifact(REPORT)
        return None if found is None else dict(json.loads(found))  # Prefect keeps a table of values as its text

    def _artifact(self, kind: str) -> Any:
        """What the newest artifact of a type holds."""
        only = {"flow_run_id": {"any_": [self.handed.flow_run_id]}, "type": {"any_": [kind]}}
        found = self.api.post("artifacts/filter", {"artifacts": only, "sort": "CREATED_DESC", "limit": 1})
        return found[0]["data"] if found else None

    def _is_back(self) -> None:
        self._answered = time.monotonic()
        if self._is_away:
            self._is_away = False
            self.say("the server answers again")

    def _wait_for(self, error: ServiceError) -> None:
        if not self._is_away:
            self._is_away = True
            self.say(f"{error.message}; it is asked again for {duration(self.pace.away)}")
        if time.monotonic() - self._answered > self.pace.away:
            raise ServiceError(
                f"the server went away while it worked on {self.handed.name}, and did not come back",
                "What was loaded stays. See `filings status`; run the same command again for the rest.",
            ) from error
