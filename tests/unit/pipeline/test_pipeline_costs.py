"""The cost model: which way is cheaper, and how it learns."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import insert

from filings.pipeline.costs import Costs, Learned, learned
from filings.pipeline.plan import Route, choose
from filings.raw.state import open_state
from filings.schema.state import run

DAY = date(2024, 3, 11)


def test_a_few_filings_cost_a_request_each_and_a_whole_day_its_archive() -> None:
    costs = Costs(8)
    assert choose(DAY, {"6-K": 10}, costs, Route.AUTO)[0] is Route.FILINGS
    assert costs.one_by_one({"4": 80}).seconds == pytest.approx(10), "small ones wait for the limit"
    assert costs.one_by_one({"10-K": 80}).seconds > 60, "large ones for the line and for loading"
    assert choose(DAY, {"4": 6000}, costs, Route.AUTO)[0] is Route.ARCHIVE
    assert choose(DAY, {"4": 6000}, costs, Route.FILINGS)[0] is Route.FILINGS
    assert choose(DAY, {}, costs, Route.ARCHIVE)[0] is None


def test_before_there_were_archives_filings_come_one_by_one() -> None:
    assert choose(date(1995, 6, 30), {"10-K": 9000}, Costs(8), Route.ARCHIVE)[0] is Route.FILINGS


def test_it_learns_from_what_runs_recorded(tmp_path: Path) -> None:
    saw = Learned()
    saw.add(saw.speed, 100e6, 100.0)
    saw.archive(DAY, 10_000_000)
    for _ in range(5):
        saw.form("4", 1_000_000)
    engine = open_state(tmp_path / "state.sqlite")
    with engine.begin() as connection:
        counts = {"learned": {"speed": saw.speed, "load": saw.load, "forms": saw.forms, "archives": saw.archives}}
        for _ in range(2):
            connection.execute(insert(run).values(kind="backfill", state="done", counts=json.dumps(counts)))
        connection.execute(insert(run).values(kind="backfill", state="running"))
    costs = Costs(8, learned(engine))
    engine.dispose()
    assert costs.speed == pytest.approx(1e6)
    archive = costs.archive(DAY, {"4": 10})
    assert archive and archive.bytes == 10_000_000
    assert costs.one_by_one({"4": 10}).bytes == pytest.approx(10 * 1_000_000 / 4)
