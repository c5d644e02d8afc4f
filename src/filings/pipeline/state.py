"""What is going on in a warehouse: for `filings status`."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from dataclasses import asdict
from pathlib import Path
from typing import Any

from filings.pipeline.warehouse import STATE, holder, require

_ALERTS = "SELECT key, state, attempts, next_try_at, reason FROM work WHERE kind = 'alert' ORDER BY work_id"


def _alert(row: dict[str, Any]) -> dict[str, Any]:
    """An alert in plain values: rule, filing, what stands with it, and why."""
    rule, _, filing = row["key"].partition(" ")
    facts = json.loads(row["reason"])
    state = {"done": "sent", "given_up": "given up"}.get(row["state"], "failed" if row["attempts"] else "waiting")
    named = {
        "rule": rule,
        "filing_id": filing,
        "state": state,
        "attempts": row["attempts"],
        "why": facts["why"] or None,
    }
    return named | {"tried_at": facts["tried_at"], "next_try_at": row["next_try_at"]}


def read_alerts(warehouse: Path) -> tuple[dict[str, dict[str, Any]], list[dict[str, Any]]]:
    """The marks of the rules of alerts by name, and the alerts that the control state knows. Takes no lock, and needs no
    warehouse."""
    path = warehouse / STATE
    if not path.exists():
        return {}, []
    with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=30)) as connection:
        connection.row_factory = sqlite3.Row
        if not connection.execute("SELECT name FROM sqlite_master WHERE name = 'work'").fetchall():
            return {}, []
        rules = connection.execute("SELECT key, reason FROM work WHERE kind = 'alert_rule'").fetchall()
        alerts = connection.execute(_ALERTS).fetchall()
    return {row["key"]: json.loads(row["reason"]) for row in rules}, [_alert(dict(row)) for row in alerts]


def read_status(warehouse: Path) -> dict[str, Any]:
    """Who writes now, the last runs, the snapshots, the packs, the refusals, the alerts that did not go: plain values, also
    while a run is on.

    Reads `state.sqlite` alone and takes no lock. Raises UsageError where there is no warehouse.
    """
    require(warehouse)
    now = holder(warehouse)
    status: dict[str, Any] = {"writer": asdict(now) if now else None}
    path = warehouse / STATE
    nothing: dict[str, Any] = {"runs": [], "snapshots": [], "packs": {}, "refusals": [], "alerts": []}
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
        status["alerts"] = [each for row in ask(_ALERTS) if (each := _alert(row))["state"] != "sent"]
    return status
