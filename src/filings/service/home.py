"""`warehouse/prefect/`: the home of a warehouse's server and runner, and the environment in which they run."""

from __future__ import annotations

import hashlib
import os
import signal
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from filings.service.children import Program
from filings.service.deployments import project

HEARTBEAT = 30
"""Seconds between two signs of life of a flow run."""

SERVED = "FILINGS_SERVED"
"""Set in the environment of the runner, and so of the flow runs that it starts."""

_OTHERS = ("PREFECT_API_", "PREFECT_PROFILE", "PREFECT_HOME", "PREFECT_SERVER_API_", "PREFECT_SERVER_DATABASE_")
"""Settings of somebody else's server, which a developer's shell may hold; the other settings of Prefect are left alone."""

_OF_A_TERMINAL = frozenset(
    f"FILINGS_{name}"
    for name in (
        *("WAREHOUSE", "QUIET", "STRICT", "FORMAT", "TIMEZONE", "THREADS", "MEMORY_LIMIT", "PREFECT_PORT"),
        *("CORPUS", "FAULT", "DUCKDB15", "SERVED"),  # of tests, and of the runner
    )
)
"""Variables that change nothing of what a run fetches and loads."""


@dataclass(frozen=True, slots=True)
class Home:
    """The folder of one warehouse, by its absolute path."""

    warehouse: Path

    @classmethod
    def of(cls, warehouse: Path) -> Home:
        """The home of a warehouse; nothing is made."""
        return cls(warehouse.absolute())

    @property
    def folder(self) -> Path:
        """`prefect/` in the warehouse."""
        return self.warehouse / "prefect"

    @property
    def up(self) -> Path:
        """Held by `filings up`."""
        return self.folder / "up.lock"

    @property
    def runs(self) -> Path:
        """A file for each flow run of this warehouse that lives, held by its process."""
        return self.folder / "runs"

    @property
    def schedules(self) -> Path:
        """What was changed by `filings schedule`."""
        return self.folder / "schedules.json"

    def server(self, port: int) -> Program:
        """The server, on a port of this machine alone."""
        return Program(
            name="server",
            command=(sys.executable, "-m", "prefect", "server", "start", "--host", "127.0.0.1", "--port", str(port)),
            environment=self.environment(url_of(port)),
            folder=self.folder,
            hold=self.folder / "server.lock",
            log=self.folder / "server.log",
            stop_by=signal.SIGINT,  # by SIGTERM it ends at once, in the middle of whatever it does (prefect.md 5)
            patience=15,
            facts={"port": port, "prefect": prefect_version()},
        )

    def runner(self, port: int) -> Program:
        """The runner, which serves the flows to the server on that port."""
        return Program(
            name="runner",
            command=(sys.executable, str(project() / "flows" / "serve.py")),
            environment=self.environment(url_of(port)) | {SERVED: "1"},
            folder=project(),  # the flows' places are stored relative to it
            hold=self.folder / "runner.lock",
            log=self.folder / "runner.log",
            stop_by=signal.SIGTERM,
            patience=30,
            facts={"port": port},
        )

    def environment(self, url: str, environment: Mapping[str, str] | None = None) -> dict[str, str]:
        """The variables for a process that belongs to the server at `url` (prefect.md 11).

        What server and runner write goes into their logs, so their level is left as it is.
        """
        given = os.environ if environment is None else environment
        kept = {name: value for name, value in given.items() if not name.startswith(_OTHERS)}
        return kept | {
            "FILINGS_WAREHOUSE": str(self.warehouse),
            "PREFECT_HOME": str(self.folder),
            "PREFECT_API_URL": f"{url}/api",
            "PREFECT_SERVER_ALLOW_EPHEMERAL_MODE": "false",
            "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
            "DO_NOT_TRACK": "1",
            "PREFECT_FLOWS_HEARTBEAT_FREQUENCY": str(HEARTBEAT),
            "PYTHONUNBUFFERED": "1",
        }


def said_here(environment: Mapping[str, str] | None = None) -> dict[str, str]:
    """What an environment sets of the settings that decide what a run does, each value as a short hash.

    So two processes can tell whether they agree, and a file that anybody may read tells no e-mail address.
    """
    given = os.environ if environment is None else environment
    return {
        name: hashlib.sha256(value.encode()).hexdigest()[:12]
        for name, value in sorted(given.items())
        if name.startswith("FILINGS_") and name not in _OF_A_TERMINAL
    }


def url_of(port: int) -> str:
    """Where a server on that port answers; its pages are there, too."""
    return f"http://127.0.0.1:{port}"


def prefect_version() -> str:
    """The version of Prefect that is installed here, without importing it."""
    try:
        return version("prefect")
    except PackageNotFoundError:
        return ""
