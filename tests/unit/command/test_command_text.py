"""`filings text` from argument to exit code, and in a terminal."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from as_a_person import Run
from test_command_runs import in_terminal

from texts import warehouse_with_text


def test_text(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place = tmp_path / "w"
    filing_id = warehouse_with_text(place)
    monkeypatch.chdir(tmp_path)
    told = run("text", filing_id, "2.02", "--warehouse", "w")
    assert told.stdout == "Item 2.02 Results of Operations and Financial Condition\n\nThe quarter was good.\n"
    assert (
        json.loads(run("text", filing_id, "--format", "json", "--warehouse", "w").stdout)["sections"][5]["kind"]
        == "release"
    )
    assert "About Holloway" in run("text", filing_id, "--list", "--warehouse", "w").stdout
    wrong = run("text", filing_id, "foreword", "--warehouse", "w")
    assert (wrong.returncode, wrong.stdout) == (2, "") and "--list names its 7 sections" in wrong.stderr
    seen = in_terminal(["text", filing_id, "release", "--warehouse", str(place)], COLUMNS="60")
    assert "\x1b[1mHOLLOWAY GROWS\x1b[0m\n" in seen
    assert max(len(line) for line in seen.split("\n")) <= 60 + len("\x1b[1m\x1b[0m")
