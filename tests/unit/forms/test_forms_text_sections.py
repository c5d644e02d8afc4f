"""Sections by the default headings and by Form 8-K's items (form-6k-cover.md 9; edgar.md C.3)."""

from __future__ import annotations

import pytest

from filings.forms.text.headings import by_headings, is_date, is_title, kind_of, known
from filings.forms.text.items import by_items
from filings.forms.text.section import Section, covers_once, whole
from filings.parse.text.reader import lines


def told(sections: list[Section]) -> list[tuple[str, int, str | None, str | None]]:
    return [(one.kind, one.level, one.item, one.heading) for one in sections]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("SECOND QUARTER RESULTS", True),
        ("Results of Operations and Outlook", True),
        ("The company did well", False),
        ("ENDS WITH A POINT.", False),
        ("One Two Three Four Five Six Seven Eight Nine Ten Eleven Twelve Thirteen", False),
        ("of Beginning Small", False),
        ("1,234 567", False),
    ],
)
def test_titles_of_plain_text(text: str, expected: bool) -> None:
    assert is_title(text) is expected


@pytest.mark.parametrize(
    ("heading", "body", "kind"),
    [
        ("Cautionary Note Regarding Forward-Looking Statements", "", "forward_looking_statements"),
        ("Safe Harbor", "", "forward_looking_statements"),
        ("Outlook", "This contains forward-looking statements. More.", "forward_looking_statements"),
        ("Outlook", "We grow. See the forward-looking statements.", "other"),
        ("CONTACT", "", "contact"),
        ("Investor Relations Contacts:", "", "contact"),
        ("About BitFuFu", "", "about"),
        ("EXHIBIT INDEX", "", "exhibit_index"),
        ("Signatures", "", "signature"),
        ("Table of Contents", "", "contents"),
    ],
)
def test_kinds(heading: str, body: str, kind: str) -> None:
    assert kind_of(heading, body) == kind


def test_known_headings_and_dates() -> None:
    assert known("Explanatory Note") and known("About Philips") and not known("Notes")
    assert is_date("1 July 2004") and is_date("August 3rd, 2006") and not is_date("July 2004 Results")


def test_plain_text() -> None:
    text = (
        "EXHIBIT 99.1\n\nFOR IMMEDIATE RELEASE\n\nACME REPORTS RESULTS\nFOR THE YEAR 2004\n\nLondon, 1 July 2004\n\n"
        "Acme did well,\nit said.\n\nOutlook for the Year\n\nGood.\n\nContact:\n\nJohn Doe\nTel: 123\n"
    )
    found = lines(text.encode(), "ascii")
    sections = by_headings(found)
    assert told(sections) == [
        ("other", 1, None, None),
        ("release", 1, None, "ACME REPORTS RESULTS FOR THE YEAR 2004"),
        ("release_part", 1, None, "Outlook for the Year"),
        ("contact", 1, None, "Contact:"),
    ]
    assert covers_once(found, sections)


def test_styled_headings() -> None:
    html = (
        "<p>Exhibit 99.1</p><p><b>Results</b></p><p>text</p><p><b><i>Part</i></b>.</p><p>more</p><p><u>Underlined:</u></p>"
        "<p><b>Run-in head.</b> text</p><p><b>Head<br>ended</b><br>text</p><table><tr><td><b>ASSETS</b><tr><td>Cash<td>5</table>"
        "<p>About Acme</p><p>Acme is old.</p><p>Not A Heading Here</p>"
    )
    sections = by_headings(lines(html.encode(), "ascii"))
    assert told(sections) == [
        ("other", 1, None, None),
        ("other", 1, None, "Results"),
        ("other", 2, None, "Part."),
        ("other", 2, None, "Underlined:"),
        ("other", 1, None, "Head ended"),
        ("about", 1, None, "About Acme"),
    ]


def test_items_of_today() -> None:
    html = (
        "<p>FORM 8-K</p><p><b>Item 2.02</b></p><p><b>Results of Operations and Financial Condition.</b></p><p>See Item 7.01.</p>"
        "<p>Item 9.01 of this report is below.</p><table><tr><td><b>Item 5.02.<td><b>Departure of Directors or Certain Officers</b></table>"
        "<p><b>Background</b></p><p>text</p><p>7.01 Regulation FD Disclosure</p><p>text</p>"
        "<p><b>Item 9.01. Financial Statements and Exhibits.</b> (d) Exhibits</p><p>SIGNATURE</p><p>By:</p>"
    )
    found = lines(html.encode(), "ascii")
    sections = by_items(found)
    assert told(sections) == [
        ("cover", 1, None, None),
        ("item", 1, "2.02", "Item 2.02 Results of Operations and Financial Condition."),
        ("item", 1, "5.02", "Item 5.02. Departure of Directors or Certain Officers"),
        ("item", 1, "7.01", "7.01 Regulation FD Disclosure"),
        ("item", 1, "9.01", "Item 9.01. Financial Statements and Exhibits."),
        ("signature", 1, None, "SIGNATURE"),
    ]
    assert covers_once(found, sections)


def test_items_up_to_2004() -> None:
    text = (
        "FORM 8-K\n\nItem 5 - Other Events.......... 3\n\nItems 1 through 4 Not Applicable.\n\nITEM 5.  OTHER EVENTS\n\nText.\n\n"
        "ITEM 7.  FINANCIAL STATEMENTS AND\n         EXHIBITS\n\n(c) Exhibits\n\nSIGNATURES\n\nx\n"
    )
    assert told(by_items(lines(text.encode(), "ascii"))) == [
        ("cover", 1, None, None),
        ("item", 1, "5", "ITEM 5. OTHER EVENTS"),
        ("item", 1, "7", "ITEM 7. FINANCIAL STATEMENTS AND EXHIBITS"),
        ("signature", 1, None, "SIGNATURES"),
    ]


def test_what_a_table_of_contents_lists_is_no_item() -> None:
    html = "<p>Item 1.01 Entry</p><p>Item 9.01 Exhibits</p><p>page</p><p>Item 1.01 Entry</p><p>text</p><p>Item 9.01 Exhibits</p><p>x"
    assert [(one.item, one.first) for one in by_items(lines(html.encode(), "ascii"))] == [
        (None, 0),
        ("1.01", 3),
        ("9.01", 5),
    ]


def test_a_report_without_items_is_one_section() -> None:
    found = lines(b"FORM 8-K\n\nEXHIBIT INDEX\n\n99\n", "ascii")
    assert told(by_items(found)) == told(whole(found)) == [("other", 1, None, None)]
    assert whole([]) == by_items([]) == by_headings([]) == []
