"""A child that imports the product once and forks for each order: ingest or rebuild, with a fault armed.

Reads JSON lines {"do", "warehouse", "paths", "fault"}, for a backfill also {"url", "route"}, for a reconciliation or a watch
{"url"}; answers each with {"exit", "error", "reached"}. A fork costs milliseconds where a new Python costs a second.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import sys
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import filings.large
import filings.load.database
import filings.pipeline.alerts
import filings.pipeline.backfill
import filings.pipeline.index_runs
import filings.pipeline.ingest
import filings.pipeline.rebuild
import filings.pipeline.reconcile
import filings.pipeline.upgrade
import filings.pipeline.watch
import filings.query.completeness_page.render
import filings.service.holds
import filings.service.schedules
from filings import faults
from filings.errors import FilingsError
from filings.fetch.client import Patience
from filings.pipeline.backfill import Options
from filings.pipeline.plan import Route
from filings.settings import Settings
from filings.span import span

filings.large.HELD = 9_000  # so that the largest of the examples is read and kept through the spool


PATIENCE = Patience(attempts=3, first=0.01, longest=0.02)


def settings_for(warehouse: Path, url: str) -> Settings:
    return Settings(
        warehouse=warehouse, user_name="Test", user_email="test@example.com", edgar_url=url,
        requests_per_second=1000, block_seconds=1,
    )  # fmt: skip


def fetch(warehouse: Path, url: str, route: str) -> None:
    options = Options(route=Route(route), again=True)
    filings.pipeline.backfill.backfill(settings_for(warehouse, url), span("2024-01"), None, options, patience=PATIENCE)


def watch(warehouse: Path, url: str) -> None:
    settings = Settings(
        warehouse=warehouse, user_name="Test", user_email="test@example.com", edgar_url=url, requests_per_second=1000
    )
    until = datetime.now(UTC) + timedelta(seconds=0.3)
    filings.pipeline.watch.watch(settings, until, every=0.1)


TEMPLATE = Path(tempfile.mkdtemp()) / "empty.duckdb"
MADE_ANEW = ("none:", "load.create:")


def copied(path: Path) -> None:
    """An empty database with all its tables, which takes a third of a small run to make."""
    faults.reach(faults.Point.LOAD_CREATE)
    shutil.copyfile(TEMPLATE, path)


def work(order: dict[str, object], answer: int) -> None:
    if not str(order["fault"]).startswith(MADE_ANEW):
        filings.load.database._create = copied
    faults._armed = str(order["fault"])
    faults._reached.clear()
    said: dict[str, object] = {"error": None}
    try:
        warehouse = Path(str(order["warehouse"]))
        if order["do"] == "rebuild":
            filings.pipeline.rebuild.rebuild(warehouse)
        elif order["do"] == "backfill":
            fetch(warehouse, str(order["url"]), str(order["route"]))
        elif order["do"] == "reconcile":
            settings = settings_for(warehouse, str(order["url"]))
            filings.pipeline.reconcile.reconcile(settings, patience=PATIENCE)
        elif order["do"] == "watch":
            watch(warehouse, str(order["url"]))
        elif order["do"] == "upgrade":
            filings.pipeline.upgrade.upgrade(warehouse)
        elif order["do"] == "index":
            filings.pipeline.index_runs.index_files(warehouse, Path(order["paths"][0]))  # type: ignore[index]
        elif order["do"] == "tell":
            filings.pipeline.alerts.ready_alerts(warehouse)
            said |= filings.pipeline.alerts.send_alerts(warehouse).to_dict()
        elif order["do"] == "page":
            warehouse.mkdir()
            filings.query.completeness_page.render.write("page", warehouse / "page.html")
        elif order["do"] == "schedule":
            hold = filings.service.holds.Hold.take(warehouse / "prefect" / "a.lock")
            assert hold
            hold.sign()
            filings.service.schedules.change(warehouse / "prefect" / "schedules.json", "daily", is_paused=True)
        else:
            filings.pipeline.ingest.ingest(warehouse, [Path(path) for path in order["paths"]])  # type: ignore[attr-defined]
    except FilingsError as error:
        said["error"] = f"ours: {error}"
    except Exception as error:
        said["error"] = f"{type(error).__name__}: {error}"
    said["reached"] = dict(faults.reached())
    os.write(answer, json.dumps(said).encode())


def main() -> None:
    filings.load.database.Database(TEMPLATE).close()
    for line in sys.stdin:
        order = json.loads(line)
        reading, writing = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(reading)
            if kill_after := order.get("kill_after"):
                signal.signal(signal.SIGALRM, lambda *_: os.kill(os.getpid(), signal.SIGKILL))
                signal.setitimer(signal.ITIMER_REAL, kill_after)
            try:
                work(order, writing)
            finally:
                os._exit(0)
        os.close(writing)
        parts = []
        while part := os.read(reading, 1 << 16):
            parts.append(part)
        os.close(reading)
        _, status = os.waitpid(child, 0)
        said = json.loads(b"".join(parts)) if parts else {"error": "killed", "reached": {}}
        print(json.dumps({"exit": status, **said}), flush=True)


main()
