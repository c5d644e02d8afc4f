"""Orders to a child that forks for each: see forking.py."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any


class Forks:
    def __init__(self) -> None:
        self._child = subprocess.Popen(
            [sys.executable, str(Path(__file__).parent / "forking.py")],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def run(
        self, do: str, warehouse: Path, paths: list[Path], fault: str = "none:0:count", **more: Any
    ) -> dict[str, Any]:
        assert self._child.stdin and self._child.stdout
        order = {"do": do, "warehouse": str(warehouse), "paths": [str(path) for path in paths], "fault": fault, **more}
        self._child.stdin.write(json.dumps(order) + "\n")
        self._child.stdin.flush()
        said: dict[str, Any] = json.loads(self._child.stdout.readline())
        return said

    def close(self) -> None:
        assert self._child.stdin and self._child.stdout
        self._child.stdin.close()
        self._child.wait()
        self._child.stdout.close()
