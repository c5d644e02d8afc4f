"""Rows of the header tables from real snippets (edgar.md B.2, C, H; tables.md 6.1)."""

from __future__ import annotations

import pytest

from filings.parse.header_rows import TABLES, HeaderReading, read
from filings.schema.codes import Issue

PLAIN = b"""<ACCEPTANCE-DATETIME>20240516153610
<PRIVATE-TO-PUBLIC>
ACCESSION NUMBER:\t\t0000000000-24-005673
CONFORMED SUBMISSION TYPE:\tUPLOAD
PUBLIC DOCUMENT COUNT:\t\t2
FILED AS OF DATE:\t\t20240516
"""


def party(lines: bytes) -> bytes:
    return b"FILER:\n\n\tCOMPANY DATA:\t\n" + lines


def issues(reading: HeaderReading) -> list[tuple[str, str | None, str | None, int | None, str | None]]:
    return [(issue.code, issue.table, issue.column, issue.position, issue.text) for issue in reading.issues]


def test_the_submission() -> None:
    reading = read(PLAIN)
    assert reading.rows["filing"] == [
        {
            "accepted_at_eastern": "20240516153610",
            "accession_number": "0000000000-24-005673",
            "form_type": "UPLOAD",
            "document_count_stated": "2",
            "filed_on": "20240516",
            "is_private_to_public": True,
            "is_confirming_copy": False,
            "is_paper": False,
            "is_correction": False,
            "is_deletion": False,
        }
    ]
    assert (reading.accession, reading.form_type, reading.dialect) == ("0000000000-24-005673", "UPLOAD", "text")
    assert {table: len(rows) for table, rows in reading.rows.items()} == {
        table: int(table == "filing") for table in TABLES
    }
    assert reading.issues == []


def test_nothing_at_all() -> None:
    reading = read(b"")
    assert (reading.accession, reading.form_type, reading.issues) == (None, None, [])
    assert reading.rows["filing"][0]["is_paper"] is False


def test_a_form_type_is_upper_case_with_single_blanks() -> None:
    assert read(b"<TYPE>sc  to-t/A \n").form_type == "SC TO-T/A"
    assert read(b"<TYPE>sc  to-t/A \n").rows["filing"][0]["form_type"] == "SC TO-T/A"


def test_the_accession_is_the_first_and_the_others_are_of_other_filings() -> None:
    """0001193125-19-278752: a reader in which the last one wins loads the filing under a foreign key."""
    reading = read(
        b"ACCESSION NUMBER:\t\t0001193125-19-278752\n<MULTI-ACCESSION-NUMBERS>\n"
        b"ACCESSION NUMBER:\t\t0001145549-19-040797\nACCESSION NUMBER:\t\t0001145549-19-040798\n"
        b"</MULTI-ACCESSION-NUMBERS>\n"
    )
    assert reading.accession == "0001193125-19-278752"
    assert reading.rows["filing_reference"] == [
        {"position": 1, "kind": "other_accession", "accession_number": "0001145549-19-040797"},
        {"position": 2, "kind": "other_accession", "accession_number": "0001145549-19-040798"},
    ]
    assert reading.issues == [] and reading.rows["header_extra"] == []


def test_a_second_accession_of_the_filing_itself_is_an_issue() -> None:
    reading = read(b"<ACCESSION-NUMBER>0001193125-19-278752\n<ACCESSION-NUMBER>0001145549-19-040797\n")
    assert reading.accession == "0001193125-19-278752"
    assert reading.rows["header_extra"] == [
        {"position": 1, "level": 0, "label": "ACCESSION-NUMBER", "value": "0001145549-19-040797"}
    ]
    assert issues(reading) == [
        ("header_value_repeated", "filing", "accession_number", None, "0001145549-19-040797"),
    ]


def test_a_letter_names_the_filing_it_is_about() -> None:
    reading = read(
        PLAIN + b"FILED FOR:\t\t\n\n\tCOMPANY DATA:\t\n\t\tCENTRAL INDEX KEY:\t\t\t0000320193\n"
        b"PUBLIC REFERENCE ACCESSION NUMBER:\t\t0000320193-23-000106\n"
    )
    assert reading.rows["filing_reference"] == [
        {"position": 1, "kind": "public_reference", "accession_number": "0000320193-23-000106"}
    ]
    assert reading.rows["filing_party"][0]["role"] == "filed_for"


def test_file_numbers_of_rules_429_and_462b() -> None:
    reading = read(b"<REFERENCES-429>33-88960\n<REFERENCES-429>333-1\n<REFERENCE-462B>333-268718-01\n")
    rows = reading.rows["filing_reference"]
    assert [(row["kind"], row["file_number_as_filed"], row["file_number"]) for row in rows] == [
        ("rule_429", "33-88960", "033-88960"),
        ("rule_429", "333-1", "333-00001"),
        ("rule_462b", "333-268718-01", "333-268718-01"),
    ]


def test_exchanges_are_a_list() -> None:
    assert read(b"SROS:\t\t\tNASD\nSROS:\t\t\tNYSE\nSROS:\n").rows["filing"][0]["exchanges_stated"] == ["NASD", "NYSE"]


@pytest.mark.parametrize(
    ("line", "column"),
    [
        (b"CONFIRMING COPY:\t\n", "is_confirming_copy"),
        (b"<CONFIRMING-COPY>\n", "is_confirming_copy"),
        (b"<PRIVATE-TO-PUBLIC>\n", "is_private_to_public"),
        (b"<PAPER>\n", "is_paper"),
        (b"<CORRECTION>\n", "is_correction"),
        (b"<DELETION>\n", "is_deletion"),
    ],
)
def test_flags_stand_bare(line: bytes, column: str) -> None:
    filing = read(b"<TYPE>13F-HR\n" + line + b"<PUBLIC-DOCUMENT-COUNT>1\n").rows["filing"][0]
    assert [name for name, value in filing.items() if value is True] == [column]
    assert filing["document_count_stated"] == "1"


def test_a_deletion_inside_filing_values_is_the_partys() -> None:
    reading = read(
        b"<CORRECTION>\n<TIMESTAMP>20150803120000\n<FILER>\n<COMPANY-DATA>\n<CIK>0000000001\n</COMPANY-DATA>\n"
        b"<FILING-VALUES>\n<FILE-NUMBER>333-1\n<DELETION>\n</FILING-VALUES>\n</FILER>\n"
    )
    assert reading.rows["filing"][0]["is_deletion"] is False
    assert reading.rows["filing"][0]["correction_at"] == "20150803120000"
    assert reading.rows["filing_party"][0]["is_deletion"] is True


@pytest.mark.parametrize(
    ("stated", "code", "name"),
    [
        (b"METALWORKING MACHINERY & EQUIPMENT [3540]", "3540", "METALWORKING MACHINERY & EQUIPMENT"),
        (b" []", None, None),
        (b"", None, None),
        (b"3711", "3711", None),
        (b"0000", None, None),
        (b" [6331", "6331", None),
        (b"A NAME WITHOUT A NUMBER", None, "A NAME WITHOUT A NUMBER"),
    ],
)
def test_the_industry(stated: bytes, code: str | None, name: str | None) -> None:
    row = read(party(b"\t\tSTANDARD INDUSTRIAL CLASSIFICATION:\t" + stated + b"\n")).rows["filing_party"][0]
    assert (row.get("sic_code"), row.get("sic_name")) == (code, name)


@pytest.mark.parametrize(
    ("label", "stated", "number"),
    [
        (b"IRS NUMBER", b"942404110", "942404110"),
        (b"EIN", b"942404110", "942404110"),
        (b"IRS NUMBER", b"94324470", "94324470"),
        (b"IRS NUMBER", b"000000000", None),
        (b"EIN", b"000000000", None),
    ],
)
def test_the_employer_number_under_both_labels(label: bytes, stated: bytes, number: str | None) -> None:
    row = read(party(b"\t\t" + label + b":\t\t\t\t" + stated + b"\n")).rows["filing_party"][0]
    assert row.get("irs_number") == number


@pytest.mark.parametrize(
    ("label", "tag", "act"),
    [
        (b"1933 Act", b"33", "33"),
        (b"1934 Act", b"34", "34"),
        (b"34", b"34", "34"),
        (b"1940 Act", b"40", "40"),
        (b"Dodd Frank Act", b"DF", "DF"),
        (b"NE", b"NE", "NE"),
        (b"", b"", None),
        (b"Some Act of 2030", b"Some Act of 2030", "Some Act of 2030"),
    ],
)
def test_the_act_is_the_tags_code_in_both_dialects(label: bytes, tag: bytes, act: str | None) -> None:
    in_text = b"FILER:\n\n\tFILING VALUES:\n\t\tFORM TYPE:\t\t8-K\n\t\tSEC ACT:\t\t" + label + b"\n"
    in_tags = b"<FILER>\n<FILING-VALUES>\n<FORM-TYPE>8-K\n<ACT>" + tag + b"\n</FILING-VALUES>\n</FILER>\n"
    assert [read(header).rows["filing_party"][0].get("act") for header in (in_text, in_tags)] == [act, act]


@pytest.mark.parametrize("lines", [b"\t\tCENTRAL INDEX KEY:\t\t\t0000000000\n", b"\t\tCENTRAL INDEX KEY:\n", b""])
def test_a_party_without_a_cik_is_an_issue(lines: bytes) -> None:
    reading = read(party(b"\t\tCOMPANY CONFORMED NAME:\tX\n" + lines))
    assert "cik" not in reading.rows["filing_party"][0]
    assert issues(reading) == [("cik_missing", "filing_party", "cik", 1, None)]


def test_a_header_of_owner_data_and_filed_by_alone() -> None:
    """FILED BY instead of FILER gave a NULL CIK without an error (edgar.md J 10)."""
    reading = read(b"FILED BY:\n\n\tOWNER DATA:\n\t\tCENTRAL INDEX KEY:\t\t\t0001851101\n")
    assert reading.rows["filing_party"] == [
        {"position": 1, "role": "filed_by", "is_owner_data": True, "is_deletion": False, "cik": "0001851101"}
    ]


@pytest.mark.parametrize("value", [b"A1", b"DE", b"X0", b"2Q", b"B2"])
def test_a_known_state_is_no_issue(value: bytes) -> None:
    header = party(b"\t\tCENTRAL INDEX KEY:\t1\n\t\tSTATE OF INCORPORATION:\t\t\t" + value + b"\n")
    assert read(header).issues == []


def test_an_unknown_state_is_kept_with_an_issue() -> None:
    reading = read(party(b"\t\tCENTRAL INDEX KEY:\t1\n\t\tSTATE OF INCORPORATION:\t\t\tQQ\n"))
    assert reading.rows["filing_party"][0]["state_of_incorporation"] == "QQ"
    assert issues(reading) == [("state_code_unknown", "filing_party", "state_of_incorporation", 1, "QQ")]


def test_an_address_abroad_since_2025() -> None:
    reading = read(
        party(b"\t\tCENTRAL INDEX KEY:\t1\n")
        + b"\tBUSINESS ADDRESS:\t\n\t\tSTREET 1:\t\t1200 WATERFRONT\n\t\tADDRESS IS A NON US LOCATION:\tYES\n"
        + b"\t\tCITY:\t\t\tVANCOUVER\n\t\tPROVINCE COUNTRY:   \tA1\n\t\tBUSINESS PHONE:\t\t2128165343\n"
        + b"\tMAIL ADDRESS:\t\n"
    )
    assert reading.rows["party_address"] == [
        {
            "position": 1,
            "party_position": 1,
            "kind": "business",
            "street1": "1200 WATERFRONT",
            "is_non_us_location": "YES",
            "city": "VANCOUVER",
            "province_country": "A1",
            "phone": "2128165343",
        },
        {"position": 2, "party_position": 1, "kind": "mail"},
    ]


@pytest.mark.parametrize("part", [b"FORMER COMPANY", b"FORMER NAME"])
def test_former_names_as_listed(part: bytes) -> None:
    block = b"\n\t" + part + b":\t\n\t\tFORMER CONFORMED NAME:\t%s\n\t\tDATE OF NAME CHANGE:\t%s\n"
    reading = read(
        party(b"\t\tCENTRAL INDEX KEY:\t1\n")
        + block % (b"APPLE INC", b"20070109")
        + block % (b"APPLE INC", b"19970808")
    )
    assert reading.rows["party_former_name"] == [
        {"position": 1, "party_position": 1, "name": "APPLE INC", "changed_on": "20070109"},
        {"position": 2, "party_position": 1, "name": "APPLE INC", "changed_on": "19970808"},
    ]
    assert reading.issues == []


def test_one_company_twice_is_two_parties() -> None:
    """0001104659-25-002604: the same subject company under two form types."""
    block = (
        b"<SUBJECT-COMPANY>\n<COMPANY-DATA>\n<CIK>0001376139\n</COMPANY-DATA>\n"
        b"<FILING-VALUES>\n<FORM-TYPE>%s\n</FILING-VALUES>\n</SUBJECT-COMPANY>\n"
    )
    rows = read(block % b"SC 13D/A" + block % b"SC TO-T/A").rows["filing_party"]
    assert [(row["position"], row["cik"], row["form_type"]) for row in rows] == [
        (1, "0001376139", "SC 13D/A"),
        (2, "0001376139", "SC TO-T/A"),
    ]


@pytest.mark.parametrize("tag", ["ISSUING_ENTITY", "A-ROLE-NOBODY-KNOWS", "MA-I_INDIVIDUAL"])
def test_a_section_built_like_a_party_is_one(tag: str) -> None:
    header = f"<{tag}>\n<COMPANY-DATA>\n<CIK>0002049379\n</COMPANY-DATA>\n</{tag}>\n".encode()
    row = read(header).rows["filing_party"][0]
    assert (row["role"], row["cik"]) == (tag.lower().replace("-", "_"), "0002049379")


def test_a_second_value_goes_to_header_extra_with_its_place() -> None:
    reading = read(
        party(
            b"\t\tCENTRAL INDEX KEY:\t1\n\t\tFISCAL YEAR END:\t\t\t1231\n"
            b"\t\tFISCAL YEAR END:\t\t\t0630\n\t\tSEASON:\tautumn\n"
        )
    )
    assert reading.rows["filing_party"][0]["fiscal_year_end"] == "1231"
    assert reading.rows["header_extra"] == [
        {
            "position": 1,
            "party_position": 1,
            "section_path": "FILER/COMPANY DATA",
            "level": 2,
            "label": "FISCAL YEAR END",
            "value": "0630",
        },
        {
            "position": 2,
            "party_position": 1,
            "section_path": "FILER/COMPANY DATA",
            "level": 2,
            "label": "SEASON",
            "value": "autumn",
        },
    ]
    assert issues(reading) == [("header_value_repeated", "filing_party", "fiscal_year_end", 1, "0630")]


@pytest.mark.parametrize(("second", "code"), [(b"10-K/A", "dialects_differ"), (b"10-K", "header_value_repeated")])
def test_both_dialects_in_one_header(second: bytes, code: str) -> None:
    reading = read(b"CONFORMED SUBMISSION TYPE:\t10-K\n<TYPE>" + second + b"\n")
    assert reading.form_type == "10-K"
    assert issues(reading) == [(code, "filing", "form_type", None, second.decode())]


def test_an_issue_points_at_its_bytes() -> None:
    header = party(b"\t\tCENTRAL INDEX KEY:\t1\n\t\tSTATE OF INCORPORATION:\t\t\tQQ\n")
    (issue,) = read(header).issues
    assert issue.start is not None and header[issue.start : issue.end] == b"QQ"


def test_an_unknown_section_keeps_its_path() -> None:
    reading = read(b"<RULE>\n<RULE-NAME>13p-1\n<ITEM>\n<ITEM-NUMBER>1.01\n<PERIOD>2023\n</ITEM>\n</RULE>\n")
    extra = [(row["section_path"], row["level"], row["label"], row["value"]) for row in reading.rows["header_extra"]]
    assert extra == [
        ("RULE", 1, "RULE-NAME", "13p-1"),
        ("RULE/ITEM", 2, "ITEM-NUMBER", "1.01"),
        ("RULE/ITEM", 2, "PERIOD", "2023"),
    ]
    assert "period_of_report" not in reading.rows["filing"][0]


def test_an_unknown_bare_tag_is_kept() -> None:
    assert read(b"<SOMETHING-NEW>\n").rows["header_extra"] == [{"position": 1, "level": 0, "label": "SOMETHING-NEW"}]


@pytest.mark.parametrize(("day", "numbers"), [(b"20040822175959", ["5", "7"]), (b"20040823000001", ["8.01", "9.01"])])
def test_the_acceptance_date_chooses_the_number(day: bytes, numbers: list[str]) -> None:
    reading = read(
        b"<ACCEPTANCE-DATETIME>" + day + b"\nCONFORMED SUBMISSION TYPE:\t8-K\nITEM INFORMATION:\t\tOther events\n"
        b"ITEM INFORMATION:\t\tFinancial statements and exhibits\nFILED AS OF DATE:\t\t20040823\n"
    )
    assert [row["item"] for row in reading.rows["filing_item"]] == numbers
    assert reading.rows["filing_item"][0]["caption"] == "Other events"


def test_the_filing_date_chooses_where_no_acceptance_stands() -> None:
    reading = read(
        b"CONFORMED SUBMISSION TYPE:\t8-K\nITEM INFORMATION:\t\tOther events\nFILED AS OF DATE:\t\t19970707\n"
    )
    assert reading.rows["filing_item"][0]["item"] == "5"


def test_each_item_line_is_a_row() -> None:
    reading = read(
        b"<ACCEPTANCE-DATETIME>20240105\nITEM INFORMATION:\t\t\nITEM INFORMATION:\t\tAn item nobody knows\n"
        b"ITEM INFORMATION:\t\t<ITEMS>06c\nITEM INFORMATION:\t\t7\n"
    )
    assert reading.rows["filing_item"] == [
        {"position": 1},
        {"position": 2, "caption": "An item nobody knows"},
        {"position": 3, "item": "06c"},
        {"position": 4, "item": "7", "caption": "Financial statements and exhibits"},
    ]
    assert issues(reading) == [("item_caption_unknown", "filing_item", "item", 2, "An item nobody knows")]


def test_items_of_the_tag_dialect_get_captions() -> None:
    reading = read(b"<TYPE>8-K\n<ITEMS>2.02\n<ITEMS>99.99\n")
    assert reading.rows["filing_item"] == [
        {"position": 1, "item": "2.02", "caption": "Results of Operations and Financial Condition"},
        {"position": 2, "item": "99.99"},
    ]
    assert reading.issues == []


SERIES = b"""<SERIES-AND-CLASSES-CONTRACTS-DATA>
<NEW-SERIES-AND-CLASSES-CONTRACTS>
<OWNER-CIK>0001100663
<NEW-SERIES>
<SERIES-ID>S000085230
<SERIES-NAME>iBonds 2044
<CLASS-CONTRACT>
<CLASS-CONTRACT-ID>C000250197
<CLASS-CONTRACT-NAME>iBonds 2044
</CLASS-CONTRACT>
</NEW-SERIES>
<NEW-CLASSES-CONTRACTS>
<SERIES-ID>S000000002
</NEW-CLASSES-CONTRACTS>
</NEW-SERIES-AND-CLASSES-CONTRACTS>
<EXISTING-SERIES-AND-CLASSES-CONTRACTS>
<SERIES>
<OWNER-CIK>0001027596
<SERIES-ID>S000041568
<CLASS-CONTRACT>
<CLASS-CONTRACT-ID>C000129089
<CLASS-CONTRACT-TICKER-SYMBOL>SEMMX
</CLASS-CONTRACT>
<CLASS-CONTRACT>
<CLASS-CONTRACT-ID>C000129090
</CLASS-CONTRACT>
</SERIES>
</EXISTING-SERIES-AND-CLASSES-CONTRACTS>
<MERGER-SERIES-AND-CLASSES-CONTRACTS>
<MERGER>
<ACQUIRING-DATA>
<CIK>0000000011
<SERIES>
<SERIES-ID>S000000011
</SERIES>
</ACQUIRING-DATA>
<TARGET-DATA>
<CIK>0000000012
</TARGET-DATA>
</MERGER>
<MERGER>
<TARGET-DATA>
<CIK>0000000013
<SERIES>
<SERIES-ID>S000000013
<CLASS-CONTRACT>
<CLASS-CONTRACT-ID>C000000013
</CLASS-CONTRACT>
</SERIES>
</TARGET-DATA>
</MERGER>
</MERGER-SERIES-AND-CLASSES-CONTRACTS>
</SERIES-AND-CLASSES-CONTRACTS-DATA>
"""


@pytest.mark.parametrize("before", [b"", b"FILER:\n\n\tMAIL ADDRESS:\n\t\tCITY:\t\t\tBERN\n"])
def test_series_classes_and_mergers(before: bytes) -> None:
    """New series state their owner once before them; SERIES means five things by the block it stands in."""
    reading = read(before + SERIES)
    assert reading.rows["filing_series"] == [
        {"position": 1, "kind": "new", "owner_cik": "0001100663", "series_id": "S000085230", "name": "iBonds 2044"},
        {"position": 2, "kind": "new_classes", "owner_cik": "0001100663", "series_id": "S000000002"},
        {"position": 3, "kind": "existing", "owner_cik": "0001027596", "series_id": "S000041568"},
        {"position": 4, "kind": "acquiring", "merger_position": 1, "series_id": "S000000011"},
        {"position": 5, "kind": "target", "merger_position": 3, "series_id": "S000000013"},
    ]
    assert reading.rows["filing_class"] == [
        {"position": 1, "series_position": 1, "class_id": "C000250197", "name": "iBonds 2044"},
        {"position": 2, "series_position": 3, "class_id": "C000129089", "ticker": "SEMMX"},
        {"position": 3, "series_position": 3, "class_id": "C000129090"},
        {"position": 4, "series_position": 5, "class_id": "C000000013"},
    ]
    assert reading.rows["filing_merger"] == [
        {"position": 1, "merger_number": 1, "side": "acquiring", "cik": "0000000011"},
        {"position": 2, "merger_number": 1, "side": "target", "cik": "0000000012"},
        {"position": 3, "merger_number": 2, "side": "target", "cik": "0000000013"},
    ]
    assert reading.rows["header_extra"] == []


def test_an_owner_of_no_new_series_is_not_lost() -> None:
    header = b"<NEW-SERIES-AND-CLASSES-CONTRACTS>\n<OWNER-CIK>1\n</NEW-SERIES-AND-CLASSES-CONTRACTS>\n"
    assert [row["value"] for row in read(header).rows["header_extra"]] == ["1"]


def test_staff_documents_have_numbers_of_their_own() -> None:
    reading = read(
        b"<TYPE>NO ACT\n<FILE-NUMBER>1-3950\n<FILM-NUMBER>00000000\n<RECEIVED-DATE>20240101\n<ACTION-DATE>20240102\n"
    )
    filing = reading.rows["filing"][0]
    assert [
        filing[name] for name in ("file_number_as_filed", "file_number", "film_number", "received_on", "action_on")
    ] == [
        "1-3950",
        "001-03950",
        "00000000",
        "20240101",
        "20240102",
    ]
    assert reading.dialect == "tags"


def test_a_guessed_encoding_is_an_issue() -> None:
    reading = read(party(b"\t\tCENTRAL INDEX KEY:\t1\n\t\tCOMPANY CONFORMED NAME:\tSOCI\xc9T\xc9\n"))
    assert reading.rows["filing_party"][0]["conformed_name"] == "SOCIÉTÉ"
    assert [issue.code for issue in reading.issues] == ["encoding_guessed"]
    assert isinstance(reading.issues[0], Issue)


def test_a_tower_of_sections_does_not_raise() -> None:
    depth = 5000
    header = (
        b"".join(b"<S%d>\n" % n for n in range(depth)) + b"<LEAF>1\n" + b"".join(b"</S%d>\n" % n for n in range(depth))
    )
    extra = read(header).rows["header_extra"]
    assert extra[-1]["label"] == "LEAF" and extra[-1]["value"] == "1"
