"""People who open the published file while the product works: each a process of its own, with its own DuckDB."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

NOBODY = 65534

BECOME_NOBODY = f"import os; os.setgroups([]); os.setgid({NOBODY}); os.setuid({NOBODY})"
"""Said by a child after its imports: Python itself may lie where an ordinary user cannot go."""

_PERSON = """
import json, sys
import duckdb
path, mode, change = sys.argv[1:]
exec(change)
try:
    connection = duckdb.connect(path, read_only=mode == "read")
except Exception as error:
    print(json.dumps({"refused": str(error), "version": duckdb.__version__}), flush=True)
    sys.exit()
print(json.dumps({"open": path, "version": duckdb.__version__}), flush=True)
for line in sys.stdin:
    try:
        found = connection.execute(json.loads(line)).fetchall()
        print(json.dumps({"rows": found}, default=str), flush=True)
    except Exception as error:
        print(json.dumps({"failed": str(error)}), flush=True)
"""


class Person:
    """Opens a database to read or to write, and asks what it is told to, until it leaves or is killed."""

    def __init__(self, path: Path, mode: str = "read", *, as_nobody: bool = False, duckdb: str = "") -> None:
        environment = {**os.environ, "PYTHONPATH": duckdb, "PYTHONDONTWRITEBYTECODE": "1"}
        self._process = subprocess.Popen(
            [sys.executable, "-c", _PERSON, str(path), mode, BECOME_NOBODY if as_nobody else ""],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd="/",
            env=environment,
        )
        self.greeting: dict[str, str] = self._hear()

    def _hear(self) -> dict[str, Any]:
        assert self._process.stdout
        said: dict[str, Any] = json.loads(self._process.stdout.readline())
        return said

    def ask(self, question: str) -> Any:
        assert self._process.stdin
        self._process.stdin.write(json.dumps(question) + "\n")
        self._process.stdin.flush()
        said = self._hear()
        assert "rows" in said, said
        return said["rows"]

    def kill(self) -> None:
        self._process.kill()
        self.leave()

    def leave(self) -> None:
        assert self._process.stdin and self._process.stdout
        self._process.stdin.close()
        self._process.wait()
        self._process.stdout.close()


def open_to_all() -> Path:
    """A folder that every user may enter; pytest's own is closed to others."""
    folder = Path(tempfile.mkdtemp(prefix="filings-readers-"))
    folder.chmod(0o755)
    return folder
