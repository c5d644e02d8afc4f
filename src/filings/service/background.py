"""`filings up --detach`: an `up` that goes on without a terminal, waited for until its server knows all deployments."""

from __future__ import annotations

import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from filings.errors import ServiceError
from filings.pipeline.progress import duration
from filings.service.api import Api, deployments
from filings.service.children import open_log, tail
from filings.service.deployments import DEPLOYMENTS
from filings.service.holds import holder
from filings.service.home import Home, url_of
from filings.service.supervisor import port_of, who

_LOOK = 0.2


@dataclass(frozen=True, slots=True)
class Up:
    """An `up` in the background: its process, where its pages are, what it says."""

    pid: int
    url: str
    log: Path


def up_in_background(home: Home, patience: float = 300.0) -> Up:
    """Start an `up` of this warehouse in a session of its own, and wait until it is up.

    Raises ServiceError where one is up already, where it ends at its start, or is not up after `patience` seconds; in the
    last case it goes on. Raises StoreError.
    """
    if holder(home.up):
        raise ServiceError(f"filings is up already: {who(home)}", "`filings status` shows it, `filings down` ends it.")
    path = home.folder / "up.log"
    with open_log(path) as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "filings", "up", "--warehouse", str(home.warehouse)],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,  # the end of the terminal is not its end
        )
    until = time.monotonic() + patience
    while time.monotonic() < until:
        if (url := _url(home)) is not None:
            return Up(process.pid, url, path)
        if process.poll() is not None:
            raise ServiceError("it ended before it was up", f"{tail(path)}\n  All of it: {path}".strip())
        time.sleep(_LOOK)
    raise ServiceError(f"it is not up after {duration(patience)}", f"It goes on: see `filings status`, and {path}.")


def _url(home: Home) -> str | None:
    """Where its pages are, once the runner has declared all deployments."""
    port = port_of(home)
    if not port or not holder(home.folder / "runner.lock"):
        return None
    try:
        known = deployments(Api(url_of(port)))
    except ServiceError:
        return None
    return url_of(port) if {each.name for each in DEPLOYMENTS} <= known.keys() else None
