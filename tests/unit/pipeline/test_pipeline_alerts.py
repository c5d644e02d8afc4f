"""Alerts: once a filing, never for the past, nothing lost when a target does not answer, nothing of it fails a run."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

import filings.pipeline.alerts as pipeline
from alerts import EXAMPLES, Webhook, accession, filing, told, told_of, webhook, with_rules, written
from backfills import HASTY, settings_for
from edgar.archive import Archive
from edgar.gate import Gate
from edgar.generator import generate
from edgar.server import SmallEdgar
from filings.errors import UsageError
from filings.load import transaction
from filings.pipeline.alerts import ready_alerts, send_alerts, try_alert
from filings.pipeline.backfill import backfill
from filings.pipeline.ingest import ingest
from filings.pipeline.progress import Silent
from filings.pipeline.rebuild import rebuild
from filings.pipeline.state import read_alerts, read_status
from filings.pipeline.upgrade import upgrade
from filings.pipeline.verify import verify
from filings.pipeline.warehouse import writer_lock
from filings.query import alert as query
from filings.settings import settle
from filings.span import span
from warehouses import make_older

SINCE = "since = 2000-01-01\n"
RULE = '[alerts.results]\nforms = "8-K"\ncommand = {tell}\n'
HERE = RULE + SINCE
ALL = '[alerts.all]\nwhere = "TRUE"\n'
FAILS = ALL + SINCE + 'command = ["sh", "-c", "test -e mended"]\n'


class Said(Silent):
    def __init__(self) -> None:
        self.lines: list[str] = []

    def say(self, text: str) -> None:
        self.lines.append(text)


@pytest.fixture
def hook() -> Iterator[Webhook]:
    with webhook() as one:
        yield one


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("alerts")
    ingest(folder / "w", [filing(folder / "in", 1)])
    return folder / "w"


@pytest.fixture
def w(made: Path, tmp_path: Path) -> Path:
    """A warehouse with one filing, of yesterday, and without rules."""
    return Path(shutil.copytree(made, tmp_path / "w", symlinks=True))


def load(warehouse: Path, *paths: Path) -> dict[str, int]:
    return ingest(warehouse, paths).alerts


def tell(warehouse: Path, said: Said | None = None) -> dict[str, int]:
    """What a run does that brings nothing new."""
    ready_alerts(warehouse)
    return send_alerts(warehouse, progress=said).to_dict()


def test_a_filing_is_told_of_once_and_whoever_is_told_can_ask_for_it(tmp_path: Path) -> None:
    w = with_rules(tmp_path / "w", RULE + '[alerts.mine]\ncompanies = "9910003"\ncommand = {tell}\n')
    paths = [filing(tmp_path / "in", 1), EXAMPLES / "schedule-13g.txt"]
    report = ingest(w, paths)
    assert report.alerts == {"sent": 1}
    (one,) = told(w)
    assert one["rule"] == "results" and one["filing_id"] == one["accession_number"] == accession(1)
    assert one["companies"] == [{"cik": "0009910001", "name": "HOLLOWAY MARINE ROBOTICS INC", "role": "filer"}]
    assert one["url"].endswith("/Archives/edgar/data/9910001/000991000126000001/0009910001-26-000001-index.html")
    assert one["text"].startswith("8-K of HOLLOWAY MARINE ROBOTICS INC, filed ")
    assert (one["form_type"], one["document_count"], one["status"]) == ("8-K", 2, "no_family")
    assert one["warehouse"] == str(w.resolve()) and one["snapshot"] == 1 and "test" not in one
    assert written(w) == [("results", accession(1), "sent")] and report.snapshot == 2
    assert load(w, *paths) == {} and len(told(w)) == 1
    assert verify(w) == []


def test_a_new_rule_says_nothing_of_the_past(w: Path, tmp_path: Path) -> None:
    with_rules(w, RULE)
    assert load(w, filing(tmp_path / "in", 1), filing(tmp_path / "in", 2)) == {"sent": 1}
    assert told_of(w) == [("results", accession(2))]
    (w / "settings.toml").unlink()
    load(w, filing(tmp_path / "in", 3))
    with_rules(w, RULE)
    load(w, filing(tmp_path / "in", 4))
    assert told_of(w)[1:] == [("results", accession(4))], "taken out and put in again it begins anew"


def test_old_filings_are_passed_over_unless_a_day_is_given(w: Path, tmp_path: Path) -> None:
    with_rules(w, "alert_days = 7\n" + RULE)
    paths = [filing(tmp_path / "in", 2, days_old=6), filing(tmp_path / "in", 3, days_old=9)]
    assert load(w, *paths, EXAMPLES / "form-8-k-results.txt") == {"sent": 1, "passed_over": 2}
    with_rules(w, RULE + "since = 2025-01-01\n")
    assert tell(w) == {"sent": 2}, "also what was here already"
    assert [key for _, key in told_of(w)] == [accession(2), accession(3), accession(1)]
    assert tell(w) == {}


def test_a_correction_is_not_told_of_again(w: Path, tmp_path: Path) -> None:
    with_rules(w, HERE)
    assert tell(w) == {"sent": 1}
    path = filing(tmp_path / "in", 1)
    path.write_text(path.read_text().replace("SUITE 210", "SUITE 211"))
    assert load(w, path) == {} and len(told(w)) == 1


def test_a_damaged_filing_is_looked_at_again_when_it_comes_whole(w: Path, tmp_path: Path) -> None:
    in_text = "EXISTS (FROM document AS d WHERE d.filing_id = filing.filing_id AND d.type LIKE 'EX-99%')"
    with_rules(w, RULE + f'[alerts.release]\nwhere = "{in_text}"\ncommand = {{tell}}\n')
    load(w, filing(tmp_path / "in", 2, cut=True))
    assert [(one["rule"], one["status"]) for one in told(w)] == [("results", "quarantined")]
    assert load(w, filing(tmp_path / "in", 2)) == {"sent": 1}
    assert told_of(w)[1:] == [("release", accession(2))]


def test_rebuild_and_upgrade_tell_nothing_and_lose_nothing(w: Path, tmp_path: Path) -> None:
    with_rules(w, HERE + FAILS)
    load(w, EXAMPLES / "form-4-amendment.txt", EXAMPLES / "schedule-13g.txt")
    before = written(w)
    assert [rule for rule, *_ in before] == ["all"] * 3 + ["results"]
    make_older(w)
    for work in (upgrade, rebuild):
        work(w)
        assert written(w) == before and verify(w) == []
    (w / "load" / "filings.duckdb").unlink()
    rebuild(w)  # without the old database the snapshot says what was sent
    assert written(w) == before
    load(w, filing(tmp_path / "in", 2))  # its batch has a number that was there before
    assert [key for _, key in told_of(w)] == [accession(1), accession(2)]


def test_a_clock_that_goes_back_misses_no_filing(w: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Ahead(datetime):
        @classmethod
        def now(cls, tz: Any = None) -> datetime:  # type: ignore[override]
            return datetime.now(tz) + timedelta(days=1)

    with_rules(w, RULE)
    with monkeypatch.context() as patched:
        patched.setattr(transaction, "datetime", Ahead)
        load(w, filing(tmp_path / "in", 2))
    load(w, filing(tmp_path / "in", 3))
    assert [key for _, key in told_of(w)] == [accession(2), accession(3)]


def test_without_the_control_state_nothing_is_sent_twice_and_what_failed_is_tried(w: Path) -> None:
    with_rules(w, HERE + FAILS)
    assert tell(w) == {"sent": 1, "failed": 1}
    for path in w.glob("state.sqlite*"):
        path.unlink()
    rebuild(w)
    (w / "mended").touch()
    assert tell(w) == {"sent": 1}
    assert written(w) == [("all", accession(1), "sent"), ("results", accession(1), "sent")]
    assert len(told(w)) == 1


def test_what_failed_is_told_tried_again_and_given_up(w: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pipeline, "ATTEMPTS", 3)
    with_rules(w, FAILS)
    said = Said()
    assert tell(w, said) == {"failed": 1}
    assert said.lines == [f"alert all of {accession(1)} did not go: exit code 1"]
    assert written(w) == [("all", accession(1), "failed: exit code 1")]
    assert [one["state"] for one in read_status(w)["alerts"]] == ["failed"]
    assert tell(w) == {"failed": 1}, "the next run may always try"
    assert ingest(w, []).snapshot is None, "then it waits, and nothing is published for it"
    assert send_alerts(w, again=True).to_dict() == {"given_up": 1}
    assert written(w) == [("all", accession(1), "given up: exit code 1")]
    assert tell(w) == {} and [one["state"] for one in read_status(w)["alerts"]] == ["given up"]
    (w / "mended").touch()
    assert send_alerts(w, again=True).to_dict() == {"sent": 1}
    assert written(w) == [("all", accession(1), "sent")] and verify(w) == []
    assert tell(w) == {} and read_alerts(w)[1] == [] == read_status(w)["alerts"]


def test_a_target_that_is_down_is_asked_once_a_run_and_the_rest_goes_later(
    w: Path, tmp_path: Path, hook: Webhook
) -> None:
    hook.answer = "reset"
    with_rules(w, RULE + f'[alerts.hook]\nforms = "8-K"\nwebhook = "{hook.url}/SECRET"\n')
    said = Said()
    report = ingest(w, [filing(tmp_path / "in", number) for number in (2, 3, 4)], progress=said)
    assert report.alerts == {"sent": 3, "failed": 1, "waiting": 2}
    assert len(hook.requests) == 1 and "SECRET" not in str(said.lines) + str(written(w)) + str(read_status(w))
    hook.answer = 200
    assert tell(w) == {"sent": 3}
    assert {body["filing_id"] for _, _, body in hook.requests} == {accession(number) for number in (2, 3, 4)}


def test_where_no_time_is_left_the_next_run_sends(w: Path) -> None:
    with_rules(w, HERE)
    ready_alerts(w)
    assert send_alerts(w, altogether=-1).to_dict() == {"waiting": 1}
    assert [one["state"] for one in read_status(w)["alerts"]] == ["waiting"]
    assert send_alerts(w).to_dict() == {"sent": 1}


def test_several_at_once_send_once(w: Path, hook: Webhook) -> None:
    with_rules(w, ALL + SINCE + f'webhook = "{hook.url}"\n')
    ready_alerts(w)
    threads = [threading.Thread(target=send_alerts, args=(w,)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len(hook.requests) == 1
    assert written(w) == [("all", accession(1), "sent")]


def test_who_writes_brings_it_into_the_table(w: Path) -> None:
    with_rules(w, HERE)
    ready_alerts(w)
    assert send_alerts(w, writes=False).to_dict() == {"sent": 1}
    with writer_lock(w, "another", None):
        assert send_alerts(w).snapshot is None
    assert written(w) == [] and len(told(w)) == 1
    load(w)
    assert written(w) == [("results", accession(1), "sent")] and len(told(w)) == 1


def test_a_condition_sees_the_new_filings_alone_and_main_all(w: Path, tmp_path: Path) -> None:
    conditions = {
        "new": "(SELECT count(*) FROM filing) = 1",
        "all": "(SELECT count(*) FROM main.filing) = 2 -- with a comment",
        "none": "form_type = '10-K'",
        "item": "EXISTS (FROM filing_item AS i WHERE i.filing_id = filing.filing_id AND i.item = '4.01')",
    }
    rules = [f'[alerts.{name}]\nwhere = "{where}"\ncommand = {{tell}}\n' for name, where in conditions.items()]
    with_rules(w, "".join(rules))
    load(w, filing(tmp_path / "in", 2, item="Changes in Registrant's Certifying Accountant"))
    assert {rule for rule, _ in told_of(w)} == {"new", "all", "item"}


@pytest.mark.parametrize(
    "where",
    [
        "form_typ = '8-K'",
        "form_type = ",
        "TRUE; DROP TABLE filing",
        "TRUE) FROM filing; SELECT (1",
        "nope(1)",
        "(SELECT content FROM read_text('/etc/hosts')) IS NULL",
    ],
)
def test_a_condition_that_is_none_is_told_before_anything_is_done(where: str, w: Path, tmp_path: Path) -> None:
    with_rules(w, f"[alerts.wrong]\nwhere = '''{where}'''\ncommand = ['true']\n")
    with pytest.raises(UsageError, match=r"where of \[alerts.wrong\]"):
        ingest(w, [filing(tmp_path / "in", 2)])
    assert len(list((w / "snapshots").iterdir())) == 1


def test_a_condition_that_fails_fails_no_run_and_looks_again(w: Path) -> None:
    where = "form_type::INT = 3"
    wrong = f'[alerts.wrong]\nwhere = "{where}"\ncommand = ["true"]\n{SINCE}'
    with_rules(w, ALL + "command = {tell}\n" + wrong)
    said = Said()
    assert tell(w, said) == {}
    assert "where of [alerts.wrong] fails" in said.lines[0]
    with_rules(w, wrong.replace(where, "TRUE"))
    assert tell(w) == {"sent": 1}


def test_a_condition_without_end_is_stopped(w: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(query, "PATIENCE", 0.3)
    endless = (
        "(SELECT count(*) FROM range(1000000000) AS a, range(1000000000) AS b WHERE a.range % 7 = b.range % 11) = 0"
    )
    with_rules(w, f'[alerts.endless]\nwhere = "{endless}"\ncommand = {{tell}}\n{SINCE}')
    said = Said()
    assert tell(w, said) == {} and "took longer than" in said.lines[0]


def test_hostile_names_come_as_they_are(w: Path, tmp_path: Path) -> None:
    name = '"; rm -rf / #$(touch gotcha) `touch gotcha` \x1b[31m </script> %s {}'
    with_rules(w, RULE.replace("{tell}", '["sh", "-c", "cat >> told.jsonl; echo $FILINGS_ALERT_TEXT > text"]'))
    load(w, filing(tmp_path / "in", 2, name=name))
    (one,) = told(w)
    assert one["companies"][0]["name"] == name
    assert "\\u001b[31m" in one["text"] and "\x1b" not in one["text"] + (w / "text").read_text()
    assert not (w / "gotcha").exists()


def test_a_ticker_that_nobody_has_is_told(w: Path) -> None:
    with_rules(w, f'[alerts.who]\ncompanies = "NOONE, 9910001"\ncommand = {{tell}}\n{SINCE}')
    said = Said()
    assert tell(w, said) == {"sent": 1}
    assert said.lines == ["alert who: no company has the ticker NOONE"]


def test_a_trial_writes_nothing(w: Path) -> None:
    with_rules(w, RULE + '[alerts.none]\nforms = "10-K"\ncommand = {tell}\n')
    for rule, asked in (("results", None), ("none", accession(1))):
        found, key, outcome = try_alert(settle({"warehouse": w}), rule, asked)
        assert (found.name, key, outcome.why) == (rule, accession(1), "")
    assert [(one["rule"], one["test"]) for one in told(w)] == [("results", True), ("none", True)]
    assert written(w) == [] and read_alerts(w) == ({}, [])
    for rule, asked in (("nope", None), ("none", None), ("none", "no filing")):
        with pytest.raises(UsageError):
            try_alert(settle({"warehouse": w}), rule, asked)


def test_what_waits_for_a_rule_that_is_taken_out_is_given_up(w: Path) -> None:
    with_rules(w, HERE + FAILS)
    tell(w)
    with_rules(w, HERE)
    load(w)
    assert written(w)[0] == ("all", accession(1), "given up: the rule is no longer in the settings")
    with_rules(w, HERE + FAILS)
    assert tell(w) == {}


def test_without_rules_nothing_is_opened(w: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(query, "opened", lambda *_: pytest.fail("the snapshot was opened"))
    assert tell(w) == {}
    assert not (w / pipeline.LOCK).exists()


def test_a_backfill_tells_of_what_it_fetched(tmp_path: Path) -> None:
    filings = list(generate(1, 4, scale=0.05))
    w = with_rules(tmp_path / "w", "alert_days = 100000\n" + ALL + "command = {tell}\n")
    with SmallEdgar(Archive(filings), gate=Gate(None)) as small:
        report = backfill(settings_for(small, w), span("2024"), patience=HASTY)
    assert report.loaded.alerts == {"sent": len(filings)}
    assert len(written(w)) == len(told(w)) == len(filings)
