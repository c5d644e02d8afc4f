"""The grammar: what is a section, what is a field, where a value begins (edgar.md B.4, B.7, C.1)."""

from __future__ import annotations

import time

import pytest

from filings.parse.header import Node, parse


def outline(nodes: list[Node]) -> list[object]:
    return [[node.label, *outline(node.nodes)] if node.is_section else (node.label, node.value) for node in nodes]


def test_value_begins_behind_the_first_colon() -> None:
    line = b"ITEM INFORMATION:\t\tAppointment of Certain Officers: Compensatory Arrangements of Certain Officers\n"
    assert outline(parse(line)) == [
        ("ITEM INFORMATION", "Appointment of Certain Officers: Compensatory Arrangements of Certain Officers")
    ]


def test_value_begins_behind_the_first_angle() -> None:
    assert outline(parse(b"<GROUP-MEMBERS>>MEMBER\n<GROUP-MEMBERS>>\n")) == [
        ("GROUP-MEMBERS", ">MEMBER"),
        ("GROUP-MEMBERS", ">"),
    ]


def test_what_stands_behind_a_closing_tag_in_its_line_is_a_line() -> None:
    header = b"<FILER>\n<COMPANY-DATA>\n<CIK>1\n</COMPANY-DATA></FILER>BUSINESS PHONE: 555\n</A><PERIOD>20240101\n"
    assert outline(parse(header)) == [
        ["FILER", ["COMPANY-DATA", ("CIK", "1")]],
        ("BUSINESS PHONE", "555"),
        ("PERIOD", "20240101"),
    ]


def test_blanks_after_a_label_mean_nothing() -> None:
    header = b"WITHDRAWN ACCESSION NUMBER: \t0000019617-24-000662\nABS RULE:           \tRULE-15GA1  \t\n"
    assert [node.value for node in parse(header)] == ["0000019617-24-000662", "RULE-15GA1"]


def test_offsets_are_bytes_of_the_value_or_of_an_empty_label() -> None:
    header = b"\r\n\tCITY:\t\t\tBERN\r<PAPER>\r\n  SEC ACT:\t\n<PERIOD> 20240101 \n"
    assert [header[node.start : node.end] for node in parse(header)] == [b"BERN", b"PAPER", b"SEC ACT", b"20240101"]


def test_offsets_count_bytes_where_a_character_takes_two() -> None:
    header = "CITY:\tZürich\nSTATE:\tV8\n".encode()
    city, state = parse(header)
    assert (city.value, header[city.start : city.end].decode()) == ("Zürich", "Zürich")
    assert header[state.start : state.end] == b"V8"


def test_bytes_that_are_no_utf8_are_cp1252_and_the_undefined_ones_latin1() -> None:
    assert [node.value for node in parse(b"CITY:\tM\xfcnchen \x96 \x81\n")] == ["München – \x81"]


@pytest.mark.parametrize("flag", ["CONFIRMING COPY", "SEC ACT", "ITEM INFORMATION", "ORGANIZATION NAME"])
def test_an_empty_field_is_no_section(flag: str) -> None:
    """An empty CONFIRMING COPY taken for a section lost every field behind it (edgar.md J 11)."""
    header = f"CONFORMED SUBMISSION TYPE:\tSC 13G/A\n{flag}:\t\nFILED AS OF DATE:\t\t20240104\n".encode()
    assert outline(parse(header)) == [
        ("CONFORMED SUBMISSION TYPE", "SC 13G/A"),
        (flag, None),
        ("FILED AS OF DATE", "20240104"),
    ]


def test_an_empty_field_before_a_part_is_no_role() -> None:
    header = (
        b"REPORTING-OWNER:\t\n\n\tOWNER DATA:\t\n\t\tCOMPANY CONFORMED NAME:\t\t\tNg Andrew Y.\n"
        b"\t\tORGANIZATION NAME:           \t\n\n\tFILING VALUES:\n\t\tFORM TYPE:\t\t4\n"
    )
    assert outline(parse(header)) == [
        [
            "REPORTING-OWNER",
            ["OWNER DATA", ("COMPANY CONFORMED NAME", "Ng Andrew Y."), ("ORGANIZATION NAME", None)],
            ["FILING VALUES", ("FORM TYPE", "4")],
        ]
    ]


def test_a_tag_is_a_section_by_its_twin_whatever_its_name() -> None:
    """Every reader with a list of sections broke on one that it lacked (edgar.md J 6, 7, 8)."""
    header = (
        b"<NO-ANNUAL-ACTIVITY>\n<RULE>\n<RULE-NAME>13p-1\n<ITEM>\n<ITEM-NUMBER>1.01\n<ITEM-PERIOD>2023\n</ITEM>\n"
        b"</RULE>\n<UNDERWRITER>\n<COMPANY-DATA>\n<CIK>0000000001\n</COMPANY-DATA>\n</UNDERWRITER>\n<PAPER>\n"
    )
    assert outline(parse(header)) == [
        ("NO-ANNUAL-ACTIVITY", None),
        ["RULE", ("RULE-NAME", "13p-1"), ["ITEM", ("ITEM-NUMBER", "1.01"), ("ITEM-PERIOD", "2023")]],
        ["UNDERWRITER", ["COMPANY-DATA", ("CIK", "0000000001")]],
        ("PAPER", None),
    ]


def test_a_tag_closed_on_its_own_line_is_a_field() -> None:
    assert outline(parse(b"<TYPE>8-K</TYPE>\n<PERIOD>20240101\n")) == [("TYPE", "8-K"), ("PERIOD", "20240101")]


def test_a_lost_twin_does_not_swallow_what_follows() -> None:
    header = (
        b"<FILER>\n<MAIL-ADDRESS>\n<CITY>BERN\n<FORMER-COMPANY>\n<DATE-CHANGED>19980810\n</FORMER-COMPANY>\n</FILER>\n"
        b"<X>1\n"
    )
    assert outline(parse(header)) == [
        ["FILER", ["MAIL-ADDRESS", ("CITY", "BERN")], ["FORMER-COMPANY", ("DATE-CHANGED", "19980810")]],
        ("X", "1"),
    ]


def test_a_header_cut_before_the_twins_keeps_its_parties() -> None:
    header = b"<TYPE>4\n<ISSUER>\n<COMPANY-DATA>\n<CIK>0000789019"
    assert outline(parse(header)) == [("TYPE", "4"), ["ISSUER", ["COMPANY-DATA", ("CIK", "0000789019")]]]


DRIFTING = b"""FILER:

\tCOMPANY DATA:\t
\t\tCOMPANY CONFORMED NAME:\t\t\tBERKSHIRE HATHAWAY INC
\t\tSTANDARD INDUSTRIAL CLASSIFICATION:\t [6331
]\t\tIRS NUMBER:\t\t\t\t470813844
\t\tSTATE OF INCORPORATION:\t\t\tDE
</COMPANY-DATA>

\t\tFILING VALUES:
\t\t\tFORM TYPE:\t\t13F-HR/A
\t\t\tSEC ACT:\t\t
</FILING-VALUES>

\t\t\tBUSINESS ADDRESS:\t
\t\t\t\tCITY:\t\t\tOMAHA
</BUSINESS-ADDRESS>
</FILER>
"""


@pytest.mark.parametrize("closing", [True, False])
def test_drifting_parts_hang_on_their_role(closing: bool) -> None:
    """0000950150-00-000752: each part stands one tab deeper than the last; also without the closing tags."""
    header = DRIFTING if closing else b"".join(line for line in DRIFTING.splitlines(True) if not line.startswith(b"</"))
    assert outline(parse(header)) == [
        [
            "FILER",
            [
                "COMPANY DATA",
                ("COMPANY CONFORMED NAME", "BERKSHIRE HATHAWAY INC"),
                ("STANDARD INDUSTRIAL CLASSIFICATION", "[6331]"),
                ("IRS NUMBER", "470813844"),
                ("STATE OF INCORPORATION", "DE"),
            ],
            ["FILING VALUES", ("FORM TYPE", "13F-HR/A"), ("SEC ACT", None)],
            ["BUSINESS ADDRESS", ("CITY", "OMAHA")],
        ]
    ]


def second_role(begin: bytes, end: bytes) -> bytes:
    return (
        b"SUBJECT COMPANY:\n\n\tCOMPANY DATA:\n\t\tCENTRAL INDEX KEY:\t\t\t0000911787\n"
        + begin
        + b"\n\nCOMPANY DATA:\n\tCENTRAL INDEX KEY:\t\t\t0001050609\n<RELATIONSHIP>DIRECTOR\n\n"
        + b"FILING VALUES:\n\tFORM TYPE:\t\t4\n\nMAIL ADDRESS:\n\tCITY:\t\t\tNEW YORK\n"
        + end
    )


@pytest.mark.parametrize(
    ("begin", "end", "role"),
    [
        (b"<REPORTING-OWNER>", b"</REPORTING-OWNER>\n", "REPORTING-OWNER"),
        (b"SERIAL COMPANY:", b"</SERIAL-COMPANY>\n", "SERIAL COMPANY"),
        (b"SERIAL COMPANY:", b"", "SERIAL COMPANY"),
        (b"A ROLE NOBODY KNOWS:", b"", "A ROLE NOBODY KNOWS"),
    ],
)
def test_a_second_role_flush_left_has_its_own_parts(begin: bytes, end: bytes, role: str) -> None:
    """0001094891-00-000193 and 0000928385-00-003420."""
    first, second = outline(parse(second_role(begin, end)))
    assert first == ["SUBJECT COMPANY", ["COMPANY DATA", ("CENTRAL INDEX KEY", "0000911787")]]
    assert second == [
        role,
        ["COMPANY DATA", ("CENTRAL INDEX KEY", "0001050609")],
        ("RELATIONSHIP", "DIRECTOR"),
        ["FILING VALUES", ("FORM TYPE", "4")],
        ["MAIL ADDRESS", ("CITY", "NEW YORK")],
    ]


def test_a_block_of_tags_ends_the_party_of_labels_before_it() -> None:
    header = (
        b"FILER:\n\n\tMAIL ADDRESS:\n\t\tCITY:\t\t\tBERN\n"
        b"<MULTI-ACCESSION-NUMBERS>\nACCESSION NUMBER:\t\t1\n</MULTI-ACCESSION-NUMBERS>\n"
    )
    assert outline(parse(header)) == [
        ["FILER", ["MAIL ADDRESS", ("CITY", "BERN")]],
        ["MULTI-ACCESSION-NUMBERS", ("ACCESSION NUMBER", "1")],
    ]


def test_a_label_after_the_parties_is_the_submissions() -> None:
    header = (
        b"FILED FOR:\t\t\n\n\tMAIL ADDRESS:\n\t\tCITY:\t\t\tBERN\n"
        b"PUBLIC REFERENCE ACCESSION NUMBER:\t\t0000320193-23-000106\n"
    )
    assert outline(parse(header))[1:] == [("PUBLIC REFERENCE ACCESSION NUMBER", "0000320193-23-000106")]


def test_form_feeds_and_other_separators_end_no_line() -> None:
    header = "CITY:\tA\x0bB\x0cC\x1cD\x85E\u2028F\nSTATE:\tNY\n".encode()
    assert [node.value for node in parse(header)] == ["A\x0bB\x0cC\x1cD\x85E\u2028F", "NY"]


@pytest.mark.parametrize(
    "header",
    [
        b"<A>\n" * 40_000 + b"</A>\n" * 40_000,
        b"".join(b"<A%d>\n" % n for n in range(25_000)) + b"".join(b"</A%d>\n" % n for n in range(25_000)),
        b"</A>\n" * 80_000,
        b"A:\n\t" * 80_000,
        b"".join(b"\t" * n + b"A%d:\n" % n for n in range(1200)),
        b"FILER:\nCOMPANY DATA:\n" * 40_000,
        b"<FILER>\nMAIL ADDRESS:\n" * 40_000,
        b"<" * 1_000_000,
        b"<A>" * 300_000,
        b":" * 1_000_000,
        b"A" * 1_000_000,
        b" " * 1_000_000,
        b"\t" * 500_000 + b"A:" + b" " * 500_000,
        b"\r" * 1_000_000,
        b"SIC: [1\n" + b"]\n" * 80_000,
        b"<A></A>" * 100_000,
        b"</A>" * 200_000,
        b"\xe9" * 1_000_000,
    ],
    ids=range(18),
)
def test_time_is_linear_on_hostile_headers(header: bytes) -> None:
    """A quadratic step takes minutes on these."""
    begun = time.process_time()
    parse(header)
    assert time.process_time() - begun < 8
