"""Five filings a second for ten minutes, and a warehouse of a gigabyte: how soon are they in the snapshot that people open?

Run by `make soak`; the figures go into docs/performance.md and docs/schedule.md. `SOAK_WATCH_GB` and `SOAK_WATCH_SECONDS`
change the size and the time.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import duckdb
import pyarrow as pa
import pytest

from backfills import bodies_asked
from edgar.archive import Archive
from edgar.gate import Gate
from edgar.generator import generate
from edgar.server import SmallEdgar
from filings.pipeline.ingest import ingest
from filings.pipeline.verify import verify
from filings.pipeline.warehouse import open_writer
from warehouses import publish_as_it_is

EXAMPLE = Path(__file__).with_name("ten-rows.txt")
EASTERN = ZoneInfo("America/New_York")
FILINGS = 500_000
PER_SECOND = 5


def fill(warehouse: Path, gigabytes: float) -> dict[str, float]:
    """Half a million filings of ten rows (fewer where there is no room), and noise for the rest of it; then published."""
    ingest(warehouse, [EXAMPLE])
    filings = min(FILINGS, int(FILINGS * gigabytes))
    with duckdb.connect(str(warehouse / "load" / "filings.duckdb")) as connection:
        connection.execute(
            f"CREATE TEMP TABLE ids AS SELECT format('{{:010d}}-24-{{:06d}}', hash(i) % 9000000000, i % 1000000) AS id, "
            f"1 + i // 1000 AS load FROM range({filings}) AS r(i)"
        )
        tables = connection.execute(
            "SELECT table_schema || '.' || table_name FROM information_schema.columns "
            "WHERE column_name = 'filing_id' AND table_catalog = current_database()"
        ).fetchall()
        for (name,) in tables:
            connection.execute(
                f"INSERT INTO {name} SELECT t.* REPLACE (ids.id AS filing_id, ids.load AS load_id) FROM ids, {name} AS t"
            )
        connection.execute("CREATE TABLE ballast (noise BLOB)")
        while (warehouse / "load" / "filings.duckdb").stat().st_size < gigabytes * 1e9:
            some = pa.table({"noise": pa.array([os.urandom(200_000) for _ in range(200)], pa.binary())})
            connection.register("_some", some)
            connection.execute("INSERT INTO ballast SELECT noise FROM _some")
            connection.unregister("_some")
            connection.execute("CHECKPOINT")
    before = time.monotonic()
    publish_as_it_is(warehouse)
    figures = {"filings": filings, "publish_seconds": time.monotonic() - before}
    before = time.monotonic()
    with open_writer(warehouse, "soak", None):
        figures["open_seconds"] = time.monotonic() - before
    figures["gigabytes"] = (warehouse / "filings.duckdb").resolve().stat().st_size / 1e9
    return figures


class Reader:
    """A person who opens each new snapshot, and notes when a filing is in it."""

    def __init__(self, warehouse: Path) -> None:
        self._link = warehouse / "filings.duckdb"
        self._target = self._link.readlink()
        self._last = self._read(0)[1]
        self.seen: dict[str, float] = {}
        self.snapshots = 0

    def look(self) -> None:
        target = self._link.readlink()
        if target == self._target:
            return
        now = time.monotonic()
        self._target, self.snapshots = target, self.snapshots + 1
        found, self._last = self._read(self._last)
        for each in found:
            self.seen.setdefault(each, now)

    def _read(self, after: int) -> tuple[list[str], int]:
        with duckdb.connect(str(self._link.resolve()), read_only=True) as connection:
            rows = connection.execute("SELECT filing_id FROM ops.ingest_log WHERE load_id > ?", [after]).fetchall()
            ((last,),) = connection.execute("SELECT max(load_id) FROM ops.ingest_log").fetchall()
        return [row[0] for row in rows] if after else [], int(last)


@pytest.mark.soak
def test_in_the_snapshot_within_a_minute(tmp_path: Path) -> None:
    warehouse, seconds = tmp_path / "w", int(os.environ.get("SOAK_WATCH_SECONDS", "600"))
    figures = fill(warehouse, float(os.environ.get("SOAK_WATCH_GB", "1")))
    print(json.dumps(figures, indent=1), flush=True)
    today = datetime.now(EASTERN).date()
    filings = list(generate(1, seconds * PER_SECOND, start=today, scale=0.01))
    appeared: dict[str, float] = {}
    with SmallEdgar(Archive(), gate=Gate(10, pause=5)) as small:
        child = subprocess.Popen(
            [sys.executable, "-m", "filings", "watch", "--warehouse", str(warehouse)],
            env=os.environ | {
                "XDG_STATE_HOME": str(tmp_path / "state"), "FILINGS_EDGAR_URL": small.url,
                "FILINGS_USER_NAME": "Test", "FILINGS_USER_EMAIL": "test@example.com",
            },
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        )  # fmt: skip
        said: list[str] = []
        reading = threading.Thread(target=lambda: said.extend(child.stdout or ()))
        reading.start()
        small.log.wait_for("getcurrent", 1)
        reader, began = Reader(warehouse), time.monotonic()
        waiting = list(reversed(filings))
        while waiting or len(reader.seen) < len(filings):
            now = time.monotonic()
            while waiting and len(appeared) < (now - began) * PER_SECOND:
                one = waiting.pop()
                accepted = datetime.now(EASTERN).replace(tzinfo=None, microsecond=0)
                small.archive.add(replace(one, accepted=accepted, filed=today))
                appeared[one.accession] = time.monotonic()
            reader.look()
            assert child.poll() is None and now - began < seconds + 600, said
            time.sleep(0.05)
        child.send_signal(signal.SIGINT)
        child.wait(120)
        reading.join()
        assert child.stdout
        child.stdout.close()
        latencies = sorted(reader.seen[each] - at for each, at in appeared.items())
        asked = bodies_asked(small)
    figures |= {
        "p50": latencies[len(latencies) // 2],
        "p95": latencies[int(len(latencies) * 0.95)],
        "most": latencies[-1],
        "snapshots": reader.snapshots,
        "seconds": time.monotonic() - began,
        "load": os.getloadavg()[1],
        "blocks": small.gate.blocks,
    }
    print(datetime.now(UTC).isoformat(timespec="minutes"), json.dumps(figures, indent=1), *said[-3:], flush=True)
    assert sorted(asked) == sorted(each.accession for each in filings)
    assert child.returncode == 130
    assert figures["p95"] < 60
    with duckdb.connect(str(warehouse / "load" / "filings.duckdb")) as connection:
        connection.execute("DROP TABLE ballast")
    assert [one for one in verify(warehouse) if one.where in appeared] == []
