"""The daily run: its days come from index and ledger, whatever was missed, late or failed; the small EDGAR grows by days."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from backfills import HASTY, loaded, settings_for
from edgar.archive import Archive
from edgar.gate import Gate
from edgar.generator import generate
from edgar.server import SmallEdgar
from filings.pipeline.backfill import backfill
from filings.pipeline.daily import daily
from filings.pipeline.index_runs import followed
from filings.pipeline.window import Window, window
from filings.selection import Selection
from filings.settings import Settings
from filings.span import Span

EASTERN = ZoneInfo("America/New_York")
MADE = list(generate(8, 6, scale=0.01))  # from Tuesday 2 January 2024 to Thursday 11 January
DAYS = sorted({each.filed for each in MADE})


@pytest.fixture(autouse=True)
def state_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))


@pytest.fixture
def small() -> Iterator[SmallEdgar]:
    with SmallEdgar(Archive(), gate=Gate(None)) as server:
        yield server


def evening(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 22, 30, tzinfo=EASTERN)


def morning(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 6, 30, tzinfo=EASTERN)


def publish(small: SmallEdgar, *days: date) -> None:
    """EDGAR has the indexes of these days now."""
    for each in MADE:
        if each.filed in days:
            small.archive.add(each)


def run(small: SmallEdgar, warehouse: Path, now: datetime, **more: object) -> Span:
    found: list[Window] = []
    daily(settings_for(small, warehouse, **more), now=now, patience=HASTY, found=found.append)
    return found[0].span


def of(*days: date) -> set[str]:
    return {each.accession for each in MADE if each.filed in days}


def test_a_new_warehouse_begins_with_yesterday(small: SmallEdgar, tmp_path: Path) -> None:
    publish(small, *DAYS[:3])
    assert run(small, tmp_path / "w", evening(DAYS[2])) == Span(DAYS[1], DAYS[2])
    assert loaded(tmp_path / "w") == of(DAYS[1], DAYS[2])


def test_the_morning_looks_at_the_evening_again(small: SmallEdgar, tmp_path: Path) -> None:
    publish(small, *DAYS[:2])
    run(small, tmp_path / "w", evening(DAYS[1]))
    late = next(each for each in generate(1, 1, start=DAYS[1], seed=9, scale=0.01))
    small.archive.add(late)
    assert run(small, tmp_path / "w", morning(DAYS[1] + timedelta(1))) == Span(DAYS[1], DAYS[1] + timedelta(1))
    assert late.accession in loaded(tmp_path / "w")


def test_the_machine_was_off_for_days_and_one_run_closes_all_gaps(small: SmallEdgar, tmp_path: Path) -> None:
    publish(small, *DAYS[:2])
    run(small, tmp_path / "w", evening(DAYS[1]))
    publish(small, *DAYS[2:7])
    assert run(small, tmp_path / "w", morning(DAYS[6] + timedelta(1))).first == DAYS[2]
    assert loaded(tmp_path / "w") == of(*DAYS[:7])


def test_a_run_that_was_cut_off_in_the_middle_is_made_good(small: SmallEdgar, tmp_path: Path) -> None:
    publish(small, *DAYS[:5])
    settings = settings_for(small, tmp_path / "w")
    backfill(settings, Span(DAYS[0], DAYS[0]), patience=HASTY)
    backfill(settings, Span(DAYS[2], DAYS[4]), patience=HASTY)  # nobody read the index of the second day
    span = run(small, tmp_path / "w", evening(DAYS[4] + timedelta(1)))
    assert span.first == DAYS[1]
    assert loaded(tmp_path / "w") == of(*DAYS[:5])


def test_days_without_an_index_are_complete_when_a_later_one_is_listed(small: SmallEdgar, tmp_path: Path) -> None:
    friday, monday = DAYS[3], DAYS[4]
    assert (friday.weekday(), monday.weekday()) == (4, 0)
    publish(small, *DAYS[:4])
    run(small, tmp_path / "w", evening(friday))
    sunday = monday - timedelta(1)
    assert run(small, tmp_path / "w", evening(sunday)).first == friday + timedelta(1)
    assert run(small, tmp_path / "w", morning(monday)).first == friday + timedelta(1)
    publish(small, monday)
    run(small, tmp_path / "w", evening(monday))
    assert run(small, tmp_path / "w", morning(monday + timedelta(1))).first == monday


def test_a_filing_that_did_not_come_keeps_its_day_open_until_it_is_given_up(
    small: SmallEdgar, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("filings.pipeline.failures._WAITS", (timedelta(),))
    publish(small, *DAYS[:6])
    lost = sorted(of(DAYS[1]))[0]
    small.trouble.plan(lost, "no_such_key", times=100)
    backfill(settings_for(small, tmp_path / "w"), Span(DAYS[0], DAYS[4]), patience=HASTY)
    firsts = [run(small, tmp_path / "w", evening(DAYS[5])).first for _ in range(6)]
    assert firsts == [DAYS[1]] * 4 + [DAYS[4]] * 2


def test_it_looks_back_no_further_than_the_setting_and_says_so(small: SmallEdgar, tmp_path: Path) -> None:
    publish(small, *DAYS[:2])
    run(small, tmp_path / "w", evening(DAYS[1]))
    now = evening(DAYS[1] + timedelta(20))
    found = window(settings_for(small, tmp_path / "w", look_back_days=5), Selection(), now=now)
    assert found.span == Span(now.date() - timedelta(5), now.date())
    assert found.beyond == Span(DAYS[1], now.date() - timedelta(6))


def test_only_what_the_settings_name(small: SmallEdgar, tmp_path: Path) -> None:
    publish(small, *DAYS[:2])
    run(small, tmp_path / "w", evening(DAYS[1]), forms="4, 8-K")
    here = loaded(tmp_path / "w")
    assert here == {
        each.accession for each in MADE if each.filed in DAYS[:2] and each.form[:3].rstrip("/A") in ("4", "8-K")
    }
    publish(small, DAYS[2])
    assert run(small, tmp_path / "w", evening(DAYS[2]), forms="4, 8-K").first == DAYS[1]


@pytest.mark.parametrize(
    ("moment", "today"),
    [
        (datetime(2024, 3, 10, 3, 30, tzinfo=ZoneInfo("UTC")), date(2024, 3, 9)),  # 22:30 before clocks go forward
        (datetime(2024, 11, 4, 3, 30, tzinfo=ZoneInfo("UTC")), date(2024, 11, 3)),  # 22:30 after they went back
        (datetime(2024, 11, 3, 10, 30, tzinfo=ZoneInfo("UTC")), date(2024, 11, 3)),
    ],
)
def test_days_are_those_of_new_york(small: SmallEdgar, tmp_path: Path, moment: datetime, today: date) -> None:
    found = window(Settings(warehouse=tmp_path / "w"), Selection(), now=moment)
    assert found.span == Span(today - timedelta(1), today)


def test_companies_of_the_settings_are_read_again(small: SmallEdgar, tmp_path: Path) -> None:
    publish(small, *DAYS)
    cik = str(MADE[0].parties[0].cik).zfill(10)
    report = followed(settings_for(small, tmp_path / "w", companies=cik))
    assert any(f"CIK{cik}" in each.path for each in small.log.requests)
    assert not report.failed
    assert report.snapshot == 1
    assert followed(settings_for(small, tmp_path / "w", companies=cik)).snapshot is None
