"""The rules of the 6-K's cover, each with the examples that its page quotes (form-6k-cover.md 3 and 4)."""

from __future__ import annotations

from datetime import date

import pytest

from filings.forms.form_6k import questions, title
from filings.forms.form_6k.cover import Cover, read_cover
from filings.forms.form_6k.file_numbers import commission_file_numbers, number_behind_82
from filings.forms.form_6k.marks import read_answer
from filings.forms.form_6k.period import period, report_number
from filings.forms.text.companies import Name
from filings.forms.text.days import find_day
from filings.forms.text.running import Running
from form_6k_excerpts import excerpt, plain

_TOP = "FORM 6-K\nREPORT OF FOREIGN PRIVATE ISSUER\nPURSUANT TO RULE 13a-16 OR 15d-16 OF\nTHE SECURITIES EXCHANGE ACT OF 1934\n"
_ASKED = "Indicate by check mark whether the registrant files or will file annual reports under cover of Form 20-F or Form 40-F."
_TWELVE_G = (
    "Indicate by check mark whether the registrant by furnishing the information contained in this Form is also thereby "
    "furnishing the information to the Commission pursuant to Rule 12g3-2(b) under the Securities Exchange Act of 1934.\n"
)
_IF_YES = (
    'If "Yes" is marked, indicate below the file number assigned to the registrant in connection with Rule 12g3-2(b):'
)


def _cover(text: str, header: tuple[str, ...] = (), signer: str | None = None) -> Cover:
    running = excerpt(text)
    return read_cover(running, b"", header, Name(signer, 0, 0) if signer else None, None)


def _values(text: str, header: tuple[str, ...] = (), signer: str | None = None) -> dict[str, object]:
    return {column: value.value for column, value in _cover(text, header, signer).values.items()}


def _codes(text: str) -> list[str]:
    return [noted.code for noted in _cover(text).issues]


@pytest.mark.parametrize(
    ("text", "filed"),
    [
        ("FORM 6-K", "FORM 6-K"),
        ("Form 6-K", "Form 6-K"),
        ("FORM\n6-K", "FORM 6-K"),
        ("FORM 6 - K", "FORM 6 - K"),
        ("FORM 6-K/A", "FORM 6-K/A"),
        ("Further to its Report on\nForm 6-K, dated April 3, 2025, the Company announces", None),
    ],
)
def test_4_1_form_name(text: str, filed: str | None) -> None:
    running = excerpt(text)
    found = title.form_name(running, len(running.text))
    assert (running.filed(found.start, found.end) if found else None) == filed


@pytest.mark.parametrize(
    ("text", "is_it"), [("\n\n  FORM 6-K\n", True), ("\n" * 3 + "x\n" * 45 + "FORM 6-K", False), ("", False)]
)
def test_3_form_of_bare(text: str, is_it: bool) -> None:
    assert (title.form_of_bare(plain(text)) is not None) is is_it


def test_4_1_amends_report_on() -> None:
    note = "EXPLANATORY NOTE\nThe Company is furnishing this Form 6-K/A is amend its report furnished on March 27, 2013 announcing"
    assert title.amended_report(note, 0, len(note)) == date(2013, 3, 27)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("FORM 6-K\nReport of Foreign Issuer\nPursuant to Rule 13a-16", "Report of Foreign Issuer"),
        ("REPORT OF FOREIGN PRIVATE ISSUER PURSUANT TO RULE 13a-16", "REPORT OF FOREIGN PRIVATE ISSUER"),
        ("REPORT OF ISSUER PURSUANT TO SECTION 13a-16 OR 15d-16", "REPORT OF ISSUER"),
        ("Pursuant to Rule 13a-16: this is a report of an issuer", None),
    ],
)
def test_4_2_cover_title(text: str, found: str | None) -> None:
    place = title.cover_title(text, 0, len(text))
    assert (text[slice(*place)] if place else None) == found


@pytest.mark.parametrize(
    ("text", "is_garbled"),
    [
        ("RULE 13a-16 OR 15d-16", False),
        ("Section 13a-16 15d-16", False),
        ("RULE 13a-16 AND 15d-16", False),
        ("RULE 13a-16 OR\n15d-\n16", False),
        ("RULE 13In a-16 OR 15d-16", True),
        ("RULE 13-16 or 15d-16", True),
    ],
)
def test_4_2_rule_citation(text: str, is_garbled: bool) -> None:
    found = title.rule_citation(text, len(text))
    assert found is not None
    assert found.is_garbled is is_garbled
    assert found.end == len(text)


@pytest.mark.parametrize(
    ("text", "kind", "first", "last"),
    [
        ("For the month of July, 2004", "month", date(2004, 7, 1), date(2004, 7, 31)),
        ("For the Month of October 2003", "month", date(2003, 10, 1), date(2003, 10, 31)),
        ("For the month of November 2023.", "month", date(2023, 11, 1), date(2023, 11, 30)),
        ("For the month of, August 2006", "month", date(2006, 8, 1), date(2006, 8, 31)),
        ("For the Month Ended\nMay 2001", "month", date(2001, 5, 1), date(2001, 5, 31)),
        ("For the month of Jul-03", "month", date(2003, 7, 1), date(2003, 7, 31)),
        ("For the\nmonth of\x1fMarch\x1f,\n2007.", "month", date(2007, 3, 1), date(2007, 3, 31)),
        ("For the month of ____March____, 2003", "month", date(2003, 3, 1), date(2003, 3, 31)),
        ("April, 2009", "month", date(2009, 4, 1), date(2009, 4, 30)),
        ("For the months of July and August 2004", "months", date(2004, 7, 1), date(2004, 8, 31)),
        ("July - August 2004", "months", date(2004, 7, 1), date(2004, 8, 31)),
        ("Dated November 13, 2006", "date", date(2006, 11, 13), date(2006, 11, 13)),
        ("Dated: August 13, 2009", "date", date(2009, 8, 13), date(2009, 8, 13)),
        ("Dated Sep 11, 2006", "date", date(2006, 9, 11), date(2006, 9, 11)),
        ("Date of Report: December 10, 2002", "date", date(2002, 12, 10), date(2002, 12, 10)),
        ("Date: November 19, 2008", "date", date(2008, 11, 19), date(2008, 11, 19)),
        ("25 March 2003", "date", date(2003, 3, 25), date(2003, 3, 25)),
        ("February 13, 2023", "date", date(2023, 2, 13), date(2023, 2, 13)),
        ("For the month of April 4, 2007", "date", date(2007, 4, 4), date(2007, 4, 4)),
        ("For the Quarter Ended June 30, 2020", "period_ended", None, date(2020, 6, 30)),
        ("1 – 31 July 2006", "date_range", date(2006, 7, 1), date(2006, 7, 31)),
        ("For the month of __________, 20__", "none", None, None),
    ],
)
def test_4_3_period(text: str, kind: str, first: date | None, last: date | None) -> None:
    unruled = text.replace("_", " ")
    found = period(unruled, 0, len(unruled))
    assert found is not None
    assert (found.kind, found.first, found.last) == (kind, first, last)
    assert (found.start, found.end) == (0, len(text)) or found.is_unparsed
    assert found.has_day_in_month is (text == "For the month of April 4, 2007")


@pytest.mark.parametrize(
    "text", ["MARCH, CAMBRIDGESHIRE, PE15 8QQ", "The board met in May 2003 at its offices", "463-711", ""]
)
def test_4_3_no_period(text: str) -> None:
    assert period(text, 0, len(text)) is None


def test_4_3_report_number() -> None:
    text = "For the month of April 2005\n(Report No. 5)"
    found = report_number(text, 27, len(text))
    assert found is not None
    assert (found.number, text[found.start : found.end].strip()) == ("5", "(Report No. 5)")


@pytest.mark.parametrize(
    ("text", "filed", "canonical"),
    [
        ("Commission File Number 1-15106", "1-15106", "001-15106"),
        ("Commission\nfile number: 001-41972", "001-41972", "001-41972"),
        ("SEC File No. 0-29742", "0-29742", "000-29742"),
        ("1934 Act Registration No. 1-31731", "1-31731", "001-31731"),
        ("1934 Act File No. 333-8880", "333-8880", "333-08880"),
        ("Commission File No.\x1f2-94004", "2-94004", "002-94004"),
        ("Commission File Number _______0-26104______", "0-26104", "000-26104"),
        ("001-33098\n(Commission File Number)", "001-33098", "001-33098"),
    ],
)
def test_4_4_file_number(text: str, filed: str, canonical: str) -> None:
    unruled = text.replace("_", " ")
    found = commission_file_numbers(unruled, 0, len(text))
    assert [(text[each.start : each.end], each.canonical) for each in found] == [(filed, canonical)]


@pytest.mark.parametrize(
    "text",
    [
        "463-711",
        "20031-912 - Rio de Janeiro, RJ",
        "Registration No. 333-110681",
        "the prospectus within our registration statement on Form F-3 (SEC File No. 33-97663)",
        "Telephone (403) 262-1838",
    ],
)
def test_4_4_no_file_number(text: str) -> None:
    assert commission_file_numbers(text, 0, len(text)) == []


def test_4_4_several_numbers_and_the_one_behind_82() -> None:
    text = "Commission File Numbers 001-09246 and 001-10257"
    assert [each.canonical for each in commission_file_numbers(text, 0, len(text))] == ["001-09246", "001-10257"]
    behind = number_behind_82(" (0-26636)", 0, 10)
    assert behind is not None
    assert behind.canonical == "000-26636"


@pytest.mark.parametrize(
    ("block", "name", "source", "translation"),
    [
        (
            "CEMEX, S.A. de C.V.\n(Exact name of Registrant as specified in its charter)\nCEMEX Corp.\n(Translation of Registrant's name into English)",
            "CEMEX, S.A. de C.V.",
            "caption",
            "CEMEX Corp.",
        ),
        (
            "X AG\n(Name of Registrant)\nNot applicable\n(Translation of registrant's name into English)",
            "X AG",
            "caption",
            None,
        ),
        ("ALCON INC.\n(Registrant Name)", "ALCON INC.", "caption", None),
        ("ASIA\nPACIFIC RESOURCES LTD.\n(Name of Registrant)", "ASIA PACIFIC RESOURCES LTD.", "caption", None),
        ("Diageo plc\n(Translation of registrant’s name into English)", "Diageo plc", "caption", None),
        (
            "Bayer Aktiengesellschaft\nBayer Corporation*\n(Translation of registrant's name into English)\n*\n* Bayer Corporation is also",
            "Bayer Aktiengesellschaft",
            "caption",
            "Bayer Corporation",
        ),
        (
            "______TESMA INTERNATIONAL\nINC.______\n(Translation of Registrant's name into English)",
            "TESMA INTERNATIONAL INC.",
            "caption",
            None,
        ),
        (
            "BitFuFu Inc.\n111 North Bridge Road\n(Address of principal executive office)",
            "BitFuFu Inc.",
            "position",
            None,
        ),
    ],
)
def test_4_5_registrant(block: str, name: str, source: str, translation: str | None) -> None:
    values = _values(f"{_TOP}For the month of May 2024\n{block}\n{_ASKED}\nForm 20-F X Form 40-F")
    assert values["registrant_name"] == name
    assert values["registrant_name_source"] == source
    assert values.get("name_translation") == translation


def test_4_5_translation_above_and_name_below_or_in_the_signature() -> None:
    cover = f"{_TOP}For the month of March 2007\nMexican Satellites, Inc.\n(Translation of Registrant's Name Into English)\n"
    below = _values(
        f"{cover}Satélites Mexicanos, S.A. de C.V.\nRodolfo Gaona 81\n(Address)\n{_ASKED}",
        ("SATELITES MEXICANOS SA DE CV",),
        "Satélites Mexicanos, S.A. de C.V.",
    )
    assert (below["registrant_name"], below["registrant_name_source"]) == (
        "Satélites Mexicanos, S.A. de C.V.",
        "after_translation",
    )
    assert below["name_translation"] == "Mexican Satellites, Inc."
    signed = _values(
        f"{cover}Av. Lazaro 601\n(Address of principal executive office)\n{_ASKED}", (), "GRUPO SIMEC, S.A.B. de C.V."
    )
    assert (signed["registrant_name"], signed["registrant_name_source"]) == ("GRUPO SIMEC, S.A.B. de C.V.", "signature")
    assert signed["name_translation"] == "Mexican Satellites, Inc."


def test_4_5_names_of_registrants_jurisdiction_and_former_name() -> None:
    values = _values(
        f"{_TOP}April, 2009\nBarclays PLC and\nBarclays Bank PLC\n(Names of Registrants)\n(Formerly Barclays Limited)\n"
        f"England\n(Jurisdiction of incorporation or organization)\n1 Churchill Place\n(Address of Principal Executive Offices)\n{_ASKED}"
    )
    assert values["registrant_name"] == "Barclays PLC and Barclays Bank PLC"
    assert values["registrant_count"] == 2
    assert values["jurisdiction"] == "England"
    assert values["former_name"] == "Barclays Limited"
    assert values["address_lines"] == ["1 Churchill Place"]


@pytest.mark.parametrize(
    ("lines", "address", "phone"),
    [
        (
            "VODAFONE HOUSE, NEWBURY, RG14 2FN, ENGLAND (Address of principal executive offices)",
            ["VODAFONE HOUSE, NEWBURY, RG14 2FN, ENGLAND"],
            None,
        ),
        (
            "Tel Aviv, 61202 Israel\n(972-3) 684-4400\n(Address of principal executive office)",
            ["Tel Aviv, 61202 Israel", "(972-3) 684-4400"],
            "(972-3) 684-4400",
        ),
        (
            "New York, NY 10001\n+ 852-2803-0688\n(Address of principal executive office)",
            ["New York, NY 10001"],
            "+ 852-2803-0688",
        ),
        (
            "CALGARY, ALBERTA\n(Address of Principal Executive Offices)\nTelephone (403) 262-1838",
            ["CALGARY, ALBERTA"],
            "(403) 262-1838",
        ),
        (
            "Kyunggi-do\n463-711\nKorea\n_______________\n(Address of principal executive offices)",
            ["Kyunggi-do", "463-711", "Korea"],
            None,
        ),
        ("Novo Allé\nDK-2880 Bagsvaerd", ["Novo Allé", "DK-2880 Bagsvaerd"], None),
    ],
)
def test_4_6_address(lines: str, address: list[str], phone: str | None) -> None:
    values = _values(
        f"{_TOP}May 2001\nX LTD.\n(Exact name of registrant as specified in its charter)\n{lines}\n{_ASKED}\nForm 20-F x Form 40-F o"
    )
    assert values["address_lines"] == address
    assert values.get("phone") == phone


@pytest.mark.parametrize(
    ("answer", "ticked"),
    [
        ("Form 20-F..X...    Form 40-F.....", {"20-F"}),
        ("Form 20-F ☒ Form 40-F ☐", {"20-F"}),
        ("Form 20-F ☐ Form 40-F ☐", set()),
        ("Form 20-F ⌧ Form 40-F ☐", {"20-F"}),
        ("Form 20-F ⊠ Form 40-F □", {"20-F"}),
        ("Form 20-F   |X|       Form 40-F ___", {"20-F"}),
        ("Form 20-F ___X___ Form 40-F _______", {"20-F"}),
        ("Form 20-F xxx Form 40-F ______", {"20-F"}),
        ("FORM 20-F\x1f[ X ]\x1fForm 40-F\x1f[ ]", {"20-F"}),
        ("Form 20-F\x1f[\x1f]\x1fForm 40-F\x1f[ x ]", {"40-F"}),
        ("Form 20-F Form 40-F X", {"40-F"}),
        ("Form 20-F X Form 40-F", {"20-F"}),
        ("☒  Form 20-F            ☐  Form 40-F", {"20-F"}),
        ("☐ Form 20-F ☒ Form 40-F", {"40-F"}),
        ("Form 20-F\nü\nForm 40-F", {"20-F"}),
        ("Form 20-F ý Form 40-F o", {"20-F"}),
        ("Form 20-F x Form 40-F ¨", {"20-F"}),
        ("Form 20-F /X/ Form 40-F / /", {"20-F"}),
        ("Form 20-F Yes Form 40-F No", {"20-F"}),
        ("Form 20-F X Form 40-F X", {"20-F", "40-F"}),
        ("Form 20-F\nX Form 40-F", {"40-F"}),
        ("Form 20-F X Form 40-F\nEXHIBIT INDEX", {"20-F"}),
        ("Form 20F x Form 40F o", {"20-F"}),
    ],
)
def test_4_7_answer(answer: str, ticked: set[str]) -> None:
    assert read_answer(answer, 0, ("20-F", "40-F")).ticked == ticked


def test_4_7_question_is_no_answer_and_may_break_anywhere() -> None:
    wrapped = f"{_ASKED[:-10]}\nForm 40-F. Form 20-F xxx Form 40-F ______"
    found = questions.annual_report_form(wrapped, len(wrapped))
    assert found is not None
    assert found.answer.ticked == {"20-F"}
    assert questions.annual_report_form("Form 20-F X Form 40-F", 21) is None


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        ("Form 20-F ☐ Form 40-F ☐", "annual_report_form_unmarked"),
        ("Form 20-F x Form 40-F x", "annual_report_form_both"),
    ],
)
def test_4_7_issue(answer: str, code: str) -> None:
    text = f"{_TOP}May 2001\nX LTD.\n(Name of registrant)\nA street\n{_ASKED}\n{answer}"
    assert code in _codes(text)
    assert "annual_report_form" not in _values(text)


def test_4_7_mark_that_is_no_text() -> None:
    assert questions.is_drawn(b'Form 20-F <img src="box.gif"> Form 40-F')
    assert questions.is_drawn(b"<u>Form 20-F</u> Form 40-F")
    assert not questions.is_drawn(b"Form 20-F <u>&nbsp;&nbsp;</u> Form 40-F")


@pytest.mark.parametrize(
    ("answer", "value"),
    [
        (": ☐", False),
        (" ☒", True),
        ("o", False),
        (" [  ].", False),
        (": ____", False),
        (".\nNote: Regulation S-T Rule 101(b)(1) only permits", False),
        ("\nYes o No þ", False),
        ("\nYes x No o", True),
        ("\n\nYes\n\nNo\n", None),
        (": N/A", None),
    ],
)
def test_4_8_paper(answer: str, value: bool | None) -> None:
    text = f"Indicate by check mark if the registrant is submitting the Form 6-K in paper as permitted by Regulation S-T Rule 101 (b)(1){answer}"
    (which, found), *more = questions.paper(text, len(text))
    assert which == "1"
    assert not more
    assert questions.paper_value(found.answer) is value


@pytest.mark.parametrize(
    ("answer", "value", "code"),
    [
        ("Yes .....    No ..X...", False, None),
        ("Yes __     No  X", False, None),
        ("Yes ____No   |X|", False, None),
        ("Yes _______ No___X____", False, None),
        ("Yes ☐ No ☒", False, None),
        ("YES\x1f[ ]\x1fNO\x1f[ X ]", False, None),
        ("Yes X No", True, None),
        ("Yes No", None, "twelve_g_unanswered"),
        ("Yes x No x", None, "twelve_g_both"),
    ],
)
def test_4_9_twelve_g(answer: str, value: bool | None, code: str | None) -> None:
    text = f"{_TOP}May 2001\nX LTD.\n(Name of registrant)\nA street\n{_TWELVE_G}{answer}"
    assert _values(text).get("is_12g3_2b") is value
    assert [each for each in _codes(text) if each.startswith("twelve")] == ([code] if code else [])


@pytest.mark.parametrize(
    "text",
    [
        "hereby furnishing the information to the Commission pursuant to Rule 12g3-2(b)",
        "thereby furnishing the information to the Commission pursuant to Rule 12g-32(b)",
    ],
)
def test_4_9_other_words(text: str) -> None:
    asked = f"Indicate by check mark whether the registrant by furnishing the information is also {text}. Yes No X"
    found = questions.twelve_g(asked, len(asked))
    assert found is not None
    assert found.answer.ticked == {"no"}


@pytest.mark.parametrize(
    ("answer", "filed", "number"),
    [
        (" 82- ________)", "82- ________", None),
        (" 82-", "82-", None),
        (":82", "82", None),
        (" 82: ", "82:", None),
        (" 82- N/A", "82- N/A", None),
        (" N/A", "N/A", None),
        (" Not applicable )", "Not applicable", None),
        ("\n\nN/A", "N/A", None),
        (" 82-565 (0-26636)", "82-565", "082-00565"),
        ("\n82-34567", "82-34567", "082-34567"),
        ("", "", None),
        (" 82-\n2", "82-", None),
    ],
)
def test_4_9_number_82(answer: str, filed: str, number: str | None) -> None:
    text = _IF_YES + answer
    found = questions.number_82(text, len(text))
    assert found is not None
    assert (text[found.start : found.end].strip(), found.number) == (filed, number)


def test_4_9_number_without_yes() -> None:
    text = f"{_TOP}May 2001\nX LTD.\n(Name of registrant)\nA street\n{_TWELVE_G}Yes No X\n{_IF_YES} 82-565"
    assert "number_82_without_yes" in _codes(text)


def test_3_6_cover_end() -> None:
    def first_of_body(text: str) -> str:
        running: Running = excerpt(text)
        return running.lines[read_cover(running, b"", (), None, None).end_line].text

    block = f"{_TOP}May 2001\nX LTD.\n(Name of registrant)\nA street\n(Address of principal executive offices)"
    assert first_of_body(f"{block}\n{_ASKED}\nForm 20-F X Form 40-F\nBody text.") == "Body text."
    assert (
        first_of_body(f"{block}\n{_ASKED}\nForm 20-F X Form 40-F\n{_TWELVE_G}Yes No X\n{_IF_YES} 82-\nBody text.")
        == "Body text."
    )
    assert first_of_body(f"{block}\nBody text.") == "Body text."
    notices = "Name and address of person authorized to receive notices and communications from the Securities and Exchange Commission:"
    assert (
        first_of_body(
            f"{block}\n{_ASKED}\nForm 20-F X Form 40-F\n{notices}\nM.J. van Ginneken\nKoninklijke Philips N.V.\nThis report comprises a copy of:"
        )
        == "This report comprises a copy of:"
    )
    assert "cover_end_unknown" in _codes("\n".join(f"word {number}" for number in range(80)))


@pytest.mark.parametrize(
    ("text", "on"),
    [
        ("Date: 01 July 2004", date(2004, 7, 1)),
        ("Date 11 August 2006", date(2006, 8, 11)),
        ("Date: January 6. 2026", date(2026, 1, 6)),
        ("Date: 2006/09/11", date(2006, 9, 11)),
        ("August 3rd, 2006", date(2006, 8, 3)),
        ("this 5th day of May, 2005", date(2005, 5, 5)),
        ("25/03/2005", date(2005, 3, 25)),
        ("03/25/2005", date(2005, 3, 25)),
        ("03/04/2005", None),
        ("February 30, 2005", None),
    ],
)
def test_7_days(text: str, on: date | None) -> None:
    found = find_day(text)
    assert found is not None
    assert found.on == on
    assert found.is_ambiguous is (text == "03/04/2005")
