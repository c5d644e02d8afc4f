"""The text of a filing, as its sections, for people and for programs."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from filings.errors import FilingsError, UsageError
from filings.query import text
from filings.query.connect import connect
from filings.query.grid import Look
from filings.query.show import Row
from texts import RELEASE, warehouse_with_text


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    place = tmp_path_factory.mktemp("text") / "w"
    return place, warehouse_with_text(place)


def sections(warehouse: tuple[Path, str], wanted: str | None = None) -> list[Row]:
    place, filing_id = warehouse
    with connect(place) as connection:
        return text.sections(connection, filing_id, wanted)


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        (None, [1, 2, 3, 4, 5, 6, 7]),
        ("2.02", [2]),
        ("Item 9.01", [3]),
        ("4", [4]),
        ("signature", [4]),
        ("RELEASE", [6]),
        ("holloway", [6, 7]),
        ("results  of", [2]),
    ],
)
def test_which_sections_are_meant(warehouse: tuple[Path, str], wanted: str | None, expected: list[int]) -> None:
    assert [int(row["position"] or 0) for row in sections(warehouse, wanted)] == expected


def test_what_is_not_there(warehouse: tuple[Path, str]) -> None:
    with pytest.raises(UsageError, match="has no section 'foreword'") as told:
        sections(warehouse, "foreword")
    assert "--list names its 7 sections" in (told.value.hint or "")
    with connect(warehouse[0]) as connection:
        with pytest.raises(FilingsError, match="holds no filing"):
            text.sections(connection, "0000000000-00-000000")
        ((other,),) = connection.execute(
            "SELECT min(filing_id) FROM filing WHERE filing_id NOT IN (SELECT filing_id FROM section)"
        ).fetchall()
        with pytest.raises(FilingsError, match="No text of"):
            text.sections(connection, other)


def test_a_page_for_programs_and_for_people(warehouse: tuple[Path, str]) -> None:
    rows = sections(warehouse)
    plain = list(text.pages(rows, Look()))
    assert plain[:6] == [
        "-- document 1 --",
        "",
        "FORM 8-K",
        "",
        "Item 2.02 Results of Operations and Financial Condition",
        "",
    ]
    assert plain[-3:] == ["About Holloway", "", "Sales\t5"]
    assert ("A long paragraph of the release. " * 1500).strip() in plain
    styled = list(text.pages(sections(warehouse, "release"), Look(width=60, is_styled=True)))
    assert styled[:3] == ["\x1b[1mHOLLOWAY GROWS\x1b[0m", "\x1b[1mABROAD\x1b[0m", ""]
    assert max(map(len, styled[3:])) <= 60
    assert " ".join(styled[3:]).split() == RELEASE[RELEASE.index("A long") : RELEASE.index("</p><p><b>About")].split()


def test_the_list(warehouse: tuple[Path, str]) -> None:
    told = list(text.list_of(sections(warehouse), Look()))
    assert told[0].split() == ["section", "document", "kind", "item", "heading", "characters"]
    heading = "Item 2.02 Results of Operations and Financial Condition"
    assert told[3].split() == ["2", "1", "item", "2.02", *heading.split(), "66"]


def test_json(warehouse: tuple[Path, str]) -> None:
    told = json.loads(text.to_json("x", sections(warehouse, "2.02")))
    (section,) = told["sections"]
    assert (section["position"], section["item"], section["kind"]) == (2, "2.02", "item")
    assert section["text"].endswith("The quarter was good.")
