"""Indexes read from a small EDGAR and from folders: late, repeated and vanished lines; twice is once; rebuild is the same."""

from __future__ import annotations

import gzip
import random
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest

from edgar import index_files
from edgar.archive import Archive
from edgar.gate import Gate
from edgar.generator import generate
from edgar.server import SmallEdgar
from filings.errors import Blocked
from filings.fetch.client import Client, Patience
from filings.fetch.wire import Timeouts
from filings.large import hash_of
from filings.load.readings import read
from filings.pipeline.asking import IndexReport
from filings.pipeline.indexes import read_index_files, read_indexes
from filings.pipeline.ingest import ingest
from filings.pipeline.rebuild import rebuild
from filings.pipeline.verify import verify
from filings.pipeline.warehouse import DATABASE, Writer, open_writer
from filings.raw.store import Facts
from filings.settings import Settings
from filings.span import span
from warehouses import contents, differences

HASTY = Patience(attempts=2, first=0.01, longest=0.02, blocks=1, timeouts=Timeouts(connect=2, read=0.5, stall=0.3))
DAYS = span("2024-01-02", "2024-01-03")
MASTER = "/Archives/edgar/daily-index/2024/QTR1/master.20240102.idx"
LINES = """
    SELECT f.index_name, e.accession_number, e.copies, g.index_file_id IS NOT NULL
    FROM ops.index_entry AS e JOIN ops.index_file AS f USING (index_file_id)
    LEFT JOIN ops.index_file AS g ON g.index_file_id = e.gone_index_file_id ORDER BY ALL
"""


@pytest.fixture
def small() -> Iterator[SmallEdgar]:
    with SmallEdgar(Archive(generate(2, 12, scale=0.01)), gate=Gate(None)) as server:
        yield server


@pytest.fixture
def client(small: SmallEdgar, tmp_path: Path) -> Iterator[Client]:
    settings = Settings(
        user_name="Test", user_email="test@example.com", edgar_url=small.url, requests_per_second=1000, block_seconds=1
    )
    with Client(settings, patience=HASTY, state=tmp_path / "state") as made:
        yield made


@contextmanager
def writing(warehouse: Path) -> Iterator[Writer]:
    with open_writer(warehouse, "index", print) as writer:
        yield writer
        writer.store.seal()


def read_from(warehouse: Path, client: Client) -> IndexReport:
    with writing(warehouse) as writer:
        report = read_indexes(writer, client, DAYS)
        report.snapshot = writer.publish_if_behind()
        return report


def ask(warehouse: Path, question: str) -> list[tuple[Any, ...]]:
    with duckdb.connect(str(warehouse / DATABASE), read_only=True) as connection:
        return connection.execute(question).fetchall()


def rows_of(small: SmallEdgar, day: date | None = None) -> set[tuple[str, str]]:
    return {
        (row[2], row[4].rpartition("/")[2].removesuffix(".txt"))
        for each in small.archive.filings.values()
        if day in (None, each.filed)
        for row in each.rows()
    }


def test_each_index_of_a_span_is_read_once(small: SmallEdgar, client: Client, tmp_path: Path) -> None:
    first = read_from(tmp_path / "w", client)
    assert (first.asked, first.taken.readings, first.unchanged, first.failed) == (4, 4, 0, [])
    found = ask(
        tmp_path / "w", "SELECT index_name, kind, verdict, row_count, covers_from, covers_to FROM ops.index_file"
    )
    expected = {day: sum(len(each.rows()) for each in small.archive.filings.values() if each.filed == day)
                for day in (date(2024, 1, 2), date(2024, 1, 3))}  # fmt: skip
    folder = "daily-index/2024/QTR1"
    assert found == [
        (f"{folder}/index.json", "listing", "json", None, date(2024, 1, 1), date(2024, 3, 31)),
        *((f"{folder}/master.{day:%Y%m%d}.idx", "daily", "index", count, day, day) for day, count in expected.items()),
        ("full-index/2024/QTR1/master.idx", "quarterly", "gzip", sum(expected.values()), date(2024, 1, 1), date(2024, 1, 3)),
    ]  # fmt: skip
    listed = ask(tmp_path / "w", "SELECT DISTINCT form_type, accession_number FROM ops.index_entry")
    assert set(listed) == rows_of(small)
    assert verify(tmp_path / "w") == []
    second = read_from(tmp_path / "w", client)
    assert (second.asked, second.taken.readings, second.unchanged, second.snapshot) == (4, 0, 4, None)
    assert [one.status for one in small.log.requests][-4:] == [200, 304, 304, 304]  # no 304 for a listing


def test_late_repeated_vanished_and_returning_lines(small: SmallEdgar, client: Client, tmp_path: Path) -> None:
    warehouse = tmp_path / "w"
    read_from(warehouse, client)
    gone, late = sorted(small.archive.filings)[0], next(generate(1, 1, seed=9, scale=0.01))
    day = small.archive.filings[gone].filed
    small.archive.unlist(gone)
    small.archive.add(late)
    read_from(warehouse, client)
    small.archive.list_again(gone)
    read_from(warehouse, client)
    found = ask(warehouse, LINES)
    for name in (f"daily-index/2024/QTR1/master.{day:%Y%m%d}.idx", "full-index/2024/QTR1/master.idx"):
        of_it = [row[3] for row in found if row[0] == name and row[1] == gone]
        parties = len({row[4] for row in small.archive.filings[gone].rows()})
        assert sorted(of_it) == [False] * parties + [True] * parties  # a row that stands, one that ended
    assert [row[3] for row in found if row[1] == late.accession].count(True) == 0
    assert {row[1] for row in found if not row[3]} == set(small.archive.filings)
    assert verify(warehouse) == []
    # each different line once: no line that was there all the time has a second row
    twice = ask(warehouse, """
        SELECT f.index_name, accession_number, cik, count(*) FROM ops.index_entry JOIN ops.index_file AS f USING (index_file_id)
        GROUP BY ALL HAVING count(*) > 1""")  # fmt: skip
    assert {row[1] for row in twice} == {gone}


def test_the_same_tables_from_packs_alone(small: SmallEdgar, client: Client, tmp_path: Path) -> None:
    warehouse = tmp_path / "w"
    for turn in range(3):
        read_from(warehouse, client)
        small.archive.unlist(sorted(small.archive.filings)[turn])
    before = contents(warehouse / "filings.duckdb")
    assert before["ops.index_entry"]
    saved = tmp_path / "saved"
    shutil.copytree(warehouse / "raw", saved / "raw")
    rebuild(saved)
    assert differences(before, contents(saved / "filings.duckdb")) == []
    assert verify(saved) == []
    assert read_from(saved, client).taken.readings == 2  # the line of the third turn is gone from two masters


def test_readings_in_any_order_make_the_same_tables(tmp_path: Path) -> None:
    """As if several had read and their clocks or their luck differed."""
    archive = Archive(generate(2, 8, scale=0.01))
    moment, bodies = datetime(2024, 1, 5, tzinfo=UTC), []
    for turn in range(6):
        rows = [row for each in archive.filings.values() for row in each.rows() if row[3] == date(2024, 1, 2)]
        body = index_files.daily("master", date(2024, 1, 2), random.Random(turn).sample(rows, len(rows) - turn % 3))
        bodies.append((body, moment + timedelta(minutes=turn)))

    def load(folder: Path, order: list[int]) -> dict[str, list[tuple[Any, ...]]]:
        with writing(folder) as writer:
            for number in order:
                body, at = bodies[number]
                facts = Facts("url", MASTER.removeprefix("/Archives/edgar/"), at.isoformat(timespec="microseconds"), "index",
                              url=f"https://www.sec.gov{MASTER}", claims={"verdict": "index"})  # fmt: skip
                writer.store.put(body, facts)
                writer.readings.take([read(facts, hash_of(body), body)])
        assert verify(folder)[:1] and all(one.what == "snapshot" for one in verify(folder))
        return contents(folder / DATABASE)

    expected = load(tmp_path / "in-order", list(range(6)))
    assert len(expected["ops.index_file"]) == 6
    for turn in range(3):
        order = random.Random(turn).sample(range(6), 6)
        assert differences(expected, load(tmp_path / f"shuffled-{turn}", order)) == []


def test_what_does_not_answer_is_told_and_the_rest_is_read(small: SmallEdgar, client: Client, tmp_path: Path) -> None:
    small.trouble.plan(MASTER, "503", times=9)
    report = read_from(tmp_path / "w", client)
    assert [name for name, _ in report.failed] == [MASTER.removeprefix("/Archives/edgar/")]
    assert report.taken.readings == 3
    small.trouble.clear()
    assert read_from(tmp_path / "w", client).taken.readings == 1


def test_a_block_keeps_what_was_read_before(small: SmallEdgar, client: Client, tmp_path: Path) -> None:
    small.trouble.plan(MASTER, "block", times=9)
    with writing(tmp_path / "w") as writer, pytest.raises(Blocked):
        read_indexes(writer, client, DAYS)
    assert ask(tmp_path / "w", "SELECT kind FROM ops.index_file") == [("listing",)]


def test_a_missing_index_is_a_row_too_and_ends_no_line(small: SmallEdgar, client: Client, tmp_path: Path) -> None:
    warehouse = tmp_path / "w"
    read_from(warehouse, client)
    small.trouble.plan(MASTER, "access_denied", times=9)
    assert read_from(warehouse, client).absent == 1
    name = MASTER.removeprefix("/Archives/edgar/")
    found = ask(
        warehouse, f"SELECT verdict, sha256, byte_length, row_count FROM ops.index_file WHERE index_name = '{name}'"
    )
    assert found[1] == ("s3_access_denied", None, None, None)
    assert ask(warehouse, "SELECT count(gone_index_file_id) FROM ops.index_entry") == [(0,)]
    assert read_from(warehouse, client).taken.readings == 0
    small.trouble.clear()
    read_from(warehouse, client)  # it is there again, as it was: another reading, no line changes
    assert len(ask(warehouse, f"SELECT 1 FROM ops.index_file WHERE index_name = '{name}'")) == 3
    before = contents(warehouse / DATABASE)
    rebuild(warehouse)
    assert differences(before, contents(warehouse / DATABASE)) == []
    assert verify(warehouse) == []


def test_a_quarter_without_anything(small: SmallEdgar, client: Client, tmp_path: Path) -> None:
    with writing(tmp_path / "w") as writer:
        report = read_indexes(writer, client, span("2025-Q1"))
    assert (report.absent, report.taken.readings, report.failed) == (2, 2, [])


def mirror(folder: Path, archive: Archive) -> Path:
    rows = [row for each in archive.filings.values() for row in each.rows()]
    for day in (date(2024, 1, 2), date(2024, 1, 3)):
        place = folder / "edgar" / "daily-index" / "2024" / "QTR1" / f"master.{day:%Y%m%d}.idx"
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(index_files.daily("master", day, [row for row in rows if row[3] == day]))
    place = folder / "edgar" / "full-index" / "2024" / "QTR1" / "master.gz"
    place.parent.mkdir(parents=True)
    place.write_bytes(gzip.compress(index_files.quarterly("master", date(2024, 1, 3), rows), mtime=0))
    (place.parent / "form.idx").write_bytes(index_files.quarterly("form", date(2024, 1, 3), rows))
    return folder / "edgar"


def test_a_folder_says_what_a_server_says(small: SmallEdgar, client: Client, tmp_path: Path) -> None:
    read_from(tmp_path / "served", client)
    folder = mirror(tmp_path / "mirror", small.archive)
    with writing(tmp_path / "local") as writer:
        report = read_index_files(writer, folder)
        assert (report.asked, report.taken.readings, len(report.passed_over), report.failed) == (3, 3, 1, [])
        assert read_index_files(writer, folder).unchanged == 3
    assert ask(tmp_path / "local", LINES) == ask(tmp_path / "served", LINES)
    with writing(tmp_path / "served") as writer:  # other bytes of the same index say nothing new of its lines
        taken = read_index_files(writer, folder).taken
        assert (taken.new, taken.gone) == (0, 0)


def test_a_folder_is_read_for_a_span_and_wrong_files_are_told(small: SmallEdgar, tmp_path: Path) -> None:
    folder = mirror(tmp_path / "mirror", small.archive)
    (folder / "full-index" / "2024" / "QTR2").mkdir()
    (folder / "full-index" / "2024" / "QTR2" / "master.idx").write_bytes(b"<html>not what it says</html>\n")
    with writing(tmp_path / "w") as writer:
        report = read_index_files(writer, folder, span("2024-01-03", "2024-06"))
    assert report.taken.readings == 2 and [name for name, _ in report.failed] == [
        "edgar/full-index/2024/QTR2/master.idx"
    ]


def test_what_a_killed_run_kept_is_taken_in_by_the_next(small: SmallEdgar, tmp_path: Path) -> None:
    folder = mirror(tmp_path / "mirror", small.archive)
    with open_writer(tmp_path / "w", "index", print) as writer:
        for place in sorted(folder.rglob("master*")):
            name = place.relative_to(folder).as_posix()
            at = datetime.now(UTC).isoformat(timespec="microseconds")
            writer.store.put(place.read_bytes(), Facts("local_file", name, at, "index", claims={"verdict": "index"}))
        writer.store.flush()
    assert ask(tmp_path / "w", "SELECT count(*) FROM ops.index_file") == [(0,)]
    ingest(tmp_path / "w", [])  # whatever runs next
    assert ask(tmp_path / "w", "SELECT count(*) FROM ops.index_file") == [(3,)]
    assert verify(tmp_path / "w") == []


def test_verify_finds_what_is_missing(small: SmallEdgar, client: Client, tmp_path: Path) -> None:
    warehouse = tmp_path / "w"
    read_from(warehouse, client)
    with duckdb.connect(str(warehouse / DATABASE)) as connection:
        connection.execute("DELETE FROM ops.index_entry WHERE rowid = 3")
        connection.execute("DELETE FROM ops.index_file WHERE kind = 'listing'")
    assert sorted(one.what for one in verify(warehouse)) == ["index lines", "not loaded"]
