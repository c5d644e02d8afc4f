"""Many processes that ask a server as fast as their common limit lets them: python -m edgar.asking URL STATE N SECONDS PATH…

They are forked from one that has imported everything, so that N of them cost little more than one. Each prints a line when
it is told to wait.
"""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

from filings.errors import FilingsError
from filings.fetch.addresses import address
from filings.fetch.client import Client
from filings.settings import Settings


def ask(url: str, state: Path, seconds: float, paths: list[str]) -> None:
    settings = Settings(user_name="Test", user_email="test@example.com", edgar_url=url)
    end = time.monotonic() + seconds
    with Client(settings, state=state, tell=lambda text: print(text, flush=True)) as client:
        while time.monotonic() < end:
            for path in paths:
                if time.monotonic() >= end:
                    break
                try:
                    client.get(address("archive_path", path=path))
                except FilingsError as error:
                    print(error, flush=True)


def main() -> None:
    url, state, count, seconds, *paths = sys.argv[1:]
    children = []
    for number in range(int(count)):
        child = os.fork()
        if not child:
            ask(url, Path(state), float(seconds), paths[number % len(paths) :] + paths[: number % len(paths)])
            os._exit(0)
        children.append(child)
    for child in children:
        os.waitpid(child, 0)


if __name__ == "__main__":
    main()
