"""What is read by its shape is what the long way reads, whatever the values say."""

from __future__ import annotations

import time
import tracemalloc

import pytest

from filings.parse import header_rows
from filings.parse.header_rows import HeaderReading, read

HEADER = """<ACCEPTANCE-DATETIME>20240516153610
ACCESSION NUMBER:\t\t0000000000-24-005673
CONFORMED SUBMISSION TYPE:\t8-K
ITEM INFORMATION:\t\tOther Events
FILED AS OF DATE:\t\t20240516

FILER:

\tCOMPANY DATA:\t
\t\tCOMPANY CONFORMED NAME:\t\t\tONE
\t\tCENTRAL INDEX KEY:\t\t\t0000000001
\t\tSTANDARD INDUSTRIAL CLASSIFICATION:\tNATIONAL COMMERCIAL BANKS [6021]
\t\tIRS NUMBER:\t\t\t\t123456789
\t\tSTATE OF INCORPORATION:\t\t\tDE

\tFILING VALUES:
\t\tSEC ACT:\t\t1934 Act
\t\tSEC FILE NUMBER:\t001-1

\tBUSINESS ADDRESS:\t
\t\tSTATE:\t\t\tNY
"""
TAGS = """<ACCESSION-NUMBER>0000000000-24-005673
<TYPE>8-K
<ITEMS>8.01
<FILER>
<COMPANY-DATA>
<CONFORMED-NAME>ONE
<CIK>0000000001
<ASSIGNED-SIC>6021
</COMPANY-DATA>
<BUSINESS-ADDRESS>
<STATE>NY
</BUSINESS-ADDRESS>
</FILER>
"""


def long_way(header: bytes) -> HeaderReading:
    return header_rows._Reader(header).reading()


def is_by_shape(header: bytes) -> bool:
    try:
        header_rows._read_by_shapes(header)
    except header_rows.Unusual:
        return False
    return True


def assert_equal(header: str | bytes) -> None:
    header = header.encode() if isinstance(header, str) else header
    assert read(header) == long_way(header)


@pytest.mark.parametrize("header", [HEADER, TAGS], ids=["text", "tags"])
def test_a_second_header_of_a_shape_needs_no_new_plan(header: str) -> None:
    assert_equal(header)
    misses = header_rows._plan.cache_info().misses
    other = header.replace("ONE", "ANOTHER NAME: & CO").replace("0000000001", "0000000777").replace("6021", "6022")
    assert_equal(other)
    assert read(other.encode()).rows["filing_party"][0]["cik"] == "0000000777"
    assert header_rows._plan.cache_info().misses == misses


@pytest.mark.parametrize("before", ["", "\n", "LABEL:\t1\n", "<FILER>\n", "\tMAIL ADDRESS:\n\t\tCITY:\tROME\n"])
def test_a_part_without_a_role_is_read_as_ever(before: str) -> None:
    assert_equal(HEADER)
    assert_equal(before + HEADER[HEADER.index("\tBUSINESS ADDRESS") :])


@pytest.mark.parametrize("header", [HEADER, TAGS], ids=["text", "tags"])
@pytest.mark.parametrize("end", ["\n", "\n\n", "\r", "\r\n"])
def test_parties_stand_behind_one_another(header: str, end: str) -> None:
    first, role, rest = header.replace("\n", end).partition("FILER:" if header is HEADER else "<FILER>")
    several = first + (role + rest) * 3
    assert is_by_shape(several.encode())
    assert_equal(several)
    assert [row["party_position"] for row in read(several.encode()).rows["party_address"]] == [1, 2, 3]


@pytest.mark.parametrize(
    ("stated", "other", "by_shape"),
    [
        ("0000000001", "0000000000", True),  # no CIK
        ("123456789", "000000000", True),  # no IRS number
        ("NATIONAL COMMERCIAL BANKS [6021]", "[]", True),
        ("NATIONAL COMMERCIAL BANKS [6021]", "[0000]", True),
        ("NATIONAL COMMERCIAL BANKS [6021]", "6021", True),
        ("1934 Act", "Dodd Frank Act", True),
        ("001-1", "no file number", True),
        ("8-K", "8-k  /A", True),
        ("Other Events", "5", True),
        ("Other Events", "<ITEMS>06b", True),
        ("20240516153610", "19990516153610", True),  # the old item numbers
        ("ONE", "ONE\x0b\x0cTWO\x1c", False),
        ("ONE", "  \t ONE  \t", False),
        ("ONE", "\x1c", False),
        ("DE", "de", True),
        ("DE", "QQQ", False),  # an issue
        ("NY", "QQQ", False),
        ("Other Events", "Some Event Nobody Knows", False),
        ("ONE", "Z\xfcrich", False),
        ("ONE", "A\0B", False),
        ("ONE", "", False),
        ("ONE", "ONE </COMPANY-DATA>", False),
        ("\t\tIRS NUMBER:\t\t\t\t123456789", "\t\tCENTRAL INDEX KEY:\t0000000002", False),  # repeated
        ("\t\tIRS NUMBER:\t\t\t\t123456789", "\t\tCENTRAL INDEX KEY:\t0000000001", False),
        ("BANKS [6021]\n", "BANKS [6021\n]", False),
        ("FILED AS OF DATE", "A LABEL > THAT IS NONE", False),
        ("FILED AS OF DATE:", "<A:B>", False),
        ("FILED AS OF DATE:\t\t", "CONFIRMING COPY:\tN ", False),
        ("FILED AS OF DATE:\t\t20240516", "no label at all", False),
        ("FILED AS OF DATE", "SROS", True),
        ("FILED AS OF DATE", "A LABEL NOBODY KNOWS", True),
        ("\nFILER:\n", "\nA ROLE NOBODY KNOWS:\n", False),  # a part of it stands alone
        ("\tBUSINESS ADDRESS:\t\n", "FILING AGENT:\n\n\t\tNAME:\tTWO\n\n\tBUSINESS ADDRESS:\t\n", False),
        ("\tBUSINESS ADDRESS:\t\n", "\t\tNAME:\tTWO\n\n\tBUSINESS ADDRESS:\t\n", True),
        ("\tBUSINESS ADDRESS:\t\n", "\tMAIL ADDRESS:\t\n\tBUSINESS ADDRESS:\t\n", False),  # an empty section
        ("\t\tSTATE:\t\t\tNY\n", "\t\tSTATE:\t\t\tNY\n\n\tFORMER NAME:\n\t\tFORMER CONFORMED NAME:\tX\n", True),
        ("\t\tSTATE:\t\t\tNY\n", "\t\tSTATE:\t\t\tNY\n\t\tIRS NUMBER:\t\t7\n", False),  # of the role, again
        ("\t\tSTATE:\t\t\tNY\n", "\t\tSTATE:\t\t\tNY\n\t\tSTZEET 1:\t\tX\n", False),  # its path names the role
        ("\t\tSTATE:\t\t\tNY\n", "\t\tSTATE:\t\t\tNY\n\tOWNER DATA:\n\t\tLABEL:\t\t7\n", False),
        ("\t\tSTATE:\t\t\tNY\n", "\t\tSTATE:\t\t\tNY\nACCESSION NUMBER:\t2\n", False),  # of the submission, again
        ("\t\tSTATE:\t\t\tNY\n", "\t\tSTATE:\n", False),
    ],
)
def test_what_a_value_decides_is_read_as_ever(stated: str, other: str, by_shape: bool) -> None:
    assert HEADER.count(stated) == 1 or stated in ("ONE", "NY", "DE", "8-K")
    assert_equal(HEADER)  # the plan is there
    header = HEADER.replace(stated, other, 1) if stated != "DE" else HEADER.replace("\tDE", f"\t{other}")
    assert_equal(header)
    if by_shape and header != HEADER:
        assert is_by_shape(header.encode())


@pytest.mark.parametrize(
    ("stated", "other"),
    [
        ("<TYPE>8-K", "<TYPE>8-K</TYPE>"),
        ("<CIK>0000000001", "<CIK>0000000001 <"),
        ("<CIK>0000000001", "<CIK>"),
        ("</COMPANY-DATA>\n", ""),
        ("</FILER>\n", ""),
        ("</FILER>\n", "</FILER>\n<FILER>\n<COMPANY-DATA>\n<CIK>2\n"),
        ("</FILER>\n", "</FILER>\n<FILER>\n<OTHER>\n<CIK>2\n</OTHER>\n"),
        ("<TYPE>8-K", "<OTHER>\n<TYPE>8-K"),
        ("<ITEMS>8.01", "<MERGER>\n<TARGET-DATA>\n<CIK>1\n</TARGET-DATA>\n</MERGER>"),
        (
            "<ITEMS>8.01",
            "<NEW-SERIES-AND-CLASSES-CONTRACTS>\n<OWNER-CIK>1\n<NEW-SERIES>\n<OWNER-CIK>1\n</NEW-SERIES>\n"
            "</NEW-SERIES-AND-CLASSES-CONTRACTS>",
        ),
        (
            "<ITEMS>8.01",
            "<SERIES>\n<SERIES-ID>S1\n<CLASS-CONTRACT>\n<CLASS-CONTRACT-ID>C1\n</CLASS-CONTRACT>\n</SERIES>",
        ),
        ("<ITEMS>8.01", "</ITEMS> 8.01"),
    ],
)
def test_what_a_tag_or_its_twin_decides_is_read_as_ever(stated: str, other: str) -> None:
    assert_equal(TAGS)
    assert TAGS.count(stated) == 1
    for header in (TAGS.replace(stated, other), TAGS.replace(stated, other) + TAGS[TAGS.index("<FILER>") :]):
        assert_equal(header)


def test_a_twin_far_behind_makes_a_section() -> None:
    """The same piece means something else where a later party closes a tag of this one."""
    piece = "<FILER>\n<OTHER>\n<CIK>0000000001\n"
    assert_equal(piece + "<FILER>\n<CIK>2\n")
    assert_equal(piece + "<FILER>\n</OTHER>\n<CIK>2\n")
    assert_equal(piece + "<FILER>\n<CIK>2\n")


def test_flags_of_two_pieces_are_one_row() -> None:
    assert_equal("<PAPER>\nFILER:\n\tCOMPANY DATA:\n\t\tCENTRAL INDEX KEY:\t1\n<CORRECTION>\n")
    assert_equal("FILER:\n\tCOMPANY DATA:\n\t\tCENTRAL INDEX KEY:\t1\n<CORRECTION>\n<TYPE>4\n")


@pytest.mark.parametrize(
    "header",
    [
        b":" + b" " * 1_000_000,
        b"A:" * 500_000,
        b"A:\n" * 300_000,
        b"A: 1\n" * 200_000,
        b"FILER:\n" * 100_000,
        b"FILER:" + b" " * 1_000_000 + b"x",
        b"<FILER>\nA: 1\n</FILER>\n" * 30_000,
        b"".join(b"<FILER>\n<A%d>\n</A%d>\n" % (n, n) for n in range(20_000)),
        b"".join(b"FILER:\n\tB%d:\t1\n" % n for n in range(10_000)),
        b"<FILER>\n" * 10_000 + b"</" + b"A" * 100_000 + b">\n",
        b"\n" * 1_000_000,
        b">" * 1_000_000,
    ],
    ids=range(12),
)
def test_time_is_linear_on_hostile_headers(header: bytes) -> None:
    """A quadratic step takes minutes on these."""
    begun = time.process_time()
    read(header)
    assert time.process_time() - begun < 12


def test_plans_take_little_memory_whatever_comes() -> None:
    count = 20
    header_rows._plan.cache_clear()
    tracemalloc.start()
    for number in range(count):
        read(b"FILER:\n\tQ%d:\n" % number + b"\t\tA:\t1\n" * 97)
        read(b"FILER:\n\tQ%d:\n" % number + b"\t\tA:\t1\n" * 1000)
        read(b"\t%d" % number + b"A" * 10_000 + b": 1\n")
    remembered, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    most = header_rows._plan.cache_info().maxsize
    assert most is not None
    header_rows._plan.cache_clear()
    assert remembered / count * most < 50e6
