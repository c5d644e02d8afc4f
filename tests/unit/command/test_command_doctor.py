"""`filings doctor` as a person runs it; a file needs no warehouse."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from as_a_person import EXAMPLES, Run

FORM_4A = "0009990001-24-000114"


def test_split_of_a_file_needs_no_warehouse(run: Run) -> None:
    shown = run("doctor", "split", str(EXAMPLES / "form-6-k-press-release.txt"), FILINGS_WAREHOUSE="nowhere")
    assert (shown.returncode, shown.stderr) == (0, "")
    lines = shown.stdout.splitlines()
    assert lines[1] == "9,815 bytes, one submission."
    assert "  content    3  9,696  9,779     83  begin 644 nordlys-logo.gif" in lines
    assert "  3         3  GRAPHIC  nordlys-logo.gif       83  gif        35" in lines


def test_split_of_an_error_page_says_that_it_is_no_filing(run: Run, tmp_path: Path) -> None:
    (tmp_path / "page.txt").write_text("<html><title>SEC.gov | Request Rate Threshold Exceeded</title></html>")
    shown = run("doctor", "split", "page.txt")
    assert shown.stdout.splitlines()[1:] == [
        "69 bytes. It is the SEC's page for too many requests: wait at least ten minutes without asking.",
        "ingest refuses such a file (rate_blocked).",
    ]
    (told,) = json.loads(run("doctor", "split", "page.txt", "--format", "json").stdout)
    assert (told["is_filing"], told["verdict"]) == (False, "rate_blocked")


def test_header_of_a_file_needs_no_warehouse(run: Run) -> None:
    shown = run("doctor", "header", str(EXAMPLES / "schedule-13g.nc"), "--format", "json", FILINGS_WAREHOUSE="nowhere")
    assert (shown.returncode, shown.stderr) == (0, "")
    ((version,),) = [each["versions"] for each in json.loads(shown.stdout)]
    assert version["dialect"] == "tags"
    by_label = {each["label"]: each for each in version["labels"]}
    assert by_label["ACCESSION-NUMBER"]["columns"] == ["filing.accession_number"]


@pytest.mark.parametrize("stage", ["split", "header"])
def test_a_filing_and_its_file_are_told_alike(run: Run, stage: str) -> None:
    of_file = json.loads(run("doctor", stage, str(EXAMPLES / "form-4-amendment.txt"), "--format", "json").stdout)
    of_filing = json.loads(run("doctor", stage, FORM_4A, "--format", "json").stdout)
    assert [each["versions"] for each in of_filing] == [each["versions"] for each in of_file]


def test_why(run: Run) -> None:
    shown = run("doctor", "why", FORM_4A, "ownership_transaction.shares", "1")
    assert (shown.returncode, shown.stderr) == (0, "")
    told = dict(line.strip().split("  ", 1) for line in shown.stdout.splitlines()[1:] if line[2:3] != " ")
    raw = (EXAMPLES / "form-4-amendment.txt").read_text()
    start, end = (int(number.replace(",", "")) for number in told["bytes"].split()[0].split("–"))
    assert raw[start:end].strip() == f"<value>{told['as filed'].strip()}</value>"
    assert told["value"].strip() == "12000.0000"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["split", "not-here.txt"], "There is no file not-here.txt"),
        (["header", "."], "There is a folder at ., and no file."),
        (["split", "a.txt", "--format", "csv"], "it must be one of text, json"),
        (["why", FORM_4A, "filing.nope"], "There is no column filing.nope"),
        (["why", FORM_4A, "ownership_transaction.shares"], "it has rows 1 to 3"),
        (["why", FORM_4A, "filing.cik", "one"], "'one' is not a valid integer"),
        (["nope"], "No such command 'nope'"),
    ],
)
def test_wrong_use(run: Run, arguments: list[str], said: str) -> None:
    shown = run("doctor", *arguments)
    assert shown.returncode == 2
    assert said in shown.stderr
    assert "Traceback" not in shown.stderr
    assert shown.stdout == ""


@pytest.mark.parametrize("name", ["split", "header", "why"])
def test_help(run: Run, name: str) -> None:
    shown = run("doctor", name, "--help").stdout
    assert shown.startswith(f"Usage: filings doctor {name}")
    assert f"Example: filings doctor {name}" in shown


def test_a_file_that_cannot_be_read(run: Run, tmp_path: Path) -> None:
    (tmp_path / "loop").symlink_to("loop")
    shown = run("doctor", "split", str(tmp_path / "loop"))
    assert shown.returncode in (1, 2)
    assert "Traceback" not in shown.stderr


@pytest.mark.parametrize("raw", [b"", bytes(range(256)) * 40, b"x" * 1_000_000], ids=["empty", "any bytes", "one line"])
@pytest.mark.parametrize("stage", ["split", "header"])
def test_hostile_files(run: Run, tmp_path: Path, stage: str, raw: bytes) -> None:
    (tmp_path / "hostile.txt").write_bytes(raw)
    shown = run("doctor", stage, "hostile.txt")
    assert (shown.returncode, shown.stderr) == (0, "")
    assert len(shown.stdout) < 3_000
