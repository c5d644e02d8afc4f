"""The pages: what they show is what comes out, what they name is there."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import doc_pages
import pytest

ROOT = doc_pages.ROOT
PAGES = sorted(path.relative_to(ROOT).as_posix() for path in [*ROOT.glob("*.md"), *ROOT.glob("docs/*.md")])
_MARKS = {"README.md": [pytest.mark.prefect]}
_LINK = re.compile(r"\[[^]]+\]\((?!https?:)([^)#\s]*)(?:#([^)\s]+))?\)")


def text_of(page: str) -> str:
    return (ROOT / page).read_text(encoding="utf-8")


@pytest.fixture(scope="session")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The examples, ingested once; each page gets a copy."""
    place = doc_pages.workplace(tmp_path_factory.mktemp("pages"), None)
    subprocess.run([".programs/filings", "ingest", "examples", "--quiet"], cwd=place, check=True, timeout=120)
    return place / "warehouse"


@pytest.mark.parametrize("page", [pytest.param(page, marks=_MARKS.get(page, [])) for page in doc_pages.RUN_PAGES])
def test_a_page_shows_what_comes_out(page: str, warehouse: Path, tmp_path: Path) -> None:
    place = doc_pages.workplace(tmp_path, None if page == "README.md" else warehouse)
    outcome = doc_pages.run_page(text_of(page), place)
    assert not outcome.different, "\n\n".join(outcome.different)
    if outcome.not_run:
        pytest.skip(f"all of {page} but: {'; '.join(outcome.not_run)} (no duckdb shell here)")


def test_the_readme_shows_schedule_query_and_backfill_in_five_lines_each() -> None:
    sections = re.findall(r"^## (.+?)$(.*?)(?=^## )", text_of("README.md"), re.MULTILINE | re.DOTALL)
    lines = {name: [step.command for step in doc_pages.steps(body)] for name, body in sections}
    names = list(lines)
    begin = names.index("Schedule")
    assert names[begin : begin + 3] == ["Schedule", "Query", "Backfill"]
    assert [len(lines[name]) for name in names[begin : begin + 3]] == [5, 5, 5]


@pytest.mark.parametrize("page", PAGES)
def test_a_page_shows_no_command_that_nothing_runs(page: str) -> None:
    text = text_of(page)
    assert set(doc_pages.shown_only(text)) <= doc_pages.ELSEWHERE.keys()
    has_steps = "```console\n" in text or "```sql\n" in text.replace("-->\n```sql\n", "")
    is_run = page in [*doc_pages.RUN_PAGES, *doc_pages.CORPUS_PAGES]
    assert is_run or page == "docs/examples.md" or not has_steps, "add it to RUN_PAGES"


def test_every_command_is_shown() -> None:
    listed = text_of("docs/commands.md")
    shown = "".join(text_of(page) for page in PAGES if page != "docs/commands.md")
    commands = re.findall(r"^## filings (\w+)$", listed, re.MULTILINE)
    assert len(commands) >= 10
    assert [name for name in commands if f"filings {name}" not in shown] == []


def test_every_make_target_that_is_named_is_there() -> None:
    targets = set(re.findall(r"^([a-z-]+):", text_of("Makefile"), re.MULTILINE))
    named = {name for page in PAGES for name in re.findall(r"(?:`|^)make ([a-z-]+)", text_of(page), re.MULTILINE)}
    assert named - targets == set()
    assert "flows/ingest.py examples --warehouse warehouse" in text_of("Makefile"), "the README says what make run runs"


@pytest.mark.parametrize("page", PAGES)
def test_links_lead_somewhere(page: str) -> None:
    for name, anchor in _LINK.findall(re.sub(r"^```.*?^```$", "", text_of(page), flags=re.MULTILINE | re.DOTALL)):
        target = (ROOT / page).parent / name if name else ROOT / page
        assert target.exists(), f"{page} links to {name}"
        if anchor:
            heads = re.findall(r"^#+ (.*)$", target.read_text(encoding="utf-8"), re.MULTILINE)
            assert anchor in {re.sub(r"[^\w -]", "", head.lower()).replace(" ", "-") for head in heads}, (
                f"{page}#{anchor}"
            )


def test_the_form_page_quotes_the_declaration_as_it_is() -> None:
    source = (ROOT / "src/filings/forms/ownership.py").read_text(encoding="utf-8")
    quoted = re.findall(r"```python\n(.*?)```", text_of("docs/add-a-form.md"), re.DOTALL)
    lines = [line.strip() for block in quoted for line in block.splitlines() if "..." not in line]
    assert len(lines) > 15
    assert [line for line in lines if line.rstrip("),") not in source] == []


@pytest.mark.parametrize("page", [*doc_pages.RUN_PAGES, *doc_pages.CORPUS_PAGES])
def test_no_answer_on_a_page_hangs_on_the_order_of_rows(page: str) -> None:
    """DuckDB takes the first of several equally frequent values, and threads decide which one comes first."""
    asked = "".join(re.findall(r"```sql\n(.*?)```", text_of(page), re.DOTALL))
    calls = re.findall(r"\b(?:mode|first|last|list|string_agg|array_agg)\([^()]*\)", asked)
    assert [
        call for call in calls if "ORDER BY" not in call and f"list_sort(list_distinct(flatten({call}" not in asked
    ] == []


def test_reference_pages_are_not_stale() -> None:
    done = subprocess.run(
        [sys.executable, str(ROOT / "docs" / "generate.py"), "--check"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, f"{done.stdout}{done.stderr}run: python docs/generate.py"


def test_what_a_page_may_leave_open() -> None:
    assert doc_pages.agrees("15 files in … s\n", "15 files in 2 s\n")
    assert doc_pages.agrees("first\n…\nlast\n", "first\na\nb\nlast\n")
    assert doc_pages.agrees("", "\n")
    assert not doc_pages.agrees("15 files in … s\n", "14 files in 2 s\n")
    assert not doc_pages.agrees("first\nlast\n", "first\na\nlast\n")
    assert not doc_pages.agrees("", "error\n")
    assert not doc_pages.agrees("all\n", "all\nand more\n")
