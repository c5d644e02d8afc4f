"""Every golden case: the rows of a real filing are those that a person read out of it."""

from __future__ import annotations

from pathlib import Path

import pytest

import golden_cases

CASES = golden_cases.cases()


def test_there_are_cases() -> None:
    assert len(CASES) >= 12


@pytest.mark.parametrize("case", CASES, ids=[f"{case.parent.name}/{case.name}" for case in CASES])
def test_rows_are_those_that_were_read_by_hand(case: Path, tmp_path: Path) -> None:
    golden_cases.check_complete(case)
    stated = golden_cases.expected(case)
    assert {"filing", "document", "header_extra", "issues", "ledger"} <= stated.keys(), "an expectation is missing"
    told = golden_cases.differences(case, golden_cases.rendered(golden_cases.ingest(case, tmp_path)))
    assert not told, "\n\n".join(told)


def test_a_case_without_reasons_is_refused(tmp_path: Path) -> None:
    (tmp_path / "filing.txt").write_bytes(b"")
    with pytest.raises(golden_cases.IncompleteCase, match="Question, From, Odd, Rule, Read"):
        golden_cases.check_complete(tmp_path)
    (tmp_path / "why.md").write_text("**Question**: x\n\n**From**: x\n\n**Odd**:\n\n**Rule**: x\n\n**Read**: x\n")
    with pytest.raises(golden_cases.IncompleteCase, match=r"state Odd$"):
        golden_cases.check_complete(tmp_path)


def test_rows_without_an_expectation_and_expectations_without_rows_are_told(tmp_path: Path) -> None:
    (tmp_path / "expected").mkdir()
    (tmp_path / "expected" / "filing.txt").write_text("form_type = 4\n")
    (tmp_path / "expected" / "issues.txt").write_text("")
    assert golden_cases.differences(tmp_path, {"filing": "form_type = 4\n", "issues": ""}) == []
    told = golden_cases.differences(tmp_path, {"filing": "form_type = 5\n", "issues": "", "document": "type = 5\n"})
    assert [text.split(":")[0] for text in told] == ["document", "filing"]
    assert "-form_type = 4\n+form_type = 5" in told[1]
    assert golden_cases.differences(tmp_path, {"issues": ""}) != []
