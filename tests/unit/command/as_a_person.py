"""The command in a process of its own: what its tests share."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

EXAMPLES = Path(__file__).parents[3] / "examples"
COMMAND = [sys.executable, "-c", "from filings.command.app import main; main()"]

Run = Callable[..., "subprocess.CompletedProcess[str]"]


def environment(**more: str) -> dict[str, str]:
    """The environment without what a developer's shell may have set."""
    mine = ("FILINGS_", "NO_COLOR", "PREFECT_", "COLUMNS")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(mine)}
    return {**kept, "COLUMNS": "100", "TERM": "xterm", **more}
