"""Exhibits and signatures of main documents that are no Form 6-K: lists, documents, blocks, and what is none."""

from __future__ import annotations

import pytest

from filings.forms.text.main_document import read_main
from filings.forms.text.reading import sections_of
from filings.parse.submission import Document
from filings.parse.text.reader import lines

_COVER = "FORM 8-K\n\nCURRENT REPORT\n\nX CORP\n\n"
_CLAUSE = (
    "Pursuant to the requirements of the Securities Exchange Act of 1934, the\n"
    "Registrant has duly caused this report to be signed on its behalf by the\n"
    "undersigned hereunto duly authorized.\n\n"
)
_SIGNED = f"SIGNATURES\n\n{_CLAUSE}X CORP\n(Registrant)\n\nDate: July 19, 2005   By: /s/ Jane Doe\n   Jane Doe\n   Treasurer\n"


def _document(position: int, kind: str, text: str) -> Document:
    content = text.encode()
    return Document(position, kind, None, None, None, 0, len(content), content)


def _read(text: str, form: str, *kinds: str) -> tuple[list[dict[str, object]], list[dict[str, object]], list[str]]:
    main = _document(1, form, text)
    documents = [main, *(_document(at, kind, "text") for at, kind in enumerate(kinds, 2))]
    found = lines(text.encode(), "utf-8")
    rows, issues = read_main(main, documents, found, sections_of(found, form, is_main=True), form)
    return rows["exhibit"], rows["signature"], [issue.code for issue in issues]


def _named(rows: list[dict[str, object]]) -> list[tuple[object, ...]]:
    columns = ("number", "description", "exhibit_document_position", "is_listed")
    return [tuple(row.get(column) for column in columns) for row in rows]


@pytest.mark.parametrize(
    ("item", "expected"),
    [
        (
            "Item 9.01. Financial Statements and Exhibits.\n\n(d) Exhibits.\n\n"
            '     99.1     Press release, dated as of July 19, 2005, titled "X\n              Completes Investment".\n\n',
            [("99.1", 'Press release, dated as of July 19, 2005, titled "X Completes Investment".', 2, True)],
        ),
        (
            "Item 9.01. Financial Statements and Exhibits.\n\nThe following is furnished herewith:\n\n99.1  News\n\n104  Cover page\n\n",
            [("99.1", "News", 2, True), ("104", "Cover page", None, True)],
        ),
        (
            "Item 7. Financial Statements and Exhibits.\n\n(a) 1. Balance sheet of Y\n\n(c) Exhibits\n\nExhibit No.   Description\n\n99.1  News\n\n",
            [("99.1", "News", 2, True)],
        ),
        (
            "Item 9.01. Financial Statements and Exhibits.\n\n(d) A copy of the release is attached as Exhibit\n99.1 hereto.\n\n",
            [("99.1", None, 2, False)],
        ),
    ],
)
def test_the_item_of_an_8_k_lists_its_exhibits(item: str, expected: list[tuple[object, ...]]) -> None:
    exhibits, signatures, issues = _read(_COVER + item + _SIGNED, "8-K", "EX-99.1")
    assert _named(exhibits) == expected
    assert [(row["registrant"], row["name"], row["title"], str(row["signed_on"])) for row in signatures] == [
        ("X CORP", "Jane Doe", "Treasurer", "2005-07-19")
    ]
    assert issues == []


def test_what_an_item_says_of_exhibits_is_no_list() -> None:
    text = f"{_COVER}Item 8.01. Other Events.\n\nExhibit 10.1 to the plan\n\n10.1  dollars a share\n\n{_SIGNED}"
    assert _read(text, "8-K")[0] == []


def test_an_index_behind_the_signature_counts_too_and_gives_the_description() -> None:
    index = "\nEXHIBIT INDEX\n\nExhibit\nNumber   Description                     Page\n\n99.1     Release of July 19, 2005           4\n"
    item = "Item 9.01. Financial Statements and Exhibits.\n\n(d) Exhibits\n\n99.1 Release\n\n"
    exhibits, signatures, _ = _read(_COVER + item + _SIGNED + index, "8-K", "EX-99.1")
    assert _named(exhibits) == [("99.1", "Release of July 19, 2005", 2, True)]
    assert exhibits[0]["listed_times"] == 2
    assert len(signatures) == 1


@pytest.mark.parametrize(
    ("kinds", "position", "issues"),
    [
        (("EX-99",), 2, []),
        (("EX-99", "EX-99.2"), None, ["exhibit_document_missing"]),
        ((), None, ["exhibit_document_missing"]),
    ],
)
def test_a_type_without_a_suffix_stands_for_the_one_number(
    kinds: tuple[str, ...], position: int | None, issues: list[str]
) -> None:
    item = "Item 7. Exhibits.\n\n(c) Exhibits\n\n99.1 Release\n\n"
    exhibits, _, found = _read(_COVER + item + _SIGNED, "8-K", *kinds)
    assert (exhibits[0]["number"], exhibits[0].get("exhibit_document_position")) == ("99.1", position)
    assert found == issues


def test_an_exhibit_that_is_filed_elsewhere_lacks_no_document() -> None:
    item = (
        "Item 9.01. Exhibits.\n\n(d) Exhibits\n\n10.1 Plan (incorporated by reference to Form 8-K of May 1, 2004)\n\n"
    )
    assert _read(_COVER + item + _SIGNED, "8-K")[2] == []


def test_a_quarterly_report() -> None:
    text = (
        "FORM 10-Q\n\n27   per cent\n\nItem 6. Exhibits and Reports on Form 8-K\n\n(a)  Exhibits\n\nExhibit\nNumber  Description\n\n"
        "3.3      By-Laws.\n10.A.49  Stock Option Plan.\n27       Financial Data Schedule.\n\n(1) Filed earlier.\n\n"
        "(b)  Reports on Form 8-K\n\nNone.\n\n" + _SIGNED
    )
    exhibits, signatures, issues = _read(text, "10-Q", "EX-3", "EX-27", "EX-10.1")
    assert _named(exhibits) == [
        ("3.3", "By-Laws.", 2, True),
        ("10.A.49", "Stock Option Plan.", None, True),
        ("27", "Financial Data Schedule.", 3, True),
        ("10.1", None, 4, False),
    ]
    assert [row["name"] for row in signatures] == ["Jane Doe"]
    assert issues == []


def test_the_block_of_an_annual_report_ends_before_its_directors_sign() -> None:
    clause = _CLAUSE.replace("of the Securities", "of Section 13 or 15(d) of the Securities")
    text = (
        f"FORM 10-K\n\nSIGNATURES\n\n{clause}X CORP\n\nBy: /s/ Jane Doe\nJane Doe\nTreasurer\n\n"
        "Pursuant to the requirements of the Securities Exchange Act of 1934, this report has\n"
        "been signed below by the following persons.\n\n/s/ John Roe   Director   May 1, 2004\n"
    )
    assert [(row["name"], row["title"]) for row in _read(text, "10-K")[1]] == [("Jane Doe", "Treasurer")]


def test_a_report_without_a_block() -> None:
    assert _read("FORM 10-Q\n\nText.\n", "10-Q")[1:] == ([], ["signature_missing"])
    assert _read("FORM 20-F\n\nText.\n", "20-F")[1:] == ([], [])
    cut = _document(1, "10-Q", "FORM 10-Q\n\nTe")
    cut.is_cut_off = True
    assert read_main(cut, [cut], lines(bytes(cut.content), "ascii"), [], "10-Q")[1] == []


def test_one_clause_for_several_registrants() -> None:
    text = (
        f"FORM 8-K\n\n{_CLAUSE}Date: January 25, 2005     THE SOUTHERN COMPANY\n\nBy   /s/W. Dean Hudson\nW. Dean Hudson\nComptroller\n\n"
        "ALABAMA POWER COMPANY\nGULF POWER COMPANY\n\nBy   /s/Wayne Boston\nWayne Boston\nAssistant Secretary\n"
    )
    assert [(row["registrant"], row["name"], row["title"]) for row in _read(text, "8-K")[1]] == [
        ("THE SOUTHERN COMPANY", "W. Dean Hudson", "Comptroller"),
        ("ALABAMA POWER COMPANY GULF POWER COMPANY", "Wayne Boston", "Assistant Secretary"),
    ]


@pytest.mark.parametrize(
    ("signed", "expected"),
    [
        ("By:    /s/    JANE DOE\nName:  Jane Doe\nTitle: Treasurer\n", ("/s/ JANE DOE", "Jane Doe", "Treasurer")),
        ("\\s\\ Jane Doe\n\nJane Doe\nTreasurer\n", ("\\s\\ Jane Doe", "Jane Doe", "Treasurer")),
        ("By: /s/ Jane Doe\nDate          Jane Doe\n              Treasurer\n", ("/s/ Jane Doe", "Jane Doe", "Treasurer")),
        ("By: /s/ Jane Doe\nJane Doe,\nTreasurer\n\n4.\n", ("/s/ Jane Doe", "Jane Doe", "Treasurer")),
        ("By: /s/ Jane Doe\nJane Doe Vice President,\nTreasurer\n", ("/s/ Jane Doe", "Jane Doe", "Vice President, Treasurer")),
        ("By: /s/ Jane Doe\nChief Executive Officer, Treasurer\n", ("/s/ Jane Doe", "Jane Doe", "Chief Executive Officer, Treasurer")),
        ("/s/ Jane Doe,\nBy__________\nJane Doe, Treasurer\n", ("/s/ Jane Doe,", "Jane Doe", "Treasurer")),
        ("By: Jane Doe\nJane Doe\nTreasurer\n</PAGE>\n", (None, "Jane Doe", "Treasurer")),
        ("By: /s/ Jane Doe\nJane Doe\nTreasurer\n\nSTATEMENT OF DIFFERENCES\n\nThe sign is TM\n", ("/s/ Jane Doe", "Jane Doe", "Treasurer")),
    ],
)  # fmt: skip
def test_signers_as_current_reports_have_them(signed: str, expected: tuple[str | None, ...]) -> None:
    (row,) = _read(f"FORM 8-K\n\n{_CLAUSE}X CORP\n\n{signed}", "8-K")[1]
    assert tuple(row.get(column) for column in ("signature_as_filed", "name", "title")) == expected


def test_rows_of_a_list_in_the_text_and_what_only_looks_like_one() -> None:
    text = (
        "FORM 8-K\n\nItem 7. Financial Statements and Exhibits\n\nThese are attached.\n\nExhibit 99.01         Press Release.\n\n"
        "NOTES\n\n1. PROPERTY AND EQUIPMENT\n\n0.50   705,600\n\n5\n\n" + _SIGNED
    )
    assert _named(_read(text, "8-K", "EX-99.01")[0]) == [("99.01", "Press Release.", 2, True)]


@pytest.mark.parametrize(
    ("number", "kind"), [("12(c)", "EX-12.(C)"), ("10.A.49", "EX-10.A-49"), ("10.A.49", "EX-10.A49")]
)
def test_a_number_and_a_type_in_other_spelling(number: str, kind: str) -> None:
    rows, _, _ = _read(f"FORM 10-Q\n\nEXHIBIT INDEX\n\n{number}   Option Plan\n\n{_SIGNED}", "10-Q", kind)
    assert _named(rows) == [(number, "Option Plan", 2, True)]


def test_where_no_list_was_read_nothing_is_said_to_be_in_none() -> None:
    assert _read(f"FORM 10-K\n\nSee the exhibits.\n\n{_SIGNED}", "10-K", "EX-10.1")[0] == []
    assert _named(_read(f"FORM 8-K\n\nText.\n\n{_SIGNED}", "8-K", "EX-10.1")[0]) == [("10.1", None, 2, False)]
