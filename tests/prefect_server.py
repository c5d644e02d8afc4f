"""A server that answers as Prefect's does to what `filings` asks of it, without Prefect; and an `up` that seems to be there."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from filings.service.holds import Hold
from filings.service.home import Home, said_here

RUN = "00000000-0000-0000-0000-000000000001"


class FakePrefect:
    """Each look at the run shows the next of `states`; the last one stays. `asked` are the orders for runs that came."""

    def __init__(self, *states: tuple[str, str, str | None]) -> None:
        self.states = list(states) or [("COMPLETED", "Completed", "done")]
        self.lines: list[dict[str, Any]] = []
        self.artifacts: dict[str, Any] = {}
        self.asked: list[dict[str, Any]] = []
        self.broken = 0  # so many answers are errors
        self.error = 500
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.port = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def line(self, message: str, name: str = "prefect.task_runs.filings", level: int = 20, at: int = 0) -> None:
        number = len(self.lines)
        stamp = f"2026-11-27T12:00:{at:02}+00:00"
        self.lines.append({"id": str(number), "name": name, "level": level, "message": message, "timestamp": stamp})

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def answer(self, path: str, body: Mapping[str, Any]) -> Any:
        if path == "health":
            return True
        if path == "deployments/filter":
            return [{"id": name, "name": name} for name in ("daily", "watch", "backfill", "verify")]
        if path.endswith("/create_flow_run"):
            self.asked.append({"deployment": path.split("/")[1], **body})
            return {"id": RUN, "name": body["name"]}
        if path == f"flow_runs/{RUN}":
            kind, name, message = self.states.pop(0) if len(self.states) > 1 else self.states[0]
            return {"name": "backfill 2024-01", "state_type": kind, "state_name": name, "state": {"message": message}}
        if path == "logs/filter":
            after = body["logs"].get("timestamp", {}).get("after_", "")
            found = sorted((one for one in self.lines if one["timestamp"] >= after), key=lambda one: one["timestamp"])
            return found[body["offset"] : body["offset"] + body["limit"]]
        assert path == "artifacts/filter", path
        kind = body["artifacts"]["type"]["any_"][0]
        found = self.artifacts.get(kind)
        return [{"data": json.dumps(found) if isinstance(found, dict) else found}] if found is not None else []

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        fake = self

        class Answers(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self._go({})

            def do_POST(self) -> None:
                self._go(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))

            def _go(self, body: Mapping[str, Any]) -> None:
                if fake.broken:
                    fake.broken -= 1
                    self.send_error(fake.error)
                    return
                text = json.dumps(fake.answer(self.path.removeprefix("/api/"), body)).encode()
                self.send_response(200)
                self.send_header("Content-Length", str(len(text)))
                self.end_headers()
                self.wfile.write(text)

            def log_message(self, *_: object) -> None:
                pass

        return Answers


@contextmanager
def seems_up(warehouse: Path, port: int, environment: Mapping[str, str]) -> Iterator[None]:
    """Inside, `filings up` of a warehouse is there, as far as its files tell, in that environment."""
    home = Home.of(warehouse)
    facts = {"up": {"settings": said_here(environment)}, "server": {"port": port}, "runner": {}}
    holds = []
    for name, stated in facts.items():
        hold = Hold.take(home.folder / f"{name}.lock")
        assert hold
        hold.sign(**stated)
        holds.append(hold)
    try:
        yield
    finally:
        for hold in holds:
            hold.release()
