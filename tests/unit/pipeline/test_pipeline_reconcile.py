"""The weekly run: late, withdrawn, released and corrected rows of quarters that are over are each found by the next one."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime
from itertools import islice
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import duckdb
import pytest

from backfills import HASTY, SPAN, bodies_asked, loaded, settings_for
from edgar.archive import Archive
from edgar.filing import Filing
from edgar.gate import Gate
from edgar.generator import generate
from edgar.server import SmallEdgar
from edgar.writing import submission
from filings.pipeline.backfill import Options, backfill
from filings.pipeline.daily import daily
from filings.pipeline.follow import Followed, followed, merged
from filings.pipeline.reconcile import ReconcileReport, reconcile
from filings.pipeline.verify import verify
from filings.pipeline.warehouse import STATE
from filings.raw.state import open_state
from filings.selection import Selection, selection
from filings.span import Span
from warehouses import contents

SATURDAY = datetime(2024, 7, 6, 10, tzinfo=ZoneInfo("America/New_York"))
DAYS = (date(2024, 1, 2), date(2024, 1, 3), date(2024, 1, 4))
RELEASED = date(2024, 4, 15)
MADE = list(generate(3, 5, scale=0.01))


@pytest.fixture(autouse=True)
def state_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))


@pytest.fixture
def small() -> Iterator[SmallEdgar]:
    with SmallEdgar(Archive(MADE), gate=Gate(None)) as server:
        yield server


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("prepared")
    with pytest.MonkeyPatch.context() as patch, SmallEdgar(Archive(MADE), gate=Gate(None)) as small:
        patch.setenv("XDG_STATE_HOME", str(folder / "state"))
        backfill(settings_for(small, folder / "w"), SPAN, patience=HASTY)
        assert run(small, folder / "w").is_clean
    return folder / "w"


@pytest.fixture
def warehouse(prepared: Path, tmp_path: Path) -> Path:
    """The first quarter, complete, and once reconciled."""
    return Path(shutil.copytree(prepared, tmp_path / "w", symlinks=True))


def run(small: SmallEdgar, warehouse: Path) -> ReconcileReport:
    return reconcile(settings_for(small, warehouse), now=SATURDAY, patience=HASTY)


def asked(small: SmallEdgar) -> list[tuple[str, int]]:
    return [(one.path.removeprefix("/Archives/edgar/"), one.status) for one in small.log.requests]


def ask(warehouse: Path, question: str) -> list[tuple[Any, ...]]:
    with duckdb.connect(str((warehouse / "filings.duckdb").resolve()), read_only=True) as connection:
        return connection.execute(question).fetchall()


def late(day: date, form: str | None = None, disseminated: date | None = None, after: int = 20) -> Filing:
    """`after` so many, so that its number is no other's."""
    made = islice(generate(1, 300, start=day, seed=9, scale=0.01), after, None)
    found = next(each for each in made if form in (None, each.form))
    if disseminated is None:
        return found
    text = found.text().replace(f" : {day:%Y%m%d}".encode(), f" : {disseminated:%Y%m%d}".encode())
    return replace(found, text=lambda: text)


QUIET = [("daily-index/2024/QTR1/index.json", 200), ("full-index/2024/QTR1/master.gz", 304)]


def test_a_quarter_that_did_not_change_costs_two_requests_and_writes_nothing(
    small: SmallEdgar, warehouse: Path
) -> None:
    before = contents(warehouse / "filings.duckdb")
    report = run(small, warehouse)
    assert asked(small) == QUIET
    assert (report.quarters.read, report.quarters.changed, report.snapshot) == (["2024-Q1"], [], None)
    assert report.is_clean and not report.fetched and not report.reopened
    assert contents(warehouse / "filings.duckdb") == before


def test_a_late_row_of_a_closed_quarter(small: SmallEdgar, warehouse: Path) -> None:
    one = late(DAYS[1])
    small.archive.add(one, listed=RELEASED)
    report = run(small, warehouse)
    assert report.quarters.changed == ["2024-Q1"] and report.reopened == [DAYS[1]]
    assert bodies_asked(small) == [one.accession] and one.accession in loaded(warehouse)
    assert report.is_clean and verify(warehouse) == []
    small.log.requests.clear()
    assert run(small, warehouse).snapshot is None
    assert asked(small) == QUIET


def test_a_withdrawn_row_is_noted_and_the_filing_stays(small: SmallEdgar, warehouse: Path) -> None:
    gone = sorted(small.archive.filings)[0]
    small.archive.withdraw(gone)
    report = run(small, warehouse)
    assert report.indexes.taken.gone > 0 and report.is_clean and not report.fetched
    assert gone in loaded(warehouse)
    assert ask(warehouse, f"SELECT DISTINCT gone_index_file_id IS NULL FROM ops.index_entry JOIN ops.index_file "
                          f"USING (index_file_id) WHERE accession_number = '{gone}' AND kind = 'quarterly'") == [(False,)]  # fmt: skip


def test_a_released_letter_with_its_old_date(small: SmallEdgar, warehouse: Path) -> None:
    """It stands in the daily index of its release, which was written again; that index dates it."""
    letter = late(DAYS[0], "UPLOAD", disseminated=date(2024, 6, 20))
    small.archive.add(letter, listed=DAYS[2])
    small.archive.rewrite(DAYS[2])
    report = run(small, warehouse)
    assert [path for path, _ in asked(small) if "daily" in path] == [
        "daily-index/2024/QTR1/index.json",
        f"daily-index/2024/QTR1/master.{DAYS[2]:%Y%m%d}.idx",
    ]
    assert report.reopened == [DAYS[0]] and letter.accession in loaded(warehouse)
    dated = ask(warehouse, "SELECT available_at_basis, timezone('America/New_York', available_at) FROM filing "
                           f"WHERE filing_id = '{letter.accession}'")  # fmt: skip
    assert dated == [("first_daily_index", datetime(2024, 1, 4, 22))]


def test_a_corrected_filing_is_fetched_again(small: SmallEdgar, warehouse: Path) -> None:
    old = next(each for each in small.archive.filings.values() if each.form == "8-K")
    new = submission("text", old.accession, "8-K/A", old.filed, old.accepted, old.parties, 9_000)
    small.archive.filings[old.accession] = replace(old, form="8-K/A")
    small.archive.correct(old.accession, new)
    report = run(small, warehouse)
    assert bodies_asked(small) == [old.accession] and report.is_clean
    versions = ask(warehouse, f"SELECT count(*) FROM ops.ingest_log WHERE filing_id = '{old.accession}'")
    assert versions == [(2,)]
    small.log.requests.clear()
    assert run(small, warehouse).snapshot is None and asked(small) == QUIET


def test_what_does_not_come_is_told_and_tried_again(small: SmallEdgar, warehouse: Path) -> None:
    one = late(DAYS[1])
    small.archive.add(one, listed=RELEASED)
    small.trouble.plan(one.accession, "no_such_key", times=100)
    report = run(small, warehouse)
    assert not report.is_clean and list(report.missing) == [one.accession]
    assert report.to_dict()["missing"][0]["accession"] == one.accession
    small.trouble.clear()
    assert run(small, warehouse).is_clean
    assert one.accession in loaded(warehouse)


def test_a_daily_index_that_did_not_answer_is_asked_for_by_the_next_run(small: SmallEdgar, warehouse: Path) -> None:
    small.archive.rewrite(DAYS[0])
    small.trouble.plan(f"master.{DAYS[0]:%Y%m%d}", "503", times=100)
    assert not run(small, warehouse).is_clean
    small.trouble.clear()
    small.log.requests.clear()
    assert run(small, warehouse).is_clean
    assert [path for path, _ in asked(small) if "master.2024" in path] == ["daily-index/2024/QTR1/master.20240102.idx"]


def test_only_what_was_asked_for_is_kept_complete(small: SmallEdgar, tmp_path: Path) -> None:
    backfill(settings_for(small, tmp_path / "w"), Span(DAYS[0], DAYS[1]), selection(["4"]), patience=HASTY)
    eight, four, beyond = late(DAYS[1], "8-K"), late(DAYS[1], "4"), late(DAYS[2], "4", after=60)
    for one in (eight, four, beyond):
        small.archive.add(one, listed=RELEASED)
    before = loaded(tmp_path / "w")
    report = run(small, tmp_path / "w")
    assert report.followed == [Followed(selection(["4"]), (Span(DAYS[0], DAYS[1]),))]
    assert loaded(tmp_path / "w") - before == {four.accession}


def test_who_asked_for_nothing_keeps_nothing_complete(small: SmallEdgar, tmp_path: Path) -> None:
    report = run(small, tmp_path / "w")
    assert (report.followed, report.quarters.read, report.is_clean) == ([], [], True)
    assert not small.log.requests


def test_what_is_followed(small: SmallEdgar, tmp_path: Path) -> None:
    settings = settings_for(small, tmp_path / "w")
    assert backfill(settings, SPAN, selection(["4"]), Options(limit=1), patience=HASTY).left_out  # it promised nothing
    daily(settings, now=datetime(2024, 1, 3, 22, 30, tzinfo=ZoneInfo("America/New_York")), patience=HASTY)
    backfill(settings, Span(DAYS[2], date(2024, 1, 9)), patience=HASTY)
    backfill(settings, SPAN, selection(["6-K"], amendments=False), patience=HASTY)
    state = open_state(tmp_path / "w" / STATE)
    found = followed(state, date(2024, 1, 8))
    state.dispose()
    assert found == [
        Followed(Selection(), (Span(DAYS[0], date(2024, 1, 8)),)),
        Followed(Selection(("6-K",), amendments=False), (Span(SPAN.first, date(2024, 1, 8)),)),
    ]


def test_spans_are_put_together() -> None:
    def of(*days: int) -> Span:
        return Span(date(2024, 1, days[0]), date(2024, 1, days[1]))

    assert merged([of(5, 6), of(1, 2), of(3, 3), of(9, 9), of(5, 5)]) == [of(1, 3), of(5, 6), of(9, 9)]
