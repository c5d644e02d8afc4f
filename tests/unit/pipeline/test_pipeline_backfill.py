"""A backfill against the small EDGAR: complete, exactly once, resumable, whatever goes wrong on the way."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import duckdb
import pytest

from backfills import FIRST, HASTY, SPAN, accessions, bodies_asked, loaded, settings_for
from edgar.archive import Archive
from edgar.gate import Gate
from edgar.generator import generate
from edgar.server import SmallEdgar
from edgar.trouble import KINDS
from edgar.writing import submission
from filings.errors import UsageError
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


def test_a_selection_by_ticker(small: SmallEdgar, tmp_path: Path) -> None:
    (found,) = {one for one in small.archive.filings.values() if one.form == "10-K"} or {
        small.archive.filings[min(small.archive.filings)]
    }
    ticker = company_ticker(small, found.parties[-1].cik)
    run(small, tmp_path / "w", selection(tickers=[ticker]))
    assert found.accession in loaded(tmp_path / "w")
    with pytest.raises(UsageError, match="NOBODY"):
        run(small, tmp_path / "w", selection(tickers=["NOBODY"]))


def test_a_corrected_line_has_its_submission_fetched_again_once(small: SmallEdgar, tmp_path: Path) -> None:
    number = next(one.accession for one in small.archive.filings.values() if one.form == "4")
    before = small.archive.filings[number]
    run(small, tmp_path / "w")

    def text() -> bytes:
        data = submission("text", number, "4/A", before.filed, before.accepted, before.parties, 7000)
        first = b"<SEC-DOCUMENT>%b.txt : " % number.encode()
        assert data.startswith(first)
        return first + b"20240108" + data[len(first) + 8 :]  # disseminated again

    small.archive.withdraw(number)
    small.archive.add(replace(before, form="4/A", text=text))
    asked = len(bodies_asked(small))
    assert run(small, tmp_path / "w").is_clean
    assert bodies_asked(small)[asked:] == [number]
    assert form_of(tmp_path / "w", number) == "4/A"
    run(small, tmp_path / "w")
    assert len(bodies_asked(small)) == asked + 1


def test_faults_of_every_kind_at_once(small: SmallEdgar, tmp_path: Path) -> None:
    """Complete, or exactly the filings that never answered are pending."""
    once_and_for_all = {"access_denied", "no_such_key", "undeclared"}
    small.trouble.slow = 0.02
    small.trouble.shares = dict.fromkeys(sorted(set(KINDS) - once_and_for_all - {"block", "429"}), 0.05)
    report = run(small, tmp_path / "w")
    assert len(small.trouble.met) > 5
    if report.index_failed:  # then nobody knew of some
        small.trouble.clear()
        report = run(small, tmp_path / "w")
    assert loaded(tmp_path / "w") == set(small.archive.filings) - report.pending.keys()
    small.trouble.clear()
    assert run(small, tmp_path / "w").is_clean
    assert loaded(tmp_path / "w") == set(small.archive.filings)
    assert verify(tmp_path / "w") == []


def test_an_archive_gives_what_is_selected_and_each_correction_of_it(small: SmallEdgar, tmp_path: Path) -> None:
    fours = [one for one in small.archive.filings.values() if one.form == "4"]
    others = [one for one in small.archive.filings.values() if one.form == "144"]
    corrected, other = fours[0], others[0]
    header = b"<SUBMISSION>\n<ACCESSION-NUMBER>%b\n<TYPE>4\n<CORRECTION>\n<TIMESTAMP>20240105120000\n</SUBMISSION>\n"
    day = FIRST + timedelta(2)
    small.archive.disseminate(day, f"{corrected.accession}.corr01", header % corrected.accession.encode())
    small.archive.disseminate(day, f"{other.accession}.corr01", header % other.accession.encode())
    small.archive.disseminate(day, "README", b"<html><title>404</title></html>")
    report = run(small, tmp_path / "w", selection(["4"], amendments=False), Options(route=Route.ARCHIVE))
    assert report.is_clean
    assert loaded(tmp_path / "w") == accessions(fours)
    with duckdb.connect(str((tmp_path / "w" / "filings.duckdb").resolve()), read_only=True) as connection:
        seen = connection.execute(
            "SELECT archive_member FROM ops.observation WHERE filing_id = ? ORDER BY ALL", [corrected.accession]
        ).fetchall()
    assert seen == [(f"{corrected.accession}.corr01",), (f"{corrected.accession}.nc",)]
    assert not list((tmp_path / "w" / "spool").iterdir())
    assert verify(tmp_path / "w") == []


def test_a_day_whose_archive_is_not_there_or_lacks_something(small: SmallEdgar, tmp_path: Path) -> None:
    small.trouble.plan("Feed/2024/QTR1/20240102", "access_denied", times=1)
    report = run(small, tmp_path / "w", options=Options(route=Route.ARCHIVE))
    assert report.is_clean and len(bodies_asked(small)) == 12
    assert loaded(tmp_path / "w") == set(small.archive.filings)


def test_completeness_says_the_same(small: SmallEdgar, tmp_path: Path) -> None:
    lost = sorted(small.archive.filings)[5]
    small.trouble.plan(lost, "503", times=4)
    run(small, tmp_path / "w")
    with duckdb.connect(str((tmp_path / "w" / "filings.duckdb").resolve()), read_only=True) as connection:
        total = connection.execute("SELECT sum(listed), sum(loaded), sum(pending), sum(missing) FROM completeness")
        assert total.fetchall() == [(36, 35, 1, 0)]


def form_of(warehouse: Path, number: str) -> str:
    with duckdb.connect(str((warehouse / "filings.duckdb").resolve()), read_only=True) as connection:
        ((form,),) = connection.execute("SELECT form_type FROM filing WHERE filing_id = ?", [number]).fetchall()
    return str(form)


def company_ticker(small: SmallEdgar, cik: int) -> str:
    content = small.archive.find("/files/company_tickers.json", {})
    assert content
    return next(one["ticker"] for one in json.loads(content.make()).values() if one["cik_str"] == cik)
