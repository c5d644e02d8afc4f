"""A backfill against the small EDGAR: complete, exactly once, resumable, whatever goes wrong on the way."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from backfills import FIRST, HASTY, SPAN, accessions, bodies_asked, loaded, settings_for
from edgar.archive import Archive
from edgar.gate import Gate
from edgar.generator import generate
from edgar.server import SmallEdgar
from filings.pipeline.backfill import Options, backfill
from filings.pipeline.backfill_report import BackfillReport
from filings.pipeline.plan import Route
from filings.pipeline.verify import verify
from filings.selection import Selection, selection
from filings.span import Span

ONE_BY_ONE = Options(route=Route.FILINGS)


@pytest.fixture(autouse=True)
def state_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))


@pytest.fixture
def small() -> Iterator[SmallEdgar]:
    with SmallEdgar(Archive(generate(3, 12, scale=0.01)), gate=Gate(None)) as server:
        yield server


def run(
    small: SmallEdgar,
    warehouse: Path,
    chosen: Selection | None = None,
    options: Options = ONE_BY_ONE,
    span: Span = SPAN,
) -> BackfillReport:
    return backfill(settings_for(small, warehouse), span, chosen, options, patience=HASTY)


@pytest.mark.parametrize("route", [Route.FILINGS, Route.ARCHIVE])
def test_everything_that_is_listed_is_loaded_once(small: SmallEdgar, tmp_path: Path, route: Route) -> None:
    report = run(small, tmp_path / "w", options=Options(route=route))
    assert report.is_clean
    assert loaded(tmp_path / "w") == accessions(small.archive.filings.values())
    assert report.fetched == 36
    assert {one.route for one in report.days} == {route}
    asked = bodies_asked(small)
    assert len(asked) == len(set(asked)) == (36 if route is Route.FILINGS else 0)
    assert verify(tmp_path / "w") == []


def test_a_second_run_asks_for_no_submission_and_publishes_nothing(small: SmallEdgar, tmp_path: Path) -> None:
    run(small, tmp_path / "w")
    before = bodies_asked(small)
    report = run(small, tmp_path / "w")
    assert bodies_asked(small) == before
    assert report.fetched == 0 and report.plan.todo == ()
    assert report.loaded.snapshot is None


def test_a_selection_by_form_and_company_and_then_the_rest(small: SmallEdgar, tmp_path: Path) -> None:
    fours = {one.accession for one in small.archive.filings.values() if one.form in ("4", "4/A")}
    run(small, tmp_path / "w", selection(["4"]))
    assert loaded(tmp_path / "w") == fours
    some = next(iter(small.archive.filings.values()))
    cik = some.parties[0].cik
    theirs = {one.accession for one in small.archive.filings.values() if cik in {party.cik for party in one.parties}}
    run(small, tmp_path / "w", selection(ciks=[str(cik)]))
    assert loaded(tmp_path / "w") == fours | theirs
    run(small, tmp_path / "w")
    assert loaded(tmp_path / "w") == accessions(small.archive.filings.values())
    asked = bodies_asked(small)
    assert len(asked) == len(set(asked))


def test_one_day_alone(small: SmallEdgar, tmp_path: Path) -> None:
    run(small, tmp_path / "w", span=Span(FIRST, FIRST))
    assert loaded(tmp_path / "w") == accessions(one for one in small.archive.filings.values() if one.filed == FIRST)


def test_a_limit_leaves_the_rest_for_the_next_run(small: SmallEdgar, tmp_path: Path) -> None:
    report = run(small, tmp_path / "w", options=Options(route=Route.FILINGS, limit=15))
    assert (report.fetched, report.left_out, report.is_clean) == (15, 21, False)
    assert len(loaded(tmp_path / "w")) == 15
    assert run(small, tmp_path / "w").fetched == 21


def test_a_dry_run_fetches_nothing(small: SmallEdgar, tmp_path: Path) -> None:
    report = run(small, tmp_path / "w", options=Options(dry_run=True))
    total = report.plan.total()
    assert (total["days"], total["missing"], total["here"]) == (3, 36, 0)
    assert total["requests"] > 0 and total["hours"] > 0
    assert bodies_asked(small) == []


def test_a_filing_that_never_answers_is_pending_and_comes_with_the_next_run(small: SmallEdgar, tmp_path: Path) -> None:
    lost = sorted(small.archive.filings)[5]
    small.trouble.plan(lost, "503", times=4)
    report = run(small, tmp_path / "w")
    assert set(report.pending) == {lost} and not report.is_clean
    assert "File Unavailable" in report.pending[lost].reason
    assert loaded(tmp_path / "w") == set(small.archive.filings) - {lost}
    assert run(small, tmp_path / "w").is_clean
    assert loaded(tmp_path / "w") == set(small.archive.filings)


def test_who_fails_too_often_is_given_up_with_a_reason_and_asked_for_again_only_on_demand(
    small: SmallEdgar, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("filings.pipeline.failures._WAITS", (timedelta(),))
    lost = sorted(small.archive.filings)[5]
    small.trouble.plan(lost, "no_such_key", times=100)
    ends = [run(small, tmp_path / "w") for _ in range(6)]
    assert [bool(one.given_up) for one in ends] == [False] * 4 + [True, True]
    asked = len(small.log.requests)
    assert "NoSuchKey" in ends[-1].given_up[lost].reason
    small.trouble.clear()
    assert run(small, tmp_path / "w").given_up.keys() == {lost}
    assert not [one for one in small.log.requests[asked:] if lost in one.path]
    assert run(small, tmp_path / "w", options=Options(again=True)).is_clean


def test_a_late_row_and_a_withdrawn_one(small: SmallEdgar, tmp_path: Path) -> None:
    late, withdrawn = sorted(small.archive.filings)[:2]
    filing = small.archive.filings[late]
    small.archive.withdraw(late)
    run(small, tmp_path / "w")
    assert late not in loaded(tmp_path / "w")
    small.archive.add(filing)
    small.archive.unlist(withdrawn)
    report = run(small, tmp_path / "w")
    assert report.fetched == 1
    assert loaded(tmp_path / "w") == set(small.archive.filings), "what was loaded stays"


def test_a_block_page_stops_and_is_never_stored(small: SmallEdgar, tmp_path: Path) -> None:
    small.trouble.plan("edgar/data", "block", times=2)
    assert run(small, tmp_path / "w").is_clean
    assert loaded(tmp_path / "w") == set(small.archive.filings)
    assert verify(tmp_path / "w") == []
