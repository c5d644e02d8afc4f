"""`filings alerts` as a person sees it."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from as_a_person import Run

from alerts import with_rules

RULES = """
[alerts.results]
forms = "8-K"
where = "EXISTS (FROM filing_item AS i WHERE i.filing_id = filing.filing_id AND i.item = '2.02')"
since = 2000-01-01
command = {tell}

[alerts.secret]
forms = "3"
since = 2000-01-01
webhook = "http://127.0.0.1:1/SECRET"
headers = { Authorization = "SECRET" }
"""


@pytest.fixture
def mine(warehouse: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(warehouse, tmp_path / "mine", symlinks=True))


def test_rules_and_what_came_of_them(mine: Path, run: Run) -> None:
    assert run("alerts", "--warehouse", "mine").stdout.startswith("No rules: write [alerts.NAME]")
    with_rules(mine, RULES)
    sent = run("alerts", "send", "--warehouse", "mine")
    assert (sent.returncode, sent.stdout) == (3, "1 sent, 1 failed, 0 given up, 0 waiting.\n")
    shown = run("alerts", "--warehouse", "mine").stdout
    assert [line.split()[:4] for line in shown.splitlines()[2:4]] == [
        ["results", "sh", "1", "0"],
        ["secret", "http://127.0.0.1:1", "0", "1"],
    ]
    assert "Connection refused" in shown
    found = json.loads(run("alerts", "--format", "json", "--warehouse", "mine").stdout)
    assert [(one["rule"], one["sent"], one["failed"]) for one in found] == [("results", 1, 0), ("secret", 0, 1)]
    page = run("status", "--warehouse", "mine").stdout
    assert "Alerts that did not go (1)" in page
    failed = run("alerts", "test", "secret", "--warehouse", "mine")
    assert failed.returncode == 3 and "was not told of" in failed.stdout
    assert "SECRET" not in str(found) + shown + sent.stderr + page + failed.stdout


def test_a_trial(mine: Path, run: Run) -> None:
    with_rules(mine, RULES)
    done = run("alerts", "--warehouse", "mine", "test", "results")
    assert (done.returncode, done.stdout) == (0, "sh was told of 0009910001-24-000012.\n")
    assert json.loads((mine / "told.jsonl").read_text())["test"] is True


def test_a_condition_that_is_none_is_named(mine: Path, run: Run) -> None:
    with_rules(mine, "[alerts.wrong]\nwhere = \"form_typ = '8-K'\"\ncommand = ['true']\n")
    for words in (["alerts"], ["ingest", "."]):
        failed = run(*words, "--warehouse", "mine")
        assert failed.returncode == 2 and "where of [alerts.wrong] is no condition over filing" in failed.stderr
