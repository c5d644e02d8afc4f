"""Whether a warehouse's schedules run, and what ran and comes next: for `filings status`, without Prefect."""

from __future__ import annotations

from typing import Any

from filings.errors import FilingsError
from filings.service.api import Api
from filings.service.holds import holder
from filings.service.home import Home, url_of
from filings.service.news import last_and_next
from filings.service.supervisor import port_of


def read_service(home: Home) -> dict[str, Any]:
    """Plain values: `up` (process, since), `url`, whether `server` and `runner` live, runs `running`, `last` and `next`.

    `trouble` says why the server was not asked. Times are UTC. Nothing is started and nothing written.
    """
    by, port = holder(home.up), port_of(home)
    found: dict[str, Any] = {
        "up": {"pid": by.pid, "since": by.since} if by and by.pid else None,
        "url": url_of(port) if port else None,
        "server": port is not None,
        "runner": holder(home.folder / "runner.lock") is not None,
        "running": [],
        "last": [],
        "next": [],
        "trouble": None,
    }
    if port:
        try:
            found |= last_and_next(Api(url_of(port), patience=10))
        except FilingsError as error:
            found["trouble"] = error.message
    return found
