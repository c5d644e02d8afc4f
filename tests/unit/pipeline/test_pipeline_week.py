"""A week of simulated days: what watch, daily and reconcile do by their schedules, and all that goes wrong meanwhile.

The clock and the small EDGAR are driven by the test. At the end every day is green, and the page says so.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from itertools import islice
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from backfills import HASTY, bodies_asked, loaded, settings_for
from edgar.archive import Archive
from edgar.filing import Filing
from edgar.gate import Gate
from edgar.generator import generate
from edgar.server import SmallEdgar
from edgar.writing import submission
from filings.errors import FilingsError
from filings.pipeline.backfill import backfill
from filings.pipeline.daily import daily
from filings.pipeline.index_runs import followed
from filings.pipeline.pages import completeness_page
from filings.pipeline.reconcile import reconcile
from filings.pipeline.verified import Scope
from filings.pipeline.verify import verify
from filings.query.completeness import State, prove
from filings.query.connect import connect
from filings.span import Span
from watches import watching

EASTERN = ZoneInfo("America/New_York")
MONDAY = date(2024, 7, 8)
TUESDAY, WEDNESDAY, THURSDAY, FRIDAY, SATURDAY, SUNDAY = (MONDAY + timedelta(number) for number in range(1, 7))
BEFORE = list(generate(2, 4, start=date(2024, 4, 1), seed=3, scale=0.01))
MADE = list(generate(5, 8, start=MONDAY, scale=0.01))


@pytest.fixture
def small() -> Iterator[SmallEdgar]:
    with SmallEdgar(Archive(BEFORE), gate=Gate(None)) as server:
        yield server


def at(day: date, hour: int, minute: int = 30) -> datetime:
    return datetime.combine(day, time(hour, minute), EASTERN)


def another(day: date, after: int, form: str | None = None) -> Filing:
    """A filing of that day under a number that no other one has."""
    made = islice(generate(1, 400, start=day, seed=11, scale=0.01), after, None)
    return next(each for each in made if form in (None, each.form))


def corrected(old: Filing) -> bytes:
    return submission("text", old.accession, old.form, old.filed, old.accepted, old.parties, 9_000)


class Week:
    """The runs of a week, each at the time of its schedule."""

    def __init__(self, small: SmallEdgar, warehouse: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.small, self.warehouse, self.monkeypatch = small, warehouse, monkeypatch
        self.settings = settings_for(small, warehouse, look_back_days=5)

    def appear(self, day: date, part: slice) -> set[str]:
        """Filings of a day come into the feed, and into the index of the day."""
        came = [each for each in MADE if each.filed == day][part]
        for each in came:
            self.small.archive.add(each)
        return {each.accession for each in came}

    def watch(self, until: Callable[[], object]) -> None:
        run = watching(self.monkeypatch, self.small, self.warehouse)
        run.enough = until
        run.run()

    def seen(self, accessions: set[str]) -> Callable[[], bool]:
        return lambda: (self.warehouse / "filings.duckdb").exists() and accessions <= loaded(self.warehouse)

    def daily(self, moment: datetime) -> bool:
        """Whether all came."""
        try:
            return daily(self.settings, now=moment, patience=HASTY).is_clean
        except FilingsError:
            return False

    def verify(self, scope: Scope = Scope.NEW) -> None:
        assert verify(self.warehouse, scope) == []


def test_a_week(small: SmallEdgar, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    week = Week(small, tmp_path / "w", monkeypatch)
    backfill(week.settings, Span(date(2024, 4, 1), date(2024, 4, 30)), patience=HASTY)  # a quarter that is over

    # Monday: as it should be. What comes after the watch is over, the evening finds.
    week.watch(week.seen(week.appear(MONDAY, slice(0, 6))))
    week.appear(MONDAY, slice(6, None))
    assert week.daily(at(MONDAY, 22))
    week.verify()
    assert week.daily(at(TUESDAY, 6))

    # Tuesday: one answer in twelve is wrong, and in the evening EDGAR answers nobody.
    small.trouble.shares = {"503": 0.03, "cut": 0.03, "wrong": 0.02}
    week.watch(week.seen(week.appear(TUESDAY, slice(0, 4))))
    week.appear(TUESDAY, slice(4, None))
    small.trouble.shares = {"503": 1.0}
    assert not week.daily(at(TUESDAY, 22))
    small.trouble.shares = {}

    # Wednesday and Thursday: the machine is off.
    week.appear(WEDNESDAY, slice(None))
    week.appear(THURSDAY, slice(None))
    late = another(MONDAY, 100)
    small.archive.add(late, listed=THURSDAY)

    # Friday: it is on again; EDGAR blocks in the middle. One run closes all gaps.
    small.trouble.plan("/edgar/data/", "block")
    assert week.daily(at(FRIDAY, 6))
    assert week.seen({each.accession for each in MADE if each.filed < FRIDAY} | {late.accession})()
    week.verify()
    week.watch(week.seen(week.appear(FRIDAY, slice(0, 5))))
    week.appear(FRIDAY, slice(5, None))
    letter = another(date(2024, 4, 1), 200, "UPLOAD")
    small.archive.add(letter, listed=FRIDAY)  # released, with its old date
    wrong = next(each for each in MADE if each.filed == TUESDAY and each.form == "8-K")
    small.archive.filings[wrong.accession] = replace(wrong, form="8-K/A")  # its line changes with its bytes
    small.archive.correct(wrong.accession, corrected(wrong))
    small.archive.rewrite(TUESDAY)
    gone = next(each for each in MADE if each.filed == WEDNESDAY)
    small.archive.withdraw(gone.accession)
    small.archive.rewrite(WEDNESDAY)
    assert week.daily(at(FRIDAY, 22))

    # Saturday: the quarters are read again. Sunday: the companies.
    report = reconcile(week.settings, now=at(SATURDAY, 10, 0), patience=HASTY)
    assert report.is_clean, report.to_dict()
    week.verify(Scope.ALL)
    assert not followed(week.settings).failed
    week.verify()

    everything = {each.accession for each in (*BEFORE, *MADE, late, letter)}
    assert everything <= loaded(week.warehouse), "what was withdrawn is kept, too"
    asked = Counter(bodies_asked(small))
    assert {one for one, count in asked.items() if count > 1} == {wrong.accession}
    with connect(week.warehouse) as connection:
        proof = prove(connection, Span(MONDAY, SUNDAY))
        versions = connection.execute("SELECT count(*) FROM ops.ingest_log WHERE filing_id = ?", [wrong.accession])
        assert versions.fetchall() == [(2,)]
    assert proof.is_green
    assert [day.state for day in proof.days] == [State.COMPLETE] * 5 + [State.NOTHING_FILED] * 2
    made = completeness_page(week.settings, now=at(SUNDAY, 9, 0))
    assert made and made.answer.startswith("Complete: ") and made.span.last >= FRIDAY
    assert made.answer.rstrip(".") in made.path.read_text(encoding="utf-8").replace("\n", " ")
