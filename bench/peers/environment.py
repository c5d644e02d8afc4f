"""The environment of the peers, `.venv-peers/`, and a peer run in it, in a process of its own."""

from __future__ import annotations

import json
import subprocess
import venv
from pathlib import Path

HERE = Path(__file__).parent
ENVIRONMENT = HERE.parents[1] / ".venv-peers"


def install(peer: str, version: str) -> str | None:
    """What is wrong, where the peer cannot be installed."""
    if not (ENVIRONMENT / "bin" / "python").exists():
        venv.create(ENVIRONMENT, with_pip=True)
    wanted = f"{peer}=={version}"
    command = [ENVIRONMENT / "bin" / "python", "-m", "pip", "install", "-q", "--disable-pip-version-check"]
    found = subprocess.run([*command, "--only-binary", ":all:", wanted], capture_output=True, text=True, check=False)
    return None if found.returncode == 0 else found.stderr.strip().rpartition("\n")[2]


def run(peer: str, folder: Path, rounds: int) -> dict[str, float] | None:
    """CPU seconds of the peer (`peers/run.py`) over a folder; None where it fails at the start."""
    command = [ENVIRONMENT / "bin" / "python", HERE / "run.py", peer, folder, str(rounds)]
    found = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, check=False)
    return json.loads(found.stdout.splitlines()[-1]) if found.returncode == 0 else None
