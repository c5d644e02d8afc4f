from __future__ import annotations

import json
from pathlib import Path

from filings.query import doctor_cover
from filings.query.doctor_source import of_file, source_of
from filings.query.form_6k import form_6k
from filings.query.grid import Look
from filings.query.show import FilingRows

_REPORT = b"""FORM 6-K

REPORT OF FOREIGN PRIVATE ISSUER
PURSUANT TO RULE 13a-16 OR 15d-16 OF
THE SECURITIES EXCHANGE ACT OF 1934

For the month of July, 2004

X GROUP plc
(Translation of Registrant's Name into English)

1 High Street
(Address of Principal Executive Offices)

Indicate by check mark whether the registrant files or will file annual
reports under cover of Form 20-F or Form 40-F.  Form 20-F [X]  Form 40-F [ ]

EXHIBIT INDEX

99.1   Press Release

SIGNATURES

Pursuant to the requirements of the Securities Exchange Act of 1934, the
registrant has duly caused this report to be signed on its behalf by the
undersigned, thereunto duly authorized.

X GROUP plc

By: /s/ Jane Doe
Name: Jane Doe
Title: Director
Date: July 3, 2004
"""


def test_each_value_has_its_rule_and_its_bytes() -> None:
    found = doctor_cover.described(source_of("report.txt", _REPORT))
    (version,) = found["versions"]
    values = {(each["table"], each["column"]): each for each in version["values"]}
    period = values["report_6k", "period_as_filed"]
    assert period["rule"] == "period.period"
    assert _REPORT[period["start"] : period["end"]] == b"For the month of July, 2004"
    assert values["signature", "name"]["value"] == "Jane Doe"
    assert values["exhibit", "number"]["rule"] == "exhibit_lists.exhibit_lists"
    assert version["issues"] == []
    assert json.loads(doctor_cover.to_json([source_of("report.txt", _REPORT)]))[0]["source"] == "report.txt"


def test_the_page(tmp_path: Path) -> None:
    (tmp_path / "report.txt").write_bytes(_REPORT)
    source = of_file(str(tmp_path / "report.txt"))
    assert source is not None
    lines = list(doctor_cover.page(source, Look(None, False)))
    assert any("registrant_name " in line and "X GROUP plc" in line for line in lines)
    assert any(line.strip().startswith("signature") or "Jane Doe" in line for line in lines)


def test_a_file_that_is_no_report_is_told_as_such() -> None:
    lines = list(doctor_cover.page(source_of("letter.txt", b"Dear Sirs,\n\nwe write to you.\n"), Look(None, False)))
    assert any("Form 6-K" in line for line in lines)


def test_a_report_as_a_person_reads_it() -> None:
    from filings.forms.form_6k.tables import incorporation_by_reference, press_contact, report_6k
    from filings.schema.text import exhibit, signature

    shown = FilingRows("sha256:0f310ac8546c4ad06a6bdaf8")

    def put(table: object, **values: str) -> None:
        row = dict.fromkeys(column.name for column in table.columns)  # type: ignore[attr-defined]
        shown.tables.setdefault(table.name, []).append({**row, **values})  # type: ignore[attr-defined]

    put(
        report_6k,
        form_type="6-K",
        period_as_filed="For the month of July, 2004",
        period_start_on="2004-07-01",
        period_end_on="2004-07-31",
        registrant_name="X GROUP plc",
        address_lines='["1 High Street", "London"]',
        annual_report_form="20-F",
        is_12g3_2b="false",
        release_headline="TRADING UPDATE",
        commission_file_numbers='["001-00001"]',
    )
    put(
        incorporation_by_reference, registration_form="F-3", file_number="333-05972", scope="report", is_blanket="false"
    )
    put(exhibit, number="99.1", description="Press Release", exhibit_document_position="2", is_listed="true")
    put(press_contact, kind="press", name="John Doherty", phone="+44 (0) 20 7390 3681")
    put(signature, registrant="X GROUP plc", name="Jane Doe", title="Director", signed_on="2004-07-03")
    page = "\n".join(form_6k(shown, Look(None, False)))
    for said in (
        "(2004-07-01 to 2004-07-31)",
        "1 High Street, London",
        "Form 20-F",
        "TRADING UPDATE",
        "333-05972",
        "Press Release",
        "John Doherty",
        "Jane Doe",
        "001-00001",
    ):
        assert said in page
    assert list(form_6k(FilingRows("x"), Look(None, False))) == []
