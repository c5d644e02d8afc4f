"""Alerts for tests: filings of today, rules in a warehouse's settings, targets that write down what they are told."""

from __future__ import annotations

import json
import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import duckdb

EXAMPLES = Path(__file__).parents[1] / "examples"


def filing(folder: Path, number: int, *, days_old: int = 1, name: str = "", cut: bool = False, item: str = "") -> Path:
    """A file with an 8-K that was filed so many days ago: `name` of the company, `item` instead of Item 2.02."""
    day = f"{date.today() - timedelta(days=days_old):%Y%m%d}"
    text = (EXAMPLES / "form-8-k-results.txt").read_text(encoding="utf-8")
    text = text.replace("0009910001-24-000012", f"0009910001-26-{number:06}").replace("20240507", day)
    text = text.replace("HOLLOWAY MARINE ROBOTICS INC", name or "HOLLOWAY MARINE ROBOTICS INC")
    text = text.replace(
        "Results of Operations and Financial Condition", item or "Results of Operations and Financial Condition"
    )
    folder.mkdir(exist_ok=True)
    path = folder / f"{number}{'-cut' if cut else ''}.txt"
    path.write_text(text[: len(text) * 2 // 3] if cut else text, encoding="utf-8")
    return path


def accession(number: int) -> str:
    """The filing_id of such a filing."""
    return f"0009910001-26-{number:06}"


def with_rules(warehouse: Path, rules: str) -> Path:
    """Write the settings of a warehouse; ``{tell}`` is a command that adds what it is told to `told.jsonl` there."""
    warehouse.mkdir(exist_ok=True)
    tell = '["sh", "-c", "cat >> told.jsonl"]'
    (warehouse / "settings.toml").write_text(rules.replace("{tell}", tell), encoding="utf-8")
    return warehouse


def told(warehouse: Path) -> list[dict[str, Any]]:
    """What that command was told."""
    path = warehouse / "told.jsonl"
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


def told_of(warehouse: Path) -> list[tuple[str, str]]:
    """Rule and filing of each."""
    return [(one["rule"], one["filing_id"]) for one in told(warehouse)]


def written(warehouse: Path) -> list[tuple[Any, ...]]:
    """Rule, filing and outcome by `ops.alert` of the snapshot that people open."""
    with duckdb.connect(str((warehouse / "filings.duckdb").resolve()), read_only=True) as connection:
        return connection.execute("SELECT rule_name, filing_id, outcome FROM ops.alert ORDER BY ALL").fetchall()


class Webhook:
    """A loopback server that answers each POST by `answer`: a status, or ``hang``, ``reset``, ``drip``."""

    def __init__(self) -> None:
        self.answer: int | str = 200
        self.requests: list[tuple[str, dict[str, str], dict[str, Any]]] = []
        self.ended = threading.Event()
        hook = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                hook.requests.append((self.path, dict(self.headers), json.loads(body)))
                if hook.answer == "hang":
                    hook.ended.wait(30)
                elif hook.answer == "reset":
                    self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                    self.connection.close()
                elif hook.answer == "drip":
                    self.wfile.write(b"HTTP/1.1 200 OK\r\n")
                    while not hook.ended.wait(0.05):
                        self.wfile.write(b"X-Still: here\r\n")
                else:
                    self.send_response(int(hook.answer))
                    if hook.answer == 302:
                        self.send_header("Location", f"{hook.url}/elsewhere")
                    self.send_header("Content-Length", "9")
                    self.end_headers()
                    self.wfile.write(b"no\x1b thanks"[:9])

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._server.handle_error = lambda *_: None  # type: ignore[method-assign,assignment]
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()

    def close(self) -> None:
        self.ended.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


@contextmanager
def webhook() -> Iterator[Webhook]:
    """Such a server while the block lasts."""
    hook = Webhook()
    try:
        yield hook
    finally:
        hook.close()
