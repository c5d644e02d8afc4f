"""The watch of the latest-filings feed: loses none and loads none twice, whatever the feed does; the small EDGAR moves."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path

import duckdb
import pytest

from alerts import told_of, with_rules, written
from backfills import HASTY, accessions, bodies_asked, loaded, settings_for
from edgar.archive import Archive
from edgar.gate import Gate
from edgar.generator import generate
from edgar.moving import Moving
from edgar.server import SmallEdgar
from filings.errors import Busy
from filings.pipeline.backfill import backfill
from filings.pipeline.claims import Claims
from filings.pipeline.failures import Failures
from filings.pipeline.ingest import ingest
from filings.pipeline.rebuild import rebuild
from filings.pipeline.verify import verify
from filings.pipeline.warehouse import STATE, holder
from filings.raw.state import open_state
from filings.span import Span
from warehouses import contents, differences
from watches import Watching, watching

DAY = date(2024, 1, 2)
EXAMPLES = Path(__file__).parents[3] / "examples"


@pytest.fixture(autouse=True)
def state_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))


@pytest.fixture
def small() -> Iterator[SmallEdgar]:
    with SmallEdgar(Archive(generate(1, 12, scale=0.01)), gate=Gate(None)) as server:
        yield server


@pytest.fixture
def run(small: SmallEdgar, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Watching:
    return watching(monkeypatch, small, tmp_path / "w")


def pages_asked(small: SmallEdgar) -> list[str]:
    return [each.path for each in small.log.requests if "getcurrent" in each.path]


def test_all_that_the_feed_has_is_loaded_once_and_later_looks_cost_a_page(run: Watching) -> None:
    report = run.run()
    everything = accessions(run.small.archive.filings.values())
    assert loaded(run.warehouse) == everything
    assert sorted(bodies_asked(run.small)) == sorted(everything)
    assert (report.found, report.fetched, report.is_clean) == (12, 12, True)
    assert report.entries == sum(len(each.parties) for each in run.small.archive.filings.values()) > 12
    assert len(pages_asked(run.small)) == report.pages == report.polls + 1, "the first one reads until there is nothing"
    assert {each.accession for each in run.came} == everything
    assert {each.status for each in run.came} <= {"loaded", "no_family"}
    assert verify(run.warehouse) == []
    assert not list((run.warehouse / "spool").iterdir())
    (page,) = contents(run.warehouse / "filings.duckdb")["ops.index_file"]
    assert {"latest_feed", report.entries} < set(page), "the page that told of them is kept, and no other"


def test_a_feed_that_moves_while_it_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("filings.pipeline.feed.COUNT", 10)
    monkeypatch.setattr("filings.pipeline.feed.OVERLAP", 3)
    filings = sorted(generate(1, 60, scale=0.01), key=lambda each: each.accepted)
    archive = Moving(filings[:20], filings[20:], each=4)
    with SmallEdgar(archive, gate=Gate(None)) as small:
        run = watching(monkeypatch, small, tmp_path / "w")
        run.enough = lambda: run.report.fetched == 60
        run.run()
        assert loaded(run.warehouse) == accessions(filings)
        assert sorted(bodies_asked(small)) == sorted(accessions(filings))
        assert run.report.pages > run.report.polls
        assert verify(run.warehouse) == []


def test_an_entry_that_comes_late_far_behind_the_newest(run: Watching, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("filings.pipeline.feed.COUNT", 4)
    monkeypatch.setattr("filings.pipeline.feed.OVERLAP", 1)
    old = next(each for each in generate(1, 1, start=DAY - timedelta(60), seed=5, scale=0.01))

    def an_hour_passes() -> bool:
        if run.report.polls == 3 and old.accession not in run.small.archive.filings:
            run.small.archive.add(old)
        if run.report.polls == 5:
            assert run.report.found == 12, "nobody looks so far behind the newest"
            monkeypatch.setattr("filings.pipeline.feed.WHOLE_SECONDS", 0.0)
        return run.report.polls >= 7

    run.enough = an_hour_passes
    run.run()
    assert old.accession in loaded(run.warehouse)


def test_the_feed_is_ahead_of_the_archive(run: Watching) -> None:
    first = sorted(run.small.archive.filings)[3]
    run.small.trouble.plan(first, "no_such_key", times=2)
    run.enough = lambda: run.report.fetched == 12
    report = run.run()
    assert report.is_clean
    assert first in loaded(run.warehouse)
    assert failures(run.warehouse) == {}


def test_what_never_comes_ends_nothing_and_is_noted_once(run: Watching) -> None:
    lost = sorted(run.small.archive.filings)[3]
    run.small.trouble.plan(lost, "503", times=10_000)
    run.enough = lambda: failures(run.warehouse)
    report = run.run()
    assert list(report.pending) == [lost] and not report.is_clean
    assert loaded(run.warehouse) == set(run.small.archive.filings) - {lost}
    assert failures(run.warehouse) == {lost: 1}
    (line,) = [line for line in run.said.lines if lost in line]
    assert "does not come" in line and "File Unavailable" in line
    run.small.trouble.clear()
    run.enough = lambda: run.report.fetched == 12
    assert run.run().is_clean is False, "the report of before is counted on"
    assert failures(run.warehouse) == {}


def test_what_was_given_up_is_left_alone(run: Watching, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("filings.pipeline.failures.ATTEMPTS", 1)
    lost = sorted(run.small.archive.filings)[3]
    (run.warehouse).mkdir()
    engine = open_state(run.warehouse / STATE)
    Failures(engine).add(lost, "it is cursed")
    engine.dispose()
    report = run.run()
    assert report.given_up == {lost}
    assert lost not in bodies_asked(run.small)


def test_a_block_page_in_the_middle(run: Watching) -> None:
    run.small.trouble.plan(sorted(run.small.archive.filings)[5], "block", times=1)
    run.enough = lambda: run.report.fetched == 12
    run.run()
    assert loaded(run.warehouse) == set(run.small.archive.filings)
    (line,) = run.said.lines
    assert "everything waits until" in line
    run.small.trouble.plan("getcurrent", "block", times=1)
    polls = run.report.polls
    run.enough = lambda: run.report.polls >= polls + 2
    run.run()
    assert len(run.said.lines) == 2


def test_a_feed_that_is_down_and_comes_back(run: Watching, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("filings.pipeline.watch.LONGEST", 0.05)
    run.small.trouble.plan("getcurrent", "503", times=9)
    run.small.trouble.plan("getcurrent", "wrong", times=3)
    run.enough = lambda: run.report.fetched == 12
    report = run.run()
    assert report.failed_polls == 6
    assert loaded(run.warehouse) == set(run.small.archive.filings)
    down, up = run.said.lines
    assert "the feed gives no right answer" in down and "answers again" in up


def test_a_page_that_fails_behind_others_is_made_good(run: Watching, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("filings.pipeline.feed.COUNT", 4)
    monkeypatch.setattr("filings.pipeline.feed.OVERLAP", 1)
    run.small.trouble.plan("start=6", "500", times=2)
    run.enough = lambda: run.report.fetched == 12
    report = run.run()
    assert report.failed_polls == 1
    assert loaded(run.warehouse) == set(run.small.archive.filings)


def test_only_forms_and_companies_of_the_settings(
    small: SmallEdgar, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = watching(monkeypatch, small, tmp_path / "w", forms="4, 8-K")
    run.run()
    wanted = {one.accession for one in small.archive.filings.values() if one.form in ("4", "4/A", "8-K", "8-K/A")}
    assert loaded(run.warehouse) == wanted != set(small.archive.filings)
    one = next(each for each in small.archive.filings.values() if each.accession not in wanted)
    run = watching(monkeypatch, small, tmp_path / "w", companies=str(one.parties[-1].cik))
    run.run()
    assert one.accession in loaded(run.warehouse)


def test_what_may_be_lost_is_told(run: Watching, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("filings.pipeline.feed.COUNT", 4)
    monkeypatch.setattr("filings.pipeline.feed.OVERLAP", 1)
    monkeypatch.setattr("filings.pipeline.feed.LAST", 6)
    backfill(settings_for(run.small, run.warehouse), Span(DAY, DAY), patience=HASTY)
    run.run()
    assert not run.report.gaps, "the day's index was read"
    for each in list(generate(3, 12, scale=0.01))[12:]:
        run.small.archive.add(each)
    run.run()
    (gap,) = run.report.gaps
    assert gap in run.said.lines
    assert "`filings backfill 2024-01-02 2024-01-04`" in gap


def test_a_second_watch_is_refused(run: Watching) -> None:
    run.warehouse.mkdir()
    engine = open_state(run.warehouse / STATE)
    with Claims(engine).holding("watch", "latest"), pytest.raises(Busy, match="watches the feed for this warehouse"):
        run.run()
    engine.dispose()


def test_whoever_waits_for_the_lock_has_it_and_the_watch_goes_on(run: Watching) -> None:
    with run.beside():
        until(lambda: run.came)
        assert str(holder(run.warehouse)).startswith("watch (process")
        report = ingest(run.warehouse, [EXAMPLES / "form-3.txt"])
        assert report.filings == {"loaded": 1}
        late = next(each for each in generate(1, 1, seed=9, scale=0.01))
        run.small.archive.add(late)
        until(lambda: any(each.accession == late.accession for each in run.came))
    assert late.accession in loaded(run.warehouse)
    assert verify(run.warehouse) == []


def test_a_backfill_beside_it(run: Watching) -> None:
    days = list(generate(4, 12, scale=0.01))[12:]
    with run.beside():
        until(lambda: run.came)
        adding = threading.Thread(target=lambda: [run.small.archive.add(each) for each in days])
        adding.start()
        report = backfill(settings_for(run.small, run.warehouse), Span(DAY, DAY + timedelta(9)), patience=HASTY)
        adding.join()
        until(lambda: len(loaded(run.warehouse)) == 48)
    assert report.is_clean
    assert sorted(bodies_asked(run.small)) == sorted(run.small.archive.filings)
    assert verify(run.warehouse) == []
    assert not list((run.warehouse / "spool").iterdir())
    rows = index_files(run.warehouse)
    assert rows == sorted(rows, key=lambda row: row[1:]), "numbers follow the time of reading"
    before = contents(run.warehouse / "filings.duckdb")
    rebuild(run.warehouse)
    assert differences(before, contents(run.warehouse / "filings.duckdb")) == []


def index_files(warehouse: Path) -> list[tuple[int, datetime, str]]:
    with duckdb.connect(str((warehouse / "filings.duckdb").resolve()), read_only=True) as connection:
        return connection.execute(
            "SELECT index_file_id, read_at, coalesce(sha256, '') FROM ops.index_file ORDER BY 1"
        ).fetchall()


def failures(warehouse: Path) -> dict[str, int]:
    engine = open_state(warehouse / STATE)
    try:
        return {accession: one.attempts for accession, one in Failures(engine).all().items()}
    finally:
        engine.dispose()


def until(holds: object, seconds: float = 30) -> None:
    """Wait until it is so."""
    import time

    end = time.monotonic() + seconds
    while not holds():  # type: ignore[operator]
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.01)


def test_who_asked_to_be_told_is_told_once_of_each(run: Watching) -> None:
    with_rules(run.warehouse, 'alert_days = 100000\n[alerts.all]\nwhere = "TRUE"\ncommand = {tell}\n')
    run.run()
    everything = accessions(run.small.archive.filings.values())
    assert sorted(key for _, key in told_of(run.warehouse)) == sorted(everything)
    assert written(run.warehouse) == [("all", key, "sent") for key in sorted(everything)]
    assert verify(run.warehouse) == []
