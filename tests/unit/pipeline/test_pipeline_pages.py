"""The page that stands in a warehouse: of which days it is, and of which forms."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import lxml.html
import pytest

from edgar.generator import generate
from filings.pipeline.index_runs import index_files as read_folder
from filings.pipeline.ingest import ingest
from filings.pipeline.pages import PAGE, completeness_page
from filings.settings import Settings
from filings.span import Span
from mirrors import write_filings, write_indexes

DAYS = [date(2024, 1, 2), date(2024, 1, 3), date(2024, 1, 4)]
FILINGS = list(generate(3, 4, scale=0.001))


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("pages")
    read_folder(folder / "w", write_indexes(folder / "indexes", FILINGS, DAYS))
    ingest(folder / "w", [write_filings(folder / "files", FILINGS)])
    return folder / "w"


def at(*when: int) -> datetime:
    return datetime(*when, tzinfo=ZoneInfo("America/New_York"))  # type: ignore[misc, arg-type]


@pytest.mark.parametrize(
    ("now", "last", "is_complete"),
    [
        (at(2024, 1, 4, 6), DAYS[2], True),  # today's index was read already
        (at(2024, 1, 5, 23, 30), DAYS[2], True),  # today's was not, and is no day of the page
        (at(2024, 1, 6, 23, 30), date(2024, 1, 5), False),
        (at(2025, 1, 1, 12), date(2024, 12, 31), False),
    ],
)
def test_from_the_first_index_that_was_read_until_the_last_that_can_be(
    warehouse: Path, now: datetime, last: date, is_complete: bool
) -> None:
    made = completeness_page(Settings(warehouse=warehouse), now=now)
    assert made and made.path == warehouse / PAGE
    assert made.span == Span(DAYS[0], last)
    assert made.answer.startswith("Complete: " if is_complete else "Not complete: ")
    page = lxml.html.parse(str(made.path)).getroot()
    assert made.answer in page.text_content()
    assert f"Made {now.astimezone(ZoneInfo('UTC')):%Y-%m-%d %H:%M} UTC" in page.text_content()
    assert [path.name for path in made.path.parent.iterdir()] == [made.path.name]


def test_days_of_more_than_a_year_ago_are_left_out(warehouse: Path) -> None:
    made = completeness_page(Settings(warehouse=warehouse), now=at(2025, 1, 2, 12))
    assert made and made.span.first == DAYS[1]


def test_no_index_no_page(warehouse: Path, tmp_path: Path) -> None:
    assert completeness_page(Settings(warehouse=tmp_path / "none")) is None
    assert completeness_page(Settings(warehouse=warehouse), now=at(2026, 1, 2, 12)) is None


def test_it_is_of_what_the_settings_keep(warehouse: Path) -> None:
    form, count = Counter(each.form for each in FILINGS if not each.form.endswith("/A")).most_common(1)[0]
    made = completeness_page(Settings(warehouse=warehouse, forms=form), now=at(2024, 1, 5, 12))
    assert made and f" {count} listed, {count} loaded." in made.answer
    assert f"Forms {form}" in made.path.read_text(encoding="utf-8")
