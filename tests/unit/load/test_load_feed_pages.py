"""Pages of the latest-filings feed among other readings: they come late, and the numbers still follow the time."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from edgar.archive import Archive
from edgar.generator import generate
from filings.large import hash_of
from filings.load.database import Database
from filings.load.readings import Reading, Readings, read
from filings.raw.state import open_state
from filings.raw.store import Facts, RawStore

BEGIN = datetime(2024, 1, 2, 12, tzinfo=UTC)
ARCHIVE = Archive(generate(3, 10, scale=0.01))


class Warehouse:
    def __init__(self, folder: Path) -> None:
        folder.mkdir()
        self.engine = open_state(folder / "state.sqlite")
        self.database = Database(folder / "filings.duckdb")
        self.store = RawStore(folder / "raw", self.engine)
        self.readings = Readings(self.database, self.store)

    def take(self, *readings: tuple[Reading, bytes]) -> None:
        for reading, body in readings:
            self.store.put(body, reading.facts)
        self.readings.take([reading for reading, _ in readings])

    def tables(self) -> dict[str, list[tuple[Any, ...]]]:
        ask = self.database.connection.execute
        return {
            name: ask(f"SELECT * EXCLUDE (load_id) FROM {name} ORDER BY ALL").fetchall()
            for name in ("ops.index_file", "ops.index_entry")
        }

    def close(self) -> None:
        self.database.close()
        self.engine.dispose()


@pytest.fixture
def made(tmp_path: Path) -> Iterator[Warehouse]:
    warehouse = Warehouse(tmp_path / "w")
    yield warehouse
    warehouse.close()


def page(start: int, minutes: float) -> tuple[Reading, bytes]:
    found = ARCHIVE.find("/cgi-bin/browse-edgar", {"action": "getcurrent", "count": "8", "start": str(start)})
    assert found
    return reading("feed_page", f"cgi-bin/browse-edgar?action=getcurrent&start={start}", found.make(), minutes)


def index(day: date, minutes: float, *, without: int = 0) -> tuple[Reading, bytes]:
    name = f"daily-index/2024/QTR1/master.{day:%Y%m%d}.idx"
    found = ARCHIVE.find(f"/Archives/edgar/{name}", {})
    assert found
    lines = found.make().splitlines(keepends=True)
    return reading("index", name, b"".join(lines[: len(lines) - without]), minutes)


def reading(kind: str, name: str, body: bytes, minutes: float) -> tuple[Reading, bytes]:
    at = (BEGIN + timedelta(minutes=minutes)).isoformat(timespec="microseconds")
    return read(
        Facts("url", name, at, kind, url=f"http://x/{name}", claims={"verdict": "right"}), hash_of(body), body
    ), body


DAYS = [date(2024, 1, 2), date(2024, 1, 3)]
ALL = [
    page(0, 1), index(DAYS[0], 2), page(5, 3), page(0, 3.5), index(DAYS[1], 4, without=2), index(DAYS[0], 5, without=1),
    page(10, 6), index(DAYS[1], 7), page(0, 8),
]  # fmt: skip
PAGES = [each for each in ALL if each[0].facts.record_kind == "feed_page"]
OTHERS = [each for each in ALL if each not in PAGES]


def test_a_page_is_a_row_and_its_entries_are_none(made: Warehouse) -> None:
    made.take(page(0, 1))
    ((row,), entries) = made.tables().values()
    assert row[:3] == (1, "latest", "latest_feed")
    assert 8 in row
    assert entries == []


@pytest.mark.parametrize("seed", range(2))
def test_pages_that_come_late_are_given_their_place(made: Warehouse, tmp_path: Path, seed: int) -> None:
    in_order = Warehouse(tmp_path / "in-order")
    in_order.take(*ALL)
    draw = random.Random(seed)
    late = draw.sample(PAGES, len(PAGES))
    for each in OTHERS:
        made.take(each)
        if draw.random() < 0.5:
            made.take(late.pop())
    made.take(*sorted(late, key=lambda one: one[0].order))
    assert made.tables() == in_order.tables()
    in_order.close()
    made.readings.again()
    assert made.tables()["ops.index_entry"], "there are lines that follow the numbers"
    assert [row[0] for row in made.tables()["ops.index_file"]] == list(range(1, len(ALL) + 1))


def test_what_a_killed_run_left_is_found(made: Warehouse) -> None:
    made.take(ALL[0], ALL[1])
    made.store.put(ALL[2][1], ALL[2][0].facts)
    made.store.flush()
    left = made.readings.pending(made.store.unsealed())
    assert [one.facts.name for one in left] == [ALL[2][0].facts.name]
    made.readings.take(made.readings.kept(left))
    assert made.readings.pending(made.store.unsealed()) == []
