"""Companies: what the newest answers say; tickers over stretches of days; real answers."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from filings.large import hash_of
from filings.load.database import Database
from filings.load.readings import Readings, read
from filings.raw.state import open_state
from filings.raw.store import Facts, RawStore

BEGIN = datetime(2024, 1, 2, 12, tzinfo=UTC)


class Warehouse:
    """Readings of company data, taken in one after the other."""

    def __init__(self, folder: Path) -> None:
        self.engine = open_state(folder / "state.sqlite")
        self.database = Database(folder / "filings.duckdb")
        self.store = RawStore(folder / "raw", self.engine)
        self.readings = Readings(self.database, self.store)

    def take(self, name: str, body: bytes, at: datetime) -> None:
        kind = "ticker_file" if "tickers" in name else "company_json"
        facts = Facts("local_file", name, at.isoformat(timespec="microseconds"), kind, claims={"verdict": "json"})
        self.store.put(body, facts)
        self.readings.take([read(facts, hash_of(body), body)])

    def ask(self, sql: str) -> list[tuple[Any, ...]]:
        return self.database.connection.execute(sql).fetchall()

    def tickers(self) -> list[tuple[Any, ...]]:
        return self.ask("SELECT ticker, exchange, first_seen_on, gone_on FROM company_ticker ORDER BY ALL")


@pytest.fixture
def made(tmp_path: Path) -> Iterator[Warehouse]:
    warehouse = Warehouse(tmp_path)
    yield warehouse
    warehouse.database.close()
    warehouse.engine.dispose()


def listed(*rows: tuple[int, str, str, str | None]) -> bytes:
    return json.dumps({"fields": ["cik", "name", "ticker", "exchange"], "data": rows}).encode()


FILE = "company_tickers_exchange.json"
FIRST, SECOND, THIRD = date(2024, 1, 2), date(2024, 1, 3), date(2024, 1, 4)


def test_a_ticker_stands_over_a_stretch_of_days(made: Warehouse) -> None:
    both, one = listed((1, "One", "ONE", "NYSE"), (2, "Two", "TWO", None)), listed((2, "Two", "TWO", None))
    for days, body in enumerate((both, one, both)):
        made.take(FILE, body, BEGIN + timedelta(days))
    assert made.tickers() == [
        ("ONE", "NYSE", FIRST, SECOND), ("ONE", "NYSE", THIRD, None), ("TWO", None, FIRST, None)
    ]  # fmt: skip


def test_another_exchange_is_another_stretch(made: Warehouse) -> None:
    made.take(FILE, listed((1, "One", "ONE", "NYSE")), BEGIN)
    made.take(FILE, listed((1, "One", "ONE", "Nasdaq")), BEGIN + timedelta(1))
    made.take("company_tickers.json", json.dumps({"0": {"cik_str": 1, "ticker": "ONE", "title": "One"}}).encode(),
              BEGIN + timedelta(2))  # fmt: skip
    assert made.tickers() == [("ONE", "NYSE", FIRST, SECOND), ("ONE", "Nasdaq", SECOND, None)]


def test_within_a_day_the_last_reading_counts(made: Warehouse) -> None:
    here, away = listed((1, "One", "ONE", "NYSE")), listed((2, "Two", "TWO", None))
    for minutes, body in enumerate((here, away, here, listed((1, "One", "ONE", "Nasdaq")))):
        made.take(FILE, body, BEGIN + timedelta(minutes=minutes))
    assert made.tickers() == [("ONE", "Nasdaq", FIRST, None), ("TWO", None, FIRST, FIRST)]


def test_funds_and_companies_are_two_snapshots(made: Warehouse) -> None:
    funds = {"fields": ["cik", "seriesId", "classId", "symbol"], "data": [[3, "S000000001", "C000000002", "FUNDX"]]}
    made.take("company_tickers_mf.json", json.dumps(funds).encode(), BEGIN)
    made.take(FILE, listed((1, "One", "ONE", "NYSE")), BEGIN + timedelta(1))
    found = made.ask("SELECT cik, ticker, series_id, class_id, gone_on FROM company_ticker ORDER BY ALL")
    assert found == [
        ("0000000001", "ONE", None, None, None), ("0000000003", "FUNDX", "S000000001", "C000000002", None)
    ]  # fmt: skip


def test_a_company_has_its_name_from_the_best_that_was_read(made: Warehouse, corpus: Path) -> None:
    made.take(FILE, listed((320193, "Apple by its ticker", "AAPL", "Nasdaq"), (5, "Five", "FIVE", None)), BEGIN)
    assert made.ask("SELECT cik, name, sha256 FROM company ORDER BY ALL") == [
        ("0000000005", "Five", None), ("0000320193", "Apple by its ticker", None)
    ]  # fmt: skip
    body = (corpus / "edgar/json/sec-edgar-downloader__CIK0000320193.json").read_bytes()
    made.take("CIK0000320193.json", body, BEGIN + timedelta(1))
    made.take(
        FILE, listed((320193, "Another name", "AAPL", "Nasdaq"), (5, "Five Inc.", "FIVE", None)), BEGIN + timedelta(2)
    )
    assert made.ask("SELECT name, sic_code, entity_type, state_of_incorporation, fiscal_year_end, category FROM company "
                    "WHERE cik = '0000320193'") == [
        ("Apple Inc.", "3571", "operating", "CA", "0930", "Large accelerated filer")
    ]  # fmt: skip
    assert made.ask("SELECT name FROM company WHERE cik = '0000000005'") == [("Five Inc.",)]
    names = made.ask("SELECT position, name, from_on, to_on FROM company_former_name ORDER BY ALL")
    assert [row[0] for row in names] == list(range(1, len(names) + 1))
    assert (1, "APPLE INC", date(2007, 1, 10), date(2019, 8, 5)) in names
    assert ("APPLE COMPUTER INC",) in [row[1:2] for row in names]


def test_every_real_answer_is_taken_in_and_made_again(made: Warehouse, corpus: Path) -> None:
    places = sorted((corpus / "edgar/json").glob("api__CIK*.json"))
    for nth, place in enumerate(places):
        made.take(place.name.removeprefix("api__").replace(".2.json", ".json"), place.read_bytes(),
                  BEGIN + timedelta(minutes=nth))  # fmt: skip
    for nth, name in enumerate(("py-sec-edgar-m__company_tickers_exchange.json", "edgartools__company_tickers.json")):
        made.take(name, (corpus / "edgar/json" / name).read_bytes(), BEGIN + timedelta(days=nth + 1))
    tables = ("company", "company_former_name", "company_ticker", "ops.index_file")
    before = {name: sorted(made.ask(f"SELECT * EXCLUDE (load_id) FROM {name}"), key=repr) for name in tables}
    assert len(before["company"]) > 5000 and len(before["ops.index_file"]) == len(places) + 2
    made.store.flush()
    made.readings.again()
    assert before == {name: sorted(made.ask(f"SELECT * EXCLUDE (load_id) FROM {name}"), key=repr) for name in tables}
    twice = "SELECT cik FROM company GROUP BY cik HAVING count(*) > 1 UNION ALL " \
            "SELECT cik FROM company_ticker GROUP BY cik, ticker, first_seen_on HAVING count(*) > 1"  # fmt: skip
    assert made.ask(twice) == []
