"""The command as a person runs it: in a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).parents[3] / "examples"
COMMAND = [sys.executable, "-c", "from filings.command.app import main; main()"]

Run = Callable[..., "subprocess.CompletedProcess[str]"]


def environment(**more: str) -> dict[str, str]:
    """The environment without what a developer's shell may have set."""
    mine = ("FILINGS_", "NO_COLOR", "PREFECT_", "COLUMNS")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(mine)}
    return {**kept, "COLUMNS": "100", "TERM": "xterm", **more}


@pytest.fixture(scope="session")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A warehouse of the examples; tests only read it."""
    place = tmp_path_factory.mktemp("command") / "w"
    subprocess.run(
        [*COMMAND, "ingest", str(EXAMPLES), "--warehouse", str(place)],
        check=True,
        env=environment(),
        capture_output=True,
    )
    return place


@pytest.fixture
def run(warehouse: Path, tmp_path: Path) -> Run:
    """Run the command in an empty folder, with that warehouse unless the test names another."""

    def call(*arguments: str, **named: str) -> subprocess.CompletedProcess[str]:
        stdin = named.pop("stdin", "")
        env = environment(**{"FILINGS_WAREHOUSE": str(warehouse), **named})
        return subprocess.run(
            [*COMMAND, *arguments], capture_output=True, text=True, encoding="utf-8", env=env, cwd=tmp_path, input=stdin,
            timeout=120, check=False,
        )  # fmt: skip

    return call
