"""Imports `up` once and forks for each order: a fork costs milliseconds where a new Python costs a second.

Reads JSON lines {"folder", "port", "said", "code"}, answers each with the number of the process; that writes its exit code
into the file `code`, unless it is killed.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from pathlib import Path

from places import Fakes

from filings.errors import FilingsError
from filings.service.home import Home
from filings.service.supervisor import Pace, up

PACE = Pace(start=20, look=0.02, poll=0.2, answer=0.5, hung=2, first=0.1, longest=0.4, steady=60)


def come_up(order: dict[str, str]) -> int:
    said = os.open(order["said"], os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    folder = Path(order["folder"])
    try:
        up(Home(folder), int(order["port"]), lambda text: tell(said, text), pace=PACE, place=Fakes(folder))
    except FilingsError as error:
        tell(said, f"error: {error}")
        return error.exit_code
    return 0


def tell(said: int, text: str) -> None:
    os.write(said, f"{text}\n".encode())


def main() -> None:
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for them here
    for line in sys.stdin:
        order = json.loads(line)
        child = os.fork()
        if child == 0:
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            try:
                Path(order["code"]).write_text(str(come_up(order)))
            finally:
                os._exit(0)
        print(child, flush=True)


main()
