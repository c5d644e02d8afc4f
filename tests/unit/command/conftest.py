"""The command as a person runs it: in a process of its own."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from as_a_person import COMMAND, EXAMPLES, Run, environment


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
