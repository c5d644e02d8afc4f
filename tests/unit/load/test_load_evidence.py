"""Daily indexes date the filings that state no acceptance or were withheld, whichever comes first."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest

from edgar import index_files
from filings.large import hash_of
from filings.load import evidence
from filings.load.availability import Clocks, available_at
from filings.load.readings import read
from filings.pipeline.rebuild import rebuild
from filings.pipeline.upgrade import plan, upgrade
from filings.pipeline.verify import verify
from filings.pipeline.warehouse import DATABASE, Writer, open_writer
from filings.query import doctor_why
from filings.query.connect import connect
from filings.raw.store import Facts
from warehouses import contents, differences

GOLDEN = Path(__file__).parents[2] / "golden"
LETTER, TAGS, OLD, FIVE = "0000000000-24-005673", "0000002488-24-000005", "0000928385-00-003420", "0001209191-20-008216"
PLACES = {
    LETTER: "header/letter_released_later/filing.txt",
    TAGS: "envelope/tag_dialect/filing.nc",
    OLD: "header/serial_company/filing.txt",
    FIVE: "ownership/form_5_of_holdings/filing.txt",
}
"""Withheld and disseminated on 14 June 2024; without an acceptance; of 2000; one that states its acceptance."""

LISTED = [
    (date(2024, 6, 14), [LETTER]),  # the day of its line: equal, and the line is named first
    (date(2024, 6, 12), [LETTER]),
    (date(2024, 6, 13), [LETTER, TAGS]),
    (date(2024, 1, 19), [TAGS]),
    (date(2024, 1, 18), [TAGS, FIVE]),
    (date(2000, 12, 19), [OLD]),
    (date(2020, 2, 10), [FIVE]),  # a day before its acceptance: it is not even looked at
    (date(1998, 5, 1), [OLD]),  # two years before the number was given
    (date(2024, 6, 12), []),  # the line vanished again
]
"""Daily indexes in the order in which they are read, and what they list."""

EXPECTED = {
    LETTER: ("first_daily_index", "2024-06-12 22:00:00"),
    TAGS: ("first_daily_index", "2024-01-18 22:00:00"),
    OLD: ("first_daily_index", "2000-12-19 22:00:00"),
    FIVE: ("acceptance", "2020-02-11 14:05:49"),
}
START = datetime(2024, 7, 1, tzinfo=UTC)


@contextmanager
def writing(warehouse: Path) -> Iterator[Writer]:
    with open_writer(warehouse, "test", print) as writer:
        yield writer
        writer.store.seal()


def load(writer: Writer, accession: str, **facts: Any) -> None:
    body = (GOLDEN / PLACES[accession]).read_bytes()
    name = f"edgar/data/1/{accession}.txt"
    found = Facts(
        "url", name, START.isoformat(timespec="microseconds"), url=f"https://www.sec.gov/Archives/{name}", **facts
    )
    sighting = writer.store.put(body, found)
    assert sighting
    writer.store.flush()
    writer.loader.load([sighting], {sighting.file_sha256: body})


def take(writer: Writer, number: int) -> None:
    day, accessions = LISTED[number]
    rows = [(1, "SOMEBODY", "X", day - timedelta(30), f"edgar/data/1/{one}.txt") for one in accessions]
    body = index_files.daily("master", day, rows)
    path = f"edgar/daily-index/{day.year}/QTR{(day.month + 2) // 3}/master.{index_files.day_in_name(day)}.idx"
    at = (START + timedelta(minutes=number)).isoformat(timespec="microseconds")
    facts = Facts("url", path, at, "index", url=f"https://www.sec.gov/Archives/{path}", claims={"verdict": "index"})
    writer.store.put(body, facts)
    writer.readings.take([read(facts, hash_of(body), body)])


def dated(warehouse: Path) -> dict[str, tuple[str, str]]:
    with duckdb.connect(str(warehouse / DATABASE), read_only=True) as connection:
        rows = connection.execute(
            "SELECT filing_id, available_at_basis, timezone('America/New_York', available_at)::VARCHAR FROM filing"
        ).fetchall()
    return {filing: (basis, moment) for filing, basis, moment in rows}


def make(warehouse: Path, order: Sequence[int | str]) -> Path:
    with writing(warehouse) as writer:
        for step in order:
            if isinstance(step, int):
                take(writer, step)
            else:
                load(writer, step)
        writer.publish_if_behind()
    return warehouse


def test_the_same_whatever_comes_first_and_from_packs_alone(tmp_path: Path) -> None:
    steps: list[int | str] = [*range(len(LISTED)), *PLACES]
    indexes_last = make(tmp_path / "filings-first", [*PLACES, *range(len(LISTED))])
    assert dated(indexes_last) == EXPECTED
    expected = contents(indexes_last / DATABASE)
    for turn in range(2):
        order = random.Random(turn).sample(steps, len(steps))
        shuffled = make(tmp_path / f"shuffled-{turn}", order)
        assert differences(expected, contents(shuffled / DATABASE)) == [], order
    assert verify(indexes_last) == []
    with connect(indexes_last) as connection:
        why = doctor_why.explain(connection, indexes_last, LETTER, "filing.available_at")
    assert "first_daily_index" in str(
        why.evidence
    ) and "first listed in daily-index/2024/QTR2/master.20240612.idx" in str(why.evidence)
    rebuild(indexes_last)
    assert differences(expected, contents(indexes_last / DATABASE)) == []


def test_each_basis_gives_way_as_the_page_says(tmp_path: Path) -> None:
    with writing(tmp_path / "w") as writer:
        load(writer, TAGS)
        load(writer, LETTER)
        assert dated_now(writer) == {TAGS: "filed_date", LETTER: "dissemination_line"}
        take(writer, 0)
        assert dated_now(writer)[LETTER] == "dissemination_line"
        take(writer, 2)  # later than the filing date, and yet: the filing date counts where nothing else is known
        assert dated_now(writer) == {TAGS: "first_daily_index", LETTER: "first_daily_index"}


def dated_now(writer: Writer) -> dict[str, str]:
    return dict(writer.database.connection.execute("SELECT filing_id, available_at_basis FROM filing").fetchall())


def test_an_upgrade_dates_what_it_reads_again_and_what_an_older_version_left(tmp_path: Path) -> None:
    warehouse = make(tmp_path / "w", [*PLACES, *range(len(LISTED))])
    expected = contents(warehouse / DATABASE)
    with duckdb.connect(str(warehouse / DATABASE)) as connection:
        connection.execute("UPDATE ops.ingest_log SET header_fingerprint = 'older' WHERE form_type = 'UPLOAD'")
        connection.execute(
            "UPDATE filing SET available_at = first_seen_at, available_at_basis = 'first_seen' WHERE filing_id = ?",
            [OLD],
        )
    assert [(one.what, one.where) for one in verify(warehouse)] == [("available_at", OLD)]
    assert (plan(warehouse).filings, plan(warehouse).undated) == (1, 1)
    upgrade(warehouse)
    assert differences(expected, contents(warehouse / DATABASE)) == []
    assert verify(warehouse) == []
    with duckdb.connect(str(warehouse / DATABASE)) as connection:
        connection.execute("UPDATE filing SET available_at_basis = 'filed_date' WHERE filing_id = ?", [TAGS])
    upgrade(warehouse)  # nothing is read again, and yet
    assert differences(expected, contents(warehouse / DATABASE)) == []


def test_a_line_that_nothing_holds_is_found(tmp_path: Path) -> None:
    warehouse = make(tmp_path / "w", [OLD, 5])
    with duckdb.connect(str(warehouse / DATABASE)) as connection:
        connection.execute("UPDATE filing SET available_at = available_at - INTERVAL 1 DAY")
        assert (evidence.undated(connection), evidence.unfounded(connection)) == ([], [OLD])


def test_the_feed_and_archives_are_evidence_of_the_sightings(tmp_path: Path) -> None:
    with writing(tmp_path / "w") as writer:
        load(writer, LETTER, archive="edgar/Feed/x", archive_member="x.nc", claims={"archive_day": "20240611"})
        load(writer, TAGS, claims={"seen_in_feed_at": "2024-01-18T01:02:03+00:00"})
    assert dated(tmp_path / "w") == {
        LETTER: ("feed_entry", "2024-06-11 22:00:00"),
        TAGS: ("feed_entry", "2024-01-17 20:02:03"),
    }


def test_the_end_of_a_day_is_the_same_moment_in_both_languages() -> None:
    first = date(1993, 1, 1)
    ours = [
        available_at(Clocks("10-K", None, first + timedelta(n), None, False, (), datetime(2100, 1, 1, tzinfo=UTC)))[0]
        for n in range(40 * 365)
    ]
    with duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'UTC'")
        theirs = connection.execute(
            "SELECT timezone('America/New_York', DATE '1993-01-01' + n::INTEGER + TIME '22:00') FROM range(40 * 365) AS r(n) "
            "ORDER BY n"
        ).fetchall()
    assert [row[0] for row in theirs] == ours


@pytest.mark.parametrize("first_seen", ["2024-01-18T02:00:00+00:00", "2024-01-18T04:00:00+00:00"])
def test_our_own_first_sight_stays_the_least(tmp_path: Path, first_seen: str) -> None:
    """Before and after 22:00 Eastern of the filing date, both before the first index."""
    with writing(tmp_path / "w") as writer:
        body = (GOLDEN / PLACES[TAGS]).read_bytes()
        name = f"edgar/data/1/{TAGS}.txt"
        sighting = writer.store.put(body, Facts("url", name, first_seen, url=f"https://www.sec.gov/Archives/{name}"))
        assert sighting
        writer.store.flush()
        writer.loader.load([sighting], {sighting.file_sha256: body})
        take(writer, 4)
    assert dated(tmp_path / "w")[TAGS][0] == "first_seen"
