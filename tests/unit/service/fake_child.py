"""A server or a runner for tests: listens, dies, hangs, ignores signals, as it is told.

    python fake_child.py NAME FOLDER [port]

What it is to do stands in `FOLDER/NAME.do`, read at its start; what happens to it, it appends to `FOLDER/events`.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

NAME, FOLDER = sys.argv[1], Path(sys.argv[2])
PORT = int(sys.argv[3]) if len(sys.argv) > 3 else 0
DO = (FOLDER / f"{NAME}.do").read_text().split() if (FOLDER / f"{NAME}.do").exists() else []


def tell(what: str) -> None:
    file = os.open(FOLDER / "events", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.write(file, f"{NAME} {what}\n".encode())
    os.close(file)


def ended(number: int, _frame: object) -> None:
    tell(signal.Signals(number).name)
    if "ignore" not in DO:
        os._exit(0)


class Answers(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.answer(True)

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.answer([])

    def answer(self, what: object) -> None:
        if (FOLDER / "hang").exists():
            threading.Event().wait(30)
        body = json.dumps(what).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Nothing."""


signal.signal(signal.SIGTERM, ended)
signal.signal(signal.SIGINT, ended)
tell(f"began {os.getpid()}")
if "die" in DO:
    print("it is not my day")
    tell("died")
    sys.exit(7)
if "child" in DO and os.fork() == 0:
    file = os.open(FOLDER / "grandchild", os.O_WRONLY | os.O_CREAT)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, signal.SIG_IGN)
    os.write(file, str(os.getpid()).encode())
    threading.Event().wait()
if PORT and "mute" not in DO:
    ThreadingHTTPServer(("127.0.0.1", PORT), Answers).serve_forever()
threading.Event().wait()
