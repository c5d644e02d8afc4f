"""Completeness: what the indexes list against what is here, by day and form, and as a calendar."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest

from edgar import index_files
from edgar.archive import Archive
from edgar.generator import generate
from filings.errors import UsageError
from filings.pipeline.index_runs import index_files as read_folder
from filings.pipeline.ingest import ingest
from filings.pipeline.warehouse import DATABASE
from filings.query.completeness import Day, Proof, State, as_rows, calendar, last_line, prove
from filings.query.connect import connect
from filings.query.grid import PLAIN
from filings.selection import selection
from filings.span import span
from mirrors import write_filings, write_indexes
from warehouses import publish_as_it_is

DAYS = [date(2024, 1, 2), date(2024, 1, 3), date(2024, 1, 4)]
FILINGS = list(generate(3, 10, scale=0.001))
OF_DAY = {day: [each for each in FILINGS if each.filed == day] for day in DAYS}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The first day whole, half of the second, one of it cut off; nothing of the third."""
    folder = tmp_path_factory.mktemp("completeness")
    read_folder(folder / "w", write_indexes(folder / "indexes", FILINGS, DAYS))
    ingest(folder / "w", [write_filings(folder / "files", OF_DAY[DAYS[0]] + OF_DAY[DAYS[1]][:5])])
    ingest(folder / "w", [write_filings(folder / "cut", [OF_DAY[DAYS[1]][5]], cut=300)])
    return folder / "w"


@pytest.fixture
def warehouse(made: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(made, tmp_path / "w", symlinks=True))


def proof_of(warehouse: Path, *days: str, **wanted: Any) -> Proof:
    with connect(warehouse) as connection:
        return prove(connection, span(*days), selection(**wanted))


def test_each_day_counts_what_is_listed_and_what_is_here(made: Path) -> None:
    proof = proof_of(made, "2024-01-01", "2024-01-07")
    assert [day.state for day in proof.days] == [
        State.NOT_READ, State.COMPLETE, State.PARTLY, State.PENDING, State.NOT_READ, State.NOTHING_FILED, State.NOTHING_FILED,
    ]  # fmt: skip
    first, second, third = proof.days[1:4]
    assert (first.listed, first.loaded, first.pending, first.quarantined, first.missing, first.extra) == (
        10,
        10,
        0,
        0,
        0,
        0,
    )
    assert (second.listed, second.loaded, second.quarantined, second.pending) == (10, 5, 1, 4)
    assert (third.listed, third.pending) == (10, 10)
    assert not proof.is_green
    assert proof_of(made, "2024-01-02").is_green
    assert not proof_of(made, "2024-01-01").is_green  # not read is never green
    assert not proof_of(made, "2024-01-01", "2024-01-02").is_green
    for day in proof.days:
        assert day.listed == day.loaded + day.quarantined + day.pending + day.missing


def test_the_view_by_form(made: Path) -> None:
    with connect(made) as connection:
        rows = connection.execute(
            "SELECT date, form, listed, loaded + quarantined FROM completeness ORDER BY ALL"
        ).fetchall()
        pending = connection.execute("SELECT accession_number FROM listed_filing WHERE state = 'pending'").fetchall()
    wanted: dict[tuple[date, str], int] = {}
    for each in FILINGS:
        wanted[each.filed, each.form] = wanted.get((each.filed, each.form), 0) + 1
    assert {(day, form): listed for day, form, listed, _ in rows} == wanted
    assert {row[0] for row in pending} == {each.accession for each in OF_DAY[DAYS[1]][6:] + OF_DAY[DAYS[2]]}


def test_a_selection_counts_what_it_selects(made: Path) -> None:
    form = OF_DAY[DAYS[2]][0].form
    some = proof_of(made, "2024-01-04", forms=[form])
    expected = {each.accession for each in OF_DAY[DAYS[2]] if each.form in (form, f"{form}/A")}
    assert some.days[0].listed == len(expected)
    party = FILINGS[0].parties[0]
    own = {each.accession for each in OF_DAY[DAYS[0]] if party.cik in {one.cik for one in each.parties}}
    assert proof_of(made, "2024-01-02", ciks=[str(party.cik)]).days[0].loaded == len(own)


def test_a_ticker_that_nobody_has_proves_nothing(made: Path) -> None:
    with pytest.raises(UsageError, match="NOBODY"):
        proof_of(made, "2024-01-02", tickers=["NOBODY"])


def test_rows_that_are_lost_are_missing_and_withdrawn_ones_are_extra(warehouse: Path, tmp_path: Path) -> None:
    lost, withdrawn = OF_DAY[DAYS[0]][0], OF_DAY[DAYS[0]][1]
    with duckdb.connect(str(warehouse / DATABASE)) as connection:
        connection.execute("DELETE FROM filing WHERE filing_id = ?", [lost.accession])
    publish_as_it_is(warehouse)
    assert proof_of(warehouse, "2024-01-02").days[0].state is State.MISSING
    left = [each for each in FILINGS if each is not withdrawn]
    read_folder(warehouse, write_indexes(tmp_path / "later", left, DAYS[:1]))
    (day,) = proof_of(warehouse, "2024-01-02").days
    assert (day.listed, day.loaded, day.missing, day.extra) == (9, 8, 1, 1)


def test_the_quarterly_index_speaks_of_days_without_a_daily_one(warehouse: Path, tmp_path: Path) -> None:
    place = tmp_path / "more" / "full-index" / "2024" / "QTR1" / "master.idx"
    place.parent.mkdir(parents=True)
    rows = [row for each in FILINGS for row in each.rows()]
    place.write_bytes(index_files.quarterly("master", date(2024, 1, 5), rows))
    read_folder(warehouse, tmp_path / "more")
    days = proof_of(warehouse, "2024-01-01", "2024-01-08").days
    assert [day.state for day in days if day.date.day in (1, 5, 8)] == [
        State.NOTHING_FILED, State.NOTHING_FILED, State.NOT_READ,
    ]  # fmt: skip
    assert days[1].listed == 10  # the union of both indexes, each filing once


def day(number: int, listed: int, quarantined: int = 0, pending: int = 0) -> Day:
    return Day(date(2024, 1, number), True, listed, listed - quarantined - pending, 0, pending, quarantined)


@pytest.mark.parametrize(
    ("days", "is_green"),
    [
        ([day(2, 500)], True),
        ([day(2, 500, 1)], True),  # at most one where the span is under 1,000
        ([day(2, 500, 2)], False),
        ([day(2, 500, 1), day(3, 400, 1)], False),
        ([day(2, 900, 1), day(3, 1200, 1)], True),
        ([day(2, 900, 2), day(3, 9000)], False),  # two on one day under 1,000
        ([day(2, 5000, 4)], True),
        ([day(2, 5000, 5)], False),  # 0.1 % is too many
        ([day(2, 5000, 0, 1)], False),
        ([Day(date(2024, 1, 2), False)], False),
        ([Day(date(2024, 1, 6), False)], True),  # a Saturday
    ],
)
def test_what_is_green(days: list[Day], is_green: bool) -> None:
    assert Proof(span("2024-01-02"), tuple(days)).is_green is is_green


def test_the_calendar(made: Path) -> None:
    shown = "\n".join(calendar(proof_of(made, "2023-12-30", "2024-01-07"), PLAIN))
    assert "2023-12                               --" in shown
    assert "2024-01  ?#/.?--" in shown
    assert "2024-01-03  partly: 10 listed, 4 pending, 1 quarantined" in shown
    assert shown.splitlines()[-1] == (
        "Not complete: 2023-12-30 to 2024-01-07: 30 listed, 15 loaded, 1 quarantined, 14 pending; 2 days not read."
    )
    assert "\x1b" not in shown and max(map(len, shown.splitlines())) <= 110
    assert last_line(proof_of(made, "2024-01-02")) == "Complete: 2024-01-02: 10 listed, 10 loaded."
    assert next(as_rows(proof_of(made, "2024-01-02")).rows) == (
        "2024-01-02", "complete", "10", "10", "0", "0", "0", "0", "0"
    )  # fmt: skip


def test_nothing_of_an_archive_is_left_out() -> None:
    assert len(Archive(FILINGS).filings) == 30
