"""`filings index`, `completeness` and `company`, as a person runs them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from as_a_person import Run

from edgar import index_files
from edgar.archive import Archive
from edgar.gate import Gate
from edgar.generator import generate
from edgar.server import SmallEdgar

FILINGS = list(generate(2, 10, scale=0.001))


@pytest.fixture
def small() -> Iterator[SmallEdgar]:
    with SmallEdgar(Archive(FILINGS), gate=Gate(None)) as server:
        yield server


@pytest.fixture
def named(small: SmallEdgar, tmp_path: Path) -> dict[str, str]:
    """The environment of somebody who asks that server."""
    return {
        "FILINGS_EDGAR_URL": small.url,
        "FILINGS_USER_NAME": "Test",
        "FILINGS_USER_EMAIL": "test@example.com",
        "FILINGS_REQUESTS_PER_SECOND": "100",
        "FILINGS_WAREHOUSE": str(tmp_path / "own"),
        "XDG_STATE_HOME": str(tmp_path / "state"),
    }


def test_indexes_from_edgar_then_what_is_missing_then_a_company(run: Run, named: dict[str, str]) -> None:
    shown = run("index", "2024-01-02", "2024-01-03", **named)
    assert (shown.returncode, shown.stderr) == (0, "")
    assert shown.stdout.startswith("6 read, 6 new or changed, ") and "snapshot 1." in shown.stdout
    again = run("index", "2024-01-02", "2024-01-03", **named).stdout
    assert again.startswith("6 read, 0 new or changed, 0 lines new, 0 lines gone") and "the snapshot stays" in again
    proof = run("completeness", "2024-01", **named)
    assert proof.returncode == 3
    assert "2024-01  -..?" in proof.stdout and proof.stdout.splitlines()[-1].startswith("Not complete: ")
    days = json.loads(run("completeness", "2024-01-02", "--format", "json", **named).stdout)
    assert [(day["date"], day["state"], day["listed"]) for day in days] == [("2024-01-02", "pending", 10)]
    company = next(party for each in FILINGS for party in each.parties if party.role != "REPORTING-OWNER")
    words = company.name.split()
    found = run("company", *words[:2], "--format", "json", **named)
    assert {row["cik"]: row["name"] for row in json.loads(found.stdout)}[f"{company.cik:010d}"] == company.name
    ticker = next(row["tickers"] for row in json.loads(found.stdout) if row["cik"] == f"{company.cik:010d}").split(
        ", "
    )[0]
    (row,) = json.loads(run("company", ticker.lower(), "--format", "json", **named).stdout)
    assert (row["cik"], row["found_by"]) == (f"{company.cik:010d}", "ticker")
    updated = json.loads(run("company", str(company.cik), "--update", "--format", "json", **named).stdout)
    assert updated[0]["cik"] == f"{company.cik:010d}"
    assert run("query", "SELECT count(*) FROM company WHERE sha256 IS NOT NULL", "--format", "csv", **named).stdout == (
        "count_star()\n1\n"
    )


def test_indexes_from_a_folder_need_no_name(run: Run, tmp_path: Path) -> None:
    place = tmp_path / "mirror" / "daily-index" / "2024" / "QTR1" / "master.20240102.idx"
    place.parent.mkdir(parents=True)
    rows = [row for each in FILINGS for row in each.rows() if row[3] == date(2024, 1, 2)]
    place.write_bytes(index_files.daily("master", date(2024, 1, 2), rows) + b"no row at all\n")
    warehouse = str(tmp_path / "own")
    shown = run("index", "--from", "mirror", FILINGS_WAREHOUSE=warehouse)
    assert shown.returncode == 0
    assert shown.stdout.startswith("daily-index/2024/QTR1/master.20240102.idx: 1 lines are no rows, the first: no row")
    assert run("index", "2025", "--from", "mirror", FILINGS_WAREHOUSE=warehouse).stdout.startswith("0 read")


def test_a_page_to_show_to_others(run: Run, tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    page.write_text("what stood there before")
    failed = run("completeness", "2024-05", "--html", "page.html", FILINGS_FAULT="page.rename:1:error")
    assert failed.returncode == 1 and failed.stderr.startswith("error: writing page.html: ")
    assert run("completeness", "2024-05", "--html", "page.html", FILINGS_FAULT="page.rename:1:kill").returncode == -9
    assert page.read_text() == "what stood there before"
    assert len(list(tmp_path.iterdir())) == 2, "what the killed one left"
    shown = run("completeness", "2024-05", "--html", "page.html", "--form", "8-K")
    assert (shown.returncode, shown.stderr) == (3, "")
    assert shown.stdout == "Not complete: 2024-05-01 to 2024-05-31: 0 listed, 0 loaded, 1 extra; 23 days not read.\n"
    text = page.read_text(encoding="utf-8")
    assert text.startswith("<!DOCTYPE html>\n") and shown.stdout.strip() in text and "Forms 8-K" in text
    assert list(tmp_path.iterdir()) == [page]
    piped = run("completeness", "2024-05", "--html", "-")
    assert piped.returncode == 3 and piped.stdout.startswith("<!DOCTYPE html>\n")
    assert piped.stdout.endswith("</html>\n") and piped.stderr.startswith("Not complete: 2024-05-01 to 2024-05-31")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("index",), "There is no day to begin with."),
        (("index", "2024-13"), "'2024-13' is no day"),
        (("index", "2024-02", "2024-01"), "2024-02 comes after 2024-01"),
        (("index", "1992"), "1992 is before 1993-01-01"),
        (("index", "--from", "nowhere"), "nowhere is no folder."),
        (("index", "2024-01"), "user_name"),
        (("completeness", "2024", "--form", "*"), "'*' is no form"),
        (("completeness", "2024", "--html", "no/such/page.html"), "there is no such folder"),
        (("completeness", "2024", "--html", "page.html", "--format", "csv"), "--html and --format are two answers"),
        (("company", "no such company anywhere"), "No company here is or was called no such company anywhere."),
    ],
)
def test_wrong_use_says_what_to_do(run: Run, words: tuple[str, ...], said: str) -> None:
    shown = run(*words)
    assert shown.returncode == 2
    assert said in shown.stderr and "Traceback" not in shown.stderr


def test_a_company_of_the_examples_is_found_by_its_header(run: Run) -> None:
    (name,) = run("query", "SELECT min(conformed_name) FROM filing_party", "--format", "csv").stdout.splitlines()[1:]
    found = json.loads(run("company", name, "--format", "json").stdout)
    assert found[0]["name"] == name and found[0]["found_by"] == "header of a filing"
