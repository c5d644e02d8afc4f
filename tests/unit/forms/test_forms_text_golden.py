"""The golden filings of `tests/golden/text`, read a second time: by regular expression, and by cutting out the spans."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

GOLDEN = Path(__file__).parents[2] / "golden" / "text"


def _content(case: str) -> str:
    """The first document's content, what PEM did to dashes undone; ASCII, so that characters are bytes."""
    text = (GOLDEN / case / "filing.txt").read_bytes().decode("ascii")
    content = text.partition("<TEXT>\n")[2].partition("</TEXT>")[0]
    return re.sub(r"^- (?=-)", "", content, flags=re.MULTILINE)


def _rows(case: str, table: str) -> list[dict[str, str]]:
    text = (GOLDEN / case / "expected" / f"{table}.txt").read_text(encoding="utf-8")
    return [dict(line.split(" = ", 1) for line in row.splitlines()) for row in text.split("\n\n")]


def _cut(case: str, row: dict[str, str]) -> str:
    return " ".join(_content(case)[int(row["start_byte"]) : int(row["end_byte"])].split())


def _blocks(case: str) -> str:
    """What stands behind the clause."""
    return re.split(r"duly\s+authorized\.", _content(case))[-1]


@pytest.mark.parametrize("case", sorted(path.name for path in GOLDEN.iterdir()))
def test_spans_hold_the_rows(case: str) -> None:
    for row in _rows(case, "exhibit"):
        held = _cut(case, row)
        assert re.match(rf"(?:Exhibit )?{re.escape(row['number'])}\b", held)
        assert held.endswith(row["description"])
    for row in _rows(case, "signature"):
        held = _cut(case, row)
        assert row["signature_as_filed"] in held
        assert held.endswith(row["title"])


def test_the_list_in_the_item() -> None:
    case = "list_in_item_of_8_k"
    item = re.search(r"ITEM 9\.01.*?(\d+\.\d+)\s{3,}(.*?)\n\n", _content(case), re.DOTALL)
    assert item
    (row,) = _rows(case, "exhibit")
    assert (row["number"], row["description"]) == (item[1], " ".join(item[2].split()))
    (signer,) = _rows(case, "signature")
    signed = re.search(
        r"^ +(\S.*)\n +\(Registrant\)\s+Date: +(\w+ \d+, \d+) +By: +(/s/.*)\n[ -]+\n +(\S.*)\n +(\S.*)\n",
        _blocks(case),
        re.M,
    )
    assert signed
    columns = ("registrant", "date_as_filed", "signature_as_filed", "name", "title")
    expected = [signed[1], f"Date: {signed[2]}", " ".join(signed[3].split()), signed[4], signed[5]]
    assert [signer[column] for column in columns] == expected


def test_the_registrants_under_one_clause() -> None:
    case = "one_clause_for_seven_registrants"
    listed = re.findall(r"^Exhibit (99\.\d\d) {3,}(\S.*)$", _content(case), re.MULTILINE)
    types = re.findall(r"^<TYPE>EX-(.*)$", (GOLDEN / case / "filing.txt").read_text(encoding="ascii"), re.MULTILINE)
    assert len(listed) == 6
    assert [number for number, _ in listed] == types
    assert [(row["number"], row["description"]) for row in _rows(case, "exhibit")] == listed
    assert [row["exhibit_document_position"] for row in _rows(case, "exhibit")] == ["2", "3", "4", "5", "6", "7"]
    lines = [" ".join(line.split()) for line in _blocks(case).splitlines() if line.strip()]
    first, second = (at for at, line in enumerate(lines) if line.startswith("By /s/"))
    assert lines[0] == "Date: January 25, 2005 THE SOUTHERN COMPANY"
    columns = ("registrant", "signature_as_filed", "name", "title")
    assert [[row[column] for column in columns] for row in _rows(case, "signature")] == [
        ["THE SOUTHERN COMPANY", lines[first].removeprefix("By "), lines[first + 1], lines[first + 2]],
        [" ".join(lines[first + 3 : second]), lines[second].removeprefix("By "), lines[second + 1], lines[second + 2]],
    ]


def test_the_index_behind_the_signature() -> None:
    case = "quarterly_report_with_index"
    listed = re.findall(r"^(27) {3,}(\S.*?\.)(?: {3,}\d+)?$", _content(case), re.MULTILINE)
    assert listed == [("27", "Financial Data Schedule.")] * 2
    (row,) = _rows(case, "exhibit")
    assert (row["number"], row["description"], row["listed_times"]) == (*listed[0], "2")
    signed = re.search(
        r"^ +(\S.*)\n +\(Registrant\)\s+By: (/s/.*)\n[ -]+\n+ +(\S.*)\n +(\S.*)\n +(\S.*)\n", _blocks(case), re.M
    )
    assert signed
    (signer,) = _rows(case, "signature")
    columns = ("registrant", "signature_as_filed", "name", "title", "date_as_filed")
    assert [signer[column] for column in columns] == list(signed.groups())
