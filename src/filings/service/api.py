"""A server's API, asked with the standard library: two seconds less to start than Prefect's client (prefect.md 9)."""

from __future__ import annotations

import json
import time
import urllib.error
import urllib.request
from http import HTTPStatus
from http.client import HTTPException
from typing import Any

from filings.errors import ServiceError

_PAUSE = 0.5


class _Locked(ServiceError):
    """The server's database is locked just now."""


class Api:
    """The API of a server at `url`, as http://127.0.0.1:4200. Every answer is waited for at most `patience` seconds.

    A server whose SQLite is locked answers 503 and has done nothing (prefect.md 5): then it is asked again, as long.
    """

    def __init__(self, url: str, patience: float = 15.0) -> None:
        self.url = url
        self._patience = patience
        # a proxy for the world outside has nothing to do with a server on this machine
        self._opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))

    def is_healthy(self) -> bool:
        """Whether it answers, and well."""
        try:
            return bool(self.get("health"))
        except ServiceError:
            return False

    def get(self, path: str) -> Any:
        """An answer's JSON. Raises ServiceError."""
        return self._ask("GET", path, None)

    def post(self, path: str, body: object | None = None) -> Any:
        """The same, for a question or an order with a body. Raises ServiceError."""
        return self._ask("POST", path, {} if body is None else body)

    def patch(self, path: str, body: object) -> None:
        """Change parts of a thing. Raises ServiceError."""
        self._ask("PATCH", path, body)

    def delete(self, path: str) -> None:
        """Take a thing away. Raises ServiceError."""
        self._ask("DELETE", path, None)

    def _ask(self, method: str, path: str, body: object | None) -> Any:
        request = urllib.request.Request(
            f"{self.url}/api/{path}",
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Content-Type": "application/json"},
        )
        until = time.monotonic() + self._patience
        while True:
            try:
                return self._answer(request, path)
            except _Locked as error:
                if time.monotonic() > until:
                    raise ServiceError(error.message, "It is busy: try again in a moment.") from error
                time.sleep(_PAUSE)

    def _answer(self, request: urllib.request.Request, path: str) -> Any:
        try:
            with self._opener.open(request, timeout=self._patience) as answer:
                text = answer.read()
                return json.loads(text) if text else None
        except urllib.error.HTTPError as error:
            said = error.read(500).decode("utf-8", "replace")
            kind = _Locked if error.code == HTTPStatus.SERVICE_UNAVAILABLE else ServiceError
            raise kind(f"the Prefect server answers {error.code} to {path}: {said}") from error
        except (OSError, HTTPException, ValueError) as error:
            raise ServiceError(
                f"the Prefect server at {self.url} does not answer: {error}", "Is it up? See `filings status`."
            ) from error


def flow_runs(
    api: Api, states: tuple[str, ...], sort: str, limit: int = 50, deployment: str | None = None
) -> list[dict[str, Any]]:
    """Runs of flows in these states, as RUNNING or SCHEDULED, in an order of Prefect's, of one deployment by its id or of
    all. Raises ServiceError."""
    question: dict[str, Any] = {"flow_runs": {"state": {"type": {"any_": list(states)}}}, "sort": sort, "limit": limit}
    if deployment:
        question["deployments"] = {"id": {"any_": [deployment]}}
    found: list[dict[str, Any]] = api.post("flow_runs/filter", question)
    return found


def deployments(api: Api) -> dict[str, dict[str, Any]]:
    """The deployments by their names. Raises ServiceError."""
    return {each["name"]: each for each in api.post("deployments/filter", {"limit": 200})}
