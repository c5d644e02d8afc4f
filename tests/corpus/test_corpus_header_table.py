"""Every label and tag of edgar.md C.2, C.3 and C.4, read out of the page itself: each fills its column, in both dialects.

The corpus holds only some of them; here a small header is made for each line of the page's tables.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import pytest
from test_corpus_header import headers, lines

from filings.parse.header_rows import read
from filings.schema import core
from filings.schema.columns import Header

VALUES = {
    "D8": "20240131",
    "DT14": "20240131123456",
    "N": "3",
    "AC": "0000000077-24-000001",
    "C10": "0000000077",
    "T": "Some Text",
    "T2": "CA",
    "T4": "1231",
    "flag": "",
}
OWN = {"state_code": "CA", "province_country": "A1", "act": "34", "sic_code": "7389", "sic_name": "BUSINESS SERVICES"}
APART = ("(on the wrapper line)", "`<MULTI-ACCESSION-NUMBERS>`", "*roles", "COMPANY DATA", "FILING VALUES")
"""Lines of the table that state no label with a value of its own; other tests read them."""


@dataclass(frozen=True)
class Line:
    """One label or tag, and the column that the page gives it (`header_extra` where it has none).

    `in_text`: it belongs to the text dialect, where some stand as bare tags.
    """

    label: str
    is_tag: bool
    in_text: bool
    level: str
    kind: str
    column: str


def part(corpus: Path, begin: str, end: str) -> str:
    page = (corpus / "spec" / "edgar.md").read_text(encoding="utf-8")
    return page.partition(f"### {begin}")[2].partition(f"### {end}")[0]


def rows(text: str) -> list[list[str]]:
    found = [
        [cell.strip() for cell in line.strip("|").split("|")] for line in text.splitlines() if line.startswith("|")
    ]
    return [row for row in found if not set(row[0]) <= {"-"} and not row[0].startswith(("label", "text label", "no."))]


def names(cell: str) -> list[str]:
    """The names in a cell, without the page's remarks."""
    cell = re.sub(r"\(.*?\)|also spelt .*|at level S|\*\*", "", cell)
    return [name for one in re.split(r", |; | → | / ", cell) if (name := one.strip(" `"))]


def columns(cell: str, before: list[str]) -> list[str]:
    if cell == "same":
        return before
    if "header_extra" in cell:
        return ["header_extra"]
    table, found = "", []
    for name in re.findall(r"`([a-z_0-9]*\.?[a-z_0-9]+)`", cell):
        table = name.partition(".")[0] or table
        found.append(f"{table}.{name.rpartition('.')[2]}")
    return found


def stated(corpus: Path) -> list[Line]:
    lines: list[Line] = []
    filled: list[str] = []
    for label, tag, level, kind, _, _, column, *_ in rows(part(corpus, "C.2", "C.3")):
        if (
            label.startswith(APART)
            or "ADDRESS /" in label
            or label.startswith("FORMER COMPANY")
            or "FORMER NAME" in label
        ):
            continue
        filled = columns(column, filled)
        wanted = [one for one in filled if not one.endswith((".file_number", ".accepted_at"))] or [
            one.replace("file_number", "file_number_as_filed") for one in filled
        ]
        for cell, is_tag in ((label, False), (tag, True)):
            if cell in ("(U)", "—") or kind == "sect":
                continue
            found = names(re.sub(r"\{.*\}", "", cell))
            for number, name in enumerate(found):
                is_bare = name.startswith("<")
                one = wanted[number] if len(wanted) == len(found) else wanted[0]
                of = kind.split(", ")[number] if ", " in kind else kind
                lines.append(Line(name.strip("<>"), is_tag or is_bare, not is_tag, level[0], of, one))
    return lines


def header_of(line: Line, value: str) -> tuple[bytes, bytes]:
    """The same small header in the text dialect and in tags; the line stands in the part that its column belongs to."""
    name, table = line.label, line.column.partition(".")[0]
    said = f"<{name}>{value}\n" if line.is_tag else f"{name}:\t\t{value}\n"
    own = "" if line.level == "S" else said
    sections = {"party_address": "BUSINESS ADDRESS", "party_former_name": "FORMER COMPANY"}
    section = sections.get(table, "FILING VALUES")
    text = "ACCESSION NUMBER:\t\t0000000099-24-000009\nCONFORMED SUBMISSION TYPE:\t8-K\n" + (
        said if line.level == "S" else ""
    )
    text += f"\nFILER:\n\n\tCOMPANY DATA:\n\t\tFISCAL YEAR END:\t\t\n\n\t{section}:\n\t\t{own}\n"
    tag = section.replace(" ", "-")
    tags = "<ACCESSION-NUMBER>0000000099-24-000009\n<TYPE>8-K\n" + (said if line.level == "S" else "")
    tags += f"<FILER>\n<COMPANY-DATA>\n</COMPANY-DATA>\n<{tag}>\n{own}</{tag}>\n</FILER>\n"
    return text.encode(), tags.encode()


def test_each_label_and_tag_fills_its_column(corpus: Path) -> None:
    lines = stated(corpus)
    wrong = []
    for line in lines:
        table, _, column = line.column.partition(".")
        value = OWN.get(column, VALUES[line.kind])
        if column == "sic_code":
            value = "BUSINESS SERVICES [7389]" if not line.is_tag else "7389"
        elif column.startswith(("is_non_us", "is_registered")):
            value = "Y"
        if line.label in ("ACCESSION NUMBER", "ACCESSION-NUMBER", "CONFORMED SUBMISSION TYPE", "TYPE"):
            continue  # they stand in every header here
        in_text, in_tags = header_of(line, value)
        reading = read(in_text if line.in_text else in_tags)
        extra = [row for row in reading.rows["header_extra"] if row["value"] == value]
        if line.column == "header_extra":
            if [row["label"] for row in extra] != [line.label]:
                wrong.append((line, reading.rows["header_extra"]))
            continue
        if column == "item" and not line.is_tag:
            column = "caption"  # which is what the text dialect states
        found = [row.get(column) for row in reading.rows[table]]
        expected: object = True if line.kind == "flag" else OWN.get(column, value)
        if found != [[expected] if column == "exchanges_stated" else expected] or extra:
            wrong.append((line, found))
    assert wrong == []
    assert len(lines) > 90


def test_no_label_is_declared_that_the_page_does_not_have(corpus: Path) -> None:
    page = part(corpus, "C.2", "C.4") + "RECIEVED DATE"  # which the page spells by half
    unknown = [
        (str(column), name)
        for table in (core.filing, core.filing_party, core.party_address, core.party_former_name, core.group_member)
        for column in table.columns
        if isinstance(at := column.info["at"], Header)
        for name in (*at.labels, *((at.tag or "").split(", ") if at.tag else ()))
        if name not in page
    ]
    assert unknown == []


def test_a_rule_of_form_sd_keeps_its_sections(corpus: Path) -> None:
    """The one field of sections: RULE { RULE-NAME, ITEM { ITEM-NUMBER, ITEM-PERIOD } }."""
    assert "RULE { RULE-NAME, ITEM { ITEM-NUMBER, ITEM-PERIOD } }" in part(corpus, "C.2", "C.3")
    reading = read(
        b"<ACCESSION-NUMBER>0000000099-24-000009\n<TYPE>SD\n<RULE>\n<RULE-NAME>13p-1\n<ITEM>\n<ITEM-NUMBER>1.01\n"
        b"<ITEM-PERIOD>20231231\n</ITEM>\n</RULE>\n<FILER>\n<COMPANY-DATA>\n<CIK>77\n</COMPANY-DATA>\n</FILER>\n"
    )
    assert [
        (row["section_path"], row["level"], row["label"], row["value"]) for row in reading.rows["header_extra"]
    ] == [
        ("RULE", 1, "RULE-NAME", "13p-1"),
        ("RULE/ITEM", 2, "ITEM-NUMBER", "1.01"),
        ("RULE/ITEM", 2, "ITEM-PERIOD", "20231231"),
    ]
    assert (len(reading.rows["filing_party"]), reading.rows["filing_item"]) == (1, [])


def test_each_role_in_both_dialects(corpus: Path) -> None:
    seen = 0
    for in_text, in_tags, *_ in rows(part(corpus, "C.4", "C.5")):
        for label, tag in zip(names(in_text.replace("(", "").replace(")", "")), names(in_tags), strict=True):
            text = f"ACCESSION NUMBER:\t\t0000000099-24-000009\n\n{label}:\n\n\tCOMPANY DATA:\n\t\tCENTRAL INDEX KEY:\t77\n"
            tags = f"<ACCESSION-NUMBER>0000000099-24-000009\n<{tag}>\n<OWNER-DATA>\n<CIK>77\n</OWNER-DATA>\n</{tag}>\n"
            role = re.sub("[ -]", "_", tag).lower()
            for header, is_owner in ((text, False), (tags, True)):
                (row,) = read(header.encode()).rows["filing_party"]
                assert (row["role"], row["cik"], row["is_owner_data"]) == (role, "77", is_owner), header
            seen += 1
    assert seen == 11


@pytest.mark.parametrize("day", ["20040820170000", "20240102170000"])
def test_items_of_both_numbering_systems(corpus: Path, day: str) -> None:
    """Captions and numbers as the page lists them: the old ones before 23 August 2004, else those with a point."""
    page = part(corpus, "C.3", "C.4")
    since = dict(re.findall(r"\| (\d\.\d\d) \| (.+?)(?: [VU])?(?: \([^|]*\))? (?=\|)", page))
    since = {number: caption.replace("**", "").strip() for number, caption in since.items() if "…" not in caption}
    sentence = page.partition("Before 2004-08-23")[2].partition("(captions D")[0]
    before = dict(re.findall(r"(?:· |: |\*\* )(\d{1,2}) ([A-Z][^·(]+?) *(?=\(|$|·)", sentence))
    assert len(since) > 25 and len(before) == 12
    known = before if day < "20040823" else since
    for number, caption in known.items():
        text = (
            f"<ACCEPTANCE-DATETIME>{day}\nACCESSION NUMBER:\t\t0000000099-24-000009\nCONFORMED SUBMISSION TYPE:\t8-K\n"
        )
        tags = f"<ACCEPTANCE-DATETIME>{day}\n<ACCESSION-NUMBER>0000000099-24-000009\n<TYPE>8-K\n"
        (from_caption,) = read(f"{text}ITEM INFORMATION:\t\t{caption}\n".encode()).rows["filing_item"]
        (from_number,) = read(f"{tags}<ITEMS>{number}\n".encode()).rows["filing_item"]
        assert (from_caption["item"], from_caption["caption"]) == (number, caption)
        assert (from_number["item"], str(from_number["caption"]).lower()) == (number, caption.lower())


def test_each_real_header_gives_the_same_rows_in_tags(corpus: Path) -> None:
    """Every header in labels, written in tags by the page's pairs of names: rows differ by what has no twin alone."""
    tag_of: dict[str, str] = {}
    for label, tag, *_ in rows(part(corpus, "C.2", "C.3")):
        if len(names(label)) == len(names(tag)):
            tag_of |= zip(names(label), names(tag), strict=True)
        elif tag != "(U)":
            tag_of |= dict.fromkeys(names(label), tag)  # two spellings of one label
    roles = {
        label: tag
        for in_text, in_tags, *_ in rows(part(corpus, "C.4", "C.5"))
        for label, tag in zip(names(in_text), names(in_tags), strict=False)
    }
    parts = {"COMPANY DATA", "OWNER DATA", "FILING VALUES", "BUSINESS ADDRESS", "MAIL ADDRESS", "FORMER COMPANY"}
    count = 0
    for name, header in headers(corpus):
        in_text = read(header)
        stated = lines(header)
        labels = {label for label, _ in stated if not label.startswith("<")}
        if in_text.dialect == "tags" or any(label not in tag_of and label not in roles for label in labels):
            continue  # a label without a tag: an address abroad
        if name.endswith(".1000.txt") or any(row.get("item") is None for row in in_text.rows["filing_item"]):
            continue  # cut in the middle of a line; an item of which nobody knows the number
        in_tags = read(written_in_tags(stated, tag_of, roles, parts, in_text.rows["filing_item"]).encode())
        assert (in_text.dialect, in_tags.dialect) == ("text", "tags")
        assert {table: without_twinless(found) for table, found in in_tags.rows.items()} == {
            table: without_twinless(found) for table, found in in_text.rows.items()
        }, name
        count += 1
    assert count > 900


def without_twinless(found: list[dict[str, object]]) -> list[dict[str, object]]:
    """Without the industry's name, which tags lack, and the caption, which may be worded otherwise than the number's."""
    return [{name: value for name, value in row.items() if name not in ("sic_name", "caption")} for row in found]


def written_in_tags(
    stated: list[tuple[str, str]],
    tag_of: dict[str, str],
    roles: dict[str, str],
    parts: set[str],
    items: list[dict[str, object]],
) -> str:
    written: list[str] = []
    open_role = open_part = ""
    numbers = iter(items)

    def close(*, role: bool) -> None:
        nonlocal open_role, open_part
        if open_part:
            written.append(f"</{open_part}>")
        if role and open_role:
            written.append(f"</{open_role}>")
        open_part, open_role = "", "" if role else open_role

    for label, value in stated:
        bare = label.strip("<>")
        if label.startswith("</") and (bare[1:] in roles.values() or bare[1:].replace("-", " ") in parts):
            continue  # closed by what follows
        if (label in roles or bare in roles.values()) and not value:
            close(role=True)
            open_role = roles.get(label, bare)
            written.append(f"<{open_role}>")
        elif label in parts:
            close(role=False)
            open_part = tag_of.get(label) or label.replace(" ", "-")
            written.append(f"<{open_part}>")
        elif label.startswith("<"):
            if label == "<SERIES-AND-CLASSES-CONTRACTS-DATA>" or label == "<MULTI-ACCESSION-NUMBERS>":
                close(role=True)
            written.append(f"{label}{value}")
        else:
            if label == "PUBLIC REFERENCE ACCESSION NUMBER":
                close(role=True)  # it stands behind the parties
            if label == "ITEM INFORMATION":
                value = str(next(numbers)["item"])
            elif label == "STANDARD INDUSTRIAL CLASSIFICATION":
                value = value.rpartition("[")[2].rstrip("]")
            elif label == "SEC ACT":
                value = {"1933 Act": "33", "1934 Act": "34", "1940 Act": "40", "Dodd Frank Act": "DF"}.get(value, value)
            written.append(f"<{tag_of[label]}>{value}")
    close(role=True)
    return "\n".join(written) + "\n"
