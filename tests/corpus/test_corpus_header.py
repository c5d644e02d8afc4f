"""Every header of the corpus against an independent reading: line patterns, and a table typed from edgar.md C.2.

The reading here knows no tree: a role line begins a party, an address or name label begins its block, and each column's
values in the order of the rows must be the values of its label in the order of the lines.
"""

from __future__ import annotations

import contextlib
import html
import random
import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from filings.parse import header_rows
from filings.parse.header_rows import HeaderReading, read

COLUMNS = {
    "filing.accepted_at_eastern": "<ACCEPTANCE-DATETIME>",
    "filing.accession_number": "ACCESSION NUMBER|<ACCESSION-NUMBER>",
    "filing.form_type": "CONFORMED SUBMISSION TYPE|<TYPE>",
    "filing.document_count_stated": "PUBLIC DOCUMENT COUNT|<PUBLIC-DOCUMENT-COUNT>",
    "filing.filed_on": "FILED AS OF DATE|<FILING-DATE>",
    "filing.header_changed_on": "DATE AS OF CHANGE|<DATE-OF-FILING-DATE-CHANGE>",
    "filing.period_of_report": "CONFORMED PERIOD OF REPORT|<PERIOD>",
    "filing.period_start_on": "PERIOD START",
    "filing.effective_on": "EFFECTIVENESS DATE|<EFFECTIVENESS-DATE>",
    "filing.exchanges_stated": "SROS",
    "filing.public_release_on": "<PUBLIC-REL-DATE>",
    "filing.previous_accession_number": "<PREVIOUS-ACCESSION-NUMBER>",
    "filing.withdrawn_accession_number": "WITHDRAWN ACCESSION NUMBER",
    "filing.depositor_cik": "<DEPOSITOR-CIK>",
    "filing.sponsor_cik": "<SPONSOR-CIK>",
    "filing.abs_asset_class": "ABS ASSET CLASS|<ABS-ASSET-CLASS>",
    "filing.abs_rule": "ABS RULE|<ABS-RULE>",
    "filing.is_registered_entity": "<REGISTERED-ENTITY>",
    "filing_party.conformed_name": "COMPANY CONFORMED NAME|<CONFORMED-NAME>",
    "filing_party.cik": "CENTRAL INDEX KEY|<CIK>",
    "filing_party.organization": "ORGANIZATION NAME|<ORGANIZATION-NAME>",
    "filing_party.irs_number": "IRS NUMBER|EIN|<IRS-NUMBER>",
    "filing_party.state_of_incorporation": "STATE OF INCORPORATION|<STATE-OF-INCORPORATION>",
    "filing_party.fiscal_year_end": "FISCAL YEAR END|<FISCAL-YEAR-END>",
    "filing_party.relationship": "<RELATIONSHIP>",
    "filing_party.form_type": "FORM TYPE|<FORM-TYPE>",
    "filing_party.act": "SEC ACT|<ACT>",
    "filing_party.file_number_as_filed": "SEC FILE NUMBER|<FILE-NUMBER>",
    "filing_party.film_number": "FILM NUMBER|<FILM-NUMBER>",
    "party_address.street1": "STREET 1|<STREET1>",
    "party_address.street2": "STREET 2|<STREET2>",
    "party_address.city": "CITY|<CITY>",
    "party_address.state_code": "STATE|<STATE>",
    "party_address.zip_code": "ZIP|<ZIP>",
    "party_address.phone": "BUSINESS PHONE|<PHONE>",
    "party_address.is_non_us_location": "ADDRESS IS A NON US LOCATION",
    "party_address.province_country": "PROVINCE COUNTRY",
    "party_former_name.name": "FORMER CONFORMED NAME|<FORMER-CONFORMED-NAME>",
    "party_former_name.changed_on": "DATE OF NAME CHANGE|<DATE-CHANGED>",
    "group_member.name": "GROUP MEMBERS|<GROUP-MEMBERS>",
    "filing_reference.accession_number": "PUBLIC REFERENCE ACCESSION NUMBER",
    "filing_series.series_id": "<SERIES-ID>",
    "filing_series.name": "<SERIES-NAME>",
    "filing_class.class_id": "<CLASS-CONTRACT-ID>",
    "filing_class.name": "<CLASS-CONTRACT-NAME>",
    "filing_class.ticker": "<CLASS-CONTRACT-TICKER-SYMBOL>",
}
COLUMN_OF = {label: column for column, labels in COLUMNS.items() for label in labels.split("|")}
READ_APART = {"STANDARD INDUSTRIAL CLASSIFICATION", "<ASSIGNED-SIC>", "ITEM INFORMATION", "<ITEMS>", "<OWNER-CIK>"}
FLAGS = {
    "CONFIRMING COPY": "is_confirming_copy",
    "<PRIVATE-TO-PUBLIC>": "is_private_to_public",
    "<PAPER>": "is_paper",
}
ROLES = {
    "FILER": "filer",
    "ISSUER": "issuer",
    "REPORTING-OWNER": "reporting_owner",
    "SUBJECT COMPANY": "subject_company",
    "SUBJECT-COMPANY": "subject_company",
    "FILED BY": "filed_by",
    "FILED-BY": "filed_by",
    "FILED FOR": "filed_for",
    "SERIAL COMPANY": "serial_company",
    "DEPOSITOR": "depositor",
    "SECURITIZER": "securitizer",
    "ISSUING_ENTITY": "issuing_entity",
}
NO_COLUMN = {"<NO-QUARTERLY-ACTIVITY>", "<NO-ANNUAL-ACTIVITY>"}
ACTS = {"1933 Act": "33", "1934 Act": "34", "1940 Act": "40", "Dodd Frank Act": "DF"}


def headers(corpus: Path) -> Iterator[tuple[str, bytes]]:
    """Name and header of each submission that has one, cut out with patterns: between its marks, or the lines of labels
    that stand alone where its marks are lost."""
    opening = re.compile(rb"(?m)^ *<(?:SEC-HEADER|IMS-HEADER|SUBMISSION)>[^\r\n]*(?:\r\n|\n|\r)")
    closing = re.compile(rb"(?:^|[\r\n]) *(?:</(?:SEC|IMS)-HEADER>|<DOCUMENT>)")
    bare = re.compile(rb"(?m)^(?:<ACCEPTANCE-DATETIME>|ACCESSION NUMBER:)")
    no_label = re.compile(rb"[\r\n](?=[ \t]*[^<:\s][^<:\r\n]*[\r\n])")
    for folder in ("submissions", "headers", "mangled", "truncated", "documents"):
        for path in sorted((corpus / "edgar" / folder).rglob("*")):
            if path.is_dir():
                continue
            with path.open("rb") as file:
                raw = file.read(400_000)
            if begin := opening.search(raw):
                start = begin.end()
                ends = [closing.search(raw, start)]
            elif begin := bare.search(raw, 0, 4096):
                start = begin.start()
                ends = [closing.search(raw, start), no_label.search(raw, start)]
            else:
                continue
            yield path.name, raw[start : min((end.start() + 1 for end in ends if end), default=len(raw))]


@cache
def readings(corpus: Path) -> list[tuple[str, bytes, HeaderReading]]:
    return [(name, header, read(header)) for name, header in headers(corpus)]


def lines(header: bytes) -> list[tuple[str, str]]:
    """Label (or tag in its angles) and value of each line; the SIC that breaks over two lines is joined first."""
    text = re.sub(r"\[(\d+)\n\]\s*", r"[\1]\n", header.decode("ascii"))
    matches = (re.match(r"\s*(<[^>]+>|[^:]+?:)(.*)", line) for line in re.split(r"[\r\n]+", text))
    return [(match[1].removesuffix(":"), match[2].strip()) for match in matches if match]


def stated(header: bytes) -> dict[str, list[str]]:
    """The values of each column in the order of the lines, those that mean none left out."""
    values: dict[str, list[str]] = defaultdict(list)
    inside_other_accessions = False
    for label, value in lines(header):
        inside_other_accessions = label == "<MULTI-ACCESSION-NUMBERS>" or (
            inside_other_accessions and label != "</MULTI-ACCESSION-NUMBERS>"
        )
        if inside_other_accessions and label == "ACCESSION NUMBER":
            values["filing_reference.accession_number"].append(value)
        elif column := COLUMN_OF.get(label):
            if value and not (column == "filing_party.irs_number" and value == "000000000"):
                values[column].append(ACTS.get(value, value) if column == "filing_party.act" else value)
        elif label in ("STANDARD INDUSTRIAL CLASSIFICATION", "<ASSIGNED-SIC>"):
            name, _, code = value.removesuffix("]").rpartition("[")
            values["filing_party.sic_code"] += [code] if code.strip("0") else []  # 0000 means none
            values["filing_party.sic_name"] += [name.strip()] if name.strip() else []
    return values


def test_the_corpus_is_there(corpus: Path) -> None:
    assert len(readings(corpus)) > 1000


def test_what_is_read_by_its_shape_is_what_the_long_way_reads(corpus: Path) -> None:
    by_shape = 0
    for name, header, reading in readings(corpus):
        assert reading == header_rows._Reader(header).reading(), name
        with contextlib.suppress(header_rows.Unusual):
            header_rows._read_by_shapes(header)
            by_shape += 1
    assert by_shape / len(readings(corpus)) > 0.97


def test_headers_with_lines_in_another_order_are_read_by_their_shape_alike(corpus: Path) -> None:
    chance = random.Random(11)
    every = sorted({header for _, header, _ in readings(corpus) if len(header) < 6000})
    by_shape = 0
    for header in chance.sample(every, 400):
        lines = header.splitlines(keepends=True)
        for _ in range(5):
            here, there = chance.randrange(len(lines)), chance.randrange(len(lines))
            moved = lines[:here] + lines[here + 1 :]
            moved[there:there] = lines[here : here + 1] * chance.randrange(3)
            if there < len(moved) and chance.random() < 0.2:
                moved[there] = moved[there].replace(b"\t", b"", 1)
            changed = b"".join(moved)
            with contextlib.suppress(header_rows.Unusual):
                assert header_rows._read_by_shapes(changed) == header_rows._Reader(changed).reading()
                by_shape += 1
    assert by_shape > 500


def test_every_value_stands_in_its_column_in_order(corpus: Path) -> None:
    wrong = []
    for name, header, reading in readings(corpus):
        expected = stated(header)
        for column in {*COLUMNS, "filing_party.sic_code", "filing_party.sic_name"}:
            table, _, bare = column.partition(".")
            found = [row[bare] for row in reading.rows[table] if row.get(bare) is not None]
            found = found[0] if bare == "exchanges_stated" and found else found
            if found != expected.get(column, []):
                wrong.append((name, column, found, expected.get(column, [])))
    assert wrong == []


def test_every_value_stands_with_its_party(corpus: Path) -> None:
    """Role lines cut the header into blocks: the n-th block's values are those of the n-th party and its rows."""
    for name, header, reading in readings(corpus):
        blocks: list[tuple[str, Counter[tuple[str, str]]]] = []
        for label, value in lines(header):
            role = ROLES.get(label.strip("<>"))
            column = COLUMN_OF.get(label, "")
            if role and not value:
                blocks.append((role, Counter()))
            elif column.startswith(("filing_party", "party_")) and value and "IRS" not in label and label != "EIN":
                blocks[-1][1][column, ACTS.get(value, value)] += 1
        assert [row["role"] for row in reading.rows["filing_party"]] == [role for role, _ in blocks], name
        found: list[Counter[tuple[str, str]]] = [Counter() for _ in blocks]
        for table, key in (("filing_party", "position"), ("party_address", "party_position")):
            collect(reading, table, key, found)
        collect(reading, "party_former_name", "party_position", found)
        assert found == [values for _, values in blocks], name


def collect(reading: HeaderReading, table: str, key: str, found: list[Counter[tuple[str, str]]]) -> None:
    for row in reading.rows[table]:
        for column, value in row.items():
            if f"{table}.{column}" in COLUMNS and column != "irs_number":
                found[row[key] - 1][f"{table}.{column}", str(value)] += 1


def test_each_address_and_former_name_is_a_row(corpus: Path) -> None:
    for name, header, reading in readings(corpus):
        kinds = [
            label.strip("<>").split()[0].split("-")[0].lower()
            for label, value in lines(header)
            if re.fullmatch(r"<?(BUSINESS|MAIL)[ -]ADDRESS>?", label) and not value
        ]
        assert [row["kind"] for row in reading.rows["party_address"]] == kinds, name
        former = [label for label, _ in lines(header) if re.fullmatch(r"<?FORMER[ -](COMPANY|NAME)>?", label)]
        assert len(reading.rows["party_former_name"]) == len(former), name


def test_flags_and_owner_data(corpus: Path) -> None:
    for name, header, reading in readings(corpus):
        labels = [label for label, _ in lines(header)]
        filing = reading.rows["filing"][0]
        assert {column: filing[column] for column in FLAGS.values()} == {
            column: label in labels for label, column in FLAGS.items()
        }, name
        parts = [label for label in labels if re.fullmatch(r"<?(OWNER|COMPANY)[ -]DATA>?", label)]
        assert [row["is_owner_data"] for row in reading.rows["filing_party"]] == ["OWNER" in part for part in parts], (
            name
        )


def test_each_item_line_is_a_row_and_all_captions_but_one_have_a_number(corpus: Path) -> None:
    unknown = Counter()
    for name, header, reading in readings(corpus):
        items = [(label, value) for label, value in lines(header) if label in ("ITEM INFORMATION", "<ITEMS>")]
        rows = reading.rows["filing_item"]
        assert len(rows) == len(items), name
        for (label, value), row in zip(items, rows, strict=True):
            if not value:
                assert row == {"position": row["position"]}, name
            elif label == "<ITEMS>" or re.fullmatch(r"\d+|<ITEMS>.*", value):
                assert row["item"] == value.removeprefix("<ITEMS>"), name
            else:
                assert row["caption"] == value, name
                unknown[value] += row.get("item") is None
    # Form ABS-15G has items of its own, which edgar.md C.3 does not list.
    assert +unknown == {"Periodic Filing of Rule 15Ga-1 Representations and Warranties Disclosure": 1}


def test_items_of_form_d_are_those_of_its_xml(corpus: Path) -> None:
    """The data document states the codes, the header their captions: another judge of edgar.md C.3."""
    seen = 0
    for path in sorted((corpus / "edgar" / "submissions").glob("D*/*")):
        raw = path.read_bytes()
        codes = re.search(rb"(?s)<federalExemptionsExclusions>(.*?)</federalExemptionsExclusions>", raw)
        header = next((reading for name, _, reading in readings(corpus) if name == path.name), None)
        if path.parent.name in ("D", "D_A") and codes and header:
            stated = [code.decode() for code in re.findall(rb"<item>(.*?)</item>", codes[1])]
            assert [row["item"] for row in header.rows["filing_item"]] == stated, path.name
            seen += 1
    assert seen >= 5


def test_series_owners(corpus: Path) -> None:
    for name, header, reading in readings(corpus):
        owners = {value for label, value in lines(header) if label == "<OWNER-CIK>"}
        assert {row["owner_cik"] for row in reading.rows["filing_series"]} == owners, name


def test_header_extra_holds_only_what_has_no_column(corpus: Path) -> None:
    """Two values that edgar.md C.2 sends there; and what is left of lines that were cut in the middle."""
    extra: Counter[str] = Counter()
    values = 0
    for _, header, reading in readings(corpus):
        values += sum(1 for _, value in lines(header) if value)
        extra.update(str(row["label"]) for row in reading.rows["header_extra"])
    cut = {"FORMER COMPA", "DAT"}
    assert extra.keys() == {label.strip("<>") for label in NO_COLUMN} | cut
    assert sum(extra.values()) / values < 0.005


def test_every_label_of_the_corpus_is_known_here(corpus: Path) -> None:
    """Otherwise the reading of this test would be blind for it."""
    known = {*COLUMN_OF, *READ_APART, *FLAGS, *NO_COLUMN}
    unknown = {
        label for _, header, _ in readings(corpus) for label, value in lines(header) if value and label not in known
    }
    assert unknown == set()


def test_no_issue_that_the_corpus_does_not_deserve(corpus: Path) -> None:
    codes = Counter(issue.code for _, _, reading in readings(corpus) for issue in reading.issues)
    assert codes == {"item_caption_unknown": 1}


TWINS = [
    ("mangled/0001104659-25-002604.cr.nc", "submissions/SC_TO-T_A/0001104659-25-002604.txt", set()),
    # The text was disseminated again half a year later, with a document more (edgar.md B.2).
    (
        "submissions/485APOS/0001193125-24-100942.nc",
        "submissions/485APOS/0001193125-24-100942.txt",
        {"document_count_stated", "header_changed_on", "is_private_to_public"},
    ),
]
ONE_DIALECT_ONLY = {"sic_name", "accepted_at_eastern"}


def without(reading: HeaderReading, left_out: set[str]) -> dict[str, list[dict[str, object]]]:
    return {
        table: [{name: value for name, value in row.items() if name not in left_out} for row in rows]
        for table, rows in reading.rows.items()
    }


@pytest.mark.parametrize(("tags", "text", "differ"), TWINS)
def test_one_filing_in_both_dialects(corpus: Path, tags: str, text: str, differ: set[str]) -> None:
    by_name = {name: reading for name, _, reading in readings(corpus)}
    in_tags, in_text = by_name[Path(tags).name], by_name[Path(text).name]
    assert (in_tags.dialect, in_text.dialect) == ("tags", "text")
    left_out = ONE_DIALECT_ONLY | differ
    assert without(in_tags, left_out) == without(in_text, left_out)
    assert all(in_tags.rows["filing"][0].get(column) != in_text.rows["filing"][0].get(column) for column in differ)


def test_index_pages_hold_both_dialects_of_one_header(corpus: Path) -> None:
    seen = 0
    for page in sorted((corpus / "edgar" / "pages").glob("*-index-headers.html")):
        tags, found, rest = page.read_text("ascii").partition("</SEC-HEADER>")
        _, _, text = html.unescape(rest).partition("<SEC-HEADER>")
        if not found or not text:
            continue
        in_tags, in_text = (
            read(part.partition("<ACCEPTANCE-DATETIME>")[2].partition("</SEC-HEADER>")[0].encode())
            for part in (tags, text)
        )
        assert in_tags.dialect == "tags" and in_text.dialect == "text"
        assert without(in_tags, {"sic_name"}) == without(in_text, {"sic_name"}), page.name
        assert in_tags.rows["filing_party"]
        seen += 1
    assert seen >= 7


def test_a_header_and_its_mangled_copies_give_the_same_rows(corpus: Path) -> None:
    by_name = {name: reading for name, _, reading in readings(corpus)}
    plain, indented = by_name["0001193125-19-278752.txt"], by_name["0001193125-19-278752.3.txt"]
    assert plain.rows == indented.rows
    assert [row["kind"] for row in plain.rows["filing_reference"]] == ["other_accession"] * 2
    assert plain.accession == "0001193125-19-278752"
