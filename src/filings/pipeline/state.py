"""What is going on in a warehouse: for `filings status`."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from dataclasses import asdict
from pathlib import Path
from typing import Any

from filings.pipeline.warehouse import STATE, holder, require


def read_status(warehouse: Path) -> dict[str, Any]:
    """Who writes now, the last runs, the snapshots, the packs, the refusals: plain values, also while a run is on.

    Reads `state.sqlite` alone and takes no lock. Raises UsageError where there is no warehouse.
    """
    require(warehouse)
    now = holder(warehouse)
    status: dict[str, Any] = {"writer": asdict(now) if now else None}
    path = warehouse / STATE
    nothing: dict[str, Any] = {"runs": [], "snapshots": [], "packs": {}, "refusals": []}
    if not path.exists():
        return status | nothing
    with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=30)) as connection:
        connection.row_factory = sqlite3.Row

        def ask(query: str) -> list[dict[str, Any]]:
            return [dict(row) for row in connection.execute(query)]

        if not ask("SELECT name FROM sqlite_master WHERE name = 'run'"):  # the first run is just making it
            return status | nothing
        runs = ask("SELECT * FROM run ORDER BY run_id DESC LIMIT 10")
        for run in runs:
            run["counts"] = json.loads(run["counts"] or "{}")
            if run["state"] == "running" and now is None:
                run["state"] = "killed"
        status["runs"] = runs
        status["snapshots"] = ask("SELECT * FROM snapshot WHERE state <> 'removed' ORDER BY number DESC")
        status["packs"] = ask(
            "SELECT count(*) AS packs, coalesce(sum(records), 0) AS records, coalesce(sum(byte_length), 0) AS bytes, "
            "coalesce(sum(state = 'open'), 0) AS open FROM raw_pack"
        )[0]
        status["refusals"] = ask("SELECT * FROM refusal ORDER BY seen_at DESC")
    return status
