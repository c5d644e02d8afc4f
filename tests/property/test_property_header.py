"""One filing rendered in both dialects, in every shape that was met, gives the rows it was rendered from."""

from __future__ import annotations

import datetime
import string

from hypothesis import given
from hypothesis import strategies as st

from filings.parse import header_rows
from filings.parse.header import Node, parse
from filings.parse.header_rows import TABLES, read

Row = dict[str, object]

values = st.text(string.ascii_letters + string.digits + " .,:;&/<>[]()'-_$", min_size=1, max_size=30).map(
    lambda text: " ".join(text.split()) or "x"
)
days = st.dates().map(lambda day: day.strftime("%Y%m%d").zfill(8))
days_of_the_new_item_numbers = st.dates(datetime.date(2004, 8, 23)).map(lambda day: day.strftime("%Y%m%d"))
ciks = st.integers(1, 10**10 - 1).map(lambda number: f"{number:010d}")
accessions = st.from_regex(r"[0-9]{10}-[0-9]{2}-[0-9]{6}", fullmatch=True)
digits = st.text("0123456789", min_size=1, max_size=9)

ACTS = {"33": "1933 Act", "34": "1934 Act", "39": "1939 Act", "40": "1940 Act", "DF": "Dodd Frank Act"}
ITEMS = {"2.02": "Results of Operations and Financial Condition", "8.01": "Other Events", "3C.1": "Section 3(c)(1)"}
ROLES = ["FILER", "ISSUER", "REPORTING-OWNER", "SUBJECT COMPANY", "FILED BY", "SERIAL COMPANY", "NEW KIND OF ROLE"]


def some(**fields: st.SearchStrategy[str]) -> st.SearchStrategy[Row]:
    return st.fixed_dictionaries({}, optional=dict(fields))


submissions = st.fixed_dictionaries(
    {"accession_number": accessions, "form_type": st.sampled_from(["8-K", "SC TO-T/A", "10-KT405/A", "D"])},
    optional={
        "accepted_at_eastern": st.just("20240105123456"),
        "document_count_stated": digits,
        "filed_on": days_of_the_new_item_numbers,
        "period_of_report": days,
        "header_changed_on": days,
        "effective_on": days,
        "abs_asset_class": values,
        "withdrawn_accession_number": accessions,
    },
)
parties = st.fixed_dictionaries(
    {
        "role": st.sampled_from(ROLES),
        "owner_data": st.booleans(),
        "company": st.fixed_dictionaries(
            {"conformed_name": values, "cik": ciks},
            optional={
                "sic_code": st.from_regex(r"[1-9][0-9]{3}", fullmatch=True),
                "organization": values,
                "irs_number": st.from_regex(r"[1-9][0-9]{8}", fullmatch=True),
                "state_of_incorporation": st.sampled_from(["DE", "X0", "A1"]),
                "fiscal_year_end": st.from_regex(r"[0-9]{4}", fullmatch=True),
            },
        ),
        "values": some(
            form_type=values,
            act=st.sampled_from(sorted(ACTS)),
            file_number_as_filed=values,
            film_number=digits,
        ),
        "addresses": st.lists(
            st.tuples(
                st.sampled_from(["BUSINESS ADDRESS", "MAIL ADDRESS"]),
                some(street1=values, street2=values, city=values, state_code=st.just("NY"), zip_code=values),
            ),
            max_size=2,
        ),
        "former": st.lists(st.fixed_dictionaries({"name": values}, optional={"changed_on": days}), max_size=3),
    }
)
headers = st.fixed_dictionaries(
    {
        "filing": submissions,
        "items": st.lists(st.sampled_from(sorted(ITEMS)), max_size=3),
        "members": st.lists(values, max_size=3),
        "flags": st.sets(st.sampled_from(["PRIVATE-TO-PUBLIC", "CONFIRMING-COPY"])),
        "parties": st.lists(parties, max_size=4),
    }
)

SPELLED = {
    "accession_number": ("ACCESSION NUMBER", "ACCESSION-NUMBER"),
    "form_type": ("CONFORMED SUBMISSION TYPE", "TYPE"),
    "document_count_stated": ("PUBLIC DOCUMENT COUNT", "PUBLIC-DOCUMENT-COUNT"),
    "filed_on": ("FILED AS OF DATE", "FILING-DATE"),
    "period_of_report": ("CONFORMED PERIOD OF REPORT", "PERIOD"),
    "header_changed_on": ("DATE AS OF CHANGE", "DATE-OF-FILING-DATE-CHANGE"),
    "effective_on": ("EFFECTIVENESS DATE", "EFFECTIVENESS-DATE"),
    "abs_asset_class": ("ABS ASSET CLASS", "ABS-ASSET-CLASS"),
    "withdrawn_accession_number": ("WITHDRAWN ACCESSION NUMBER", "WITHDRAWN-ACCESSION-NUMBER"),
    "conformed_name": ("COMPANY CONFORMED NAME", "CONFORMED-NAME"),
    "cik": ("CENTRAL INDEX KEY", "CIK"),
    "sic_code": ("STANDARD INDUSTRIAL CLASSIFICATION", "ASSIGNED-SIC"),
    "organization": ("ORGANIZATION NAME", "ORGANIZATION-NAME"),
    "irs_number": ("EIN", "IRS-NUMBER"),
    "state_of_incorporation": ("STATE OF INCORPORATION", "STATE-OF-INCORPORATION"),
    "fiscal_year_end": ("FISCAL YEAR END", "FISCAL-YEAR-END"),
    "party.form_type": ("FORM TYPE", "FORM-TYPE"),
    "act": ("SEC ACT", "ACT"),
    "file_number_as_filed": ("SEC FILE NUMBER", "FILE-NUMBER"),
    "film_number": ("FILM NUMBER", "FILM-NUMBER"),
    "street1": ("STREET 1", "STREET1"),
    "street2": ("STREET 2", "STREET2"),
    "city": ("CITY", "CITY"),
    "state_code": ("STATE", "STATE"),
    "zip_code": ("ZIP", "ZIP"),
    "name": ("FORMER CONFORMED NAME", "FORMER-CONFORMED-NAME"),
    "changed_on": ("DATE OF NAME CHANGE", "DATE-CHANGED"),
}


def as_tags(model: Row) -> list[str]:
    def fields(row: Row, prefix: str = "") -> list[str]:
        return [
            f"<{SPELLED.get(prefix + name, SPELLED.get(name, ('', name)))[1]}>{value}" for name, value in row.items()
        ]

    filing = dict(model["filing"])
    accepted = filing.pop("accepted_at_eastern", None)
    lines = [f"<ACCEPTANCE-DATETIME>{accepted}"] if accepted else []
    lines += fields(filing) + [f"<{flag}>" for flag in sorted(model["flags"])]
    lines += [f"<ITEMS>{item}" for item in model["items"]]
    lines += [f"<GROUP-MEMBERS>{member}" for member in model["members"]]
    for party in model["parties"]:
        role = party["role"].replace(" ", "-")
        data = "OWNER-DATA" if party["owner_data"] else "COMPANY-DATA"
        lines += [f"<{role}>", f"<{data}>", *fields(party["company"]), f"</{data}>"]
        lines += ["<FILING-VALUES>", *fields(party["values"], "party."), "</FILING-VALUES>"]
        for kind, address in party["addresses"]:
            tag = kind.replace(" ", "-")
            lines += [f"<{tag}>", *fields(address), f"</{tag}>"]
        for former in party["former"]:
            lines += ["<FORMER-COMPANY>", *fields(former), "</FORMER-COMPANY>"]
        lines.append(f"</{role}>")
    return lines


def as_text(model: Row) -> list[str]:
    def fields(row: Row, indent: str, prefix: str = "") -> list[str]:
        lines = []
        for name, value in row.items():
            label = SPELLED.get(prefix + name, SPELLED.get(name, (name, "")))[0]
            stated = {"sic_code": f"SOME TRADE [{value}]", "act": ACTS.get(str(value), "")}.get(name, value)
            lines.append(f"{indent}{label}:\t\t{stated}")
        return lines

    filing = dict(model["filing"])
    accepted = filing.pop("accepted_at_eastern", None)
    lines = [f"<ACCEPTANCE-DATETIME>{accepted}"] if accepted else []
    lines += ["<PRIVATE-TO-PUBLIC>"] if "PRIVATE-TO-PUBLIC" in model["flags"] else []
    lines += fields(filing, "")
    lines += ["CONFIRMING COPY:\t"] if "CONFIRMING-COPY" in model["flags"] else []
    lines += [f"ITEM INFORMATION:\t\t{ITEMS[item]}" for item in model["items"]]
    lines += [f"GROUP MEMBERS:\t\t{member}" for member in model["members"]]
    for party in model["parties"]:
        data = "OWNER DATA" if party["owner_data"] else "COMPANY DATA"
        lines += ["", f"{party['role']}:\t", "", f"\t{data}:\t", *fields(party["company"], "\t\t")]
        lines += ["", "\tFILING VALUES:", *fields(party["values"], "\t\t", "party.")]
        for kind, address in party["addresses"]:
            lines += ["", f"\t{kind}:\t", *fields(address, "\t\t")]
        for former in party["former"]:
            lines += ["", "\tFORMER COMPANY:\t", *fields(former, "\t\t")]
    return lines


def expected(model: Row) -> dict[str, list[Row]]:
    rows: dict[str, list[Row]] = {table: [] for table in TABLES}
    flags = {"is_confirming_copy": False, "is_private_to_public": False, "is_paper": False}
    flags |= {"is_correction": False, "is_deletion": False}
    flags |= {f"is_{flag.lower().replace('-', '_')}": True for flag in model["flags"]}
    rows["filing"] = [flags | model["filing"]]
    for position, item in enumerate(model["items"], 1):
        rows["filing_item"].append({"position": position, "item": item, "caption": ITEMS[item]})
    for position, member in enumerate(model["members"], 1):
        rows["group_member"].append({"position": position, "name": member})
    for number, party in enumerate(model["parties"], 1):
        role = party["role"].lower().replace(" ", "_").replace("-", "_")
        row = {"position": number, "role": role, "is_owner_data": party["owner_data"], "is_deletion": False}
        rows["filing_party"].append(row | party["company"] | party["values"])
        for kind, address in party["addresses"]:
            position = len(rows["party_address"]) + 1
            rows["party_address"].append(
                {"position": position, "party_position": number, "kind": kind.split()[0].lower(), **address}
            )
        for former in party["former"]:
            position = len(rows["party_former_name"]) + 1
            rows["party_former_name"].append({"position": position, "party_position": number, **former})
    return rows


def read_rows(lines: list[str], end: str = "\n") -> dict[str, list[Row]]:
    """The rows without what one dialect lacks, and without the canonical file number, which the model does not make."""
    rows = read((end.join(lines) + end).encode()).rows
    left_out = {"sic_name", "file_number"}
    return {
        table: [{name: value for name, value in row.items() if name not in left_out} for row in found]
        for table, found in rows.items()
    }


@given(headers)
def test_both_dialects_give_the_rows_they_were_made_from(model: Row) -> None:
    assert read_rows(as_tags(model)) == expected(model)
    assert read_rows(as_text(model)) == expected(model)


@given(headers, st.sampled_from(["\n", "\r\n", "\r", "\n\n", "\r\n\r\n", "\r\r\n", "\n \t\n"]), st.booleans())
def test_line_ends_and_doubled_lines_mean_nothing(model: Row, end: str, tags: bool) -> None:
    lines = as_tags(model) if tags else as_text(model)
    assert read_rows(lines, end) == expected(model)


@given(headers, st.sampled_from(["    ", "  ", "\t"]))
def test_a_common_indent_means_nothing(model: Row, indent: str) -> None:
    for lines in (as_tags(model), as_text(model), [line.replace("\t", "    ") for line in as_text(model)]):
        assert read_rows([indent + line for line in lines]) == expected(model)


@given(headers)
def test_labels_without_any_indent_give_the_same_rows(model: Row) -> None:
    assert read_rows([line.lstrip("\t") for line in as_text(model)]) == expected(model)


@given(headers)
def test_parties_flush_left_and_closed_by_a_tag_give_the_same_rows(model: Row) -> None:
    """The broken second role of 1998 to 2005, for every party."""
    lines: list[str] = []
    role = ""
    for line in as_text(model):
        if line.rstrip(":\t") in ROLES and line.endswith(":\t") and not line.startswith("\t"):
            lines += [f"</{role}>"] if role else []
            role = line.rstrip(":\t").replace(" ", "-")
            lines.append(f"<{role}>")
        else:
            lines.append(line.removeprefix("\t") if role else line)
    lines += [f"</{role}>"] if role else []
    assert read_rows(lines) == expected(model)


pieces = st.sampled_from(
    [
        *(b"FILER:", b"<FILER>", b"</FILER>", b"COMPANY DATA:", b"<SERIES>", b"</SERIES>", b"CITY:", b"<CIK>", b"TYPE"),
        *(b"\n", b"\r", b"\t", b" ", b":", b"<", b">", b"</", b"[", b"]", b"\xe9", b"\x00", b"ITEM INFORMATION:", b"1"),
        *(b"<MERGER>", b"</MERGER>", b"<TARGET-DATA>", b"<OWNER-CIK>", b"<DELETION>"),
        b"STANDARD INDUSTRIAL CLASSIFICATION: [1",
    ]
)


@given(st.one_of(st.binary(max_size=300), st.lists(pieces, max_size=80).map(b"".join)))
def test_arbitrary_bytes_never_raise_and_their_offsets_hold(header: bytes) -> None:
    reading = read(header)
    assert reading == header_rows._Reader(header).reading()
    for table, rows in reading.rows.items():
        if table != "filing":
            assert [row["position"] for row in rows] == list(range(1, len(rows) + 1))
    assert {row["party_position"] for row in reading.rows["party_address"]} <= {
        row["position"] for row in reading.rows["filing_party"]
    }

    def check(nodes: list[Node]) -> None:
        for node in nodes:
            assert 0 <= node.start <= node.end <= len(header)
            check(node.nodes)

    check(parse(header))


@given(headers, st.booleans(), st.lists(st.tuples(st.integers(0), st.integers(0)), max_size=4))
def test_what_is_read_by_its_shape_is_what_the_long_way_reads(
    model: Row, tags: bool, moves: list[tuple[int, int]]
) -> None:
    """Also where lines stand twice, or where they do not belong."""
    lines = as_tags(model) if tags else as_text(model)
    for begin, end in moves:
        lines.insert(end % (len(lines) + 1), lines[begin % len(lines)])
        header = "\n".join(lines).encode()
        assert read(header) == header_rows._Reader(header).reading()


@given(st.lists(st.tuples(st.integers(0, 3), values, values), max_size=20))
def test_no_value_of_unknown_labels_is_lost(lines: list[tuple[int, str, str]]) -> None:
    """Whatever the labels and indents, each stated value is in some column once."""
    text = [f"{chr(9) * depth}Q{label.replace(':', '').replace('<', '')}: {value}" for depth, label, value in lines]
    rows = read("\n".join(text).encode()).rows["header_extra"]
    assert [row["value"] for row in rows] == [value for _, _, value in lines]
