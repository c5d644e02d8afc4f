"""The rules behind the 6-K's cover, each with the examples that its page quotes (form-6k-cover.md 4.10 and 5 to 9)."""

from __future__ import annotations

from datetime import date

import pytest

from filings.forms.form_6k.contacts import contacts
from filings.forms.form_6k.headings import headings, is_known_heading
from filings.forms.form_6k.incorporation import Incorporation, furnished_not_filed, incorporations
from filings.forms.form_6k.releases import release
from filings.forms.text.exhibit_lists import exhibit_lists, is_exhibit_heading
from filings.forms.text.running import Running
from filings.forms.text.signatures import signature_block
from filings.forms.text.signers import Signer
from filings.forms.text.titles import is_title, split_title
from form_6k_excerpts import excerpt, plain

_CLAUSE = (
    "Pursuant to the requirements of the Securities Exchange Act of 1934, the registrant has duly caused this report to be "
    "signed on its behalf by the undersigned, thereunto duly authorized."
)


@pytest.mark.parametrize(
    ("text", "is_said"),
    [
        ("shall not be deemed “filed” for purposes of Section 18 of the Exchange Act", True),
        ("shall not be deemed to be filed for the purposes of Section 18", True),
        ("is furnished and not filed", True),
        ("This report is filed with the Commission.", False),
    ],
)
def test_4_10_furnished_not_filed(text: str, is_said: bool) -> None:
    running = excerpt(text)
    assert (furnished_not_filed(running.text) is not None) is is_said


def _rows(text: str) -> list[Incorporation]:
    running = excerpt(text)
    return incorporations(running, 0, len(running.lines))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "This Form 6-K shall be deemed to be incorporated by reference in the Registrant's Registration Statement on Form F-3 (Reg. No.333-05972), in the Registrant's Registration Statement on Form S-8 (Reg. No.333-8362)",
            [("F-3", "333-05972", "report"), ("S-8", "333-08362", "report")],
        ),
        (
            "This current report on Form 6-K is hereby incorporated by reference in the registration statements of BitFuFu Inc. on Form F-3 (No. 333-278207, No. 333-286356 and No.333-288554)",
            [("F-3", "333-278207", "report"), ("F-3", "333-286356", "report"), ("F-3", "333-288554", "report")],
        ),
        (
            "This Report is being filed to be incorporated by reference into Registration Statement No. 333-100251 on Form F-3, effective December 27, 2002, relating to Notes",
            [("F-3", "333-100251", "report")],
        ),
        (
            "This Form 6-K is incorporated by reference into the prospectus contained within our registration statement on Form F-3 as filed with the Commission on August 2, 2002 (SEC File No. 33-97663).",
            [("F-3", "033-97663", "report")],
        ),
        (
            "Exhibits 99.1 and 99.2 of this Form 6-K are hereby incorporated by reference into the Registration Statement on Form F-10 (File No. 333-254709)",
            [("F-10", "333-254709", "exhibits")],
        ),
        (
            "The contents of Exhibit 1 are incorporated by reference into the Form S-8 (File No. 333-110681)",
            [("S-8", "333-110681", "exhibits")],
        ),
        (
            "The IFRS financial information contained in the statements of Exhibit 99.1 is hereby incorporated by reference into the Registration Statements on Form S-8 (File No. 333-258731, File No. 333-277709)",
            [("S-8", "333-258731", "part"), ("S-8", "333-277709", "part")],
        ),
        (
            "This Form 6-K is hereby incorporated by reference into all effective registration statements filed by the Company under the Securities Act",
            [(None, None, "report")],
        ),
        (
            "This report is hereby incorporated by reference into our registration statement on Form F-3.",
            [("F-3", None, "report")],
        ),
        ("A copy is attached hereto as Exhibit 99.1 and is incorporated herein by reference.", []),
        (
            "the information shall not be deemed filed, nor shall it be deemed incorporated by reference in any filing under the Securities Act on Form F-3 (No. 333-278207)",
            [],
        ),
        ("The parties incorporate by this reference the registration statement on Form F-3", []),
    ],
)
def test_5_incorporation(text: str, expected: list[tuple[str | None, str | None, str]]) -> None:
    assert [(row.registration_form, row.number, row.scope) for row in _rows(text)] == expected


def test_5_what_else_the_sentence_says() -> None:
    deemed = _rows(
        "This report on Form 6-K shall be deemed to be incorporated by reference into the registration statement on Form S-8 (Registration Number: 333-205518) of Israel Chemicals Ltd. and to be a part thereof"
    )[0]
    assert (deemed.is_deemed, deemed.registrant_named) == (True, "Israel Chemicals Ltd.")
    filed = _rows(
        "This Form 6-K is incorporated by reference into the registration statement on Form F-3 as filed with the Commission on August 2, 2002 (SEC File No. 33-97663)."
    )[0]
    assert filed.filed_on == date(2002, 8, 2)
    effective = _rows(
        "This Report is incorporated by reference into Registration Statement No. 333-100251 on Form F-3, effective December 27, 2002"
    )[0]
    assert effective.effective_on == date(2002, 12, 27)
    exhibits = _rows(
        "Exhibits 99.1 and 99.2 of this Form 6-K are hereby incorporated by reference into the Registration Statement on Form F-10 (File No. 333-254709)"
    )[0]
    assert exhibits.exhibit_numbers == ["99.1", "99.2"]
    effective.href = "http://www.sec.gov/Archives/edgar/data/1921158/000121390025028397/ea0235716-f3_bitfufu.htm"
    assert effective.accession_number == "0001213900-25-028397"
    assert _rows("This Form 6-K is hereby incorporated by reference into all effective registration statements")[
        0
    ].is_blanket


@pytest.mark.parametrize(
    "text",
    [
        "EXHIBIT INDEX",
        "Exhibit Index",
        "Exhibit List",
        "List of Exhibits:",
        "Exhibits",
        "Exhibit",
        "Exhibit(s)",
        "Exhibit No. Description",
        "Exhibit Number Description of Exhibit",
    ],
)
def test_6_list_heading(text: str) -> None:
    assert is_exhibit_heading(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("EXHIBIT INDEX\nExhibit No. Description\n99.1\x1fPress Release", [("99.1", "Press Release")]),
        (
            "Exhibit 99.1\nCompany announcement dated February 3, 2025",
            [("99.1", "Company announcement dated February 3, 2025")],
        ),
        (
            "Exhibit Index\nExhibit 99.1 Press Release — BitFuFu Completes Business Combination",
            [("99.1", "Press Release — BitFuFu Completes Business Combination")],
        ),
        (
            "Exhibit\nDescription\n1.   Announcement on 2006/08/29: The Board meeting",
            [("1", "Announcement on 2006/08/29: The Board meeting")],
        ),
        ("Exhibit No. 1\x1fTotal Voting Rights dated 2 March 2009", [("1", "Total Voting Rights dated 2 March 2009")]),
        (
            "Exhibit 1 Press Release dated July 30, 2003 - Peace Arch",
            [("1", "Press Release dated July 30, 2003 - Peace Arch")],
        ),
        (
            "EXHIBIT INDEX\n101.INS\x1fInline XBRL Instance Document\n104\x1fCover Page Interactive Data File",
            [("101.INS", "Inline XBRL Instance Document"), ("104", "Cover Page Interactive Data File")],
        ),
        ("Exhibits\n99.1\x1fPress Release\x1f4", [("99.1", "Press Release")]),
        ("This report comprises a copy of the following press release:\n“Philips presents its plan”", []),
        ("voted on the following 3 proposals:\n1. To re-elect Mr. Mizrahy\n2. To approve the re-appointment", []),
        ("CONTENTS\n1. Introduction\x1f2\n2. Results\x1f3", []),
        ("Exhibit 99.1 of this Form 6-K is incorporated by reference", []),
    ],
)
def test_6_rows(text: str, expected: list[tuple[str, str]]) -> None:
    running = excerpt(text)
    found = exhibit_lists(running, 0, len(running.lines), 0)
    assert [(row.number, row.description) for each in found for row in each.rows] == expected


def test_6_numbered_lines_of_a_cover_are_exhibits() -> None:
    running = excerpt(
        "(Address of principal executive offices)\n1. News Release: November 27, 2002\nIndicate by check mark"
    )
    (found,) = exhibit_lists(running, 0, 3, 3)
    assert [(row.number, row.description) for row in found.rows] == [("1", "News Release: November 27, 2002")]


def _signers(text: str) -> list[Signer]:
    block = signature_block(excerpt(text))
    assert block is not None
    return block.signers


@pytest.mark.parametrize(
    ("text", "signature", "name", "title"),
    [
        ("X Ltd.\nBy:\x1f/s/ Leo Lu\nName: Leo Lu\nTitle: Director", "/s/ Leo Lu", "Leo Lu", "Director"),
        (
            "X Ltd.\nBy:/s/ Moshe Mizrahy\nMoshe Mizrahy\nFebruary 10, 2026\nChief Executive Officer",
            "/s/ Moshe Mizrahy",
            "Moshe Mizrahy",
            "Chief Executive Officer",
        ),
        (
            "X Ltd.\nBy: /S/ SAGI NIRI\nName:\nSagi Niri\nTitle:\nChief Financial Officer",
            "/S/ SAGI NIRI",
            "Sagi Niri",
            "Chief Financial Officer",
        ),
        (
            "X Ltd.\nBy:\nName: Leo Lu\nTitle: Chairman of the Board of Directors and\nChief Executive Officer",
            None,
            "Leo Lu",
            "Chairman of the Board of Directors and Chief Executive Officer",
        ),
        (
            "X N.V.\n/s/ M.J. van Ginneken\n(Chief Legal Officer)",
            "/s/ M.J. van Ginneken",
            "M.J. van Ginneken",
            "Chief Legal Officer",
        ),
        (
            "/s/ CSR LIMITED\n(Registrant)\nBy:\n/s/ LUKE KEIGHERY\n(Signature)*\nManager, Investor Services\nDate 11 April 2003",
            "/s/ LUKE KEIGHERY",
            "LUKE KEIGHERY",
            "Manager, Investor Services",
        ),
        (
            "Asia Pacific\nResources Ltd.: SEC File No. 0-26636\n(Registrant)\nBy:\n/s/ Peter Wong\nPeter Wong C.A.",
            "/s/ Peter Wong",
            "Peter Wong C.A.",
            None,
        ),
        (
            "NOVO NORDISK A/S\nLars Rebien Sørensen, President and Chief Executive Officer",
            None,
            "Lars Rebien Sørensen",
            "President and Chief Executive Officer",
        ),
        (
            "NOVO NORDISK A/S\nBy: Lars Rebien Sørensen, President and Chief Executive Officer",
            None,
            "Lars Rebien Sørensen",
            "President and Chief Executive Officer",
        ),
        (
            "X Inc.\nBy: ___\n/s/ Stefan T. Proniuk ____\nDate__March 3, 2003__",
            "/s/ Stefan T. Proniuk ____",
            "Stefan T. Proniuk",
            None,
        ),
    ],
)
def test_7_signer(text: str, signature: str | None, name: str | None, title: str | None) -> None:
    signers = _signers(f"SIGNATURES\n{_CLAUSE}\n{text}")
    (signer,) = signers
    assert (signer.signature, signer.name, signer.title) == (signature, name, title)
    assert signer.is_conformed is (None if signature is None else True)


@pytest.mark.parametrize(
    ("text", "registrant"),
    [
        ("GRUPO SIMEC, S.A.B. de C.V.\n(Registrant)\nBy: /s/ X Y", "GRUPO SIMEC, S.A.B. de C.V."),
        ("/s/ CSR LIMITED (Registrant)\nBy: /s/ X Y", "CSR LIMITED"),
        (
            "Asia Pacific\nResources Ltd.: SEC File No. 0-26636\n(Registrant)\nBy: /s/ X Y",
            "Asia Pacific Resources Ltd.",
        ),
        ("Date: May 1, 2003\nInMode Ltd.\nBy: /s/ X Y", "InMode Ltd."),
    ],
)
def test_7_registrant(text: str, registrant: str) -> None:
    assert _signers(f"{_CLAUSE}\n{text}")[0].registrant == registrant


def test_7_registrant_place_and_date_within_the_clause() -> None:
    named = _CLAUSE.replace("registrant has", "registrant Chunghwa Telecom Co., Ltd. has")
    assert _signers(f"{named}\nDate: 2006/09/11\nBy: /s/ H Wang")[0].registrant == "Chunghwa Telecom Co., Ltd."
    placed = _CLAUSE.replace("authorized.", "authorized at Amsterdam, on January 30, 2023.")
    (signer,) = _signers(f"{placed}\nKONINKLIJKE PHILIPS N.V.\n/s/ M.J. van Ginneken")
    assert (signer.place, signer.date_text, signer.day and signer.day.on) == (
        "Amsterdam",
        "January 30, 2023",
        date(2023, 1, 30),
    )
    assert signer.registrant == "KONINKLIJKE PHILIPS N.V."


def test_7_two_signers_with_a_date_each_and_one_date_for_both() -> None:
    own = _signers(
        f"{_CLAUSE}\nALCON INC.\nDate: February 13, 2023\x1fBy:\x1f/s/ David J. Endicott\nName: David J. Endicott\nTitle: Authorized Representative\nDate:\x1fFebruary 14, 2023\x1fBy:\x1f/s/ Timothy C. Stonesifer\nName: Timothy C. Stonesifer\nTitle: Authorized Representative"
    )
    assert [(signer.name, signer.date_text) for signer in own] == [
        ("David J. Endicott", "Date: February 13, 2023"),
        ("Timothy C. Stonesifer", "February 14, 2023"),
    ]
    one = _signers(f"{_CLAUSE}\nX Ltd.\nBy: /s/ A B\nName: A B\nBy: /s/ C D\nName: C D\nDated May 19, 2025")
    assert [signer.date_text for signer in one] == ["Dated May 19, 2025"] * 2


def test_7_two_columns_of_plain_text() -> None:
    running = plain(
        f"{_CLAUSE}\n\nDate: 01 July 2004                 COLT Telecom Group plc\n\n                 By: ___Mark A. Jenkins___\n\n                 Mark A. Jenkins\n                 Company Secretary"
    )
    block = signature_block(running)
    assert block is not None
    (signer,) = block.signers
    assert (signer.registrant, signer.signature, signer.name, signer.title) == (
        "COLT Telecom Group plc",
        "___Mark A. Jenkins___",
        "Mark A. Jenkins",
        "Company Secretary",
    )
    assert (signer.date_text, signer.is_conformed) == ("Date: 01 July 2004", False)


def test_7_the_last_clause_signs_and_a_contents_table_does_not() -> None:
    assert signature_block(excerpt("CONTENTS\nSIGNATURES\x1f5\nBy: / Name: / Title:")) is None
    running = excerpt(
        f"SIGNATURES\x1f5\nText.\nSIGNATURE\n{_CLAUSE}\nX Ltd.\nBy: /s/ A B\nExhibit Index\n99.1\x1fBy someone"
    )
    block = signature_block(running)
    assert block is not None
    assert (block.first, block.last, block.has_heading) == (2, 6, True)


def test_7_dates_that_cannot_be_read() -> None:
    (signer,) = _signers(f"{_CLAUSE}\nX Ltd.\nBy: /s/ A B\nDate: 03/04/2005")
    assert signer.day is not None
    assert signer.day.is_ambiguous
    (signer,) = _signers(f"{_CLAUSE}\nX Ltd.\nBy: /s/ A B\nDate: the Ides of March")
    assert (signer.date_text, signer.day) == ("Date: the Ides of March", None)


@pytest.mark.parametrize(
    "text",
    ["Chief Executive Officer", "Company Secretary", "Authorized Representative", "Head of Corporate Communications"],
)
def test_7_titles(text: str) -> None:
    assert is_title(text)
    assert split_title(f"Jane Doe, {text}") == ("Jane Doe", text)
    assert split_title("Peter Wong C.A.") == ("Peter Wong C.A.", None)


def _release(
    running: Running, registrant: str | None = None
) -> tuple[str | None, str | None, str | None, date | None] | None:
    found = release(running, range(len(running.lines)), registrant)
    if found is None:
        return None

    def held(place: tuple[int, int] | None) -> str | None:
        return running.filed(*place) if place else None

    return held(found.headline), held(found.date_line), held(found.place), found.on


def test_8_release() -> None:
    assert _release(
        plain("1 July 2004\n\n   TRADING UPDATE FROM COLT TELECOM GROUP PLC\n\nCOLT Telecom Group plc (COLT) said.\n")
    ) == ("TRADING UPDATE FROM COLT TELECOM GROUP PLC", "1 July 2004", None, date(2004, 7, 1))
    assert _release(
        excerpt("July 30, 2003\nFOR IMMEDIATE RELEASE\nPEACE ARCH ENTERTAINMENT GROUP ANNOUNCES THIRD QUARTER EARNINGS")
    ) == ("PEACE ARCH ENTERTAINMENT GROUP ANNOUNCES THIRD QUARTER EARNINGS", "July 30, 2003", None, date(2003, 7, 30))
    assert _release(
        excerpt(
            "3Q19 Production and Sales Highlights\nRio de Janeiro, October 17, 2019 – We posted a solid performance"
        )
    ) == ("3Q19 Production and Sales Highlights", None, "Rio de Janeiro", date(2019, 10, 17))
    mtfg = "Mitsubishi Tokyo Financial Group, Inc."
    assert _release(
        excerpt(f"{mtfg}\nLiquidation of Tokyo-Mitsubishi Futures (USA), Inc.\nTokyo, July 1, 2005 — {mtfg}"), mtfg
    ) == ("Liquidation of Tokyo-Mitsubishi Futures (USA), Inc.", None, "Tokyo", date(2005, 7, 1))
    assert _release(excerpt("contains a news release issued on November 9, 2006.\n9 November 2006")) == (
        None,
        "9 November 2006",
        None,
        date(2006, 11, 9),
    )
    assert _release(excerpt("On November 5, 2025, InMode Ltd. announced its results.")) is None
    assert _release(excerpt("")) is None


def test_8_contacts() -> None:
    running = plain(
        "CONTACT\n\nJohn Doherty\nDirector Corporate Communications\nTel: +44 (0) 20 7390 3681\n\nGill Maclean\nHead of Corporate Communications\nTel: +44 (0) 20 7863 5314\n\n  SIGNATURES\n\nPursuant"
    )
    found = contacts(running, 0, len(running.lines), range(0))
    assert [(each.kind, each.name, each.title, each.phone) for each in found] == [
        ("press", "John Doherty", "Director Corporate Communications", "+44 (0) 20 7390 3681"),
        ("press", "Gill Maclean", "Head of Corporate Communications", "+44 (0) 20 7863 5314"),
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "Investors:\nJeff Ervin\njeffervin@daydaycook.com",
            [("investor", "Jeff Ervin", None, None, "jeffervin@daydaycook.com")],
        ),
        (
            "Media Contact:\nDDC Investor Relations & Media Relations:\nYujia Zhai | ddc@orangegroupadvisors.com\nDDC Enterprise Press Inquiries: pr@ddc.xyz",
            [
                ("investor", "Yujia Zhai", None, None, "ddc@orangegroupadvisors.com"),
                ("media", None, "DDC Enterprise Press Inquiries", None, "pr@ddc.xyz"),
            ],
        ),
        (
            "For additional information, please contact:\nBen Zwirs\nPhilips Global Press Office\nTel.: +31 6 15213446\nE-mail: ben.zwirs@philips.com\nDerya Guzel\nPhilips Investor Relations\nTel.: +31 20 59 77055",
            [
                ("press", "Ben Zwirs", "Philips Global Press Office", "+31 6 15213446", "ben.zwirs@philips.com"),
                ("investor", "Derya Guzel", "Philips Investor Relations", "+31 20 59 77055", None),
            ],
        ),
        (
            "Contact:\nInvestors and analysts\nFran Butera (US)\x1f+1 914 484 1198\nMedia\nRichard Oldworth,\x1f+44 20 7466 5000\nBuchanan Communications\x1f+44 7710 130 634",
            [
                ("investor", "Fran Butera", None, "+1 914 484 1198", None),
                ("media", "Richard Oldworth", "Buchanan Communications", "+44 20 7466 5000", None),
            ],
        ),
        (
            "Contact: Jane Doe, Investor Relations, +1 212 555 0100",
            [("investor", "Jane Doe", None, "+1 212 555 0100", None)],
        ),
        (
            "Contacts\nMedia: Liv Grondahl, Head of Communications\nTel: +47 77 55 01 33\nInvestors: Petter Aune, Vice President\nTel: +47 77 55 01 34",
            [
                ("media", "Liv Grondahl", None, "+47 77 55 01 33", None),
                ("investor", "Petter Aune", None, "+47 77 55 01 34", None),
            ],
        ),
        ("Contact:\nAbout Royal Philips\nJohn Smith\nTel: +31 20 59 77055", []),
        ("If to the Company, to its office:\nNorma Ka Yin Chu\nEmail: norma@ddc.xyz", []),
    ],
)
def test_8_contact_shapes(
    text: str, expected: list[tuple[str, str | None, str | None, str | None, str | None]]
) -> None:
    running = excerpt(text)
    found = contacts(running, 0, len(running.lines), range(0))
    assert [(each.kind, each.name, each.organisation, each.phone, each.email) for each in found] == expected


@pytest.mark.parametrize(
    "text",
    [
        "Explanatory Note",
        "Legal Proceedings",
        "Incorporation by Reference",
        "Exhibit Index",
        "SIGNATURES",
        "Forward-Looking Statements",
        "Safe Harbor Statements",
        "Contacts",
        "About Royal Philips",
    ],
)
def test_9_known_headings(text: str) -> None:
    assert is_known_heading(text)


def test_9_headings_of_plain_text() -> None:
    running = plain(
        "Body text here, ends so.\n\nSECOND QUARTER RESULTS\n\nCOLT's results will be published on\n21 July.\n\nTWO LINES OF\nONE HEADING\n\nMore of it.\n\n1 July 2004\n\nNot a heading, ends with a stop.\n"
    )
    assert [heading.text for heading in headings(running, 0, len(running.lines))] == [
        "SECOND QUARTER RESULTS",
        "TWO LINES OF ONE HEADING",
    ]
